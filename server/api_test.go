package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"backpack/server"
	"backpack/vc"
	"backpack/vc/vctest"
)

// A told is an answer of the API.
type told struct {
	Verified *bool
	Problems []struct {
		Type, Title, Detail, Severity, Check, Outcome, Reason string
		Credential                                            *int
	} `json:"problemDetails"`
	Credential   json.RawMessage
	Presentation json.RawMessage `json:"verifiablePresentation"`
	Verdict      vc.Verdict
	Facts        []vc.Fact
	Report       *vc.Report
	Contains     []struct{ Verdict vc.Verdict }
}

// program sends a request of a program to the API, without cookies and without the
// headers of browsers.
func (s *site) program(t testing.TB, path, body string, headers ...string) (*http.Response, told) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/api/vc"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	a := (&browser{t, s, &http.Client{Timeout: time.Minute}}).send(req)
	var out told
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		t.Fatalf("%s %d: %v in %.600s", path, a.StatusCode, err, a.body)
	}
	if a.Header.Get("Set-Cookie") != "" || a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%s: the answer sets a cookie or lets other sites read it", path)
	}
	return a.Response, out
}

// says fails the test unless the answer has the status, the verdict, and as its
// gravest problem one whose type ends in problem after # or : ("" for none).
func (a told) says(t testing.TB, res *http.Response, status int, verdict vc.Verdict, problem string) {
	t.Helper()
	first := ""
	for _, p := range a.Problems {
		if p.Severity == "error" || status == http.StatusOK {
			first = p.Type[strings.LastIndexAny(p.Type, "#:")+1:]
			break
		}
	}
	if res.StatusCode != status || a.Verified == nil || *a.Verified != (status == http.StatusOK) || a.Verdict != verdict || first != problem {
		t.Errorf("status %d, verdict %q, problem %q; want %d, %q, %q: %+v", res.StatusCode, a.Verdict, first, status, verdict, problem, a.Problems)
	}
}

// quoted returns a document as a JSON value: a JWT is a string.
func quoted(b []byte) string {
	if b[0] == '{' {
		return string(b)
	}
	return string(fmt.Appendf(nil, "%q", b))
}

// issuer returns an issuer whose status lists the site can fetch.
func (s *site) issuer(t testing.TB) *vctest.Issuer {
	t.Helper()
	web := vctest.NewWeb()
	i := vctest.NewIssuer(t, web, vctest.DIDKey, vctest.Ed25519)
	for _, purpose := range []string{"revocation", "suspension"} {
		s.Web.Answer("https://issuer.example/status/bitstring/"+purpose, func(r vc.FetchRequest) (*vc.Resource, error) { return web.Fetch(t.Context(), r) })
	}
	return i
}

