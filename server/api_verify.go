package server

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"

	"backpack/vc"
	"backpack/wallet/inspect"
)

func (s *api) verifyCredential(c *fiber.Ctx) error {
	return s.verify(c, "verifiableCredential")
}

func (s *api) verifyPresentation(c *fiber.Ctx) error {
	return s.verify(c, "verifiablePresentation", "presentation")
}

// verify verifies the document in the request, in one of the members names.
func (s *api) verify(c *fiber.Ctx, names ...string) error {
	body, p := s.body(c)
	if p != nil {
		return s.notVerified(c, p)
	}
	a, p := readAsking(body, names, s.wallet.Verifier.Parse)
	if p != nil {
		return s.notVerified(c, p)
	}
	r, err := s.wallet.Verify(c.UserContext(), a.document, vc.Options{Challenge: a.challenge, Domain: a.domain})
	if err != nil {
		return err
	}
	out := s.judge(a, r)
	if a.returnsInput && a.document.Presentation != nil {
		out.Presentation = json.RawMessage(a.value.Raw())
	} else if a.returnsInput {
		out.Credential = json.RawMessage(a.value.Raw())
	}
	status := fiber.StatusOK
	if !out.Verified {
		status = fiber.StatusBadRequest
	}
	return s.json(c, status, fiber.MIMEApplicationJSON, out)
}

// The values of options.checks. The proof is always checked.
const (
	checksProof    = "proof"
	checksStatus   = "credentialStatus"
	checksValidity = "validity"
)

// An asking is a request to verify.
type asking struct {
	document     *vc.Document
	value        *vc.Value // the document as it is in the request
	unsecured    bool      // a presentation that need not be secured
	challenge    string
	domain       string
	checks       []string // nil: all
	returnsInput bool
}

// A verification is the answer (VCALM 1.0, verifying). Verdict and the members
// below it are Backpack's own. They tell a verification that could not be finished
// from one that failed: verified is false after both.
type verification struct {
	Verified     bool            `json:"verified"`
	Problems     []problem       `json:"problemDetails"`
	Credential   json.RawMessage `json:"credential,omitempty"`
	Presentation json.RawMessage `json:"verifiablePresentation,omitempty"`
	Verdict      vc.Verdict      `json:"verdict,omitempty"`
	Facts        []vc.Fact       `json:"facts,omitempty"`
	Report       *vc.Report      `json:"report,omitempty"`
	Contains     []part          `json:"contains,omitempty"` // the credentials of a presentation, in order
	Together     string          `json:"together,omitempty"` // of a presentation: whether the holder put it together
}

// A part is the result for one credential in a presentation.
type part struct {
	Verdict vc.Verdict `json:"verdict"`
	Facts   []vc.Fact  `json:"facts"`
}

// notVerified answers a request that cannot be parsed.
func (s *api) notVerified(c *fiber.Ctx, p *problem) error {
	return s.json(c, p.Status, fiber.MIMEApplicationJSON, verification{Problems: []problem{*p}})
}

// A parseFunc parses a document in any form that the verifier knows.
type parseFunc func(b []byte) (*vc.Document, error)

// readAsking parses a request to verify.
func readAsking(body *vc.Value, names []string, parse parseFunc) (*asking, *problem) {
	a := new(asking)
	for _, name := range names {
		v := body.Get(name)
		if v != nil && a.value != nil {
			return nil, unreadable(fiber.StatusBadRequest, "the request has two documents to verify")
		}
		if v != nil {
			a.value, a.unsecured = v, name == "presentation"
		}
	}
	if a.value == nil {
		return nil, unreadable(fiber.StatusBadRequest, "the request has no member "+names[0])
	}
	if err := a.parse(names[0] == "verifiablePresentation", parse); err != nil {
		return nil, unreadable(fiber.StatusBadRequest, err.Error())
	}
	p := a.options(body.Get("options"))
	if p == nil && a.unsecured && a.challenge+a.domain != "" {
		p = unreadable(fiber.StatusBadRequest, "an unsecured presentation has no challenge and no domain: send it as verifiablePresentation")
	}
	return a, p
}

func (a *asking) parse(presentation bool, parse parseFunc) (err error) {
	if !a.value.Is(vc.Object) && !a.value.Is(vc.String) {
		return fmt.Errorf("the document to verify is neither an object nor a string")
	}
	a.document, err = parse([]byte(a.value.Raw()))
	switch {
	case err != nil:
		return err
	case presentation && a.document.Presentation == nil:
		return fmt.Errorf("the document to verify is not a presentation")
	case !presentation && a.document.Credential == nil:
		return fmt.Errorf("the document to verify is not a credential")
	}
	return nil
}

// options parses the options. A list of checks is refused if it names an unknown
// one; otherwise a program might believe that it was made.
func (a *asking) options(o *vc.Value) *problem {
	if o != nil && !o.Is(vc.Object) {
		return unreadable(fiber.StatusBadRequest, "options is not an object")
	}
	for name, to := range map[string]*string{"challenge": &a.challenge, "domain": &a.domain} {
		switch v := o.Get(name); {
		case v == nil:
		case len(v.List()) != 1 || v.List()[0].Str() == "":
			return unreadable(fiber.StatusBadRequest, "options."+name+" is not a string")
		default:
			*to = v.List()[0].Str()
		}
	}
	for _, name := range []string{"returnCredential", "returnPresentation"} {
		v := o.Get(name)
		if v != nil && !v.Is(vc.Bool) {
			return unreadable(fiber.StatusBadRequest, "options."+name+" is neither true nor false")
		}
		a.returnsInput = a.returnsInput || v.Text() == "true"
	}
	return a.readChecks(o.Get("checks"))
}

