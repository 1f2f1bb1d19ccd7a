package vc_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
)

func digest(text string) string {
	h := sha256.Sum256([]byte(text))
	return vc.EncodeBase64(h[:])
}

// unsigned returns an issuer's JWT with a meaningless signature, which parsing
// ignores.
func unsigned(payload string) string {
	return vc.EncodeBase64([]byte(`{"alg":"ES256"}`)) + "." + vc.EncodeBase64([]byte(payload)) + ".c2ln"
}

// disclosure encodes a disclosure as written.
func disclosure(json string) string { return vc.EncodeBase64([]byte(json)) }

// sd joins a payload and its disclosures. {0}, {1}, … in the payload stand for
// their digests.
func sd(payload string, disclosures ...string) string {
	out := ""
	for i, d := range disclosures {
		payload = strings.ReplaceAll(payload, fmt.Sprintf("{%d}", i), digest(d))
		out += d + "~"
	}
	return unsigned(payload) + "~" + out
}

func TestSDJWTShows(t *testing.T) {
	name, street := disclosure(`["s1","name","Ada"]`), disclosure(`["s2","street","Main St"]`)
	address := disclosure(fmt.Sprintf(`["s3","address",{"_sd":[%q],"city":"Ulm"}]`, digest(street)))
	de, fr := disclosure(`["s4","DE"]`), disclosure(`[ "s5" , [ "FR", null ] ]`)
	for _, x := range []struct {
		name, text, want string
		hidden           int
	}{
		{"nothing to disclose", sd(`{"a":1}`), `{"a":1}`, 0},
		{"one member", sd(`{"_sd":["{0}"],"a":1}`, name), `{"a":1,"name":"Ada"}`, 0},
		{"undisclosed member", sd(`{"_sd":["` + digest(name) + `"],"a":1}`), `{"a":1}`, 1},
		{"nothing disclosed", sd(`{"_sd":["x","y"]}`), `{}`, 2},
		{"_sd_alg removed", sd(`{"_sd_alg":"sha-256","_sd":["{0}"]}`, name), `{"name":"Ada"}`, 0},
		{"empty _sd", sd(`{"b":{"_sd":[]}}`), `{"b":{}}`, 0},
		{"inside a disclosure", sd(`{"_sd":["{0}"]}`, address, street), `{"address":{"city":"Ulm","street":"Main St"}}`, 0},
		{"inside a disclosure, undisclosed", sd(`{"_sd":["{0}"]}`, address), `{"address":{"city":"Ulm"}}`, 1},
		{"in the order of the disclosures", sd(`{"_sd":["{1}","{0}"],"a":1}`, name, disclosure(`["s","b",2]`)), `{"a":1,"name":"Ada","b":2}`, 0},
		{"elements", sd(`{"n":[{"...":"{0}"},"AT",{"...":"{1}"},{"...":"decoy"}]}`, de, fr), `{"n":["DE","AT",[ "FR", null ]]}`, 1},
		{"no element disclosed", sd(`{"n":[{"...":"x"}]}`), `{"n":[]}`, 1},
		{"text kept as written", sd(`{ "a" : [ 1.0 , "ü" ] , "b":{"_sd":[ ] } }`), `{"a":[ 1.0 , "ü" ],"b":{}}`, 0},
		{"null disclosed", sd(`{"_sd":["{0}"]}`, disclosure(`["s","x",null]`)), `{"x":null}`, 0},
		{"name with special characters", sd(`{"_sd":["{0}"]}`, disclosure(`["s","a\"<b",1]`)), `{"a\"\u003cb":1}`, 0},
	} {
		t.Run(x.name, func(t *testing.T) {
			s, err := vc.ParseSDJWT([]byte(x.text))
			if err != nil {
				t.Fatal(err)
			}
			if s.Claims.Raw() != x.want || s.Hidden != x.hidden {
				t.Errorf("%s, %d hidden; want %s, %d", s.Claims.Raw(), s.Hidden, x.want, x.hidden)
			}
			same(t, s.Claims)
		})
	}
}

// same checks that the text of claims matches their values.
func same(t testing.TB, v *vc.Value) {
	t.Helper()
	again, err := vc.ParseJSON([]byte(v.Raw()))
	if err != nil {
		t.Fatalf("%v: %s", err, v.Raw())
	}
	var compare func(a, b *vc.Value)
	compare = func(a, b *vc.Value) {
		if a.Kind() != b.Kind() || a.Name() != b.Name() || a.Text() != b.Text() || a.Raw() != b.Raw() || len(a.Items()) != len(b.Items()) {
			t.Fatalf("%q: %s became %s", a.Name(), a.Raw(), b.Raw())
		}
		for i := range a.Items() {
			compare(&a.Items()[i], &b.Items()[i])
		}
	}
	compare(v, again)
}