func TestAPIVerifyCredential(t *testing.T) {
	s := newSite(t)
	i := s.issuer(t)
	type opts = []vctest.Option
	lost := vctest.With("credentialStatus", vctest.Object{"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "1",
		"statusListCredential": "https://nowhere.example/list"})
	for _, x := range []struct {
		name    string
		options opts
		asked   string // options of the request
		status  int
		verdict vc.Verdict
		problem string
	}{
		{"good", nil, `{}`, 200, vc.Valid, ""},
		{"good JWT", opts{vctest.As(vctest.JWT)}, `{}`, 200, vc.Valid, ""},
		{"good JOSE", opts{vctest.As(vctest.JOSEVC)}, `{}`, 200, vc.Valid, ""},
		{"not revoked", opts{vctest.Status("BitstringStatusListEntry", "revocation", false)}, `{}`, 200, vc.Valid, ""},
		{"unsigned", opts{vctest.As(vctest.None)}, `{}`, 400, vc.Invalid, "PROOF_VERIFICATION_ERROR"},
		{"altered", opts{vctest.Tampered}, `{}`, 400, vc.Invalid, "CRYPTOGRAPHIC_SECURITY_ERROR"},
		{"altered, no checks", opts{vctest.Tampered}, `{"checks":[]}`, 400, vc.Invalid, "CRYPTOGRAPHIC_SECURITY_ERROR"},
		{"another's key", opts{vctest.WrongKey}, `{}`, 400, vc.Invalid, "CRYPTOGRAPHIC_SECURITY_ERROR"},
		{"a stranger's", opts{vctest.Stranger}, `{}`, 400, vc.Invalid, "CRYPTOGRAPHIC_SECURITY_ERROR"},
		{"for presenting", opts{vctest.Proof(vc.SignOptions{Purpose: vc.Authentication})}, `{}`, 400, vc.Invalid, "PROOF_VERIFICATION_ERROR"},
		{"no issuer", opts{vctest.As(vctest.JOSEVC), vctest.With("issuer", nil)}, `{}`, 400, vc.Undetermined, "MALFORMED_VALUE_ERROR"},
		{"no subject", opts{vctest.With("credentialSubject.id", nil)}, `{}`, 400, vc.Irregular, "MALFORMED_VALUE_ERROR"},
		{"no subject, proof asked", opts{vctest.With("credentialSubject.id", nil)}, `{"checks":["proof"]}`, 400, vc.Irregular, "MALFORMED_VALUE_ERROR"},
		{"a day as the end", opts{vctest.With("validUntil", "2030-01-01")}, `{}`, 400, vc.Irregular, "MALFORMED_VALUE_ERROR"},
		{"a day of award", opts{vctest.With("awardedDate", "2025-01-01")}, `{}`, 400, vc.Valid, "MALFORMED_VALUE_ERROR"},
		{"a picture as text", opts{vctest.With("credentialSubject.achievement.image", "https://issuer.example/i.png")}, `{}`, 400, vc.Valid, "MALFORMED_VALUE_ERROR"},
		{"a picture as text, proof asked", opts{vctest.With("credentialSubject.achievement.image", "https://issuer.example/i.png")}, `{"checks":["proof"]}`,
			400, vc.Valid, "MALFORMED_VALUE_ERROR"},
		{"a kind off the list", opts{vctest.With("credentialSubject.achievement.achievementType", "Program")}, `{}`, 400, vc.Valid, "MALFORMED_VALUE_ERROR"},
		{"null", opts{vctest.As(vctest.JWT), vctest.With("credentialSubject.achievement.image", json.RawMessage("null"))}, `{}`, 400, vc.Valid,
			"MALFORMED_VALUE_ERROR"},
		{"ends before it begins", opts{vctest.With("validUntil", "2025-01-01T00:00:00Z")}, `{}`, 400, vc.Expired, "RANGE_ERROR"},
		{"expired", opts{vctest.Expired}, `{}`, 400, vc.Expired, "expired"},
		{"expired, proof asked", opts{vctest.Expired}, `{"checks":["proof"]}`, 200, vc.Expired, "expired"},
		{"expired, validity asked", opts{vctest.Expired}, `{"checks":["proof","validity"]}`, 400, vc.Expired, "expired"},
		{"not yet", opts{vctest.With("validFrom", "2029-01-01T00:00:00Z")}, `{}`, 400, vc.NotYetValid, "not_yet_valid"},
		{"revoked", opts{vctest.Revoked}, `{}`, 400, vc.Revoked, "revoked"},
		{"revoked, proof asked", opts{vctest.Revoked}, `{"checks":["proof"]}`, 200, vc.Revoked, "revoked"},
		{"revoked, status asked", opts{vctest.Revoked}, `{"checks":["proof","credentialStatus"]}`, 400, vc.Revoked, "revoked"},
		{"suspended", opts{vctest.Suspended}, `{}`, 400, vc.Suspended, "suspended"},
		{"list out of reach", opts{lost}, `{}`, 400, vc.Undetermined, "STATUS_RETRIEVAL_ERROR"},
		{"list out of reach, proof asked", opts{lost}, `{"checks":["proof"]}`, 200, vc.Undetermined, "STATUS_RETRIEVAL_ERROR"},
	} {
		t.Run(x.name, func(t *testing.T) {
			signed := i.Issue(t, x.options...)
			res, a := s.program(t, "/credentials/verify", `{"verifiableCredential":`+quoted(signed)+`,"options":`+x.asked+`}`)
			a.says(t, res, x.status, x.verdict, x.problem)
			if a.Report == nil || len(a.Report.Checks) == 0 || len(a.Facts) != 5 {
				t.Error("the report is missing, or there are not five facts")
			}
			if strict := x.problem == "MALFORMED_VALUE_ERROR"; x.asked == `{}` && (x.status == 200) != (x.verdict == vc.Valid && !strict) {
				t.Error("verified contradicts the verdict")
			}
		})
	}
}

