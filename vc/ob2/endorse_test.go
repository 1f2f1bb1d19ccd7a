package ob2

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"backpack/vc"
)

const (
	guildURL   = "https://guild.example/profile"
	guildKey   = "https://guild.example/key"
	guildList  = "https://guild.example/revoked"
	praiseURL  = "https://guild.example/e/1"
	praiseURL2 = "https://guild.example/e/2"
)

func praise(claim string) object {
	return object{"@context": "https://w3id.org/openbadges/v2", "type": "Endorsement", "id": praiseURL,
		"claim": object{"id": claim, "endorsementComment": "We know them."}, "issuer": guildURL,
		"issuedOn": "2020-02-01T00:00:00Z", "verification": object{"type": "HostedBadge"}}
}

func guild() object {
	return object{"@context": "https://w3id.org/openbadges/v2", "type": "Profile", "id": guildURL, "name": "Guild",
		"url": "https://guild.example", "email": "a@guild.example", "publicKey": guildKey, "revocationList": guildList}
}

// guildPages returns the pages of a badge and of the guild. endorsed becomes the
// endorsement member of the assertion.
func guildPages(endorsed any, more ...any) map[string]page {
	pages := standard()
	pages[assertionURL] = page{body: assertion().with("endorsement", endorsed).String()}
	for u, p := range serve(append([]any{praiseURL, praise(assertionURL), guildURL, guild(),
		guildKey, object{"type": "CryptographicKey", "id": guildKey, "owner": guildURL, "publicKeyPem": pemOf(&rsaKey().PublicKey)},
		guildList, object{"type": "RevocationList", "revokedAssertions": []any{"urn:uuid:9"}}}, more...)...) {
		pages[u] = p
	}
	return pages
}

func signedPraise(id string) string {
	return jws(rsaKey(), `{"alg":"RS256"}`, praise(assertionURL).with("id", id).
		with("verification", object{"type": "SignedBadge", "creator": guildKey}).String())
}

// TestEndorsements checks that endorsements are verified like badges and do not affect
// the badge's own verdict (specs B1.10).
func TestEndorsements(t *testing.T) {
	for name, tc := range map[string]struct {
		pages map[string]page
		want  []string // of the first endorsement
		check string
	}{
		"by address": {guildPages(praiseURL), []string{"proof passed hosted_fetched", "issuer passed", "revocation passed", "subject passed",
			"format passed"}, "endorsement passed"},
		"written out":          {guildPages(praise(assertionURL)), []string{"proof passed hosted_fetched", "issuer passed"}, "endorsement passed"},
		"node with an id only": {guildPages(object{"id": praiseURL}), []string{"proof passed hosted_fetched", "issuer passed"}, "endorsement passed"},
		"signed":               {guildPages(signedPraise("urn:uuid:8")), []string{"proof passed", "issuer passed", "revocation passed"}, "endorsement passed"},
		"signed and revoked": {guildPages(signedPraise("urn:uuid:9")), []string{"proof passed", "revocation failed revoked"},
			"endorsement failed some_endorsement_failed"},
		"signed, changed": {guildPages(swap(signedPraise("urn:uuid:8"))), []string{"proof failed bad_signature", "revocation skipped not_run"},
			"endorsement failed some_endorsement_failed"},
		"taken back": {guildPages(praiseURL, praiseURL, object{"id": praiseURL, "revoked": true}), []string{"revocation failed revoked"},
			"endorsement failed some_endorsement_failed"},
		"unreachable": {guildPages("https://nowhere.example/e"), []string{"proof unknown unreachable", "issuer unknown not_run"},
			"endorsement unknown some_endorsement_failed"},
		"its issuer is unreachable": {guildPages(praiseURL, praiseURL, praise(assertionURL).with("issuer", "https://nowhere.example/i")),
			[]string{"proof passed hosted_fetched", "issuer unknown unreachable"}, "endorsement unknown some_endorsement_failed"},
		"hosted elsewhere": {guildPages("https://evil.example/e", "https://evil.example/e", praise(assertionURL).with("id", "https://evil.example/e")),
			[]string{"proof passed hosted_fetched", "issuer failed issuer_origin"}, "endorsement failed some_endorsement_failed"},
		"in the future": {guildPages(praiseURL, praiseURL, praise(assertionURL).with("issuedOn", "2027-01-01T00:00:00Z")),
			[]string{"valid_from failed not_yet_valid"}, "endorsement failed some_endorsement_failed"},
		"without a claim": {guildPages(praiseURL, praiseURL, praise(assertionURL).with("claim", nil)),
			[]string{"format failed missing_member", "subject failed no_subject_id"}, "endorsement failed some_endorsement_failed"},
		"a badge instead": {guildPages(praiseURL, praiseURL, assertion().with("id", praiseURL)), []string{"proof unknown not_a_badge"},
			"endorsement unknown some_endorsement_failed"},
		"no address": {guildPages(praise(assertionURL).with("id", "urn:uuid:5")), []string{"proof unknown no_proof"},
			"endorsement unknown some_endorsement_failed"},
		"of the class": {guildPages(nil, classURL, class().with("endorsement", []any{praiseURL})),
			[]string{"proof passed hosted_fetched", "issuer passed"}, "endorsement passed"},
		"of the issuer": {guildPages(nil, issuerURL, profile().with("endorsement", []any{praiseURL})),
			[]string{"proof passed hosted_fetched", "issuer passed"}, "endorsement passed"},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := verify(t, tc.pages, assertionURL, vc.Options{Recipients: []string{"a@example.com"}})
			expect(t, r, tc.check)
			if r.Verdict(vc.Policy{}) != vc.Valid {
				t.Errorf("verdict on the badge %s: %+v", r.Verdict(vc.Policy{}), r.Checks)
			}
			subs, docs := r.Check(vc.CheckEndorsement).Sub, vc.AllEndorsements(r.Current.Credential)
			if len(subs) != 1 || len(docs) != 1 {
				t.Fatalf("%d reports, %d endorsements", len(subs), len(docs))
			}
			expect(t, subs[0], append(tc.want, "recipient skipped nobody_asked")[:len(tc.want)]...)
			if subs[0].Verdict(vc.Policy{}) == vc.Valid {
				c := docs[0].Credential
				if c.Issuer.Name.String() != "Guild" || c.Subject.ID != assertionURL || c.Subject.Value.Get("endorsementComment").Str() != "We know them." {
					t.Errorf("shown: %+v", c)
				}
			}
		})
	}
}