func (a *asking) readChecks(v *vc.Value) *problem {
	if v == nil {
		return nil
	}
	a.checks = []string{checksProof}
	if list := v.List(); len(list) > maxChecksAsked {
		return unreadable(fiber.StatusBadRequest, "options.checks is too long")
	}
	for _, x := range v.List() {
		switch name := x.Str(); name {
		case checksProof, checksStatus, checksValidity:
			a.checks = append(a.checks, name)
		default:
			return unknownOption(fmt.Sprintf("options.checks names %.100s; proof, credentialStatus and validity are known", x.Raw()))
		}
	}
	return nil
}

// judge returns the answer for a report. A check that makes the verdict less than
// valid is an error unless options.checks left it out. A finding that the standard
// forbids is an error even if the verdict is valid.
func (s *api) judge(a *asking, r *vc.Report) verification {
	out := verification{Problems: []problem{}, Facts: r.Facts(), Report: r, Verdict: r.Verdict(s.wallet.Policy())}
	unsecured := a.unsecured && a.document.Form == vc.Unsigned
	if s.tell(&out, a, r, unsecured); unsecured && len(out.Problems) == 0 {
		out.Verdict = vc.Valid
	}
	for i, sub := range contained(a.document, r) {
		from := len(out.Problems)
		s.tell(&out, a, sub, false)
		for k := from; k < len(out.Problems); k++ {
			out.Problems[k].Credential = &i
		}
		inner := part{sub.Verdict(s.wallet.Policy()), sub.Facts()}
		out.Contains = append(out.Contains, inner)
		out.Verdict = vc.Gravest(out.Verdict, inner.Verdict)
	}
	if p := a.document.Presentation; p != nil {
		out.Together = inspect.Together(p, r)
	} else {
		s.judgeInside(&out, a, r)
	}
	out.Verified = !slices.ContainsFunc(out.Problems, func(p problem) bool { return p.Severity == severityError })
	switch good := out.Verdict == vc.Valid || out.Verdict == vc.AsShown; { // for checks that are added later
	case out.Verdict == vc.Invalid, out.Verdict == vc.Sample, a.checks == nil && !good:
		out.Verified = false
	}
	return out
}

// judgeInside adds the problems of the credentials in a record. The verdict on a
// record is not better than the gravest inside.
func (s *api) judgeInside(out *verification, a *asking, r *vc.Report) {
	subs := r.Check(vc.CheckProof).Sub
	for i, v := range r.Inside(s.wallet.Policy()) {
		if v == "" || v == vc.Valid {
			continue
		}
		from := len(out.Problems)
		s.tell(out, a, subs[i], true)
		for k := from; k < len(out.Problems); k++ {
			out.Problems[k].Credential = &i
		}
		out.Verdict = vc.Gravest(out.Verdict, v)
	}
}

// contained returns the reports of the credentials in a presentation.
func contained(d *vc.Document, r *vc.Report) []*vc.Report {
	if d.Presentation == nil {
		return nil
	}
	return r.Check(vc.CheckProof).Sub
}

// tell adds the problems of one report.
func (s *api) tell(out *verification, a *asking, r *vc.Report, unsecured bool) {
	for _, c := range r.Checks {
		switch {
		case c.Outcome == vc.Failed || c.Outcome == vc.Unknown:
			out.Problems = append(out.Problems, problemOf(s.texts, c, a.severity(c)))
		case c.ID == vc.CheckProof && c.Outcome == vc.Skipped && !unsecured:
			out.Problems = append(out.Problems, problemOf(s.texts, c, severityError))
		}
	}
	if r.Sample {
		out.Problems = append(out.Problems, problemOf(s.texts, vc.Check{ID: vc.CheckProof, Outcome: vc.Passed, Reason: vc.ReasonSample}, severityError))
	}
	for _, w := range r.Warnings {
		out.Problems = append(out.Problems, remark(s.texts, w))
	}
}

// severity returns whether a check that did not pass makes the document
// unverified. VCALM makes status and validity warnings, for the program to weigh.
// Without options.checks they are errors here, so that a program that only reads
// verified does not accept a revoked credential.
func (a *asking) severity(c vc.Check) string {
	counts := func(name string) bool { return a.checks == nil || slices.Contains(a.checks, name) }
	switch c.ID {
	case vc.CheckFormat, vc.CheckTerms, vc.CheckSubject, vc.CheckProof, vc.CheckIssuer, vc.CheckHolder:
	case vc.CheckSchema, vc.CheckResources: // specs D1.5: a wrong digest is an error, an unreachable resource is not
		if c.Outcome != vc.Failed {
			return severityWarning
		}
	case vc.CheckRevocation:
		if !counts(checksStatus) {
			return severityWarning
		}
	case vc.CheckValidFrom, vc.CheckValidUntil:
		if (c.Reason == vc.ReasonExpired || c.Reason == vc.ReasonNotYetValid) && !counts(checksValidity) {
			return severityWarning
		}
	default:
		return severityWarning
	}
	return severityError
}
