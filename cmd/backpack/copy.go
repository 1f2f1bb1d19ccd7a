package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"backpack/wallet/bolt"
	"backpack/wallet/postgres"
	"backpack/wallet/storage"
	"backpack/wallet/transfer"
)

// mostDifferences is the number of differing accounts that are listed.
const mostDifferences = 20

// copy copies all records from one store to another, or compares the two.
func (p *program) copy(ctx context.Context, args []string) error {
	var from, to string
	var verify, anyway bool
	c, _, err := p.commandLine("copy", args, 0, func(fs *flag.FlagSet) {
		fs.StringVar(&from, "from", "", "")
		fs.StringVar(&to, "to", "", "")
		fs.BoolVar(&verify, "verify", false, "")
		fs.BoolVar(&anyway, "anyway", false, "")
	})
	if err != nil {
		return err
	}
	source, err := c.storeAt("from", from)
	if err != nil {
		return err
	}
	target, err := c.storeAt("to", to)
	if err != nil {
		return err
	}
	if *source == *target {
		return usageError("--from and --to are the same")
	}
	s, err := source.open(ctx)
	if err != nil {
		return fmt.Errorf("--from: %w", err)
	}
	defer s.Close()
	if err := unused(ctx, s, anyway || verify); err != nil {
		return err
	}
	if verify {
		return p.compare(ctx, s, target)
	}
	return p.copyTo(ctx, s, target)
}

// A location is the place of a store.
type location struct{ data, database string }

// storeAt parses --from or --to: a data folder, the address of a database
// without a password, or "database" for BACKPACK_DATABASE.
func (c *config) storeAt(name, s string) (*location, error) {
	if s == "database" {
		if c.Database == "" {
			return nil, usageError("--%s database: BACKPACK_DATABASE is not set", name)
		}
		return &location{database: c.Database}, nil
	}
	if err := databaseURL(s); s != "" && err == nil {
		if u, err := url.Parse(s); err == nil && u.User != nil {
			if _, has := u.User.Password(); has {
				return nil, usageError("--%s: other users of this machine can read the password there; set BACKPACK_DATABASE_FILE to a file with the address, and "+
					"use --%s database", name, name)
			}
		}
		return &location{database: s}, nil
	}
	if s == "" || strings.Contains(s, "://") {
		return nil, usageError("--%s must be a data folder, postgres://user@host/name, or the word database for BACKPACK_DATABASE", name)
	}
	abs, err := filepath.Abs(s)
	return &location{data: strings.TrimSuffix(abs, string(filepath.Separator)+"backpack.db")}, err
}

func (l *location) config() *config { return &config{Data: l.data, Database: l.database} }

// open opens an existing store.
func (l *location) open(ctx context.Context) (storage.Store, error) {
	if l.database != "" {
		return postgres.Open(ctx, l.database)
	}
	name := l.config().dataFile()
	if _, err := os.Stat(name); err != nil {
		return nil, err
	}
	s, err := bolt.Open(name)
	if errors.Is(err, bolt.ErrInUse) {
		return nil, fmt.Errorf("%w: stop the server first", err)
	}
	return s, err
}

// unused returns an error if a database has other connections: their later
// changes would not be copied. A data file is locked instead.
func unused(ctx context.Context, s storage.Store, anyway bool) error {
	db, ok := s.(*postgres.Store)
	if !ok || anyway {
		return nil
	}
	n, err := db.Others(ctx)
	if err == nil && n > 0 {
		err = fmt.Errorf("--from: %s to the database beside this one. Stop all servers first, since their later changes would not be copied. If the "+
			"connections are harmless, add --anyway", plural(n, "other connection"))
	}
	return err
}

func (p *program) copyTo(ctx context.Context, s storage.Store, target *location) error {
	what, err := nameOf(ctx, s)
	if err != nil {
		return err
	}
	total, err := p.loadInto(ctx, target.config(), what, func(to transfer.Sink) (total transfer.Total, err error) {
		begun := false
		err = s.View(ctx, func(tx storage.Tx) error {
			if begun {
				return errors.New("the connection to the database was lost; run the command again to continue")
			}
			begun = true
			total, err = transfer.Each(tx, to)
			return err
		})
		return total, err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "Copied:      %s; every account was read back and compared\n", describeTotal(total))
	fmt.Fprintln(p.out, "Master key:  unchanged; it was not copied")
	return nil
}

// nameOf returns a name that no other store has, so that a repeated copy
// continues its own work.
func nameOf(ctx context.Context, s storage.Store) (name string, err error) {
	err = s.View(ctx, func(tx storage.Tx) error {
		if err := complete(tx); err != nil {
			return err
		}
		sum, err := transfer.KeyOf(tx)
		name = fmt.Sprintf("copy of %x", sum[:8])
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		return "", errors.New("--from: no backpack there")
	}
	return name, err
}

func (p *program) compare(ctx context.Context, s storage.Store, target *location) error {
	t, err := target.open(ctx)
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	defer t.Close()
	list, total, err := transfer.Compare(ctx, s, t, mostDifferences, p.reportProgress("compared"))
	p.clearProgress()
	if err != nil {
		return err
	}
	for _, d := range list {
		fmt.Fprintln(p.out, d)
	}
	if len(list) == mostDifferences {
		fmt.Fprintln(p.out, "and maybe more")
	}
	if len(list) > 0 {
		return &exitError{exitInvalid, errors.New("the stores differ")}
	}
	fmt.Fprintf(p.out, "Verified:    both stores contain the same, %s\n", describeTotal(total))
	return nil
}
