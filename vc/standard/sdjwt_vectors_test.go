package standard_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"backpack/vc"
	"backpack/vc/vctest"
)

// A sdCase is a specification in the SD-JWT vectors: the issuer's claims, with
// selectively disclosable parts marked, and those the holder discloses.
type sdCase struct {
	UserClaims yaml.Node      `yaml:"user_claims"`
	Shown      yaml.Node      `yaml:"holder_disclosed_claims"`
	Expect     yaml.Node      `yaml:"expect_verified_user_claims"`
	Decoys     bool           `yaml:"add_decoy_claims"`
	Binding    bool           `yaml:"key_binding"`
	Format     string         `yaml:"serialization_format"`
	Header     map[string]any `yaml:"extra_header_parameters"`
}

// hidden removes the mark from a node and reports whether there was one.
func hidden(n *yaml.Node) (*yaml.Node, bool) {
	if n.Tag != "!sd" {
		return n, false
	}
	c := *n
	c.Style &^= yaml.TaggedStyle
	if c.Tag = ""; c.Kind != yaml.ScalarNode {
		c.Tag = map[yaml.Kind]string{yaml.MappingNode: "!!map", yaml.SequenceNode: "!!seq"}[c.Kind]
	}
	return &c, true
}

// marked converts a node to JSON, with vctest.SD in place of marks.
func marked(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.MappingNode:
		out := vctest.Object{}
		for i := 0; i < len(n.Content); i += 2 {
			key, secret := hidden(n.Content[i])
			v := marked(t, n.Content[i+1])
			if secret {
				v = vctest.SD{Value: v}
			}
			out[key.Value] = v
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, x := range n.Content {
			x, secret := hidden(x)
			v := marked(t, x)
			if secret {
				v = vctest.SD{Value: v}
			}
			out = append(out, v)
		}
		return out
	}
	if n.Value == "None" { // the vectors use Python's None for null
		return nil
	}
	var v any
	if err := n.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// selected records the disclosed parts in keep and returns what a verifier should
// see, derived from the specification only.
func selected(v, shown any, pointer string, keep map[string]bool) any {
	switch v := v.(type) {
	case vctest.Object:
		want, _ := shown.(vctest.Object)
		out := map[string]any{}
		for name, x := range v {
			at := pointer + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
			if sd, ok := x.(vctest.SD); ok {
				if !truthy(want[name]) {
					continue
				}
				keep[at], x = true, sd.Value
			}
			out[name] = selected(x, want[name], at, keep)
		}
		return out
	case []any:
		want, _ := shown.([]any)
		out := []any{}
		for i, x := range v {
			var w any
			if i < len(want) {
				w = want[i]
			}
			at := pointer + "/" + strconv.Itoa(i)
			if sd, ok := x.(vctest.SD); ok {
				if !truthy(w) {
					continue
				}
				keep[at], x = true, sd.Value
			}
			out = append(out, selected(x, w, at, keep))
		}
		return out
	}
	return v
}

func truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case vctest.Object:
		return len(v) > 0
	}
	return true
}

func plainJSON(t *testing.T, v any) any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// registered lists the claims that an issuer adds to the vectors' claims.
var registered = []string{"iss", "iat", "exp", "vct", "cnf"}

// TestSDJWTVectors issues every case of the SD-JWT vectors, discloses the parts the
// case names, verifies the result as an SD-JWT VC and compares the claims.
//
// Two things differ from the vectors on purpose. A case without a type gets one, so
// that all of verification runs. A case in JSON serialisation runs in the compact
// one and is refused in its own: JSON serialisation has several ways to say the
// same thing, and no one issues badges in it (specs D5.5).
func TestSDJWTVectors(t *testing.T) {
	ran := 0
	for _, group := range []string{"python-testcases", "rfc9901-examples", "sd-jwt-vc-examples"} {
		root := vectors(t, "sd-jwt", group)
		cases, err := os.ReadDir(root)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			if !c.IsDir() {
				continue
			}
			ran++
			t.Run(group+"/"+c.Name(), func(t *testing.T) {
				for _, hash := range []string{"", "sha-256", "sha-384", "sha-512"} {
					runSDCase(t, filepath.Join(root, c.Name(), "specification.yml"), hash)
				}
			})
		}
	}
	if ran != 35 {
		t.Errorf("%d cases ran, want 35", ran)
	}
}

