//go:build lab

package main

// The lab on a real machine, as root: go test -tags lab -timeout 30m .
// It takes about three minutes once the programs are built, and it needs no
// other cluster to be down: everything is checked by the lab's own id.

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// docsJob is the example of Kubernetes' page on Indexed Jobs.
const docsJob = `
apiVersion: batch/v1
kind: Job
metadata: {name: indexed-job}
spec:
  completions: 5
  parallelism: 3
  completionMode: Indexed
  template:
    spec:
      restartPolicy: Never
      initContainers:
      - name: input
        image: docker.io/library/bash
        command:
        - bash
        - -c
        - |
          items=(foo bar baz qux xyz)
          echo ${items[$JOB_COMPLETION_INDEX]} > /input/data.txt
        volumeMounts: [{mountPath: /input, name: input}]
      containers:
      - name: worker
        image: docker.io/library/busybox
        command: [rev, /input/data.txt]
        volumeMounts: [{mountPath: /input, name: input}]
      volumes: [{name: input, emptyDir: {}}]
`

// fakeJob has 200 indexes on fake nodes; two of them fail.
const fakeJob = `
apiVersion: batch/v1
kind: Job
metadata: {name: many}
spec:
  completions: 200
  parallelism: 200
  completionMode: Indexed
  backoffLimitPerIndex: 0
  template:
    metadata:
      annotations: {lab.indexedjob/fail-indexes: "3,70"}
    spec:
      restartPolicy: Never
      nodeSelector: {type: kwok}
      tolerations: [{key: kwok.x-k8s.io/node, operator: Exists}]
      containers: [{name: worker, image: docker.io/library/busybox}]
`

