//go:build !unix

package main

import "os"

// widthOf returns the columns of a terminal; 0 for anything else.
func widthOf(*os.File) int { return 0 }
