package transfer

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"

	"backpack/wallet/storage"
)

// A Sum is the number and the digest of an account's records. The empty account is the
// installation itself.
type Sum struct {
	Account storage.AccountID
	Records int
	Digest  [sha256.Size]byte
}

// A Total counts moved records. The installation counts as an account.
type Total struct {
	Accounts, Records int
	Bytes             int64 // of records in the encoding of dumps
}

// A Sink receives records in the order of the package: Begin, the records and End for
// each account. It may retain a record.
type Sink interface {
	Begin(a storage.AccountID) error
	Record(r *storage.Record) error
	End(s Sum) error
}

// Each passes all records that tx sees to a sink.
func Each(tx storage.Tx, to Sink) (Total, error) {
	var total Total
	if err := each(tx, "", to, &total); err != nil {
		return total, err
	}
	err := Accounts(tx, func(a storage.AccountID) error { return each(tx, a, to, &total) })
	return total, err
}

// Accounts calls fn with every account that tx sees, in order.
func Accounts(tx storage.Tx, fn func(storage.AccountID) error) error {
	for after := storage.AccountID(""); ; {
		page, err := tx.Accounts(after, 500)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, a := range page {
			if err := fn(a); err != nil {
				return err
			}
		}
		after = page[len(page)-1]
	}
}

func each(tx storage.Tx, a storage.AccountID, to Sink, total *Total) error {
	if err := to.Begin(a); err != nil {
		return err
	}
	d := newDigester(a)
	err := tx.Walk(a, func(r *storage.Record) error {
		if r.Key == storage.KeyUnfinished {
			return nil
		}
		d.add(r)
		return to.Record(r)
	})
	if err != nil {
		return err
	}
	sum := d.sum()
	total.Accounts, total.Records, total.Bytes = total.Accounts+1, total.Records+sum.Records, total.Bytes+d.bytes
	return to.End(sum)
}

// SumOf returns the sum of the account's records.
func SumOf(tx storage.Tx, a storage.AccountID) (Sum, error) {
	var out keep
	err := each(tx, a, &out, new(Total))
	return out.sum, err
}

// keep is a Sink that retains the latest sum only.
type keep struct{ sum Sum }

func (*keep) Begin(storage.AccountID) error { return nil }
func (*keep) Record(*storage.Record) error  { return nil }
func (k *keep) End(s Sum) error             { k.sum = s; return nil }

// A digester computes the Sum of an account.
type digester struct {
	account storage.AccountID
	records int
	bytes   int64
	hash    hash.Hash
	buffer  []byte
}

func newDigester(a storage.AccountID) *digester { return &digester{account: a, hash: sha256.New()} }

// add adds a record and returns its encoding, which is valid until the next call.
func (d *digester) add(r *storage.Record) []byte {
	d.buffer = appendRecord(d.buffer[:0], r)
	d.records, d.bytes = d.records+1, d.bytes+int64(len(d.buffer))
	d.hash.Write(binary.BigEndian.AppendUint64(nil, uint64(len(d.buffer))))
	d.hash.Write(d.buffer)
	return d.buffer
}

func (d *digester) sum() Sum {
	s := Sum{Account: d.account, Records: d.records}
	d.hash.Sum(s.Digest[:0])
	return s
}

// Told returns a Sink that passes everything to another and reports progress, after
// each account and at intervals within one.
func Told(to Sink, tell func(Total)) Sink { return &told{Sink: to, tell: tell} }

type told struct {
	Sink
	tell  func(Total)
	total Total
}

func (t *told) Record(r *storage.Record) error {
	t.total.Records++
	t.total.Bytes += int64(len(r.Data))
	if t.total.Records%1000 == 0 {
		t.tell(t.total)
	}
	return t.Sink.Record(r)
}

func (t *told) End(s Sum) error {
	t.total.Accounts++
	t.tell(t.total)
	return t.Sink.End(s)
}

// KeyOf returns a digest that identifies data sealed with one master key at one
// installation; ErrNotFound if a store has none.
func KeyOf(tx storage.Tx) ([sha256.Size]byte, error) {
	r, err := tx.Get(storage.KeySentinel)
	if err != nil {
		return [sha256.Size]byte{}, err
	}
	return sha256.Sum256(r.Data), nil
}
