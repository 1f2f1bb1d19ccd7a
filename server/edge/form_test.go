package edge

import (
	"bytes"
	"io"
	"mime/multipart"
	"testing"
	"unsafe"
)

// FuzzSplitForm compares split with the standard library.
func FuzzSplitForm(f *testing.F) {
	for _, s := range []string{
		"--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntoken\r\n--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a/b.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\r\n--\r\n--b--\r\n",
		"preamble\r\n\r\nmore\r\n--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--b--", "--b\nContent-Disposition: form-data; name=x\n\n1\n--b--\n",
		"--b\r\n\r\nno name\r\n--b  \r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n--bb\r\n--b--",
		"--b\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Disposition: form-data; name=x\r\n\r\n=41=42\r\n--b--", "--b--", "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := split(body, "b")
		r := multipart.NewReader(bytes.NewReader(body), "b")
		want, values := 0, map[string]int{}
		for {
			p, wrong := r.NextPart()
			if wrong == io.EOF && err == nil {
				break
			}
			var b []byte
			if wrong == nil {
				b, wrong = io.ReadAll(p)
			}
			if err != nil {
				if wrong == nil && want < maxParts {
					want++
					continue
				}
				return
			}
			if wrong != nil {
				t.Fatalf("parsed, although %v", wrong)
			}
			name := p.FormName()
			switch {
			case name == "":
				continue
			case p.FileName() == "":
				if have := got.Values[name]; len(have) <= values[name] || !bytes.Equal(have[values[name]], b) {
					t.Fatalf("%q is %q, not %q", name, have, b)
				}
				values[name]++
			default:
				name = "file " + name
				if have := got.Files[name[5:]]; len(have) <= values[name] || !bytes.Equal(have[values[name]].Bytes, b) {
					t.Fatalf("%q is %q, not %q", name, have, b)
				}
				values[name]++
			}
		}
	})
}

// TestSplitFormCopiesNothing checks that the files of a browser's form are not copied.
func TestSplitFormCopiesNothing(t *testing.T) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for range 3 {
		f, err := w.CreateFormFile("files", "a.png")
		if err != nil {
			t.Fatal(err)
		}
		f.Write(bytes.Repeat([]byte("\r\n\r\n--"), 1000))
	}
	w.WriteField("csrf", "token")
	w.Close()
	body := b.Bytes()
	got, err := split(body, w.Boundary())
	if err != nil || len(got.Files["files"]) != 3 || string(got.Values["csrf"][0]) != "token" {
		t.Fatalf("%v %+v", err, got)
	}
	from, to := uintptr(unsafe.Pointer(&body[0])), uintptr(unsafe.Pointer(&body[len(body)-1]))
	for _, f := range got.Files["files"] {
		if at := uintptr(unsafe.Pointer(&f.Bytes[0])); at < from || at > to || len(f.Bytes) != 6000 {
			t.Error("a file is a copy")
		}
	}
}
