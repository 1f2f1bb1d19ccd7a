package issue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"backpack/vc"
	"backpack/wallet/fault"
	"backpack/wallet/keys"
)

// A Request says what to issue and how.
type Request struct {
	Credential []byte // a JSON object; the issuer is added if it has none
	Suite      string // the name of one of Service.Suites
	Key        keys.Kind
	// ID names the credential for SetStatus; "" for the credential's own id.
	ID string
	// Mandatory are JSON pointers to members that every derived copy discloses,
	// for suites with selective disclosure. Nil: the issuer, the dates, and all
	// else that limits what the credential says.
	Mandatory []string
	// Purposes are the purposes that the credential gets status entries for.
	Purposes []string
	// Lists is the address that status lists are published below.
	Lists string
}

// Issue returns the credential secured: a JSON object with a proof, or a JWT. It
// verifies the result first. A BadInput error, code cannot_issue, reports what
// is wrong with the request; its cause is safe to show.
func (s *Service) Issue(ctx context.Context, req Request) ([]byte, error) {
	suite := s.suite(req.Suite)
	if suite == nil {
		return nil, fault.New(fault.BadInput, "cannot_issue", fmt.Errorf("no suite is called %.60q", req.Suite))
	}
	issuer, err := s.Issuer(ctx, req.Key)
	if err != nil {
		return nil, err
	}
	key := issuer.Keys[req.Key]
	unsigned, err := s.prepare(ctx, req, issuer.Identifier(req.Key))
	if err != nil {
		return nil, err
	}
	signer, err := s.Keys.Signer(ctx, "", key.ID)
	if err != nil {
		return nil, err
	}
	opt := vc.SignOptions{VerificationMethod: key.Method, Purpose: vc.AssertionMethod, Created: s.now()}
	if _, ok := suite.(vc.DerivingSuite); ok {
		opt.Mandatory = mandatory(req.Mandatory, unsigned)
	}
	signed, err := suite.Sign(ctx, unsigned, opt, signer)
	if err != nil {
		return nil, unsignable(err)
	}
	return signed, s.checkIssued(ctx, signed)
}

// bounds are the members that limit what a credential says.
var bounds = []string{"issuer", "validFrom", "validUntil", "issuanceDate", "expirationDate", "credentialStatus",
	"credentialSchema", "termsOfUse"}

// mandatory returns the requested pointers, or the bounds in the credential.
func mandatory(asked []string, unsigned []byte) []string {
	v, err := vc.ParseJSON(unsigned)
	if asked != nil || err != nil {
		return asked
	}
	for _, name := range bounds {
		if v.Get(name) != nil {
			asked = append(asked, "/"+name)
		}
	}
	return asked
}

// Derive returns a copy of a credential with a base proof of selective
// disclosure. The copy discloses the members that pointers name, and those that
// the issuer made mandatory. Its errors are those of Issue.
func (s *Service) Derive(ctx context.Context, credential []byte, pointers []string) ([]byte, error) {
	d, err := vc.Parse(credential)
	if err != nil {
		return nil, fault.New(fault.BadInput, "cannot_issue", err)
	}
	err = fmt.Errorf("a proof from which a copy could be derived: %w", vc.ErrNotFound)
	for _, x := range s.Suites {
		deriving, ok := x.(vc.DerivingSuite)
		if !ok {
			continue
		}
		out, failed := deriving.Derive(ctx, d, pointers)
		if failed == nil {
			return out, nil
		}
		if err = failed; !errors.Is(failed, vc.ErrNotFound) {
			break
		}
	}
	if errors.Is(err, vc.ErrNotFound) || errors.Is(err, vc.ErrSignature) {
		return nil, fault.New(fault.BadInput, "cannot_issue", err)
	}
	return nil, unsignable(err)
}

