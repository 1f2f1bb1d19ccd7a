//go:build unix

package main

import "golang.org/x/sys/unix"

// freeDisk returns how many bytes this user can still write on the disk of
// path.
func freeDisk(path string) (int64, bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, false
	}
	return int64(uint64(s.Bavail) * uint64(s.Bsize)), true
}
