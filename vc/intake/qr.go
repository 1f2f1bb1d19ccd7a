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

// errUnreadable says that a code was seen but not understood.
var errUnreadable = fmt.Errorf("%w: a QR code that cannot be read", vc.ErrMalformed)

// Limits of the search in one picture. What bounds the work are the number of
// pixels and maxCorners; the time is only the last resort, so generous that a
// busy machine still reads honest photos.
const (
	qrTime = 30 * time.Second
	// maxCorners is how many things that look like the corner of a code one
	// look may find. The decoder tries every three of them together: a picture
	// tiled with corners would keep it busy for hours.
	maxCorners = 200
)

// ReadQR returns the text of a QR code in a PNG, JPEG, GIF or WebP picture: a
// clean image, a screenshot or a photo, dark on light or light on dark, turned
// any way. Of several codes it returns one. The picture may have 25 million
// pixels and need 96 MiB of memory to open. Errors wrap vc.ErrNotFound when
// there is no code, vc.ErrMalformed when the picture is damaged or a code is
// there that cannot be read, vc.ErrTooLarge, vc.ErrUnsupported for another
// kind of file, vc.ErrTooComplex when it takes too long, and the context's error.
func ReadQR(ctx context.Context, image []byte) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, qrTime, vc.ErrTooComplex)
	defer cancel()
	type answer struct {
		text string
		err  error
	}
	// The decoder cannot be interrupted, only left behind.
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
			err = fmt.Errorf("read QR code: %w: the picture breaks the decoder", vc.ErrMalformed)
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

// An attempt is one way to look at a picture.
type attempt struct {
	g               *gray
	inverted, pure  bool
	globalThreshold bool
}

// attempts lists the ways in the order that finds most codes soonest: as
// photographed, as drawn by a program, light on dark, and then coarser, which
// takes noise and the patterns of screens away.
func attempts(g *gray) []attempt {
	out := []attempt{{g: g}, {g: g, pure: true}, {g: g, inverted: true}, {g: g, pure: true, inverted: true}, {g: g, globalThreshold: true}}
	for h := g.half(); h != nil; h = h.half() {
		out = append(out, attempt{g: h}, attempt{g: h, inverted: true})
	}
	return append(out, attempt{g: g.blurred()})
}

// read looks once. A look at too many corners, or past the end of ctx, is
// broken off from inside the decoder, by a panic: it offers no other way.
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
	// Addresses and JSON have one encoding; the decoder would guess.
	corners := 0
	hints := map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_TRY_HARDER: true, gozxing.DecodeHintType_CHARACTER_SET: "UTF-8",
		gozxing.DecodeHintType_NEED_RESULT_POINT_CALLBACK: gozxing.ResultPointCallback(func(gozxing.ResultPoint) {
			if corners++; corners > maxCorners || ctx.Err() != nil {
				panic("too much in the picture looks like a code")
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

// located reports whether there was a code: its frame and its version were
// read and only the checksums failed. Noise now and then has the frame alone.
func located(err error) bool {
	var checksum gozxing.ChecksumException
	return errors.As(err, &checksum)
}
