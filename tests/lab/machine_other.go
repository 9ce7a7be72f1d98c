//go:build !linux

package main

import (
	"errors"
	"syscall"
)

// Elsewhere than on Linux the lab compiles, so that it can say what to do
// instead (see checkMachine), and no more.

func endWithParent() *syscall.SysProcAttr { return nil }

func detach(string) error { return errors.ErrUnsupported }
