package server_test

import (
	"net/http"
	"testing"
)

// unfollowed brings what would have a wallet of another kind ask somebody: it is
// told that we do not speak it, and nobody is asked.
func unfollowed(t *testing.T, texts ...string) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	for _, text := range texts {
		l.upload("/verify", text).is(t, http.StatusOK).says(t, "cannot answer such invitations")
		l.preview(l.upload("/import", text)).is(t, http.StatusOK).says(t, "cannot answer such invitations")
	}
	if v := s.Web.Visits(); len(v) != 0 {
		t.Errorf("asked for %v", v)
	}
}

// TestThreat22RequestsAreNotFollowed: Backpack takes no part in OpenID for Verifiable
// Presentations, so that no request_uri of a stranger's is ever fetched.
func TestThreat22RequestsAreNotFollowed(t *testing.T) {
	unfollowed(t, "openid4vp://?client_id=x509_san_dns%3Averifier.example&request_uri=https%3A%2F%2Fverifier.example%2Frequest", "openid4vp:?request_uri=http://127.0.0.1/", "haip://?request_uri=https://verifier.example/r",
		"https://wallet.example/?client_id=x&request_uri=https%3A%2F%2Fverifier.example%2Frequest")
}

// TestThreat23OffersAreNotFollowed: nor does it in OpenID for Verifiable Credential
// Issuance: no offer leads to an issuer.
func TestThreat23OffersAreNotFollowed(t *testing.T) {
	unfollowed(t, "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2Foffer", "https://wallet.example/?credential_offer_uri=https://issuer.example/offer",
		`{"credential_issuer":"https://issuer.example","credential_configuration_ids":["badge"],"grants":{}}`)
}
