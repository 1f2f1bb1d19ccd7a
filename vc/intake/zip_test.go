package intake

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backpack/vc/bake"
)

type file struct{ name, body string }

func zipOf(t testing.TB, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestZIP(t *testing.T) {
	pic := string(baked(t, picture(t), bake.OpenBadge3, badge3))
	inner := string(zipOf(t, file{"a.json", badge3}))
	locked := zipOf(t, file{"a.json", badge3})
	locked[6] |= 1
	locked[bytes.Index(locked, []byte("PK\x01\x02"))+8] |= 1
	wrong := zipOf(t, file{"a.json", badge3}, file{"b.json", badge2})
	wrong[40]++
	many := make([]file, maxEntries+1)
	for i := range many {
		many[i].name = fmt.Sprint(i)
	}
	for _, tc := range []struct {
		name string
		in   []byte
		want []string
	}{
		{"a mix", zipOf(t, file{"2024/", ""}, file{"2024/a.png", pic}, file{"../../etc/b\x00.json", "[" + badge2 + "," + badge3 + "]"},
			file{"__MACOSX/._a.png", "x"}, file{".DS_Store", "x"}, file{"c.txt", address}, file{"d.pdf", "%PDF-1.7"}),
			[]string{"2024/a.png: badge unsigned +image", "../../etc/b.json, badge 1 of 2: badge ob-hosted2.0", "../../etc/b.json, badge 2 of 2: badge unsigned",
				"d.pdf: unsupported_kind"}},
		{"empty", zipOf(t), []string{"empty"}},
		{"folders only", zipOf(t, file{"a/", ""}), []string{"empty"}},
		{"in a ZIP", zipOf(t, file{"a.json", badge3}, file{"b.zip", inner}), []string{"a.json: badge unsigned", "b.zip/a.json: badge unsigned"}},
		{"in a ZIP in a ZIP", zipOf(t, file{"b.zip", string(zipOf(t, file{"c.zip", inner}))}), []string{"b.zip/c.zip: nested_zip"}},
		{"in a data URL", []byte("data:application/zip,PK%03%04"), []string{"nested_zip"}},
		{"locked", locked, []string{"encrypted_zip"}},
		{"one file damaged", wrong, []string{"b.json: badge ob-hosted2.0", "a.json: damaged_zip"}},
		{"cut off", zipOf(t, file{"a.json", badge3})[:90], []string{"damaged_zip"}},
		{"too many files", zipOf(t, many...), []string{"too_large"}},
		{"a bomb", zipOf(t, file{"a.json", strings.Repeat(" ", 10<<20)}, file{"b.json", badge3}), []string{"b.json: badge unsigned", "a.json: too_large"}},
		{"own export", zipOf(t, file{"badges/0001-bees/bees.json", badge3}, file{"badges/0001-bees/about.json", "{}"}, file{"badges/0001-bees/picture.png", pic},
			file{"badges/0001-bees/record-by-backpack.json", badge3}, file{"backpack.json", "{}"}, file{"index.html", "<html>"}),
			[]string{"badges/0001-bees/bees.json: badge unsigned"}},
		{"index.html without an export", zipOf(t, file{"index.html", "<html>"}), []string{"index.html: html_page"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, check(t, Open(t.Context(), "x", tc.in, Options{}))); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestThreat06ZIPTotal checks the limit on the total of inflated bytes.
func TestThreat06ZIPTotal(t *testing.T) {
	files := make([]file, 6)
	for i := range files {
		files[i] = file{fmt.Sprint(i), strings.Repeat("x", 1000)}
	}
	got := check(t, Open(t.Context(), "", zipOf(t, files...), Options{MaxBytes: 2500}))
	want := []string{"0: not_a_badge", "1: not_a_badge", "2: too_large", "3: too_large", "4: too_large", "5: too_large"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestThreat06ZIPLies opens a ZIP whose directory states a much smaller size than the
// file has.
func TestThreat06ZIPLies(t *testing.T) {
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestCompression)
	body := strings.Repeat(" ", 64<<20)
	io.WriteString(w, body)
	w.Close()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	raw, err := z.CreateRaw(&zip.FileHeader{Name: "a", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE([]byte(body)),
		CompressedSize64: uint64(packed.Len()), UncompressedSize64: 100})
	if err != nil {
		t.Fatal(err)
	}
	raw.Write(packed.Bytes())
	z.Close()
	if d := cmp.Diff([]string{"a: damaged_zip"}, check(t, Open(t.Context(), "", b.Bytes(), Options{}))); d != "" {
		t.Error(d)
	}
}

// TestZIPDirectory opens a ZIP whose directory has very many records.
func TestZIPDirectory(t *testing.T) {
	record := make([]byte, 46)
	copy(record, "PK\x01\x02")
	b := bytes.Repeat(record, 300_000)
	end := make([]byte, 22)
	copy(end, "PK\x05\x06")
	binary.LittleEndian.PutUint32(end[12:], uint32(len(b)))
	b = append([]byte("PK\x03\x04"), append(b, end...)...)
	if d := cmp.Diff([]string{"too_large"}, check(t, Open(t.Context(), "", b, Options{}))); d != "" {
		t.Error(d)
	}
}
