package vctest

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/jose"
	"backpack/vc/suite"
)

// An SD is a selectively disclosable value of a member or element.
type SD struct{ Value any }

// A Concealer makes SD-JWTs. Its zero value hashes with sha-256.
type Concealer struct {
	Hash        string // _sd_alg; omitted if empty
	Decoys      int    // per object with a concealed member
	Disclosures []string
	salts       int
}

// Payload replaces every SD in a payload by its digest, innermost first.
func (c *Concealer) Payload(t testing.TB, payload Object) Object {
	t.Helper()
	out := c.value(t, payload).(Object)
	if c.Hash != "" {
		out["_sd_alg"] = c.Hash
	}
	return out
}

func (c *Concealer) value(t testing.TB, v any) any {
	t.Helper()
	switch v := v.(type) {
	case SD:
		t.Fatal("the payload itself is an SD")
	case []any:
		out := []any{}
		for _, x := range v {
			if sd, ok := x.(SD); ok {
				out = append(out, Object{"...": c.Conceal(t, c.value(t, sd.Value))})
				continue
			}
			out = append(out, c.value(t, x))
		}
		return out
	case Object:
		return c.object(t, v)
	}
	return v
}

func (c *Concealer) object(t testing.TB, v Object) Object {
	t.Helper()
	out, digests := Object{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if sd, ok := v[name].(SD); ok {
			digests = append(digests, c.Conceal(t, name, c.value(t, sd.Value)))
			continue
		}
		out[name] = c.value(t, v[name])
	}
	if len(digests) > 0 {
		for range c.Decoys {
			digests = append(digests, c.digest(fmt.Sprint("decoy", c.salt())))
		}
		slices.Sort(digests) // hides the order of the members
		out["_sd"] = digests
	}
	return out
}

func (c *Concealer) salt() string {
	c.salts++
	return fmt.Sprintf("salt-%04d", c.salts)
}

// Conceal adds a disclosure of a value, with its name if it has one, and returns the
// digest.
func (c *Concealer) Conceal(t testing.TB, parts ...any) string {
	t.Helper()
	text := vc.EncodeBase64(marshal(t, append([]any{c.salt()}, parts...)))
	c.Disclosures = append(c.Disclosures, text)
	return c.digest(text)
}

func (c *Concealer) digest(text string) string {
	switch c.Hash {
	case "sha-384":
		h := sha512.Sum384([]byte(text))
		return vc.EncodeBase64(h[:])
	case "sha-512":
		h := sha512.Sum512([]byte(text))
		return vc.EncodeBase64(h[:])
	}
	h := sha256.Sum256([]byte(text))
	return vc.EncodeBase64(h[:])
}

// Join returns the SD-JWT without a key binding.
func (c *Concealer) Join(jwt string) []byte {
	return []byte(strings.Join(append([]string{jwt}, c.Disclosures...), "~") + "~")
}

// SDJWT signs a payload as an SD-JWT with a disclosure for every SD. header overrides
// alg and kid; nil removes one.
func (i *Issuer) SDJWT(t testing.TB, header, payload Object) []byte {
	t.Helper()
	var c Concealer
	return c.Join(i.Compact(t, header, c.Payload(t, payload)))
}

// Compact signs a payload as a compact JWS.
func (i *Issuer) Compact(t testing.TB, header, payload Object) string {
	t.Helper()
	alg, err := jose.AlgFor(i.Signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	all := Object{"alg": alg, "kid": i.Method}
	for name, v := range header {
		if all[name] = v; v == nil {
			delete(all, name)
		}
	}
	input := vc.EncodeBase64(marshal(t, all)) + "." + vc.EncodeBase64(marshal(t, payload))
	sig, err := i.Signer.Sign(t.Context(), []byte(input))
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + vc.EncodeBase64(sig)
}

// PublishMetadata publishes the issuer's key in the form of SD-JWT VC under the kid
// key-1, and changes the issuer's id accordingly.
func (i *Issuer) PublishMetadata(t testing.TB) {
	t.Helper()
	i.PublishMetadataAt(t, "https://"+i.host)
}

// PublishMetadataAt is PublishMetadata for an issuer at another address.
func (i *Issuer) PublishMetadataAt(t testing.TB, id string) {
	t.Helper()
	i.ID, i.Method = id, "key-1"
	host, path, _ := strings.Cut(strings.TrimPrefix(id, "https://"), "/")
	address := strings.TrimSuffix("https://"+host+"/.well-known/jwt-vc-issuer/"+path, "/")
	i.serve(t, address, Object{"issuer": id, "jwks": Object{"keys": []any{i.JWK(t, "key-1")}}})
}

// JWK returns the issuer's public key, with kid unless that is empty.
func (i *Issuer) JWK(t testing.TB, kid string) Object {
	t.Helper()
	b, err := jose.MarshalJWK(i.Signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	out := Object{}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	if kid != "" {
		out["kid"] = kid
	}
	return out
}

// Bind adds a key binding; i is the holder of the SD-JWT.
func (i *Issuer) Bind(t testing.TB, sdjwt []byte, audience, nonce string, at time.Time) []byte {
	t.Helper()
	d, err := vc.Parse(sdjwt)
	if err != nil {
		t.Fatal(err)
	}
	out, err := suite.JOSE().(vc.KeyBinder).Bind(t.Context(), d, vc.KeyBinding{Audience: audience, Nonce: nonce, At: at}, i.Signer)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
