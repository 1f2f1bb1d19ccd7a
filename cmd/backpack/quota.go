package main

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"backpack/wallet"
)

// count parses a number of things, 1 or more.
func count(s string) (int, error) {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 1 {
		return 0, errors.New("must be a whole number from 1")
	}
	return int(n), nil
}

// byteSize parses a number of bytes, 1 or more, such as 1048576 or 500MiB.
func byteSize(s string) (int64, error) {
	digits := strings.TrimRight(s, "KMGTiB ")
	unit, ok := map[string]int64{"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}[strings.TrimSpace(s[len(digits):])]
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || n < 1 || n > math.MaxInt64/unit {
		return 0, errors.New("must be a number of bytes such as 1048576, 500MiB or 2GiB")
	}
	return n * unit, nil
}

// parseNewcomers parses the bounds of new accounts.
func parseNewcomers(v map[string]string, bad func(name string, err error)) (n wallet.Newcomers) {
	days := func(name string) time.Duration {
		d, err := count(v[name])
		if err == nil && d > 3650 {
			err = errors.New("must be a number of days up to 3650")
		}
		bad(name, err)
		return time.Duration(d) * 24 * time.Hour
	}
	n.Time, n.Empty = days("NEW_DAYS"), days("EMPTY_DAYS")
	var err error
	n.Bytes, err = byteSize(v["NEW_BYTES"])
	bad("NEW_BYTES", err)
	n.NetworkBytes, err = byteSize(v["NEW_NETWORK_BYTES"])
	bad("NEW_NETWORK_BYTES", err)
	n.NetworkAccounts, err = count(v["NEW_NETWORK_ACCOUNTS"])
	bad("NEW_NETWORK_ACCOUNTS", err)
	return n
}
