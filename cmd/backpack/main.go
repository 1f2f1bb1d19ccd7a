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
	"runtime"
	"slices"
	"strings"
	"syscall"

	"backpack/vc"
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
	terminal bool // err is one: somebody watches
	width    int  // of the terminal that out is, in columns; 0: it is none

	web vc.Fetcher // what verify asks in place of other servers; nil: those
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
	p := &program{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.Getenv, terminal: isTerminal(os.Stderr), width: widthOf(os.Stdout)}
	os.Exit(p.main(ctx, os.Args[1:]))
}

// main runs one command and returns the exit code.
func (p *program) main(ctx context.Context, args []string) int {
	code, text := endOf(p.run(ctx, args))
	if text != "" {
		fmt.Fprintln(p.err, "backpack: "+text)
	}
	return code
}

// endOf returns how a command ends and what it says last.
func endOf(err error) (int, string) {
	if err == nil {
		return exitOK, ""
	}
	var exit *exitError
	if !errors.As(err, &exit) {
		exit = &exitError{exitInvalid, err}
	}
	return exit.code, exit.Error()
}

// commands are all commands but help, by name.
var commands = map[string]func(*program, context.Context, []string) error{
	"serve":   (*program).serve,
	"verify":  (*program).verify,
	"bake":    (*program).bake,
	"unbake":  (*program).unbake,
	"samples": (*program).samples,
	"health":  (*program).health,
	"config":  (*program).config,
	"backup":  (*program).backup,
	"restore": (*program).restore,
	"copy":    (*program).copy,
	"doctor":  (*program).doctor,
	"user":    (*program).user,

	"rotate-key": (*program).rotateKey,
	"version":    (*program).version,
}

func (p *program) run(ctx context.Context, args []string) error {
	name := "serve"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	if name == "help" || slices.ContainsFunc(args, asksForHelp) {
		_, err := fmt.Fprint(p.out, usage)
		return err
	}
	if len(args) > 0 && args[0] == "--version" {
		name, args = "version", nil
	}
	command, ok := commands[name]
	if !ok {
		return usageError("there is no command %q\n\n%s", name, usage)
	}
	return command(p, ctx, args)
}

func asksForHelp(arg string) bool { return arg == "-h" || arg == "-help" || arg == "--help" }

func (p *program) version(_ context.Context, args []string) error {
	if len(args) > 0 {
		return usageError("version takes no argument %q\n\n%s", args[0], usage)
	}
	_, err := fmt.Fprintln(p.out, "backpack", version, runtime.Version())
	return err
}

const usage = `Backpack keeps, checks and shows Open Badges.

  backpack [serve]               start the server (the default)
  backpack verify WHAT...        check badges: files, folders, ZIP files,
                                 presentations, web addresses, the evidence of
                                 an earlier check, - for standard input
           --format FORMAT       text, table, csv or json; a folder gives a table,
                                 all else text
           --json                the same as --format json
           --out FILE            write to FILE, of the format that its name ends in
           --offline             use no network
           --strict              take what is genuine, but not written as the standard
                                 demands, for not valid
           --for ADDRESS         demand that it was awarded to this address
  backpack bake IMAGE BADGE OUT  put a badge (JSON or JWT) into a PNG or SVG
  backpack unbake IMAGE [OUT]    take the badge out again
  backpack samples DIR           write the sample badges as files
  backpack backup --to WHERE     write an encrypted backup, also while the server runs
  backpack restore FILE          put a backup into an empty data folder or database
           --verify              only read it to its end
  backpack health                ask the server on this machine whether it is ready
  backpack copy --from A --to B  copy from a data folder to postgres://… or back; run
                                 again after a break, it goes on
           --verify              only compare the two
           --anyway              although others are connected to the database
  backpack doctor                look for faults; exits with 0 when all is fine, 1 when
                                 there is a fault, 2 when there is advice
           --json                for programs
           --repair              delete what is certainly of no use to anybody
  backpack user list             list the accounts: no addresses, and not what is in them
  backpack user disable WHO      close an account (id, proved e-mail address or name): its
                                 sessions end, its shows look ended, nothing is lost
  backpack user enable WHO       open it again
  backpack user delete WHO --yes delete it and all that is in it
  backpack user quota WHO        let it keep as much as is usual, or
           --badges N --bytes N  as much as this
  backpack rotate-key            change the master key, also while the server runs
  backpack config                print the settings in force
  backpack version
  backpack help

verify exits with 0 when all is valid, also with remarks and where something is
not written as the standard demands, 1 when something is not valid, 2 when
something could not be determined, is a sample or valid only as far as it is
shown, 3 when something held no badge, or on wrong use. Settings are environment variables, BACKPACK_LISTEN and so on, or flags of
serve, --listen and so on; "backpack config" lists them.
`
