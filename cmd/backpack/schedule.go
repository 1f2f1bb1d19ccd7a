package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// retryBackup is the delay before the next attempt after a failed backup.
const retryBackup = 15 * time.Minute

// serveOperator takes orders and makes scheduled backups until the returned
// function is called, which waits for their end.
func (p *program) serveOperator(ctx context.Context, op *operator, log *slog.Logger) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	wait, err := p.takeOrders(ctx, op)
	if err != nil { // serving is more important
		log.Warn("commands such as backup will not work while this server runs", "error", err)
		wait = func() {}
	}
	var backups sync.WaitGroup
	if op.config.Backup.Dir != "" {
		backups.Go(func() { p.scheduleBackups(ctx, op, log, time.After) })
	}
	return func() {
		cancel()
		backups.Wait()
		wait()
	}
}

// scheduleBackups makes backups until ctx ends, the first when the newest one
// in the folder reaches the configured age.
func (p *program) scheduleBackups(ctx context.Context, op *operator, log *slog.Logger, after func(time.Duration) <-chan time.Time) {
	b := op.config.Backup
	wait := b.Every - time.Since(newestBackup(b.Dir))
	for {
		select {
		case <-ctx.Done():
			return
		case <-after(max(0, wait)):
		}
		wait = b.Every
		name, err := p.scheduledBackup(ctx, op)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			log.Error("no backup could be made", "error", err)
			wait = min(wait, retryBackup)
		default:
			// The full name is as long as a secret, and the redactor would hide
			// it.
			log.Info("a backup was made and verified", "folder", filepath.Dir(name), "time", strings.TrimPrefix(filepath.Base(name), backupPrefix))
		}
	}
}

// scheduledBackup makes one backup and then deletes excess ones.
func (p *program) scheduledBackup(ctx context.Context, op *operator) (string, error) {
	b := op.config.Backup
	if err := os.MkdirAll(b.Dir, 0o700); err != nil {
		return "", err
	}
	name := filepath.Join(b.Dir, backupName(time.Now()))
	quiet := &program{out: io.Discard, err: io.Discard, env: p.env}
	if _, err := quiet.writeBackup(ctx, op, name, b.Secrets); err != nil {
		return "", err
	}
	return name, pruneBackups(b.Dir, b.Keep)
}

// ownBackups lists the backups in a folder that have the program's own names,
// the oldest first.
func ownBackups(dir string) ([]string, error) {
	list, err := os.ReadDir(dir)
	var names []string
	for _, x := range list {
		if _, ok := backupMade(x.Name()); ok && x.Type().IsRegular() {
			names = append(names, x.Name())
		}
	}
	slices.SortFunc(names, strings.Compare) // the names sort like their times
	return names, err
}

func newestBackup(dir string) time.Time {
	names, _ := ownBackups(dir)
	if len(names) == 0 {
		return time.Time{}
	}
	at, _ := backupMade(names[len(names)-1])
	return at
}

// pruneBackups deletes the program's own backups that need not be kept.
func pruneBackups(dir string, keep keeping) error {
	names, err := ownBackups(dir)
	var made []time.Time
	for _, name := range names {
		at, _ := backupMade(name)
		made = append(made, at)
	}
	for _, at := range keep.drop(made) {
		err = errors.Join(err, os.Remove(filepath.Join(dir, backupName(at))))
	}
	if err != nil {
		return errors.Join(errors.New("delete older backups"), err)
	}
	return nil
}