func runSDCase(t *testing.T, file, hash string) {
	t.Helper()
	var spec sdCase
	if err := yaml.Unmarshal(read(t, file), &spec); err != nil {
		t.Fatal(err)
	}
	claims := marked(t, &spec.UserClaims).(vctest.Object)
	keep := map[string]bool{}
	want := selected(claims, marked(t, &spec.Shown), "", keep)
	if spec.Expect.Kind != 0 {
		if diff := cmp.Diff(plainJSON(t, marked(t, &spec.Expect)), plainJSON(t, want)); diff != "" {
			t.Fatalf("the test misreads the case:\n%s", diff)
		}
	}

	web := vctest.NewWeb()
	holder := vctest.NewHolder(t)
	whole := issueCase(t, web, &spec, claims, hash, holder)
	d := parse(t, whole)
	shown, err := d.Disclose(func(p string) bool { return keep[p] })
	if err != nil {
		t.Fatal(err)
	}
	text, opt := shown.Raw, vc.Options{}
	if spec.Binding {
		opt = vc.Options{Challenge: "1234567890", Domain: "https://verifier.example"}
		text = holder.Bind(t, text, opt.Domain, opt.Challenge, vctest.Now())
	}
	seen := parse(t, text)
	r := verify(t, newVerifier(t, web), text, opt)
	if r.Verdict(vc.Policy{}) != vc.Valid {
		t.Errorf("%s: %+v", r.Verdict(vc.Policy{}), r.Checks)
	}
	if c := r.Check(vc.CheckHolder); (c.Outcome == vc.Passed) != spec.Binding {
		t.Errorf("holder %s %s: %s", c.Outcome, c.Reason, c.Detail)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(seen.Claims.Raw()), &got); err != nil {
		t.Fatal(err)
	}
	wanted := plainJSON(t, want).(map[string]any)
	for _, name := range registered {
		delete(got, name)
		delete(wanted, name)
	}
	if diff := cmp.Diff(any(wanted), any(got)); diff != "" {
		t.Errorf("claims:\n%s", diff)
	}
	if spec.Format == "json" {
		refuseJSON(t, d)
	}
}

// issueCase returns the SD-JWT with all disclosures.
func issueCase(t *testing.T, web *vctest.Web, spec *sdCase, claims vctest.Object, hash string, holder *vctest.Issuer) []byte {
	t.Helper()
	i := vctest.NewIssuer(t, web, vctest.DIDKey, vctest.P256)
	i.PublishMetadata(t)
	if iss, ok := claims["iss"].(string); ok {
		i.PublishMetadataAt(t, iss)
	}
	payload := vctest.Object{"iss": i.ID, "vct": "https://types.example/case", "iat": 1683000000, "exp": 1883000000}
	if spec.Binding {
		payload["cnf"] = vctest.Object{"jwk": holder.JWK(t, "")}
	}
	for name, v := range claims {
		payload[name] = v
	}
	header := vctest.Object{"typ": "dc+sd-jwt"}
	for name, v := range spec.Header {
		header[name] = v
	}
	if header["kid"] != nil && header["kid"] != i.Method { // the issuer's metadata does not name it
		header["kid"] = i.Method
	}
	c := vctest.Concealer{Hash: hash}
	if spec.Decoys {
		c.Decoys = 3
	}
	return c.Join(i.Compact(t, header, c.Payload(t, payload)))
}

// refuseJSON checks that the flattened JSON serialisation is refused.
func refuseJSON(t *testing.T, d *vc.Document) {
	t.Helper()
	jwt, _, _ := strings.Cut(string(d.Raw), "~")
	parts := strings.Split(jwt, ".")
	var list []string
	for _, x := range d.SD.Disclosures {
		list = append(list, x.Text)
	}
	b, err := json.Marshal(map[string]any{"protected": parts[0], "payload": parts[1], "signature": parts[2], "header": map[string]any{"disclosures": list}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := vc.Parse(b); !errors.Is(err, vc.ErrUnsupported) {
		t.Errorf("JSON serialisation: %v", err)
	}
}

// TestSDJWTTime checks that the vectors are valid at the tests' time.
func TestSDJWTTime(t *testing.T) {
	if now := vctest.Now(); now.Before(time.Unix(1683000000, 0)) || now.After(time.Unix(1883000000, 0)) {
		t.Fatal("the vectors' credentials are not valid at the tests' time")
	}
}
