package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// sources are the programs that the lab builds, and their versions: for each
// PROGRAM and VERSION a go.mod and a go.sum, under names that leave them out
// of the lab's own module. They travel inside the lab's binary.
//
//go:embed cluster/*/*.go cluster/*/*.mod cluster/*/*.sum
var sources embed.FS

// program is one of the binaries that a cluster consists of.
type program struct {
	name string
	// module is where the version comes from.
	module string
	// pkg is what to compile: a package, or "." for the source in cluster/NAME.
	pkg string
	// staging: the module's go.mod replaces k8s.io/* by folders of its own
	// repository, which are published under the same minor and patch version.
	staging bool
	// ldflags are the linker's, for a version without the leading v.
	ldflags func(version string) string
}

var programs = []program{
	{name: "kubernetes", module: "k8s.io/kubernetes", pkg: ".", staging: true, ldflags: kubernetesVersion},
	{name: "etcd", module: "go.etcd.io/etcd/server/v3", pkg: "."},
	{name: "kwok", module: "sigs.k8s.io/kwok", pkg: "sigs.k8s.io/kwok/cmd/kwok", ldflags: func(version string) string {
		return "-X sigs.k8s.io/kwok/pkg/consts.Version=v" + version
	}},
}

func kubernetesVersion(version string) string {
	const pkg = "k8s.io/component-base/version."
	major, minor, _ := strings.Cut(version, ".")
	minor, _, _ = strings.Cut(minor, ".")
	return fmt.Sprintf("-X %[1]sgitVersion=v%[2]s -X %[1]sgitMajor=%[3]s -X %[1]sgitMinor=%[4]s -X %[1]sgitTreeState=clean",
		pkg, version, major, minor)
}

func findProgram(name string) (program, error) {
	for _, p := range programs {
		if p.name == name {
			return p, nil
		}
	}
	return program{}, fmt.Errorf("there is no program %q; there are kubernetes, etcd and kwok", name)
}

// versions lists what can be built, the newest first.
func (p program) versions() []string {
	var found []string
	names, _ := fs.Glob(sources, "cluster/"+p.name+"/*.mod")
	for _, name := range names {
		found = append(found, strings.TrimSuffix(filepath.Base(name), ".mod"))
	}
	slices.SortFunc(found, func(a, b string) int { return compareVersions(b, a) })
	return found
}

// pick turns what the user asked for into a version that exists: "" is the
// newest, and 1.30 is the newest 1.30.x.
func (p program) pick(asked string) (string, error) {
	asked = strings.TrimPrefix(asked, "v")
	for _, version := range p.versions() {
		if asked == "" || version == asked || strings.HasPrefix(version, asked+".") {
			return version, nil
		}
	}
	return "", fmt.Errorf("%s %s is not among the versions that this lab can build: %s (README.md says how to add one)",
		p.name, asked, strings.Join(p.versions(), ", "))
}

func compareVersions(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		m, _ := strconv.Atoi(x[i])
		n, _ := strconv.Atoi(y[i])
		if m != n {
			return m - n
		}
	}
	return len(x) - len(y)
}

// files are the inputs of one build, by their names in the build directory.
func (p program) files(version string) (map[string][]byte, error) {
	files := map[string][]byte{}
	names, _ := fs.Glob(sources, "cluster/"+p.name+"/*.go")
	for _, name := range names {
		files[filepath.Base(name)], _ = sources.ReadFile(name)
	}
	for _, ext := range []string{"mod", "sum"} {
		text, err := sources.ReadFile("cluster/" + p.name + "/" + version + "." + ext)
		if err != nil {
			return nil, err
		}
		files["go."+ext] = text
	}
	return files, nil
}

// mainPackage is the import path of what is built.
func (p program) mainPackage() string {
	if p.pkg == "." {
		return modulePrefix + p.name
	}
	return p.pkg
}

// modulePrefix and a program's name are the module that it is built in.
const modulePrefix = "kubectl-indexedjob.dev/lab/"

