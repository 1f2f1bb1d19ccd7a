package intake

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"math/rand"
	"runtime"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/bake"
)

// withSum corrects the checksum of a PNG's header.
func withSum(p []byte) []byte {
	p = bytes.Clone(p)
	binary.BigEndian.PutUint32(p[29:], crc32.ChecksumIEEE(p[12:29]))
	return p
}

// corpus returns one input of each kind.
func corpus(t testing.TB) [][]byte {
	pic, svg := picture(t), []byte(`<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>`)
	page := `<!doctype html><html><head><link rel="alternate" type="application/vc" href="/x"><meta property="og:image" content="/i.png">` +
		`<script type="application/ld+json">` + badge3 + `</script></head></html>`
	texts := []string{
		badge3, badge2, badge05, token(badge3), token(badge2), fmt.Sprintf(envelope, token(badge3)), fmt.Sprintf(wrapVP, badge3+","+badge2),
		"[" + badge3 + "," + badge2 + "]", `{"credential":[` + badge3 + `],"compactJwsString":["` + token(badge3) + `"]}`,
		`[{"contents":[` + badge3 + `,` + key + `]}]`, badge3 + "\n" + badge2, "name,url\nx," + address, page, shareLink,
		"data:application/json," + badge3, "OpenBadges.issue(['" + address + "'])", utf16le("url\n" + address),
	}
	out := [][]byte{
		baked(t, pic, bake.OpenBadge3, badge3), baked(t, pic, bake.OpenBadge2, address), baked(t, svg, bake.OpenBadge3, badge3),
		baked(t, svg, bake.OpenBadge2, token(badge2)), zipOf(t, file{"a.json", badge3}, file{"b.svg", string(svg)}),
		encodePNG(t, drawQR(t, shareLink, 3)), encodeJPEG(t, drawQR(t, shareLink, 3), 70),
	}
	for _, s := range texts {
		out = append(out, []byte(s))
	}
	return out
}

// mutate damages an input: it flips, deletes or repeats bytes, inserts parts of
// another input, or sets values with a meaning to parsers.
func mutate(r *rand.Rand, b, other []byte) []byte {
	b = bytes.Clone(b)
	for range 1 + r.Intn(4) {
		if len(b) == 0 {
			return b
		}
		i := r.Intn(len(b))
		n := min(1+r.Intn(64), len(b)-i)
		switch r.Intn(8) {
		case 0:
			b[i] ^= 1 << r.Intn(8)
		case 1:
			b[i] = "\x00\xff{}[]\"<>&.,:%\r\n"[r.Intn(16)]
		case 2:
			b = append(b[:i], b[i+n:]...)
		case 3:
			b = append(b[:i:i], append(bytes.Repeat(b[i:i+n], 1+r.Intn(200)), b[i:]...)...)
		case 4:
			b = b[:i]
		case 5:
			j := r.Intn(len(other))
			b = append(b[:i:i], append(bytes.Clone(other[j:min(len(other), j+256)]), b[i:]...)...)
		case 6:
			if i+4 <= len(b) {
				binary.BigEndian.PutUint32(b[i:], []uint32{0, 1, 0x7fffffff, 0xffffffff, 1 << 20}[r.Intn(5)])
			}
		case 7:
			for k := range b[i : i+n] {
				b[i+k] = byte(r.Intn(256))
			}
		}
	}
	return b
}

// hang is the maximum time for one input on a very busy machine. BenchmarkLargest
// measures the actual time.
const hang = time.Minute

// measure returns the duration of fn and the bytes that it allocates.
func measure(fn func()) (took time.Duration, used uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	fn()
	took = time.Since(start)
	runtime.ReadMemStats(&after)
	return took, after.TotalAlloc - before.TotalAlloc
}

