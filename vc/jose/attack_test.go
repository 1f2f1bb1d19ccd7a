package jose_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/jose"
)

// keys are one key of each kind of an issuer, and an attacker's key.
type keys struct {
	ed, evil   ed25519.PrivateKey
	p256       *ecdsa.PrivateKey
	p384       *ecdsa.PrivateKey
	rsa, small *rsa.PrivateKey
}

func newKeys(t testing.TB) keys {
	t.Helper()
	var k keys
	var errs [6]error
	_, k.ed, errs[0] = ed25519.GenerateKey(rand.Reader)
	_, k.evil, errs[1] = ed25519.GenerateKey(rand.Reader)
	k.p256, errs[2] = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	k.p384, errs[3] = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	k.rsa, errs[4] = rsa.GenerateKey(rand.Reader, 2048)
	k.small, errs[5] = rsa.GenerateKey(rand.Reader, 1024)
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return k
}

const payload = `{"id":"urn:example:badge","type":["VerifiableCredential"]}`

// compact encodes, signs and joins a compact token.
func compact(header, payload string, sign func(input string) []byte) string {
	input := vc.EncodeBase64([]byte(header)) + "." + vc.EncodeBase64([]byte(payload))
	return input + "." + vc.EncodeBase64(sign(input))
}

func none(string) []byte { return nil }

func signEd(k ed25519.PrivateKey) func(string) []byte {
	return func(s string) []byte { return ed25519.Sign(k, []byte(s)) }
}

func signDER(k *ecdsa.PrivateKey) func(string) []byte {
	return func(s string) []byte {
		sum := sha256.Sum256([]byte(s))
		sig, err := ecdsa.SignASN1(rand.Reader, k, sum[:])
		if err != nil {
			panic(err)
		}
		return sig
	}
}

func signRaw(k *ecdsa.PrivateKey) func(string) []byte {
	return func(s string) []byte {
		digest := crypto.Hash.New
		h := digest(crypto.SHA256)
		if k.Curve == elliptic.P384() {
			h = sha512.New384()
		}
		h.Write([]byte(s))
		r, v, err := ecdsa.Sign(rand.Reader, k, h.Sum(nil))
		if err != nil {
			panic(err)
		}
		n := (k.Params().BitSize + 7) / 8
		return append(r.FillBytes(make([]byte, n)), v.FillBytes(make([]byte, n))...)
	}
}

func signPKCS1(k *rsa.PrivateKey) func(string) []byte {
	return func(s string) []byte {
		sum := sha256.Sum256([]byte(s))
		sig, err := rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, sum[:])
		if err != nil {
			panic(err)
		}
		return sig
	}
}

func signPSS(k *rsa.PrivateKey, salt int) func(string) []byte {
	return func(s string) []byte {
		sum := sha256.Sum256([]byte(s))
		sig, err := rsa.SignPSS(rand.Reader, k, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: salt})
		if err != nil {
			panic(err)
		}
		return sig
	}
}

func signHMAC(key []byte) func(string) []byte {
	return func(s string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(s))
		return h.Sum(nil)
	}
}

// verify parses and verifies a token with the issuer's key.
func verify(token string, key crypto.PublicKey) error {
	j, err := vc.ParseJWS([]byte(token))
	if err != nil {
		return err
	}
	return jose.VerifyJWS(j.Alg, key, j.SigningInput, j.Signature)
}

