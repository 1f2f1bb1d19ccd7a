package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"

	"backpack/wallet/bolt"
	"backpack/wallet/postgres"
	"backpack/wallet/storage"
	"backpack/wallet/transfer"
	"backpack/wallet/vault"
)

// restore reads a backup into the configured store, which must be empty.
func (p *program) restore(ctx context.Context, args []string) error {
	verify := false
	c, rest, err := p.commandLine("restore", args, 1, func(fs *flag.FlagSet) { fs.BoolVar(&verify, "verify", false, "") })
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usageError("no backup named: use backpack restore FILE")
	}
	f, err := os.Open(rest[0])
	if err != nil {
		return err
	}
	defer f.Close()
	in, err := transfer.Decrypt(f, c.Backup.Secrets)
	if errors.Is(err, transfer.ErrSecret) {
		return fmt.Errorf("%w; backups are decrypted with BACKPACK_BACKUP_PASSPHRASE_FILE, or with BACKPACK_BACKUP_IDENTITY_FILE if they were made for a "+
			"recipient", err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", rest[0], err)
	}
	r, err := transfer.NewReader(in)
	if err != nil {
		return fmt.Errorf("%s: %w", rest[0], err)
	}
	fmt.Fprintf(p.out, "Backup:      from %s, made by %s\nMaster key:  %s\n", r.Header.Made.Format("2 January 2006, 15:04 MST"), r.Header.Software,
		describeKey(r.Header.Key))
	if verify {
		total, err := r.Each(transfer.Told(nothing{}, p.reportProgress("verified")))
		p.clearProgress()
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, "Verified:    %s; nothing was written\n", describeTotal(total))
		return nil
	}
	return p.restoreInto(ctx, c, r)
}

// nothing is a sink that discards records.
type nothing struct{}

func (nothing) Begin(storage.AccountID) error { return nil }
func (nothing) Record(*storage.Record) error  { return nil }
func (nothing) End(transfer.Sum) error        { return nil }

func (p *program) restoreInto(ctx context.Context, c *config, r *transfer.Reader) error {
	master, err := findMaster(c)
	if err != nil {
		return err
	}
	sealer, err := sealerOf(c, master)
	if err != nil {
		return fmt.Errorf("%w. Restore your copy of it: without it nobody can read the backup", err)
	}
	total, err := p.loadInto(ctx, c, "backup "+r.Header.ID, func(to transfer.Sink) (transfer.Total, error) {
		return r.Each(&keyed{Sink: to, sealer: sealer, want: r.Header.Key})
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "Restored:    %s; every account was read back and agrees with the backup\n", describeTotal(total))
	return nil
}

// keyed checks first that the master key opens the data.
type keyed struct {
	transfer.Sink
	sealer *vault.Sealer
	want   string
	seen   bool
}

func (k *keyed) Record(r *storage.Record) error {
	if is, err := k.sealer.IsKeyOf(r); is && err != nil {
		return fmt.Errorf("the data was sealed with another master key than this one, with fingerprint %s; the backup needs %s. Put that key in its place: "+
			"without it nobody can read the backup: %w",
			k.sealer.Fingerprint(), describeKey(k.want), err)
	} else if is {
		k.seen = true
	}
	return k.Sink.Record(r)
}

func (k *keyed) End(s transfer.Sum) error {
	if s.Account == "" && !k.seen {
		return errors.New("the backup contains no backpack: its store was never started")
	}
	return k.Sink.End(s)
}

// loadInto fills the configured store with the records that give provides. The
// store must be empty or contain the rest of an earlier attempt.
func (p *program) loadInto(ctx context.Context, c *config, what string, give func(transfer.Sink) (transfer.Total, error)) (transfer.Total, error) {
	if c.Database != "" {
		s, err := postgres.Open(ctx, c.Database)
		if err != nil {
			return transfer.Total{}, err
		}
		total, err := p.load(ctx, s, "the database", what, give)
		return total, errors.Join(err, s.Close())
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return transfer.Total{}, err
	}
	b, err := bolt.Build(ctx, c.dataFile())
	if errors.Is(err, fs.ErrExist) {
		return transfer.Total{}, fmt.Errorf("%w: %s. Move it away first, or choose another folder with --data", transfer.ErrNotEmpty, c.dataFile())
	}
	if err != nil {
		return transfer.Total{}, err
	}
	total, err := p.load(ctx, b, c.dataFile(), what, give)
	if errors.Is(err, transfer.ErrNotEmpty) {
		err = fmt.Errorf("%w; to give up, delete %s", err, b.Partial())
	}
	if err != nil {
		return total, errors.Join(err, b.Close())
	}
	return total, b.Finish(ctx)
}

func (p *program) load(ctx context.Context, s storage.Store, name, what string, give func(transfer.Sink) (transfer.Total, error)) (transfer.Total, error) {
	l, err := transfer.Load(ctx, s, what)
	if err != nil {
		return transfer.Total{}, fmt.Errorf("%s: %w", name, err)
	}
	if l.Resuming() {
		fmt.Fprintln(p.err, "continuing an earlier attempt")
	}
	total, err := give(transfer.Told(l, p.reportProgress("written")))
	p.clearProgress()
	if err == nil {
		err = l.Finish(total)
	}
	if l.Resuming() && err == nil {
		fmt.Fprintf(p.err, "%s were already there\n", plural(l.Left, "record"))
	}
	return total, err
}
