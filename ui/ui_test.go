package ui

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/png"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/makiuchi-d/gozxing"
	zxing "github.com/makiuchi-d/gozxing/qrcode"
)

func TestQRPNGReadsBack(t *testing.T) {
	for _, text := range []string{"https://backpack.example/s/k3v7q2mdx4tz6anh5wpr8jcy9ebfgs2u", "K7QM-2XWD", strings.Repeat("x", maxQR)} {
		b, err := QRPNG(text, 4)
		if err != nil {
			t.Fatal(err)
		}
		im, _, err := image.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		bmp, err := gozxing.NewBinaryBitmapFromImage(im)
		if err != nil {
			t.Fatal(err)
		}
		res, err := zxing.NewQRCodeReader().Decode(bmp, nil)
		if err != nil || res.GetText() != text {
			t.Errorf("%.40s: %v %v", text, res, err)
		}
		q, err := encode(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, size := qrPath(q); im.Bounds().Dx() != size*4 {
			t.Errorf("%.40s: %d pixels for %d modules", text, im.Bounds().Dx(), size)
		}
	}
}

// TestQRPath requires a path that covers exactly the dark modules.
func TestQRPath(t *testing.T) {
	q, err := encode("https://backpack.example")
	if err != nil {
		t.Fatal(err)
	}
	path, size := qrPath(q)
	drawn := map[[2]int]bool{}
	for _, run := range strings.Split(strings.TrimSuffix(path, "z"), "z") {
		var x, y, w, back int
		if _, err := sscan(run, &x, &y, &w, &back); err != nil || w != back {
			t.Fatalf("%q: %v", run, err)
		}
		for i := range w {
			drawn[[2]int{x + i, y}] = true
		}
	}
	rows := q.Bitmap()
	if size != len(rows)+2*quiet {
		t.Errorf("size %d for %d rows", size, len(rows))
	}
	n := 0
	for y, row := range rows {
		for x, dark := range row {
			if dark {
				n++
			}
			if dark != drawn[[2]int{x + quiet, y + quiet}] {
				t.Fatalf("module %d, %d differs", x, y)
			}
		}
	}
	if n != len(drawn) {
		t.Errorf("%d dark modules, %d drawn", n, len(drawn))
	}
}

func TestQRRefuses(t *testing.T) {
	if _, err := QRPNG(strings.Repeat("x", maxQR+1), 4); err == nil {
		t.Error("text over the limit: no error")
	}
	if _, err := QRPNG("", 4); err == nil {
		t.Error("empty text: no error")
	}
	if _, err := QRPNG("x", 0); err == nil {
		t.Error("module of 0 pixels: no error")
	}
	if svg, err := QRSVG("x", `<script>"`); err != nil || strings.Contains(string(svg), "<script") {
		t.Errorf("title: %s %v", svg, err)
	}
	if b, err := QRSVGFile("x"); err != nil || !bytes.HasPrefix(b, []byte("<svg xmlns")) {
		t.Errorf("file: %.40s %v", b, err)
	}
}

func TestPicture(t *testing.T) {
	tests := map[string]bool{
		"/badges/b1/image": true, "badges/001/image.png": true, "data:image/png;base64,iVBORw0KGgo=": true, "data:image/svg+xml;base64,PHN2Zz4=": true,
		"": false, "https://evil.example/p.png": false, "//evil.example/p.png": false, "/\\evil.example": false, "javascript:alert(1)": false,
		"data:text/html;base64,PHN2Zz4=": false, "data:image/png,<x>": false, "data:image/png;base64,\"x": false, "/\tx": false,
	}
	for in, want := range tests {
		if got := picture(in) != ""; got != want {
			t.Errorf("%q: %v", in, got)
		}
	}
}

func TestLink(t *testing.T) {
	tests := map[string]bool{
		"https://example.org/a?b=c": true, "http://example.org": true, "mailto:a@example.org": true, " HTTPS://EXAMPLE.ORG ": true,
		"": false, "javascript:alert(1)": false, "JaVaScRiPt:alert(1)": false, "java\nscript:alert(1)": false, "data:text/html,x": false, "/x": false, "//x": false,
		"https://user:pw@example.org": false, "https://": false, "ftp://example.org": false, "did:web:example.org": false,
		"https://example.org/" + strings.Repeat("x", 2000): false,
	}
	for in, want := range tests {
		if got := link(in) != ""; got != want {
			t.Errorf("%.40q: %v", in, got)
		}
	}
}

func TestInitials(t *testing.T) {
	for in, want := range map[string]string{"": "", "timber framing, first": "TF", "木工": "木", "  --x": "X", "ß é": "ßÉ", "<b>": "B"} {
		if got := initials(in); !strings.EqualFold(got, want) {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestDates(t *testing.T) {
	c := english(t)
	at := time.Date(2026, 2, 3, 4, 5, 6, 0, time.FixedZone("", -5*3600))
	if got := c.datetime(at); got != "3 February 2026, 09:05 UTC" {
		t.Errorf("%q", got)
	}
	for d, want := range map[time.Duration]string{time.Hour: "1 day left", 49 * time.Hour: "3 days left", -time.Hour: "", 100 * 24 * time.Hour: ""} {
		if got := c.left(at, at.Add(d)); got != want {
			t.Errorf("%v: %q", d, got)
		}
	}
}

func TestAssets(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	scripts := 0
	for _, a := range r.assets.byName {
		name := a.URL[strings.LastIndex(a.URL, "/")+1:]
		if got, ok := r.Asset(name); !ok || got != a {
			t.Errorf("%s: not found by its address", a.Name)
		}
		if a.ContentType == "" || len(a.Body) == 0 {
			t.Errorf("%s: %q, %d bytes", a.Name, a.ContentType, len(a.Body))
		}
		if strings.HasSuffix(a.Name, ".js") {
			scripts += len(a.Body)
			for _, bad := range []string{"innerHTML", "eval(", "document.write", "http://", "https://", "insertAdjacentHTML"} {
				if bytes.Contains(a.Body, []byte(bad)) {
					t.Errorf("%s has %s", a.Name, bad)
				}
			}
		}
		if strings.HasSuffix(a.Name, ".css") {
			if bytes.Count(a.Body, []byte("{")) != bytes.Count(a.Body, []byte("}")) || bytes.Contains(a.Body, []byte("/*")) {
				t.Errorf("%s: unbalanced braces or a comment", a.Name)
			}
			for _, bad := range []string{"@import", "url(http", "url(//"} {
				if bytes.Contains(a.Body, []byte(bad)) {
					t.Errorf("%s has %s", a.Name, bad)
				}
			}
		}
	}
	if scripts > 15_000 {
		t.Errorf("%d bytes of scripts", scripts)
	}
	if _, ok := r.Asset("../ui.go"); ok {
		t.Error("found a file outside of the assets")
	}
	m, _ := r.Asset("manifest.webmanifest")
	icon, _ := r.Asset("favicon.svg")
	if !bytes.Contains(m.Body, []byte(icon.URL)) {
		t.Error("no hashed address of the icon in the manifest")
	}
}

// TestIcons requires every icon in a template to be in the sprite.
func TestIcons(t *testing.T) {
	sprite, err := files.ReadFile("assets/icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	err = fs.WalkDir(files, "templates", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := files.ReadFile(name)
		for _, cut := range []string{`template "icon" "`, `"icon" "`, `icons.svg"}}#`} {
			for _, part := range strings.Split(string(b), cut)[1:] {
				names[part[:strings.IndexAny(part, `"{`)]] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	delete(names, "")
	for n := range names {
		if !bytes.Contains(sprite, []byte(`<symbol id="`+n+`"`)) {
			t.Errorf("no icon %q", n)
		}
	}
}

func TestTemplatesAndPagesFit(t *testing.T) {
	whole := fstest.MapFS{}
	_ = fs.WalkDir(files, "templates", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			b, _ := files.ReadFile(name)
			whole[name] = &fstest.MapFile{Data: b}
		}
		return err
	})
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	funcs := r.funcs(english(t))
	if _, err := parseSet(whole, funcs); err != nil {
		t.Fatal(err)
	}
	whole["templates/pages/stray.html"] = &fstest.MapFile{Data: []byte(`{{define "title"}}x{{end}}{{define "main"}}x{{end}}`)}
	if _, err := parseSet(whole, funcs); err == nil {
		t.Error("template without a page: no error")
	}
	delete(whole, "templates/pages/stray.html")
	whole["templates/pages/home.html"] = &fstest.MapFile{Data: []byte(`{{define "title"}}x{{end}}`)}
	if _, err := parseSet(whole, funcs); err == nil {
		t.Error("page without main: no error")
	}
	delete(whole, "templates/pages/home.html")
	if _, err := parseSet(whole, funcs); err == nil {
		t.Error("page without a template: no error")
	}
}

func TestPageTooLarge(t *testing.T) {
	r, err := New(Config{MaxPage: 1000})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.Render(&b, &HomePage{}); !errors.Is(err, ErrPageTooLarge) || b.Len() != 0 {
		t.Errorf("%v, %d bytes written", err, b.Len())
	}
}

// sscan parses one run of a path: "M4 4h7v1h-7".
func sscan(run string, x, y, w, back *int) (int, error) {
	return fmt.Sscanf(run, "M%d %dh%dv1h-%d", x, y, w, back)
}
