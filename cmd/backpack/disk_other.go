//go:build !unix

package main

func freeDisk(string) (int64, bool) { return 0, false }
