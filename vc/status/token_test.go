package status

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/suite"
)

const tokenURL = "https://issuer.example/tokens/1"

// packed encodes a list for a token.
func packed(t testing.TB, bits []byte) string {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(bits); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return vc.EncodeBase64(b.Bytes())
}

// tokenOf returns a signed status list token; change edits it before that.
func tokenOf(t *testing.T, i issuer, size int, bits []byte, typ string, change func(claims, list object)) string {
	t.Helper()
	list := object{"bits": size, "lst": packed(t, bits)}
	claims := object{"sub": tokenURL, "iat": noon.Add(-time.Hour).Unix(), "status_list": list}
	if change != nil {
		change(claims, list)
	}
	b, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := suite.SignJWT(t.Context(), b, map[string]string{"kid": i.method, "typ": typ}, i)
	if err != nil {
		t.Fatal(err)
	}
	return string(signed)
}

func tokenEntry(t *testing.T, idx any) vc.Status {
	t.Helper()
	b, err := json.Marshal(object{"idx": idx, "uri": tokenURL})
	if err != nil {
		t.Fatal(err)
	}
	v, err := vc.ParseJSON(b)
	if err != nil {
		t.Fatal(err)
	}
	return vc.Status{Type: vc.StatusListToken, Value: v}
}

