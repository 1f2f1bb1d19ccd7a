package ld

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"

	"backpack/vc"

	"github.com/google/go-cmp/cmp"
)

// TestGoldMutations compares with json-gold on randomly changed badges, with members
// that contexts define and values of every form. BACKPACK_MUTATIONS sets the number of
// badges. FuzzAgainstGold describes the comparison.
func TestGoldMutations(t *testing.T) {
	count := 300
	if n, err := strconv.Atoi(os.Getenv("BACKPACK_MUTATIONS")); err == nil {
		count = n
	}
	e := engine(t)
	l := &goldLoader{e, map[string]any{}}
	names := []string{"urn:p", "@id", "@type", "@value", "@list", "@set", "@graph", "@included", "@nest", "@reverse", "@language", "@index", "@context", "xsd:x"}
	for _, u := range []string{urlV1, urlV2, urlOB, "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
		"https://purl.imsglobal.org/spec/ob/v3p0/context.json"} {
		for name := range e.known[u][0].terms {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	values := []string{`"x"`, `"urn:x"`, `"_:b1"`, `""`, `null`, `true`, `12`, `-0.0`, `1.5`, `1e21`, `1e-7`, `[]`, `{}`, `["a", "b", "a"]`, `[1, "2", true, "x"]`,
		`{"id": "urn:y"}`, `{"id": "urn:y", "type": "Profile", "name": "Y"}`, `{"type": "Evidence", "narrative": "n"}`, `{"@value": "v"}`,
		`{"@value": "v", "@language": "en-GB"}`,
		`{"@value": 5, "@type": "http://www.w3.org/2001/XMLSchema#double"}`, `{"@value": "5", "@type": "urn:t"}`, `{"@list": ["a", {"id": "urn:l"}, "b"]}`,
		`{"@set": ["a"]}`,
		`[{"type": "Result", "value": "1"}, {"type": "Result", "value": "1"}]`, `{"type": ["Alignment", "Address"], "targetName": "t", "postalCode": "1"}`,
		`["assertionMethod", "authentication"]`,
		`{"type": ["VerifiableCredential"], "@context": "https://www.w3.org/ns/credentials/v2", "issuer": "urn:i"}`, `"did:key:z6Mk"`, `"2024-01-01T00:00:00Z"`}
	var docs []string
	for name, s := range samples {
		if name != "presentation" {
			docs = append(docs, s)
		}
	}
	sort.Strings(docs)
	random := rand.New(rand.NewPCG(1, uint64(count)))
	taken := 0
	for range count {
		var doc any
		if err := json.Unmarshal([]byte(docs[random.IntN(len(docs))]), &doc); err != nil {
			t.Fatal(err)
		}
		for range 1 + random.IntN(3) {
			var put any
			if err := json.Unmarshal([]byte(values[random.IntN(len(values))]), &put); err != nil {
				t.Fatal(err)
			}
			n := random.IntN(40)
			doc = mutate(doc, &n, names[random.IntN(len(names))], uint8(random.IntN(256)), put)
		}
		body, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(body), "VerifiablePresentation") {
			continue
		}
		v, err := vc.ParseJSON(body)
		if err != nil {
			continue
		}
		got, err := e.Canonicalize(context.Background(), v, Options{Budget: &Budget{steps: 1 << 20, hashes: 500}})
		if err != nil {
			continue
		}
		taken++
		want, err := goldCanonicalize(l, body)
		if strings.Contains(want, goldJSONFault) {
			continue
		}
		if err != nil || string(got) != want {
			t.Errorf("%s: %v\n%s", body, err, cmp.Diff(strings.Split(want, "\n"), strings.Split(string(got), "\n")))
		}
	}
	t.Logf("%d of %d were accepted and are equal", taken, count)
	if taken < count/20 {
		t.Errorf("only %d of %d were compared", taken, count)
	}
}
