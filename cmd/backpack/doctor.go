package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"backpack/cmd/backpack/report"
	"backpack/wallet"
	"backpack/wallet/bolt"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// A finding is the result of one examination by doctor.
type finding struct {
	Level string `json:"level"` // fine, advice or fault
	About string `json:"about"`
	Text  string `json:"text"`
}

const (
	levelFine   = "fine"
	levelAdvice = "advice"
	levelFault  = "fault"
)

// doctor looks for faults. It changes nothing without --repair.
func (p *program) doctor(ctx context.Context, args []string) error {
	var asJSON, repair bool
	c, _, err := p.commandLine("doctor", args, 0, func(fs *flag.FlagSet) {
		fs.BoolVar(&asJSON, "json", false, "")
		fs.BoolVar(&repair, "repair", false, "")
	})
	if err != nil {
		return err
	}
	return p.operate(ctx, c, order{Command: "doctor", Args: map[string]string{"json": fmt.Sprint(asJSON), "repair": fmt.Sprint(repair)}})
}

// examine carries out the order doctor.
func (p *program) examine(ctx context.Context, op *operator, o order) error {
	d := &diagnosis{}
	d.settings(op.config)
	d.files(op.config)
	d.backups(op.config)
	if file, ok := op.store.(*bolt.Store); ok {
		d.dataFile(file.Stats())
	}
	if err := errors.Join(d.clock(ctx, op.store, time.Now), d.whole(ctx, op), d.key(ctx, op), d.records(ctx, p, op, o.Args["repair"] == "true")); err != nil {
		return err
	}
	if err := d.print(p, o.Args["json"] == "true"); err != nil {
		return err
	}
	switch {
	case d.count(levelFault) > 0:
		return &exitError{exitInvalid, errors.New(plural(d.count(levelFault), "fault"))}
	case d.count(levelAdvice) > 0:
		return &exitError{exitUndetermined, errors.New("")}
	}
	return nil
}

// A diagnosis collects findings.
type diagnosis struct{ list []finding }

func (d *diagnosis) add(level, about, format string, a ...any) {
	d.list = append(d.list, finding{level, about, fmt.Sprintf(format, a...)})
}

func (d *diagnosis) count(level string) (n int) {
	for _, f := range d.list {
		if f.Level == level {
			n++
		}
	}
	return n
}

func (d *diagnosis) print(p *program, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(p.out)
		e.SetIndent("", "  ")
		return e.Encode(map[string][]finding{"findings": d.list})
	}
	out := report.NewWriter(p.out)
	for _, f := range d.list {
		out.Printf("%-7s %-9s %s\n", f.Level, f.About, f.Text)
	}
	return out.Err
}

// settings reports settings that work but are probably a mistake.
func (d *diagnosis) settings(c *config) {
	if host := c.PublicURL.Hostname(); c.PublicURL.Scheme == "http" && host != "localhost" && !net.ParseIP(host).IsLoopback() {
		d.add(levelFault, "settings", "BACKPACK_PUBLIC_URL begins with http: everybody on the network path can read what learners see, and browsers do not "+
			"offer passkeys")
	} else if host == "localhost" {
		d.add(levelAdvice, "settings", "BACKPACK_PUBLIC_URL is localhost: links to shares work on this machine only")
	}
	if c.SMTP.Addr == "" {
		d.add(levelAdvice, "settings", "BACKPACK_SMTP is not set: mail is written to files, so learners cannot confirm their addresses")
	} else if host, _, _ := net.SplitHostPort(c.SMTP.Addr); c.SMTP.TLS == "none" && host != "localhost" && !net.ParseIP(host).IsLoopback() {
		d.add(levelFault, "settings", "BACKPACK_SMTP_TLS is none: sign-in codes cross the network in plain text")
	}
}

// files reports who can read the files in the data folder.
func (d *diagnosis) files(c *config) {
	key := fileMode(c.masterFile())
	for name, most := range map[string]fs.FileMode{c.Data: 0o700, c.masterFile(): 0o600, c.dataFile(): 0o660, c.nextFile(): 0o600} {
		if mode := fileMode(name); mode&^most != 0 {
			d.add(levelFault, "files", "%s has mode %o: other users of this machine can read it; run chmod %o %s", name, mode, most, name)
		}
	}
	switch {
	case c.Master == nil && key != 0 && fileMode(c.dataFile()) != 0:
		d.add(levelAdvice, "files", "the master key is in the same folder as the data: a copy of the folder reveals everything. Set BACKPACK_MASTER_KEY_FILE "+
			"to keep it elsewhere")
	case c.Master == nil && key == 0:
		d.add(levelFault, "files", "the master key is missing: %s", c.masterFile())
	}
	if free, ok := freeDisk(c.Data); ok {
		level := levelFine
		if free < 1<<30 {
			level = levelAdvice
		}
		d.add(level, "disk", "%s free at %s", inBytes(free), c.Data)
	}
}