// TestAPIUndetermined checks that a check that could not be made is neither verified nor failed.
func TestAPIUndetermined(t *testing.T) {
	s := newSite(t)
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDWeb, vctest.Ed25519)
	res, a := s.program(t, "/credentials/verify", `{"verifiableCredential":`+string(i.Issue(t))+`,"options":{"returnCredential":true}}`)
	a.says(t, res, 400, vc.Undetermined, "PROOF_VERIFICATION_ERROR")
	if p := a.Problems[0]; p.Outcome != "unknown" || p.Reason != "unreachable" || !strings.Contains(string(a.Credential), "did:web:issuer.example") {
		t.Errorf("%+v, %.80s", p, a.Credential)
	}
}

func TestAPIVerifyPresentation(t *testing.T) {
	s := newSite(t)
	i, h := s.issuer(t), vctest.NewHolder(t)
	good, jwt := i.Issue(t), i.Issue(t, vctest.As(vctest.JWT))
	nameless := *h
	nameless.ID = ""
	both := h.Present(t, "1234", "shop.example", good, jwt)
	unsecured := fmt.Sprintf(`{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"],"verifiableCredential":[%s]}`, good)
	bad := strings.Replace(unsecured, "Bakes bread", "Bakes cakes", 1)
	for _, x := range []struct {
		name, body string
		status     int
		verdict    vc.Verdict
		problem    string
	}{
		{"good", `{"verifiablePresentation":` + string(both) + `,"options":{"challenge":"1234","domain":"shop.example"}}`, 200, vc.Valid, ""},
		{"domain in a list", `{"verifiablePresentation":` + string(both) + `,"options":{"domain":["shop.example"]}}`, 200, vc.Valid, ""},
		{"nobody asked", `{"verifiablePresentation":` + string(both) + `}`, 200, vc.Valid, ""},
		{"wrong challenge", `{"verifiablePresentation":` + string(both) + `,"options":{"challenge":"4321"}}`, 400, vc.Invalid, "INVALID_CHALLENGE_ERROR"},
		{"wrong domain", `{"verifiablePresentation":` + string(both) + `,"options":{"domain":"evil.example"}}`, 400, vc.Invalid, "INVALID_DOMAIN_ERROR"},
		{"a revoked one in it", `{"verifiablePresentation":` + string(h.Present(t, "", "", good, i.Issue(t, vctest.Revoked))) + `}`, 400, vc.Revoked, "revoked"},
		{"an altered one in it", `{"verifiablePresentation":` + string(h.Present(t, "", "", i.Issue(t, vctest.Tampered), good)) + `}`, 400, vc.Invalid,
			"CRYPTOGRAPHIC_SECURITY_ERROR"},
		{"no holder named", `{"verifiablePresentation":` + string(nameless.Present(t, "", "", good)) + `}`, 200, vc.Valid, ""},
		{"not secured", `{"verifiablePresentation":` + unsecured + `}`, 400, vc.Undetermined, "PROOF_VERIFICATION_ERROR"},
		{"need not be secured", `{"presentation":` + unsecured + `}`, 200, vc.Valid, ""},
		{"need not be secured, altered", `{"presentation":` + bad + `}`, 400, vc.Invalid, "CRYPTOGRAPHIC_SECURITY_ERROR"},
		{"unsecured, for somebody", `{"presentation":` + unsecured + `,"options":{"challenge":"1"}}`, 400, "", "PARSING_ERROR"},
	} {
		t.Run(x.name, func(t *testing.T) {
			res, a := s.program(t, "/presentations/verify", x.body)
			a.says(t, res, x.status, x.verdict, x.problem)
		})
	}
	_, a := s.program(t, "/presentations/verify", `{"verifiablePresentation":`+string(h.Present(t, "", "", good,
		i.Issue(t, vctest.Revoked)))+`,"options":{"returnPresentation":true}}`)
	if len(a.Contains) != 2 || a.Contains[0].Verdict != vc.Valid || a.Contains[1].Verdict != vc.Revoked {
		t.Errorf("contains %+v", a.Contains)
	}
	if len(a.Problems) != 1 || a.Problems[0].Credential == nil || *a.Problems[0].Credential != 1 || len(a.Presentation) == 0 {
		t.Errorf("the problem is not attributed to the second credential: %+v", a.Problems)
	}
}