// prepare adds the issuer, and the status entries, to the credential.
func (s *Service) prepare(ctx context.Context, req Request, did string) ([]byte, error) {
	v, err := vc.ParseJSON(req.Credential)
	switch {
	case err != nil:
		return nil, fault.New(fault.BadInput, "cannot_issue", err)
	case !v.Is(vc.Object):
		return nil, fault.New(fault.BadInput, "cannot_issue", errors.New("the credential is not an object"))
	}
	issuer := v.Get("issuer")
	if id := issuerID(issuer); issuer != nil && id != did {
		return nil, fault.New(fault.BadInput, "cannot_issue", fmt.Errorf("the issuer is %.100q; this service issues as %s", id, did))
	}
	var members []string
	if issuer == nil {
		members = append(members, fmt.Sprintf(`"issuer":%q`, did))
	}
	if first := v.Get("@context").List(); len(first) > 0 && first[0].Str() == vc.ContextV1 && v.Get("issuanceDate") == nil {
		members = append(members, fmt.Sprintf(`"issuanceDate":%q`, s.now().Format(time.RFC3339)))
	}
	if len(req.Purposes) > 0 {
		entries, err := s.allotStatus(ctx, req, v)
		if err != nil {
			return nil, err
		}
		members = append(members, `"credentialStatus":`+entries)
	}
	return withContext(v, extend(v, members), req.Suite), nil
}

// contextDataIntegrity defines the terms of a proof, which data model 1.1 lacks.
const contextDataIntegrity = "https://w3id.org/security/data-integrity/v2"

// withContext appends the context of the proof to those of a credential of data
// model 1.1, unless it is there (Data Integrity 1.0, 2.4.1).
func withContext(v *vc.Value, text []byte, suite string) []byte {
	list := v.Get("@context")
	if !list.Is(vc.Array) || len(list.Items()) == 0 || list.Items()[0].Str() != vc.ContextV1 || suite == "jose" ||
		strings.Contains(list.Raw(), contextDataIntegrity) {
		return text
	}
	old := list.Raw()
	return []byte(strings.Replace(string(text), old, fmt.Sprintf("%s,%q]", strings.TrimSuffix(old, "]"), contextDataIntegrity), 1))
}

func issuerID(v *vc.Value) string {
	if v.Is(vc.Object) {
		return v.Get("id").Str()
	}
	return v.Str()
}

// extend appends members to an object. Its other text stays.
func extend(v *vc.Value, members []string) []byte {
	text := v.Raw()
	if len(members) == 0 {
		return []byte(text)
	}
	comma := ","
	if len(v.Items()) == 0 {
		comma = ""
	}
	return []byte(text[:len(text)-1] + comma + strings.Join(members, ",") + "}")
}

// unsignable returns a BadInput error if the credential is the reason why it
// cannot be signed.
func unsignable(err error) error {
	for _, of := range []error{vc.ErrMalformed, vc.ErrUnsupported, vc.ErrTerms, vc.ErrContext, vc.ErrTooComplex, vc.ErrTooLarge,
		vc.ErrAmbiguous} {
		if errors.Is(err, of) {
			return fault.New(fault.BadInput, "cannot_issue", err)
		}
	}
	return err
}

// checkIssued verifies a signed credential. Dates in the past or the future are
// the operator's decision.
func (s *Service) checkIssued(ctx context.Context, signed []byte) error {
	doc, err := vc.Parse(signed)
	if err != nil {
		return fault.New(fault.BadInput, "cannot_issue", err)
	}
	asks := map[vc.CheckID]bool{vc.CheckSchema: true, vc.CheckResources: true} // need other servers
	r, err := s.Verifier.Verify(ctx, doc, vc.Options{Bare: true, Offline: true, Own: true})
	if err != nil {
		return err
	}
	for _, id := range []vc.CheckID{vc.CheckFormat, vc.CheckTerms, vc.CheckSubject, vc.CheckProof, vc.CheckIssuer, vc.CheckSchema, vc.CheckResources} {
		if c := r.Check(id); c.Outcome == vc.Failed || c.Outcome == vc.Unknown && !asks[id] || c.ID == vc.CheckProof && c.Outcome != vc.Passed {
			return fault.New(fault.BadInput, "cannot_issue", fmt.Errorf("%s: %s %s", c.ID, c.Reason, c.Detail))
		}
	}
	return nil
}