// TestThreat07MalformedFiles opens 20,000 damaged inputs. None may panic, hang, or
// allocate more than 64 MiB.
func TestThreat07MalformedFiles(t *testing.T) {
	count := 20_000
	if testing.Short() {
		count = 2_000
	}
	const bytesLimit = 64 << 20
	seeds := corpus(t)
	r := rand.New(rand.NewSource(20_000))
	var slowest time.Duration
	var largest uint64
	problems := map[Problem]int{}
	for i := range count {
		in := mutate(r, seeds[i%len(seeds)], seeds[r.Intn(len(seeds))])
		if bytes.HasPrefix(in, []byte("\x89PNG")) && len(in) > 40 && i%2 == 0 {
			in = withSum(in)
		}
		var items []Item
		took, used := measure(func() {
			if i%3 == 0 {
				items = OpenFetched(t.Context(), &vc.Resource{URL: "https://site.example/x", Status: 200, Body: in}, Options{})
			} else {
				items = Open(t.Context(), "x", in, Options{KeepPresentation: i%2 == 0})
			}
		})
		slowest, largest = max(slowest, took), max(largest, used)
		if took > hang || used > bytesLimit {
			t.Errorf("input %d of %d bytes: %v, %d bytes: %.60q", i, len(in), took, used, in)
		}
		check(t, items)
		for _, it := range items {
			problems[it.Problem]++
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d inputs, slowest %v, most allocated %d KiB, %v", count, slowest, largest>>10, problems)
}

// largest returns inputs at the limits.
func largest(t testing.TB) map[string][]byte {
	return map[string][]byte{
		"white space":    bytes.Repeat([]byte(" "), 15<<20),
		"many values":    append(append([]byte("[0"), bytes.Repeat([]byte(",0"), 190_000)...), ']'),
		"many objects":   append(append([]byte(`{"data":[{}`), bytes.Repeat([]byte(",{}"), 190_000)...), "]}"...),
		"many badges":    append(append([]byte("["+badge3), bytes.Repeat([]byte(","+badge3), 4_000)...), ']'),
		"a long text":    append(append([]byte(`{"a":"`), bytes.Repeat([]byte("\\n"), 3<<20)...), `"}`...),
		"many lines":     bytes.Repeat([]byte("{}\n"), 5<<20),
		"many addresses": bytes.Repeat([]byte("https://a.example\n"), 1<<19),
		"many commas":    append([]byte("url,x\n"), bytes.Repeat([]byte(",\n"), 1<<22)...),
		"many scripts":   append([]byte("<html>"), bytes.Repeat([]byte(`<script type="application/ld+json">[</script>`), 1<<18)...),
		"many tags":      append([]byte("<html>"), bytes.Repeat([]byte("<a>"), 1<<22)...),
		"a long tag":     append([]byte("<html><link "), bytes.Repeat([]byte("a=b "), 1<<21)...),
		"many points":    bytes.Repeat([]byte("e."), 1<<22),
		"a long word":    bytes.Repeat([]byte("e"), 15<<20),
		"a large photo":  encodePNG(t, image.NewNRGBA(image.Rect(0, 0, 4000, 3000))),
	}
}

// TestLargest checks that inputs at the limits stay within the memory limit and do not
// hang.
func TestLargest(t *testing.T) {
	for name, in := range largest(t) {
		t.Run(name, func(t *testing.T) {
			var items []Item
			took, used := measure(func() { items = Open(t.Context(), "x", in, Options{}) })
			check(t, items)
			t.Logf("%d items, %v, %d MiB", len(items), took, used>>20)
			if took > hang || used > 256<<20 {
				t.Errorf("%v, %d MiB", took, used>>20)
			}
		})
	}
}

// BenchmarkLargest: the target is two seconds for the slowest input.
func BenchmarkLargest(b *testing.B) {
	for name, in := range largest(b) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Open(b.Context(), "x", in, Options{})
			}
		})
	}
}

// FuzzOpen checks the items of arbitrary input.
func FuzzOpen(f *testing.F) {
	for _, b := range corpus(f) {
		f.Add(b, true)
	}
	f.Fuzz(func(t *testing.T, b []byte, fetched bool) {
		items := Open(t.Context(), "x", b, Options{KeepPresentation: true})
		if fetched {
			items = OpenFetched(t.Context(), &vc.Resource{URL: "https://site.example/x", Status: 200, Body: b}, Options{})
		}
		if len(items) == 0 {
			t.Fatal("no item")
		}
		check(t, items)
		for _, it := range items {
			if it.Link != "" && RewriteURL(it.Link) != it.Link {
				t.Fatalf("the link %q is not rewritten", it.Link)
			}
		}
	})
}
