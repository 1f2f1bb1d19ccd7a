package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"backpack/cmd/backpack/report"
	"backpack/wallet"
	"backpack/wallet/storage"
)

// userActions are the actions on accounts, with whether they name one.
var userActions = map[string]bool{"list": false, "disable": true, "enable": true, "delete": true, "quota": true}

// user lists and manages accounts.
func (p *program) user(ctx context.Context, args []string) error {
	var badges, size string
	var yes bool
	c, rest, err := p.commandLine("user", args, 2, func(fs *flag.FlagSet) {
		fs.StringVar(&badges, "badges", "", "")
		fs.StringVar(&size, "bytes", "", "")
		fs.BoolVar(&yes, "yes", false, "")
	})
	if err != nil {
		return err
	}
	rest = append(rest, "", "")
	action, who := rest[0], rest[1]
	named, known := userActions[action]
	switch {
	case !known:
		return usageError("use user list, user disable WHO, user enable WHO, user delete WHO, or user quota WHO; WHO is an account's id, a confirmed e-mail " +
			"address or a name")
	case named == (who == ""):
		return usageError("user %s: WHO is an account's id, a confirmed e-mail address or a name; list takes none", action)
	case action == "delete" && !yes:
		return usageError("user delete cannot be undone: add --yes")
	}
	q, err := quotaOf(badges, size)
	if err != nil {
		return err
	}
	return p.operate(ctx, c, order{Command: "user", Args: map[string]string{
		"action": action, "who": who, "badges": fmt.Sprint(q.Badges), "bytes": fmt.Sprint(q.Bytes),
	}})
}

// quotaOf parses a quota; a missing flag stands for the default.
func quotaOf(badges, size string) (q wallet.Quota, err error) {
	if badges != "" {
		if q.Badges, err = count(badges); err != nil {
			return q, usageError("--badges %v", err)
		}
	}
	if size != "" {
		if q.Bytes, err = byteSize(size); err != nil {
			return q, usageError("--bytes %v", err)
		}
	}
	return q, nil
}

// manageUsers carries out the order user.
func (p *program) manageUsers(ctx context.Context, op *operator, o order) error {
	w, err := op.wallet(ctx)
	if err != nil {
		return err
	}
	if o.Args["action"] == "list" {
		return p.listUsers(ctx, w)
	}
	a, err := oneAccount(ctx, w, o.Args["who"])
	if err != nil {
		return err
	}
	before, err := w.AccountFacts(ctx, a)
	if err != nil {
		return err
	}
	switch o.Args["action"] {
	case "disable":
		err = w.SetDisabled(ctx, a, true)
	case "enable":
		err = w.SetDisabled(ctx, a, false)
	case "quota":
		var q wallet.Quota
		if _, err := fmt.Sscan(o.Args["badges"]+" "+o.Args["bytes"], &q.Badges, &q.Bytes); err != nil {
			return err
		}
		err = w.SetQuota(ctx, a, q)
	case "delete":
		if err := w.DeleteAccount(ctx, a, before.Name); err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "deleted: %s, with everything in it. Backups made until now still contain it\n", a)
		return err
	}
	if err != nil {
		return err
	}
	after, err := w.AccountFacts(ctx, a)
	if err != nil {
		return err
	}
	return p.printUser(after)
}

// wallet returns the server's wallet, or a wallet of this process.
func (op *operator) wallet(ctx context.Context) (*wallet.Wallet, error) {
	if op.server != nil {
		return op.server.wallet, nil
	}
	master, err := findMaster(op.config)
	if err != nil {
		return nil, err
	}
	if master == nil {
		_, err := sealerOf(op.config, nil)
		return nil, err
	}
	x := &parts{store: op.store}
	err = x.build(ctx, op.config, master, nil, newMetrics(), slog.New(slog.DiscardHandler))
	return x.wallet, err
}

func oneAccount(ctx context.Context, w *wallet.Wallet, who string) (storage.AccountID, error) {
	list, err := w.FindAccounts(ctx, who)
	switch {
	case err != nil:
		return "", err
	case len(list) == 0:
		return "", fmt.Errorf("there is no account %q", who)
	case len(list) > 1:
		return "", fmt.Errorf("%d accounts are called %q; name one by its id: %s", len(list), who, joined(list))
	}
	return list[0], nil
}

func joined(list []storage.AccountID) string {
	var names []string
	for _, a := range list[:min(len(list), 20)] {
		names = append(names, string(a))
	}
	return strings.Join(slices.Compact(names), ", ")
}

func (p *program) listUsers(ctx context.Context, w *wallet.Wallet) error {
	return w.EachAccount(ctx, func(a storage.AccountID) error {
		f, err := w.AccountFacts(ctx, a)
		if missing := new(wallet.Error); errors.As(err, &missing) && missing.Kind == wallet.Missing {
			return nil // deleted meanwhile, or without its key, which doctor reports
		}
		if err != nil {
			return fmt.Errorf("account %s: %w", a, err)
		}
		return p.printUser(f)
	})
}

// printUser prints an account as exactly one line.
func (p *program) printUser(f *wallet.AccountFacts) error {
	u := f.Usage
	text := fmt.Sprintf("%s  since %s  %d of %s, %s of %s", f.ID, f.CreatedAt.Format(time.DateOnly), u.Badges, plural(u.Most.Badges, "badge"),
		inBytes(u.Bytes), inBytes(u.Most.Bytes))
	if u.Own != (wallet.Quota{}) {
		text += " (its own quota)"
	}
	if !f.SeenAt.IsZero() {
		text += "  seen " + f.SeenAt.Format(time.DateOnly)
	}
	if !f.Disabled.IsZero() {
		text += "  disabled " + f.Disabled.Format(time.DateOnly)
	}
	_, err := fmt.Fprintln(p.out, text+"  "+report.Plain(f.Name, 80))
	return err
}
