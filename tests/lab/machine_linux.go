package main

import "syscall"

// endWithParent makes the kernel end a child when the thread that started it
// ends, however it does.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
}

// detach unmounts at once, whoever still uses what is mounted.
func detach(point string) error {
	return syscall.Unmount(point, syscall.MNT_DETACH)
}