// TestThreat04HonestTokens asserts that the tokens that the attacks below alter are
// accepted unaltered.
func TestThreat04HonestTokens(t *testing.T) {
	k := newKeys(t)
	for name, x := range map[string]struct {
		token string
		key   crypto.PublicKey
	}{
		"EdDSA":  {compact(`{"alg":"EdDSA"}`, payload, signEd(k.ed)), k.ed.Public()},
		"ES256":  {compact(`{"alg":"ES256"}`, payload, signRaw(k.p256)), &k.p256.PublicKey},
		"ES384":  {compact(`{"alg":"ES384"}`, payload, signRaw(k.p384)), &k.p384.PublicKey},
		"RS256":  {compact(`{"alg":"RS256"}`, payload, signPKCS1(k.rsa)), &k.rsa.PublicKey},
		"PS256":  {compact(`{"alg":"PS256"}`, payload, signPSS(k.rsa, 32)), &k.rsa.PublicKey},
		"spaces": {compact(` { "kid" : "x" , "alg" : "EdDSA" } `, payload, signEd(k.ed)), k.ed.Public()},
	} {
		if err := verify(x.token, x.key); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestThreat04AttackTokens tries the known ways to get a JWS accepted that the
// issuer did not sign, or in a second encoding (RFC 8725, specs D5.3, D5.5).
func TestThreat04AttackTokens(t *testing.T) {
	k := newKeys(t)
	ed, ec, rs := k.ed.Public(), &k.p256.PublicKey, &k.rsa.PublicKey
	good := compact(`{"alg":"EdDSA"}`, payload, signEd(k.ed))
	part := strings.Split(good, ".")
	der := x509.MarshalPKCS1PublicKey(rs)
	pkix, _ := x509.MarshalPKIXPublicKey(rs)
	pemText := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pkix})
	evilJWK, _ := jose.MarshalJWK(k.evil.Public())
	sig, _ := base64.RawURLEncoding.DecodeString(part[2])
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)

	header := func(h string, sign func(string) []byte) string { return compact(h, payload, sign) }
	raw := signRaw(k.p256)
	for _, x := range []struct {
		name  string
		token string
		key   crypto.PublicKey
	}{
		{"alg none", header(`{"alg":"none"}`, none), ed},
		{"alg None", header(`{"alg":"None"}`, none), ed},
		{"alg NONE with a signature", header(`{"alg":"NONE"}`, signEd(k.ed)), ed},
		{"alg none, RSA key", header(`{"alg":"none"}`, none), rs},
		{"alg empty", header(`{"alg":""}`, signEd(k.ed)), ed},
		{"alg missing", header(`{"typ":"JWT"}`, signEd(k.ed)), ed},
		{"alg null", header(`{"alg":null}`, signEd(k.ed)), ed},
		{"alg a list", header(`{"alg":["EdDSA"]}`, signEd(k.ed)), ed},
		{"alg in lower case", header(`{"alg":"eddsa"}`, signEd(k.ed)), ed},
		{"alg twice", header(`{"alg":"none","alg":"EdDSA"}`, signEd(k.ed)), ed},
		{"alg escaped twice", header(`{"alg":"EdDSA","\u0061lg":"none"}`, signEd(k.ed)), ed},
		{"ALG in capitals", header(`{"ALG":"EdDSA"}`, signEd(k.ed)), ed},
		{"HS256 with the RSA key in DER", header(`{"alg":"HS256"}`, signHMAC(der)), rs},
		{"HS256 with the RSA key in PEM", header(`{"alg":"HS256"}`, signHMAC(pemText)), rs},
		{"HS256 with the Ed25519 key", header(`{"alg":"HS256"}`, signHMAC(k.ed.Public().(ed25519.PublicKey))), ed},
		{"HS256 with an empty secret", header(`{"alg":"HS256"}`, signHMAC(nil)), rs},
		{"RS256 with an Ed25519 key", header(`{"alg":"RS256"}`, signEd(k.ed)), ed},
		{"EdDSA with an RSA key", header(`{"alg":"EdDSA"}`, signPKCS1(k.rsa)), rs},
		{"ES384 with a P-256 key", header(`{"alg":"ES384"}`, raw), ec},
		{"ES256 with a P-384 key", header(`{"alg":"ES256"}`, signRaw(k.p384)), &k.p384.PublicKey},
		{"RS256 header, PSS signature", header(`{"alg":"RS256"}`, signPSS(k.rsa, 32)), rs},
		{"PS256 header, PKCS #1 signature", header(`{"alg":"PS256"}`, signPKCS1(k.rsa)), rs},
		{"PS256 with a salt of 20 bytes", header(`{"alg":"PS256"}`, signPSS(k.rsa, 20)), rs},
		{"RS256 with 1024 bits", header(`{"alg":"RS256"}`, signPKCS1(k.small)), &k.small.PublicKey},
		{"RS1", header(`{"alg":"RS1"}`, signPKCS1(k.rsa)), rs},
		{"own key in jwk", header(`{"alg":"EdDSA","jwk":`+string(evilJWK)+`}`, signEd(k.evil)), ed},
		{"own key at jku", header(`{"alg":"EdDSA","jku":"https://evil.example/keys"}`, signEd(k.evil)), ed},
		{"own key at x5u", header(`{"alg":"EdDSA","x5u":"https://evil.example/cert"}`, signEd(k.evil)), ed},
		{"own key in x5c", header(`{"alg":"EdDSA","x5c":["MIIB"]}`, signEd(k.evil)), ed},
		{"kid with a file path", header(`{"alg":"EdDSA","kid":"../../dev/null"}`, signEd(k.evil)), ed},
		{"crit unknown", header(`{"alg":"EdDSA","crit":["exp"],"exp":1}`, signEd(k.ed)), ed},
		{"crit empty", header(`{"alg":"EdDSA","crit":[]}`, signEd(k.ed)), ed},
		{"crit not a list", header(`{"alg":"EdDSA","crit":"exp"}`, signEd(k.ed)), ed},
		{"crit of a number", header(`{"alg":"EdDSA","crit":[1]}`, signEd(k.ed)), ed},
		{"b64 false", header(`{"alg":"EdDSA","b64":false,"crit":["b64"]}`, signEd(k.ed)), ed},
		{"b64 false, not critical", header(`{"alg":"EdDSA","b64":false}`, signEd(k.ed)), ed},
		{"b64 true", header(`{"alg":"EdDSA","b64":true,"crit":["b64"]}`, signEd(k.ed)), ed},
		{"DER in ES256", header(`{"alg":"ES256"}`, signDER(k.p256)), ec},
		{"r and s zero", header(`{"alg":"ES256"}`, func(string) []byte { return make([]byte, 64) }), ec},
		{"r zero", header(`{"alg":"ES256"}`, func(s string) []byte { return append(make([]byte, 32), raw(s)[32:]...) }), ec},
		{"s zero", header(`{"alg":"ES256"}`, func(s string) []byte { return append(raw(s)[:32], make([]byte, 32)...) }), ec},
		{"r the order", header(`{"alg":"ES256"}`, func(s string) []byte { return append(elliptic.P256().Params().N.Bytes(), raw(s)[32:]...) }), ec},
		{"trailing byte in ES256", header(`{"alg":"ES256"}`, func(s string) []byte { return append(raw(s), 0) }), ec},
		{"short ES256", header(`{"alg":"ES256"}`, func(s string) []byte { return raw(s)[:63] }), ec},
		{"ES256 signature doubled", header(`{"alg":"ES256"}`, func(s string) []byte { return append(raw(s), raw(s)...) }), ec},
		{"trailing byte in EdDSA", header(`{"alg":"EdDSA"}`, func(s string) []byte { return append(signEd(k.ed)(s), 0) }), ed},
		{"S plus the order", part[0] + "." + part[1] + "." + vc.EncodeBase64(addOrder(sig, order)), ed},
		{"zeros before RS256", header(`{"alg":"RS256"}`, func(s string) []byte { return append([]byte{0}, signPKCS1(k.rsa)(s)...) }), rs},
		{"no signature", part[0] + "." + part[1] + ".", ed},
		{"two parts", part[0] + "." + part[1], ed},
		{"four parts", good + ".", ed},
		{"five parts", "." + good + ".", ed},
		{"padded signature", good + "==", ed},
		{"padded header", part[0] + "=." + part[1] + "." + part[2], ed},
		{"spare bits set", part[0] + "." + part[1] + "." + spareBits(part[2]), ed},
		{"plain base64", part[0] + "." + part[1] + "." + strings.NewReplacer("-", "+", "_", "/").Replace(vc.EncodeBase64([]byte("\xfb\xff"+string(sig[2:])))), ed},
		{"line break in the payload", part[0] + "." + part[1][:4] + "\n" + part[1][4:] + "." + part[2], ed},
		{"line break in the signature", good[:len(good)-2] + "\r\n" + good[len(good)-2:], ed},
		{"space after the header", part[0] + " ." + part[1] + "." + part[2], ed},
		{"byte order mark", "\uFEFF" + good, ed},
		{"another payload", part[0] + "." + vc.EncodeBase64([]byte(`{}`)) + "." + part[2], ed},
		{"payload left out", part[0] + ".." + part[2], ed},
		{"header that is not an object", header(`["alg","EdDSA"]`, signEd(k.ed)), ed},
		{"bytes after the header", header(`{"alg":"EdDSA"}{}`, signEd(k.ed)), ed},
		{"header in UTF-16", header("{\x00\"\x00", signEd(k.ed)), ed},
		{"JSON serialisation", `{"payload":"` + part[1] + `","protected":"` + part[0] + `","signature":"` + part[2] + `"}`, ed},
		{"no key", good, nil},
		{"key of a wrong length", good, ed25519.PublicKey("short")},
		{"key that is a pointer", good, &k.ed},
		{"no P-256 key", header(`{"alg":"ES256"}`, raw), (*ecdsa.PublicKey)(nil)},
		{"no RSA key", header(`{"alg":"RS256"}`, signPKCS1(k.rsa)), (*rsa.PublicKey)(nil)},
	} {
		t.Run(x.name, func(t *testing.T) {
			if err := verify(x.token, x.key); err == nil {
				t.Errorf("got no error for %s", x.token)
			}
		})
	}
}

// addOrder returns the Ed25519 signature with S + L instead of S, which a careless
// verifier accepts.
func addOrder(sig []byte, order *big.Int) []byte {
	out := append([]byte(nil), sig[:32]...)
	s := append([]byte(nil), sig[32:]...)
	reverse(s)
	sum := new(big.Int).Add(new(big.Int).SetBytes(s), order).FillBytes(make([]byte, 32))
	reverse(sum)
	return append(out, sum...)
}

func reverse(b []byte) {
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
}

// spareBits sets an unused bit of the last character.
func spareBits(s string) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(digits, s[len(s)-1])
	return s[:len(s)-1] + string(digits[last|1])
}
