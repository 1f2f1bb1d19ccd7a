package prose

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"plain", "Reads old\nhandwriting.\n\nWell.", "Reads old\nhandwriting.\n\nWell."},
		{"references", "Research &amp; Development &#8211; Caf&eacute; &#x2764;", "Research & Development – Café ❤"},
		{"not references", "R&D, AT&T, a&b;c, ?x=1&copy=2 &unknown; &#99999999;", "R&D, AT&T, a&b;c, ?x=1&copy=2 &unknown; &#99999999;"},
		{"list", "<p>Learn <b>archives</b> &amp; more</p><ul><li>one</li><li>two</li></ul>", "Learn archives & more\n\n- one\n- two"},
		{"pretty list", "<ul>\n  <li>one</li>\n  <li>two\n    <ol>\n<li>a<li>b</ol></li>\n</ul>\n<p>end</p>", "- one\n- two\n   1. a\n   2. b\n\nend"},
		{"numbers", "<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"},
		{"breaks", "a<br>b<br/>c<BR />d", "a\nb\nc\nd"},
		{"paragraphs without end tags", "<p>One.<p>Two.", "One.\n\nTwo."},
		{"attributes", `<p class="a>b" style='x'>Hello <a href="https://x.example">there</a></p>`, "Hello there"},
		{"script", "Safe<script>alert(1)</script> text<style>p{}</style>", "Safe text"},
		{"comment", "a<!-- <b> -->b", "ab"},
		{"table", "<table><tr><th>Skill</th><th>Level</th></tr><tr><td>Latin</td><td>2</td></tr></table>", "Skill Level\nLatin 2"},
		{"picture", `<p>Look: <img src="x" alt="a lens"></p>`, "Look: a lens"},
		{"escaped HTML", "&lt;p&gt;Hello &amp;amp; more&lt;/p&gt;", "Hello & more"},
		{"escaped tag in a text", "Use &lt;b&gt; for bold", "Use <b> for bold"},
		{"less than", "if a < b and c > d, 1<2, i<3 you", "if a < b and c > d, 1<2, i<3 you"},
		{"generics", "List<String> and Map<K, V>", "List<String> and Map<K, V>"},
		{"tags as words", "Learn to use <b>, <div> and <p> well", "Learn to use <b>, <div> and <p> well"},
		{"address", "See <https://x.example/a> or <a@b.example>", "See <https://x.example/a> or <a@b.example>"},
		{"code", "Write `<b>x</b>` or\n```\n<p>y</p>\n```", "Write `<b>x</b>` or\n```\n<p>y</p>\n```"},
		{"only a tag", `<img src="x">`, `<img src="x">`},
		{"only a script", "<script>x</script>", "<script>x</script>"},
		{"only space", "<p>&nbsp;</p>", "<p>&nbsp;</p>"},
		{"script without an end tag", "<script>x", "<script>x"},
		{"line ends", "a\r\nb\rc", "a\nb\nc"},
		{"controls of direction", "ab\u202ecd\u2066e\u2069", "abcde"},
		{"marks of direction", "א\u200f1", "א\u200f1"},
		{"joiners", "می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻"},
		{"null", "a\x00b\x1b[31m", "ab[31m"},
		{"Markdown", "**Bold** and\n- [x] done\n> quote", "**Bold** and\n- [x] done\n> quote"},
		{"Markdown beside HTML", "**Bold**<br>- a\n- b", "**Bold**\n- a\n- b"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Text(tc.in); got != tc.want {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
	if got := Line(" <b>Old</b>\nhand&shy;writing\t2 "); got != "Old hand\u00adwriting 2" {
		t.Errorf("line %q", got)
	}
}

// FuzzText checks that the output is valid text, not empty, and not much longer than
// the input.
func FuzzText(f *testing.F) {
	for _, s := range []string{"<p>a</p>", "&lt;p&gt;x&lt;/p&gt;", "<ul><li>a<ol><li>b", "`<b>`", "<script>", "a<br><br><br>b", "\u202e<a href='>'>", "<!-- -->"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		got := Text(s)
		switch {
		case !utf8.ValidString(got):
			t.Fatalf("not UTF-8: %q", got)
		case strings.TrimSpace(got) == "" && strings.TrimSpace(strings.Map(visible, s)) != "":
			t.Fatalf("empty output for %q", s)
		case strings.ContainsFunc(got, isBidiControl):
			t.Fatalf("%q contains a bidirectional control", got)
		case len(got) > 8*len(s)+16:
			t.Fatalf("%d bytes became %d", len(s), len(got))
		}
	})
}
