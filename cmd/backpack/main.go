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

// version is set by the linker.
var version = "dev"

// Exit codes of every command.
const (
	exitOK           = 0
	exitInvalid      = 1 // verify: not valid; other commands: failed
	exitUndetermined = 2 // verify: could not be determined
	exitUsage        = 3 // no badge, or wrong usage
)

// A program is the environment of a command; tests replace its parts.
type program struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) string
	terminal bool // whether err is a terminal
	width    int  // columns of the terminal at out; 0 if out is not a terminal

	web vc.Fetcher // in place of the network for verify; nil: the network
}

// An exitError ends the program with an exit code.
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

// endOf returns the exit code and the last message for an error.
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

// commands maps names to commands, except help.
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

const usage = `Backpack keeps, checks and shares Open Badges.

  backpack [serve]               start the server (the default)
  backpack verify WHAT...        check badges: files, folders, ZIP files,
                                 presentations, web addresses, evidence files of
                                 earlier checks, - for standard input
           --format FORMAT       text, table, csv or json; the default is table
                                 for a folder and text otherwise
           --json                the same as --format json
           --out FILE            write to FILE, in the format of its extension
           --offline             use no network
           --strict              count badges as not valid if they are genuine but
                                 not written to the standard
           --for ADDRESS         require that the badge was awarded to this address
  backpack bake IMAGE BADGE OUT  write a badge (JSON or JWT) into a PNG or SVG
  backpack unbake IMAGE [OUT]    extract the badge again
  backpack samples DIR           write the sample badges as files
  backpack backup --to WHERE     write an encrypted backup, also while the server runs
  backpack restore FILE          read a backup into an empty data folder or database
           --verify              only read the backup to its end
  backpack health                ask the server on this machine whether it is ready
  backpack copy --from A --to B  copy from a data folder to postgres://… or back;
                                 run again to continue after an interruption
           --verify              only compare the two
           --anyway              copy although the database has other connections
  backpack doctor                look for faults; exit with 0 if all is well, 1 if
                                 there is a fault, 2 if there is advice
           --json                print JSON
           --repair              delete what is certainly useless
  backpack user list             list the accounts, without addresses and contents
  backpack user disable WHO      close an account (id, confirmed address or name): its
                                 sessions end, its shares look ended, nothing is lost
  backpack user enable WHO       open it again
  backpack user delete WHO --yes delete it with everything in it
  backpack user quota WHO        give it the default quota, or
           --badges N --bytes N  this one
  backpack rotate-key            change the master key, also while the server runs
  backpack config                print the settings in force
  backpack version               print the version
  backpack help                  print this text

verify exits with 0 if everything is valid, also with remarks and if it is
genuine but not written to the standard; 1 if something is not valid; 2 if
something could not be determined, is a sample, or is valid only as far as it
is disclosed; 3 if a file contains no badge, or on wrong usage.

Settings are environment variables, such as BACKPACK_LISTEN, or flags of serve,
such as --listen; "backpack config" lists them.
`
