package vc

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// badge returns a small badge of data model 2.0 with members added or, given
// twice, replaced: name, JSON, name, JSON, …
func badge(members ...string) string {
	return object([]string{
		"@context", `["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]`,
		"id", `"urn:uuid:1"`, "type", `["VerifiableCredential","OpenBadgeCredential"]`,
		"issuer", `{"id":"https://issuer.example","type":["Profile"],"name":"School"}`, "validFrom", `"2026-01-01T00:00:00Z"`,
		"credentialSubject", `{"id":"did:example:1","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:2","type":["Achievement"],"name":"Baker"}}`,
	}, members)
}

// badge11 is the same in data model 1.1.
func badge11(members ...string) string {
	return badge(append([]string{"@context", `["https://www.w3.org/2018/credentials/v1","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]`,
		"validFrom", "", "issuanceDate", `"2026-01-01T00:00:00Z"`}, members...)...)
}

// object writes an object; an empty value takes a member out.
func object(members, changes []string) string {
	names, values := []string{}, map[string]string{}
	for i, all := 0, append(slices.Clone(members), changes...); i < len(all); i += 2 {
		if values[all[i]] == "" && !slices.Contains(names, all[i]) {
			names = append(names, all[i])
		}
		values[all[i]] = all[i+1]
	}
	var out []string
	for _, n := range names {
		if values[n] != "" {
			out = append(out, fmt.Sprintf("%q:%s", n, values[n]))
		}
	}
	return "{" + strings.Join(out, ",") + "}"
}

// token makes a JWT with a signature that nobody checks here.
func token(header, payload string) string {
	return EncodeBase64([]byte(header)) + "." + EncodeBase64([]byte(payload)) + ".c2ln"
}

const es256 = `{"alg":"ES256","kid":"did:web:issuer.example#key-1","typ":"JWT"}`

func presentation(credentials string, members ...string) string {
	return object([]string{"@context", `["https://www.w3.org/ns/credentials/v2"]`, "type", `"VerifiablePresentation"`,
		"holder", `"did:example:1"`, "verifiableCredential", credentials}, members)
}

func TestParseRefuses(t *testing.T) {
	for name, x := range map[string]struct {
		text string
		want error
	}{
		"nothing":                     {"", ErrMalformed},
		"prose":                       {"hello there", ErrMalformed},
		"not JSON":                    {"{", ErrMalformed},
		"a list":                      {"[" + badge() + "]", ErrUnsupported},
		"an object of another kind":   {`{"type":"Assertion"}`, ErrUnsupported},
		"type of another case":        {badge("type", `["verifiablecredential"]`), ErrUnsupported},
		"credential and presentation": {badge("type", `["VerifiableCredential","VerifiablePresentation"]`), ErrUnsupported},
		"two parts":                   {"eyJhbGciOiJFUzI1NiJ9.e30", ErrMalformed},
		"four parts":                  {token(es256, badge()) + ".x", ErrMalformed},
		"JWE":                         {"a.b.c.d.e", ErrMalformed},
		"JSON serialisation of JWS":   {`{"payload":"e30","signatures":[{"protected":"e30","signature":"x"}]}`, ErrUnsupported},
		"padded":                      {token(es256, badge()) + "=", ErrMalformed},
		"base64 of the other kind":    {strings.Replace(token(es256, badge()), "c2ln", "c+/n", 1), ErrMalformed},
		"not canonical base64":        {strings.Replace(token(es256, badge()), "c2ln", "c2lnZh", 1), ErrMalformed},
		"line break within":           {strings.Replace(token(es256, badge()), ".", ".\n", 1), ErrMalformed},
		"header of text":              {token(`"ES256"`, badge()), ErrMalformed},
		"header without alg":          {token(`{"typ":"JWT"}`, badge()), ErrMalformed},
		"header with alg twice":       {token(`{"alg":"ES256","alg":"none"}`, badge()), ErrMalformed},
		"unknown critical extension":  {token(`{"alg":"ES256","crit":["x"],"x":1}`, badge()), ErrMalformed},
		"empty crit":                  {token(`{"alg":"ES256","crit":[]}`, badge()), ErrMalformed},
		"unencoded payload":           {token(`{"alg":"ES256","b64":false,"crit":["b64"]}`, badge()), ErrMalformed},
		"b64 alone":                   {token(`{"alg":"ES256","b64":true}`, badge()), ErrMalformed},
		"typ of an access token":      {token(`{"alg":"ES256","typ":"at+jwt"}`, badge()), ErrUnsupported},
		"typ of a key binding":        {token(`{"alg":"ES256","typ":"kb+jwt"}`, badge()), ErrUnsupported},
		"typ that is no text":         {token(`{"alg":"ES256","typ":7}`, badge()), ErrUnsupported},
		"payload that is no JSON":     {token(es256, "hello"), ErrMalformed},
		"payload that is a list":      {token(es256, "[]"), ErrUnsupported},
		"payload of an ID token":      {token(es256, `{"iss":"https://a.example","sub":"1"}`), ErrUnsupported},
		"JWT in a text in a text":     {`"\"` + token(es256, badge()) + `\""`, ErrMalformed},
		"envelope without data":       {`{"type":"EnvelopedVerifiableCredential","id":"https://a.example"}`, ErrMalformed},
		"envelope of SD-JWT":          {`{"type":"EnvelopedVerifiableCredential","id":"data:application/vc+sd-jwt,x"}`, ErrMalformed},
		"envelope in an envelope":     {envelopeOf("application/vc", envelopeOf("application/vc+jwt", token(es256, badge()))), ErrMalformed},
		"2001 credentials":            {presentation("[" + strings.Repeat("{},", 2000) + "{}]"), ErrTooLarge},
		"51 endorsements":             {badge("endorsement", "["+strings.Repeat("{},", 50)+"{}]"), ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Parse([]byte(x.text))
			if !errors.Is(err, x.want) || d != nil {
				t.Errorf("got %v, want %v", err, x.want)
			}
		})
	}
}