func checkToken(t *testing.T, w *web, by string, entry vc.Status) vc.StatusResult {
	t.Helper()
	l, err := TokenStatusList(Config{Fetch: w, Now: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	got, err := l.CheckStatus(t.Context(), newVerifier(t, w), &vc.Credential{Issuer: vc.Profile{ID: by}}, entry)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestTokenBits decodes the specification's examples: 16 entries of one bit and 12
// of two, the first in the least significant bits.
func TestTokenBits(t *testing.T) {
	for _, x := range []struct {
		size uint64
		bits []byte
		want string
	}{
		{1, []byte{0xB9, 0xA3}, "1001110111000101"},
		{2, []byte{0xC9, 0x44, 0xF9}, "120301011233"},
		{4, []byte{0x21, 0x0f}, "12f0"},
		{8, []byte{0, 1, 2}, "012"},
	} {
		l := &tokenList{size: x.size, bits: x.bits}
		for i, c := range x.want {
			want := map[rune]string{'0': "passed", '1': "failed revoked", '2': "failed suspended"}[c]
			if want == "" {
				want = "unknown unsupported"
			}
			if got := brief(l.result(tokenURL, uint64(i))); got != want {
				t.Errorf("%d bits, entry %d: got %s, want %s", x.size, i, got, want)
			}
		}
		if got := brief(l.result(tokenURL, uint64(len(x.want)))); got != "unknown status_list_invalid" {
			t.Errorf("%d bits, after the end: got %s", x.size, got)
		}
	}
}

// TestTokenPacked decodes the specification's encoded list.
func TestTokenPacked(t *testing.T) {
	b, err := vc.DecodeBase64("eNrbuRgAAhcBXQ")
	if err != nil {
		t.Fatal(err)
	}
	bits, err := inflate(b)
	if err != nil || !bytes.Equal(bits, []byte{0xB9, 0xA3}) {
		t.Errorf("%x, %v", bits, err)
	}
}

func TestTokenStatusList(t *testing.T) {
	i, other := newIssuer(t, 'i'), newIssuer(t, 'o')
	bits := []byte{0x02, 0} // entry 1
	zeros := make([]byte, 17<<20)
	set := func(name string, v any) func(claims, list object) {
		return func(claims, list object) {
			if claims[name] = v; v == nil {
				delete(claims, name)
			}
		}
	}
	inList := func(name string, v any) func(claims, list object) {
		return func(claims, list object) { list[name] = v }
	}
	typ := "statuslist+jwt"
	for _, x := range []struct {
		name, token string
		idx         any
		want        string
	}{
		{"clear", tokenOf(t, i, 1, bits, typ, nil), 0, "passed"},
		{"revoked", tokenOf(t, i, 1, bits, typ, nil), 1, "failed revoked"},
		{"full media type", tokenOf(t, i, 1, bits, "application/statuslist+jwt", nil), 1, "failed revoked"},
		{"suspended", tokenOf(t, i, 2, []byte{2}, typ, nil), 0, "failed suspended"},
		{"not in the list", tokenOf(t, i, 1, bits, typ, nil), 16, "unknown status_list_invalid"},
		{"idx as text", tokenOf(t, i, 1, bits, typ, nil), "1", "unknown status_entry_invalid"},
		{"idx negative", tokenOf(t, i, 1, bits, typ, nil), -1, "unknown status_entry_invalid"},
		{"idx with a fraction", tokenOf(t, i, 1, bits, typ, nil), 1.5, "unknown status_entry_invalid"},
		{"no idx", tokenOf(t, i, 1, bits, typ, nil), nil, "unknown status_entry_invalid"},
		{"another's list", tokenOf(t, other, 1, bits, typ, nil), 1, "unknown status_list_invalid"},
		{"another's list with the issuer as iss", tokenOf(t, other, 1, bits, typ, set("iss", i.id)), 1, "unknown status_list_invalid"},
		{"the issuer's list with another iss", tokenOf(t, i, 1, bits, typ, set("iss", other.id)), 1, "unknown status_list_invalid"},
		{"another of the issuer's lists", tokenOf(t, i, 1, bits, typ, set("sub", tokenURL+"0")), 1, "unknown status_list_invalid"},
		{"no sub", tokenOf(t, i, 1, bits, typ, set("sub", nil)), 1, "unknown status_list_invalid"},
		{"no iat", tokenOf(t, i, 1, bits, typ, set("iat", nil)), 1, "unknown status_list_invalid"},
		{"iat in the future", tokenOf(t, i, 1, bits, typ, set("iat", noon.Add(time.Hour).Unix())), 1, "unknown status_list_invalid"},
		{"expired", tokenOf(t, i, 1, bits, typ, set("exp", noon.Add(-time.Minute).Unix())), 1, "unknown status_list_invalid"},
		{"not expired", tokenOf(t, i, 1, bits, typ, set("exp", noon.Add(time.Minute).Unix())), 1, "failed revoked"},
		{"another kind of JWT", tokenOf(t, i, 1, bits, "JWT", nil), 1, "unknown status_list_invalid"},
		{"a credential", tokenOf(t, i, 1, bits, "vc+jwt", nil), 1, "unknown status_list_invalid"},
		{"three bits", tokenOf(t, i, 3, bits, typ, nil), 1, "unknown status_list_invalid"},
		{"bits as text", tokenOf(t, i, 1, bits, typ, inList("bits", "x")), 1, "unknown status_list_invalid"},
		{"no status_list", tokenOf(t, i, 1, bits, typ, set("status_list", nil)), 1, "unknown status_list_invalid"},
		{"lst in gzip", tokenOf(t, i, 1, bits, typ, inList("lst", Encode2021(bits))), 1, "unknown status_list_invalid"},
		{"bytes after lst", tokenOf(t, i, 1, bits, typ, inList("lst", packed(t, bits)+"AAAA")), 1, "unknown status_list_invalid"},
		{"lst cut off", tokenOf(t, i, 1, bits, typ, inList("lst", packed(t, bits)[:8])), 1, "unknown status_list_invalid"},
		{"empty lst", tokenOf(t, i, 1, bits, typ, inList("lst", "")), 1, "unknown status_list_invalid"},
		{"too large", tokenOf(t, i, 1, zeros, typ, nil), 1, "unknown status_list_invalid"},
		{"not a JWT", "hello", 1, "unknown status_list_invalid"},
		{"missing", "", 1, "unknown status_list_gone"},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := newWeb()
			if x.token != "" {
				w.pages[tokenURL] = x.token
			}
			if got := checkToken(t, w, i.id, tokenEntry(t, x.idx)); brief(got) != x.want {
				t.Errorf("got %s (%s), want %s", brief(got), got.Detail, x.want)
			}
		})
	}
}

// TestTokenTTL asserts that a list is fetched again if a cache held it longer than
// the list allows.
func TestTokenTTL(t *testing.T) {
	i, w := newIssuer(t, 'i'), newWeb()
	w.keep = &vc.Resource{URL: tokenURL, Status: 200, FetchedAt: noon.Add(-10 * time.Minute),
		Body: []byte(tokenOf(t, i, 1, []byte{0}, "statuslist+jwt", func(c, _ object) { c["ttl"] = 300 }))}
	w.pages[tokenURL] = tokenOf(t, i, 1, []byte{1}, "statuslist+jwt", nil)
	if got := brief(checkToken(t, w, i.id, tokenEntry(t, 0))); got != "failed revoked" {
		t.Errorf("an outdated list counts: got %s", got)
	}
}
