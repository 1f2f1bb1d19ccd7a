package standard_test

import (
	"encoding/json"
	"slices"
	"testing"

	"backpack/vc"
	"backpack/vc/bake"
	"backpack/vc/intake"
	"backpack/vc/vctest"
)

// The validator published by 1EdTech runs probes on a badge (specs G). These tables
// make badges that trigger each probe and record the validator's result, as read
// from its source, beside ours. Both agree if both accept the badge or neither
// does. A row states the reason for a difference; a reason without a difference
// fails the test.

// Results of the validator. A warning accepts the badge.
const (
	theyPass  = "valid"
	theyWarn  = "warning"
	theyErr   = "error"
	theyFatal = "fatal"
	theyBreak = "exception"
)

// noBadge is our result for unreadable input.
const noBadge vc.Verdict = "no badge"

// A probe is a badge that triggers one of the validator's probes.
type probe struct {
	id      string // name of the validator's probe
	what    string
	theirs  string
	badge   func(b *bench) []byte
	verdict vc.Verdict
	check   vc.CheckID // the decisive check, with its outcome and reason
	outcome vc.Outcome
	reason  vc.Reason
	why     string // reason for a difference
}

// A bench is the setting in which a badge is made.
type bench struct {
	t      *testing.T
	web    *vctest.Web
	issuer *vctest.Issuer
}

func (b *bench) issue(o ...vctest.Option) []byte { return b.issuer.Issue(b.t, o...) }

// issue returns a maker of a badge by the test issuer.
func issue(o ...vctest.Option) func(*bench) []byte {
	return func(b *bench) []byte { return b.issue(o...) }
}

// text returns a maker of arbitrary input.
func text(s string) func(*bench) []byte { return func(*bench) []byte { return []byte(s) } }

// baked returns a maker of a badge in a picture.
func baked(picture func(t *testing.T) []byte, keyword string, badge func(*bench) []byte) func(*bench) []byte {
	return func(b *bench) []byte {
		out, err := bake.Embed(picture(b.t), keyword, badge(b))
		if err != nil {
			b.t.Fatal(err)
		}
		return out
	}
}

// jcs and jwt are forms whose proofs cover every byte, so that a fault of form is
// not also an undefined term.
var jcs, jwt = vctest.As("eddsa-jcs-2022"), vctest.As(vctest.JWT)

func passes(theirs string) bool { return theirs == theyPass || theirs == theyWarn }

// allProbes returns all tables by topic.
func allProbes() map[string][]probe {
	return map[string][]probe{
		"form": probesOfForm(), "JWT": probesOfJWT(), "proof": probesOfProof(), "status": probesOfStatus(),
		"endorsements": probesOfEndorsements(), "CLR": probesOfCLR(), "Open Badges 2.0": probesOfOpenBadges2(), "hosting": probesOfHosting(),
	}
}

func TestProbes(t *testing.T) {
	for about, probes := range allProbes() {
		t.Run(about, func(t *testing.T) { run(t, probes) })
	}
}

// TestIntendedDifferences checks that each intended difference (specs G4) has rows
// with a reason.
func TestIntendedDifferences(t *testing.T) {
	rows := map[string]probe{}
	for about, probes := range allProbes() {
		for _, p := range probes {
			rows[about+": "+p.what] = p
		}
	}
	for intended, where := range map[string][]string{
		"JWT: jwk in the header unrelated to the issuer": {"JWT: key in the header without a binding to the issuer"},
		"JWT: claims differ from the credential":         {"JWT: another iss", "JWT: sub, another value", "JWT: jti, another value", "JWT: nbf, another value"},
		"LD: key behind the issuer's URL":                {"proof: key in the fragment of the issuer's URL"},
		"LD: did:key method, issuer is another id":       {"proof: did:key under another issuer"},
		"issuer is a text":                               {"form: issuer as a URL"},
		"subject without id and identifier":              {"form: no subject id"},
		"suspended, StatusList2021, second status entry": {"status: suspended", "status: in a StatusList2021", "status: second of two"},
		"1EdTech list unreachable":                       {"status: 1EdTech's list unavailable"},
		"list of several purposes":                       {"status: several purposes"},
		"inline schema is missing":                       {"form: missing schema"},
		"ecdsa-rdfc-2019, *-jcs-*":                       {"proof: ecdsa-rdfc-2019", "proof: eddsa-jcs-2022", "proof: ecdsa-jcs-2019"},
		"https key in a full controller document":        {"proof: key in an https document"},
		"unsigned CLR child, other issuer":               {"CLR: unsigned badge of another issuer"},
		"endorsement is invalid":                         {"endorsements: changed", "endorsements: signed with another key", "Open Badges 2.0: revoked"},
	} {
		for _, w := range where {
			if rows[w].why == "" {
				t.Errorf("%s: no row %q with a reason", intended, w)
			}
		}
	}
	if p := rows["form: website is down"]; p.theirs != theyWarn || p.verdict != vc.Valid {
		t.Error("the validator does not warn about the issuer's website, or we reject the badge")
	}
}

