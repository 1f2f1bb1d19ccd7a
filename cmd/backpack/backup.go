package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"backpack/wallet/storage"
	"backpack/wallet/transfer"
	"backpack/wallet/vault"
)

// backup writes a backup, also while the server runs.
func (p *program) backup(ctx context.Context, args []string) error {
	var to string
	c, _, err := p.commandLine("backup", args, 0, func(fs *flag.FlagSet) { fs.StringVar(&to, "to", "", "") })
	if err != nil {
		return err
	}
	if to == "" {
		to = c.Backup.Dir
	}
	if to == "" {
		return usageError("no destination: use backpack backup --to FILE or FOLDER, or set BACKPACK_BACKUP_DIR")
	}
	folder := namesFolder(to)
	if to, err = filepath.Abs(to); err != nil { // the server may run in another folder
		return err
	}
	if folder {
		to += string(filepath.Separator) // Abs removes it
	}
	return p.operate(ctx, c, order{Command: "backup", Args: map[string]string{
		"to": to, "recipient": c.Backup.Recipient, "passphrase": c.Backup.Passphrase, "identity": c.Backup.Identity,
	}})
}

// makeBackup carries out the order backup. The server's secrets are used where
// the order has none.
func (p *program) makeBackup(ctx context.Context, op *operator, o order) error {
	secrets := transfer.Secrets{Recipient: o.Args["recipient"], Passphrase: o.Args["passphrase"], Identity: o.Args["identity"]}
	if secrets.Recipient == "" && secrets.Passphrase == "" {
		secrets = op.config.Backup.Secrets
	}
	if secrets.Recipient == "" && secrets.Passphrase == "" {
		return usageError("backups are encrypted: set BACKPACK_BACKUP_RECIPIENT to an age1… recipient, " +
			"or BACKPACK_BACKUP_PASSPHRASE_FILE to a file with a passphrase")
	}
	path := o.Args["to"]
	if namesFolder(path) {
		if err := os.MkdirAll(path, 0o700); err != nil {
			return err
		}
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, backupName(time.Now()))
	}
	_, err := p.writeBackup(ctx, op, path, secrets)
	return err
}

// The names of scheduled backups; only files with such a name are ever deleted.
const (
	backupPrefix = "backpack-"
	backupSuffix = ".age"
	backupTime   = "20060102T150405Z"
)

func backupName(at time.Time) string {
	return backupPrefix + at.UTC().Format(backupTime) + backupSuffix
}

// backupMade returns the time in the name of a backup; ok is false for any
// other name.
func backupMade(name string) (time.Time, bool) {
	at, err := time.Parse(backupPrefix+backupTime+backupSuffix, name)
	return at, err == nil && backupName(at) == name
}

func (p *program) writeBackup(ctx context.Context, op *operator, path string, secrets transfer.Secrets) (*transfer.Written, error) {
	h := transfer.Header{ID: rand.Text(), Made: time.Now().UTC().Truncate(time.Second), Software: "Backpack " + version}
	key, err := op.keyName(ctx)
	if err != nil {
		return nil, err
	}
	h.Key = key
	tell := p.reportProgress("written")
	w, err := transfer.WriteFile(path, secrets, h, func(to transfer.Sink) (total transfer.Total, err error) {
		begun := false
		err = op.store.View(ctx, func(tx storage.Tx) error {
			if begun {
				return errors.New("the connection to the database was lost; try again")
			}
			begun = true
			if err := vault.Settled(tx); err != nil { // keyName ran in an earlier transaction
				return err
			}
			total, err = transfer.Each(tx, transfer.Told(to, tell))
			return err
		})
		return total, err
	})
	p.clearProgress()
	if err != nil {
		return nil, fmt.Errorf("make a backup: %w", err)
	}
	how := "read back and decrypted with the secret that a restore needs; all digests and counts agree"
	if !w.Opened {
		how = "read back and decrypted with the file's own key; all digests and counts agree.\n             Not tested: the recipient's identity, which is not here"
	}
	fmt.Fprintf(p.out, "Backup:      %s, %s\nHolds:       %s\nVerified:    %s\n", path, inBytes(w.Size), describeTotal(w.Total), how)
	fmt.Fprintf(p.out, "Master key:  not included, and required to read the backup: keep %s apart from it\n", describeKey(key))
	return w, nil
}

func describeKey(fingerprint string) string {
	if fingerprint == "" {
		return "the key of this backpack (not found here)"
	}
	return "the key with fingerprint " + fingerprint
}

// keyName returns the fingerprint of the master key that seals the data, or ""
// if there is no master key here. A key that does not open the data is an
// error.
func (op *operator) keyName(ctx context.Context) (key string, err error) {
	err = op.store.View(ctx, func(tx storage.Tx) (err error) {
		if err := errors.Join(complete(tx), vault.Settled(tx)); err != nil || op.sealer == nil {
			return err
		}
		key, err = op.sealer.Current(tx)
		return err
	})
	if op.sealer == nil {
		return "", err
	}
	if errors.Is(err, vault.ErrSealed) {
		return "", fmt.Errorf("the master key with fingerprint %s does not open the data: %w", op.sealer.Fingerprint(), err)
	}
	return key, err
}

// complete returns an error if a restore or copy has not finished filling the
// store.
func complete(tx storage.Tx) error {
	_, err := tx.Get(storage.KeyUnfinished)
	switch {
	case err == nil:
		return errors.New("a restore or copy into this backpack is incomplete; run it again first")
	case errors.Is(err, storage.ErrNotFound):
		return nil
	}
	return err
}

// plainPause is the interval between progress lines outside a terminal.
const plainPause = 10 * time.Second

// reportProgress returns a function that reports progress: on one line of a terminal,
// otherwise as a line every plainPause.
func (p *program) reportProgress(verb string) func(transfer.Total) {
	next := time.Now().Add(plainPause)
	if p.terminal {
		next = time.Now()
	}
	return func(t transfer.Total) {
		if time.Now().Before(next) {
			return
		}
		text := fmt.Sprintf("%s %s", describeTotal(t), verb)
		if p.terminal {
			next = time.Now().Add(plainPause / 50)
			fmt.Fprint(p.err, clearLine+text)
			return
		}
		next = time.Now().Add(plainPause)
		fmt.Fprintln(p.err, text)
	}
}

// clearProgress clears the progress line.
func (p *program) clearProgress() {
	if p.terminal {
		fmt.Fprint(p.err, clearLine)
	}
}

// describeTotal describes a total. It leaves out the installation, which a transfer
// counts as an account.
func describeTotal(t transfer.Total) string {
	s := fmt.Sprintf("%s and %s", plural(max(0, t.Accounts-1), "account"), plural(t.Records, "record"))
	if t.Bytes > 0 {
		s += ", " + inBytes(t.Bytes)
	}
	return s
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func inBytes(n int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= u.size {
			return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/float64(u.size)), ".0") + " " + u.name
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
