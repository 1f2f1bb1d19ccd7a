package uitest

import (
	"strings"
	"testing"
)

const good = `<!doctype html><html lang="en"><head><title>x</title></head><body><header></header><main><h1>x</h1>%</main><footer></footer></body></html>`

func TestProblems(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"good", `<h2>a</h2><h3>b</h3><label for="a">A</label><input id="a"><label>B <select></select></label>`, ""},
		{"second h1", `<h1>y</h1>`, "2 h1 headings"},
		{"skipped level", `<h3>y</h3>`, "h3 follows h1"},
		{"no label", `<input name="q">`, "has no label"},
		{"style", `<p style="color:red">y</p>`, "has style"},
		{"handler", `<p onclick="x()">y</p>`, "has onclick"},
		{"script", `<script>x()</script>`, "inline script"},
		{"script address", `<a href=" JavaScript:x()">y</a>`, "leads to"},
		{"picture of another host", `<img alt="" src="https://example.org/x.png">`, "loads"},
		{"picture without alt", `<img src="/x.png">`, "no alt"},
		{"id twice", `<p id="a">x</p><p id="a">y</p>`, `id "a" occurs 2 times`},
		{"dead fragment", `<a href="#nowhere">y</a>`, "does not exist"},
		{"dead description", `<p aria-describedby="nowhere">y</p>`, "does not exist"},
		{"empty link", `<a href="/x"></a>`, "an empty <a"},
		{"nested forms", `<form action="/a"><form action="/b"></form></form>`, "inside another"},
		{"frame", `<iframe src="/x"></iframe>`, "<iframe> is forbidden"},
	}
	for _, c := range tests {
		got := strings.Join(Problems([]byte(strings.Replace(good, "%", c.body, 1))), "; ")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
	if got := Problems([]byte("<p>x</p>")); len(got) < 4 {
		t.Errorf("a page without structure: %v", got)
	}
}
