package server_test

import (
	"net/url"
	"testing"

	"backpack/ui/uitest"
	"backpack/vc/vctest"
)

// TestClaims checks that the claims of a credential other than a badge are shown under
// readable names, and that strangers' text stays text.
func TestClaims(t *testing.T) {
	s := newSite(t)
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256)
	report := i.SDJWT(t, vctest.Object{"typ": "dc+sd-jwt"}, vctest.Object{
		"iss": i.ID, "vct": "https://types.example/school_report/v2", "iat": 1767225600,
		"given_name": vctest.SD{Value: "Ada"}, "isGraduate": true, "address": vctest.Object{"postal_code": "89073", "locality": "Ulm"},
		"languages": []any{"de", "en"}, "grades": []any{vctest.Object{"subject": "Physics", "grade": 1.3}},
		"portrait": "data:image/png;base64,AAAA", "nickname": "<script>alert(1)</script>", "<b>odd</b>": "x", "zilch": nil,
	})
	a := s.browser(t).post("/verify", url.Values{"text": {string(report)}}).is(t, 200).
		says(t, "School report", "What it says", "89073", "Ulm", "Ada", "Physics", "1.3").hasNot(t, "<script>alert", "<b>odd")
	for _, problem := range uitest.Problems([]byte(a.body)) {
		t.Error(problem)
	}
}
