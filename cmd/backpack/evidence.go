package main

import (
	"os"
	"time"

	"backpack/vc/kept"
	"backpack/wallet/inspect"
)

// replay returns a checker that takes all answers from the record of an earlier
// check and whose clock stands at the time of that check. It uses no network.
func (s *stack) replay(list []kept.Material, at time.Time) (*inspect.Checker, error) {
	fetcher := kept.Replay(list)
	std, err := s.std.Replay(fetcher, func() time.Time { return at })
	if err != nil {
		return nil, err
	}
	return &inspect.Checker{Verifier: std.Verifier, Fetcher: fetcher, Contexts: std.Engine}, nil
}

// isEvidence reports whether a file is an evidence file, whose report does not
// fit in a table.
func isEvidence(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	return err == nil && kept.IsAt(f, info.Size())
}
