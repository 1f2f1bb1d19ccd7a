package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"

	"backpack/wallet"
	"backpack/wallet/bolt"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// An operator is what the operator's commands work with. Only one process can
// open a data file. While a server has it open, commands run in the server's
// process, by request over its socket; otherwise in their own.
type operator struct {
	config *config
	store  storage.Store
	sealer *vault.Sealer // nil: there is no master key here
	server *serving
}

// serving is the rest of a running server, for commands that change it.
type serving struct{ wallet *wallet.Wallet }

// An order is a command with its arguments, carried out by the process that has
// the store open.
type order struct {
	Command  string            `json:"command"`
	Args     map[string]string `json:"args,omitempty"`
	Terminal bool              `json:"terminal,omitempty"`
}

// orders maps names to orders.
var orders = map[string]func(*program, context.Context, *operator, order) error{
	"backup":     (*program).makeBackup,
	"rotate-key": (*program).changeKey,
	"doctor":     (*program).examine,
	"user":       (*program).manageUsers,
}

// operate carries out an order: in the server of the data folder if one runs,
// otherwise in this process.
func (p *program) operate(ctx context.Context, c *config, o order) error {
	o.Terminal = p.terminal
	asked, err := p.ask(ctx, c, o)
	if asked {
		return err
	}
	op, err := openOperator(ctx, c)
	if err != nil {
		return err
	}
	return errors.Join(orders[o.Command](p, ctx, op, o), op.store.Close())
}

// openOperator opens an existing store.
func openOperator(ctx context.Context, c *config) (*operator, error) {
	if c.Database == "" {
		if _, err := os.Stat(c.dataFile()); err != nil {
			return nil, fmt.Errorf("no backpack here: %w", err)
		}
	}
	master, err := findMaster(c)
	if err != nil {
		return nil, err
	}
	store, err := openStore(ctx, c)
	if errors.Is(err, bolt.ErrInUse) {
		return nil, fmt.Errorf("%w, and the process does not take orders at %s; stop it, and try again", err, c.socket())
	}
	if err != nil {
		return nil, err
	}
	op := &operator{config: c, store: store}
	if master != nil {
		op.sealer, err = sealerOf(c, master)
	}
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return op, nil
}

// findMaster returns the master key, or nil if there is none. It creates none.
func findMaster(c *config) ([]byte, error) {
	if c.Master == nil {
		if _, err := os.Stat(c.masterFile()); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	return loadMaster(c, rand.Reader)
}

// sealerOf returns a Sealer with the master key, or an error that names the
// places searched.
func sealerOf(c *config, master []byte) (*vault.Sealer, error) {
	if master == nil {
		return nil, fmt.Errorf("the master key is missing: BACKPACK_MASTER_KEY is not set, and %s does not exist", c.masterFile())
	}
	return newSealer(c, master)
}

// commandLine reads the settings for a command with its own flags and up to
// most arguments, which may stand anywhere among the flags.
func (p *program) commandLine(name string, args []string, most int, own func(*flag.FlagSet)) (*config, []string, error) {
	fs := settingFlags(name)
	if own != nil {
		own(fs)
	}
	var rest []string
	for {
		if err := fs.Parse(args); err != nil {
			return nil, nil, usageError("%v\n\n%s", err, usage)
		}
		if fs.NArg() == 0 {
			break
		}
		rest, args = append(rest, fs.Arg(0)), fs.Args()[1:]
	}
	if len(rest) > most {
		return nil, nil, usageError("%s takes no argument %q\n\n%s", name, rest[most], usage)
	}
	c, err := toConfig(p.valuesOf(fs))
	return c, rest, err
}
