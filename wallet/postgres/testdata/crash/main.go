// Command crash writes to a database until it is killed, with acknowledgements on
// standard output:
//
//	crash ADDRESS WRITERS
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"backpack/wallet/postgres"
	"backpack/wallet/storetest/crash"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "crash:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("crash ADDRESS WRITERS")
	}
	writers, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	s, err := postgres.Open(ctx, args[0])
	if err != nil {
		return err
	}
	return crash.Load{Writers: writers, Acks: os.Stdout}.Run(ctx, s)
}