func TestAPIMalformed(t *testing.T) {
	s := newSite(t)
	i := s.issuer(t)
	good := string(i.Issue(t))
	for _, x := range []struct {
		name, path, body string
		status           int
		detail           string
	}{
		{"nothing", "/credentials/verify", ``, 400, "the request"},
		{"no JSON", "/credentials/verify", `{"verifiableCredential":`, 400, "the request"},
		{"twice", "/credentials/verify", `{"verifiableCredential":` + good + `,"verifiableCredential":` + good + `}`, 400, "verifiableCredential"},
		{"a list", "/credentials/verify", `[]`, 400, "not a JSON object"},
		{"empty", "/credentials/verify", `{}`, 400, "no member verifiableCredential"},
		{"null", "/credentials/verify", `{"verifiableCredential":null}`, 400, "neither an object nor a string"},
		{"a number", "/credentials/verify", `{"verifiableCredential":7}`, 400, "neither an object nor a string"},
		{"text that is JSON", "/credentials/verify", `{"verifiableCredential":` + string(fmt.Appendf(nil, "%q", good)) + `}`, 400, ""},
		{"no credential", "/credentials/verify", `{"verifiableCredential":{"type":["Thing"]}}`, 400, "neither a verifiable credential"},
		{"a presentation", "/credentials/verify", `{"verifiableCredential":{"type":["VerifiablePresentation"]}}`, 400, "not a credential"},
		{"a credential", "/presentations/verify", `{"verifiablePresentation":` + good + `}`, 400, "not a presentation"},
		{"two", "/presentations/verify", `{"verifiablePresentation":{},"presentation":{}}`, 400, "two documents"},
		{"options", "/credentials/verify", `{"verifiableCredential":` + good + `,"options":[]}`, 400, "options is not"},
		{"challenge", "/credentials/verify", `{"verifiableCredential":` + good + `,"options":{"challenge":7}}`, 400, "options.challenge"},
		{"domains", "/credentials/verify", `{"verifiableCredential":` + good + `,"options":{"domain":["a","b"]}}`, 400, "options.domain"},
		{"return", "/credentials/verify", `{"verifiableCredential":` + good + `,"options":{"returnCredential":"yes"}}`, 400, "options.returnCredential"},
		{"unknown check", "/credentials/verify", `{"verifiableCredential":` + good + `,"options":{"checks":["proof","moon"]}}`, 400, "moon"},
		{"no check", "/credentials/verify", `{"verifiableCredential":` + good + `,"options":{"checks":[null]}}`, 400, "null"},
		{"many checks", "/credentials/verify", `{"verifiableCredential":` + good + `,"options":{"checks":[` + strings.Repeat(`"proof",`, 20) + `"proof"]}}`,
			400, "too long"},
		{"oversized", "/credentials/verify", `{"verifiableCredential":"` + strings.Repeat("a", 10<<20) + `"}`, 413, "at most 10485760"},
	} {
		t.Run(x.name, func(t *testing.T) {
			res, a := s.program(t, x.path, x.body)
			if res.StatusCode != x.status || a.Verified == nil || *a.Verified || len(a.Problems) != 1 || !strings.Contains(a.Problems[0].Detail, x.detail) {
				t.Errorf("%d %+v", res.StatusCode, a)
			}
		})
	}
	if res, _ := s.program(t, "/credentials/verify", `{}`, "Content-Type", "text/plain"); res.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("text/plain: %d", res.StatusCode)
	}
	if res, _ := s.program(t, "/nothing", `{}`); res.StatusCode != http.StatusNotFound || res.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("an unknown path: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
}

