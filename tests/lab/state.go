package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Lab is one cluster: everything about it that must outlive this process. It
// is written to DIR/state.json before the things it names are made, so that
// `lab down` can clean up after a kill -9 at any moment.
type Lab struct {
	// ID is short and random. It is in the name of everything that is not
	// under DIR, and in the environment of every process.
	ID      string    `json:"id"`
	Dir     string    `json:"dir"`
	Version string    `json:"version"`
	Created time.Time `json:"created"`
	// Ready says that `lab up` came to its end.
	Ready bool `json:"ready"`
	// Subnet is for the pods; no other lab of this machine has it.
	Subnet string         `json:"subnet"`
	Ports  map[string]int `json:"ports"`
	// Nodes is the number of fake ones, beside the real node.
	Nodes int `json:"nodes"`
	// Flags are added to the command lines of components.
	Flags map[string][]string `json:"flags,omitempty"`
	// Programs holds the built binaries by name (kubernetes, etcd, kwok).
	Programs  map[string]string  `json:"programs"`
	Processes map[string]Process `json:"processes"`
}

const stateName = "state.json"

// errNoLab: there is no cluster in this directory.
var errNoLab = errors.New("no cluster here")

func (l *Lab) path(elem ...string) string {
	return filepath.Join(append([]string{l.Dir}, elem...)...)
}

// runDir is for what must have a short path: a Unix socket's may have no more
// than 107 bytes, and DIR can be anywhere.
func (l *Lab) runDir() string     { return runPrefix + l.ID }
func (l *Lab) bridge() string     { return "ijlab-" + l.ID }
func (l *Lab) cgroup() string     { return "/ijlab-" + l.ID }
func (l *Lab) kubeconfig() string { return l.path("kubeconfig") }

// save replaces the state file in one step: a reader or a crash sees the old
// one or the new one.
func (l *Lab) save() error {
	text, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(l.path(stateName), append(text, '\n'), 0o600)
}

func replaceFile(path string, content []byte, mode os.FileMode) error {
	next := path + ".new"
	if err := os.WriteFile(next, content, mode); err != nil {
		return err
	}
	return os.Rename(next, path)
}

// load reads the state of the cluster in dir; errNoLab if there is none.
func load(dir string) (*Lab, error) {
	text, err := os.ReadFile(filepath.Join(dir, stateName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoLab
	}
	if err != nil {
		return nil, err
	}
	l := &Lab{}
	if err := json.Unmarshal(text, l); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", filepath.Join(dir, stateName), err)
	}
	if l.ID == "" {
		return nil, fmt.Errorf("%s has no id: it is not a lab's", filepath.Join(dir, stateName))
	}
	l.Dir = dir
	return l, nil
}

// open locks dir and loads its cluster, which must exist. Call the returned
// function to unlock.
func open(ctx context.Context, dir string) (*Lab, func(), error) {
	unlock, err := lockDir(ctx, dir, false)
	if err != nil {
		return nil, nil, noLabError(dir, err)
	}
	l, err := load(dir)
	if err != nil {
		unlock()
		return nil, nil, noLabError(dir, err)
	}
	return l, unlock, nil
}

func noLabError(dir string, err error) error {
	if errors.Is(err, errNoLab) || errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no cluster in %s; start one with: lab up", dir)
	}
	return err
}

// lockDir takes the lock of one cluster's directory, so that two commands
// never work on it at the same time. The directory itself is what is locked:
// nothing is left behind, and the kernel unlocks when the holder dies.
func lockDir(ctx context.Context, dir string, create bool) (func(), error) {
	for {
		if create {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return nil, err
			}
		}
		unlock, err := lockFile(ctx, dir, os.O_RDONLY, "another lab command on "+dir)
		if err != nil {
			return nil, err
		}
		if unlock != nil {
			return unlock, nil
		}
		// The other one was `lab down` and removed it: look again.
	}
}

// lockFile waits for an exclusive lock on path and returns what unlocks it. It
// returns nil without an error when path was replaced or removed meanwhile.
func lockFile(ctx context.Context, path string, flags int, holder string) (func(), error) {
	file, err := os.OpenFile(path, flags, 0o644)
	if err != nil {
		return nil, err
	}
	if err := waitForLock(ctx, file, holder); err != nil {
		file.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	mine, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, err
	}
	if now, err := os.Stat(path); err != nil || !os.SameFile(mine, now) {
		file.Close()
		return nil, nil
	}
	return func() { file.Close() }, nil
}

// waitForLock asks again and again rather than let the kernel wait, so that it
// can be interrupted and say from time to time that it waits.
func waitForLock(ctx context.Context, file *os.File, holder string) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var said time.Time
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return err
		}
		if time.Since(said) > progressEvery {
			say("waiting for %s", holder)
			said = time.Now()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.New("interrupted while waiting for " + holder)
		}
	}
}

// defaultDir is one directory for each checkout, so that two checkouts do not
// meet. The checkout is the one that the lab binary lies in.
func defaultDir() string {
	if dir := os.Getenv("INDEXEDJOB_LAB_DIR"); dir != "" {
		return dir
	}
	return filepath.Join(defaultRoot, shortHash(checkout()))
}

const defaultRoot = "/var/lib/kubectl-indexedjob-lab"

func checkout() string {
	exe, err := os.Executable()
	if err != nil {
		return ""
	}
	if real, err := filepath.EvalSymlinks(exe); err == nil {
		exe = real
	}
	for dir := filepath.Dir(exe); dir != "/"; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
	}
	return filepath.Dir(exe)
}
