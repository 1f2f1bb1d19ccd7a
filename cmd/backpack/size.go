package main

import "errors"

// leastMaxSize is the least that a data file may be limited to.
const leastMaxSize = 64 << 20

// maxSize reads the limit of the data file; "" is none.
func maxSize(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := byteSize(s)
	if err == nil && n < leastMaxSize {
		err = errors.New("is a size of 64MiB or more")
	}
	return n, err
}

// minFree reads how much room to leave on the disk; 0 is none.
func minFree(s string) (int64, error) {
	if s == "0" {
		return 0, nil
	}
	return byteSize(s)
}
