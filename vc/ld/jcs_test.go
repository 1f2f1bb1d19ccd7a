package ld

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"backpack/vc"

	"github.com/gowebpki/jcs"
)

// TestJCSVectors runs the vectors of the author of RFC 8785.
func TestJCSVectors(t *testing.T) {
	dir := vectors(t, "jcs-cyberphone")
	list, err := os.ReadDir(filepath.Join(dir, "input"))
	if err != nil || len(list) < 6 {
		t.Fatalf("%d vectors, %v", len(list), err)
	}
	for _, f := range list {
		got := JCS(nil, parse(t, string(read(t, filepath.Join(dir, "input", f.Name())))))
		if want := read(t, filepath.Join(dir, "output", f.Name())); !bytes.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", f.Name(), got, want)
		}
	}
}

func TestJCS(t *testing.T) {
	for _, x := range []struct{ in, want string }{
		{`{"b":1,"a":[true,false,null,{}]}`, `{"a":[true,false,null,{}],"b":1}`},
		{`[-0, 0.0, 1e0, 1E21, 1e-7, 0.000001, 1.2345678901234568e20, 5e-324]`, `[0,0,1,1e+21,1e-7,0.000001,123456789012345680000,5e-324]`},
		{`{"\uD83D\uDE00":1,"\uFB33":2,"\u20ac":3}`, "{\"\u20ac\":3,\"\U0001F600\":1,\"\uFB33\":2}"},
		{`"\u000f\u007f\u2028</"`, "\"\\u000f\u007f\u2028</\""},
	} {
		if got := string(JCS(nil, parse(t, x.in))); got != x.want {
			t.Errorf("%s: got %s, want %s", x.in, got, x.want)
		}
	}
	if got := string(JCS([]byte("x"), parse(t, `{"a":1,"proof":2,"b":{"proof":3}}`), "proof")); got != `x{"a":1,"b":{"proof":3}}` {
		t.Errorf("without a member: %s", got)
	}
}

// TestJCSNumbers compares the form of numbers with gowebpki/jcs.
func TestJCSNumbers(t *testing.T) {
	bits := uint64(0x9E3779B97F4A7C15)
	for range 20_000 {
		bits ^= bits << 13
		bits ^= bits >> 7
		bits ^= bits << 17
		f := math.Float64frombits(bits)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		text := strconv.FormatFloat(f, 'g', -1, 64)
		want, err := jcs.NumberToJSON(f)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(appendNumber(nil, text)); got != want {
			t.Fatalf("%s: got %s, want %s", text, got, want)
		}
	}
}

// FuzzJCS compares with gowebpki/jcs on every document that the parser accepts.
func FuzzJCS(f *testing.F) {
	for _, s := range samples {
		f.Add([]byte(s))
	}
	f.Add([]byte(`[1e21, -0.0, "\ud83d\ude00", {"\ufb33": 1, "\ud83d\ude00": 2}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := vc.ParseJSON(b)
		if err != nil || !v.Is(vc.Object) && !v.Is(vc.Array) {
			return
		}
		got := JCS(nil, v)
		want, err := jcs.Transform(b)
		if err != nil {
			return // gowebpki/jcs rejects some documents that RFC 8259 allows
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", b, got, want)
		}
		if !json.Valid(got) {
			t.Errorf("%s is not JSON", got)
		}
	})
}