// TestAPIReadsNoCookie checks that the API ignores sessions, valid or not.
func TestAPIReadsNoCookie(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	body := `{"verifiableCredential":` + string(s.issuer(t).Issue(t)) + `}`
	for name, headers := range map[string][]string{
		"a page of ours": {"Sec-Fetch-Site", "same-origin", "Cookie", "backpack=" + l.Token},
		"a spoiled one":  {"Sec-Fetch-Site", "same-origin", "Cookie", "backpack=x"},
	} {
		if res, a := s.program(t, "/credentials/verify", body, headers...); res.StatusCode != 200 || a.Verdict != vc.Valid {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	if res, _ := s.program(t, "/credentials/verify", body, "Origin", "https://evil.example"); res.StatusCode != http.StatusForbidden {
		t.Errorf("another site's script gets %d", res.StatusCode)
	}
}

func TestAPIDocument(t *testing.T) {
	s := newSite(t)
	a := s.browser(t).get("/api/vc/openapi.json").is(t, 200)
	var doc struct {
		OpenAPI string
		Servers []struct{ URL string }
		Paths   map[string]map[string]any
	}
	if err := json.Unmarshal([]byte(a.body), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Servers) != 1 || doc.Servers[0].URL != s.url+"/api/vc" {
		t.Errorf("servers: %v", doc.Servers)
	}
	for path := range doc.Paths {
		if routes["POST /api/vc"+path] == "" {
			t.Errorf("%s is described but is not a route", path)
		}
	}
}

// api returns a server with another configuration of the API. It does not listen.
func (s *site) api(t *testing.T, api server.API, rates server.Rates) (*server.Server, error) {
	t.Helper()
	pages, err := pages()
	if err != nil {
		t.Fatal(err)
	}
	public, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	return server.New(server.Config{Config: transport(s.Env, public), Wallet: s.Wallet,
		Secret: s.Sealer.Secret, Turns: s.Config.Turns, Suites: s.Config.Suites, UI: pages, API: api, Rates: rates})
}

func TestAPIPrefix(t *testing.T) {
	s := newSite(t)
	for prefix, ok := range map[string]bool{
		"": true, "/api": true, "/v1/vc-api.test": true,
		"api": false, "/": false, "/api/": false, "/API": false, "/a/:b": false, "/a/*": false, "//a": false, "/badges": false, "/verify/x": false,
		"/.well-known":                 false,
		"/" + strings.Repeat("a", 100): false,
	} {
		srv, err := s.api(t, server.API{Prefix: prefix}, server.Rates{})
		if (err == nil) != ok {
			t.Errorf("%q: %v", prefix, err)
		}
		if err == nil && prefix == "" && strings.Contains(strings.Join(srv.Routes(), " "), "credentials") {
			t.Error("the API has routes although it is off")
		}
	}
}

// TestAPIRate checks that programs and people of one network share a rate.
func TestAPIRate(t *testing.T) {
	s := newSite(t)
	srv, err := s.api(t, server.API{Prefix: "/api/vc"}, server.Rates{Check: 2})
	if err != nil {
		t.Fatal(err)
	}
	host := strings.TrimPrefix(s.url, "http://")
	ask := func() int {
		req, _ := http.NewRequest(http.MethodPost, s.url+"/api/vc/credentials/verify", bytes.NewReader([]byte(`{}`)))
		req.Host = host
		req.Header.Set("Content-Type", "application/json")
		res, err := srv.Handler().Test(req)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode
	}
	got := []int{ask(), ask(), ask()}
	s.Clock.Advance(time.Minute)
	if got = append(got, ask()); fmt.Sprint(got) != "[400 400 429 400]" {
		t.Errorf("%v", got)
	}
}

// FuzzAPIRequest parses any request. It expects a document or an explanation, and
// no panic.
func FuzzAPIRequest(f *testing.F) {
	for _, s := range []string{
		`{}`, `[]`, `{"verifiableCredential":"a.b.c","options":{"challenge":"1","domain":["a"],"checks":["proof"]}}`,
		`{"verifiableCredential":` + toIssue + `,"options":{"checks":["moon"],"returnCredential":true}}`,
		`{"presentation":{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"],"verifiableCredential":[` + toIssue + `]}}`,
		`{"verifiablePresentation":{"@context":"https://www.w3.org/ns/credentials/v2","type":"EnvelopedVerifiablePresentation","id":"data:application/vp+jwt,a.b.c"}}`,
		`{"credential":` + toIssue + `,"options":{"credentialStatus":{"type":"BitstringStatusListEntry"},"mandatoryPointers":["/issuer"],"credentialId":"a"}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, names := range [][]string{{"verifiableCredential"}, {"verifiablePresentation", "presentation"}} {
			d, fault := server.ReadAsked(body, names...)
			if (d == nil) == (fault == "") {
				t.Errorf("%v: %v, %q", names, d, fault)
			}
		}
		server.ReadAsked(body)
	})
}
