// Command backpack is a learner's digital backpack for Open Badges: one
// program, one data file.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the build.
var version = "dev"

// Exit codes, the same for every command.
const (
	exitOK           = 0
	exitInvalid      = 1 // verify: not valid; other commands: it failed
	exitUndetermined = 2 // verify: could not be determined
	exitUsage        = 3 // no badge, or wrong use
)

// A program is where a command runs: tests give it other streams.
type program struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) string
}

// An exitError ends the program with a code.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func usageError(format string, a ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, a...)}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := &program{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.Getenv}
	os.Exit(p.main(ctx, os.Args[1:]))
}

// main runs one command and returns the exit code.
func (p *program) main(ctx context.Context, args []string) int {
	err := p.run(ctx, args)
	if err == nil {
		return exitOK
	}
	var exit *exitError
	if !errors.As(err, &exit) {
		exit = &exitError{exitInvalid, err}
	}
	if text := exit.Error(); text != "" {
		fmt.Fprintln(p.err, "backpack: "+text)
	}
	return exit.code
}

func (p *program) run(ctx context.Context, args []string) error {
	name := "serve"
	if len(args) > 0 && len(args[0]) > 0 && args[0][0] != '-' {
		name, args = args[0], args[1:]
	}
	switch name {
	case "serve":
		return p.serve(ctx, args)
	case "verify":
		return p.verify(ctx, args)
	case "bake":
		return p.bake(args)
	case "unbake":
		return p.unbake(args)
	case "samples":
		return p.samples(args)
	case "config":
		return p.config(args)
	case "version":
		_, err := fmt.Fprintln(p.out, "backpack", version)
		return err
	case "help":
		_, err := fmt.Fprint(p.out, usage)
		return err
	}
	return usageError("there is no command %q\n\n%s", name, usage)
}

const usage = `Backpack keeps, checks and shows Open Badges.

  backpack [serve]               start the server (the default)
  backpack verify FILE|URL|-     check a badge, a folder's file, a ZIP or a presentation
           --json                print the report as JSON
           --offline             use no network
           --for ADDRESS         also check that it was awarded to this address
  backpack bake IMAGE BADGE OUT  put a badge (JSON or JWT) into a PNG or SVG
  backpack unbake IMAGE [OUT]    take the badge out again
  backpack samples DIR           write the sample badges as files
  backpack config                print the effective configuration
  backpack version

verify exits with 0 when all is valid, 1 when something is not valid, 2 when
something could not be determined, 3 when there was no badge or wrong use.
Settings are environment variables, BACKPACK_LISTEN and so on, or flags of
serve, --listen and so on; "backpack config" lists them.
`
