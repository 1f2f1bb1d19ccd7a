package vc

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The contexts of a badge, as JSON.
const (
	v2  = `"https://www.w3.org/ns/credentials/v2"`
	ob3 = `"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"`
)

// badge returns a small badge of data model 2.0. members lists names and JSON
// values to add or replace: name, JSON, name, JSON, …
func badge(members ...string) string {
	return object([]string{
		"@context", "[" + v2 + "," + ob3 + "]",
		"id", `"urn:uuid:1"`, "type", `["VerifiableCredential","OpenBadgeCredential"]`,
		"issuer", `{"id":"https://issuer.example","type":["Profile"],"name":"School"}`, "validFrom", `"2026-01-01T00:00:00Z"`,
		"credentialSubject", `{"id":"did:example:1","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:2","type":["Achievement"],"name":"Baker"}}`,
	}, members)
}

// badge11 is badge for data model 1.1.
func badge11(members ...string) string {
	return badge(append([]string{"@context", `["https://www.w3.org/2018/credentials/v1","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]`,
		"validFrom", "", "issuanceDate", `"2026-01-01T00:00:00Z"`}, members...)...)
}

// object writes a JSON object. An empty value removes the member.
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

// token returns a JWT with a meaningless signature.
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
		"nothing":                      {"", ErrMalformed},
		"prose":                        {"hello there", ErrMalformed},
		"not JSON":                     {"{", ErrMalformed},
		"a list":                       {"[" + badge() + "]", ErrUnsupported},
		"another kind of object":       {`{"type":"Assertion"}`, ErrUnsupported},
		"type in another case":         {badge("type", `["verifiablecredential"]`), ErrUnsupported},
		"credential and presentation":  {badge("type", `["VerifiableCredential","VerifiablePresentation"]`), ErrUnsupported},
		"two parts":                    {"eyJhbGciOiJFUzI1NiJ9.e30", ErrMalformed},
		"four parts":                   {token(es256, badge()) + ".x", ErrMalformed},
		"JWE":                          {"a.b.c.d.e", ErrMalformed},
		"JWS in JSON serialisation":    {`{"payload":"e30","signatures":[{"protected":"e30","signature":"x"}]}`, ErrUnsupported},
		"padded":                       {token(es256, badge()) + "=", ErrMalformed},
		"base64 of the other alphabet": {strings.Replace(token(es256, badge()), "c2ln", "c+/n", 1), ErrMalformed},
		"not canonical base64":         {strings.Replace(token(es256, badge()), "c2ln", "c2lnZh", 1), ErrMalformed},
		"line break inside":            {strings.Replace(token(es256, badge()), ".", ".\n", 1), ErrMalformed},
		"header is a text":             {token(`"ES256"`, badge()), ErrMalformed},
		"header has no alg":            {token(`{"typ":"JWT"}`, badge()), ErrMalformed},
		"duplicate alg in the header":  {token(`{"alg":"ES256","alg":"none"}`, badge()), ErrMalformed},
		"unknown critical extension":   {token(`{"alg":"ES256","crit":["x"],"x":1}`, badge()), ErrMalformed},
		"empty crit":                   {token(`{"alg":"ES256","crit":[]}`, badge()), ErrMalformed},
		"unencoded payload":            {token(`{"alg":"ES256","b64":false,"crit":["b64"]}`, badge()), ErrMalformed},
		"b64 without crit":             {token(`{"alg":"ES256","b64":true}`, badge()), ErrMalformed},
		"typ is at+jwt":                {token(`{"alg":"ES256","typ":"at+jwt"}`, badge()), ErrUnsupported},
		"typ is kb+jwt":                {token(`{"alg":"ES256","typ":"kb+jwt"}`, badge()), ErrUnsupported},
		"typ is not a text":            {token(`{"alg":"ES256","typ":7}`, badge()), ErrUnsupported},
		"payload is not JSON":          {token(es256, "hello"), ErrMalformed},
		"payload is a list":            {token(es256, "[]"), ErrUnsupported},
		"payload is an ID token":       {token(es256, `{"iss":"https://a.example","sub":"1"}`), ErrUnsupported},
		"JWT in a text inside a text":  {`"\"` + token(es256, badge()) + `\""`, ErrMalformed},
		"envelope without data":        {`{"type":"EnvelopedVerifiableCredential","id":"https://a.example"}`, ErrMalformed},
		"envelope of SD-JWT":           {`{"type":"EnvelopedVerifiableCredential","id":"data:application/vc+sd-jwt,x"}`, ErrMalformed},
		"envelope in an envelope":      {envelopeOf("application/vc", envelopeOf("application/vc+jwt", token(es256, badge()))), ErrMalformed},
		"2001 credentials":             {presentation("[" + strings.Repeat("{},", 2000) + "{}]"), ErrTooLarge},
		"51 endorsements":              {badge("endorsement", "["+strings.Repeat("{},", 50)+"{}]"), ErrTooLarge},
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
	data := "data:" + media + "," + strings.NewReplacer("%", "%25", `"`, "%22").Replace(content)
	return fmt.Sprintf(`{"@context":"https://www.w3.org/ns/credentials/v2","type":%q,"id":%q}`, kind, data)
}

