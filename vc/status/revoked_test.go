package status

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"backpack/vc"
)

func TestRevocationList(t *testing.T) {
	const mine, entry = `{"id":"urn:example:1"`, `{"id":"` + listURL + `","type":"1EdTechRevocationList"}`
	list := func(entries string) string {
		return `{"id":"` + listURL + `","issuer":"https://school.example","revokedCredential":` + entries + `}`
	}
	many := make([]string, 5000)
	for i := range many {
		many[i] = fmt.Sprintf(`{"id":"urn:example:%d","revoked":true}`, i+2)
	}
	for _, x := range []struct{ name, page, want, detail string }{
		{"clear", list(`[{"id":"urn:example:2","revoked":true}]`), "passed", ""},
		{"empty", list(`[]`), "passed", ""},
		{"revoked", list(`[` + mine + `,"revoked":true,"revocationReason":"issued in error"}]`), "failed revoked", "issued in error"},
		{"revoked by its presence", list(`[` + mine + `}]`), "failed revoked", ""},
		{"reinstated", list(`[` + mine + `,"revoked":false}]`), "passed", ""},
		{"revoked and reinstated", list(`[` + mine + `},` + mine + `,"revoked":false}]`), "failed revoked", ""},
		{"one, not in an array", list(mine + `}`), "failed revoked", ""},
		{"plural", `{"revokedCredentials":[` + mine + `}]}`, "failed revoked", ""},
		{"bare id", list(`["urn:example:1"]`), "failed revoked", ""},
		{"no issuer", `{"revokedCredential":[]}`, "passed", ""},
		{"issuer as object", `{"issuer":{"id":"https://school.example"},"revokedCredential":[]}`, "passed", ""},
		{"other issuer", `{"issuer":"https://x.example","revokedCredential":[]}`, "passed status_issuer_differs", "the status list has another issuer, https://x.example"},
		{"other issuer revokes", `{"issuer":"https://x.example","revokedCredential":[` + mine + `}]}`, "failed revoked", "the status list has another issuer, https://x.example"},
		{"many", list("[" + strings.Join(many, ",") + "]"), "passed", ""},
		{"prefix of the id", list(`[{"id":"urn:example:1x"},{"id":"URN:example:1"}]`), "passed", ""},
		{"no list", `{"error":"not found"}`, "unknown status_list_invalid", "the revocation list: malformed: it has no revokedCredential"},
		{"revoked is a string", list(`[` + mine + `,"revoked":"false"}]`), "unknown status_list_invalid", "the revocation list: malformed: an entry has no id, or revoked is neither true nor false"},
		{"entry without id", list(`[{"revoked":true}]`), "unknown status_list_invalid", "the revocation list: malformed: an entry has no id, or revoked is neither true nor false"},
		{"an HTML page", `<html>`, "unknown status_list_invalid", "the revocation list: malformed: line 1: expected a value, not '<'"},
		{"duplicate member", `{"revokedCredential":[` + mine + `}],"revokedCredential":[]}`, "unknown status_list_invalid", `the revocation list: malformed: line 1: duplicate member "revokedCredential" in an object`},
		{"too deep", list(strings.Repeat("[", 100)), "unknown too_large", "the revocation list: too large: JSON nested deeper than 64"},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := newWeb()
			w.pages[listURL] = x.page
			r, err := RevocationList(Config{Fetch: w, Now: w.clock})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // read, then cached
				if got := check(t, r, nil, "https://school.example", entry); brief(got) != x.want || got.Detail != x.detail {
					t.Errorf("got %s, %q", brief(got), got.Detail)
				}
			}
		})
	}
}

func TestUnavailableRevocationList(t *testing.T) {
	w := newWeb()
	r, err := RevocationList(Config{Fetch: w, Now: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	entry := vc.Status{ID: listURL, Type: revocationType}
	for name, x := range map[string]struct {
		c    *vc.Credential
		s    vc.Status
		err  error
		want string
	}{
		"missing":           {&vc.Credential{ID: "urn:example:1"}, entry, nil, "unknown status_list_gone"},
		"forbidden":         {&vc.Credential{ID: "urn:example:1"}, entry, vc.ErrForbidden, "unknown address_forbidden"},
		"credential, no id": {&vc.Credential{}, entry, nil, "unknown status_entry_invalid"},
		"entry, no id":      {&vc.Credential{ID: "urn:example:1"}, vc.Status{Type: revocationType}, nil, "unknown status_entry_invalid"},
	} {
		w.err = x.err
		got, err := r.CheckStatus(t.Context(), nil, x.c, x.s)
		if err != nil || brief(got) != x.want {
			t.Errorf("%s: %s, %v", name, brief(got), err)
		}
	}
	w.err = nil
	got, err := r.CheckStatus(vc.WithOffline(t.Context()), nil, &vc.Credential{ID: "urn:example:1"}, entry)
	if err != nil || brief(got) != "unknown unreachable" {
		t.Errorf("offline: got %s, error %v", brief(got), err)
	}
}

func FuzzRevocations(f *testing.F) {
	f.Add(`{"revokedCredential":[{"id":"a"},{"id":"b","revoked":false},"c"]}`)
	f.Add(`{"revokedCredentials":{"id":"a","revoked":true,"revocationReason":"x"},"issuer":{"id":"y"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		list, err := parseRevocations([]byte(text))
		if err != nil {
			if !errors.Is(err, vc.ErrMalformed) && !errors.Is(err, vc.ErrTooLarge) {
				t.Errorf("unclassified error: %v", err)
			}
			return
		}
		for id := range list.revoked {
			if id == "" {
				t.Error("a credential without an id is revoked")
			}
		}
	})
}
