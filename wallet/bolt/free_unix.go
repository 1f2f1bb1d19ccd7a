//go:build unix && !solaris && !aix && !openbsd && !netbsd

package bolt

import "syscall"

const errQuota = syscall.EDQUOT

// diskFree returns how many bytes this process may still write to the disk of
// a folder.
func diskFree(dir string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, err
	}
	blocks := min(uint64(max(st.Bavail, 0)), 1<<40) // FreeBSD counts below zero
	return int64(blocks) * int64(st.Bsize), nil
}
