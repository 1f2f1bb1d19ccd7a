package intake

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"backpack/vc/bake"
	"backpack/vc/vctest"
)

// TestReports opens files that people reported as not working.
func TestReports(t *testing.T) {
	for _, tc := range []struct {
		name string
		want []string
	}{
		{"reports/address-in-brackets/url-with-spaces.txt", []string{"link https://badges.example/c/1.jwt"}},
		{"reports/bom-hosted/badge.json", []string{"badge ob-hosted2.0"}},
		{"reports/cbor-ld-qr/vp1-text.txt", []string{"short_form"}},
		{"reports/cbor-ld-qr/cbor-ld-vp1.png", []string{"short_form"}},
		{"reports/jwt-in-json/wrapped-in-json.json", []string{"badge vc-jwt"}},
		{"reports/page-addresses/assertion1.svg", []string{"badge ob-hosted2.0 +image"}},
		{"reports/pasted-with-text-around/email.txt", []string{"badge embedded"}},
		{"reports/pasted-with-text-around/in-markdown.txt", []string{"badge embedded"}},
		{"reports/pasted-with-text-around/svg-utf16.svg", []string{"badge embedded +image"}},
		{"reports/two-badges-one-picture/two-different.png", []string{"badge 1 of 2: badge embedded +image", "badge 2 of 2: badge embedded +image"}},
		{"genuine/15-svg-only-address-inside.svg", []string{"link https://archive.example/a/1 +image"}},
		{"wild/ob11-at-type-keys.json", []string{"badge ob-hosted1.1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, check(t, Open(t.Context(), "", vctest.CaseFile(t, tc.name), Options{}))); d != "" {
				t.Error(d)
			}
		})
	}
	for _, it := range Open(t.Context(), "", vctest.CaseFile(t, "wild/sdjwt-of-vc11-no-last-tilde.jwt"), Options{}) {
		if it.Problem == DamagedText || it.Problem == NotABadge {
			t.Errorf("SD-JWT without its last tilde: %s", describe(it))
		}
	}
	items := Open(t.Context(), "", vctest.CaseFile(t, "reports/foreign-export-zip/export.zip"), Options{})
	for i, it := range items {
		if last := i == len(items)-1; last != (it.Problem == LeftAside) || !last && it.Doc == nil {
			t.Errorf("entry %d of an export: %s", i+1, describe(it))
		}
	}
	if len(items) != 27 { // 12 badges as JSON and as a picture, one picture, and one in an older export
		t.Errorf("%d items", len(items))
	}
}

const secondAddress = "https://issuer.example/a/2"

