package main

import "errors"

// leastMaxSize is the smallest allowed maximum size of the data file.
const leastMaxSize = 64 << 20

// maxSize parses the maximum size of the data file; "" is no limit.
func maxSize(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := byteSize(s)
	if err == nil && n < leastMaxSize {
		err = errors.New("must be a size of 64MiB or more")
	}
	return n, err
}

// minFree parses the free space to keep on the disk; 0 is none.
func minFree(s string) (int64, error) {
	if s == "0" {
		return 0, nil
	}
	return byteSize(s)
}
