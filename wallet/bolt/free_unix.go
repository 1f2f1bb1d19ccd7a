//go:build unix && !solaris && !aix && !openbsd && !netbsd

package bolt

import "syscall"

const errQuota = syscall.EDQUOT

// diskFree returns the bytes that this process may still write to the disk of a
// directory.
func diskFree(dir string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, err
	}
	blocks := min(uint64(max(st.Bavail, 0)), 1<<40) // FreeBSD may report a negative number
	return int64(blocks) * int64(st.Bsize), nil
}
