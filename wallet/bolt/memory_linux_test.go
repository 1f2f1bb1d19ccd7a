package bolt_test

import "syscall"

// hasMemory reports whether there is a file system in memory that is larger than the
// default of containers.
func hasMemory() bool {
	var st syscall.Statfs_t
	return syscall.Statfs("/dev/shm", &st) == nil && int64(st.Bavail)*st.Bsize > 1<<30
}
