package transfer

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
)

// ErrSecret means that a backup is encrypted for another secret.
var ErrSecret = errors.New("the backup cannot be decrypted with this secret")

// Secrets encrypt and decrypt backups.
type Secrets struct {
	Recipient  string // age1…, to encrypt for; empty means Passphrase
	Passphrase string
	Identity   string // AGE-SECRET-KEY-1…, one or more lines, to decrypt with

	work int // scrypt work factor, as a power of two; 0 means age's default
}

// Check returns an error if a given secret is malformed.
func (s Secrets) Check() error {
	if s.Recipient != "" {
		if _, err := age.ParseRecipients(strings.NewReader(s.Recipient)); err != nil {
			return errors.New("the recipient is not of the form age1…")
		}
	}
	if s.Identity != "" {
		if _, err := age.ParseIdentities(strings.NewReader(s.Identity)); err != nil {
			return errors.New("the identity is not of the form AGE-SECRET-KEY-1…") // age's error may quote it
		}
	}
	return nil
}

// recipients returns the recipients to encrypt for.
func (s Secrets) recipients() ([]age.Recipient, error) {
	if s.Recipient != "" {
		return age.ParseRecipients(strings.NewReader(s.Recipient))
	}
	if s.Passphrase == "" {
		return nil, errors.New("encrypting the backup requires a recipient or a passphrase")
	}
	r, err := age.NewScryptRecipient(s.Passphrase)
	if err == nil && s.work > 0 {
		r.SetWorkFactor(s.work)
	}
	return []age.Recipient{r}, err
}

// identities returns the identities to decrypt with.
func (s Secrets) identities() ([]age.Identity, error) {
	var list []age.Identity
	if s.Identity != "" {
		some, err := age.ParseIdentities(strings.NewReader(s.Identity))
		if err != nil {
			return nil, s.Check()
		}
		list = append(list, some...)
	}
	if s.Passphrase != "" {
		id, err := age.NewScryptIdentity(s.Passphrase)
		if err != nil {
			return nil, err
		}
		list = append(list, id)
	}
	if len(list) == 0 {
		return nil, errors.New("decrypting the backup requires an identity or a passphrase")
	}
	return list, nil
}

// Decrypt returns the dump in a backup.
func Decrypt(in io.Reader, s Secrets) (io.Reader, error) {
	ids, err := s.identities()
	if err != nil {
		return nil, err
	}
	return decrypt(in, ids...)
}

func decrypt(in io.Reader, ids ...age.Identity) (io.Reader, error) {
	out, err := age.Decrypt(bufio.NewReaderSize(in, 1<<16), ids...)
	if none := new(age.NoIdentityMatchError); errors.As(err, &none) {
		return nil, ErrSecret
	}
	if err != nil {
		return nil, damaged("it is not an encrypted backup: %v", err)
	}
	return authentic{out}, nil
}

// authentic turns a decryption error into ErrDamaged.
type authentic struct{ in io.Reader }

func (a authentic) Read(b []byte) (int, error) {
	n, err := a.in.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = damaged("%v", err)
	}
	return n, err
}

// A witness is a recipient that records the key of the file encrypted for it, so this
// program can read the file back without the identity. The key stays in memory.
type witness struct {
	age.Recipient
	key []byte
}

// Wrap implements age.Recipient.
func (w *witness) Wrap(key []byte) ([]*age.Stanza, error) {
	w.key = append([]byte(nil), key...)
	return w.Recipient.Wrap(key)
}

// WrapWithLabels implements age.RecipientWithLabels.
func (w *witness) WrapWithLabels(key []byte) ([]*age.Stanza, []string, error) {
	if r, ok := w.Recipient.(age.RecipientWithLabels); ok {
		w.key = append([]byte(nil), key...)
		return r.WrapWithLabels(key)
	}
	stanzas, err := w.Wrap(key)
	return stanzas, nil, err
}

// A Written describes a written backup.
type Written struct {
	Total Total
	Size  int64 // of the file, in bytes
	// Opened reports that the file was decrypted with the secret that a restore
	// needs, not only with the recorded key.
	Opened bool
}

// WriteFile writes a backup to path, where no file may exist. fill writes the dump.
// The file is written under a temporary name, made durable, read back completely
// (decrypted, with every digest and count compared) and only then moved to path. A
// failure leaves no file.
func WriteFile(path string, s Secrets, h Header, fill func(Sink) (Total, error)) (*Written, error) {
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("%s already exists", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	to, err := s.recipients()
	if err != nil {
		return nil, err
	}
	eye := &witness{Recipient: to[0]}
	to[0] = eye
	total, err := writeTo(f, to, h, fill)
	if err != nil {
		return nil, err
	}
	if err := f.Sync(); err != nil {
		return nil, err
	}
	out := &Written{Total: total}
	if err := out.verify(f, s, age.NewInjectedFileKeyIdentity(eye.key)); err != nil {
		return nil, fmt.Errorf("read the backup back: %w", err)
	}
	return out, place(f.Name(), path)
}

func writeTo(f io.Writer, to []age.Recipient, h Header, fill func(Sink) (Total, error)) (Total, error) {
	buffered := bufio.NewWriterSize(f, 1<<16)
	sealed, err := age.Encrypt(buffered, to...)
	if err != nil {
		return Total{}, err
	}
	w, err := NewWriter(sealed, h)
	if err != nil {
		return Total{}, err
	}
	total, err := fill(w)
	if err != nil {
		return total, err
	}
	return total, errors.Join(w.Close(), sealed.Close(), buffered.Flush())
}

// verify reads the file from its start, with the secret that a restore needs if it is
// available.
func (w *Written) verify(f *os.File, s Secrets, own age.Identity) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var in io.Reader
	var err error
	if ids, none := s.identities(); none == nil {
		in, err = decrypt(f, ids...)
		w.Opened = true
	} else {
		in, err = decrypt(f, own)
	}
	if err != nil {
		return err
	}
	got, err := Verify(in)
	if err == nil && got != w.Total {
		err = damaged("it has %d records, %d were written", got.Records, w.Total.Records)
	}
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		w.Size = info.Size()
	}
	return err
}

// Verify reads and verifies a dump and returns its totals.
func Verify(in io.Reader) (Total, error) {
	r, err := NewReader(in)
	if err != nil {
		return Total{}, err
	}
	return r.Each(new(keep))
}

// place moves a file to path to, where none may exist, and makes that durable.
func place(from, to string) error {
	if err := os.Link(from, to); errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s already exists", to)
	} else if err != nil {
		if err := os.Rename(from, to); err != nil { // the file system has no links
			return err
		}
	}
	d, err := os.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	_ = d.Sync() // not supported everywhere
	return d.Close()
}
