//go:build !unix

package main

import "os"

// widthOf returns the columns of a terminal; 0 for what is none.
func widthOf(*os.File) int { return 0 }
