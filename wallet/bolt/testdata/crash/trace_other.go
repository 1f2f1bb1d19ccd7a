//go:build !linux || !amd64

package main

import "errors"

func trace([]string) error { return errors.New("system calls are traced on linux/amd64 only") }
