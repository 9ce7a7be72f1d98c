package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func commandDown(ctx context.Context, args []string) error {
	o := newOptions("down")
	all := o.Bool("all", false, "every cluster of this machine, whoever started it")
	if _, err := o.parse(args, 0, 0); err != nil {
		return err
	}
	if !*all {
		return down(ctx, o.dir)
	}
	var failed error
	for _, c := range otherClaims() {
		failed = errors.Join(failed, down(ctx, c.Dir))
	}
	return failed
}

// down removes the cluster in dir, in whatever state it is.
func down(ctx context.Context, dir string) error {
	unlock, err := lockDir(ctx, dir, false)
	if errors.Is(err, fs.ErrNotExist) {
		say("nothing to do: there is no %s", dir)
		return nil
	}
	if err != nil {
		return err
	}
	defer unlock()
	l, err := load(dir)
	if errors.Is(err, errNoLab) {
		return removeUnborn(dir)
	}
	if err != nil {
		return err
	}
	if os.Geteuid() != 0 {
		return errors.New("only root can stop a cluster")
	}
	// The state goes last: a kill in the middle leaves it to the next try.
	if err := l.clear(); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if filepath.Dir(dir) == defaultRoot {
		syscall.Rmdir(defaultRoot) // unless other clusters are in it
	}
	say("%s is gone", dir)
	return nil
}

// removeUnborn removes the directory of a `lab up` that was killed before it
// wrote its state. Anything else in there is not the lab's to delete.
func removeUnborn(dir string) error {
	if err := os.Remove(filepath.Join(dir, stateName+".new")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Remove(dir); err != nil {
		return fmt.Errorf("%s is not a lab's directory: it has files but no %s; nothing was removed", dir, stateName)
	}
	return nil
}

func removeAllBut(dir, keep string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() != keep {
			if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// release gives the machine back everything but the files under DIR. It can
// be repeated, and finds things by the lab's id and directories, never by what
// somebody else's could be called.
func (l *Lab) release() error {
	l.Ready = false
	if err := l.save(); err != nil {
		return err
	}
	steps := []struct {
		what string
		do   func() error
	}{
		{"processes", l.killAll},
		{"mounts", l.unmountAll},
		{"the network", l.removeNetwork},
		{"traces outside of its directories", l.removeStrays},
		{"cgroups", l.removeCgroups},
		{l.runDir(), func() error { return os.RemoveAll(l.runDir()) }},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			return fmt.Errorf("cannot clean up %s: %w", step.what, err)
		}
	}
	l.Processes = map[string]Process{}
	return l.save()
}

// killAll ends every process of the lab: those that the state knows, those
// that carry its mark, and those in its cgroups, which are the containers'.
// By force and without a grace period, as nothing of theirs is kept. It looks
// again until there are none, because some may be starting others.
func (l *Lab) killAll() error {
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		found := l.allProcesses()
		if len(found) == 0 {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("%d processes do not end, one of them is %d", len(found), found[0].PID)
		}
		for _, p := range found {
			if err := p.signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
				return fmt.Errorf("cannot kill process %d: %w", p.PID, err)
			}
		}
	}
}

func (l *Lab) allProcesses() []Process {
	var found []Process
	for _, p := range l.Processes {
		if p.running() {
			found = append(found, p)
		}
	}
	found = append(found, l.markedProcesses()...)
	for _, dir := range l.cgroupDirs() {
		found = append(found, cgroupProcesses(dir)...)
	}
	return found
}

// mount is one line of /proc/self/mountinfo.
type mount struct {
	point string
	kind  string // of file system
}

func mounts() ([]mount, error) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	return parseMounts(string(text)), nil
}

// parseMounts reads mountinfo: fields, a dash, then the file system's fields.
func parseMounts(text string) []mount {
	var found []mount
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		before, after, ok := strings.Cut(lines.Text(), " - ")
		fields, system := strings.Fields(before), strings.Fields(after)
		if !ok || len(fields) < 5 || len(system) < 1 {
			continue
		}
		found = append(found, mount{point: unescape(fields[4]), kind: system[0]})
	}
	return found
}

// unescape undoes the kernel's \040 for a space and the like.
func unescape(text string) string {
	var plain strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+3 < len(text) {
			if code, err := strconv.ParseUint(text[i+1:i+4], 8, 8); err == nil {
				plain.WriteByte(byte(code))
				i += 3
				continue
			}
		}
		plain.WriteByte(text[i])
	}
	return plain.String()
}

// within says whether path is dir or lies below it.
func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, dir+"/")
}

// unmountAll detaches all mounts below the lab's directories, those made last
// first. Several may lie on one point, so it looks again until none is left.
func (l *Lab) unmountAll() error {
	dirs := []string{l.Dir, l.runDir()}
	for i, dir := range dirs {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			dirs[i] = real
		}
	}
	for range 10 {
		all, err := mounts()
		if err != nil {
			return err
		}
		left := 0
		for _, m := range slices.Backward(all) {
			if !within(m.point, dirs[0]) && !within(m.point, dirs[1]) || m.point == dirs[0] {
				continue // a DIR that is a mount point is the user's
			}
			left++
			if err := detach(m.point); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOENT) {
				return fmt.Errorf("unmount %s: %w", m.point, err)
			}
		}
		if left == 0 {
			return nil
		}
	}
	return errors.New("new mounts keep appearing below " + l.Dir)
}