func envelopeOf(media, content string) string {
	kind := "EnvelopedVerifiableCredential"
	if strings.Contains(media, "vp") {
		kind = "EnvelopedVerifiablePresentation"
	}
	return fmt.Sprintf(`{"@context":"https://www.w3.org/ns/credentials/v2","type":%q,"id":%q}`, kind, "data:"+media+","+strings.NewReplacer("%", "%25", `"`, "%22").Replace(content))
}

// TestProblems: what departs from the data model is read all the same. A ~ is
// before a remark on what the standard forbids, a ? before any other.
func TestProblems(t *testing.T) {
	for name, x := range map[string]struct {
		text string
		want []Reason
	}{
		"a badge":                          {badge(), nil},
		"of data model 1.1":                {badge11(), nil},
		"issuer as text":                   {badge("issuer", `"https://issuer.example"`), nil},
		"type as text":                     {badge("type", `"VerifiableCredential"`), nil},
		"date without zone":                {badge("validFrom", `"2026-01-01T00:00:00"`), nil},
		"no type VerifiableCredential":     {badge("type", `["OpenBadgeCredential"]`), []Reason{ReasonWrongType}},
		"no context":                       {badge("@context", ""), []Reason{ReasonContextOrder}},
		"contexts in another order":        {badge("@context", `["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://www.w3.org/ns/credentials/v2"]`), []Reason{ReasonContextOrder}},
		"inline context first":             {badge("@context", `[{"a":"urn:a"},"https://www.w3.org/ns/credentials/v2"]`), []Reason{ReasonContextOrder}},
		"both data models":                 {badge("@context", `["https://www.w3.org/ns/credentials/v2","https://www.w3.org/2018/credentials/v1","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]`), []Reason{ReasonMixedModels}},
		"context that is no address":       {badge("@context", `["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","x"]`), []Reason{ReasonMalformed}},
		"context that is null":             {badge("@context", `["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",null]`), []Reason{ReasonMalformed}},
		"no badge context":                 {badge("@context", `"https://www.w3.org/ns/credentials/v2"`), []Reason{ReasonContextOrder}},
		"issuer as text in 1.1":            {badge11("issuer", `"https://issuer.example"`), []Reason{"~wrong_type"}},
		"no issuer":                        {badge("issuer", ""), []Reason{ReasonMissingMember}},
		"issuer in a list":                 {badge("issuer", `["https://issuer.example"]`), []Reason{ReasonOneDue}},
		"issuer that is no URL":            {badge("issuer", `"School"`), []Reason{ReasonWrongType}},
		"id that is no URL":                {badge("id", `"1"`), []Reason{ReasonWrongType}},
		"id in a list":                     {badge("id", `["urn:uuid:1"]`), []Reason{ReasonWrongType}},
		"no subject":                       {badge("credentialSubject", ""), []Reason{ReasonMissingMember}},
		"subject as text":                  {badge("credentialSubject", `"did:example:1"`), []Reason{ReasonWrongType}},
		"two subjects":                     {badge("credentialSubject", `[{"id":"did:example:1"},{"id":"did:example:2"}]`), []Reason{ReasonOneDue}},
		"two subjects of no badge":         {badge("type", `["VerifiableCredential"]`, "credentialSubject", `[{"id":"did:example:1"},{"id":"did:example:2"}]`), nil},
		"no date of issue":                 {badge("validFrom", ""), []Reason{ReasonMissingMember}},
		"no date of issue of no badge":     {badge("validFrom", "", "type", `["VerifiableCredential"]`), nil},
		"date alone":                       {badge("validFrom", `"2026-01-01"`), []Reason{"~day_only"}},
		"no issuer but null":               {badge("issuer", "null"), []Reason{ReasonMissingMember, "~states_nothing"}},
		"two issuers":                      {badge("issuer", `["https://a.example","https://b.example"]`), []Reason{ReasonOneDue, ReasonMissingMember}},
		"no date of issue but null":        {badge("validFrom", "null"), []Reason{ReasonMissingMember, "~states_nothing"}},
		"no subject but null":              {badge("credentialSubject", "[null]"), []Reason{ReasonMissingMember, "~states_nothing"}},
		"status of null":                   {badge("credentialStatus", "null"), []Reason{"~states_nothing"}},
		"evidence of nothing":              {badge("evidence", "[]"), []Reason{"?states_nothing"}},
		"data model named twice":           {badge("@context", `["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://www.w3.org/ns/credentials/v2"]`), []Reason{"~mixed_models"}},
		"id with another meaning":          {badge("@context", `["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",{"id":"https://x.example/id"}]`), []Reason{ReasonRedefines}},
		"id with its own meaning":          {badge("@context", `["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",{"id":"@id","type":"@type"}]`), nil},
		"an end with another meaning":      {badge("@context", `["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",{"validUntil":{"@id":"https://x.example/until"}}]`), []Reason{ReasonRedefines}},
		"a name with something beside":     {badge("name", `{"@value":"a","@language":"en","x":"b"}`), []Reason{ReasonWrongType}},
		"a name with its language":         {badge("name", `{"@value":"a","@language":"en","@direction":"ltr"}`), nil},
		"holder without an id":             {`{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"],"holder":{"type":"Person"}}`, []Reason{ReasonMissingMember}},
		"award of a day":                   {badge("awardedDate", `"2026-01-01"`), []Reason{"~day_only"}},
		"award of an unknown day":          {badge("awardedDate", `"in May"`), []Reason{ReasonDateFormat}},
		"end of a day":                     {badge("validUntil", `"2027-01-01"`), []Reason{ReasonDayOnly}},
		"end in words":                     {badge("validUntil", `"when it ends"`), []Reason{ReasonDateFormat}},
		"offset without its colon":         {badge("validUntil", `"2027-01-01T00:00:00+0200"`), []Reason{"~date_format"}},
		"end in a list":                    {badge("validUntil", `["2026-01-02T00:00:00Z"]`), []Reason{ReasonOneDue}},
		"end as an object":                 {badge("validUntil", `{"@value":"2026-01-02T00:00:00Z"}`), []Reason{"~date_format"}},
		"end as null":                      {badge("validUntil", `null`), []Reason{"~states_nothing"}},
		"end before the beginning":         {badge("validUntil", `"2025-01-02T00:00:00Z"`), []Reason{ReasonDateOrder}},
		"the other model's date":           {badge("expirationDate", `"2027-01-02T00:00:00Z"`), []Reason{ReasonMixedModels}},
		"the other model's date in 1.1":    {badge11("validUntil", `"2027-01-02T00:00:00Z"`), []Reason{ReasonMixedModels}},
		"proof as text":                    {badge("proof", `"x"`), []Reason{ReasonMalformed}},
		"JWT":                              {token(es256, badge()), nil},
		"JWT of 1.1":                       {token(es256, `{"vc":`+badge11()+`}`), nil},
		"JWT of 1.1 with dates as claims":  {token(es256, `{"iss":"https://issuer.example","nbf":1,"vc":`+badge11("issuanceDate", "")+`}`), nil},
		"2.0 below vc":                     {token(es256, `{"vc":`+badge()+`}`), []Reason{ReasonMixedModels}},
		"1.1 as the payload":               {token(es256, badge11()), []Reason{ReasonMixedModels}},
		"credential beside vc":             {token(es256, badge("vc", badge())), []Reason{ReasonMixedModels}},
		"private key":                      {token(`{"alg":"ES256","jwk":{"kty":"EC","d":"x"}}`, badge()), []Reason{ReasonPrivateKey}},
		"secret key":                       {token(`{"alg":"ES256","jwk":{"kty":"oct","k":"x"}}`, badge()), []Reason{ReasonPrivateKey}},
		"vp+jwt of a credential":           {token(`{"alg":"ES256","typ":"vp+jwt"}`, badge()), []Reason{ReasonWrongType}},
		"vc+jwt of a presentation":         {token(`{"alg":"ES256","typ":"vc+jwt"}`, presentation("[]")), []Reason{ReasonWrongType}},
		"typ in capitals, as a media type": {token(`{"alg":"ES256","typ":"application/VC+JWT"}`, badge()), nil},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Parse([]byte(x.text))
			if err != nil {
				t.Fatal(err)
			}
			var got []Reason
			for _, p := range d.Problems {
				got = append(got, p.Reason)
			}
			for _, p := range d.Remarks {
				got = append(got, map[bool]Reason{true: "~", false: "?"}[p.Strict]+p.Reason)
			}
			if diff := cmp.Diff(x.want, got); diff != "" {
				t.Errorf("%s\n%+v", diff, d.Problems)
			}
		})
	}
}

