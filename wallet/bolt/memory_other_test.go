//go:build !linux

package bolt_test

func hasMemory() bool { return false }
