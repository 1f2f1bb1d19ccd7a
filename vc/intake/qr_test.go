package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/skip2/go-qrcode"

	"backpack/vc"
)

// drawQR draws a code with size pixels per module.
func drawQR(t testing.TB, text string, size int) *image.Gray {
	t.Helper()
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	bits := q.Bitmap() // with its quiet zone
	m := image.NewGray(image.Rect(0, 0, len(bits)*size, len(bits)*size))
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			if !bits[y/size][x/size] {
				m.SetGray(x, y, color.Gray{255})
			}
		}
	}
	return m
}

// A view describes a photo of a code.
type view struct {
	w, h     int     // of the photo
	scale    float64 // of the code in the photo
	turn     float64 // degrees
	tilt     float64 // relative shrinking of the far side, 0 to 1
	noise    int
	dim      float64 // brightness of the darkest corner
	inverted bool
}

// photograph draws the code in the middle of a grey table.
func photograph(m *image.Gray, v view) *image.Gray {
	r := rand.New(rand.NewSource(1))
	out := image.NewGray(image.Rect(0, 0, v.w, v.h))
	sin, cos := math.Sincos(v.turn * math.Pi / 180)
	cw, ch := float64(m.Rect.Dx()), float64(m.Rect.Dy())
	for y := range v.h {
		for x := range v.w {
			dx, dy := float64(x-v.w/2), float64(y-v.h/2)
			depth := 1 + v.tilt*dy/float64(v.h)
			sx, sy := (dx*cos+dy*sin)*depth/v.scale+cw/2, (-dx*sin+dy*cos)*depth/v.scale+ch/2
			light := 110.0
			if sx >= 0 && sy >= 0 && sx < cw && sy < ch {
				light = float64(m.GrayAt(int(sx), int(sy)).Y)*0.8 + 25
				if v.inverted {
					light = 255 - light
				}
			}
			light *= v.dim + (1-v.dim)*float64(x+y)/float64(v.w+v.h)
			if v.noise > 0 {
				light += float64(r.Intn(2*v.noise) - v.noise)
			}
			out.SetGray(x, y, color.Gray{byte(max(0, min(255, light)))})
		}
	}
	return out
}

