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

// The validator that 1EdTech publishes looks at a badge with one probe after
// another (specs G). These tables take each probe, make the badges that set it
// off, and pin what the validator says of them (read in its source, specs G)
// beside what we say. Both agree when both let a badge pass or neither does;
// where we differ, the row says why, and a row that says why without differing
// fails.

// What the validator says. A warning lets a badge pass.
const (
	theyPass  = "valid"
	theyWarn  = "warning"
	theyErr   = "error"
	theyFatal = "fatal"
	theyBreak = "exception"
)

// noBadge is our answer to what cannot be read at all.
const noBadge vc.Verdict = "no badge"

// A probe is one badge that sets off one of the validator's probes.
type probe struct {
	id      string // the validator's name for it
	what    string
	theirs  string
	badge   func(b *bench) []byte
	verdict vc.Verdict
	check   vc.CheckID // the one that says so, with its outcome and reason
	outcome vc.Outcome
	reason  vc.Reason
	why     string // we differ
}

// A bench is where one badge is made.
type bench struct {
	t      *testing.T
	web    *vctest.Web
	issuer *vctest.Issuer
}

func (b *bench) issue(o ...vctest.Option) []byte { return b.issuer.Issue(b.t, o...) }

// issue makes a badge of the virtual issuer.
func issue(o ...vctest.Option) func(*bench) []byte {
	return func(b *bench) []byte { return b.issue(o...) }
}

// text is something that no issuer made.
func text(s string) func(*bench) []byte { return func(*bench) []byte { return []byte(s) } }

// baked is a badge in a picture.
func baked(picture func(t *testing.T) []byte, keyword string, badge func(*bench) []byte) func(*bench) []byte {
	return func(b *bench) []byte {
		out, err := bake.Embed(picture(b.t), keyword, badge(b))
		if err != nil {
			b.t.Fatal(err)
		}
		return out
	}
}

// jcs and jwt are forms whose proof covers every byte, so that what is wrong
// with the content is not also a term without a meaning.
var jcs, jwt = vctest.As("eddsa-jcs-2022"), vctest.As(vctest.JWT)

func passes(theirs string) bool { return theirs == theyPass || theirs == theyWarn }

// allProbes are all the tables, by what they are about.
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

// TestIntendedDifferences: each case in which our verdict is meant to differ
// (specs G4) has rows that say why.
func TestIntendedDifferences(t *testing.T) {
	rows := map[string]probe{}
	for about, probes := range allProbes() {
		for _, p := range probes {
			rows[about+": "+p.what] = p
		}
	}
	for intended, where := range map[string][]string{
		"JWT: jwk in the header unrelated to the issuer": {"JWT: a key in the header that nothing ties to the issuer"},
		"JWT: claims differ from the credential":         {"JWT: iss of another", "JWT: sub of another", "JWT: jti of another", "JWT: nbf of another"},
		"LD: a key behind the issuer's address":          {"proof: a key in the fragment of the issuer's address"},
		"LD: did:key method, issuer is another id":       {"proof: a did:key under another issuer"},
		"issuer is text":                                 {"form: only its address"},
		"subject without id and identifier":              {"form: nobody"},
		"suspended, StatusList2021, second status entry": {"status: suspended", "status: in a list of 2021", "status: the second of two"},
		"1EdTech list unreachable":                       {"status: 1EdTech's list is down"},
		"list of several purposes":                       {"status: of several purposes"},
		"inline schema is gone":                          {"form: one that is not there"},
		"ecdsa-rdfc-2019, *-jcs-*":                       {"proof: ecdsa-rdfc-2019", "proof: eddsa-jcs-2022", "proof: ecdsa-jcs-2019"},
		"https key in a full controller document":        {"proof: a key in an https document"},
		"unsigned CLR child, other issuer":               {"CLR: an unsigned badge of another issuer"},
		"endorsement broken":                             {"endorsements: changed", "endorsements: sealed by another key", "Open Badges 2.0: taken back"},
	} {
		for _, w := range where {
			if rows[w].why == "" {
				t.Errorf("%s: no row %q that says why", intended, w)
			}
		}
	}
	if p := rows["form: its website is down"]; p.theirs != theyWarn || p.verdict != vc.Valid {
		t.Error("the issuer's website: they warn, and we do not ask")
	}
}

// run makes the badge of every row and compares.
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
				t.Errorf("they say %s, we %s, and the reason is %q", p.theirs, got, p.why)
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

// open opens, fetches and verifies like an import.
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

// subject sets a member below the subject, achievement one below that.
func subject(name string, v any) vctest.Option     { return vctest.With("credentialSubject."+name, v) }
func achievement(name string, v any) vctest.Option { return subject("achievement."+name, v) }

