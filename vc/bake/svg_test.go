package bake

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"backpack/vc"
)

const drawn = `<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand --><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg"  width='10' >
	<script>alert("a" &lt; 1)</script><title>Ünï &amp; <![CDATA[x]]></title>` + "\r\n" + `	<path d="M0 0"/>
</svg>
<!-- end -->
`

func TestEmbedSVGBytes(t *testing.T) {
	got, err := Embed([]byte(drawn), OpenBadge3, []byte(jws))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(drawn, "width='10' >",
		`width='10'  xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><openbadges:credential verify="`+jws+`"/>`, 1)
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
	got, err = Embed([]byte(`<s:svg xmlns:s="http://www.w3.org/2000/svg"/>`), OpenBadge2, []byte(assertion))
	if err != nil {
		t.Fatal(err)
	}
	want = `<s:svg xmlns:s="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org">` +
		`<openbadges:assertion verify="https://issuer.example/a/1?x=1&amp;y=2"><![CDATA[` + assertion + `]]></openbadges:assertion></s:svg>`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
}

func TestExtractSVG(t *testing.T) {
	ob3 := func(inside string) string {
		return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:b="https://purl.imsglobal.org/ob/v3p0">` + inside + `</svg>`
	}
	ob2 := func(inside string) string {
		return `<svg xmlns:openbadges="http://openbadges.org">` + inside + `</svg>`
	}
	twice := "the picture contains the badge as JSON and as a JWS; the JWS counts"
	for _, tc := range []struct {
		name, in string
		want     []Baked
		err      error
	}{
		{"nothing", drawn, nil, vc.ErrNotFound},
		{"another prefix", ob3("<b:credential verify='" + jws + "'/>"), []Baked{{Keyword: OpenBadge3, Text: []byte(jws)}}, nil},
		{"prefix of another namespace", strings.Replace(ob3("<b:credential verify='x'/>"), "purl.imsglobal.org/ob", "purl.imsglobal.org/no", 1), nil, vc.ErrNotFound},
		{"deep inside, white space around", ob3("<g><g><b:credential>\n <![CDATA[\n{\"a\":1}\n]]>\n</b:credential></g></g>"),
			[]Baked{{Keyword: OpenBadge3, Text: []byte(`{"a":1}`)}}, nil},
		{"escaped instead of CDATA", ob3(`<b:credential>{"a":"&lt;&#233;&gt;"}</b:credential>`), []Baked{{Keyword: OpenBadge3, Text: []byte(`{"a":"<é>"}`)}}, nil},
		{"split CDATA", ob3(`<b:credential><![CDATA[{"a":"]]]]><![CDATA[>"}]]></b:credential>`), []Baked{{Keyword: OpenBadge3, Text: []byte(`{"a":"]]>"}`)}}, nil},
		{"both", ob3("<b:credential verify='" + jws + "'>{}</b:credential>"), []Baked{{Keyword: OpenBadge3, Text: []byte(jws), Warnings: []string{twice}}}, nil},
		{"two", ob3("<b:credential verify='1'/><b:credential verify='2'/>"),
			[]Baked{{Keyword: OpenBadge3, Text: []byte("1")}, {Keyword: OpenBadge3, Text: []byte("2"),
				Warnings: []string{"the picture contains several badges of one kind"}}}, nil},
		{"address and JSON", ob3(`<b:credential verify="https://issuer.example/a">{"x":1}</b:credential>`),
			[]Baked{{Keyword: OpenBadge3, Text: []byte(`{"x":1}`), Address: "https://issuer.example/a"}}, nil},
		{"undeclared prefix", `<svg xmlns="http://www.w3.org/2000/svg"><openbadges:assertion verify="https://issuer.example/a"/></svg>`,
			[]Baked{{Keyword: OpenBadge2, Legacy: true, Text: []byte("https://issuer.example/a")}}, nil},
		{"CLR", `<svg xmlns:c="https://purl.imsglobal.org/clr/v2p0"><c:credential verify="x"/></svg>`, []Baked{{Keyword: CLR2, Text: []byte("x")}}, nil},
		{"old, address", ob2(`<openbadges:assertion verify="https://issuer.example/a?b=1&amp;c=2"/>`),
			[]Baked{{Keyword: OpenBadge2, Text: []byte("https://issuer.example/a?b=1&c=2"), Legacy: true}}, nil},
		{"old, address and JSON", ob2(`<openbadges:assertion verify="https://issuer.example/a"><![CDATA[{"a":1}]]></openbadges:assertion>`),
			[]Baked{{Keyword: OpenBadge2, Text: []byte(`{"a":1}`), Address: "https://issuer.example/a", Legacy: true}}, nil},
		{"old, JWS and JSON", ob2(`<openbadges:assertion verify="` + jws + `"><![CDATA[{"a":1}]]></openbadges:assertion>`),
			[]Baked{{Keyword: OpenBadge2, Text: []byte(jws), Legacy: true}}, nil},
		{"byte order mark", "\ufeff" + ob2(`<openbadges:assertion verify="x"/>`), []Baked{{Keyword: OpenBadge2, Text: []byte("x"), Legacy: true}}, nil},
		{"another encoding declared", `<?xml version="1.0" encoding="ISO-8859-1"?>` + ob2(`<openbadges:assertion verify="x"/>`),
			[]Baked{{Keyword: OpenBadge2, Text: []byte("x"), Legacy: true}}, nil},
		{"in a comment", ob2(`<!-- <openbadges:assertion verify="x"/> -->`), nil, vc.ErrNotFound},
		{"in CDATA", ob2(`<![CDATA[<openbadges:assertion verify="x"/>]]>`), nil, vc.ErrNotFound},
		{"inside another badge", ob2(`<openbadges:assertion verify="x"><openbadges:assertion verify="y"/></openbadges:assertion>`),
			[]Baked{{Keyword: OpenBadge2, Text: []byte("x"), Legacy: true}}, nil},
		{"empty", ob2(`<openbadges:assertion/>`), nil, vc.ErrNotFound},
		{"entities", `<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>` + ob2(`<openbadges:assertion verify="&b;"/>`), nil, vc.ErrUnsupported},
		{"unknown entity", ob2(`<openbadges:assertion verify="&nbsp;"/>`), nil, vc.ErrMalformed},
		{"cut off", ob2(`<openbadges:assertion verify="x"/>`)[:60], nil, vc.ErrMalformed},
		{"tags crossed", ob2(`<g><a></g></a>`), nil, vc.ErrMalformed},
		{"two roots", ob2("") + ob2(""), nil, vc.ErrMalformed},
		{"HTML", `<!DOCTYPE html><html><svg xmlns:openbadges="http://openbadges.org"/></html>`, nil, vc.ErrUnsupported},
		{"svg of another namespace", `<svg xmlns="http://openbadges.org/none"/>`, nil, vc.ErrUnsupported},
		{"too deep", ob2(strings.Repeat("<g>", 300)), nil, vc.ErrTooLarge},
		{"too many elements", ob2(strings.Repeat("<g/>", maxElements+1)), nil, vc.ErrTooLarge},
		{"too many attributes", ob2("<g " + strings.Repeat(`a="" `, 1_000_000) + "/>"), nil, vc.ErrTooLarge},
		{"too large", ob2(strings.Repeat(" ", MaxSVG)), nil, vc.ErrTooLarge},
	} {
		t.Run(tc.name, func(t *testing.T) {
			start := time.Now()
			got, err := Extract([]byte(tc.in))
			if !errors.Is(err, tc.err) {
				t.Fatalf("error %v, want %v", err, tc.err)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
			if took := time.Since(start); took > time.Minute {
				t.Errorf("took %v", took)
			}
		})
	}
}

// TestGenerationsInSVG embeds both generations in turn, whose elements share a prefix,
// and extracts them.
func TestGenerationsInSVG(t *testing.T) {
	for _, first := range []string{OpenBadge2, OpenBadge3} {
		t.Run(first, func(t *testing.T) {
			second := OpenBadge2
			if first == OpenBadge2 {
				second = OpenBadge3
			}
			texts := map[string]string{OpenBadge3: credential, OpenBadge2: assertion, CLR2: jws}
			s := []byte(drawn)
			for _, k := range []string{first, second, CLR2, first, second} {
				var err error
				if s, err = Embed(s, k, []byte(texts[k])); err != nil {
					t.Fatal(err)
				}
			}
			got, err := Extract(s)
			if err != nil {
				t.Fatal(err)
			}
			want := []Baked{{Keyword: OpenBadge3, Text: []byte(credential)}, {Keyword: CLR2, Text: []byte(jws)},
				{Keyword: OpenBadge2, Text: []byte(assertion), Legacy: true, Address: "https://issuer.example/a/1?x=1&y=2"}}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
			without, err := Remove(s)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Extract(without); !errors.Is(err, vc.ErrNotFound) {
				t.Errorf("after removal: %v", err)
			}
			_, tail, _ := bytes.Cut(without, []byte(">\n\t<script>"))
			_, wantTail, _ := strings.Cut(drawn, ">\n\t<script>")
			if string(tail) != wantTail {
				t.Errorf("other parts changed: %q", tail)
			}
		})
	}
}
