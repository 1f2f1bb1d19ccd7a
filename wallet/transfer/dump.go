package transfer

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"time"

	"backpack/wallet/storage"
)

const magic = "BACKPACK-BACKUP\n"

// format is the version of this program's dumps.
const format = 1

// Kinds of frames.
const (
	frameHeader  = 'H'
	frameRecord  = 'R'
	frameAccount = 'A'
	frameEnd     = 'E'
)

// maxFrame is the largest frame to read into memory. Records are far smaller.
const maxFrame = 512 << 20

// A Header describes a dump.
type Header struct {
	Format   int       `json:"format"`
	ID       string    `json:"id"`   // unique to this dump
	Made     time.Time `json:"made"` // when writing began
	Software string    `json:"software"`
	Key      string    `json:"key"` // fingerprint of the master key that seals the data; "" if unknown
}

// A Writer is a Sink that writes a dump.
type Writer struct {
	out    io.Writer
	hash   hash.Hash
	buffer []byte
	total  Total
}

// NewWriter begins a dump. It sets h.Format.
func NewWriter(out io.Writer, h Header) (*Writer, error) {
	h.Format = format
	b, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	w := &Writer{out: io.MultiWriter(out, sum), hash: sum}
	if _, err := io.WriteString(w.out, magic); err != nil {
		return nil, err
	}
	return w, w.frame(frameHeader, b)
}

func (w *Writer) frame(kind byte, content []byte) error {
	head := binary.AppendUvarint([]byte{kind}, uint64(len(content)))
	if _, err := w.out.Write(head); err != nil {
		return err
	}
	_, err := w.out.Write(content)
	return err
}

// Begin implements Sink.
func (w *Writer) Begin(storage.AccountID) error { w.total.Accounts++; return nil }

// Record implements Sink.
func (w *Writer) Record(r *storage.Record) error {
	w.total.Records++
	w.buffer = appendRecord(w.buffer[:0], r)
	return w.frame(frameRecord, w.buffer)
}

// End implements Sink.
func (w *Writer) End(s Sum) error {
	b := binary.AppendUvarint(appendText(nil, string(s.Account)), uint64(s.Records))
	return w.frame(frameAccount, append(b, s.Digest[:]...))
}

// Close completes the dump. It does not close the underlying writer.
func (w *Writer) Close() error {
	b := binary.AppendUvarint(nil, uint64(w.total.Accounts))
	b = binary.AppendUvarint(b, uint64(w.total.Records))
	return w.frame(frameEnd, w.hash.Sum(b))
}

// A Reader reads a dump.
type Reader struct {
	Header Header
	in     *bufio.Reader
	hash   hash.Hash
}

// NewReader reads the start of a dump.
func NewReader(in io.Reader) (*Reader, error) {
	r := &Reader{in: bufio.NewReaderSize(in, 1<<16), hash: sha256.New()}
	start := make([]byte, len(magic))
	if _, err := io.ReadFull(r.in, start); err != nil || string(start) != magic {
		return nil, readError(err, "it does not begin like a backpack backup")
	}
	r.hash.Write(start)
	kind, content, err := r.frame()
	if err != nil {
		return nil, err
	}
	if kind != frameHeader || json.Unmarshal(content, &r.Header) != nil {
		return nil, damaged("it has no header")
	}
	if r.Header.Format != format {
		return nil, errors.New("a newer program made the backup; this one cannot read it")
	}
	return r, nil
}

// readError returns ErrDamaged with what for the end of the input, and any other err
// as it is.
func readError(err error, what string) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return damaged("%s", what)
	}
	return err
}

// frame returns the next frame. The hash excludes the last one.
func (r *Reader) frame() (kind byte, content []byte, err error) {
	if kind, err = r.in.ReadByte(); err != nil {
		return 0, nil, readError(err, "it ends too early")
	}
	n, err := binary.ReadUvarint(r.in)
	if err != nil || n > maxFrame {
		return 0, nil, readError(err, "it contains a wrong length")
	}
	var b bytes.Buffer // grows with the input, not with the stated length
	if _, err := io.CopyN(&b, r.in, int64(n)); err != nil {
		return 0, nil, readError(err, "it ends too early")
	}
	if kind != frameEnd {
		r.hash.Write(binary.AppendUvarint([]byte{kind}, n))
		r.hash.Write(b.Bytes())
	}
	return kind, b.Bytes(), nil
}

// Each passes all records of the dump to a sink. The dump is complete and intact
// only if Each returns no error: until then the sink's records are provisional. It
// verifies an account's digest before it calls the sink's End.
func (r *Reader) Each(to Sink) (Total, error) {
	e := &reading{to: to}
	for {
		kind, content, err := r.frame()
		if err != nil {
			return e.total, err
		}
		switch kind {
		case frameRecord:
			err = e.record(content)
		case frameAccount:
			err = e.account(content)
		case frameEnd:
			return e.total, r.end(e, content)
		default:
			err = damaged("it contains an unknown kind of frame")
		}
		if err != nil {
			return e.total, err
		}
	}
}

// A reading is the state of reading a dump.
type reading struct {
	to    Sink
	open  *digester // of the current account; nil between accounts
	last  storage.Key
	total Total
}

func (e *reading) begin(a storage.AccountID) error {
	if e.open != nil {
		return nil
	}
	if first := e.total.Accounts == 0; first != (a == "") || !first && a <= e.last.Account {
		return damaged("its accounts are out of order")
	}
	e.open, e.last = newDigester(a), storage.Key{Account: a}
	return e.to.Begin(a)
}

func (e *reading) record(content []byte) error {
	r, err := parseRecord(content)
	if err != nil {
		return err
	}
	if err := e.begin(r.Account); err != nil {
		return err
	}
	if r.Account != e.open.account || r.Kind < e.last.Kind || r.Kind == e.last.Kind && r.ID <= e.last.ID {
		return damaged("its records are out of order")
	}
	e.last = r.Key
	e.open.add(r)
	return e.to.Record(r)
}

func (e *reading) account(content []byte) error {
	p := parser{rest: content}
	want := Sum{Account: storage.AccountID(p.text()), Records: int(p.number())}
	if copy(want.Digest[:], p.rest) != len(p.rest) || p.bad {
		return damaged("the end of an account is invalid")
	}
	if err := e.begin(want.Account); err != nil {
		return err
	}
	if e.open.sum() != want {
		return damaged("the records of an account differ from their digest")
	}
	e.total.Accounts, e.total.Records, e.total.Bytes = e.total.Accounts+1, e.total.Records+want.Records, e.total.Bytes+e.open.bytes
	e.open = nil
	return e.to.End(want)
}

func (r *Reader) end(e *reading, content []byte) error {
	p := parser{rest: content}
	accounts, records := p.number(), p.number()
	switch {
	case p.bad || e.open != nil || accounts != uint64(e.total.Accounts) || records != uint64(e.total.Records):
		return damaged("it has other numbers of records or accounts than it states")
	case !bytes.Equal(p.rest, r.hash.Sum(nil)):
		return damaged("its digest differs")
	}
	if _, err := r.in.ReadByte(); !errors.Is(err, io.EOF) {
		return readError(err, "there are bytes after its end")
	}
	return nil
}
