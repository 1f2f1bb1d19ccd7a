package server_test

import (
	"net/http"
	"testing"
)

// unfollowed brings addresses that other wallets would fetch. The answer says that the
// protocol is not supported, and nothing is fetched.
func unfollowed(t *testing.T, texts ...string) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	for _, text := range texts {
		l.upload("/verify", text).is(t, http.StatusOK).says(t, "cannot answer such invitations")
		l.preview(l.upload("/import", text)).is(t, http.StatusOK).says(t, "cannot answer such invitations")
	}
	if v := s.Web.Visits(); len(v) != 0 {
		t.Errorf("fetched %v", v)
	}
}

// TestThreat22RequestsAreNotFollowed: Backpack does not support OpenID for Verifiable
// Presentations, so it never fetches a stranger's request_uri.
func TestThreat22RequestsAreNotFollowed(t *testing.T) {
	unfollowed(t, "openid4vp://?client_id=x509_san_dns%3Averifier.example&request_uri=https%3A%2F%2Fverifier.example%2Frequest",
		"openid4vp:?request_uri=http://127.0.0.1/", "haip://?request_uri=https://verifier.example/r",
		"https://wallet.example/?client_id=x&request_uri=https%3A%2F%2Fverifier.example%2Frequest")
}

// TestThreat23OffersAreNotFollowed: Backpack does not support OpenID for Verifiable
// Credential Issuance, so it follows no offer.
func TestThreat23OffersAreNotFollowed(t *testing.T) {
	unfollowed(t, "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2Foffer",
		"https://wallet.example/?credential_offer_uri=https://issuer.example/offer",
		`{"credential_issuer":"https://issuer.example","credential_configuration_ids":["badge"],"grants":{}}`)
}