// cgroupMounts are the roots of all cgroup hierarchies: one for cgroup v2, and
// one for each group of controllers of cgroup v1. Some machines have both.
func cgroupMounts() []string {
	all, err := mounts()
	if err != nil {
		return nil
	}
	var roots []string
	for _, m := range all {
		if m.kind == "cgroup" || m.kind == "cgroup2" {
			roots = append(roots, m.point)
		}
	}
	return roots
}

// makeCgroups makes the lab's own cgroup in every hierarchy; the kubelet puts
// all pods below it.
func (l *Lab) makeCgroups() error {
	roots := cgroupMounts()
	if len(roots) == 0 {
		return errors.New("no cgroup file system is mounted; containers need one")
	}
	for _, root := range roots {
		if err := os.Mkdir(root+l.cgroup(), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	// On a machine with only cgroup v2 a controller must be switched on for
	// the root's children. It nearly always is.
	if controllers, err := os.ReadFile(roots[0] + "/cgroup.controllers"); err == nil && len(roots) == 1 {
		for _, controller := range strings.Fields(string(controllers)) {
			_ = os.WriteFile(roots[0]+"/cgroup.subtree_control", []byte("+"+controller), 0)
		}
	}
	return nil
}

// cgroupDirs lists the lab's cgroups in all hierarchies, children first.
func (l *Lab) cgroupDirs() []string {
	var dirs []string
	for _, root := range cgroupMounts() {
		dirs = append(dirs, directories(root+l.cgroup())...)
	}
	return dirs
}

// directories lists dir and all below it, children first.
func directories(dir string) []string {
	var found []string
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			found = append(found, path)
		}
		return nil // gone meanwhile
	})
	slices.Reverse(found)
	return found
}

func cgroupProcesses(dir string) []Process {
	text, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
	if err != nil {
		return nil
	}
	var found []Process
	for _, field := range strings.Fields(string(text)) {
		pid, _ := strconv.Atoi(field)
		if p, ok := identify(pid); ok {
			found = append(found, p)
		}
	}
	return found
}

// removeCgroups removes the lab's cgroups. A killed process leaves its cgroup
// a moment later, so it tries for a while.
func (l *Lab) removeCgroups() error {
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var failed error
		for _, dir := range l.cgroupDirs() {
			if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
				failed = err
			}
		}
		if failed == nil || time.Now().After(end) {
			return failed
		}
	}
}

// removeStrays removes the few files whose place containerd, the CNI library
// and the kubelet do not let anybody choose.
func (l *Lab) removeStrays() error {
	var strays []string
	// The shims' sockets; each task notes the address of its own.
	notes, _ := filepath.Glob(filepath.Join(l.containerdState(), "io.containerd.runtime.v2.task", "*", "*", "address"))
	for _, note := range notes {
		text, err := os.ReadFile(note)
		socket, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "unix://")
		if err == nil && ok && within(socket, "/run/containerd/s") {
			strays = append(strays, socket)
		}
	}
	// What the CNI library remembers: NETWORK-CONTAINER-INTERFACE.
	const results = "/var/lib/cni/results/"
	mine, _ := filepath.Glob(results + l.bridge() + "-*-eth0")
	for _, path := range mine {
		container := strings.TrimSuffix(strings.TrimPrefix(path, results+l.bridge()+"-"), "-eth0")
		strays = append(strays, path, results+"cni-loopback-"+container+"-lo")
	}
	// The kubelet's links to the containers' logs.
	links, _ := filepath.Glob("/var/log/containers/*.log")
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && within(target, l.Dir) {
			strays = append(strays, link)
		}
	}
	for _, path := range strays {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	// Under the lock no other lab can begin to use what is being removed.
	unlock, err := lockMachine(context.Background())
	if err != nil {
		return err
	}
	defer unlock()
	if len(otherClaims()) <= 1 { // ours
		removeSharedDirs()
	}
	return nil
}

// removeSharedDirs removes the directories that every lab's containerd and
// kubelet make at fixed places, once they are empty. If somebody else's lie
// there, they are not.
func removeSharedDirs() {
	// The kubelet's socket for device plugins. One that nobody serves any
	// more is a dead kubelet's.
	const socket = "/var/lib/kubelet/device-plugins/kubelet.sock"
	if connection, err := net.Dial("unix", socket); err == nil {
		connection.Close()
	} else if errors.Is(err, syscall.ECONNREFUSED) {
		os.Remove(socket)
	}
	for _, dir := range []string{
		"/var/lib/kubelet/device-plugins", "/var/lib/kubelet", "/var/log/containers",
		"/var/lib/cni/results", "/var/lib/cni", "/run/containerd/s", "/run/containerd",
	} {
		syscall.Rmdir(dir) // fails, as it should, if there is anything in it
	}
}