// fileMode returns the permissions of a file; 0 if it does not exist.
func fileMode(name string) fs.FileMode {
	info, err := os.Stat(name)
	if err != nil {
		return 0
	}
	return info.Mode().Perm()
}

func (d *diagnosis) dataFile(s bolt.Stats) {
	level := levelFine
	if s.Size > 64<<20 && s.Free > s.Size/2 {
		level = levelAdvice
	}
	d.add(level, "disk", "the data file contains %s, of which %s can be reused", inBytes(s.Size), inBytes(s.Free))
}

func (d *diagnosis) backups(c *config) {
	if c.Backup.Dir == "" {
		d.add(levelAdvice, "backups", "BACKPACK_BACKUP_DIR is not set: there are no scheduled backups")
		return
	}
	newest := newestBackup(c.Backup.Dir)
	switch age := time.Since(newest); {
	case newest.IsZero():
		d.add(levelFault, "backups", "there are no backups in %s", c.Backup.Dir)
	case age > 2*c.Backup.Every:
		d.add(levelFault, "backups", "the newest backup in %s is from %s", c.Backup.Dir, newest.Format(time.DateTime))
	default:
		d.add(levelFine, "backups", "the newest backup is from %s", newest.Format(time.DateTime))
	}
	if inside, err := filepath.Rel(c.Data, c.Backup.Dir); err == nil && filepath.IsLocal(inside) {
		d.add(levelAdvice, "backups", "BACKPACK_BACKUP_DIR is in the data folder: one accident destroys both")
	}
}

// whole examines the store below the level of records.
func (d *diagnosis) whole(ctx context.Context, op *operator) error {
	checker, ok := op.store.(interface{ Check(context.Context) error })
	if !ok {
		return nil
	}
	if err := checker.Check(ctx); ctx.Err() != nil {
		return ctx.Err()
	} else if err != nil {
		d.add(levelFault, "store", "%v", err)
		return nil
	}
	d.add(levelFine, "store", "intact: all records are readable, and the indexes agree with them")
	return nil
}

// key checks that the master key opens the data.
func (d *diagnosis) key(ctx context.Context, op *operator) error {
	return op.store.View(ctx, func(tx storage.Tx) error {
		if err := complete(tx); err != nil {
			d.add(levelFault, "store", "%v", err)
		}
		if err := vault.Settled(tx); errors.Is(err, vault.ErrRotating) {
			d.add(levelFault, "key", "%v", err)
		}
		if op.sealer == nil {
			return nil // reported by files
		}
		name, err := op.sealer.Current(tx)
		switch {
		case errors.Is(err, storage.ErrNotFound):
			d.add(levelFault, "key", "the record that identifies the master key is missing: this store was never started, or is damaged")
		case errors.Is(err, vault.ErrSealed):
			d.add(levelFault, "key", "the data was sealed with another master key than this one, with fingerprint %s", op.sealer.Fingerprint())
			op.sealer = nil
		case err != nil:
			return err
		default:
			d.add(levelFine, "key", "the key with fingerprint %s opens the data", name)
		}
		return nil
	})
}

// mostTold is the number of flaws that are listed one by one.
const mostTold = 50

// records looks for records that do not fit together.
func (d *diagnosis) records(ctx context.Context, p *program, op *operator, repair bool) error {
	accounts := 0
	flaws, err := wallet.Examine(ctx, op.store, op.sealer, func(n int) {
		if accounts = n; p.terminal && n%50 == 0 {
			fmt.Fprintf(p.err, "%s%s", clearLine, plural(n, "account"))
		}
	})
	p.clearProgress()
	if err != nil {
		return err
	}
	harmless := 0
	for i, f := range flaws {
		if f.Harmless {
			harmless++
		}
		if i < mostTold {
			d.add(levelOf(f, repair), "records", "%s: account %s, %s %s", f.Why, f.Account, f.Kind, f.ID)
		}
	}
	if len(flaws) > mostTold {
		d.add(levelFault, "records", "and %d more", len(flaws)-mostTold)
	}
	if len(flaws) == 0 {
		d.add(levelFine, "records", "%s examined; all are consistent", plural(accounts, "account"))
	}
	switch {
	case harmless > 0 && repair:
		n, err := wallet.Mend(ctx, op.store, op.sealer, flaws)
		d.add(levelFine, "repair", "%s recounted, or deleted as useless", plural(n, "record"))
		return err
	case harmless > 0:
		d.add(levelAdvice, "repair", "%s can be deleted or recounted without loss: run backpack doctor --repair", plural(harmless, "record"))
	}
	return nil
}

func levelOf(f wallet.Flaw, repair bool) string {
	switch {
	case !f.Harmless:
		return levelFault
	case repair:
		return levelFine
	}
	return levelAdvice
}