func typed(typ string, more ...any) vctest.Object {
	o := vctest.Object{"type": []any{typ}}
	for i := 0; i < len(more); i += 2 {
		o[more[i].(string)] = more[i+1]
	}
	return o
}

// probesOfForm: what a badge of 3.0 looks like (specs G1.1 to G1.9).
func probesOfForm() []probe {
	const whole = "a JWT covers its text byte by byte: nothing in it can be lost on the way to a proof (specs D4)"
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
		row("CredentialParseProbe", "a picture without", theyFatal, func(b *bench) []byte { return png(b.t) }, probe{verdict: noBadge}),
		row("CredentialParseProbe", "JSON with a fault", theyFatal, text(`{"type":`), probe{verdict: noBadge}),
		row("CredentialParseProbe", "another type of file", theyFatal, text("%PDF-1.7"), probe{verdict: noBadge}),

		row("JsonLDValidationProbe", "a member without a meaning", theyErr, issue(vctest.With("grade", "A"), jcsThenRDF), malformed(vc.CheckTerms, vc.ReasonUndefinedTerm)),
		row("JsonLDValidationProbe", "the same in a JWT", theyErr, issue(vctest.With("grade", "A"), jwt), fine, whole),
		row("JsonLDValidationProbe", "a type without a meaning", theyErr, issue(unknownType), malformed(vc.CheckTerms, vc.ReasonUndefinedTerm)),
		row("JsonLDValidationProbe", "a context that nobody serves", theyErr, issue(unknownContext), probe{verdict: vc.Undetermined, check: vc.CheckFormat, outcome: vc.Unknown, reason: vc.ReasonUnknownContext}),

		row("ContextPropertyProbe", "the usual ones", theyPass, issue(contexts(vc.ContextV2, obContext, extension)), fine),
		row("ContextPropertyProbe", "the first version", theyWarn, issue(contexts(vc.ContextV2, oldest), vctest.Model11), fine),
		row("ContextPropertyProbe", "an earlier version", theyWarn, issue(contexts(vc.ContextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json")), fine),
		row("ContextPropertyProbe", "an alias", theyWarn, issue(contexts(vc.ContextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld"), jwt), fine),
		row("ContextPropertyProbe", "data model 1.1", theyWarn, issue(vctest.Model11), fine),
		row("ContextPropertyProbe", "that of badges is missing", theyErr, issue(contexts(vc.ContextV2), jcs), malformed(vc.CheckFormat, vc.ReasonContextOrder)),
		row("ContextPropertyProbe", "that of credentials is missing", theyErr, issue(contexts(obContext), jcs), malformed(vc.CheckFormat, vc.ReasonContextOrder)),
		row("ContextPropertyProbe", "the other way round", theyErr, issue(contexts(obContext, vc.ContextV2), jcs), malformed(vc.CheckFormat, vc.ReasonContextOrder)),

		row("TypePropertyProbe", "AchievementCredential", theyPass, issue(types("VerifiableCredential", "AchievementCredential")), fine),
		row("TypePropertyProbe", "no credential", theyFatal, issue(types("OpenBadgeCredential"), jcs), probe{verdict: noBadge}),
		row("TypePropertyProbe", "no type", theyFatal, issue(vctest.With("type", nil), jcs), probe{verdict: noBadge}),
		row("TypePropertyProbe", "no badge", theyFatal, issue(types("VerifiableCredential"), contexts(vc.ContextV2), vctest.With("issuer", "did:web:issuer.example"), vctest.With("credentialSubject", vctest.Object{"id": "did:example:learner"})), fine,
			"any verifiable credential may be brought and checked; it is shown as what it is, and not as an Open Badge"),
		row("TypePropertyProbe", "a badge in all but its type", theyFatal, issue(types("VerifiableCredential"), jcs), fine, "the same"),

		row("JsonSchemasProbe", "one where a list is due", theyWarn, issue(vctest.With("credentialSubject.type", "AchievementSubject")), fine),
		row("JsonSchemasProbe", "no name of the achievement", theyErr, issue(achievement("name", nil)), malformed(vc.CheckFormat, vc.ReasonMissingMember)),
		row("JsonSchemasProbe", "no issuer", theyErr, issue(vctest.With("issuer", nil), jcs), probe{verdict: vc.Undetermined, check: vc.CheckFormat, outcome: vc.Failed, reason: vc.ReasonMissingMember}),
		row("JsonSchemasProbe", "no start", theyErr, issue(vctest.With("validFrom", nil)), malformed(vc.CheckFormat, vc.ReasonMissingMember)),

		row("InlineJsonSchemaProbe", "the canonical one", theyPass, issue(names("https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json")), fine),
		row("InlineJsonSchemaProbe", "one that fits", theyPass, withSchema(`{"required":["name"]}`), fine),
		row("InlineJsonSchemaProbe", "one that does not fit", theyErr, withSchema(`{"required":["grade"]}`), malformed(vc.CheckSchema, vc.ReasonSchema)),
		row("InlineJsonSchemaProbe", "one that is not there", theyErr, withSchema(""), probe{verdict: vc.Valid, check: vc.CheckSchema, outcome: vc.Unknown, reason: vc.ReasonUnreachable},
			"the badge was held to the schema of its kind; that a further one is gone is nobody's lie (G4)"),

		row("CredentialSubjectProbe", "no AchievementSubject", theyErr, issue(subject("type", []any{"Person"}), jcs), malformed(vc.CheckFormat, vc.ReasonWrongType)),
		row("CredentialSubjectProbe", "no type", theyBreak, issue(subject("type", nil), jcs), malformed(vc.CheckFormat, vc.ReasonMissingMember)),
		row("CredentialSubjectProbe", "nobody, with an empty list", theyErr, issue(subject("id", nil), subject("identifier", []any{}), jcs), malformed(vc.CheckSubject, vc.ReasonNoSubjectID)),
		row("CredentialSubjectProbe", "nobody", theyPass, issue(subject("id", nil)), malformed(vc.CheckSubject, vc.ReasonNoSubjectID),
			"the specification demands an id or an identifier; the validator's check misses a subject with neither (G4)"),
		row("CredentialSubjectProbe", "no IdentityObject", theyErr, issue(subject("identifier", []any{typed("IdentifierEntry", "identityHash", "a", "identityType", "name", "hashed", false)}), jcs), malformed(vc.CheckFormat, vc.ReasonOneDue)),
		row("CredentialSubjectProbe", "no Result", theyErr, issue(subject("result", []any{typed("Mark", "value", "1")}), jcs), malformed(vc.CheckFormat, vc.ReasonWrongType)),
		row("CredentialSubjectProbe", "no ResultDescription", theyErr, issue(achievement("resultDescription", []any{typed("Mark", "id", "urn:uuid:3", "name", "n", "resultType", "Percent")}), jcs), malformed(vc.CheckFormat, vc.ReasonWrongType)),
		row("CredentialSubjectProbe", "criteria without words", theyErr, issue(achievement("criteria", vctest.Object{})), malformed(vc.CheckFormat, vc.ReasonMissingMember)),
		row("CredentialSubjectProbe", "no criteria", theyBreak, issue(achievement("criteria", nil)), malformed(vc.CheckFormat, vc.ReasonMissingMember)),
		row("CredentialSubjectProbe", "no achievement", theyErr, issue(subject("achievement", nil)), malformed(vc.CheckFormat, vc.ReasonMissingMember)),
		row("CredentialSubjectProbe", "source is no Profile", theyErr, issue(subject("source", typed("Person", "id", "https://x.example")), jcs), malformed(vc.CheckFormat, vc.ReasonWrongType)),

		row("EvidenceProbe", "no Evidence", theyErr, issue(vctest.With("evidence", []any{typed("Photo", "id", "https://x.example/p")}), jcs), malformed(vc.CheckFormat, vc.ReasonWrongType)),
		row("EvidenceProbe", "one of several types", theyPass, issue(vctest.With("evidence", []any{vctest.Object{"id": "https://x.example/p", "type": []any{"Evidence", "https://x.example/#Photo"}}})), fine),

		row("IssuerProbe", "no Profile", theyErr, issue(vctest.With("issuer.type", []any{"Person"}), jcs), malformed(vc.CheckFormat, vc.ReasonWrongType)),
		row("IssuerProbe", "only its address", theyBreak, issue(vctest.With("issuer", "did:web:issuer.example")), fine, "the data model allows it (G4)"),
		row("IssuerProbe", "its website is down", theyWarn, issue(vctest.With("issuer.url", "https://down.example")), fine),
		row("IssuerProbe", "an identifier of another type", theyErr, issue(vctest.With("issuer.otherIdentifier", []any{typed("Number", "identifier", "1", "identifierType", "identifier")}), jcs), malformed(vc.CheckFormat, vc.ReasonOneDue)),
		row("IssuerProbe", "parent is no Profile", theyErr, issue(vctest.With("issuer.parentOrg", typed("Person", "id", "https://x.example")), jcs), malformed(vc.CheckFormat, vc.ReasonWrongType)),
	}
}