// TestProblems checks that departures from the data model are tolerated and
// reported. A ~ marks a remark that the standard forbids, a ? any other remark.
func TestProblems(t *testing.T) {
	for name, x := range map[string]struct {
		text string
		want []Reason
	}{
		"a badge":                      {badge(), nil},
		"badge of data model 1.1":      {badge11(), nil},
		"issuer as text":               {badge("issuer", `"https://issuer.example"`), nil},
		"type as text":                 {badge("type", `"VerifiableCredential"`), nil},
		"date without a zone":          {badge("validFrom", `"2026-01-01T00:00:00"`), nil},
		"no type VerifiableCredential": {badge("type", `["OpenBadgeCredential"]`), []Reason{ReasonWrongType}},
		"no context":                   {badge("@context", ""), []Reason{ReasonContextOrder}},
		"wrong order of contexts":      {badge("@context", `[`+ob3+`,`+v2+`]`), []Reason{ReasonContextOrder}},
		"inline context first":         {badge("@context", `[{"a":"urn:a"},`+v2+`]`), []Reason{ReasonContextOrder}},
		"both data models":             {badge("@context", `[`+v2+`,"https://www.w3.org/2018/credentials/v1",`+ob3+`]`), []Reason{ReasonMixedModels}},
		"context is not a URL":         {badge("@context", `[`+v2+`,`+ob3+`,"x"]`), []Reason{ReasonMalformed}},
		"context is null":              {badge("@context", `[`+v2+`,`+ob3+`,null]`), []Reason{ReasonMalformed}},
		"no Open Badges context":       {badge("@context", `"https://www.w3.org/ns/credentials/v2"`), []Reason{ReasonContextOrder}},
		"issuer as text in 1.1":        {badge11("issuer", `"https://issuer.example"`), []Reason{"~wrong_type"}},
		"no issuer":                    {badge("issuer", ""), []Reason{ReasonMissingMember}},
		"issuer in a list":             {badge("issuer", `["https://issuer.example"]`), []Reason{ReasonOneDue}},
		"issuer is not a URL":          {badge("issuer", `"School"`), []Reason{ReasonWrongType}},
		"id is not a URL":              {badge("id", `"1"`), []Reason{ReasonWrongType}},
		"id in a list":                 {badge("id", `["urn:uuid:1"]`), []Reason{ReasonWrongType}},
		"no subject":                   {badge("credentialSubject", ""), []Reason{ReasonMissingMember}},
		"subject as text":              {badge("credentialSubject", `"did:example:1"`), []Reason{ReasonWrongType}},
		"two subjects":                 {badge("credentialSubject", `[{"id":"did:example:1"},{"id":"did:example:2"}]`), []Reason{ReasonOneDue}},
		"two subjects, not a badge": {badge("type", `["VerifiableCredential"]`, "credentialSubject",
			`[{"id":"did:example:1"},{"id":"did:example:2"}]`), nil},
		"no start date":                        {badge("validFrom", ""), []Reason{ReasonMissingMember}},
		"no start date, not a badge":           {badge("validFrom", "", "type", `["VerifiableCredential"]`), nil},
		"day without a time":                   {badge("validFrom", `"2026-01-01"`), []Reason{"~day_only"}},
		"issuer is null":                       {badge("issuer", "null"), []Reason{ReasonMissingMember, "~states_nothing"}},
		"two issuers":                          {badge("issuer", `["https://a.example","https://b.example"]`), []Reason{ReasonOneDue, ReasonMissingMember}},
		"start date is null":                   {badge("validFrom", "null"), []Reason{ReasonMissingMember, "~states_nothing"}},
		"subject is null":                      {badge("credentialSubject", "[null]"), []Reason{ReasonMissingMember, "~states_nothing"}},
		"status is null":                       {badge("credentialStatus", "null"), []Reason{"~states_nothing"}},
		"empty evidence":                       {badge("evidence", "[]"), []Reason{"?states_nothing"}},
		"data model named twice":               {badge("@context", `[`+v2+`,`+ob3+`,`+v2+`]`), []Reason{"~mixed_models"}},
		"inline context redefines id":          {badge("@context", `[`+v2+`,`+ob3+`,{"id":"https://x.example/id"}]`), []Reason{ReasonRedefines}},
		"inline context confirms id":           {badge("@context", `[`+v2+`,`+ob3+`,{"id":"@id","type":"@type"}]`), nil},
		"inline context redefines an end date": {badge("@context", `[`+v2+`,`+ob3+`,{"validUntil":{"@id":"https://x.example/until"}}]`), []Reason{ReasonRedefines}},
		"name with an extra member":            {badge("name", `{"@value":"a","@language":"en","x":"b"}`), []Reason{ReasonWrongType}},
		"name with a language":                 {badge("name", `{"@value":"a","@language":"en","@direction":"ltr"}`), nil},
		"holder without an id": {`{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"],` +
			`"holder":{"type":"Person"}}`, []Reason{ReasonMissingMember}},
		"award date without a time":       {badge("awardedDate", `"2026-01-01"`), []Reason{"~day_only"}},
		"unreadable award date":           {badge("awardedDate", `"in May"`), []Reason{ReasonDateFormat}},
		"end date without a time":         {badge("validUntil", `"2027-01-01"`), []Reason{ReasonDayOnly}},
		"unreadable end date":             {badge("validUntil", `"when it ends"`), []Reason{ReasonDateFormat}},
		"offset without a colon":          {badge("validUntil", `"2027-01-01T00:00:00+0200"`), []Reason{"~date_format"}},
		"end date in a list":              {badge("validUntil", `["2026-01-02T00:00:00Z"]`), []Reason{ReasonOneDue}},
		"end date as an object":           {badge("validUntil", `{"@value":"2026-01-02T00:00:00Z"}`), []Reason{"~date_format"}},
		"end date is null":                {badge("validUntil", `null`), []Reason{"~states_nothing"}},
		"end before the start":            {badge("validUntil", `"2025-01-02T00:00:00Z"`), []Reason{ReasonDateOrder}},
		"date of the other model":         {badge("expirationDate", `"2027-01-02T00:00:00Z"`), []Reason{ReasonMixedModels}},
		"date of the other model in 1.1":  {badge11("validUntil", `"2027-01-02T00:00:00Z"`), []Reason{ReasonMixedModels}},
		"proof as text":                   {badge("proof", `"x"`), []Reason{ReasonMalformed}},
		"JWT":                             {token(es256, badge()), nil},
		"JWT of 1.1":                      {token(es256, `{"vc":`+badge11()+`}`), nil},
		"JWT of 1.1 with dates as claims": {token(es256, `{"iss":"https://issuer.example","nbf":1,"vc":`+badge11("issuanceDate", "")+`}`), nil},
		"2.0 below the claim vc":          {token(es256, `{"vc":`+badge()+`}`), []Reason{ReasonMixedModels}},
		"1.1 as the payload":              {token(es256, badge11()), []Reason{ReasonMixedModels}},
		"credential with the claim vc":    {token(es256, badge("vc", badge())), []Reason{ReasonMixedModels}},
		"private key":                     {token(`{"alg":"ES256","jwk":{"kty":"EC","d":"x"}}`, badge()), []Reason{ReasonPrivateKey}},
		"secret key":                      {token(`{"alg":"ES256","jwk":{"kty":"oct","k":"x"}}`, badge()), []Reason{ReasonPrivateKey}},
		"vp+jwt with a credential":        {token(`{"alg":"ES256","typ":"vp+jwt"}`, badge()), []Reason{ReasonWrongType}},
		"vc+jwt with a presentation":      {token(`{"alg":"ES256","typ":"vc+jwt"}`, presentation("[]")), []Reason{ReasonWrongType}},
		"typ is an upper-case media type": {token(`{"alg":"ES256","typ":"application/VC+JWT"}`, badge()), nil},
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
		"unsigned":              {badge(), Unsigned},
		"proof":                 {badge("proof", `{"type":"DataIntegrityProof"}`), Embedded},
		"empty list of proofs":  {badge("proof", `[]`), Embedded},
		"typ JWT":               {token(es256, badge()), JWT},
		"typ jwt":               {token(`{"alg":"ES256","typ":"jwt"}`, badge()), JWT},
		"no typ":                {token(`{"alg":"ES256"}`, badge()), JOSEVC},
		"no typ, but iss":       {token(`{"alg":"ES256"}`, badge("iss", `"https://issuer.example"`)), JWT},
		"no typ, vc":            {token(`{"alg":"ES256"}`, `{"vc":`+badge11()+`}`), JWT},
		"vc+jwt":                {token(`{"alg":"ES256","typ":"vc+jwt"}`, badge()), JOSEVC},
		"vc+ld+json+jwt":        {token(`{"alg":"ES256","typ":"vc+ld+json+jwt"}`, badge()), JOSEVC},
		"JWT as a text":         {`"` + token(es256, badge()) + `"`, JWT},
		"in an envelope":        {envelopeOf("application/vc+jwt", token(es256, badge())), JWT},
		"in a base64 envelope":  {fmt.Sprintf(`{"type":"EnvelopedVerifiableCredential","id":"data:application/vc;base64,%s"}`, b64(badge())), Unsigned},
		"JSON in an envelope":   {envelopeOf("application/vc", badge("proof", `{}`)), Embedded},
		"surrounding space":     {"\n " + badge() + " \n", Unsigned},
		"presentation as a JWT": {token(`{"alg":"ES256","typ":"vp+jwt"}`, presentation("[]")), JOSEVC},
		"presentation below the claim vp": {token(es256,
			`{"iss":"did:example:1","vp":`+presentation("[]", "@context", `["https://www.w3.org/2018/credentials/v1"]`)+`}`), JWT},
		"presentation in an envelope": {envelopeOf("application/vp+jwt", token(`{"alg":"ES256","typ":"vp+jwt"}`, presentation("[]"))), JOSEVC},
		"presentation without proof":  {presentation("[]"), Unsigned},
		"JWT, surrounding space":      {" " + token(es256, badge()) + "\r\n", JWT},
		"envelope with a parameter":   {envelopeOf("application/vc+jwt;charset=utf-8", token(es256, badge())), JWT},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Parse([]byte(x.text))
			if err != nil || d.Form != x.want {
				t.Fatalf("%v, %v", d, err)
			}
			if (d.Credential == nil) == (d.Presentation == nil) {
				t.Error("the document has no content or two")
			}
			if again, err := Parse(d.Raw); err != nil || again.Form != d.Form || again.Digest() != d.Digest() {
				t.Errorf("Raw reads differently: %v", err)
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

// TestContained checks that each credential keeps its bytes and that an unreadable
// one does not affect the others.
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
		t.Errorf("CLR in a presentation: %v", err)
	}
}

// FuzzParse checks that Parse never panics, returns only documented errors, and
// reads Raw the same way again.
func FuzzParse(f *testing.F) {
	for _, s := range []string{badge(), badge11(), token(es256, badge()), token(es256, `{"vc":`+badge11()+`}`), presentation("[" + badge() + "]"),
		envelopeOf("application/vc+jwt", token(es256, badge())), `"` + token(es256, badge()) + `"`,
		badge("proof", `[{"type":"DataIntegrityProof","cryptosuite":"eddsa-rdfc-2022","created":"2026-01-01T00:00:00Z",`+
			`"verificationMethod":{"id":"did:example:1#1"}}]`),
		badge("endorsement", "["+badge()+"]", "endorsementJwt", `["`+token(es256, badge())+`"]`, "name", `{"en":"Baker","de":"Bäcker"}`)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Parse(b)
		if err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrUnsupported) {
				t.Fatalf("unexpected error: %v", err)
			}
			return
		}
		again, err := Parse(d.Raw)
		if err != nil {
			t.Fatalf("Raw does not parse: %v", err)
		}
		if diff := cmp.Diff(d, again, cmp.Comparer(func(a, b *Value) bool { return a.Raw() == b.Raw() })); diff != "" {
			t.Fatalf("Raw reads differently:\n%s", diff)
		}
	})
}
