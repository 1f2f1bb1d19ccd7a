// Command crash is the process that the crash tests of package bolt start and kill.
// They build it without the race detector, so it writes fast.
//
//	crash write FILE WRITERS WRITES         write, with acknowledgements on standard output
//	                                        and those of earlier runs on standard input
//	crash trace [flags] -- COMMAND ARGS     run a command, and trace or disturb its system calls
//	crash replay [flags] RECORDING          build the images that a power failure may leave
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"backpack/wallet/bolt"
	"backpack/wallet/storage"
	"backpack/wallet/storetest/crash"
)

func main() {
	err := errors.New("crash write, trace or replay")
	if len(os.Args) > 2 {
		switch os.Args[1] {
		case "write":
			err = write(os.Args[2:])
		case "trace":
			err = trace(os.Args[2:])
		case "replay":
			err = replay(os.Args[2:])
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "crash:", err)
		os.Exit(1)
	}
}

// write verifies the writes of earlier runs, then writes more. It prints "full" on
// standard error for a write without room.
func write(args []string) error {
	if len(args) != 3 {
		return errors.New("crash write FILE WRITERS WRITES")
	}
	writers, err := strconv.Atoi(args[1])
	writes, err2 := strconv.Atoi(args[2])
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	acked := map[int]int{}
	if _, err := crash.Acks(os.Stdin, acked); err != nil {
		return err
	}
	s, err := bolt.Open(args[0])
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := errors.Join(s.Check(ctx), crash.Verify(ctx, s, writers, acked)); err != nil {
		return err
	}
	if writes < 0 {
		return s.Close()
	}
	full := func(writer, n int) bool {
		fmt.Fprintln(os.Stderr, "full", writer, n)
		if crash.Verify(ctx, s, writers, nil) != nil {
			panic("a failed write left a record")
		}
		return true
	}
	err = crash.Load{Writers: writers, Writes: writes, Acks: os.Stdout, Full: full}.Run(ctx, s)
	if errors.Is(err, storage.ErrUnsure) {
		select {
		case <-s.Broken():
		default:
			panic("unsure, but not broken")
		}
	}
	return errors.Join(err, s.Close())
}