func TestSDJWTPointers(t *testing.T) {
	street := disclosure(`["s2","str~eet/","Main St"]`)
	address := disclosure(fmt.Sprintf(`["s3","address",{"_sd":[%q]}]`, digest(street)))
	de := disclosure(`["s4","DE"]`)
	s, err := vc.ParseSDJWT([]byte(sd(`{"_sd":["{0}"],"n":[{"...":"gone"},{"...":"{2}"}]}`, address, street, de)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range s.Disclosures {
		got = append(got, fmt.Sprint(d.Pointer, " ", d.Parent))
	}
	want := []string{"/address -1", "/address/str~0eet~1 0", "/n/0 -1"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestSDJWTRefuses tries manipulations that would show more than, or something
// other than, what was signed (RFC 9901, 7.1 and 9).
func TestSDJWTRefuses(t *testing.T) {
	name, other := disclosure(`["s1","name","Ada"]`), disclosure(`["s1","name","Eve"]`)
	element := disclosure(`["s4","DE"]`)
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	cyclic := disclosure(`["s","a",{"_sd":["x"]}]`)
	malformed, large, unsupported := vc.ErrMalformed, vc.ErrTooLarge, vc.ErrUnsupported
	deep := deepDisclosures(70)
	many := make([]string, 1001)
	for i := range many {
		many[i] = disclosure(fmt.Sprintf(`["s","n%d",1]`, i))
	}
	for _, x := range []struct {
		name, text string
		want       error
	}{
		{"no final ~", strings.TrimSuffix(sd(`{"_sd":["{0}"]}`, name), "~"), malformed},
		{"no ~ at all", unsigned(`{}`), malformed},
		{"~~", unsigned(`{}`) + "~~", malformed},
		{"empty disclosure in the middle", strings.Replace(sd(`{"_sd":["{0}"]}`, name), "~", "~~", 1), malformed},
		{"leading ~", "~" + sd(`{}`), malformed},
		{"unused disclosure", sd(`{"a":1}`, name), malformed},
		{"unused disclosure beside a used one", sd(`{"_sd":["{0}"]}`, name, other), malformed},
		{"duplicate disclosure", sd(`{"_sd":["{0}"]}`, name, name), malformed},
		{"duplicate digest in one list", sd(`{"_sd":["{0}","{0}"]}`, name), malformed},
		{"duplicate digest in two places", sd(`{"_sd":["{0}"],"b":{"_sd":["{0}"]}}`, name), malformed},
		{"duplicate decoy digest", sd(`{"_sd":["x"],"b":{"_sd":["x"]}}`), malformed},
		{"digest as member and as element", sd(`{"_sd":["{0}"],"b":[{"...":"{0}"}]}`, name), malformed},
		{"duplicate digest, once inside a disclosure", sd(`{"_sd":["{0}","x"]}`, cyclic), malformed},
		{"existing name", sd(`{"_sd":["{0}"],"name":"Bob"}`, name), malformed},
		{"existing name with null", sd(`{"_sd":["{0}"],"name":null}`, name), malformed},
		{"same name twice", sd(`{"_sd":["{0}","{1}"]}`, name, other), malformed},
		{"named _sd", sd(`{"_sd":["{0}"]}`, disclosure(`["s","_sd",["x"]]`)), malformed},
		{"named ...", sd(`{"_sd":["{0}"]}`, disclosure(`["s","...","x"]`)), malformed},
		{"named _sd_alg", sd(`{"_sd":["{0}"]}`, disclosure(`["s","_sd_alg","sha-1"]`)), malformed},
		{"nested _sd_alg", sd(`{"b":{"_sd_alg":"sha-256"}}`), malformed},
		{"_sd_alg inside a disclosure", sd(`{"_sd":["{0}"]}`, disclosure(`["s","b",{"_sd_alg":"sha-256"}]`)), malformed},
		{"... outside a list", sd(`{"...":"x"}`), malformed},
		{"nested ... outside a list", sd(`{"b":{"...":"{0}"}}`, element), malformed},
		{"... beside another member", sd(`{"b":[{"...":"{0}","x":1}]}`, element), malformed},
		{"... is not a text", sd(`{"b":[{"...":["{0}"]}]}`, element), malformed},
		{"... disclosed as an element", sd(`{"b":[{"...":"{0}"}]}`, disclosure(`["s",{"...":"x"}]`)), malformed},
		{"_sd is a text", sd(`{"_sd":"{0}"}`, name), malformed},
		{"_sd contains a number", sd(`{"_sd":["{0}",7]}`, name), malformed},
		{"_sd is null", sd(`{"_sd":null}`), malformed},
		{"_sd contains a list", sd(`{"_sd":[["{0}"]]}`, name), malformed},
		{"element as a member", sd(`{"_sd":["{0}"]}`, element), malformed},
		{"member as an element", sd(`{"b":[{"...":"{0}"}]}`, name), malformed},
		{"disclosure with four items", sd(`{"_sd":["{0}"]}`, disclosure(`["s","a",1,2]`)), malformed},
		{"disclosure with one item", sd(`{"_sd":["{0}"]}`, disclosure(`["s"]`)), malformed},
		{"disclosure is an object", sd(`{"_sd":["{0}"]}`, disclosure(`{"name":"Ada"}`)), malformed},
		{"disclosure without a salt", sd(`{"_sd":["{0}"]}`, disclosure(`[7,"name","Ada"]`)), malformed},
		{"name is not a text", sd(`{"_sd":["{0}"]}`, disclosure(`["s",["name"],"Ada"]`)), malformed},
		{"value with a duplicate member", sd(`{"_sd":["{0}"]}`, disclosure(`["s","a",{"x":1,"x":2}]`)), malformed},
		{"disclosure with trailing data", sd(`{"_sd":["{0}"]}`, disclosure(`["s","a",1]]`)), malformed},
		{"disclosure in standard base64", sd(`{"_sd":["{0}"]}`, "WyJzIiwiYSIsIj8/Pz8iXQ"), malformed},
		{"padded disclosure", sd(`{"_sd":["{0}"]}`, "WyJzMSIsIkFkYSJd="), malformed},
		{"spare bits in a disclosure", sd(`{"_sd":["{0}"]}`, "WyJzIiwiYSIsMTFd"[:15]), malformed},
		{"digest of the bytes, not of the text", sd(`{"_sd":["`+digest(`["s1","name","Ada"]`)+`"]}`, name), malformed},
		{"digest by another algorithm", strings.Replace(sd(`{"_sd":["{0}"]}`, name), "sha-256", "sha-512", 1) + name + "~", malformed},
		{"sha-1", sd(`{"_sd_alg":"sha-1","_sd":["{0}"]}`, name), unsupported},
		{"md5 and nothing disclosed", sd(`{"_sd_alg":"md5","a":1}`), unsupported},
		{"SHA-256 in capitals", sd(`{"_sd_alg":"SHA-256","_sd":["{0}"]}`, name), unsupported},
		{"_sd_alg is a list", sd(`{"_sd_alg":["sha-256"]}`), unsupported},
		{"payload is a list", sd(`[{"...":"{0}"}]`, element), unsupported},
		{"payload is not JSON", sd(`hello`), malformed},
		{"payload with a duplicate member", sd(`{"a":1,"a":2}`), malformed},
		{"two key bindings", sd(`{}`) + unsigned(`{}`) + "~" + unsigned(`{}`), malformed},
		{"key binding in the middle", strings.Replace(sd(`{"_sd":["{0}"]}`, name), "~", "~"+unsigned(`{}`)+"~", 1), malformed},
		{"key binding is a disclosure", sd(`{"_sd":["{0}"]}`, name) + name, malformed},
		{"too many disclosures", sd(`{}`, many...), large},
		{"payload nested too deep", sd(`{"a":` + nested(64) + `}`), large},
		{"disclosures nested too deep", deep, large},
		{"names too long", sd(`{"`+strings.Repeat("n", 5000)+`":[{"...":"{0}"}]}`, element), large},
		{"JSON serialisation", `{"payload":"e30","protected":"e30","signature":"c2ln","header":{"disclosures":["x~"]}}`, malformed},
	} {
		t.Run(x.name, func(t *testing.T) {
			s, err := vc.ParseSDJWT([]byte(x.text))
			if !errors.Is(err, x.want) {
				t.Errorf("%v, want %v", err, x.want)
			}
			if err == nil {
				t.Logf("accepted: %s", s.Claims.Raw())
			}
		})
	}
}

// deepDisclosures nests n disclosures.
func deepDisclosures(n int) string {
	inner := disclosure(`["s","x",1]`)
	all := []string{inner}
	for range n {
		inner = disclosure(fmt.Sprintf(`["s","x",{"_sd":[%q]}]`, digest(inner)))
		all = append(all, inner)
	}
	return unsigned(fmt.Sprintf(`{"_sd":[%q]}`, digest(inner))) + "~" + strings.Join(all, "~") + "~"
}

// TestSDJWTWork parses the most expensive inputs within the limits: long names
// above many values, and large values in nested disclosures.
func TestSDJWTWork(t *testing.T) {
	long := `{"` + strings.Repeat("n", 1<<20) + `":[` + strings.Repeat("1,", 100_000) + `{"...":"x"}]}`
	if _, err := vc.ParseSDJWT([]byte(sd(long))); err != nil {
		t.Error(err)
	}
	big := disclosure(`["s","x","` + strings.Repeat("y", 1<<20) + `"]`)
	inner, all := big, []string{big}
	for range 40 {
		inner = disclosure(fmt.Sprintf(`["s","x",{"_sd":[%q]}]`, digest(inner)))
		all = append(all, inner)
	}
	s, err := vc.ParseSDJWT([]byte(unsigned(fmt.Sprintf(`{"_sd":[%q]}`, digest(inner))) + "~" + strings.Join(all, "~") + "~"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, s.Claims)
}

func TestDisclose(t *testing.T) {
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256)
	whole := i.SDJWT(t, vctest.Object{"typ": "dc+sd-jwt"}, vctest.Object{
		"vct": "https://types.example/x", "iss": i.ID,
		"name": vctest.SD{Value: "Ada"}, "born": vctest.SD{Value: "1815"},
		"address": vctest.SD{Value: vctest.Object{"street": vctest.SD{Value: "Main St"}, "city": vctest.SD{Value: "Ulm"}, "country": "DE"}},
		"grades":  []any{vctest.SD{Value: "A"}, vctest.SD{Value: "B"}},
	})
	d, err := vc.Parse(whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		pointers string
		want     string // disclosed claims
	}{
		{"/name", `{"name":"Ada"}`},
		{"", `{}`},
		{"/address", `{"address":{"city":"Ulm","country":"DE","street":"Main St"}}`},
		{"/address/city", `{"address":{"city":"Ulm","country":"DE"}}`},
		{"/grades/1", `{"grades":["B"]}`},
		{"/nothing", `{}`},
		{"/nam", `{}`},
		{"/name /born", `{"born":"1815","name":"Ada"}`},
	} {
		less, err := d.Disclose(below(strings.Fields(x.pointers)))
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal([]byte(less.Claims.Raw()), &got); err != nil {
			t.Fatal(err)
		}
		delete(got, "iss")
		delete(got, "vct")
		if grades, _ := got["grades"].([]any); len(grades) == 0 {
			delete(got, "grades")
		}
		text, _ := json.Marshal(got)
		if string(text) != x.want {
			t.Errorf("%q: %s, want %s", x.pointers, text, x.want)
		}
		jwt, _, _ := bytes.Cut(whole, []byte("~"))
		if !bytes.HasPrefix(less.Raw, append(jwt, '~')) {
			t.Errorf("%q: the signed JWT has changed", x.pointers)
		}
	}
	all, err := d.Disclose(below([]string{""}))
	if err != nil || !bytes.Equal(all.Raw, whole) {
		t.Errorf("everything: %v", err)
	}
	jwt, err := vc.Parse(i.Issue(t, vctest.As(vctest.JOSEVC)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jwt.Disclose(below(nil)); !errors.Is(err, vc.ErrUnsupported) {
		t.Errorf("JWT: %v", err)
	}
}

// below returns a function for Disclose that keeps the values at pointers and
// everything in them.
func below(pointers []string) func(pointer string) bool {
	return func(p string) bool {
		for _, want := range pointers {
			if want == "" || p == want || strings.HasPrefix(p, want+"/") {
				return true
			}
		}
		return false
	}
}

// FuzzSDJWT checks that parsing never panics and that the text of the claims
// matches their values, which are shown.
func FuzzSDJWT(f *testing.F) {
	name := disclosure(`["s1","name","Ada"]`)
	f.Add(`{"_sd":["{0}"],"a":[{"...":"{1}"}]}`, name, disclosure(`["s",[1]]`), "")
	f.Add(`{"_sd_alg":"sha-512","b":{"_sd":[]}}`, name, name, unsigned(`{"sd_hash":"x"}`))
	f.Add(`{"_sd":["{0}"],"vct":"x","iss":"https://a.example"}`, disclosure(`["s","a",{"_sd":["{1}"]}]`), name, "x")
	f.Fuzz(func(t *testing.T, payload, a, b, rest string) {
		text := sd(payload, a, b) + rest
		s, err := vc.ParseSDJWT([]byte(text))
		if err != nil {
			if s != nil && s.Claims != nil {
				t.Error("claims and an error")
			}
			return
		}
		same(t, s.Claims)
		if strings.Contains(s.Claims.Raw(), `"_sd":`) {
			t.Errorf("_sd remains: %s", s.Claims.Raw())
		}
		if _, err := vc.Parse([]byte(text)); errors.Is(err, vc.ErrMalformed) {
			t.Errorf("ParseSDJWT accepts it, Parse does not: %v", err)
		}
	})
}
