package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"backpack/server"
	"backpack/vc"
)

// operator sends a request of the operator to the API.
func (s *site) operator(t *testing.T, method, path, body string) (status int, answer map[string]json.RawMessage) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+"/api/vc"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+operatorToken)
	a := (&browser{t, s, &http.Client{Timeout: time.Minute}}).send(req)
	if strings.HasPrefix(a.body, "{") {
		if err := json.Unmarshal([]byte(a.body), &answer); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	return a.StatusCode, answer
}

const toIssue = `{"@context":["https://www.w3.org/ns/credentials/v2"],"id":"urn:uuid:1","type":["VerifiableCredential"],"credentialSubject":{"id":"did:example:s"}}`

// TestAPIIssue verifies with the API what the API issued.
func TestAPIIssue(t *testing.T) {
	s := newSite(t)
	for path, options := range map[string]string{
		"/credentials/issue":                                `{}`,
		"/credentials/issue?":                               `{"cryptosuite":"eddsa-jcs-2022"}`,
		"/credentials/issue?a":                              `{"cryptosuite":"ecdsa-rdfc-2019","credentialId":"urn:a"}`,
		"/issuers/p-384/ecdsa-jcs-2019/credentials/issue":   `{}`,
		"/issuers/ed25519/jose/credentials/issue":           `{}`,
		"/issuers/p-256/ecdsa-rdfc-2019/credentials/issue?": `null`,
	} {
		if options == `null` {
			options = `{"unknown":"is not minded"}`
		}
		status, a := s.operator(t, http.MethodPost, path, `{"credential":`+toIssue+`,"options":`+options+`}`)
		if status != http.StatusCreated {
			t.Errorf("%s: %d %s", path, status, a["detail"])
			continue
		}
		if strings.Contains(path, "jose") != strings.Contains(string(a["verifiableCredential"]), "EnvelopedVerifiableCredential") {
			t.Errorf("%s: %s", path, a["verifiableCredential"])
		}
		res, b := s.program(t, "/credentials/verify", `{"verifiableCredential":`+string(a["verifiableCredential"])+`}`)
		b.says(t, res, 200, vc.Valid, "")
	}
	status, a := s.operator(t, http.MethodGet, "/issuers", "")
	if status != 200 || strings.Count(string(a["issuers"]), `"id":"did:key:`) != 3 || !strings.Contains(string(a["cryptosuites"]), "eddsa-rdfc-2022") {
		t.Errorf("%d %s", status, a)
	}
}