var labBinary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "lab-test-")
	if err != nil {
		panic(err)
	}
	labBinary = filepath.Join(dir, "lab")
	build := exec.Command("go", "build", "-trimpath", "-o", labBinary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s", out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// cluster is one lab of a test, taken down at its end.
type cluster struct {
	t   *testing.T
	dir string
}

func newCluster(t *testing.T) cluster {
	dir, err := os.MkdirTemp("", "lab-")
	if err != nil {
		t.Fatal(err)
	}
	c := cluster{t, dir}
	t.Cleanup(func() { c.lab("down") })
	return c
}

func (c cluster) command(args ...string) *exec.Cmd {
	cmd := exec.Command(labBinary, args...)
	cmd.Env = append(os.Environ(), "INDEXEDJOB_LAB_DIR="+c.dir)
	return cmd
}

func (c cluster) try(args ...string) (string, error) {
	out, err := c.command(args...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func (c cluster) lab(args ...string) string {
	c.t.Helper()
	out, err := c.try(args...)
	if err != nil {
		c.t.Fatalf("lab %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (c cluster) kubectl(args ...string) string {
	c.t.Helper()
	return c.lab(append([]string{"kubectl"}, args...)...)
}

func (c cluster) apply(manifest string) {
	c.t.Helper()
	cmd := c.command("kubectl", "apply", "-f", "-")
	cmd.Stdin = strings.NewReader(manifest)
	if out, err := cmd.CombinedOutput(); err != nil {
		c.t.Fatalf("apply: %v\n%s", err, out)
	}
}

func (c cluster) status() status {
	c.t.Helper()
	var s status
	if err := json.Unmarshal([]byte(c.lab("status", "-o", "json")), &s); err != nil {
		c.t.Fatal(err)
	}
	return s
}

func (c cluster) state() *Lab {
	c.t.Helper()
	l, err := load(c.dir)
	if err != nil {
		c.t.Fatal(err)
	}
	return l
}

func eventually(t *testing.T, what string, check func() bool) {
	t.Helper()
	for end := time.Now().Add(90 * time.Second); !check(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// runDocsJob runs the docs' example and checks what it printed.
func (c cluster) runDocsJob() {
	c.t.Helper()
	c.kubectl("delete", "job", "indexed-job", "--ignore-not-found")
	c.apply(docsJob)
	c.kubectl("wait", "--for=condition=complete", "job/indexed-job", "--timeout=90s")
	got := c.kubectl("logs", "-c", "worker", "-l", "batch.kubernetes.io/job-completion-index=3")
	if got != "xuq" {
		c.t.Errorf("index 3 printed %q", got)
	}
}

// traces lists everything of this lab that is left on the machine.
func traces(l *Lab) []string {
	var found []string
	for _, p := range l.allProcesses() {
		found = append(found, fmt.Sprintf("process %d", p.PID))
	}
	found = append(found, l.cgroupDirs()...)
	for _, path := range []string{l.Dir, l.runDir(), "/sys/class/net/" + l.bridge()} {
		if _, err := os.Lstat(path); err == nil {
			found = append(found, path)
		}
	}
	// Mounts also hold the pods' network namespaces.
	for _, text := range []string{"/proc/self/mountinfo", "/proc/net/route"} {
		content, _ := os.ReadFile(text)
		for _, line := range strings.Split(string(content), "\n") {
			if strings.Contains(line, l.Dir+"/") || strings.Contains(line, l.ID) {
				found = append(found, text+": "+line)
			}
		}
	}
	for _, pattern := range []string{"/var/lib/cni/results/*" + l.ID + "*", "/run/containerd/s/*", "/var/log/containers/*"} {
		paths, _ := filepath.Glob(pattern)
		for _, path := range paths {
			target, _ := os.Readlink(path)
			if strings.Contains(path+target, l.ID) || strings.HasPrefix(target, l.Dir+"/") {
				found = append(found, path)
			}
		}
	}
	return found
}

// downLeavesNothing takes the cluster down and looks for what is left.
func (c cluster) downLeavesNothing() {
	c.t.Helper()
	l := c.state()
	begin := time.Now()
	c.lab("down")
	c.t.Logf("down took %s", time.Since(begin).Round(time.Millisecond))
	if left := traces(l); len(left) > 0 {
		c.t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
	}
}

func TestTwoClustersSideBySide(t *testing.T) {
	newest, oldest := newCluster(t), newCluster(t)
	var both sync.WaitGroup
	for c, args := range map[cluster][]string{
		newest: {"up", "--version", "1.37.1", "--nodes", "2"},
		oldest: {"up", "--version", "1.30.14"},
	} {
		both.Add(1)
		go func() {
			defer both.Done()
			if out, err := c.try(args...); err != nil {
				t.Errorf("lab %v: %v\n%s", args, err, out)
			}
		}()
	}
	if both.Wait(); t.Failed() {
		t.FailNow()
	}

	for _, c := range []cluster{newest, oldest} {
		c.runDocsJob()
	}
	t.Run("unknown image", func(t *testing.T) {
		newest.kubectl("run", "unknown", "--image=docker.io/library/no-such-image", "--restart=Never")
		eventually(t, "ErrImagePull", func() bool {
			return strings.Contains(newest.kubectl("get", "pod", "unknown", "--no-headers"), "ErrImagePull")
		})
	})
	t.Run("fake nodes", func(t *testing.T) {
		newest.apply(fakeJob)
		newest.kubectl("wait", "--for=condition=failed", "job/many", "--timeout=120s")
		got := newest.kubectl("get", "job", "many", "-o", "jsonpath={.status.succeeded} {.status.failedIndexes}")
		if got != "198 3,70" {
			t.Errorf("got %q", got)
		}
		pods := newest.kubectl("get", "pods", "-o", "jsonpath={.items[*].spec.nodeName}", "-l", "job-name=indexed-job")
		if strings.Contains(pods, "fake") {
			t.Errorf("an ordinary pod is on a fake node: %s", pods)
		}
	})
	t.Run("users", func(t *testing.T) { checkUsers(t, oldest) })
	t.Run("own image", func(t *testing.T) { checkOwnImage(t, newest) })
	t.Run("up again", func(t *testing.T) {
		before := newest.status()
		if out := newest.lab("up"); !strings.Contains(out, "up already") {
			t.Errorf("got %s", out)
		}
		if out, err := newest.try("up", "--version", "1.30.14"); err == nil {
			t.Errorf("up with another version: %s", out)
		}
		if after := newest.status(); before.ID != after.ID {
			t.Error("it is another cluster now")
		}
	})

	newest.downLeavesNothing()
	oldest.runDocsJob() // the other one's end did it no harm
	oldest.downLeavesNothing()
}

func checkUsers(t *testing.T, c cluster) {
	asUser := func(config string, args ...string) (string, error) {
		return c.try(append([]string{"kubectl", "--kubeconfig", config}, args...)...)
	}
	editor, nobody := c.lab("user", "editor", "--group", "testers"), c.lab("user", "nobody")
	c.kubectl("create", "rolebinding", "testers", "--clusterrole=edit", "--group=testers")
	eventually(t, "the editor may create Jobs", func() bool {
		out, err := asUser(editor, "auth", "can-i", "create", "jobs")
		return err == nil && strings.HasSuffix(out, "yes")
	})
	if out, err := asUser(editor, "get", "nodes"); err == nil {
		t.Errorf("the editor gets nodes: %s", out)
	}
	if out, err := asUser(nobody, "get", "pods"); err == nil || !strings.Contains(out, `User "nobody"`) {
		t.Errorf("nobody gets pods: %v %s", err, out)
	}
	account := c.lab("user", "account", "--service-account", "default/default")
	if out, err := asUser(account, "auth", "whoami"); err != nil || !strings.Contains(out, "system:serviceaccount:default:default") {
		t.Errorf("the service account is not itself: %v %s", err, out)
	}
}

func checkOwnImage(t *testing.T, c cluster) {
	source := filepath.Join(t.TempDir(), "main.go")
	program := filepath.Join(filepath.Dir(source), "tool")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() { println(\"no shell here\") }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-o", program, source)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c.lab("image", "add", "docker.io/library/tool:1", "--binary", program+":/app/tool")
	c.lab("stop", "registry")
	c.lab("start", "registry") // it has the image on disk
	if out := c.lab("image"); !strings.Contains(out, "docker.io/library/tool:1 sha256:") {
		t.Errorf("the image is not listed: %s", out)
	}
	c.kubectl("run", "tool", "--image=tool:1", "--restart=Never")
	eventually(t, "the pod of the new image ends", func() bool {
		return c.kubectl("get", "pod", "tool", "-o", "jsonpath={.status.phase}") == "Succeeded"
	})
	if got := c.kubectl("logs", "tool"); got != "no shell here" {
		t.Errorf("it printed %q", got)
	}
}

func TestPartsStopDieAndStart(t *testing.T) {
	c := newCluster(t)
	c.lab("up")
	server := c.status().Server
	c.kubectl("create", "configmap", "keep", "--from-literal=a=b")
	c.kubectl("run", "sleeper", "--image=busybox", "--restart=Never", "--", "sleep", "3600")
	c.kubectl("wait", "--for=condition=ready", "pod/sleeper", "--timeout=60s")
	started := c.kubectl("get", "pod", "sleeper", "-o", "jsonpath={.status.containerStatuses[0].containerID}")

	c.lab("stop", "kube-apiserver")
	if out, err := c.try("kubectl", "get", "nodes"); err == nil {
		t.Errorf("a stopped API server answers: %s", out)
	}
	c.lab("start", "kube-apiserver")
	if got := c.status().Server; got != server {
		t.Errorf("the server moved from %s to %s", server, got)
	}
	for _, one := range c.status().Components {
		if err := syscall.Kill(one.PID, syscall.SIGKILL); err != nil {
			t.Fatalf("%s: %v", one.Name, err)
		}
		eventually(t, one.Name+" is seen as stopped", func() bool {
			for _, now := range c.status().Components {
				if now.Name == one.Name {
					return now.State == "stopped"
				}
			}
			return false
		})
		c.lab("start", one.Name)
	}
	if got := c.kubectl("get", "configmap", "keep", "-o", "jsonpath={.data.a}"); got != "b" {
		t.Errorf("the data is %q", got)
	}
	c.runDocsJob()
	if got := c.kubectl("get", "pod", "sleeper", "-o", "jsonpath={.status.containerStatuses[0].containerID}"); got != started {
		t.Errorf("the container did not survive: %q, then %q", started, got)
	}

	// All at once, and then a new start in the same place.
	for _, one := range c.status().Components {
		_ = syscall.Kill(one.PID, syscall.SIGKILL)
	}
	dead := c.state()
	if out := c.lab("up"); !strings.Contains(out, "starting anew") {
		t.Errorf("got %s", out)
	}
	dead.Dir = "/nowhere" // the directory is in use again, rightly
	if left := traces(dead); len(left) > 0 {
		t.Errorf("the dead cluster left behind:\n%s", strings.Join(left, "\n"))
	}
	c.runDocsJob()
	for _, one := range c.status().Components {
		_ = syscall.Kill(one.PID, syscall.SIGKILL)
	}
	c.downLeavesNothing()
}

// TestKillUp kills `lab up` at many moments of its life.
func TestKillUp(t *testing.T) {
	newCluster(t).lab("build")
	bystander := newCluster(t)
	bystander.lab("up")
	for _, after := range []time.Duration{
		5, 10, 20, 40, 80, 150, 300, 700, 1500, 3000, 5000,
	} {
		c := newCluster(t)
		up := c.command("up")
		if err := up.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(after * time.Millisecond)
		up.Process.Kill()
		up.Wait()
		l, err := load(c.dir)
		c.lab("down")
		if err != nil {
			l = &Lab{ID: "none", Dir: c.dir} // it had nothing yet
		}
		if left := traces(l); len(left) > 0 {
			t.Errorf("killed after %d ms: left behind:\n%s", after, strings.Join(left, "\n"))
		}
	}
	bystander.runDocsJob()
	bystander.downLeavesNothing()
}