func (p program) buildArgs(version string) []string {
	flags := "-s -w"
	if p.ldflags != nil {
		flags += " " + p.ldflags(version)
	}
	return []string{"-trimpath", "-ldflags", flags}
}

// buildEnv makes a build the same whatever the caller's Go settings are. No
// cgo: the binary must run wherever it is copied, and it builds faster.
var buildEnv = []string{"CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "GOOS=linux", "GOARCH=" + runtime.GOARCH}

// cacheKey changes when anything that goes into the binary does.
func (p program) cacheKey(version, goVersion string, files map[string][]byte) string {
	hash := sha256.New()
	add := func(text string) { fmt.Fprintf(hash, "%d %s\n", len(text), text) }
	add(p.pkg)
	add(goVersion)
	add(strings.Join(buildEnv, " "))
	add(strings.Join(p.buildArgs(version), " "))
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		add(name)
		add(string(files[name]))
	}
	return hex.EncodeToString(hash.Sum(nil))[:12]
}

func shortHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}

// cacheDir holds the built programs. It lies outside every checkout, so that
// neither `cargo clean` nor a new clone costs a build.
func cacheDir() (string, error) {
	if dir := os.Getenv("INDEXEDJOB_LAB_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	base, err := os.UserCacheDir() // XDG_CACHE_HOME, or .cache in the home directory
	if err != nil {
		return "", fmt.Errorf("%w; set INDEXEDJOB_LAB_CACHE to the directory for built programs", err)
	}
	return filepath.Join(base, "kubectl-indexedjob-lab"), nil
}

// build returns the path of the program's binary, and makes it if it is not
// in the cache.
func (p program) build(ctx context.Context, version string) (string, error) {
	goVersion, err := goVersion()
	if err != nil {
		return "", err
	}
	files, err := p.files(version)
	if err != nil {
		return "", err
	}
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, p.name+"-"+version+"-"+p.cacheKey(version, goVersion, files))
	binary := filepath.Join(dir, p.name)
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	unlock, err := lockDir(ctx, dir, true)
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(binary); err == nil {
		return binary, nil // another lab built it while we waited
	}
	return binary, p.compile(ctx, version, dir, files)
}

// compile does the work of build, inside a locked cache directory.
func (p program) compile(ctx context.Context, version, dir string, files map[string][]byte) error {
	src := filepath.Join(dir, "src")
	defer os.RemoveAll(src)
	if err := os.RemoveAll(src); err != nil { // of a build that was killed
		return err
	}
	if err := os.MkdirAll(src, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(src, name), text, 0o644); err != nil {
			return err
		}
	}
	progress := startProgress(p.name+" "+version, p.mainPackage())
	defer progress.stop()

	list := goCommand(ctx, src, "list", "-deps", p.pkg)
	var packages bytes.Buffer
	list.Stdout = &packages
	if err := progress.run(list, "go: downloading "); err != nil {
		return fmt.Errorf("cannot load the packages of %s %s: %w", p.name, version, err)
	}
	progress.total.Store(int64(bytes.Count(packages.Bytes(), []byte("\n"))))

	// Under another name first: a binary under its final name is complete.
	partial := filepath.Join(dir, p.name+".partial")
	args := append([]string{"build", "-v", "-o", partial}, p.buildArgs(version)...)
	if err := progress.run(goCommand(ctx, src, append(args, p.pkg)...), ""); err != nil {
		return fmt.Errorf("cannot build %s %s: %w", p.name, version, err)
	}
	return os.Rename(partial, filepath.Join(dir, p.name))
}

func goCommand(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), buildEnv...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	// The compiler ends with us, even when we end by kill -9.
	cmd.SysProcAttr = endWithParent()
	return cmd
}