// TestEndorsementsAreBounded checks the number of requests for endorsements, which is
// limited, and zero if the badge is not confirmed to be its issuer's.
func TestEndorsementsAreBounded(t *testing.T) {
	var many []any
	pages := map[string]any{}
	for i := range 60 {
		u := fmt.Sprintf("https://e%d.example/e", i)
		many = append(many, u)
		pages[u] = praise(assertionURL).with("id", u).with("issuer", fmt.Sprintf("https://e%d.example/i", i)).with("endorsement", u)
	}
	var more []any
	for u, p := range pages {
		more = append(more, u, p)
	}
	r, w := verify(t, guildPages(many, more...), assertionURL, vc.Options{})
	if len(w.asked) > maxAsked || len(r.Check(vc.CheckEndorsement).Sub) != 60 {
		t.Errorf("%d requests, %d reports", len(w.asked), len(r.Check(vc.CheckEndorsement).Sub))
	}
	r, w = verify(t, guildPages(many, issuerURL, profile().with("verification", object{"allowedOrigins": "other.example"})), assertionURL, vc.Options{})
	expect(t, r, "issuer failed issuer_origin", "endorsement skipped not_run")
	if n := len(w.asked); n != 3 {
		t.Errorf("%d requests for a forged badge", n)
	}
	r, w = verify(t, guildPages([]any{praiseURL, praiseURL2}, praiseURL2, praise(classURL).with("id", praiseURL2)), assertionURL, vc.Options{})
	expect(t, r, "endorsement passed")
	if n := len(w.asked); n != 6 { // the guild's profile is fetched once
		t.Errorf("%d requests: %s", n, strings.Join(w.asked, " "))
	}
}

// FuzzEndorsement checks that no endorsement causes an error or makes the badge
// invalid.
func FuzzEndorsement(f *testing.F) {
	for _, s := range []string{`"` + praiseURL + `"`, praise(assertionURL).String(), `{"id":1}`, `[[]]`, `"e30.e30.AA"`, `null`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		v, err := vc.ParseJSON([]byte(in))
		if err != nil {
			return
		}
		body := strings.TrimSuffix(assertion().String(), "}") + `,"endorsement":` + v.Raw() + "}"
		pages := guildPages(nil)
		pages[assertionURL] = page{body: body}
		w := &web{pages: pages}
		ver := must(New(Config{Fetch: w, Now: func() time.Time { return now }}))
		r := must(ver.VerifyLegacy(t.Context(), must(Parse([]byte(assertionURL), "")), vc.Options{}))
		if got := r.Verdict(vc.Policy{}); got != vc.Valid || len(w.asked) > maxAsked {
			t.Fatalf("%s, %d requests: %+v", got, len(w.asked), r.Checks)
		}
	})
}
