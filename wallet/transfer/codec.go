package transfer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"backpack/wallet/storage"
)

// ErrDamaged means that a dump is altered or incomplete.
var ErrDamaged = errors.New("the backup is damaged or incomplete")

func damaged(format string, a ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrDamaged}, a...)...)
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// appendRecord appends the content of an R frame.
func appendRecord(b []byte, r *storage.Record) []byte {
	b = appendText(b, string(r.Account))
	b = appendText(b, string(r.Kind))
	b = appendText(b, r.ID)
	b = binary.AppendUvarint(b, uint64(r.Version))
	if r.Due.IsZero() {
		b = append(b, 0)
	} else {
		b = binary.BigEndian.AppendUint64(append(b, 1), uint64(r.Due.Unix()))
	}
	b = binary.AppendUvarint(b, uint64(len(r.Lookups)))
	for _, l := range r.Lookups {
		b = appendText(b, l)
	}
	b = binary.AppendUvarint(b, uint64(len(r.Data)))
	return append(b, r.Data...)
}

// parseRecord parses the content of an R frame. The record shares memory with b.
func parseRecord(b []byte) (*storage.Record, error) {
	p := parser{rest: b}
	r := &storage.Record{Key: storage.Key{Account: storage.AccountID(p.text()), Kind: storage.Kind(p.text()), ID: p.text()}}
	r.Version = int64(p.number())
	switch p.byte() {
	case 0:
	case 1:
		r.Due = time.Unix(int64(binary.BigEndian.Uint64(p.bytes(8))), 0).UTC()
	default:
		p.bad = true
	}
	for n := p.number(); n > 0 && !p.bad; n-- {
		r.Lookups = append(r.Lookups, p.text())
	}
	r.Data = p.bytes(p.number())
	if p.bad || len(p.rest) > 0 || r.Version < 1 {
		return nil, damaged("a record is invalid")
	}
	if err := r.Check(); err != nil {
		return nil, damaged("%v", err)
	}
	return r, nil
}

// A parser decodes values from bytes. After an error it returns zeros.
type parser struct {
	rest []byte
	bad  bool
}

var zeros [8]byte

func (p *parser) bytes(n uint64) []byte {
	if p.bad || n > uint64(len(p.rest)) {
		p.bad = true
		return zeros[:min(n, 8)]
	}
	out := p.rest[:n:n]
	p.rest = p.rest[n:]
	return out
}

func (p *parser) byte() byte   { return p.bytes(1)[0] }
func (p *parser) text() string { return string(p.bytes(p.number())) }

func (p *parser) number() uint64 {
	n, size := binary.Uvarint(p.rest)
	if p.bad || size <= 0 {
		p.bad = true
		return 0
	}
	p.rest = p.rest[size:]
	return n
}
