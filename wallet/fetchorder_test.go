package wallet_test

import (
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet/wallettest"
)

// TestFetchOrder asserts that a context or a picture is
// requested only if the signature needs or covers it and may be valid.
func TestFetchOrder(t *testing.T) {
	const contextURL, pictureURL = "https://words.example/context.json", "https://pictures.example/badge.png"
	rdf, jcs := vctest.As("eddsa-rdfc-2022"), vctest.As("eddsa-jcs-2022")
	picture := vctest.With("credentialSubject.achievement.image", vctest.Object{"id": pictureURL, "type": "Image"})
	alter := func(old, new string) vctest.Option {
		return func(t testing.TB, d *vctest.Draft) {
			d.After(func(t testing.TB, signed []byte) []byte { return vctest.Alter(t, signed, old, new) })
		}
	}
	// The context follows the signed ones: the requests are the same as if it had
	// been signed.
	open := alter(`context-3.0.3.json"`, `context-3.0.3.json","`+contextURL+`"`)
	for _, x := range []struct {
		name             string
		options          []vctest.Option
		context, picture bool
	}{
		{"RDF, key found", []vctest.Option{rdf, picture, open}, true, false},
		{"valid", []vctest.Option{rdf, picture}, false, true},
		{"JCS", []vctest.Option{jcs, picture, open}, false, false},
		{"JWT", []vctest.Option{vctest.As(vctest.JWT), picture,
			vctest.With("@context", []any{vc.ContextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", contextURL})}, false, true},
		{"unknown suite", []vctest.Option{rdf, picture, open, alter(`"eddsa-rdfc-2022"`, `"eddsa-rdfc-2099"`)}, false, false},
		{"suite of another key", []vctest.Option{rdf, picture, open, alter(`"eddsa-rdfc-2022"`, `"ecdsa-rdfc-2019"`)}, false, false},
		{"no key", []vctest.Option{rdf, picture, open, alter(`"verificationMethod":"did:key:`, `"verificationMethod":"did:nobody:`)}, false, false},
		{"for another purpose", []vctest.Option{rdf, picture, open, alter(`"assertionMethod"`, `"authentication"`)}, false, false},
		{"no proof value", []vctest.Option{rdf, picture, open, alter(`"proofValue":"z`, `"proofValue":"u`)}, false, false},
		{"unsigned", []vctest.Option{vctest.As(vctest.None), picture, open}, false, false},
		{"changed", []vctest.Option{rdf, picture, alter(`"name":"Baker"`, `"name":"Butcher"`)}, false, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			e := wallettest.New(t, wallettest.Options{})
			a, i := e.Learner(t, "Alma").ID, issuer(t, e)
			var context, picture bool
			for address, asked := range map[string]*bool{contextURL: &context, pictureURL: &picture} {
				e.Web.Answer(address, func(req vc.FetchRequest) (*vc.Resource, error) {
					*asked = true
					return &vc.Resource{URL: req.URL, Status: 404}, nil
				})
			}
			imported(t, e, a, text(i.Issue(t, x.options...)))
			if context != x.context || picture != x.picture {
				t.Errorf("context requested: %t, picture: %t", context, picture)
			}
		})
	}
}
