package lock

import (
	"archive/zip"
	"bytes"
	"crypto/cipher"
	"crypto/hmac"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Errors of Open and Check.
var (
	ErrPassphrase  = errors.New("the passphrase is wrong")
	ErrDamaged     = errors.New("the locked file is damaged")
	ErrUnsupported = errors.New("the lock format is not supported")
	ErrTooLarge    = errors.New("the locked file is too large")
	ErrWeak        = errors.New("the passphrase is too short")
)

// Values of AE-2 in a ZIP file.
const (
	methodAES  = 99
	extraAES   = 0x9901
	flagLocked = 0x1
	flagAfter  = 0x8 // the sizes follow the content
	saltSize   = 16  // of AES-256
	checkSize  = 2
	macSize    = 10
	rounds     = 1000
	needs      = 51 // the version of the format with AES
)

// A writer encrypts its input.
type writer struct {
	zip    *zip.Writer
	head   *zip.FileHeader
	out    io.Writer
	stream cipher.Stream
	mac    hash.Hash
	size   uint64
	block  []byte
}

// Create begins a ZIP file on w with one file named name, locked with the
// passphrase and a salt from random. The returned writer takes the content of that
// file; its Close completes the ZIP file but does not close w.
func Create(w io.Writer, name, passphrase string, random io.Reader) (io.WriteCloser, error) {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(random, salt); err != nil {
		return nil, fmt.Errorf("read random bytes: %w", err)
	}
	k, err := keysOf(passphrase, salt)
	if err != nil {
		return nil, err
	}
	z := zip.NewWriter(w)
	head := &zip.FileHeader{Name: name, Method: methodAES, Flags: flagLocked | flagAfter, ReaderVersion: needs,
		Extra: []byte{0x01, 0x99, 7, 0, 2, 0, 'A', 'E', 3, 0, 0}} // AE-2, 256 bits, not compressed
	out, err := z.CreateRaw(head)
	if err != nil {
		return nil, err
	}
	if _, err := out.Write(append(salt, k.check...)); err != nil {
		return nil, err
	}
	return &writer{zip: z, head: head, out: out, stream: k.stream, mac: k.mac, block: make([]byte, 32<<10)}, nil
}

// Write implements io.Writer.
func (w *writer) Write(b []byte) (n int, err error) {
	for len(b) > 0 {
		part := w.block[:min(len(b), len(w.block))]
		w.stream.XORKeyStream(part, b[:len(part)])
		w.mac.Write(part)
		if _, err := w.out.Write(part); err != nil {
			return n, err
		}
		n, w.size, b = n+len(part), w.size+uint64(len(part)), b[len(part):]
	}
	return n, nil
}

// Close implements io.Closer.
func (w *writer) Close() error {
	if _, err := w.out.Write(w.mac.Sum(nil)[:macSize]); err != nil {
		return err
	}
	// The ZIP writer writes these sizes after the content. AE-2 has no checksum of
	// the content.
	w.head.UncompressedSize64 = w.size
	w.head.CompressedSize64 = w.size + saltSize + checkSize + macSize
	if w.head.CompressedSize64 < math.MaxUint32 { // otherwise the 64-bit sizes apply
		//lint:ignore SA1019 CreateRaw leaves these fields to the caller
		w.head.CompressedSize, w.head.UncompressedSize = uint32(w.head.CompressedSize64), uint32(w.head.UncompressedSize64)
	}
	return w.zip.Close()
}

// Is reports whether b is a ZIP file with one file, locked in the format of Create.
func Is(b []byte) bool { return only(b) != nil }

// only returns the file in a ZIP file if it is the only one and locked with AES.
func only(b []byte) *zip.File {
	if !bytes.HasPrefix(b, []byte("PK\x03\x04")) || bytes.Count(b, []byte("PK\x01\x02")) > 16 {
		return nil
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(z.File) != 1 || z.File[0].Method != methodAES || z.File[0].Flags&flagLocked == 0 {
		return nil
	}
	return z.File[0]
}

// Open returns the only file in the ZIP file b, of at most limit bytes, locked by
// Create or by another program with AES-256. It returns nothing of a damaged file.
func Open(b []byte, passphrase string, limit int64) ([]byte, error) {
	f := only(b)
	if f == nil {
		return nil, ErrUnsupported
	}
	packed, err := methodOf(f.Extra)
	if err != nil {
		return nil, err
	}
	r, err := f.OpenRaw()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	all, err := io.ReadAll(io.LimitReader(r, limit+saltSize+checkSize+macSize+1))
	switch n := int64(len(all)) - saltSize - checkSize - macSize; {
	case err != nil:
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	case n < 0:
		return nil, fmt.Errorf("%w: it is too short", ErrDamaged)
	case n > limit:
		return nil, ErrTooLarge
	}
	k, err := keysOf(passphrase, all[:saltSize])
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(k.check, all[saltSize:saltSize+checkSize]) {
		return nil, ErrPassphrase
	}
	body, mac := all[saltSize+checkSize:len(all)-macSize], all[len(all)-macSize:]
	k.mac.Write(body)
	if !hmac.Equal(k.mac.Sum(nil)[:macSize], mac) {
		return nil, ErrDamaged // or, once in 65,536, a wrong passphrase
	}
	k.stream.XORKeyStream(body, body)
	return unpack(body, packed, limit)
}

// Minimum strength for Check.
const (
	leastLetters   = 20
	leastWords     = 6
	leastDifferent = 8
)

// Normalize returns a passphrase in Unicode's form NFC, without spaces around
// it, so that the same passphrase typed on another system opens the file. Call
// it before Create, Open and Check.
func Normalize(passphrase string) string { return norm.NFC.String(strings.TrimSpace(passphrase)) }

// Check returns ErrWeak unless the passphrase has 20 characters or six words, and
// enough different letters. This is a minimum, not a proof of strength: a line of a
// song can be guessed.
func Check(passphrase string) error {
	different := map[rune]bool{}
	for _, r := range passphrase {
		different[unicode.ToLower(r)] = true
	}
	long := utf8.RuneCountInString(passphrase) >= leastLetters || len(strings.Fields(passphrase)) >= leastWords
	if !utf8.ValidString(passphrase) || !long || len(different) < leastDifferent {
		return ErrWeak
	}
	return nil
}

// letters have no two that look alike.
const letters = "abcdefghjkmnpqrstuvwxyz023456789"

// Suggest returns a passphrase of 100 random bits: five groups of four letters.
func Suggest(random io.Reader) (string, error) {
	b := make([]byte, 20)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("read random bytes: %w", err)
	}
	var out strings.Builder
	for i, x := range b {
		if i > 0 && i%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(letters[x%32])
	}
	return out.String(), nil
}
