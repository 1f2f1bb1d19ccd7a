package issue_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"backpack/vc"
	"backpack/wallet/fault"
	"backpack/wallet/issue"
	"backpack/wallet/keys"
	"backpack/wallet/wallettest"
)

const (
	plainV2 = `{"@context":["https://www.w3.org/ns/credentials/v2"],"id":"urn:uuid:1","type":["VerifiableCredential"],"credentialSubject":{"id":"did:example:s"}}`
	plainV1 = `{"@context":["https://www.w3.org/2018/credentials/v1"],"type":["VerifiableCredential"],"credentialSubject":{"id":"did:example:s"}}`
	lists   = "https://backpack.example/status/"
)

// judged verifies what was issued, as anybody would.
func judged(t *testing.T, e *wallettest.Env, signed []byte) vc.Verdict {
	t.Helper()
	d, err := vc.Parse(signed)
	if err != nil {
		t.Fatalf("%v in %s", err, signed)
	}
	r, err := e.Verifier.Verify(t.Context(), d, vc.Options{Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	return r.Verdict(vc.Policy{})
}

// TestIssue: every suite with every key that fits makes what holds.
func TestIssue(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	for kind, suites := range map[keys.Kind][]string{
		keys.Ed25519: {"eddsa-rdfc-2022", "eddsa-jcs-2022", "jose"},
		keys.P256:    {"ecdsa-rdfc-2019", "ecdsa-jcs-2019", "jose"},
		keys.P384:    {"ecdsa-rdfc-2019", "ecdsa-jcs-2019", "jose"},
	} {
		us, err := e.Issuing.Issuer(t.Context(), kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, suite := range suites {
			for name, text := range map[string]string{
				"2.0": plainV2, "1.1": plainV1,
				"with its issuer": strings.Replace(plainV2, `"id":"urn:uuid:1"`, `"issuer":{"id":"`+us.Identifier(kind)+`","name":"Us"}`, 1),
				"of the future":   strings.Replace(plainV2, `"id":"urn:uuid:1"`, `"validFrom":"2040-01-01T00:00:00Z"`, 1),
			} {
				if suite == "jose" && name == "1.1" {
					continue // VC-JOSE-COSE is of data model 2.0
				}
				signed, err := e.Issuing.Issue(t.Context(), issue.Request{Credential: []byte(text), Suite: suite, Key: kind})
				if err != nil {
					t.Errorf("%s %s %s: %v", kind, suite, name, err)
					continue
				}
				want := vc.Valid
				if name == "of the future" {
					want = vc.NotYetValid
				}
				if got := judged(t, e, signed); got != want {
					t.Errorf("%s %s %s: %s", kind, suite, name, got)
				}
			}
		}
	}
}

// TestIssuerKeysStay: the keys are made once, also by two at the same time, and
// survive a restart.
func TestIssuerKeysStay(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	var group sync.WaitGroup
	got := make([]*issue.Issuer, 8)
	for i := range got {
		group.Go(func() { got[i], _ = e.Issuing.Issuer(t.Context(), keys.P256) })
	}
	group.Wait()
	e.Reopen(t)
	again, err := e.Issuing.Issuer(t.Context(), keys.P256)
	for _, k := range got {
		if err != nil || k.Keys[keys.P256] != again.Keys[keys.P256] || k.Identifier(keys.P256) == "" {
			t.Errorf("%+v, then %+v, %v", k, again, err)
		}
	}
}

func TestIssueRefuses(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	change := func(old, with string) string { return strings.Replace(plainV2, old, with, 1) }
	for name, req := range map[string]issue.Request{
		"no JSON":             {Credential: []byte(`{`)},
		"no object":           {Credential: []byte(`[]`)},
		"another's issuer":    {Credential: []byte(change(`"id":"urn:uuid:1"`, `"issuer":"did:example:other"`))},
		"an issuer of null":   {Credential: []byte(change(`"id":"urn:uuid:1"`, `"issuer":null`))},
		"no context":          {Credential: []byte(change(`["https://www.w3.org/ns/credentials/v2"]`, `[]`))},
		"no type":             {Credential: []byte(change(`"type":["VerifiableCredential"],`, ``))},
		"undefined term":      {Credential: []byte(change(`"id":"urn:uuid:1"`, `"grade":"A"`))},
		"no subject":          {Credential: []byte(change(`{"id":"did:example:s"}`, `{}`))},
		"ends before":         {Credential: []byte(change(`"id":"urn:uuid:1"`, `"validFrom":"2030-01-01T00:00:00Z","validUntil":"2029-01-01T00:00:00Z"`))},
		"status without type": {Credential: []byte(change(`"id":"urn:uuid:1"`, `"credentialStatus":{}`))},
		"unknown suite":       {Credential: []byte(plainV2), Suite: "none"},
		"unknown key":         {Credential: []byte(plainV2), Key: "p-521"},
		"key of another kind": {Credential: []byte(plainV2), Suite: "ecdsa-rdfc-2019"},
		"unknown purpose":     {Credential: []byte(plainV2), Purposes: []string{"moon"}},
		"many purposes":       {Credential: []byte(plainV2), Purposes: make([]string, 5)},
		"status without id":   {Credential: []byte(change(`"id":"urn:uuid:1",`, ``)), Purposes: []string{"revocation"}},
		"two statuses": {Credential: []byte(change(`"id":"urn:uuid:1"`, `"id":"urn:uuid:1","credentialStatus":{"type":"X"}`)),
			Purposes: []string{"revocation"}},
	} {
		if req.Suite == "" {
			req.Suite = "eddsa-rdfc-2022"
		}
		if req.Key == "" {
			req.Key = keys.Ed25519
		}
		signed, err := e.Issuing.Issue(t.Context(), req)
		var refused *fault.Error
		if !errors.As(err, &refused) || refused.Kind != fault.BadInput || refused.Err == nil {
			t.Errorf("%s: %v, %.200s", name, err, signed)
		}
	}
}

// TestDerive: a holder's copy shows what was asked for and what bounds it; the
// base that it comes from is for the holder alone.
func TestDerive(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	text := strings.Replace(plainV2, `"id":"did:example:s"`, `"id":"did:example:s","name":"S","description":"A person"`, 1)
	text = strings.Replace(text, `"id":"urn:uuid:1"`, `"id":"urn:uuid:1","validUntil":"2040-01-01T00:00:00Z"`, 1)
	base, err := e.Issuing.Issue(t.Context(), issue.Request{Credential: []byte(text), Suite: "ecdsa-sd-2023", Key: keys.P256})
	if err != nil {
		t.Fatal(err)
	}
	if got := judged(t, e, base); got != vc.Invalid {
		t.Errorf("the base is %s", got)
	}
	part, err := e.Issuing.Derive(t.Context(), base, []string{"/credentialSubject/name"})
	if err != nil || judged(t, e, part) != vc.AsShown {
		t.Fatalf("%v, %s", err, part)
	}
	if s := string(part); !strings.Contains(s, "2040-01-01") || !strings.Contains(s, `"name":"S"`) || strings.Contains(s, "A person") {
		t.Errorf("the copy shows %s", part)
	}
	some := []string{"/credentialSubject/description"}
	named, err := e.Issuing.Issue(t.Context(), issue.Request{Credential: []byte(text), Suite: "ecdsa-sd-2023", Key: keys.P256, Mandatory: some})
	if err != nil {
		t.Fatal(err)
	}
	part, err = e.Issuing.Derive(t.Context(), named, nil)
	if s := string(part); err != nil || strings.Contains(s, "2040-01-01") || !strings.Contains(s, "A person") {
		t.Errorf("%v, the copy shows %s", err, part)
	}
	plain, err := e.Issuing.Issue(t.Context(), issue.Request{Credential: []byte(text), Suite: "ecdsa-rdfc-2019", Key: keys.P256})
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		credential string
		pointers   []string
	}{
		"no JSON":       {"{", nil},
		"no base":       {string(plain), nil},
		"a copy":        {string(part), nil},
		"altered":       {strings.Replace(string(base), "A person", "A horse", 1), nil},
		"leads nowhere": {string(base), []string{"/credentialSubject/shoe"}},
		"no pointer":    {string(base), []string{"name"}},
	} {
		var refused *fault.Error
		if out, err := e.Issuing.Derive(t.Context(), []byte(x.credential), x.pointers); !errors.As(err, &refused) || refused.Kind != fault.BadInput {
			t.Errorf("%s: %v, %.100s", name, err, out)
		}
	}
	wrong := issue.Request{Credential: []byte(text), Suite: "ecdsa-sd-2023", Key: keys.P256, Mandatory: []string{"/shoe"}}
	if _, err := e.Issuing.Issue(t.Context(), wrong); err == nil {
		t.Error("what is mandatory leads nowhere, and it was issued")
	}
}

// publishList lets the env's web serve its own status lists.
func publishList(t *testing.T, e *wallettest.Env, n int) {
	address := fmt.Sprint(lists, n)
	e.Web.Answer(address, func(vc.FetchRequest) (*vc.Resource, error) {
		b, _, err := e.Issuing.StatusList(context.Background(), n)
		return &vc.Resource{URL: address, Status: 200, ContentType: "application/vc", Body: b}, err
	})
}

func TestStatusList(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	ctx := t.Context()
	for _, kind := range []keys.Kind{keys.Ed25519, keys.P256} {
		suite := map[keys.Kind]string{keys.Ed25519: "eddsa-rdfc-2022", keys.P256: "ecdsa-rdfc-2019"}[kind]
		id := "urn:uuid:" + string(kind)
		first, err := e.Issuing.Issue(ctx, issue.Request{Credential: []byte(plainV2), Suite: suite, Key: kind, ID: id,
			Purposes: []string{"revocation", "suspension"}, Lists: lists})
		if err != nil {
			t.Fatal(err)
		}
		other, err := e.Issuing.Issue(ctx, issue.Request{Credential: []byte(plainV2), Suite: suite, Key: kind, ID: id + "b",
			Purposes: []string{"revocation"}, Lists: lists})
		if err != nil {
			t.Fatal(err)
		}
		for n := 1; n <= 4; n++ {
			publishList(t, e, n)
		}
		step := func(name, purpose string, on bool, want vc.Verdict) {
			t.Helper()
			if purpose != "" {
				if err := e.Issuing.SetStatus(ctx, id, purpose, on); err != nil {
					t.Fatal(err)
				}
			}
			if got := judged(t, e, first); got != want {
				t.Errorf("%s, %s: %s", kind, name, got)
			}
			if got := judged(t, e, other); got != vc.Valid {
				t.Errorf("%s, %s: another credential is %s", kind, name, got)
			}
		}
		step("as issued", "", false, vc.Valid)
		step("suspended", "suspension", true, vc.Suspended)
		step("revoked too", "revocation", true, vc.Revoked)
		step("no longer revoked", "revocation", false, vc.Suspended)
		step("good again", "suspension", false, vc.Valid)
	}
	for n, want := range map[int]bool{1: true, 4: true, 5: false, 0: false, -1: false} {
		if _, _, err := e.Issuing.StatusList(ctx, n); (err == nil) != want {
			t.Errorf("list %d: %v", n, err)
		}
	}
}

// TestStatusListIsKept: it is signed when it was changed, not when it is asked
// for, and survives a restart; it is as long as others demand.
func TestStatusListIsKept(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	ctx := t.Context()
	req := issue.Request{Credential: []byte(plainV2), Suite: "eddsa-rdfc-2022", Key: keys.Ed25519, Purposes: []string{"revocation"}, Lists: lists}
	if _, err := e.Issuing.Issue(ctx, req); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Issuing.Issue(ctx, req); err == nil {
		t.Error("one id got two statuses")
	}
	one, _, err := e.Issuing.StatusList(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	e.Reopen(t)
	if two, _, err := e.Issuing.StatusList(ctx, 1); err != nil || string(two) != string(one) {
		t.Errorf("the list was signed again: %v", err)
	}
	if err := e.Issuing.SetStatus(ctx, "urn:uuid:1", "revocation", true); err != nil {
		t.Fatal(err)
	}
	if three, _, err := e.Issuing.StatusList(ctx, 1); err != nil || string(three) == string(one) {
		t.Errorf("the list was not changed: %v", err)
	}
	for _, x := range [][2]string{{"urn:uuid:2", "revocation"}, {"urn:uuid:1", "suspension"}, {"", ""}} {
		var missing *fault.Error
		if err := e.Issuing.SetStatus(ctx, x[0], x[1], true); !errors.As(err, &missing) || missing.Kind != fault.Missing {
			t.Errorf("%v: %v", x, err)
		}
	}
	d, err := vc.Parse(one)
	if err != nil || judged(t, e, one) != vc.Valid {
		t.Fatalf("the list is not a valid credential: %v", err)
	}
	packed := d.Credential.Subject.Value.Get("encodedList").Str()
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(packed, "u"))
	if err != nil || len(b) < 18 || b[len(b)-4] != 0 || b[len(b)-3] != 0x40 { // gzip ends with the length, 16 KiB
		t.Errorf("encodedList: %v", err)
	}
}

// TestPlacesAreApart: credentials issued at the same time never share a place.
func TestPlacesAreApart(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	var group sync.WaitGroup
	signed := make([]string, 16)
	for i := range signed {
		group.Go(func() {
			b, err := e.Issuing.Issue(t.Context(), issue.Request{Credential: []byte(plainV2), Suite: "eddsa-jcs-2022", Key: keys.Ed25519,
				ID: fmt.Sprint("urn:", i), Purposes: []string{"revocation"}, Lists: lists})
			if err != nil {
				t.Error(err)
			}
			signed[i] = string(b)
		})
	}
	group.Wait()
	seen := map[string]bool{}
	for _, s := range signed {
		_, after, _ := strings.Cut(s, `"statusListIndex":`)
		index, _, _ := strings.Cut(after, ",")
		if seen[index] {
			t.Errorf("place %s was given twice", index)
		}
		seen[index] = true
	}
}
