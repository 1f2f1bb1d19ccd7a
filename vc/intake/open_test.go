package intake

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"

	"backpack/vc"
	"backpack/vc/bake"
)

const (
	badge3 = `{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"id":"urn:uuid:1",` +
		`"type":["VerifiableCredential","OpenBadgeCredential"],"name":"Bees","issuer":{"id":"https://issuer.example","type":["Profile"],"name":"I"},` +
		`"validFrom":"2024-01-01T00:00:00Z","credentialSubject":{"id":"did:example:1","type":["AchievementSubject"],` +
		`"achievement":{"id":"https://issuer.example/b","type":["Achievement"],"name":"Bees","description":"d","criteria":{"narrative":"n"}}}}`
	badge2 = `{"@context":"https://w3id.org/openbadges/v2","id":"https://issuer.example/a/1","type":"Assertion","recipient":{"type":"email",` +
		`"hashed":false,"identity":"a@example.org"},"badge":"https://issuer.example/b/1","verification":{"type":"HostedBadge"},"issuedOn":"2020-01-01T00:00:00Z"}`
	sdvc    = `{"iss":"https://issuer.example","vct":"https://types.example/bees"}`
	badge05 = `{"recipient":"sha256$00","salt":"x","issued_on":"2012-01-01","badge":{"version":"0.5.0","name":"n","image":"/i.png","description":"d",` +
		`"criteria":"/c","issuer":{"origin":"https://issuer.example","name":"n"}}}`
	address  = "https://issuer.example/a/1"
	key      = `{"id":"did:key:z#k","type":"Ed25519VerificationKey2020","publicKeyMultibase":"z6","privateKeyMultibase":"z7"}`
	class2   = `{"@context":"https://w3id.org/openbadges/v2","id":"https://issuer.example/b/1","type":"BadgeClass","name":"n","criteria":{}}`
	didDoc   = `{"id":"did:key:z","authentication":["did:key:z#k"]}`
	wrapVP   = `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"],"verifiableCredential":[%s]}`
	envelope = `{"@context":"https://www.w3.org/ns/credentials/v2","type":"EnvelopedVerifiableCredential","id":"data:application/vc+jwt,%s"}`
)

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// token returns a compact JWS with an invalid signature.
func token(payload string) string {
	return b64(`{"alg":"ES256","typ":"JWT"}`) + "." + b64(payload) + "." + b64("signature")
}