func TestAPIIssueRefuses(t *testing.T) {
	s := newSite(t)
	change := func(old, with string) string {
		return `{"credential":` + strings.Replace(toIssue, old, with, 1) + `}`
	}
	for name, x := range map[string]struct{ path, body, problem string }{
		"nothing":       {"/credentials/issue", ``, "PARSING_ERROR"},
		"no credential": {"/credentials/issue", `{}`, "PARSING_ERROR"},
		"a text":        {"/credentials/issue", `{"credential":"x"}`, "PARSING_ERROR"},
		"options":       {"/credentials/issue", `{"credential":` + toIssue + `,"options":7}`, "PARSING_ERROR"},
		"an id":         {"/credentials/issue", `{"credential":` + toIssue + `,"options":{"credentialId":7}}`, "PARSING_ERROR"},
		"another status": {"/credentials/issue", `{"credential":` + toIssue + `,"options":{"credentialStatus":{"type":"StatusList2021Entry"}}}`,
			"PARSING_ERROR"},
		"unknown suite":   {"/issuers/ed25519/moon/credentials/issue", change("", ""), "MALFORMED_VALUE_ERROR"},
		"unknown key":     {"/issuers/moon/eddsa-rdfc-2022/credentials/issue", change("", ""), "MALFORMED_VALUE_ERROR"},
		"other key":       {"/issuers/p-256/eddsa-rdfc-2022/credentials/issue", change("", ""), "MALFORMED_VALUE_ERROR"},
		"undefined term":  {"/credentials/issue", change(`"id":"urn:uuid:1"`, `"grade":"A"`), "DATA_LOSS_DETECTION_ERROR"},
		"unknown context": {"/credentials/issue", change(`/v2"]`, `/v2","https://a.example"]`), "PROOF_TRANSFORMATION_ERROR"},
		"another issuer":  {"/credentials/issue", change(`"id":"urn:uuid:1"`, `"issuer":"did:example:x"`), "MALFORMED_VALUE_ERROR"},
		"no subject":      {"/credentials/issue", change(`{"id":"did:example:s"}`, `{}`), "MALFORMED_VALUE_ERROR"},
		"no status id":    {"/credentials/status", `{"credentialStatus":{"statusPurpose":"revocation"}}`, "PARSING_ERROR"},
		"no status":       {"/credentials/status", `{"credentialId":"urn:a"}`, "PARSING_ERROR"},
		"odd status":      {"/credentials/status", `{"credentialId":"urn:a","credentialStatus":{"statusPurpose":"revocation","status":"maybe"}}`, "PARSING_ERROR"},
	} {
		status, a := s.operator(t, http.MethodPost, x.path, x.body)
		if status != http.StatusBadRequest || !strings.HasSuffix(string(a["type"]), x.problem+`"`) || len(a["detail"]) < 10 {
			t.Errorf("%s: %d %s", name, status, a)
		}
	}
	status, a := s.operator(t, http.MethodPost, "/credentials/status", `{"credentialId":"urn:a","credentialStatus":{"statusPurpose":"revocation"}}`)
	if status != http.StatusNotFound {
		t.Errorf("an unknown credential: %d %s", status, a)
	}
}

func TestAPIDerive(t *testing.T) {
	s := newSite(t)
	named := strings.Replace(toIssue, `"id":"did:example:s"`, `"id":"did:example:s","name":"S","description":"A person"`, 1)
	status, a := s.operator(t, http.MethodPost, "/issuers/p-256/ecdsa-sd-2023/credentials/issue",
		`{"credential":`+named+`,"options":{"mandatoryPointers":["/credentialSubject/id"]}}`)
	if status != http.StatusCreated {
		t.Fatalf("%d %s", status, a)
	}
	base := string(a["verifiableCredential"])
	res, b := s.program(t, "/credentials/verify", `{"verifiableCredential":`+base+`}`)
	b.says(t, res, 400, vc.Invalid, "PROOF_VERIFICATION_ERROR")
	status, a = s.operator(t, http.MethodPost, "/credentials/derive",
		`{"verifiableCredential":`+base+`,"options":{"selectivePointers":["/credentialSubject/name","/issuer"]}}`)
	part := string(a["verifiableCredential"])
	if status != http.StatusCreated || !strings.Contains(part, `"S"`) || strings.Contains(part, "A person") {
		t.Fatalf("%d %s", status, a)
	}
	res, b = s.program(t, "/credentials/verify", `{"verifiableCredential":`+part+`}`)
	b.says(t, res, 200, vc.AsShown, "")
	for name, body := range map[string]string{
		"nothing":       `{}`,
		"a text":        `{"verifiableCredential":"x"}`,
		"a copy":        `{"verifiableCredential":` + part + `}`,
		"pointers":      `{"verifiableCredential":` + base + `,"options":{"selectivePointers":"/issuer"}}`,
		"a number":      `{"verifiableCredential":` + base + `,"options":{"selectivePointers":[7]}}`,
		"leads nowhere": `{"verifiableCredential":` + base + `,"options":{"selectivePointers":["/shoe"]}}`,
		"very many":     `{"verifiableCredential":` + base + `,"options":{"selectivePointers":["/issuer"` + strings.Repeat(`,"/issuer"`, 500) + `]}}`,
	} {
		if status, a := s.operator(t, http.MethodPost, "/credentials/derive", body); status != http.StatusBadRequest || len(a["detail"]) < 10 {
			t.Errorf("%s: %d %s", name, status, a)
		}
	}
	if status, _ := s.operator(t, http.MethodPost, "/credentials/issue",
		`{"credential":`+toIssue+`,"options":{"mandatoryPointers":{}}}`); status != http.StatusBadRequest {
		t.Errorf("mandatoryPointers: %d", status)
	}
}