func encodeJPEG(t testing.TB, m image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encodePNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const shareLink = "https://backpack.example/s/ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

func TestReadQRClean(t *testing.T) {
	oracle := zbarimg(t)
	read, all := 0, 0
	for _, n := range []int{10, 40, 64, 150, 300, 600, 900, 1500, 2300} {
		text := ("https://issuer.example/ü?" + strings.Repeat("abcdefghij", 230))[:n]
		for _, size := range []int{3, 5, 8} {
			b := encodePNG(t, drawQR(t, text, size))
			got, err := ReadQR(t.Context(), b)
			all++
			if err == nil && got == text {
				read++
			} else {
				t.Errorf("%d bytes at %d pixels a module: %v", n, size, err)
			}
			if oracle != "" && n <= 300 { // zbarimg reads non-ASCII letters as Japanese
				ascii := strings.Replace(text, "ü", "u", 1)
				if seen := runZbar(t, oracle, encodePNG(t, drawQR(t, ascii, size))); seen != ascii {
					t.Errorf("zbarimg reads %q", seen)
				}
			}
		}
	}
	t.Logf("%d of %d clean codes read", read, all)
}

func TestReadQRPhotos(t *testing.T) {
	code := drawQR(t, shareLink, 8)
	for _, v := range []view{
		{w: 800, h: 600, scale: 1, dim: 1},
		{w: 1280, h: 720, scale: 1.2, dim: 1, turn: 7, noise: 12},
		{w: 1280, h: 720, scale: 1, dim: 1, turn: -20, noise: 20},
		{w: 1280, h: 720, scale: 1.3, dim: 1, turn: 45},
		{w: 1280, h: 720, scale: 1.3, dim: 1, turn: 90, noise: 10},
		{w: 1280, h: 720, scale: 1.3, dim: 1, turn: 180, noise: 10},
		{w: 1280, h: 960, scale: 1.5, dim: 0.45, turn: 3, noise: 10},
		{w: 1280, h: 960, scale: 1.5, dim: 1, tilt: 0.25, turn: 4, noise: 8},
		{w: 1920, h: 1080, scale: 0.7, dim: 0.8, turn: 2, noise: 8},
		{w: 4000, h: 3000, scale: 3, dim: 0.8, turn: 5, noise: 25},
		{w: 800, h: 600, scale: 1, dim: 1, inverted: true},
		{w: 1280, h: 720, scale: 1.2, dim: 0.9, inverted: true, turn: 5, noise: 10},
	} {
		t.Run(fmt.Sprintf("%+v", v), func(t *testing.T) {
			b := encodeJPEG(t, photograph(code, v), 60)
			start := time.Now()
			got, err := ReadQR(t.Context(), b)
			t.Logf("%d bytes, %v", len(b), time.Since(start))
			if err != nil || got != shareLink {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestReadQRFormats(t *testing.T) {
	gray := drawQR(t, shareLink, 4)
	rgba, nrgba := image.NewRGBA(gray.Rect), image.NewNRGBA(gray.Rect)
	rgba64 := image.NewRGBA64(gray.Rect)
	paletted := image.NewPaletted(gray.Rect, color.Palette{color.Black, color.White})
	for y := range gray.Rect.Dy() {
		for x := range gray.Rect.Dx() {
			c := gray.GrayAt(x, y)
			rgba.Set(x, y, c)
			rgba64.Set(x, y, c)
			paletted.Set(x, y, c)
			nrgba.SetNRGBA(x, y, color.NRGBA{A: 255 - c.Y}) // black on transparent
		}
	}
	var g bytes.Buffer
	if err := gif.Encode(&g, paletted, nil); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"gray": encodePNG(t, gray), "rgba": encodePNG(t, rgba), "transparent": encodePNG(t, nrgba), "16 bits": encodePNG(t, rgba64),
		"paletted": encodePNG(t, paletted), "gif": g.Bytes(), "jpeg": encodeJPEG(t, rgba, 90),
	} {
		if got, err := ReadQR(t.Context(), b); err != nil || got != shareLink {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestReadQRRefuses(t *testing.T) {
	hidden := drawQR(t, shareLink, 8)
	for y := 110; y < 220; y++ { // the finder patterns remain, the middle is destroyed
		for x := 110; x < 220; x++ {
			hidden.SetGray(x, y, color.Gray{byte(x * y * 7)})
		}
	}
	huge := encodePNG(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	copy(huge[16:24], "\x00\x00\xea\x60\x00\x00\xea\x60") // 60000 × 60000
	for _, tc := range []struct {
		name string
		in   []byte
		err  error
	}{
		{"no code", encodeJPEG(t, photograph(image.NewGray(image.Rect(0, 0, 1, 1)), view{w: 640, h: 480, scale: 1, dim: 1, noise: 60}), 80), vc.ErrNotFound},
		{"one pixel", encodePNG(t, image.NewGray(image.Rect(0, 0, 1, 1))), vc.ErrNotFound},
		{"a line", encodePNG(t, image.NewGray(image.Rect(0, 0, 5000, 1))), vc.ErrNotFound},
		{"half hidden", encodePNG(t, hidden), vc.ErrMalformed},
		{"text", []byte("hello"), vc.ErrUnsupported},
		{"damaged", encodePNG(t, drawQR(t, shareLink, 4))[:200], vc.ErrMalformed},
		{"huge according to its header", withSum(huge), vc.ErrTooLarge},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, err := ReadQR(t.Context(), tc.in); !errors.Is(err, tc.err) {
				t.Errorf("got %q, %v, want %v", got, err, tc.err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ReadQR(ctx, encodePNG(t, hidden)); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// TestReadQRCrowd searches a picture tiled with 21,000 finder patterns, which the
// decoder would combine to 1.5 trillion triples.
func TestReadQRCrowd(t *testing.T) {
	const n, pitch = 145, 11
	m := image.NewGray(image.Rect(0, 0, n*pitch, n*pitch))
	for i := range m.Pix {
		x, y := i%m.Stride%pitch-5, i/m.Stride%pitch-5
		ring := max(max(x, -x), max(y, -y))
		if ring == 2 || ring > 3 {
			m.Pix[i] = 255
		}
	}
	start := time.Now()
	_, err := ReadQR(t.Context(), encodePNG(t, m))
	if took := time.Since(start); !errors.Is(err, vc.ErrNotFound) || took > hang { // takes hours without limits
		t.Errorf("%v after %v", err, took)
	}
}

func TestOpenPhoto(t *testing.T) {
	shot := func(text string) []byte {
		return encodeJPEG(t, photograph(drawQR(t, text, 6), view{w: 1000, h: 1000, scale: 1, dim: 1, turn: 3, noise: 5}), 70)
	}
	inner := "data:image/png;base64,iVBORw0KGgo="
	for _, tc := range []struct {
		name string
		in   []byte
		want []string
	}{
		{"a link", shot(shareLink), []string{"link " + shareLink}},
		{"a screenshot", encodePNG(t, drawQR(t, shareLink, 4)), []string{"link " + shareLink}},
		{"a badge", shot(token(`{"type":["VerifiableCredential"]}`)), []string{"badge vc-jwt"}},
		{"an offer", shot("openid-credential-offer://?a=b"), []string{"offer_unsupported openid-credential-offer://?a=b"}},
		{"something else", shot("WIFI:S:school;T:WPA;P:secret;;"), []string{"qr_without_badge"}},
		{"a picture in the code", shot(inner), []string{"damaged_image"}},
		{"no code", encodeJPEG(t, image.NewGray(image.Rect(0, 0, 300, 300)), 70), []string{"photo_without_code"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, check(t, Open(t.Context(), "photo.jpg", tc.in, Options{}))); d != "" {
				t.Error(d)
			}
		})
	}
}

// zbarimg returns the path of an independent decoder, which CI has.
func zbarimg(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("zbarimg")
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal("zbarimg is not installed")
	}
	if err != nil {
		t.Log("zbarimg is not installed; skipping the comparison")
	}
	return path
}

func runZbar(t *testing.T, path string, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "qr.png")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), path, "-q", "--raw", "--oneshot", name).Output()
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	return strings.TrimSuffix(string(out), "\n")
}