func TestForm(t *testing.T) {
	for name, x := range map[string]struct {
		text string
		want Form
	}{
		"unsigned":                  {badge(), Unsigned},
		"proof":                     {badge("proof", `{"type":"DataIntegrityProof"}`), Embedded},
		"empty list of proofs":      {badge("proof", `[]`), Embedded},
		"typ JWT":                   {token(es256, badge()), JWT},
		"typ jwt":                   {token(`{"alg":"ES256","typ":"jwt"}`, badge()), JWT},
		"no typ":                    {token(`{"alg":"ES256"}`, badge()), JOSEVC},
		"no typ, but iss":           {token(`{"alg":"ES256"}`, badge("iss", `"https://issuer.example"`)), JWT},
		"no typ, vc":                {token(`{"alg":"ES256"}`, `{"vc":`+badge11()+`}`), JWT},
		"vc+jwt":                    {token(`{"alg":"ES256","typ":"vc+jwt"}`, badge()), JOSEVC},
		"vc+ld+json+jwt":            {token(`{"alg":"ES256","typ":"vc+ld+json+jwt"}`, badge()), JOSEVC},
		"in a text":                 {`"` + token(es256, badge()) + `"`, JWT},
		"in an envelope":            {envelopeOf("application/vc+jwt", token(es256, badge())), JWT},
		"in an envelope of base64":  {fmt.Sprintf(`{"type":"EnvelopedVerifiableCredential","id":"data:application/vc;base64,%s"}`, b64(badge())), Unsigned},
		"JSON in an envelope":       {envelopeOf("application/vc", badge("proof", `{}`)), Embedded},
		"space around it":           {"\n " + badge() + " \n", Unsigned},
		"presentation as a JWT":     {token(`{"alg":"ES256","typ":"vp+jwt"}`, presentation("[]")), JOSEVC},
		"presentation below vp":     {token(es256, `{"iss":"did:example:1","vp":`+presentation("[]", "@context", `["https://www.w3.org/2018/credentials/v1"]`)+`}`), JWT},
		"presentation in envelope":  {envelopeOf("application/vp+jwt", token(`{"alg":"ES256","typ":"vp+jwt"}`, presentation("[]"))), JOSEVC},
		"presentation, no proof":    {presentation("[]"), Unsigned},
		"JWT, space around it":      {" " + token(es256, badge()) + "\r\n", JWT},
		"envelope with a parameter": {envelopeOf("application/vc+jwt;charset=utf-8", token(es256, badge())), JWT},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Parse([]byte(x.text))
			if err != nil || d.Form != x.want {
				t.Fatalf("%v, %v", d, err)
			}
			if (d.Credential == nil) == (d.Presentation == nil) {
				t.Error("neither, or both")
			}
			if again, err := Parse(d.Raw); err != nil || again.Form != d.Form || again.Digest() != d.Digest() {
				t.Errorf("the kept bytes read otherwise: %v", err)
			}
		})
	}
}

