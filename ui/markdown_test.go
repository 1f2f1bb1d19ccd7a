package ui

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"
)

func TestMarkdown(t *testing.T) {
	m := newMarkdown()
	tests := []struct{ name, in, want string }{
		{"empty", "", ""},
		{"paragraph", "a *b* **c**", "<p>a <em>b</em> <strong>c</strong></p>\n"},
		{"list", "- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"},
		{"heading is no heading", "# Big\n\ntext", "<p><strong>Big</strong></p>\n<p>text</p>\n"},
		{"link", "[x](https://example.org/a)", `<p><a href="https://example.org/a" rel="nofollow noreferrer">x</a></p>` + "\n"},
		{"script link", "[x](javascript:alert(1))", "<p>x</p>\n"},
		{"data link", "[x](data:text/html,y)", "<p>x</p>\n"},
		{"relative link", "[x](/settings/delete)", "<p>x</p>\n"},
		{"picture", "![alt](https://evil.example/p.png)", "<p>alt</p>\n"},
		{"picture without words", "![](https://evil.example/p.png)", "<pre>![](https://evil.example/p.png)</pre>"},
		{"HTML", "<b onclick=x>y</b><script>z</script>", "<p>&lt;b onclick=x&gt;y&lt;/b&gt;&lt;script&gt;z&lt;/script&gt;</p>\n"},
		{"block of HTML", "<p>y</p>\n", "<p>&lt;p&gt;y&lt;/p&gt;\n</p>\n"},
		{"block of HTML with an end", "<script>\nz\n</script>\n", "<p>&lt;script&gt;\nz\n&lt;/script&gt;\n</p>\n"},
		{"a comment", "a <!-- b --> c", "<p>a &lt;!-- b --&gt; c</p>\n"},
		{"less than", "List<T> if a<b", "<p>List&lt;T&gt; if a&lt;b</p>\n"},
		{"heading by HTML", "<hp>x</hp>", "<p>&lt;hp&gt;x&lt;/hp&gt;</p>\n"},
		{"only a rule", "---", "<hr>\n"},
		{"rule is no nesting", "a\n\n" + strings.Repeat("-", 40), "<p>a</p>\n<hr>\n"},
		{"too deep", strings.Repeat("> ", 21) + "x", "<pre>" + strings.Repeat("&gt; ", 21) + "x</pre>"},
		{"table", "|a|\n|-|\n|b|", "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table>\n"},
	}
	for _, c := range tests {
		if got := string(m.render(c.in)); got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

// TestThreat10MarkdownAbuse renders texts that take quadratic time in the parser:
// they are cut or shown as they are.
func TestThreat10MarkdownAbuse(t *testing.T) {
	m := newMarkdown()
	tests := map[string]string{
		"quotes":         strings.Repeat("> ", 20_000),
		"quotes tight":   strings.Repeat(">", 40_000),
		"quotes lines":   strings.Repeat(strings.Repeat(">", 19)+"a\n", 2_000),
		"brackets":       strings.Repeat("[", 40_000),
		"links":          strings.Repeat("[a](", 10_000),
		"stars":          strings.Repeat("*a_", 15_000),
		"backticks":      strings.Repeat("`a``", 12_000),
		"lists":          strings.Repeat("- ", 20_000),
		"nested list":    strings.Repeat("1. ", 16_000),
		"angle":          strings.Repeat("<a", 20_000),
		"autolinks":      strings.Repeat("http://a.", 5_000),
		"mail":           strings.Repeat("a@b.c", 8_000),
		"entities":       strings.Repeat("&#x", 14_000),
		"table":          strings.Repeat("|", 16_000) + "\n" + strings.Repeat("|-", 8_000),
		"references":     strings.Repeat("[a]: b\n", 6_000),
		"strikethrough":  strings.Repeat("~a~~", 10_000),
		"one long word":  strings.Repeat("a", 1<<20),
		"bad UTF-8":      strings.Repeat("\xff\xfe", 10_000),
		"spaced bracket": strings.Repeat("[ ] ", 10_000),
		"indented quote": strings.Repeat(" > ", 6_000),
		"list of quotes": strings.Repeat("- > ", 4_000),
		"bracket lines":  strings.Repeat("[\n", 8_000),
		"link lines":     strings.Repeat("[a](\n", 3_000),
		"picture lines":  strings.Repeat("![\n", 5_000),
		"star lines":     strings.Repeat("*a_\n", 4_000),
		"tick lines":     strings.Repeat("`a``\n", 3_000),
		"angle lines":    strings.Repeat("<a \n", 4_000),
		"tilde lines":    strings.Repeat("~a~~\n", 3_000),
		"stairs":         stairs("- a\n", 400),
		"quote stairs":   stairs("> a\n", 400),
		"fences":         strings.Repeat("```\n", 4_000),
	}
	for name, in := range tests {
		start := time.Now()
		out := string(m.render(in))
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%s took %v", name, took)
		}
		if len(out) > 1<<20 {
			t.Errorf("%s gives %d bytes", name, len(out))
		}
	}
}

// stairs returns lines with increasing indentation.
func stairs(line string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", 2*i) + line)
	}
	return b.String()
}

func TestCut(t *testing.T) {
	for _, in := range []string{"", "abc", strings.Repeat("ä", 100), "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"} {
		got := cut(in, 11)
		if !utf8.ValidString(got) || len(got) > 11+len("…") {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// FuzzMarkdown requires output with allowed elements and attributes only.
func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"# a", "[x](javascript:y)", "<img src=x onerror=y>", "> > > a", "|a|\n|-|", "<a href='jav&#x09;ascript:x'>", "</p><script>"} {
		f.Add(s)
	}
	m := newMarkdown()
	allowed := " p br strong em del code pre blockquote ul ol li hr table thead tbody tr th td a html head body "
	f.Fuzz(func(t *testing.T, s string) {
		doc, err := html.Parse(strings.NewReader(string(m.render(s))))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			if !strings.Contains(allowed, " "+n.Data+" ") {
				t.Errorf("<%s> comes out of %q", n.Data, s)
			}
			for _, a := range n.Attr {
				good := a.Key == "rel" || a.Key == "href" && link(a.Val) != "" || a.Key == "href" && strings.HasPrefix(strings.ToLower(a.Val), "http")
				if n.Data != "a" || !good && !strings.HasPrefix(strings.ToLower(a.Val), "mailto:") {
					t.Errorf("%s=%q comes out of %q", a.Key, a.Val, s)
				}
			}
		}
	})
}

// BenchmarkMarkdown renders an ordinary text and the slowest one within the limits.
func BenchmarkMarkdown(b *testing.B) {
	m := newMarkdown()
	for name, in := range map[string]string{
		"ordinary": strings.Repeat("Over **one year** the learner\n\n- measured [joints](https://example.org)\n\n", 10),
		"worst":    strings.Repeat("*a_"+strings.Repeat("b ", 18)+"\n", 400),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				m.render(in)
			}
		})
	}
}
