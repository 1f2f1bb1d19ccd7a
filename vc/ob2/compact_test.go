package ob2

import (
	"errors"
	"testing"

	"backpack/vc"
)

// TestPlainNames checks names that the contexts of a document define (specs B1.3).
func TestPlainNames(t *testing.T) {
	for name, tc := range map[string]struct{ in, want string }{
		"plain already": {`{"@context":"https://w3id.org/openbadges/v2","id":"x","badge":"b"}`, `{"@context":"https://w3id.org/openbadges/v2","id":"x","badge":"b"}`},
		"the prefixes of 2.0": {`{"obi:issueDate":"d","sec:expiration":"e","schema:name":"n","cred:credential":[],"obi:verify":{"type":"obi:HostedBadge"},` +
			`"obi:recipient":{"obi:identityHash":"i"}}`,
			`{"issuedOn":"d","expires":"e","name":"n","endorsement":[],"verification":{"type":"HostedBadge"},"recipient":{"identity":"i"}}`},
		"full IRIs": {`{"https://w3id.org/openbadges#badge":"b","https://schema.org/name":"n","@type":["https://w3id.org/openbadges#Assertion",` +
			`"https://w3id.org/credentials#Credential"]}`,
			`{"badge":"b","name":"n","@type":["Assertion","Endorsement"]}`},
		"own prefix": {`{"@context":["https://w3id.org/openbadges/v2",{"ours":"https://w3id.org/openbadges#"}],"ours:badge":{"ours:criteria":"c"},` +
			`"type":"ours:Assertion"}`,
			`{"@context":["https://w3id.org/openbadges/v2",{"ours":"https://w3id.org/openbadges#"}],"badge":{"criteria":"c"},"type":"Assertion"}`},
		"own words": {`{"@context":[{"when":{"@id":"obi:issueDate"},"Award":"obi:Assertion"}],"when":"d","type":["Award"]}`,
			`{"@context":[{"when":{"@id":"obi:issueDate"},"Award":"obi:Assertion"}],"issuedOn":"d","type":["Assertion"]}`},
		"alias of an alias": {`{"@context":{"verify":"verification","verification":{"@id":"obi:verify"}},"verify":{"type":"hosted"}}`,
			`{"@context":{"verify":"verification","verification":{"@id":"obi:verify"}},"verification":{"type":"hosted"}}`},
		"circular aliases": {`{"@context":{"a":"b","b":"a"},"a":1}`, `{"@context":{"a":"b","b":"a"},"a":1}`},
		"context of an inner object": {`{"badge":{"@context":{"n":"schema:name"},"n":"x"},"n":"y"}`,
			`{"badge":{"@context":{"n":"schema:name"},"name":"x"},"n":"y"}`},
		"names in an extension": {`{"extensions:x":{"type":["Extension","extensions:X"],"schema:text":1},"schema:url":"u"}`,
			`{"extensions:x":{"type":["Extension","extensions:X"],"schema:text":1},"url":"u"}`},
		"foreign words":          {`{"https://x.example/badge":1,"foaf:name":2,"mailto:a":3}`, `{"https://x.example/badge":1,"foaf:name":2,"mailto:a":3}`},
		"IRI with another slash": {`{"https://w3id.org/openbadges#a/badge":1}`, `{"https://w3id.org/openbadges#a/badge":1}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := plainNames(value(t, tc.in))
			if err != nil || got.Raw() != tc.want {
				t.Errorf("%v\n%s\n%s", err, got.Raw(), tc.want)
			}
		})
	}
	if _, err := plainNames(value(t, `{"badge":"a","obi:badge":"b"}`)); !errors.Is(err, vc.ErrMalformed) {
		t.Errorf("one member under two names: got %v", err)
	}
}

// TestWrittenOutContext checks a badge with the context of 2.0 written inline.
func TestWrittenOutContext(t *testing.T) {
	in := assertion().with("@context", object{"obi": "https://w3id.org/openbadges#", "id": "@id", "type": "@type", "Award": "obi:Assertion",
		"award": object{"@id": "obi:badge", "@type": "@id"}}).with("badge", nil).with("award", classURL).with("type", "Award")
	pages := standard()
	pages[assertionURL] = page{body: in.String()}
	r, _ := verify(t, pages, in.String(), vc.Options{})
	expect(t, r, "format passed", "proof passed hosted_fetched", "issuer passed")
}

// FuzzPlainNames checks that the result is JSON, has as many members as the input, and
// does not change when rewritten again.
func FuzzPlainNames(f *testing.F) {
	f.Add(`{"@context":{"a":"obi:badge"},"a":[{"@type":"sec:Key"}]}`)
	f.Add(assertion().String())
	f.Fuzz(func(t *testing.T, in string) {
		v, err := vc.ParseJSON([]byte(in))
		if err != nil {
			return
		}
		once, err := plainNames(v)
		if err != nil {
			return
		}
		twice, err := plainNames(once)
		if err != nil {
			t.Fatalf("%s: %v", once.Raw(), err)
		}
		if len(once.Items()) != len(v.Items()) || len(twice.Items()) != len(v.Items()) {
			t.Fatalf("%s\n%s", in, once.Raw())
		}
		_, _ = Detect(v)
	})
}
