package server_test

import (
	"bytes"
	"net/http"
	"testing"

	"backpack/vc/vctest"
)

// TestUnknownIsOnThePage checks that an unsupported type is named on the page: of a
// badge, of a record, of an endorsement.
func TestUnknownIsOnThePage(t *testing.T) {
	s := newSite(t)
	issuer := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	badge := issuer.Issue(t)
	suite := vctest.Alter(t, badge, "eddsa-rdfc-2022", "aurora-2031")
	method := vctest.Alter(t, badge, `"verificationMethod":"did:key:`, `"verificationMethod":"did:aurora:`)
	set := vctest.NewHolder(t).Present(t, "", "", badge)
	last := bytes.LastIndex(set, []byte("eddsa-rdfc-2022"))
	set = append(append(bytes.Clone(set[:last]), "aurora-2031"...), set[last+len("eddsa-rdfc-2022"):]...)
	for name, x := range map[string]struct {
		text  []byte
		named string
		head  string
	}{"suite": {suite, "aurora-2031", "Could not be fully checked"}, "method": {method, "aurora", "Could not be fully checked"},
		"set": {set, "aurora-2031", "Who put this collection together could not be found out."}} {
		t.Run(name, func(t *testing.T) {
			a := s.browser(t).upload("/verify", string(x.text)).is(t, http.StatusOK)
			a.says(t, x.head, "method that we do not know", x.named)
		})
	}
}

// TestPrivateCopyOnThePage checks that a shared private copy is refused in plain words,
// and that a partial copy is marked as such.
func TestPrivateCopyOnThePage(t *testing.T) {
	s := newSite(t)
	issuer := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256)
	mandatory := vctest.Mandatory("/issuer", "/validFrom", "/credentialSubject")
	a := s.browser(t).upload("/verify", string(issuer.Issue(t, mandatory, vctest.As(vctest.Selective)))).is(t, http.StatusOK)
	a.says(t, "This badge does not hold", "This is the holder’s private copy", "Ask for a copy that was made for showing")
	a = s.browser(t).upload("/verify", string(issuer.Issue(t, mandatory, vctest.Derived("/name")))).is(t, http.StatusOK)
	a.says(t, "Not shown", "Who showed it may have left that out").hasNot(t, "private copy", "No expiry date")
}
