package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"backpack/wallet/keyring"
	"backpack/wallet/vault"
)

// rotateKey changes the master key.
func (p *program) rotateKey(ctx context.Context, args []string) error {
	c, _, err := p.commandLine("rotate-key", args, 0, nil)
	if err != nil {
		return err
	}
	return p.operate(ctx, c, order{Command: "rotate-key"})
}

// changeKey carries out the order rotate-key.
func (p *program) changeKey(ctx context.Context, op *operator, _ order) error {
	if op.sealer == nil {
		_, err := sealerOf(op.config, nil)
		return err
	}
	next, err := p.keyToChangeTo(op.config)
	if err != nil {
		return err
	}
	old := op.sealer.Fingerprint()
	fresh, err := op.sealer.Accept(next)
	if err != nil {
		return err
	}
	if old == fresh {
		return usageError("the current and the next master key are the same")
	}
	keys, err := keyring.New(keyring.Config{Store: op.store, Sealer: op.sealer, Rand: rand.Reader})
	if err != nil {
		return err
	}
	n, err := vault.Rotate(ctx, op.store, op.sealer, keys, fresh, p.rewrapped())
	p.clearProgress()
	if err != nil {
		return fmt.Errorf("change the master key: %w. Both keys are needed until this command has completed", err)
	}
	fmt.Fprintf(p.out, "Master key:  the one with fingerprint %s replaces %s\nSealed anew: %s; the new key alone opens all of it\n", fresh, old,
		plural(n, "record"))
	if op.config.Master != nil {
		fmt.Fprintln(p.out, "Next:        set BACKPACK_MASTER_KEY to the value of BACKPACK_MASTER_KEY_NEXT, remove the latter, and restart. Backups made "+
			"until now need the old key")
		return nil
	}
	kept, err := replaceMaster(op.config, old)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "Kept:        the old key as %s; only backups made until now need it: move it to where you keep such keys\n", kept)
	return op.sealer.Forget(fresh)
}

func (p *program) rewrapped() func(int) {
	return func(n int) {
		if p.terminal {
			fmt.Fprintf(p.err, "%s%s", clearLine, plural(n, "account"))
		}
	}
}

// keyToChangeTo returns the configured next key, or the one in the data folder,
// which it creates. If other servers may use the same data, the operator has to
// configure the key, since only the operator can give it to all of them.
func (p *program) keyToChangeTo(c *config) ([]byte, error) {
	next, err := nextMaster(c)
	if err != nil || next != nil {
		return next, err
	}
	if c.Master != nil || c.Database != "" {
		return nil, usageError("set BACKPACK_MASTER_KEY_NEXT to a new key, 32 bytes in hexadecimal (from openssl rand -hex 32), for every server of this " +
			"backpack and for this command; restart the servers, so that they know both keys; then run this command again")
	}
	key := make([]byte, vault.MasterKeySize)
	rand.Read(key)
	return key, errors.Join(placeNew(c.nextFile(), fmt.Appendf(nil, "%x\n", key)), syncFolder(c.Data))
}

// replaceMaster puts the next master key in place of the old one, which it
// keeps under another name.
func replaceMaster(c *config, old string) (kept string, err error) {
	kept = c.masterFile() + ".until-" + old
	if err := os.Link(c.masterFile(), kept); err != nil && !errors.Is(err, fs.ErrExist) {
		b, err := os.ReadFile(c.masterFile())
		if err == nil {
			err = placeNew(kept, b)
		}
		if err != nil {
			return "", err
		}
	}
	return kept, errors.Join(os.Rename(c.nextFile(), c.masterFile()), syncFolder(c.Data))
}