// coseOf returns a COSE_Sign1 with an invalid signature.
func coseOf(t testing.TB, payload string) []byte {
	t.Helper()
	header, err := cbor.Marshal(map[int]int{1: -7})
	if err != nil {
		t.Fatal(err)
	}
	b, err := cbor.Marshal(cbor.Tag{Number: 18, Content: []any{header, map[int]int{}, []byte(payload), []byte("signature")}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// picture returns a PNG without badge or code.
func picture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 40))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func baked(t testing.TB, pic []byte, keyword, text string) []byte {
	t.Helper()
	b, err := bake.Embed(pic, keyword, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// describe describes an item in one line.
func describe(it Item) string {
	s := ""
	switch {
	case it.Doc != nil && it.Doc.Presentation != nil:
		s = "presentation " + string(it.Doc.Form)
	case it.Doc != nil && it.Doc.Credential != nil:
		s = "badge " + string(it.Doc.Form) + it.Doc.Version
	case it.Link != "":
		s = "link " + it.Link
	default:
		s = string(it.Problem)
	}
	if it.Offer != "" {
		s += " " + it.Offer
	}
	if it.Image != nil {
		s += " +image"
	}
	if it.Name != "" {
		s = it.Name + ": " + s
	}
	return s
}

// check checks the invariants of items and returns their descriptions.
func check(t *testing.T, items []Item) []string {
	t.Helper()
	var out []string
	for _, it := range items {
		if (it.Err != nil) != (it.Problem != "") {
			t.Errorf("%s: error %v with problem %q", describe(it), it.Err, it.Problem)
		}
		if it.Doc == nil && it.Link == "" && it.Problem == "" {
			t.Errorf("empty item: %+v", it)
		}
		if it.Err != nil && !known(it.Err) {
			t.Errorf("unknown error: %v", it.Err)
		}
		if it.Problem != "" && it.Source != nil {
			t.Errorf("%s: has a Source", describe(it))
		}
		out = append(out, describe(it))
	}
	return out
}

func known(err error) bool {
	for _, e := range []error{vc.ErrMalformed, vc.ErrTooLarge, vc.ErrTooComplex, vc.ErrUnsupported, vc.ErrNotFound, vc.ErrForbidden, vc.ErrUnreachable,
		context.Canceled} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func TestOpen(t *testing.T) {
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)
	pic := picture(t)
	for _, tc := range []struct {
		name string
		in   string
		want []string
	}{
		{"nothing", " \n", []string{"empty"}},
		{"badge of 3.0", badge3, []string{"badge unsigned"}},
		{"with a byte order mark", "\ufeff" + badge3, []string{"badge unsigned"}},
		{"badge of 2.0", badge2, []string{"badge ob-hosted2.0"}},
		{"badge of 0.5", badge05, []string{"badge ob-hosted0.5"}},
		{"JWT", token(badge3), []string{"badge vc-jwt"}},
		{"JWT broken into lines", strings.Join(strings.SplitAfter(token(badge3), "J"), "\r\n"), []string{"badge vc-jwt"}},
		{"JWT as a JSON string", `"` + token(badge3) + `"`, []string{"badge vc-jwt"}},
		{"signed badge of 2.0", token(badge2), []string{"badge ob-signed2.0"}},
		{"damaged JWT", token(badge3) + "=", []string{"damaged_text"}},
		{"JWT of something else", token(`{"sub":"me"}`), []string{"not_a_badge"}},
		{"SD-JWT", token(badge3) + "~", []string{"badge vc+sd-jwt"}},
		{"SD-JWT VC", token(sdvc) + "~", []string{"badge dc+sd-jwt"}},
		{"SD-JWT broken into lines", token(sdvc)[:40] + "\r\n" + token(sdvc)[40:] + "~\n", []string{"badge dc+sd-jwt"}},
		{"SD-JWT with an invalid disclosure", token(badge3) + "~WyJhIl0~", []string{"damaged_text"}},
		{"SD-JWT with an unknown hash", token(strings.Replace(sdvc, "{", `{"_sd_alg":"md5",`, 1)) + "~", []string{"unsupported_kind"}},
		{"SD-JWT of something else", token(`{"sub":"me"}`) + "~", []string{"unsupported_kind"}},
		{"SD-JWT as JSON text", `"` + token(sdvc) + `~"`, []string{"badge dc+sd-jwt"}},
		{"SD-JWT in an issuer's response", `{"credential":"` + token(sdvc) + `~"}`, []string{"badge dc+sd-jwt"}},
		{"SD-JWTs in lines", token(sdvc) + "~\n" + token(badge3) + "~\n", []string{"badge 1 of 2: badge dc+sd-jwt", "badge 2 of 2: badge vc+sd-jwt"}},
		{"SD-JWT in a letter", "Here it is: " + token(sdvc) + "~ and good luck.", []string{"badge dc+sd-jwt"}},
		{"enveloped SD-JWT", strings.Replace(fmt.Sprintf(envelope, token(sdvc)+"~"), "vc+jwt", "dc+sd-jwt", 1), []string{"badge dc+sd-jwt"}},
		{"data URL of an SD-JWT", "data:application/dc+sd-jwt," + token(sdvc) + "~", []string{"badge dc+sd-jwt"}},
		{"COSE", string(coseOf(t, badge3)), []string{"badge vc+cose"}},
		{"COSE in base64", base64.StdEncoding.EncodeToString(coseOf(t, badge3)), []string{"badge vc+cose"}},
		{"COSE in wrapped base64", strings.ReplaceAll(base64.StdEncoding.EncodeToString(coseOf(t, badge3)), "a", "a\n"), []string{"badge vc+cose"}},
		{"COSE in base64url, no tag", base64.RawURLEncoding.EncodeToString(coseOf(t, badge3)[1:]), []string{"badge vc+cose"}},
		{"COSE in hexadecimal", fmt.Sprintf("%x", coseOf(t, badge3)), []string{"not_a_badge"}},
		{"damaged COSE", string(coseOf(t, badge3)[:200]), []string{"damaged_text"}},
		{"COSE of something else", string(coseOf(t, `{"sub":"me"}`)), []string{"not_a_badge"}},
		{"enveloped COSE", strings.Replace(fmt.Sprintf(envelope, base64.StdEncoding.EncodeToString(coseOf(t, badge3))), "vc+jwt,", "vc+cose;base64,", 1),
			[]string{"badge vc+cose"}},
		{"data URL of COSE", "data:application/vc+cose;base64," + base64.StdEncoding.EncodeToString(coseOf(t, badge3)), []string{"badge vc+cose"}},
		{"presentation in COSE", string(coseOf(t, fmt.Sprintf(wrapVP, badge3))), []string{"badge unsigned"}},
		{"presentation as SD-JWT", token(fmt.Sprintf(wrapVP, badge3)) + "~", []string{"badge unsigned"}},
		{"enveloped", fmt.Sprintf(envelope, token(badge3)), []string{"badge vc-jwt"}},
		{"presentation", fmt.Sprintf(wrapVP, badge3+","+`"`+token(badge3)+`",`+fmt.Sprintf(envelope, token(badge3))),
			[]string{"badge 1 of 3: badge unsigned", "badge 2 of 3: badge vc-jwt", "badge 3 of 3: badge vc-jwt"}},
		{"presentation with one other credential", fmt.Sprintf(wrapVP, badge3+","+`{"type":"VerifiableThing"}`),
			[]string{"badge 1 of 2: badge unsigned", "badge 2 of 2: not_a_badge"}},
		{"empty presentation", fmt.Sprintf(wrapVP, ""), []string{"empty"}},
		{"presentation as JWT", token(`{"vp":` + fmt.Sprintf(wrapVP, badge3) + `}`), []string{"badge unsigned"}},
		{"enveloped presentation", `{"type":"EnvelopedVerifiablePresentation","id":"data:application/vp+jwt,` + token(fmt.Sprintf(wrapVP, badge3)) + `"}`,
			[]string{"badge unsigned"}},
		{"list", `[` + badge3 + `,` + badge2 + `,"` + address + `",7]`,
			[]string{"badge 1 of 4: badge unsigned", "badge 2 of 4: badge ob-hosted2.0", "badge 3 of 4: link " + address, "badge 4 of 4: not_a_badge"}},
		{"API of 3.0", `{"credential":[` + badge3 + `],"compactJwsString":["` + token(badge3) + `"]}`,
			[]string{"badge 1 of 2: badge unsigned", "badge 2 of 2: badge vc-jwt"}},
		{"API of 3.0 misspelt", `{"credential":[],"compactJwsStrings":["` + token(badge3) + `"]}`, []string{"badge vc-jwt"}},
		{"API of 2.1", `{"status":{},"results":[` + badge2 + `],"signedAssertions":["` + token(badge2) + `"]}`,
			[]string{"badge 1 of 2: badge ob-signed2.0", "badge 2 of 2: badge ob-hosted2.0"}},
		{"Mozilla displayer", `{"userId":1,"groupId":2,"badges":[{"assertionType":"hosted","hostedUrl":"http://issuer.example/a/1","assertion":{},` +
			`"imageUrl":"x"}]}`, []string{"link " + address}},
		{"Mozilla groups", `{"userId":1,"groups":[{"groupId":2,"name":"n","badges":3}]}`, []string{"not_a_badge"}},
		{"Badgr backpack", `{"status":{"success":true},"result":[{"entityType":"Assertion","openBadgeId":"` + address + `","badgeclass":"x"}]}`,
			[]string{"link " + address}},
		{"Badgr version 1", `[{"id":"x","json":{"id":"` + address + `"},"imagePreview":{},"shareUrl":"y"}]`, []string{"link " + address}},
		{"Badgr collection", `{"badges":[` + badge2 + `]}`, []string{"badge ob-hosted2.0"}},
		{"wallet backup", `[{"id":"w","type":["UniversalWallet2020"],"contents":[` + badge3 + `,` + didDoc + `,` + key + `,{"type":["ProfileMetadata"]}]}]`,
			[]string{"badge unsigned", "keys_left_out"}},
		{"only keys", `[` + key + `,{"kty":"OKP","d":"x"}]`, []string{"private_key_only"}},
		{"one key", key, []string{"private_key_only"}},
		{"badge class", class2, []string{"badge_class_only"}},
		{"other JSON", `{"a":1}`, []string{"not_a_badge"}},
		{"a list of other things", `{"data":[{"a":1},{"a":2}]}`, []string{"not_a_badge"}},
		{"truncated JSON", badge3[:len(badge3)-1], []string{"damaged_text"}},
		{"JSON with a repeated member", `{"type":1,"type":2}`, []string{"damaged_text"}},
		{"JSON too deep", strings.Repeat("[", 100), []string{"too_large"}},
		{"lists in lists", strings.Repeat("[", 20) + strings.Repeat("]", 20), []string{"too_large"}},
		{"JSON lines", badge3 + "\n\n" + badge2 + "\n" + token(badge3) + "\n{\"x\n:}\n",
			[]string{"badge 1 of 3: badge unsigned", "badge 2 of 3: badge ob-hosted2.0", "badge 3 of 3: badge vc-jwt"}},
		{"JSON lines with a fault", badge3 + "\n" + `{"a":}` + "\n" + token(badge3),
			[]string{"badge 1 of 3: badge unsigned", "badge 2 of 3: damaged_text", "badge 3 of 3: badge vc-jwt"}},
		{"JWTs in lines", token(badge3) + "\n" + token(badge2), []string{"badge 1 of 2: badge vc-jwt", "badge 2 of 2: badge ob-signed2.0"}},
		{"address", "  HTTP://issuer.example/a/1\n", []string{"link " + address}},
		{"address with a user name", "https://a:b@issuer.example/", []string{"not_a_badge"}},
		{"addresses in a letter", "My badges: <https://issuer.example/a/1>, (https://issuer.example/a/2).",
			[]string{"badge 1 of 2: link " + address, "badge 2 of 2: link https://issuer.example/a/2"}},
		{"table with a header", "name;badge url;picture\nBees;" + address + ";https://issuer.example/p.png\n\"x;y\";https://issuer.example/a/2;\n",
			[]string{"badge 1 of 2: link " + address, "badge 2 of 2: link https://issuer.example/a/2"}},
		{"table from a spreadsheet", utf16le("url\tname\r\n" + address + "\tBees\r\n"), []string{"link " + address}},
		{"list in square brackets", "['" + address + "']", []string{"link " + address}},
		{"issuer's script", "OpenBadges.issue(['" + address + "', 'https://issuer.example/a/2'], function(){ var x = 'https://other.example' })",
			[]string{"badge 1 of 2: link " + address, "badge 2 of 2: link https://issuer.example/a/2"}},
		{"data URL", "data:application/json;base64," + base64.StdEncoding.EncodeToString([]byte(badge3)), []string{"badge unsigned"}},
		{"nested data URLs", strings.Repeat("data:,", 40) + "x", []string{"too_large"}},
		{"damaged data URL", "data:application/json;base64,%", []string{"damaged_text"}},
		{"offer", "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example",
			[]string{"offer_unsupported openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example"}},
		{"offer as https", "https://wallet.example/?credential_offer_uri=x", []string{"offer_unsupported https://wallet.example/?credential_offer_uri=x"}},
		{"offer as JSON", `{"credential_issuer":"https://issuer.example","credential_configuration_ids":["x"]}`,
			[]string{`offer_unsupported {"credential_issuer":"https://issuer.example","credential_configuration_ids":["x"]}`}},
		{"prose", "Hello, here is my badge.", []string{"not_a_badge"}},
		{"PNG", string(baked(t, pic, bake.OpenBadge3, badge3)), []string{"badge unsigned +image"}},
		{"PNG with a JWT", string(baked(t, pic, bake.OpenBadge3, token(badge3))), []string{"badge vc-jwt +image"}},
		{"PNG with an address", string(baked(t, pic, bake.OpenBadge2, address)), []string{"link " + address + " +image"}},
		{"PNG of both generations", string(baked(t, baked(t, pic, bake.OpenBadge2, badge2), bake.OpenBadge3, badge3)),
			[]string{"badge unsigned +image", "badge ob-hosted2.0 +image"}},
		{"PNG with HTML", string(baked(t, pic, bake.OpenBadge2, "<html>")), []string{"not_a_badge"}},
		{"SVG", string(baked(t, svg, bake.OpenBadge2, badge2)), []string{"badge ob-hosted2.0 +image"}},
		{"PNG without a badge", string(pic), []string{"image_without_badge"}},
		{"SVG without a badge", string(svg), []string{"image_without_badge"}},
		{"PNG damaged", string(pic[:50]), []string{"damaged_image"}},
		{"SVG damaged", `<svg xmlns:o="http://openbadges.org"><g>`, []string{"damaged_image"}},
		{"JPEG damaged", "\xff\xd8\xff\xe0xxxx", []string{"damaged_image"}},
		{"PDF", "%PDF-1.7", []string{"unsupported_kind"}},
		{"HEIC", "\x00\x00\x00\x18ftypheic", []string{"unsupported_kind"}},
		{"XML", "<?xml version='1.0'?><feed/>", []string{"unsupported_kind"}},
		{"bytes", "\x01\x02\xff\xfe\x00", []string{"unsupported_kind"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, check(t, Open(t.Context(), "x.bin", []byte(tc.in), Options{}))); d != "" {
				t.Error(d)
			}
		})
	}
}

func utf16le(s string) string {
	out := []byte("\xff\xfe")
	for _, c := range []byte(s) {
		out = append(out, c, 0)
	}
	return string(out)
}

// TestKept checks the Image and Source of a badge, and that Source contains no private
// keys.
func TestKept(t *testing.T) {
	pic := baked(t, picture(t), bake.OpenBadge3, badge3)
	it := Open(t.Context(), "a.png", pic, Options{})[0]
	if !bytes.Equal(it.Image, pic) || !bytes.Equal(it.Source, pic) || string(it.Doc.Raw) != badge3 {
		t.Error("the baked badge was changed")
	}
	for _, it := range Open(t.Context(), "w.json", []byte(`[{"contents":[`+badge3+`,`+key+`]}]`), Options{}) {
		if strings.Contains(string(it.Source), "privateKey") {
			t.Errorf("%s: the source contains a private key", describe(it))
		}
	}
}

func TestOptions(t *testing.T) {
	list := "[" + strings.Repeat(badge3+",", 9) + badge3 + "]"
	vp := fmt.Sprintf(wrapVP, badge3)
	for _, tc := range []struct {
		name string
		in   string
		opt  Options
		want []string
	}{
		{"few items", list, Options{MaxItems: 2}, []string{"badge 1 of 10: badge unsigned", "badge 2 of 10: badge unsigned", "too_many"}},
		{"few bytes of a file", list, Options{MaxFileBytes: 100}, []string{"too_large"}},
		{"few bytes", list, Options{MaxBytes: 100}, []string{"too_large"}},
		{"presentation kept", vp, Options{KeepPresentation: true}, []string{"presentation unsigned"}},
		{"presentation as JWT kept", token(`{"vp":` + vp + `}`), Options{KeepPresentation: true}, []string{"presentation vc-jwt"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, check(t, Open(t.Context(), "", []byte(tc.in), tc.opt))); d != "" {
				t.Error(d)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if d := cmp.Diff([]string{"interrupted"}, check(t, Open(ctx, "", []byte(list), Options{}))); d != "" {
		t.Error(d)
	}
}