// run makes each row's badge and compares the results.
func run(t *testing.T, probes []probe) {
	t.Helper()
	for _, p := range probes {
		t.Run(p.id+"/"+p.what, func(t *testing.T) {
			web, issuer, v := world(t)
			b := &bench{t, web, issuer}
			got, r := open(t, v, b, p.badge(b))
			if got != p.verdict {
				t.Errorf("%s, want %s: %s", got, p.verdict, said(r))
			}
			if r != nil {
				if c := r.Check(p.check); c.Outcome != p.outcome || c.Reason != p.reason {
					t.Errorf("%s %s %q (%s), want %s %q", p.check, c.Outcome, c.Reason, c.Detail, p.outcome, p.reason)
				}
			}
			if same := passes(p.theirs) == (got == vc.Valid); same != (p.why == "") {
				t.Errorf("they say %s, we %s, but the reason is %q", p.theirs, got, p.why)
			}
		})
	}
}

func said(r *vc.Report) string {
	if r == nil {
		return ""
	}
	b, err := json.Marshal(r)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// open opens, fetches and verifies input like an import.
func open(t *testing.T, v *vc.Verifier, b *bench, in []byte) (vc.Verdict, *vc.Report) {
	t.Helper()
	items := intake.Open(t.Context(), "", in, intake.Options{})
	if len(items) == 1 && items[0].Link != "" {
		res, err := b.web.Fetch(t.Context(), vc.FetchRequest{URL: items[0].Link})
		if err != nil {
			return noBadge, nil
		}
		items = intake.OpenFetched(t.Context(), res, intake.Options{})
	}
	i := slices.IndexFunc(items, func(it intake.Item) bool { return it.Doc != nil })
	if i < 0 {
		return noBadge, nil
	}
	r, err := v.Verify(t.Context(), items[i].Doc, vc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r.Verdict(vc.Policy{}), r
}

const (
	obContext = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
	oldest    = "https://purl.imsglobal.org/spec/ob/v3p0/context.json"
	extension = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
)

func contexts(list ...any) vctest.Option { return vctest.With("@context", list) }

func types(list ...any) vctest.Option { return vctest.With("type", list) }

// subject sets a member of the subject, achievement one of the achievement.
func subject(name string, v any) vctest.Option     { return vctest.With("credentialSubject."+name, v) }
func achievement(name string, v any) vctest.Option { return subject("achievement."+name, v) }

func typed(typ string, more ...any) vctest.Object {
	o := vctest.Object{"type": []any{typ}}
	for i := 0; i < len(more); i += 2 {
		o[more[i].(string)] = more[i+1]
	}
	return o
}

// probesOfForm covers the form of an Open Badge 3.0 (specs G1.1 to G1.9).
func probesOfForm() []probe {
	const whole = "a JWT covers its text byte by byte, so a proof cannot lose any of it (specs D4)"
	malformed := func(check vc.CheckID, reason vc.Reason) probe {
		verdict := vc.Irregular
		if check == vc.CheckTerms {
			verdict = vc.Invalid
		}
		return probe{verdict: verdict, check: check, outcome: vc.Failed, reason: reason}
	}
	fine := probe{verdict: vc.Valid, check: vc.CheckFormat, outcome: vc.Passed}
	row := func(id, what, theirs string, badge func(*bench) []byte, ours probe, why ...string) probe {
		ours.id, ours.what, ours.theirs, ours.badge = id, what, theirs, badge
		if len(why) > 0 {
			ours.why = why[0]
		}
		return ours
	}
	return []probe{
		row("CredentialParseProbe", "JSON", theyPass, issue(), fine),
		row("CredentialParseProbe", "JWT", theyPass, issue(jwt), fine),
		row("CredentialParseProbe", "PNG with JSON", theyPass, baked(png, bake.OpenBadge3, issue()), fine),
		row("CredentialParseProbe", "PNG with a JWT", theyPass, baked(png, bake.OpenBadge3, issue(jwt)), fine),
		row("CredentialParseProbe", "SVG with JSON", theyPass, baked(svg, bake.OpenBadge3, issue()), fine),
		row("CredentialParseProbe", "SVG with a JWT", theyPass, baked(svg, bake.OpenBadge3, issue(jwt)), fine),
		row("CredentialParseProbe", "prose", theyFatal, text("Hello."), probe{verdict: noBadge}),
		row("CredentialParseProbe", "picture without a badge", theyFatal, func(b *bench) []byte { return png(b.t) }, probe{verdict: noBadge}),
		row("CredentialParseProbe", "incomplete JSON", theyFatal, text(`{"type":`), probe{verdict: noBadge}),
		row("CredentialParseProbe", "another file type", theyFatal, text("%PDF-1.7"), probe{verdict: noBadge}),

		row("JsonLDValidationProbe", "undefined member", theyErr, issue(vctest.With("grade", "A"), jcsThenRDF), malformed(vc.CheckTerms, vc.ReasonUndefinedTerm)),
		row("JsonLDValidationProbe", "undefined member in a JWT", theyErr, issue(vctest.With("grade", "A"), jwt), fine, whole),
		row("JsonLDValidationProbe", "undefined type", theyErr, issue(unknownType), malformed(vc.CheckTerms, vc.ReasonUndefinedTerm)),
		row("JsonLDValidationProbe", "unavailable context", theyErr, issue(unknownContext),
			probe{verdict: vc.Undetermined, check: vc.CheckFormat, outcome: vc.Unknown, reason: vc.ReasonUnknownContext}),

		row("ContextPropertyProbe", "usual contexts", theyPass, issue(contexts(vc.ContextV2, obContext, extension)), fine),
		row("ContextPropertyProbe", "first version", theyWarn, issue(contexts(vc.ContextV2, oldest), vctest.Model11), fine),
		row("ContextPropertyProbe", "earlier version", theyWarn, issue(contexts(vc.ContextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json")), fine),
		row("ContextPropertyProbe", "alias", theyWarn, issue(contexts(vc.ContextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld"), jwt), fine),
		row("ContextPropertyProbe", "data model 1.1", theyWarn, issue(vctest.Model11), fine),
		row("ContextPropertyProbe", "no Open Badges context", theyErr, issue(contexts(vc.ContextV2), jcs), malformed(vc.CheckFormat, vc.ReasonContextOrder)),
		row("ContextPropertyProbe", "no credentials context", theyErr, issue(contexts(obContext), jcs), malformed(vc.CheckFormat, vc.ReasonContextOrder)),
		row("ContextPropertyProbe", "wrong order", theyErr, issue(contexts(obContext, vc.ContextV2), jcs), malformed(vc.CheckFormat, vc.ReasonContextOrder)),

		row("TypePropertyProbe", "AchievementCredential", theyPass, issue(types("VerifiableCredential", "AchievementCredential")), fine),
		row("TypePropertyProbe", "not a credential", theyFatal, issue(types("OpenBadgeCredential"), jcs), probe{verdict: noBadge}),
		row("TypePropertyProbe", "no type", theyFatal, issue(vctest.With("type", nil), jcs), probe{verdict: noBadge}),
		row("TypePropertyProbe", "not a badge", theyFatal,
			issue(types("VerifiableCredential"), contexts(vc.ContextV2), vctest.With("issuer", "did:web:issuer.example"),
				vctest.With("credentialSubject", vctest.Object{"id": "did:example:learner"})), fine,
			"any verifiable credential can be imported and checked; it is not shown as an Open Badge"),
		row("TypePropertyProbe", "badge in all but its type", theyFatal, issue(types("VerifiableCredential"), jcs), fine, "the same"),

		row("JsonSchemasProbe", "single value in place of a list", theyWarn, issue(vctest.With("credentialSubject.type", "AchievementSubject")), fine),
		row("JsonSchemasProbe", "achievement without a name", theyErr, issue(achievement("name", nil)), malformed(vc.CheckFormat, vc.ReasonMissingMember)),
		row("JsonSchemasProbe", "no issuer", theyErr, issue(vctest.With("issuer", nil), jcs),
			probe{verdict: vc.Undetermined, check: vc.CheckFormat, outcome: vc.Failed, reason: vc.ReasonMissingMember}),
		row("JsonSchemasProbe", "no start date", theyErr, issue(vctest.With("validFrom", nil)), malformed(vc.CheckFormat, vc.ReasonMissingMember)),

		row("InlineJsonSchemaProbe", "canonical schema", theyPass,
			issue(names("https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json")), fine),
		row("InlineJsonSchemaProbe", "fitting schema", theyPass, withSchema(`{"required":["name"]}`), fine),
		row("InlineJsonSchemaProbe", "violated schema", theyErr, withSchema(`{"required":["grade"]}`), malformed(vc.CheckSchema, vc.ReasonSchema)),
		row("InlineJsonSchemaProbe", "missing schema", theyErr, withSchema(""),
			probe{verdict: vc.Valid, check: vc.CheckSchema, outcome: vc.Unknown, reason: vc.ReasonUnreachable},
			"the schema of the badge's kind was applied; a missing further one is not a false statement (G4)"),

		row("CredentialSubjectProbe", "no AchievementSubject", theyErr, issue(subject("type", []any{"Person"}), jcs), malformed(vc.CheckFormat, vc.ReasonWrongType)),
		row("CredentialSubjectProbe", "no type", theyBreak, issue(subject("type", nil), jcs), malformed(vc.CheckFormat, vc.ReasonMissingMember)),
		row("CredentialSubjectProbe", "no subject id, empty list of identifiers", theyErr, issue(subject("id", nil), subject("identifier", []any{}), jcs),
			malformed(vc.CheckSubject, vc.ReasonNoSubjectID)),
		row("CredentialSubjectProbe", "no subject id", theyPass, issue(subject("id", nil)), malformed(vc.CheckSubject, vc.ReasonNoSubjectID),
			"the specification requires an id or an identifier; the validator misses a subject with neither (G4)"),
		row("CredentialSubjectProbe", "not an IdentityObject", theyErr,
			issue(subject("identifier", []any{typed("IdentifierEntry", "identityHash", "a", "identityType", "name", "hashed", false)}), jcs),
			malformed(vc.CheckFormat, vc.ReasonOneDue)),
		row("CredentialSubjectProbe", "not a Result", theyErr, issue(subject("result", []any{typed("Mark", "value", "1")}), jcs),
			malformed(vc.CheckFormat, vc.ReasonWrongType)),
		row("CredentialSubjectProbe", "not a ResultDescription", theyErr,
			issue(achievement("resultDescription", []any{typed("Mark", "id", "urn:uuid:3", "name", "n", "resultType", "Percent")}), jcs),
			malformed(vc.CheckFormat, vc.ReasonWrongType)),
		row("CredentialSubjectProbe", "empty criteria", theyErr, issue(achievement("criteria", vctest.Object{})), malformed(vc.CheckFormat, vc.ReasonMissingMember)),
		row("CredentialSubjectProbe", "no criteria", theyBreak, issue(achievement("criteria", nil)), malformed(vc.CheckFormat, vc.ReasonMissingMember)),
		row("CredentialSubjectProbe", "no achievement", theyErr, issue(subject("achievement", nil)), malformed(vc.CheckFormat, vc.ReasonMissingMember)),
		row("CredentialSubjectProbe", "source is not a Profile", theyErr, issue(subject("source", typed("Person", "id", "https://x.example")), jcs),
			malformed(vc.CheckFormat, vc.ReasonWrongType)),

		row("EvidenceProbe", "not an Evidence", theyErr, issue(vctest.With("evidence", []any{typed("Photo", "id", "https://x.example/p")}), jcs),
			malformed(vc.CheckFormat, vc.ReasonWrongType)),
		row("EvidenceProbe", "one of several types", theyPass,
			issue(vctest.With("evidence", []any{vctest.Object{"id": "https://x.example/p", "type": []any{"Evidence", "https://x.example/#Photo"}}})), fine),

		row("IssuerProbe", "not a Profile", theyErr, issue(vctest.With("issuer.type", []any{"Person"}), jcs), malformed(vc.CheckFormat, vc.ReasonWrongType)),
		row("IssuerProbe", "issuer as a URL", theyBreak, issue(vctest.With("issuer", "did:web:issuer.example")), fine, "the data model allows it (G4)"),
		row("IssuerProbe", "website is down", theyWarn, issue(vctest.With("issuer.url", "https://down.example")), fine),
		row("IssuerProbe", "identifier of another type", theyErr,
			issue(vctest.With("issuer.otherIdentifier", []any{typed("Number", "identifier", "1", "identifierType", "identifier")}), jcs),
			malformed(vc.CheckFormat, vc.ReasonOneDue)),
		row("IssuerProbe", "parent is not a Profile", theyErr, issue(vctest.With("issuer.parentOrg", typed("Person", "id", "https://x.example")), jcs),
			malformed(vc.CheckFormat, vc.ReasonWrongType)),
	}
}
