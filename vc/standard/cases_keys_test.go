package standard_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/cose"
	"backpack/vc/standard"
	"backpack/vc/vctest"
)

// keyWeb serves the web of a case. All other addresses answer 404.
func keyWeb(t *testing.T, file string) *vctest.Web {
	t.Helper()
	web := vctest.CaseWeb(t, file)
	for _, host := range []string{"https://archive.example/", "https://issuer.example/", "https://museum.example/", "https://api.openbadges.education/"} {
		web.Status(host, 404, nil)
	}
	vctest.CaseLists(t, web)
	return web
}

// lateVerifier returns a verifier whose clock is at the day after the cases were
// made.
func lateVerifier(t *testing.T, web *vctest.Web) *vc.Verifier {
	t.Helper()
	s, err := standard.New(standard.Config{Fetch: web, Now: func() time.Time { return time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	return s.Verifier
}

// findings returns the entries of wants that r lacks. An entry is a check, such as
// "proof passed" or "issuer unknown key_without_purpose", or "remark" and its
// reason.
func findings(r *vc.Report, wants []string) (missing []string) {
	for _, want := range wants {
		f := strings.Fields(want)
		ok := false
		switch {
		case f[0] == "remark":
			ok = slices.ContainsFunc(r.Warnings, func(p vc.Problem) bool { return string(p.Reason) == f[1] })
		default:
			c := r.Check(vc.CheckID(f[0]))
			ok = string(c.Outcome) == f[1] && (len(f) < 3 || string(c.Reason) == f[2])
		}
		if !ok {
			missing = append(missing, want)
		}
	}
	return missing
}

// TestKeyCases checks real and reported cases of keys, proofs, claims and lists.
func TestKeyCases(t *testing.T) {
	for file, wants := range map[string][]string{
		"wild/ob30-jwt-kid-is-jwk-file-publicKey.jwt":               {"proof passed", "issuer unknown key_without_purpose"},
		"wild/ob30-jwt-kid-is-jwk-file-profile-without-keys.jwt":    {"proof passed", "issuer unknown issuer_lists_no_keys"},
		"wild/ob30-jwt11-nbf-90s-before.jwt":                        {"format passed", "proof passed", "issuer passed", "remark claims_near"},
		"wild/ob30-jwt11-nbf-equal.control.jwt":                     {"format passed", "proof passed", "issuer passed"},
		"wild/sdjwt-of-vc11-no-last-tilde.jwt":                      {"format passed", "proof passed", "issuer passed", "remark malformed"},
		"reports/key-without-purpose/clean.json":                    {"proof passed", "issuer unknown key_without_purpose"},
		"reports/key-not-named/no-kid.jwt":                          {"proof unknown key_not_named"},
		"reports/key-not-named/x5c.jwt":                             {"proof unknown key_by_certificate"},
		"reports/data-model-2-in-vc/vc-claim.jwt":                   {"format failed mixed_models", "proof passed", "issuer passed"},
		"reports/status-404-words/list-404.json":                    {"proof passed", "revocation unknown status_list_gone"},
		"reports/oeb-proof-own-context/own-context-none.json":       {"format passed", "proof passed", "issuer passed"},
		"reports/oeb-proof-own-context/own-context-same.json":       {"format passed", "proof passed", "issuer passed"},
		"reports/oeb-proof-own-context/own-context-first-only.json": {"format passed", "proof passed", "issuer passed", "remark proof_context"},
		"reports/oeb-proof-own-context/plain.json":                  {"proof passed", "issuer unknown key_without_purpose", "remark proof_context"},
		"genuine/13-unknown-proof-type-beside-a-good-proof.json":    {"proof passed", "issuer passed", "remark other_seal_unknown"},
		"genuine/14-jwt-jwk-in-header-issuer-404.jwt":               {"proof passed", "issuer unknown unreachable"},
		"genuine/17-jcs-original.json":                              {"format passed", "proof passed", "issuer passed"},
		"genuine/17-jcs-unsigned-context-url.json":                  {"format passed", "proof passed", "issuer passed", "remark context_not_covered"},
		"genuine/17-jcs-unsigned-context-appended.json":             {"format passed", "proof passed", "issuer passed", "remark context_not_covered"},
		"genuine/18-status-base.set.json":                           {"proof passed", "revocation failed revoked"},
		"genuine/18-status-idOther.set.json":                        {"proof passed", "revocation failed revoked"},
		"genuine/18-status-idOther.unset.json":                      {"proof passed", "revocation unknown status_list_invalid"},
		"genuine/18-status-len100000.set.json":                      {"proof passed", "revocation failed revoked"},
		"genuine/18-status-len100000.unset.json":                    {"proof passed", "revocation passed", "remark status_list_short"},
		"genuine/19-endorsement-without-name-spoils-badge.jcs.json": {"format passed", "proof passed", "issuer passed", "endorsement failed"},
		"genuine/21-related-resource-wrong-digest.json":             {"proof passed", "resources failed resource_differs"},
	} {
		t.Run(file, func(t *testing.T) {
			web, text := keyWeb(t, file), vctest.CaseFile(t, file)
			d, err := vc.ParseWith(text, cose.Open)
			if err != nil {
				t.Fatal(err)
			}
			r := verifyWeb(t, web, d)
			if missing := findings(r, wants); missing != nil {
				t.Errorf("missing: %q\n%+v\n%+v", missing, r.Checks, r.Warnings)
			}
			for _, q := range web.Requests() {
				if strings.Contains(q.URL, "tracker") {
					t.Errorf("%s was requested", q.URL)
				}
			}
		})
	}
}

func verifyWeb(t *testing.T, web *vctest.Web, d *vc.Document) *vc.Report {
	t.Helper()
	r, err := lateVerifier(t, web).Verify(t.Context(), d, vc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestSwappedChild checks that members exchanged between a signed and an unsigned
// badge of a CLR are not vouched for.
func TestSwappedChild(t *testing.T) {
	for file, want := range map[string]string{"A6-original-clr.json": "skipped vouched_for", "A6-forged-clr-swapped.json": "unknown sibling_in_doubt"} {
		d, err := vc.Parse(vctest.CaseFile(t, "forged", file))
		if err != nil {
			t.Fatal(err)
		}
		subs := verifyWeb(t, vctest.NewWeb(), d).Check(vc.CheckProof).Sub
		if len(subs) != 2 {
			t.Fatalf("%s: %d children", file, len(subs))
		}
		if c := subs[1].Check(vc.CheckProof); string(c.Outcome)+" "+string(c.Reason) != want {
			t.Errorf("%s: %s %s, want %s", file, c.Outcome, c.Reason, want)
		}
	}
}
