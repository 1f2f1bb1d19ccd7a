package main

import (
	"errors"
	"time"

	"backpack/wallet/transfer"
)

// A backupConfig says where scheduled backups go, how often, and how they are
// encrypted.
type backupConfig struct {
	transfer.Secrets
	Dir   string // of scheduled backups; empty: none are made
	Every time.Duration
	Keep  keeping
}

// Bounds of the interval between scheduled backups.
const (
	mostOften  = time.Minute
	leastOften = 31 * 24 * time.Hour
)

func parseBackup(v map[string]string, bad func(string, error)) backupConfig {
	b := backupConfig{Dir: v["BACKUP_DIR"], Secrets: transfer.Secrets{
		Recipient: v["BACKUP_RECIPIENT"], Passphrase: v["BACKUP_PASSPHRASE"], Identity: v["BACKUP_IDENTITY"],
	}}
	var err error
	if b.Every, err = time.ParseDuration(v["BACKUP_EVERY"]); err != nil || b.Every < mostOften || b.Every > leastOften {
		bad("BACKUP_EVERY", errors.New("must be a duration such as 24h, between 1m and 744h"))
	}
	b.Keep, err = parseKeeping(v["BACKUP_KEEP"])
	bad("BACKUP_KEEP", err)
	bad("BACKUP_RECIPIENT", transfer.Secrets{Recipient: b.Recipient}.Check())
	bad("BACKUP_IDENTITY", transfer.Secrets{Identity: b.Identity}.Check())
	switch {
	case b.Dir != "" && b.Recipient == "" && b.Passphrase == "":
		bad("BACKUP_DIR", errors.New("needs BACKPACK_BACKUP_RECIPIENT or BACKPACK_BACKUP_PASSPHRASE_FILE too: backups are encrypted"))
	case b.Recipient != "" && b.Passphrase != "":
		bad("BACKUP_PASSPHRASE", errors.New("excludes BACKPACK_BACKUP_RECIPIENT; set one of them"))
	case b.Passphrase != "" && len(b.Passphrase) < 12:
		bad("BACKUP_PASSPHRASE", errors.New("must have at least 12 characters"))
	}
	return b
}