func TestAPIStatus(t *testing.T) {
	s := newSite(t)
	body := `{"credential":` + toIssue + `,"options":{"credentialStatus":[{"type":"BitstringStatusListEntry","statusPurpose":"revocation"}]}}`
	status, a := s.operator(t, http.MethodPost, "/credentials/issue", body)
	if status != http.StatusCreated {
		t.Fatalf("%d %s", status, a)
	}
	if again, _ := s.operator(t, http.MethodPost, "/credentials/issue", body); again != http.StatusConflict {
		t.Errorf("the same again: %d", again)
	}
	address := s.url + "/api/vc/status/1"
	if !strings.Contains(string(a["verifiableCredential"]), address) {
		t.Fatalf("%s is not in %s", address, a["verifiableCredential"])
	}
	for accept, kind := range map[string]string{"": "application/vc", "*/*": "application/vc", "application/vc": "application/vc",
		"application/json":                     "application/json",
		"application/ld+json,application/json": "application/ld+json", "text/html": "application/vc"} {
		b := s.browser(t).ask(http.MethodGet, "/api/vc/status/1", nil, "Accept", accept).is(t, 200).has(t, "BitstringStatusListCredential")
		if b.Header.Get("Content-Type") != kind || b.Header.Get("Cache-Control") != "public, max-age=300" {
			t.Errorf("Accept %q: %s, %s", accept, b.Header.Get("Content-Type"), b.Header.Get("Cache-Control"))
		}
	}
	for _, n := range []string{"0", "2", "-1", "x", "99999999999999999999"} {
		s.browser(t).get("/api/vc/status/"+n).is(t, http.StatusNotFound)
	}
	for _, x := range []struct {
		set     string
		status  int
		verdict vc.Verdict
	}{{"", 200, vc.Valid}, {`"status":true`, 400, vc.Revoked}, {`"status":"0"`, 200, vc.Valid}, {`"type":"BitstringStatusListEntry"`, 400, vc.Revoked}} {
		if x.set != "" {
			set := fmt.Sprintf(`{"credentialId":"urn:uuid:1","credentialStatus":{"statusPurpose":"revocation",%s}}`, x.set)
			if status, a := s.operator(t, http.MethodPost, "/credentials/status", set); status != 200 {
				t.Fatalf("%s: %d %s", x.set, status, a)
			}
		}
		res, b := s.program(t, "/credentials/verify", `{"verifiableCredential":`+string(a["verifiableCredential"])+`}`)
		b.says(t, res, x.status, x.verdict, map[bool]string{true: "", false: "revoked"}[x.status == 200]) // the clock stands still, so no cache answers
	}
}

// TestAPIOffByDefault checks that there are no routes to issue without a token, and
// that status lists are served nevertheless.
func TestAPIOffByDefault(t *testing.T) {
	s := newSite(t)
	srv, err := s.api(t, server.API{Prefix: "/api/vc"}, server.Rates{})
	if err != nil {
		t.Fatal(err)
	}
	eachRoute(func(method, pattern, kind string) {
		for _, r := range srv.Routes() {
			if kind == operator && r == method+" "+pattern {
				t.Errorf("%s exists", r)
			}
		}
	})
	if !strings.Contains(strings.Join(srv.Routes(), "\n"), "GET /api/vc/status/:n") {
		t.Error("there is no route for status lists")
	}
	for token, ok := range map[string]bool{"": true, "short": false, strings.Repeat("x", 20): true} {
		if _, err := s.api(t, server.API{Prefix: "/api/vc", Token: token}, server.Rates{}); (err == nil) != ok {
			t.Errorf("token %q: %v", token, err)
		}
	}
}
