package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// marker is the variable in the environment of every process of a lab. Their
// children inherit it: containerd's shims, CNI plugins, runc.
const marker = "INDEXEDJOB_LAB_ID"

// Process names one process for good. The start time is part of it because
// the kernel gives process ids again: without it `lab down` could kill a
// stranger.
type Process struct {
	PID int `json:"pid"`
	// Start is in clock ticks since the machine booted.
	Start uint64 `json:"start"`
	// Boot is the kernel's id of that boot.
	Boot string `json:"boot"`
}

// identify returns the process that now has this pid.
func identify(pid int) (Process, bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return Process{}, false
	}
	state, start, err := parseStat(string(text))
	if err != nil || state == "Z" || state == "X" {
		return Process{}, false // a zombie runs no more, whoever has yet to reap it
	}
	return Process{PID: pid, Start: start, Boot: bootID()}, true
}

// parseStat reads the state and the start time out of /proc/PID/stat. The
// second field is the program's name in parentheses, which may itself hold
// spaces and parentheses.
func parseStat(text string) (state string, start uint64, err error) {
	end := strings.LastIndexByte(text, ')')
	if end < 0 {
		return "", 0, fmt.Errorf("no name in %q", text)
	}
	fields := strings.Fields(text[end+1:]) // the first of these is field 3
	if len(fields) < 20 {
		return "", 0, fmt.Errorf("only %d fields in %q", len(fields), text)
	}
	start, err = strconv.ParseUint(fields[19], 10, 64)
	return fields[0], start, err
}

func bootID() string {
	text, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(text))
}

func (p Process) running() bool {
	if p.PID <= 0 {
		return false
	}
	now, ok := identify(p.PID)
	return ok && now == p
}

// signal sends sig to exactly this process. The pidfd is opened first and the
// identity checked after that, so the pid cannot change hands in between.
func (p Process) signal(sig syscall.Signal) error {
	handle, err := os.FindProcess(p.PID)
	if err != nil {
		return err
	}
	defer handle.Release()
	if !p.running() {
		return os.ErrProcessDone
	}
	return handle.Signal(sig)
}

// stop ends the process: politely, then by force when it takes longer than
// patience.
func (p Process) stop(patience time.Duration) error {
	if patience > 0 && p.signal(syscall.SIGTERM) == nil && p.gone(patience) {
		return nil
	}
	if err := p.signal(syscall.SIGKILL); err != nil && p.running() {
		return fmt.Errorf("cannot kill process %d: %w", p.PID, err)
	}
	if !p.gone(10 * time.Second) {
		return fmt.Errorf("process %d does not end even after SIGKILL", p.PID)
	}
	return nil
}

func (p Process) gone(patience time.Duration) bool {
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if !p.running() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}

// spawn starts a component in a session of its own, with its output appended
// to DIR/log/NAME.log, and notes it in the state.
func (l *Lab) spawn(name string, argv []string) (Process, error) {
	log, err := os.OpenFile(l.logFile(name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return Process{}, err
	}
	defer log.Close()
	fmt.Fprintf(log, "--- %s %s\n", time.Now().Format(time.RFC3339), strings.Join(argv, " "))
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = l.Dir
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = l.environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return Process{}, fmt.Errorf("cannot start %s: %w", name, err)
	}
	process, _ := identify(cmd.Process.Pid)
	go cmd.Wait() // reap it if it dies while this command still runs
	l.Processes[name] = process
	return process, l.save()
}

func (l *Lab) logFile(name string) string { return l.path("log", name+".log") }

// environment is that of the components: ours, less what would change them.
// A KUBECONFIG of the user's above all, which names a cluster that is none of
// the lab's business.
func (l *Lab) environment() []string {
	var env []string
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		lower := strings.ToLower(name)
		if name == "KUBECONFIG" || name == marker || strings.HasSuffix(lower, "_proxy") ||
			strings.HasPrefix(name, "ETCD_") || strings.HasPrefix(name, "KWOK_") {
			continue
		}
		env = append(env, variable)
	}
	return append(env, marker+"="+l.ID)
}

// markedProcesses finds every process of this lab by its environment,
// whether or not the state knows it.
func (l *Lab) markedProcesses() []Process {
	want := []byte(marker + "=" + l.ID)
	var found []Process
	paths, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // gone meanwhile
		}
		for _, variable := range bytes.Split(text, []byte{0}) {
			if !bytes.Equal(variable, want) {
				continue
			}
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			if p, ok := identify(pid); ok && pid != os.Getpid() {
				found = append(found, p)
			}
			break
		}
	}
	return found
}

// logTail is the end of a component's log, for error messages.
func (l *Lab) logTail(name string, lines int) string {
	text, err := os.ReadFile(l.logFile(name))
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	if len(all) > lines {
		all = all[len(all)-lines:]
	}
	return "  | " + strings.Join(all, "\n  | ")
}
