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

// The errors of Open and Check.
var (
	ErrPassphrase  = errors.New("the passphrase does not open it")
	ErrDamaged     = errors.New("the locked file is damaged")
	ErrUnsupported = errors.New("locked in a way that is not supported")
	ErrTooLarge    = errors.New("the locked file is too large")
	ErrWeak        = errors.New("the passphrase is too short")
)

// What AE-2 adds to a ZIP.
const (
	methodAES  = 99
	extraAES   = 0x9901
	flagLocked = 0x1
	flagAfter  = 0x8 // sizes stand behind the content
	saltSize   = 16  // of AES-256
	checkSize  = 2
	macSize    = 10
	rounds     = 1000
	needs      = 51 // the version of the format that knows of AES
)

// A writer locks what is written to it.
type writer struct {
	zip    *zip.Writer
	head   *zip.FileHeader
	out    io.Writer
	stream cipher.Stream
	mac    hash.Hash
	size   uint64
	block  []byte
}

// Create begins a ZIP file on w that holds one file called name, locked with
// the passphrase; random gives its salt. What is written to the result is that
// file; Close ends it, and not w.
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
		Extra: []byte{0x01, 0x99, 7, 0, 2, 0, 'A', 'E', 3, 0, 0}} // AE-2, 256 bits, stored as it is
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
	// The ZIP writer reads these when it writes what stands behind the content.
	// Of the content's own checksum there is none, as AE-2 demands.
	w.head.UncompressedSize64 = w.size
	w.head.CompressedSize64 = w.size + saltSize + checkSize + macSize
	if w.head.CompressedSize64 < math.MaxUint32 { // else it reads those above
		//lint:ignore SA1019 the ZIP writer fills these in itself only where it counts
		w.head.CompressedSize, w.head.UncompressedSize = uint32(w.head.CompressedSize64), uint32(w.head.UncompressedSize64)
	}
	return w.zip.Close()
}

// Is reports whether b is a ZIP file with one file in it, which is locked as
// Create does it.
func Is(b []byte) bool { return only(b) != nil }

// only returns the one file of a ZIP if it is locked with AES.
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

// Open returns the one file that is locked in the ZIP file b, of at most limit
// bytes: one that Create locked, or another program with AES of 256 bits. It
// returns nothing of a file that is not whole.
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
		return nil, ErrDamaged // or a wrong passphrase, once in 65,536
	}
	k.stream.XORKeyStream(body, body)
	return unpack(body, packed, limit)
}

// Strength that Check demands.
const (
	leastLetters   = 20
	leastWords     = 6
	leastDifferent = 8
)

// Normalize returns a passphrase in Unicode's form NFC, without spaces around
// it, so that the same passphrase typed on another system opens the file. Call
// it before Create, Open and Check.
func Normalize(passphrase string) string { return norm.NFC.String(strings.TrimSpace(passphrase)) }

// Check returns ErrWeak unless the passphrase is of 20 characters or six words,
// and not of the same few letters. That is a floor and no praise: twenty
// letters of a song are guessed.
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

// letters are those that nobody takes for another one.
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
