package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"slices"
	"strings"

	"backpack/vc"
	"backpack/wallet"
)

// A verifyCommand is what verify was asked to do.
type verifyCommand struct {
	asJSON  bool
	offline bool
	people  []string
	names   []string
}

// verify checks files, folders, addresses and standard input.
func (p *program) verify(ctx context.Context, args []string) error {
	v, err := parseVerify(args)
	if err != nil {
		return err
	}
	sources, err := p.sources(v.names)
	if err != nil {
		return err
	}
	stack, err := p.newStack()
	if err != nil {
		return err
	}
	if v.offline {
		ctx = vc.WithOffline(ctx)
	}
	var out reporter = &textReporter{w: &errWriter{w: p.out}, words: words{stack.texts}}
	if v.asJSON {
		out = &jsonReporter{w: p.out}
	}
	sum, err := p.verifyAll(ctx, stack.checker, sources, v.people, out)
	if err != nil {
		return err
	}
	if err := out.finish(); err != nil {
		return err
	}
	return sum.exit()
}

// batch is how many files are open at the same time.
const batch = 16

// verifyAll has everything checked, a few at a time, and reports as it goes.
func (p *program) verifyAll(ctx context.Context, ch *wallet.Checker, sources []source, people []string, out reporter) (tally, error) {
	sum := tally{asked: len(people) > 0}
	progress, done := p.progress(), 0
	defer progress.clear()
	for some := range slices.Chunk(sources, batch) {
		progress.show("checking %d of %d: %s", done+1, len(sources), plain(some[0].name, 60))
		in, err := p.read(some)
		if err != nil {
			return sum, err
		}
		found, err := ch.CheckFor(ctx, in, people)
		if err != nil {
			return sum, err
		}
		progress.clear()
		for _, c := range found {
			sum.add(c)
			out.add(c)
		}
		done += len(some)
	}
	return sum, nil
}

func parseVerify(args []string) (*verifyCommand, error) {
	v, person := &verifyCommand{}, ""
	fs := flag.NewFlagSet("verify", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.BoolVar(&v.asJSON, "json", false, "")
	fs.BoolVar(&v.offline, "offline", false, "")
	fs.StringVar(&person, "for", "", "")
	var err error
	if v.names, err = parseMixed(fs, args); err != nil {
		return nil, usageError("%v\n\n%s", err, usage)
	}
	if len(v.names) == 0 {
		return nil, usageError("verify needs a file, a folder, an address, or - for standard input\n\n%s", usage)
	}
	if person != "" {
		v.people = []string{person}
	}
	return v, nil
}

// parseMixed parses flags that may stand before, between or after the
// arguments; after -- there are no more flags.
func parseMixed(fs *flag.FlagSet, args []string) (rest []string, err error) {
	var last []string
	if i := slices.Index(args, "--"); i >= 0 {
		args, last = args[:i], args[i+1:]
	}
	for len(args) > 0 {
		if args[0] == "-" || !strings.HasPrefix(args[0], "-") {
			rest, args = append(rest, args[0]), args[1:]
			continue
		}
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		args = fs.Args()
	}
	return append(rest, last...), nil
}

// A tally sums up what was found.
type tally struct {
	asked                          bool // for whom it was awarded
	badges, invalid, unknown, none int
}

// noBadgeYet are problems that say nothing of what was brought: the answer
// could be another one tomorrow.
var noBadgeYet = []string{"unreachable", "address_forbidden", "interrupted", "internal"}

func (t *tally) add(c *wallet.Checked) {
	switch {
	case c.Problem == "keys_left_out": // a remark beside badges
	case slices.Contains(noBadgeYet, c.Problem):
		t.unknown++
	case c.Problem != "":
		t.none++
	default:
		t.badges++
		switch t.worst(c) {
		case vc.Valid:
		case vc.Undetermined:
			t.unknown++
		default:
			t.invalid++
		}
	}
}

// worst is the verdict of a badge, or of a presentation and all that is in it:
// not valid before undetermined before valid. That a badge is somebody else's
// makes it no worse, unless that was asked.
func (t *tally) worst(c *wallet.Checked) vc.Verdict {
	v := c.Verdict
	if t.asked && v == vc.Valid && len(c.Contained) == 0 {
		v = recipientVerdict(c.Report)
	}
	for _, x := range c.Contained {
		if w := t.worst(x); v == vc.Valid || v == vc.Undetermined && w != vc.Valid {
			v = w
		}
	}
	return v
}

func recipientVerdict(r *vc.Report) vc.Verdict {
	switch r.Check(vc.CheckRecipient).Outcome {
	case vc.Passed:
		return vc.Valid
	case vc.Failed:
		return vc.Invalid
	}
	return vc.Undetermined
}

// exit returns the error whose code says the gravest that was found, or nil
// when everything was a badge and valid.
func (t *tally) exit() error {
	code := exitOK
	switch {
	case t.invalid > 0:
		code = exitInvalid
	case t.unknown > 0:
		code = exitUndetermined
	case t.none > 0 || t.badges == 0:
		code = exitUsage
	default:
		return nil
	}
	return &exitError{code, errSilent}
}

// errSilent ends the program with its code and no further words.
var errSilent = errors.New("")