func b64(s string) string {
	const std = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var out strings.Builder
	for i := 0; i < len(s); i += 3 {
		var n uint32
		for j := range 3 {
			if n <<= 8; i+j < len(s) {
				n |= uint32(s[i+j])
			}
		}
		for j := range 4 {
			if i+j > len(s) {
				out.WriteByte('=')
			} else {
				out.WriteByte(std[n>>(18-6*j)&63])
			}
		}
	}
	return out.String()
}

// TestContained: each credential keeps its own bytes, and one that cannot be
// read spoils none of the others.
func TestContained(t *testing.T) {
	jwt := token(es256, badge())
	spaced := strings.ReplaceAll(badge(), `":`, "\"  :\t")
	items := []string{spaced, `"` + jwt + `"`, envelopeOf("application/vc+jwt", jwt), `{"type":"Assertion"}`,
		envelopeOf("application/vc+cose", "x"), `"hello"`, `7`, badge11()}
	d, err := Parse([]byte(presentation("[" + strings.Join(items, ", ") + "]")))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{spaced, jwt, jwt, items[3], items[4], "hello", "7", items[7]}
	for i, inner := range d.Presentation.Documents {
		if string(inner.Raw) != want[i] {
			t.Errorf("credential %d: %q, want %q", i+1, inner.Raw, want[i])
		}
		if unreadable := i >= 3 && i <= 6; (inner.Credential == nil) != unreadable || unreadable && len(inner.Problems) == 0 {
			t.Errorf("credential %d: %+v", i+1, inner)
		}
	}
	if one, err := Parse([]byte(presentation(badge()))); err != nil || len(one.Presentation.Documents) != 1 {
		t.Errorf("one credential without a list: %v", err)
	}
}

