package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"backpack/cmd/backpack/report"
	"backpack/server/view"
	"backpack/vc"
	"backpack/wallet/inspect"
)

// A verifyCommand is the command with its arguments.
type verifyCommand struct {
	format  string
	out     string
	offline bool
	strict  bool // a badge not written to the standard counts as not valid
	people  []string
	names   []string
}

// verify checks the arguments and reports on each.
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
	sum := report.Tally{Asked: len(v.people) > 0, Strict: v.strict}
	err = p.write(v.out, func(w io.Writer) error {
		out, err := report.New(v.chosen(sources), w, stack.texts, p.width)
		if err != nil {
			return err
		}
		if err := p.verifyAll(ctx, stack, sources, v.people, out, &sum); err != nil {
			return err
		}
		return out.Finish()
	})
	if err != nil {
		return err
	}
	p.summary(v, sources, stack.texts.Sum(report.Lang, &sum.Told))
	return exit(&sum)
}

// summary prints the line with counts, beside a report for programs. It prints
// none for a single badge.
func (p *program) summary(v *verifyCommand, sources []source, line string) {
	switch format := v.chosen(sources); {
	case v.out != "" || format == "table" || format == "text" && len(sources) > 1:
		fmt.Fprintf(p.out, "\n%s\n", line)
	case format == "csv", format == "json" && len(sources) > 1:
		fmt.Fprintln(p.err, line)
	}
}

// verifyAll checks sources while it reads them, and reports in their order.
func (p *program) verifyAll(ctx context.Context, s *stack, sources []source, people []string, out report.Reporter, sum *report.Tally) error {
	sum.Told.Files = len(sources)
	progress, last := p.progress(len(sources)), 0
	progress.show(0, sources[0].name)
	defer progress.clear()
	return s.checker.CheckEach(ctx, p.inputs(sources), people, func(c *inspect.Checked) {
		place(c, sources)
		rows := view.New(s.texts, report.Lang, "").Rows(c)
		for i := range rows {
			sum.Told.Add(&rows[i])
		}
		sum.Add(c)
		progress.clear()
		out.Add(c, rows)
		for ; last < c.Input; last++ {
			progress.show(last+1, sources[c.Input].name)
		}
	})
}

// place adds the file's name, the ZIP file around it, and the folder that
// stands for the applicant.
func place(c *inspect.Checked, sources []source) {
	from := sources[c.Input]
	c.Folder = inspect.FolderOf(from.folder, c.Folder, from.name, len(sources) > 1)
	c.Name, c.File = view.FileName(c), ""
}

func zipName(name string) bool { return strings.EqualFold(filepath.Ext(name), ".zip") }

// parseVerify parses the arguments. Flags may also follow the names.
func parseVerify(args []string) (*verifyCommand, error) {
	v, person, asJSON := &verifyCommand{}, "", false
	fs := flag.NewFlagSet("verify", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&v.format, "format", "", "")
	fs.StringVar(&v.out, "out", "", "")
	fs.BoolVar(&asJSON, "json", false, "")
	fs.BoolVar(&v.offline, "offline", false, "")
	fs.BoolVar(&v.strict, "strict", false, "")
	fs.StringVar(&person, "for", "", "")
	var err error
	if v.names, err = parseMixed(fs, args); err != nil {
		return nil, usageError("%v\n\n%s", err, usage)
	}
	if len(v.names) == 0 {
		return nil, usageError("verify needs a file, a folder, an address, or - for standard input\n\n%s", usage)
	}
	if asJSON {
		v.format = "json"
	}
	if v.format != "" && !slices.Contains(report.Formats, v.format) {
		return nil, usageError("there is no format %q: choose one of %s", v.format, strings.Join(report.Formats, ", "))
	}
	if person != "" {
		v.people = []string{person}
	}
	return v, nil
}

// chosen returns the requested format, else the one of the file's extension,
// else the one that suits the arguments.
func (v *verifyCommand) chosen(sources []source) string {
	ending := strings.TrimPrefix(strings.ToLower(filepath.Ext(v.out)), ".")
	switch {
	case v.format != "":
		return v.format
	case ending == "csv", ending == "json":
		return ending
	case slices.ContainsFunc(sources, func(s source) bool { return s.listed || zipName(s.name) && !isEvidence(s.path) }):
		return "table"
	}
	return "text"
}

// parseMixed parses flags that may stand before, between or after the
// arguments; "--" ends the flags.
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

// exit returns an error with the exit code for the gravest result, or nil if
// everything was a badge, genuine and in force.
func exit(t *report.Tally) error {
	switch t.Outcome() {
	case report.NotValid:
		return &exitError{exitInvalid, errSilent}
	case report.Undetermined:
		return &exitError{exitUndetermined, errSilent}
	case report.NoBadge:
		return &exitError{exitUsage, errSilent}
	}
	return nil
}

// errSilent ends the program with its code and without a message.
var errSilent = errors.New("")
