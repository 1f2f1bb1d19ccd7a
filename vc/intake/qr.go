package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"backpack/vc"
)

// errUnreadable means that a code was found but not decoded.
var errUnreadable = fmt.Errorf("%w: a QR code that cannot be decoded", vc.ErrMalformed)

// Limits on the search in one picture. The number of pixels and maxCorners limit the
// work. The time limit is a last resort, long enough for honest photos on a busy
// machine.
const (
	qrTime = 30 * time.Second
	// maxCorners limits the number of finder patterns in one attempt. The decoder tries all
	// combinations of three, which takes hours for a picture tiled with finder patterns.
	maxCorners = 200
)

// ReadQR returns the text of a QR code in a PNG, JPEG, GIF or WebP picture: a clean
// image, a screenshot or a photo, dark on light or light on dark, in any orientation.
// If there are several codes, it returns one of them. The limits are 25 million pixels
// and 96 MiB for the decoded picture. Errors wrap vc.ErrNotFound if there is no code,
// vc.ErrMalformed if the picture is damaged or the code cannot be decoded,
// vc.ErrTooLarge, vc.ErrUnsupported for another kind of file, vc.ErrTooComplex after
// the time limit, or the error of ctx.
func ReadQR(ctx context.Context, image []byte) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, qrTime, vc.ErrTooComplex)
	defer cancel()
	type answer struct {
		text string
		err  error
	}
	// The decoder cannot be interrupted, only abandoned.
	done := make(chan answer, 1)
	go func() {
		text, err := readQR(ctx, image)
		done <- answer{text, err}
	}()
	select {
	case a := <-done:
		return a.text, a.err
	case <-ctx.Done():
		return "", fmt.Errorf("read QR code: %w", context.Cause(ctx))
	}
}

func readQR(ctx context.Context, image []byte) (text string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("read QR code: %w: the picture makes the decoder panic", vc.ErrMalformed)
		}
	}()
	g, err := decodeGray(image)
	if err != nil {
		return "", fmt.Errorf("read QR code: %w", err)
	}
	seen := false
	for _, a := range attempts(g) {
		if ctx.Err() != nil {
			return "", fmt.Errorf("read QR code: %w", context.Cause(ctx))
		}
		text, err := a.read(ctx)
		if err == nil && text != "" {
			return text, nil
		}
		seen = seen || err != nil && !a.pure && located(err)
	}
	if seen {
		return "", fmt.Errorf("read QR code: %w", errUnreadable)
	}
	return "", fmt.Errorf("read QR code: %w: no code in the picture", vc.ErrNotFound)
}

// An attempt is one set of parameters for the decoder.
type attempt struct {
	g               *gray
	inverted, pure  bool
	globalThreshold bool
}

// attempts lists the attempts, the most successful first: as photographed, as drawn by
// a program, light on dark, then smaller sizes, which removes noise and screen
// patterns.
func attempts(g *gray) []attempt {
	out := []attempt{{g: g}, {g: g, pure: true}, {g: g, inverted: true}, {g: g, pure: true, inverted: true}, {g: g, globalThreshold: true}}
	for h := g.half(); h != nil; h = h.half() {
		out = append(out, attempt{g: h}, attempt{g: h, inverted: true})
	}
	return append(out, attempt{g: g.blurred()})
}

// read makes one attempt. If there are too many finder patterns, or ctx ends, a
// callback panics, as the decoder cannot be stopped in another way.
func (a attempt) read(ctx context.Context) (text string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", vc.ErrTooComplex, r)
		}
	}()
	source, err := gozxing.NewPlanarYUVLuminanceSource(a.g.pix, a.g.w, a.g.h, 0, 0, a.g.w, a.g.h, false)
	if err != nil {
		return "", err
	}
	if a.inverted {
		source = gozxing.LuminanceSourceInvert(source)
	}
	binarizer := gozxing.NewHybridBinarizer(source)
	if a.globalThreshold {
		binarizer = gozxing.NewGlobalHistgramBinarizer(source)
	}
	bitmap, err := gozxing.NewBinaryBitmap(binarizer)
	if err != nil {
		return "", err
	}
	// Addresses and JSON are UTF-8; the decoder would guess.
	corners := 0
	hints := map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_TRY_HARDER: true, gozxing.DecodeHintType_CHARACTER_SET: "UTF-8",
		gozxing.DecodeHintType_NEED_RESULT_POINT_CALLBACK: gozxing.ResultPointCallback(func(gozxing.ResultPoint) {
			if corners++; corners > maxCorners || ctx.Err() != nil {
				panic("too many finder patterns in the picture")
			}
		}),
	}
	if a.pure {
		hints[gozxing.DecodeHintType_PURE_BARCODE] = true
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
	if err != nil {
		return "", err
	}
	return result.GetText(), nil
}

// located reports whether a code was found: its frame and version were read and only
// the checksums failed. Noise may look like the frame alone.
func located(err error) bool {
	var checksum gozxing.ChecksumException
	return errors.As(err, &checksum)
}
