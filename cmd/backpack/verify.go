package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet"
)

// verify checks a file, an address or standard input.
func (p *program) verify(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("verify", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	asJSON := fs.Bool("json", false, "")
	offline := fs.Bool("offline", false, "")
	person := fs.String("for", "", "")
	rest, err := parseMixed(fs, args)
	if err != nil || len(rest) != 1 {
		return usageError("verify needs one file, address or - for standard input\n\n%s", usage)
	}
	in, err := p.input(rest[0])
	if err != nil {
		return err
	}
	stack, err := p.newStack()
	if err != nil {
		return err
	}
	if *offline {
		ctx = vc.WithOffline(ctx)
	}
	found, err := stack.checker.CheckFor(ctx, []wallet.Input{in}, people(*person))
	if err != nil {
		return &exitError{exitUsage, err}
	}
	if *asJSON {
		err = p.printJSON(found)
	} else {
		err = p.printReports(stack.texts, found)
	}
	if err != nil {
		return err
	}
	return exitFor(found)
}

// parseMixed parses flags that may stand before or after the arguments.
func parseMixed(fs *flag.FlagSet, args []string) (rest []string, err error) {
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
	return rest, nil
}

func people(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// input reads what is to be verified; an address is left to the checker.
func (p *program) input(name string) (wallet.Input, error) {
	if strings.HasPrefix(name, "https://") || strings.HasPrefix(name, "http://") {
		return wallet.Input{Bytes: []byte(name)}, nil
	}
	b, err := p.readFile(name)
	return wallet.Input{Name: filepath.Base(name), Bytes: b}, err
}

// exitFor returns the error whose code sums up all that was found: the worst
// of not valid, undetermined and valid; 3 when there was no badge at all.
func exitFor(found []*wallet.Checked) error {
	code, badges := exitOK, 0
	for _, c := range found {
		if c.Problem != "" {
			continue
		}
		badges++
		switch worst(c) {
		case vc.Valid:
		case vc.Undetermined:
			if code == exitOK {
				code = exitUndetermined
			}
		default:
			code = exitInvalid
		}
	}
	if badges == 0 {
		code = exitUsage
	}
	if code == exitOK {
		return nil
	}
	return &exitError{code, silent{}}
}

// worst is the verdict of a presentation and all that is in it.
func worst(c *wallet.Checked) vc.Verdict {
	v := c.Verdict
	for _, x := range c.Contained {
		if w := worst(x); v == vc.Valid || v == vc.Undetermined && w != vc.Valid {
			v = w
		}
	}
	return v
}

// silent ends the program with its code and no further words.
type silent struct{}

func (silent) Error() string { return "" }

// A jsonReport is what verify --json prints for each thing.
type jsonReport struct {
	Name     string       `json:"name,omitempty"`
	Problem  string       `json:"problem,omitempty"`
	Detail   string       `json:"detail,omitempty"`
	Title    string       `json:"title,omitempty"`
	Issuer   string       `json:"issuer,omitempty"`
	IssuerID string       `json:"issuerId,omitempty"`
	Version  string       `json:"version,omitempty"`
	Verdict  vc.Verdict   `json:"verdict,omitempty"`
	Report   *vc.Report   `json:"report,omitempty"`
	Holder   string       `json:"holder,omitempty"`
	Contains []jsonReport `json:"contains,omitempty"`
}

func (p *program) printJSON(found []*wallet.Checked) error {
	enc := json.NewEncoder(p.out)
	enc.SetIndent("", "  ")
	return enc.Encode(jsonReports(found))
}

func jsonReports(found []*wallet.Checked) []jsonReport {
	var out []jsonReport
	for _, c := range found {
		out = append(out, jsonReport{Name: c.Name, Problem: c.Problem, Detail: c.Detail, Title: c.Summary.Title,
			Issuer: c.Summary.Issuer, IssuerID: c.Summary.IssuerID, Version: c.Summary.Version, Verdict: c.Verdict,
			Report: c.Report, Holder: c.Holder, Contains: jsonReports(c.Contained)})
	}
	return out
}

// marks stand before each check; words follow, for those who cannot see them.
var marks = map[vc.Outcome]string{vc.Passed: "+ yes            ", vc.Failed: "! no             ", vc.Unknown: "? could not check", vc.Skipped: "- not stated     "}

func (p *program) printReports(texts *ui.Renderer, found []*wallet.Checked) error {
	w := &errWriter{w: p.out}
	for i, c := range found {
		if i > 0 {
			w.printf("\n")
		}
		p.printReport(w, texts, c, "")
	}
	return w.err
}

func (p *program) printReport(w *errWriter, texts *ui.Renderer, c *wallet.Checked, indent string) {
	text := func(key string) string { return texts.Text("en", key) }
	if c.Name != "" {
		w.printf("%s%s\n", indent, c.Name)
	}
	if c.Problem != "" {
		w.printf("%s  %s\n%s  %s\n", indent, text("problem."+c.Problem), indent, text("problem."+c.Problem+".next"))
		return
	}
	w.printf("%s  %s\n", indent, strings.ToUpper(text("verdict."+string(c.Verdict)+".title")))
	w.printf("%s  %s\n", indent, c.Summary.Title)
	if c.Summary.Issuer != "" || c.Summary.IssuerID != "" {
		w.printf("%s  issuer: %s %s\n", indent, c.Summary.Issuer, c.Summary.IssuerID)
	}
	w.printf("%s  %s\n", indent, c.Summary.Version)
	for _, check := range c.Report.Checks {
		w.printf("%s  %s  %s", indent, marks[check.Outcome], text("check."+string(check.ID)+".title"))
		if check.Reason != "" {
			w.printf(": %s", text("reason."+string(check.Reason)))
		}
		if check.Detail != "" {
			w.printf(" (%s)", check.Detail)
		}
		w.printf("\n")
	}
	for _, x := range c.Contained {
		p.printReport(w, texts, x, indent+"    ")
	}
}

// errWriter remembers the first error of writing.
type errWriter struct {
	w   io.Writer
	err error
}

func (w *errWriter) printf(format string, a ...any) {
	if w.err == nil {
		_, w.err = fmt.Fprintf(w.w, format, a...)
	}
}