func TestNesting(t *testing.T) {
	endorsed := func(inner string) string {
		return badge("type", `["VerifiableCredential","EndorsementCredential"]`, "endorsement", "["+inner+"]")
	}
	d, err := Parse([]byte(endorsed(endorsed(endorsed(endorsed(endorsed(badge())))))))
	if err != nil {
		t.Fatal(err)
	}
	levels := 0
	for ; d.Credential != nil && len(d.Credential.Endorsements) > 0; levels++ {
		d = d.Credential.Endorsements[0]
	}
	if levels != maxNesting+1 || d.Problems[0].Reason != ReasonTooLarge {
		t.Errorf("%d levels, %+v", levels, d.Problems)
	}
	clr := badge("type", `["VerifiableCredential","ClrCredential"]`,
		"credentialSubject", `{"type":["ClrSubject"],"verifiableCredential":[`+badge()+`,"`+token(es256, badge())+`"]}`)
	if d, err = Parse([]byte(presentation("[" + clr + "]"))); err != nil || len(d.Presentation.Documents[0].Credential.Contained) != 2 {
		t.Errorf("a CLR in a presentation: %v", err)
	}
}

// FuzzParse: nothing panics, errors are of the kinds that are promised, and
// what was read reads the same again.
func FuzzParse(f *testing.F) {
	for _, s := range []string{badge(), badge11(), token(es256, badge()), token(es256, `{"vc":`+badge11()+`}`), presentation("[" + badge() + "]"),
		envelopeOf("application/vc+jwt", token(es256, badge())), `"` + token(es256, badge()) + `"`,
		badge("proof", `[{"type":"DataIntegrityProof","cryptosuite":"eddsa-rdfc-2022","created":"2026-01-01T00:00:00Z","verificationMethod":{"id":"did:example:1#1"}}]`),
		badge("endorsement", "["+badge()+"]", "endorsementJwt", `["`+token(es256, badge())+`"]`, "name", `{"en":"Baker","de":"Bäcker"}`)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Parse(b)
		if err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrUnsupported) {
				t.Fatalf("a stray error: %v", err)
			}
			return
		}
		again, err := Parse(d.Raw)
		if err != nil {
			t.Fatalf("the kept bytes do not parse: %v", err)
		}
		if diff := cmp.Diff(d, again, cmp.Comparer(func(a, b *Value) bool { return a.Raw() == b.Raw() })); diff != "" {
			t.Fatalf("the kept bytes read otherwise:\n%s", diff)
		}
	})
}
