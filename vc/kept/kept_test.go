package kept

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/standard"
	"backpack/vc/vctest"
	"backpack/vc/vctest/bomb"
)

// checked verifies a badge of an issuer on web and returns the recorded material.
func checked(t testing.TB, web *vctest.Web, raw []byte) (*vc.Report, []Material) {
	t.Helper()
	ctx, c := Collect(t.Context())
	return verify(t, ctx, Recording(web), raw), c.Materials()
}

func verify(t testing.TB, ctx context.Context, fetcher vc.Fetcher, raw []byte) *vc.Report {
	t.Helper()
	std, err := standard.New(standard.Config{Fetch: fetcher, Now: vctest.Now})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := vc.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	r, err := std.Verifier.Verify(ctx, doc, vc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestReplay repeats every check from the material, for each kind of issuer id and
// of status.
func TestReplay(t *testing.T) {
	for _, way := range []string{vctest.DIDKey, vctest.DIDWeb, vctest.HTTPS, vctest.KeySet} {
		for _, status := range []string{"", "BitstringStatusListEntry", "1EdTechRevocationList"} {
			for _, revoked := range []bool{false, true} {
				if status == "" && revoked || way == vctest.KeySet && status == "BitstringStatusListEntry" {
					continue // a list is signed over RDF, which needs an address as the key's id
				}
				t.Run(fmt.Sprint(way, " ", status, " ", revoked), func(t *testing.T) { replayed(t, way, status, revoked) })
			}
		}
	}
}

func replayed(t *testing.T, way, status string, revoked bool) {
	web := vctest.NewWeb()
	i := vctest.NewIssuer(t, web, way, vctest.Ed25519)
	var options []vctest.Option
	if status != "" {
		options = append(options, vctest.Status(status, "revocation", revoked))
	}
	if way == vctest.KeySet {
		options = append(options, vctest.As(vctest.JWT))
	}
	raw := i.Issue(t, options...)
	then, list := checked(t, web, raw)
	want := vc.Valid
	if revoked {
		want = vc.Revoked
	}
	if got := then.Verdict(vc.Policy{}); got != want {
		t.Fatalf("the first check: got %s: %+v", got, then.Checks)
	}
	var file bytes.Buffer
	if err := Write(&file, &Evidence{MadeAt: vctest.Now(), Badges: []Badge{{Raw: raw, CheckedAt: vctest.Now(), Verdict: want, Material: list}}}); err != nil {
		t.Fatal(err)
	}
	e, err := Read(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	now := verify(t, t.Context(), Replay(e.Badges[0].Material), e.Badges[0].Raw)
	if fmt.Sprint(now.Checks) != fmt.Sprint(then.Checks) {
		t.Errorf("replayed:\n%+v\nwas:\n%+v", now.Checks, then.Checks)
	}
	if asked := len(web.Requests()); asked > 0 && len(list) == 0 {
		t.Errorf("%d requests, no material", asked)
	}
	for n := range list { // each material matters
		if list[n].Role == vc.RoleImage {
			continue
		}
		if got := verify(t, t.Context(), Replay(slices.Delete(slices.Clone(list), n, n+1)), raw).Verdict(vc.Policy{}); got != vc.Undetermined {
			t.Errorf("without %s %s: got %s", list[n].Role, list[n].URL, got)
		}
	}
}

// TestSharedListIsRecorded checks a second badge of a cached list: its material is
// as complete as the first one's.
func TestSharedListIsRecorded(t *testing.T) {
	web := vctest.NewWeb()
	i := vctest.NewIssuer(t, web, vctest.DIDWeb, vctest.Ed25519)
	std, err := standard.New(standard.Config{Fetch: Recording(web), Now: vctest.Now})
	if err != nil {
		t.Fatal(err)
	}
	var lists [2][]Material
	for n := range lists {
		raw := i.Issue(t, vctest.Status("BitstringStatusListEntry", "revocation", false), vctest.With("name", fmt.Sprint("badge ", n)))
		doc, err := vc.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		ctx, c := Collect(t.Context())
		r, err := std.Verifier.Verify(ctx, doc, vc.Options{})
		if err != nil || r.Verdict(vc.Policy{}) != vc.Valid {
			t.Fatalf("%v %v", r.Checks, err)
		}
		lists[n] = c.Materials()
		if got := verify(t, t.Context(), Replay(lists[n]), raw).Verdict(vc.Policy{}); got != vc.Valid {
			t.Errorf("replay of badge %d: got %s", n, got)
		}
	}
	if len(lists[0]) != len(lists[1]) || len(lists[0]) < 2 {
		t.Errorf("got %d and %d materials", len(lists[0]), len(lists[1]))
	}
}

func TestCollectorIsBounded(t *testing.T) {
	var c Collector
	for n := range 200 {
		c.Record(vc.FetchRequest{Role: vc.RoleStatus, URL: fmt.Sprint("https://a.example/", n)}, &vc.Resource{Body: make([]byte, 300<<10)})
	}
	c.Record(vc.FetchRequest{URL: "https://registry.example/"}, &vc.Resource{Body: []byte("x")})
	c.Record(vc.FetchRequest{Role: vc.RoleStatus, URL: "https://a.example/0"}, &vc.Resource{Body: make([]byte, MaxBody+1)})
	list, total := c.Materials(), 0
	for _, m := range list {
		if total += len(m.Body); m.Omitted == (m.Body != nil) || m.SHA256 == "" || m.Size == 0 {
			t.Errorf("%s: got omitted %t, %d bytes", m.URL, m.Omitted, len(m.Body))
		}
	}
	if len(list) != MaxItems || total > MaxTotal || total == 0 {
		t.Errorf("got %d materials with %d bytes", len(list), total)
	}
	if i := slices.IndexFunc(list, func(m Material) bool { return m.URL == "https://a.example/0" }); i < 0 || !list[i].Omitted || list[i].Size != MaxBody+1 {
		t.Error("the later, larger answer does not count")
	}
}

func TestText(t *testing.T) {
	for page, want := range map[string]string{
		"<h1>Baker</h1><p>Bake  ten\nloaves.</p><script>alert(1)</script><style>p{}</style>": "Baker\nBake ten loaves.",
		"<ul><li>one<li>two</ul>&lt;b&gt; &amp; three":                                       "one\ntwo\n<b> & three",
		"plain text":                 "plain text",
		"<script>never ends":         "",
		"":                           "",
		"<p>\u202eturned\x00</p>":    "turned",
		"<svg><text>x</text></svg>y": "y",
	} {
		if got := Text([]byte(page)); got != want {
			t.Errorf("%q: got %q, want %q", page, got, want)
		}
	}
	long := Text([]byte("<p>" + strings.Repeat("word ", 200_000)))
	if len(long) > maxText || len(long) < maxText/2 {
		t.Errorf("a long page: got %d bytes", len(long))
	}
	if n := len(Text(bytes.Repeat([]byte("<p>x"), 300_000))); n > maxText {
		t.Errorf("many lines: got %d bytes", n)
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte("<p>a<script>b</script>"))
	f.Fuzz(func(t *testing.T, page []byte) {
		if s := Text(page); len(s) > maxText || strings.ContainsRune(s, 0) {
			t.Errorf("%q", s)
		}
	})
}

// sampleEvidence returns an evidence file of two badges that share a list.
func sampleEvidence(t testing.TB) []byte {
	t.Helper()
	m := func(url, body string) Material {
		return Material{Role: vc.RoleStatus, URL: url, Status: 200, MediaType: "application/json", SHA256: Digest([]byte(body)), Size: len(body), Body: []byte(body),
			FetchedAt: vctest.Now(), ConfirmedAt: vctest.Now()}
	}
	list := m("https://a.example/list", `{"list":1}`)
	left := Material{Role: vc.RoleStatus, URL: "https://a.example/big", Status: 200, SHA256: Digest([]byte("big")), Size: 3, Omitted: true}
	var b bytes.Buffer
	err := Write(&b, &Evidence{MadeAt: vctest.Now(), Maker: "https://backpack.example", Badges: []Badge{
		{Title: "One", Raw: []byte(`{"a":1}`), MediaType: "application/vc", CheckedAt: vctest.Now(), Verdict: vc.Valid, Material: []Material{list, left}},
		{Title: "Two", Raw: []byte(`a.b.c`), MediaType: "application/vc+jwt", CheckedAt: vctest.Now(), Verdict: vc.Revoked,
			Material: []Material{list, m("https://a.example/key", `{"key":1}`)}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadBack(t *testing.T) {
	b := sampleEvidence(t)
	e, err := Read(b)
	if err != nil || !Is(b) {
		t.Fatal(err)
	}
	if len(e.Badges) != 2 || e.Maker != "https://backpack.example" || string(e.Badges[1].Raw) != "a.b.c" || !e.Badges[0].CheckedAt.Equal(vctest.Now()) {
		t.Errorf("%+v", e)
	}
	one := e.Badges[0].Material
	if len(one) != 2 || string(one[0].Body) != `{"list":1}` || !one[1].Omitted || one[1].Body != nil {
		t.Errorf("%+v", one)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if len(z.File) != 6 { // README, manifest, two badges, two answers
		t.Errorf("%d files", len(z.File))
	}
	if _, err := Replay(one).Fetch(vc.WithOffline(t.Context()), vc.FetchRequest{URL: "https://a.example/list", Accept: "x/y"}); err != nil {
		t.Errorf("another Accept header: got error %v", err)
	}
	for _, url := range []string{"https://a.example/big", "https://b.example/"} {
		if _, err := Replay(one).Fetch(t.Context(), vc.FetchRequest{URL: url}); !errors.Is(err, vc.ErrUnreachable) {
			t.Errorf("%s: %v", url, err)
		}
	}
	if _, err := Replay(one).Fetch(t.Context(), vc.FetchRequest{URL: "https://a.example/list", MaxBytes: 3}); !errors.Is(err, vc.ErrTooLarge) {
		t.Errorf("too large: got error %v", err)
	}
}

// rezip rewrites a ZIP file; change returns each file's content, nil to omit it.
func rezip(t testing.TB, b []byte, change func(name string, body []byte) []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if body = change(f.Name, body); body == nil {
			continue
		}
		to, err := w.Create(f.Name)
		if err == nil {
			_, err = to.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestAltered alters one part of a file at a time.
func TestAltered(t *testing.T) {
	b := sampleEvidence(t)
	in := func(part string, change func([]byte) []byte) []byte {
		return rezip(t, b, func(name string, body []byte) []byte {
			if strings.HasPrefix(name, part) {
				return change(body)
			}
			return body
		})
	}
	text := func(from, to string) func([]byte) []byte {
		return func(body []byte) []byte {
			if !bytes.Contains(body, []byte(from)) {
				t.Fatalf("%q is not in %s", from, body)
			}
			return bytes.ReplaceAll(body, []byte(from), []byte(to))
		}
	}
	none := func([]byte) []byte { return nil }
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"a badge": {in("badges/001", text("1", "2")), ErrAltered},
		"an answer": {rezip(t, b, func(_ string, body []byte) []byte {
			return bytes.ReplaceAll(body, []byte(`{"list":1}`), []byte(`{"list":2}`))
		}), ErrAltered},
		"a digest":          {in("manifest", text(Digest([]byte("a.b.c")), Digest([]byte("a.b.d")))), ErrAltered},
		"a badge missing":   {in("badges/002", none), ErrAltered},
		"answers missing":   {in("material/", none), ErrAltered},
		"another number":    {in("manifest", text(`"material": [`+"\n        0,\n        1", `"material": [`+"\n        0,\n        9")), ErrAltered},
		"a newer version":   {in("manifest", text(`"version": 1`, `"version": 2`)), vc.ErrUnsupported},
		"another format":    {in("manifest", text(Format, "other")), ErrNoEvidence},
		"no manifest":       {in("manifest", none), ErrNoEvidence},
		"manifest not JSON": {in("manifest", text("{", "[")), ErrNoEvidence},
		"wrong types":       {in("manifest", text(`"size": 3`, `"size": "3"`)), ErrAltered},
		"no badges":         {in("manifest", func([]byte) []byte { return []byte(`{"format":"` + Format + `","version":1,"badges":[]}`) }), ErrAltered},
		"empty":             {nil, ErrNoEvidence},
		"no ZIP":            {[]byte(`{"format":"` + Format + `"}`), ErrNoEvidence},
		"cut short":         {b[:len(b)-30], ErrNoEvidence},
	} {
		if _, err := Read(c.file); !errors.Is(err, c.want) {
			t.Errorf("%s: got error %v, want %v", name, err, c.want)
		}
	}
	if Is([]byte("PK\x03\x04")) || Is(nil) {
		t.Error("other bytes are evidence")
	}
}

// TestThreat06KeptEvidence reads files that expand to far more than their size.
func TestThreat06KeptEvidence(t *testing.T) {
	big := bytes.Repeat([]byte("0"), maxFile+2)
	manifest := func(file string, sum string) []byte {
		return fmt.Appendf(nil, `{"format":%q,"version":1,"badges":[{"file":%q,"sha256":%q}],"material":[]}`, Format, file, sum)
	}
	pack := func(files map[string][]byte, double bool) []byte {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for name, body := range files {
			f, _ := w.Create(name)
			f.Write(body)
			if double {
				f, _ = w.Create(name)
				f.Write(body)
			}
		}
		w.Close()
		return out.Bytes()
	}
	if _, err := Read(pack(map[string][]byte{"manifest.json": manifest("b", Digest(big)), "b": big}, false)); !errors.Is(err, ErrAltered) {
		t.Errorf("a huge badge: got error %v", err)
	}
	padded := append(manifest("b", ""), bytes.Repeat([]byte(" "), maxManifest)...)
	if _, err := Read(pack(map[string][]byte{"manifest.json": padded}, false)); !errors.Is(err, ErrNoEvidence) {
		t.Errorf("a huge manifest: got error %v", err)
	}
	bomb.Contained(t, "a gigabyte", func() {
		if _, err := Read(bomb.ZIP(t, "manifest.json", 100)); !errors.Is(err, ErrNoEvidence) {
			t.Errorf("a manifest of a gigabyte: got error %v", err)
		}
	})
	if _, err := Read(pack(map[string][]byte{"manifest.json": manifest("b", Digest([]byte("x"))), "b": []byte("x")}, true)); !errors.Is(err, ErrNoEvidence) {
		t.Errorf("two files of one name: got error %v", err)
	}
	crowd := append([]byte("PK\x03\x04"), bytes.Repeat([]byte("PK\x01\x02"), 2*maxFiles+1)...)
	if _, err := Read(crowd); !errors.Is(err, ErrNoEvidence) || Is(crowd) {
		t.Errorf("very many files: got error %v", err)
	}
	many := map[string][]byte{}
	for n := range maxFiles + 1 {
		many[fmt.Sprint(n)] = nil
	}
	if _, err := Read(pack(many, false)); !errors.Is(err, ErrNoEvidence) {
		t.Errorf("many files: got error %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sampleEvidence(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := Read(b)
		if err == nil && len(e.Badges) == 0 {
			t.Error("got neither badges nor an error")
		}
	})
}

// TestReplayDistrustsBytes asserts that material with another digest is not used.
func TestReplayDistrustsBytes(t *testing.T) {
	m := Material{URL: "https://a.example/", Status: 200, SHA256: Digest([]byte("a")), Body: []byte("b"), ConfirmedAt: time.Time{}}
	if _, err := Replay([]Material{m}).Fetch(t.Context(), vc.FetchRequest{URL: m.URL}); !errors.Is(err, vc.ErrUnreachable) {
		t.Errorf("altered bytes: got error %v", err)
	}
}