// TestAround opens badges and addresses with other text around them.
func TestAround(t *testing.T) {
	jwt := b64(`{"alg":"ES256"}`) + "." + b64(badge3) + "." + b64(strings.Repeat("s", 64))
	wrap := func(s string, n int) (out string) {
		for len(s) > n {
			out, s = out+s[:n]+"\n", s[n:]
		}
		return out + s
	}
	quote := func(s, mark string) string { return mark + strings.ReplaceAll(s, "\n", "\n"+mark) }
	pretty := strings.ReplaceAll(badge3, ",", ",\n  ")
	one, link := []string{"badge unsigned"}, []string{"link " + address}
	for _, tc := range []struct {
		name, in string
		want     []string
	}{
		{"quoted once", "On Monday she wrote:\n" + quote(pretty, "> ") + "\n\nBest", one},
		{"quoted twice", quote(pretty, "> > "), one},
		{"quoted tight", quote(pretty, ">>"), one},
		{"words before and after", "My badge: " + badge3 + " (from https://issuer.example/page, thanks)", one},
		{"after braces", "{see below}\n" + badge3, one},
		{"after an unclosed brace", "a { b\n" + badge3, one},
		{"address in its own line", badge3 + "\n\n" + secondAddress + "\n", []string{"badge 1 of 2: badge unsigned", "badge 2 of 2: link " + secondAddress}},
		{"two", badge3 + "\nand\n" + badge2, []string{"badge 1 of 2: badge unsigned", "badge 2 of 2: badge ob-hosted2.0"}},
		{"other JSON before it", `{"note":"https://tracker.example"} ` + badge3, one},
		{"non-breaking spaces", strings.ReplaceAll(pretty, "  ", "\u00a0\u00a0"), one},
		{"quoted printable", "Subject: x\n\n" + strings.ReplaceAll(wrap(strings.ReplaceAll(badge3, "=", "=3D"), 70), "\n", "=\n"), one},
		{"escaped for HTML", strings.ReplaceAll(badge3, `"`, "&quot;"), one},
		{"escaped for a script", `var x = "` + strings.ReplaceAll(badge3, `"`, `\"`) + `";`, one},
		{"base64", base64.StdEncoding.EncodeToString([]byte(badge3)), one},
		{"cut off", "Here: " + badge3[:len(badge3)-40], []string{"damaged_text"}},
		{"cut off, alone", badge3[:len(badge3)-40], []string{"damaged_text"}},
		{"brackets around it", "[" + badge3 + "]", one},
		{"byte order marks", "\ufeff\ufeff \u200b" + badge3 + "\u200b\n", one},
		{"in a page", "<html><body><pre>" + strings.ReplaceAll(badge3, `"`, "&quot;") + "</pre></body></html>", one},
		{"token and words", "Token:\n" + jwt + "\n\nThanks", []string{"badge vc+jwt"}},
		{"token and one word", jwt + "\nThanks", []string{"badge vc+jwt"}},
		{"wrapped token and words", "Dear all,\n" + wrap(jwt, 76) + "\n\nThanks a lot", []string{"badge vc+jwt"}},
		{"wrapped token, quoted", quote(wrap(jwt, 76), "> ") + "\n> \n> Thanks", []string{"badge vc+jwt"}},
		{"token in brackets", "<" + jwt + ">", []string{"badge vc+jwt"}},
		{"token with a label", "jwt=" + jwt, []string{"badge vc+jwt"}},
		{"token and an address", jwt + "\nsee https://tracker.example/x for more", []string{"badge vc+jwt"}},
		{"angle brackets", "<" + address + ">", link},
		{"angle brackets with spaces", " < " + address + " > ", link},
		{"angle brackets over lines", "<https://issuer.example/\n  a/1>", link},
		{"angle brackets with URL:", "See <URL:" + address + ">.", link},
		{"angle brackets with a name", "<" + address + "|My badge>", link},
		{"round brackets", "(" + address + ")", link},
		{"square brackets", "[" + address + "]", link},
		{"curly brackets", "{" + address + "}", link},
		{"quotes", "“" + address + "”", link},
		{"single quotes", "'" + address + "'", link},
		{"guillemets", "«" + address + "»", link},
		{"full stop", "It is " + address + ".", link},
		{"full stop of another script", "见 " + address + "。", link},
		{"Markdown link", "[My badge](" + address + ")", link},
		{"Markdown link with a title", "[My badge](" + address + ` "the badge")`, link},
		{"Markdown bold", "**" + address + "**", link},
		{"label", "Link:" + address, link},
		{"escaped ampersand", "<https://issuer.example/a?b=1&amp;c=2>", []string{"link https://issuer.example/a?b=1&c=2"}},
		{"zero-width characters", "\u2068https://issuer.example/\u200ba/1\u2069", link},
		{"HTML", `<p>My <a href="` + address + `">badge</a></p>`, link},
		{"no scheme", "issuer.example/a/1", link},
		{"no scheme in a text", "It is at www.issuer.example/a/1.", []string{"link https://www.issuer.example/a/1"}},
		{"a space in a file name", "https://issuer.example/My Badge.png", []string{"link https://issuer.example/My%20Badge.png"}},
		{"two addresses", address + " and\n<" + secondAddress + ">", []string{"badge 1 of 2: link " + address, "badge 2 of 2: link " + secondAddress}},
		{"Latin-1", "Gr\xfc\xdfe: " + address, link},
		{"UTF-16 without a mark", strings.TrimPrefix(utf16le(badge3), "\xff\xfe"), one},
		{"neither", "see a.b or {c}", []string{"not_a_badge"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, check(t, Open(t.Context(), "", []byte(tc.in), Options{}))); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestWrapped opens badges in unknown JSON formats.
func TestWrapped(t *testing.T) {
	jwt, badge := []string{"badge vc-jwt"}, []string{"badge unsigned"}
	for in, want := range map[string][]string{
		`{"jwt":"` + token(badge3) + `"}`:                      jwt,
		`{"vc":` + badge3 + `}`:                                badge,
		`{"data":{"credential":` + badge3 + `}}`:               badge,
		`[{"credential":"` + token(badge3) + `"}]`:             jwt,
		`{"status":"ok","ownVcField":"` + token(badge3) + `"}`: jwt,
		`{"a":{"b":{"c":` + badge3 + `}}}`:                     badge,
		fmt.Sprintf(`{"credential":%q}`, badge3):               badge,
		fmt.Sprintf(`{"somebodys":%q}`, badge3):                badge,
		`{"payload":"` + b64(badge3) + `","protected":"` + b64(`{"alg":"ES256"}`) + `","signature":"` + b64("x") + `"}`:                  {"badge vc+jwt"},
		`{"payload":"` + b64(badge3) + `","signatures":[{"protected":"` + b64(`{"alg":"ES256"}`) + `","signature":"` + b64("x") + `"}]}`: {"badge vc+jwt"},
		`{"verify":{"url":"` + address + `"}}`:                           {"link " + address},
		`{"jwt":"` + token(`{"sub":"me"}`) + `"}`:                        {"not_a_badge"},
		`{"id":"x","type":"Achievement","endorsement":[` + badge3 + `]}`: {"badge_class_only"},
		`{"home":"https://tracker.example/"}`:                            {"not_a_badge"},
		`{"a":{"b":{"c":{"d":{"e":` + badge3 + `}}}}}`:                   {"not_a_badge"},
	} {
		if d := cmp.Diff(want, check(t, Open(t.Context(), "", []byte(in), Options{}))); d != "" {
			t.Errorf("%s: %s", in[:min(len(in), 60)], d)
		}
	}
}

// TestPictureOfSeveral checks that each badge of a picture with two comes with a
// picture that contains only that badge.
func TestPictureOfSeveral(t *testing.T) {
	pic := vctest.CaseFile(t, "reports/two-badges-one-picture/two-different.png")
	for _, it := range Open(t.Context(), "", pic, Options{}) {
		found, err := bake.Extract(it.Image)
		if err != nil || len(found) != 1 || string(found[0].Text) != string(it.Doc.Raw) {
			t.Errorf("%s: %d badges in its picture, %v", describe(it), len(found), err)
		}
	}
}

// TestExports opens ZIPs of other backpacks and of people who collect badges.
func TestExports(t *testing.T) {
	pic := string(picture(t))
	with := string(baked(t, picture(t), bake.OpenBadge3, badge3))
	for _, tc := range []struct {
		name  string
		files []file
		want  []string
	}{
		{"pictures in a separate folder", []file{{"badges/a.json", badge3}, {"images/a.png", pic}, {"profile.json", "{}"},
			{"readme.txt", "See " + secondAddress + " for help."}},
			[]string{"badges/a.json: badge unsigned", "left_aside"}},
		{"a table with more badges", []file{{"a.json", badge3}, {"list.csv", "name,url\nA," + address + "\nB," + secondAddress + "\n"}},
			[]string{"a.json: badge unsigned", "list.csv, badge 1 of 2: link " + address, "list.csv, badge 2 of 2: link " + secondAddress}},
		{"people", []file{{"anna/badge.png", with}, {"anna/cv.pdf", "%PDF-1.7"}, {"bela/cv.pdf", "%PDF-1.7"}, {"bela/badge.png", pic}},
			[]string{"anna/badge.png: badge unsigned +image", "anna/cv.pdf: unsupported_kind", "bela/cv.pdf: unsupported_kind", "bela/badge.png: image_without_badge"}},
		{"pictures that lost their badges", []file{{"a.png", with}, {"b.png", pic}, {"c.png", pic}},
			[]string{"a.png: badge unsigned +image", "b.png: image_without_badge", "c.png: image_without_badge"}},
		{"no badges at all", []file{{"a.json", "{}"}, {"b.txt", "hello"}}, []string{"a.json: not_a_badge", "b.txt: not_a_badge"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, check(t, Open(t.Context(), "", zipOf(t, tc.files...), Options{}))); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestThreat07SearchIsBounded opens texts that are expensive to search.
func TestThreat07SearchIsBounded(t *testing.T) {
	for _, in := range []string{
		strings.Repeat("{", 1<<20), strings.Repeat("{}", 1<<19), strings.Repeat(`{"@context":`, 1<<16), strings.Repeat("<https://a ", 1<<16),
		strings.Repeat(`{"a":{}}`, 1<<16), "x " + strings.Repeat(`\"{`, 1<<18), strings.Repeat("eyJhIjox\n", 1<<16), strings.Repeat("> ", 1<<19) + "{",
	} {
		check(t, Open(t.Context(), "", []byte("a "+in), Options{MaxItems: 100}))
	}
}

// FuzzText checks that every item is complete and that links are web addresses.
func FuzzText(f *testing.F) {
	for _, s := range []string{badge3, "> " + badge3, "<" + address + ">", token(badge3) + "\nThanks", "{", `{"jwt":"` + token(badge3) + `"}`, "a=\n{=3D}",
		"&quot;{\\\"", "<a href='" + address + "'>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, it := range Open(t.Context(), "", []byte(s), Options{MaxItems: 20, MaxFileBytes: 1 << 20}) {
			if (it.Err != nil) != (it.Problem != "") || it.Doc == nil && it.Link == "" && it.Problem == "" {
				t.Fatalf("empty item: %+v", it)
			}
			if it.Link != "" && (!isWeb(it.Link) || utf8.ValidString(s) && !utf8.ValidString(it.Link)) {
				t.Fatalf("invalid link: %q", it.Link)
			}
		}
	})
}
