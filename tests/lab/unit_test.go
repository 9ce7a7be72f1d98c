package main

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func TestParseStat(t *testing.T) {
	// A program may call itself anything.
	const text = "42 (a) Z (b c) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2 3"
	state, start, err := parseStat(text)
	if err != nil || state != "S" || start != 987654 {
		t.Errorf("got %q, %d, %v", state, start, err)
	}
	for _, bad := range []string{"", "42 (a", "42 (a) S 1 2"} {
		if _, _, err := parseStat(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func TestProcessIdentity(t *testing.T) {
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p, ok := identify(cmd.Process.Pid)
	if !ok || !p.running() {
		t.Fatalf("%v: does not run", p)
	}
	stranger := p
	stranger.Start--
	if stranger.running() {
		t.Error("a process that started at another time passes for the same")
	}
	if err := stranger.signal(syscall.SIGKILL); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("signal to a stranger: %v", err)
	}
	if !p.running() {
		t.Error("the stranger was killed")
	}
	if err := p.stop(time.Second); err != nil {
		t.Error(err)
	}
	// Nobody has waited for it yet: it is a zombie, and that counts as gone.
	if p.running() {
		t.Error("a zombie passes for a running process")
	}
	if err := cmd.Wait(); err == nil {
		t.Error("sleep ended well")
	}
	if (Process{}).running() {
		t.Error("the zero process runs")
	}
}

func TestStopIsPatientThenKills(t *testing.T) {
	cmd := exec.Command("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { time.Sleep(10 * time.Second); cmd.Process.Kill() }()
	if _, err := io.ReadFull(out, make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	p, _ := identify(cmd.Process.Pid)
	begin := time.Now()
	if err := p.stop(200 * time.Millisecond); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took < 200*time.Millisecond || took > 5*time.Second {
		t.Errorf("took %s", took)
	}
	cmd.Wait()
}

func TestMarkedProcesses(t *testing.T) {
	l := &Lab{ID: "unit" + newID()}
	cmd := exec.Command("sleep", "60")
	cmd.Env = l.environment()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	found := l.markedProcesses()
	if len(found) != 1 || found[0].PID != cmd.Process.Pid {
		t.Errorf("got %v, want only %d", found, cmd.Process.Pid)
	}
	if others := (&Lab{ID: l.ID[:len(l.ID)-1]}).markedProcesses(); len(others) != 0 {
		t.Errorf("a lab whose id is the beginning of this one finds %v", others)
	}
}

func TestEnvironmentOfComponents(t *testing.T) {
	t.Setenv("KUBECONFIG", "/somebody's")
	t.Setenv("HTTPS_PROXY", "http://proxy")
	t.Setenv("ETCD_NAME", "x")
	t.Setenv("HARMLESS", "1")
	env := strings.Join((&Lab{ID: "abc"}).environment(), "\n")
	for _, gone := range []string{"KUBECONFIG", "HTTPS_PROXY", "ETCD_NAME"} {
		if strings.Contains(env, gone) {
			t.Errorf("%s is in the environment of components", gone)
		}
	}
	for _, kept := range []string{"HARMLESS=1", marker + "=abc"} {
		if !strings.Contains(env, kept) {
			t.Errorf("%s is not in the environment of components", kept)
		}
	}
}

func TestParseMounts(t *testing.T) {
	const text = `22 1 0:20 / /proc rw,relatime shared:5 - proc proc rw
30 22 0:26 / /sys/fs/cgroup/cpu rw,nosuid shared:9 master:1 - cgroup cgroup rw,cpu
31 22 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
40 1 0:40 / /tmp/a\040b/mnt rw - tmpfs tmpfs rw
broken line
`
	want := []mount{
		{"/proc", "proc"},
		{"/sys/fs/cgroup/cpu", "cgroup"},
		{"/sys/fs/cgroup/unified", "cgroup2"},
		{"/tmp/a b/mnt", "tmpfs"},
	}
	if got := parseMounts(text); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		path, dir string
		want      bool
	}{
		{"/run/ijlab-1", "/run/ijlab-1", true},
		{"/run/ijlab-1/state", "/run/ijlab-1", true},
		{"/run/ijlab-12", "/run/ijlab-1", false},
		{"/run", "/run/ijlab-1", false},
	} {
		if got := within(c.path, c.dir); got != c.want {
			t.Errorf("within(%s, %s) = %v", c.path, c.dir, got)
		}
	}
}

func TestDirectoriesChildrenFirst(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "a", "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "a", "cgroup.procs"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(root, "a", "b"), filepath.Join(root, "a"), root}
	if got := directories(root); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	if got := directories(filepath.Join(root, "none")); got != nil {
		t.Errorf("of nothing: %v", got)
	}
}

func TestChooseSubnet(t *testing.T) {
	prefix := netip.MustParsePrefix
	kernel := func(a, b, c, d byte) string { // an address as /proc/net/route has it
		return fmt.Sprintf("%08X", binary.NativeEndian.Uint32([]byte{a, b, c, d}))
	}
	routes := parseRoutes("Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n" +
		"eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n" +
		"br0\t" + kernel(10, 112, 0, 0) + "\t00000000\t0001\t0\t0\t0\t" + kernel(255, 254, 0, 0) + "\t0\t0\t0\n")
	if want := []netip.Prefix{prefix("10.112.0.0/15")}; !reflect.DeepEqual(routes, want) {
		t.Fatalf("routes %v, want %v", routes, want)
	}
	got, err := chooseSubnet(routes, []claim{{Subnet: "10.114.0.0/24"}, {Subnet: "nonsense"}})
	if err != nil || got != prefix("10.114.1.0/24") {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := chooseSubnet([]netip.Prefix{podSubnets}, nil); err == nil {
		t.Error("no error when all is taken")
	}
}

func TestChoosePorts(t *testing.T) {
	taken := claim{}
	for port := firstPort; port <= lastPort; port++ {
		if port%100 != 7 {
			taken.Ports = append(taken.Ports, port)
		}
	}
	busy, err := net.Listen("tcp", "127.0.0.1:20107")
	if err != nil {
		t.Skip(err)
	}
	defer busy.Close()
	ports, err := choosePorts([]claim{taken})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, name := range portNames {
		port := ports[name]
		if port%100 != 7 || port == 20107 || seen[port] {
			t.Errorf("%s: port %d is taken", name, port)
		}
		seen[port] = true
	}
	taken.Ports = append(taken.Ports, 20007)
	for port := 20107; port < 30000; port += 100 {
		taken.Ports = append(taken.Ports, port)
	}
	if _, err := choosePorts([]claim{taken}); err == nil {
		t.Error("no error when all are taken")
	}
}

func TestState(t *testing.T) {
	dir := t.TempDir()
	if _, err := load(dir); !errors.Is(err, errNoLab) {
		t.Errorf("an empty directory: %v", err)
	}
	l := &Lab{ID: "abc", Dir: dir, Ports: map[string]int{"etcd": 1}, Processes: map[string]Process{"etcd": {1, 2, "b"}}}
	if err := l.save(); err != nil {
		t.Fatal(err)
	}
	if got, err := load(dir); err != nil || !reflect.DeepEqual(got, l) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range []string{"", "{", "{}"} {
		if err := os.WriteFile(filepath.Join(dir, stateName), []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := load(dir); err == nil {
			t.Errorf("state %q is accepted", bad)
		}
	}
}

func TestLockIsExclusiveAndSeesRemoval(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lab")
	if _, err := lockDir(t.Context(), dir, false); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("locking nothing: %v", err)
	}
	unlock, err := lockDir(t.Context(), dir, true)
	if err != nil {
		t.Fatal(err)
	}
	second := make(chan error)
	go func() {
		unlock, err := lockDir(t.Context(), dir, false)
		if err == nil {
			unlock()
		}
		second <- err
	}()
	select {
	case err := <-second:
		t.Fatalf("did not wait: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	if err := os.Remove(dir); err != nil { // what lab down does
		t.Fatal(err)
	}
	unlock()
	if err := <-second; !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got the lock of a removed directory: %v", err)
	}
}

func TestDownLeavesForeignDirectoriesAlone(t *testing.T) {
	dir := t.TempDir()
	precious := filepath.Join(dir, "precious")
	if err := os.WriteFile(precious, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := down(t.Context(), dir); err == nil {
		t.Error("down accepts a directory that is not a lab's")
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
	if err := checkEmpty(dir); err == nil {
		t.Error("up would fill a directory that is not a lab's")
	}
	// What a kill in the first moment of lab up leaves.
	if err := os.Rename(precious, filepath.Join(dir, stateName+".new")); err != nil {
		t.Fatal(err)
	}
	if err := checkEmpty(dir); err != nil {
		t.Error(err)
	}
	if err := down(t.Context(), dir); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the directory is still there")
	}
	if err := down(t.Context(), dir); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

func TestVersions(t *testing.T) {
	kubernetes, err := findProgram("kubernetes")
	if err != nil {
		t.Fatal(err)
	}
	all := kubernetes.versions()
	if !slices.IsSortedFunc(all, func(a, b string) int { return compareVersions(b, a) }) || compareVersions("1.9.10", "1.30.2") >= 0 {
		t.Errorf("%v: not the newest first", all)
	}
	for asked, want := range map[string]string{"": all[0], "1.30": "1.30.14", "v1.37.1": "1.37.1"} {
		if got, err := kubernetes.pick(asked); err != nil || got != want {
			t.Errorf("%q: got %q, %v", asked, got, err)
		}
	}
	for _, asked := range []string{"1.3", "1.99.0", "nonsense"} {
		if got, err := kubernetes.pick(asked); err == nil {
			t.Errorf("%q: got %q", asked, got)
		}
	}
	for _, p := range programs {
		if len(p.versions()) == 0 {
			t.Errorf("%s has no version", p.name)
		}
		for _, version := range p.versions() {
			if _, err := p.files(version); err != nil {
				t.Errorf("%s %s: %v", p.name, version, err)
			}
		}
	}
}

func TestCacheKeyCoversTheInputs(t *testing.T) {
	p := programs[0]
	files := func(text string) map[string][]byte { return map[string][]byte{"a": []byte(text), "b": nil} }
	keys := map[string]bool{
		p.cacheKey("1.37.1", "go1", files("x")):           true,
		p.cacheKey("1.37.2", "go1", files("x")):           true,
		p.cacheKey("1.37.1", "go2", files("x")):           true,
		p.cacheKey("1.37.1", "go1", files("y")):           true,
		programs[1].cacheKey("1.37.1", "go1", files("x")): true,
	}
	if len(keys) != 5 {
		t.Errorf("only %d different keys", len(keys))
	}
	if p.cacheKey("1", "go", files("x")) != p.cacheKey("1", "go", files("x")) {
		t.Error("the same inputs make different keys")
	}
}

func TestBuildOutputIsCounted(t *testing.T) {
	p := &progress{main: "example.com/main"}
	complaint := p.count(strings.NewReader("go: downloading x v1\nfmt\nk8s.io/api/core/v1\n# pkg\n./main.go:3:1: wrong\nexample.com/main\n"), "")
	if p.done.Load() != 3 || p.downloads.Load() != 1 || !p.linking.Load() || complaint != "# pkg\n./main.go:3:1: wrong\n" {
		t.Errorf("done %d, downloads %d, complaint %q", p.done.Load(), p.downloads.Load(), complaint)
	}
}

func TestModFile(t *testing.T) {
	var upstream upstreamMod
	const text = `{"Go": "1.22.0", "Replace": [
		{"Old": {"Path": "k8s.io/api"}, "New": {"Path": "./staging/src/k8s.io/api"}},
		{"Old": {"Path": "a.com/b", "Version": "v1.0.0"}, "New": {"Path": "a.com/c", "Version": "v2.0.0"}},
		{"Old": {"Path": "a.com/local"}, "New": {"Path": "./local"}}]}`
	if err := json.Unmarshal([]byte(text), &upstream); err != nil {
		t.Fatal(err)
	}
	got := programs[0].modFile("1.30.14", upstream)
	for _, want := range []string{
		"go 1.22.0\n", "require k8s.io/kubernetes v1.30.14\n",
		"replace k8s.io/api => k8s.io/api v0.30.14\n", "replace a.com/b v1.0.0 => a.com/c v2.0.0\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "local") {
		t.Errorf("a replacement by a local folder is in\n%s", got)
	}
}

func TestFullReference(t *testing.T) {
	for text, want := range map[string]string{
		"busybox":                       "docker.io/library/busybox:latest",
		"docker.io/library/tool:1":      "docker.io/library/tool:1",
		"quay.io/org/thing":             "quay.io/org/thing:latest",
		"registry.example:5000/a/b:2.1": "registry.example:5000/a/b:2.1",
	} {
		if got, err := fullReference(text); err != nil || got != want {
			t.Errorf("%s: got %q, %v", text, got, err)
		}
	}
	if got, err := fullReference("Not A Name"); err == nil {
		t.Errorf("got %q", got)
	}
}

func TestImageContents(t *testing.T) {
	script := filepath.Join(t.TempDir(), "tool")
	if err := os.WriteFile(script, []byte("hello"), 0o755); err != nil {
		t.Fatal(err)
	}
	c := contents{
		files: map[string]string{"/opt/app/tool": script}, texts: map[string]string{"etc/passwd": "x"},
		links: map[string]string{"bin/sh": "busybox"}, cmd: []string{"/opt/app/tool"},
	}
	raw, err := c.tar()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for archive := tar.NewReader(bytes.NewReader(raw)); ; {
		header, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, header.Name)
	}
	if want := []string{"tmp/", "opt/", "opt/app/", "opt/app/tool", "etc/", "etc/passwd", "bin/", "bin/sh"}; !reflect.DeepEqual(names, want) {
		t.Errorf("got %v", names)
	}
	first, err := c.image()
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.image()
	if err != nil {
		t.Fatal(err)
	}
	a, _ := first.Digest()
	b, _ := second.Digest()
	if a != b {
		t.Errorf("two digests for the same contents: %s, %s", a, b)
	}
}

func TestReadImage(t *testing.T) {
	image, err := contents{texts: map[string]string{"etc/hello": "x"}}.image()
	if err != nil {
		t.Fatal(err)
	}
	want, _ := image.Digest()
	dir := t.TempDir()
	oci, archive := filepath.Join(dir, "oci"), filepath.Join(dir, "image.tar")
	written, err := layout.Write(oci, empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	other := v1.Platform{OS: "linux", Architecture: "another"}
	if err := written.AppendImage(empty.Image, layout.WithPlatform(other)); err != nil {
		t.Fatal(err)
	}
	if err := written.AppendImage(image); err != nil {
		t.Fatal(err)
	}
	tag, err := name.NewTag("tool:1")
	if err != nil {
		t.Fatal(err)
	}
	if err := tarball.WriteToFile(archive, tag, image); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{oci, archive} {
		got, err := readImage(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		// An archive has no manifest; its layers and configuration count.
		a, _ := got.ConfigName()
		b, _ := image.ConfigName()
		if a != b {
			t.Errorf("%s: another image, want %s", path, want)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "none")} {
		if _, err := readImage(path); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
}

func TestRegistryKeepsHostsApart(t *testing.T) {
	image, err := contents{}.image()
	if err != nil {
		t.Fatal(err)
	}
	store := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	if err := push(inProcess{store}, "127.0.0.1", "docker.io/library/busybox:latest", image); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(byHost(store))
	defer server.Close()
	for path, want := range map[string]int{
		"/v2/": http.StatusOK,
		"/v2/library/busybox/manifests/latest?ns=docker.io":      http.StatusOK,
		"/v2/docker.io/library/busybox/manifests/latest":         http.StatusOK,
		"/v2/library/busybox/manifests/latest?ns=quay.io":        http.StatusNotFound,
		"/v2/library/busybox/manifests/1.36?ns=docker.io":        http.StatusNotFound,
		"/v2/library/no-such-tool/manifests/latest?ns=docker.io": http.StatusNotFound,
	} {
		response, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s: %s, want %d", path, response.Status, want)
		}
	}
}

func TestKubeletConfigFollowsTheVersion(t *testing.T) {
	for version, want := range map[string]bool{"1.30.14": false, "1.37.1": true} {
		text, err := (&Lab{Version: version, Dir: "/d"}).kubeletConfig()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(text, "failCgroupV1"); got != want {
			t.Errorf("%s: failCgroupV1 %v", version, got)
		}
	}
}

func TestComponentFlags(t *testing.T) {
	got, err := componentFlags(list{"kube-apiserver=--feature-gates=A=true"}, 50)
	want := map[string][]string{
		"kube-apiserver":          {"--feature-gates=A=true"},
		"kube-controller-manager": {"--kube-api-qps=50", "--kube-api-burst=100"},
		"kube-scheduler":          {"--kube-api-qps=50", "--kube-api-burst=100"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{"kube-apiserver", "kube-apiserver=x", "nobody=--x=y"} {
		if _, err := componentFlags(list{bad}, 0); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestOptionsAnywhere(t *testing.T) {
	o := newOptions("test")
	on := o.Bool("kill", false, "")
	rest, err := o.parse([]string{"etcd", "--kill", "--dir", "/x", "more"}, 1, 2)
	if err != nil || !*on || o.dir != "/x" || !slices.Equal(rest, []string{"etcd", "more"}) {
		t.Errorf("got %v, %v, %v, %v", rest, *on, o.dir, err)
	}
	if _, err := newOptions("test").parse([]string{"a", "b"}, 1, 1); !errors.Is(err, errUsage) {
		t.Errorf("too many arguments: %v", err)
	}
}

func TestPKI(t *testing.T) {
	l := &Lab{Dir: t.TempDir(), Ports: map[string]int{"kube-apiserver": 1}}
	for _, dir := range []string{"pki", "config"} {
		if err := os.Mkdir(l.path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.writePKI(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.api(); err != nil {
		t.Error(err)
	}
	info, err := os.Stat(l.kubeconfig())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("kubeconfig: %v, %v", info, err)
	}
}