func goVersion() (string, error) {
	cmd := exec.Command("go", "env", "GOVERSION")
	cmd.Dir = os.TempDir() // a go.mod could choose another Go
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return "", errors.New("there is no go command in PATH; the lab compiles Kubernetes with it (Go 1.26 or newer)")
	}
	if err != nil {
		return "", fmt.Errorf("go env GOVERSION: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// progress prints a line every few seconds while something long runs.
type progress struct {
	what, main   string
	started      time.Time
	total, done  atomic.Int64
	downloads    atomic.Int64
	linking      atomic.Bool
	ended, quiet chan struct{}
}

const progressEvery = 10 * time.Second

func startProgress(what, main string) *progress {
	p := &progress{what: what, main: main, started: time.Now(), ended: make(chan struct{}), quiet: make(chan struct{})}
	say("building %s; the first time takes minutes", what)
	go func() {
		defer close(p.quiet)
		tick := time.NewTicker(progressEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				say("building %s: %s, %s", what, p.step(), time.Since(p.started).Round(time.Second))
			case <-p.ended:
				return
			}
		}
	}()
	return p
}

func (p *progress) step() string {
	total, done := p.total.Load(), p.done.Load()
	switch {
	case total == 0:
		return fmt.Sprintf("loading its packages, %d modules downloaded", p.downloads.Load())
	case done == 0:
		return fmt.Sprintf("%d packages, checking which of them the compiler has already", total)
	case p.linking.Load():
		return fmt.Sprintf("%d packages compiled, linking", done)
	}
	return fmt.Sprintf("%d packages compiled of at most %d", done, total)
}

func (p *progress) stop() {
	close(p.ended)
	<-p.quiet
	say("%s: %s", p.what, time.Since(p.started).Round(100*time.Millisecond))
}

// run runs a go command, counts the lines that it prints as progress and
// returns all others with the error if it fails.
func (p *progress) run(cmd *exec.Cmd, downloading string) error {
	// endWithParent is about this thread, which must therefore stay.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	complaint := p.count(stderr, downloading)
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%w\n%s", err, complaint)
	}
	return nil
}

func (p *progress) count(stderr io.Reader, downloading string) string {
	var complaint strings.Builder
	lines := bufio.NewScanner(stderr)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "go: downloading "):
			p.downloads.Add(1)
		case downloading == "" && isPackageName(line):
			p.done.Add(1)
			p.linking.Store(line == p.main) // it comes last
		default:
			complaint.WriteString(line + "\n")
		}
	}
	return complaint.String()
}

// isPackageName tells the lines of `go build -v` from the compiler's errors.
func isPackageName(line string) bool {
	return line != "" && !strings.HasPrefix(line, "#") && !strings.ContainsAny(line, " \t:")
}

func commandBuild(ctx context.Context, args []string) error {
	o := newOptions("build")
	var asked list
	withKwok := o.Bool("kwok", false, "also build kwok, for fake nodes")
	o.Var(&asked, "version", "a Kubernetes version, or all (may be repeated)")
	if _, err := o.parse(args, 0, 0); err != nil {
		return err
	}
	if len(asked) == 0 {
		asked = list{""}
	}
	if slices.Contains(asked, "all") {
		kubernetes, _ := findProgram("kubernetes")
		asked = kubernetes.versions()
	}
	for _, version := range asked {
		if _, err := buildAll(ctx, version, *withKwok); err != nil {
			return err
		}
	}
	return nil
}

// buildAll builds what a cluster of this version needs and returns the
// binaries by program.
func buildAll(ctx context.Context, kubernetesVersion string, withKwok bool) (map[string]string, error) {
	built := map[string]string{}
	for _, p := range programs {
		asked := ""
		switch {
		case p.name == "kubernetes":
			asked = kubernetesVersion
		case p.name == "kwok" && !withKwok:
			continue
		}
		version, err := p.pick(asked)
		if err != nil {
			return nil, err
		}
		if built[p.name], err = p.build(ctx, version); err != nil {
			return nil, err
		}
	}
	return built, nil
}

func commandVersions(_ context.Context, args []string) error {
	if _, err := newOptions("versions").parse(args, 0, 0); err != nil {
		return err
	}
	kubernetes, _ := findProgram("kubernetes")
	for _, version := range kubernetes.versions() {
		fmt.Println(version)
	}
	return nil
}
