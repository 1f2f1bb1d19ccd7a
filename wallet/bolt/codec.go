package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"backpack/wallet/storage"
)

// recordVersion is the first byte of every record.
const recordVersion = 1

// errRecord means that a record is not in the encoding of encode.
var errRecord = errors.New("damaged record")

func recordPrefix(a storage.AccountID, kind storage.Kind) []byte {
	return []byte(string(a) + "\x00" + string(kind) + "\x00")
}

// recordKey returns the key of a record. It has exactly two separators, since no
// part of a stored key contains one; a request with a separator in a part has more
// and finds nothing.
func recordKey(k storage.Key) []byte { return append(recordPrefix(k.Account, k.Kind), k.ID...) }

func splitRecordKey(key []byte) (storage.Key, error) {
	parts := strings.SplitN(string(key), "\x00", 3)
	if len(parts) != 3 {
		return storage.Key{}, fmt.Errorf("key %q: %w", key, errRecord)
	}
	return storage.Key{Account: storage.AccountID(parts[0]), Kind: storage.Kind(parts[1]), ID: parts[2]}, nil
}

func lookupKey(kind storage.Kind, lookup string) []byte {
	return []byte(string(kind) + "\x00" + lookup)
}

func dueKey(kind storage.Kind, due time.Time, key []byte) []byte {
	return append(append(append([]byte(kind), 0), sortable(due)...), key...)
}

// splitDueKey splits a key of the due bucket, without its kind.
func splitDueKey(k []byte) (at, key []byte, err error) {
	if len(k) < 8 {
		return nil, nil, fmt.Errorf("due %q: %w", k, errRecord)
	}
	return k[:8], k[8:], nil
}

// sortable encodes the second of t in bytes that sort by time.
func sortable(t time.Time) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(t.Unix())^1<<63)
}

// encode returns the version byte, the uvarint version, flag and second of due, the
// uvarint number of lookups, each with its uvarint length, and the data.
func encode(r *storage.Record, version int64, due time.Time) []byte {
	b := make([]byte, 0, 32+len(r.Data)+80*len(r.Lookups))
	b = append(b, recordVersion)
	b = binary.AppendUvarint(b, uint64(version))
	if due.IsZero() {
		b = append(b, 0)
	} else {
		b = binary.BigEndian.AppendUint64(append(b, 1), uint64(due.Unix()))
	}
	b = binary.AppendUvarint(b, uint64(len(r.Lookups)))
	for _, l := range r.Lookups {
		b = append(binary.AppendUvarint(b, uint64(len(l))), l...)
	}
	return append(b, r.Data...)
}

// decode returns a record that shares no memory with key and value.
func decode(key, value []byte) (*storage.Record, error) {
	k, err := splitRecordKey(key)
	if err != nil {
		return nil, err
	}
	r := &storage.Record{Key: k}
	data, err := decodeHeader(r, value)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", k.Kind, k.ID, err)
	}
	r.Data = append([]byte{}, data...)
	return r, nil
}

// decodeHeader sets all fields of r except Key and Data, and returns the data as a
// slice of value.
func decodeHeader(r *storage.Record, value []byte) ([]byte, error) {
	b := header{rest: value}
	if b.bytes(1)[0] != recordVersion {
		return nil, errRecord
	}
	r.Version = int64(b.number())
	if b.bytes(1)[0] == 1 {
		r.Due = time.Unix(int64(binary.BigEndian.Uint64(b.bytes(8))), 0).UTC()
	}
	for n := b.number(); n > 0 && !b.bad; n-- {
		r.Lookups = append(r.Lookups, string(b.bytes(b.number())))
	}
	if b.bad {
		return nil, errRecord
	}
	return b.rest, nil
}

// decodeVersion decodes only the version of a record.
func decodeVersion(value []byte) (int64, error) {
	b := header{rest: value}
	format, version := b.bytes(1)[0], int64(b.number())
	if format != recordVersion || b.bad {
		return 0, errRecord
	}
	return version, nil
}

// A header decodes the header of a record. After an error it returns zeros.
type header struct {
	rest []byte
	bad  bool
}

func (h *header) bytes(n uint64) []byte {
	if h.bad || n > uint64(len(h.rest)) {
		h.bad = true
		return make([]byte, min(n, 8))
	}
	b := h.rest[:n]
	h.rest = h.rest[n:]
	return b
}

func (h *header) number() uint64 {
	n, size := binary.Uvarint(h.rest)
	if h.bad || size <= 0 {
		h.bad = true
		return 0
	}
	h.rest = h.rest[size:]
	return n
}
