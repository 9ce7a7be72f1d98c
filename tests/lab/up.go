package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// request is what the user wants of a cluster.
type request struct {
	dir     string
	version string
	nodes   int
	flags   map[string][]string
	timeout time.Duration
}

// longestDir leaves room for DIR/kubelet/device-plugins/kubelet.sock and the
// like within the 107 bytes of a Unix socket's path.
const longestDir = 64

func commandUp(ctx context.Context, args []string) error {
	o := newOptions("up")
	asked := o.String("version", "", "the Kubernetes version, such as 1.30 or 1.37.1; the newest if left out")
	nodes := o.Int("nodes", 0, "the number of fake nodes, beside the real one")
	qps := o.Int("qps", 0, "requests per second that the controllers and the scheduler may send; Kubernetes' own limits if 0")
	timeout := o.Duration("timeout", 2*time.Minute, "how long the cluster may take to be ready, once built")
	var flags list
	o.Var(&flags, "flag", "a flag more for a component, as COMPONENT=--FLAG=VALUE (may be repeated)")
	if _, err := o.parse(args, 0, 0); err != nil {
		return err
	}
	if err := checkMachine(); err != nil {
		return err
	}
	if len(o.dir) > longestDir {
		return fmt.Errorf("%s is too long a path for the kubelet's sockets below it; choose one of at most %d bytes with --dir", o.dir, longestDir)
	}
	kubernetes, err := findProgram("kubernetes")
	if err != nil {
		return err
	}
	r := request{dir: o.dir, nodes: *nodes, timeout: *timeout}
	if r.version, err = kubernetes.pick(*asked); err != nil {
		return err
	}
	if r.flags, err = componentFlags(flags, *qps); err != nil {
		return err
	}
	programs, err := buildAll(ctx, r.version, r.nodes > 0)
	if err != nil {
		return err
	}
	return up(ctx, r, *asked != "", programs)
}

func componentFlags(flags list, qps int) (map[string][]string, error) {
	result := map[string][]string{}
	if qps > 0 {
		for _, name := range []string{"kube-controller-manager", "kube-scheduler"} {
			result[name] = []string{fmt.Sprintf("--kube-api-qps=%d", qps), fmt.Sprintf("--kube-api-burst=%d", 2*qps)}
		}
	}
	for _, text := range flags {
		name, flag, ok := strings.Cut(text, "=")
		if !ok || !strings.HasPrefix(flag, "-") {
			return nil, fmt.Errorf("%w: --flag takes COMPONENT=--FLAG=VALUE, got %q", errUsage, text)
		}
		if _, err := findComponent(name); err != nil {
			return nil, err
		}
		result[name] = append(result[name], flag)
	}
	return result, nil
}

// up makes the cluster, or uses the one that is there.
func up(ctx context.Context, r request, versionMatters bool, programs map[string]string) error {
	started := time.Now()
	unlock, err := lockDir(ctx, r.dir, true)
	if err != nil {
		return err
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()

	l, err := load(r.dir)
	switch {
	case errors.Is(err, errNoLab):
		err = checkEmpty(r.dir)
	case err == nil:
		sick := l.healthy(ctx)
		if sick == nil {
			if versionMatters && l.Version != r.version {
				return fmt.Errorf("a cluster of version %s is up in %s; stop it first with: lab down", l.Version, r.dir)
			}
			return l.extend(ctx, r, programs)
		}
		say("the cluster in %s does not work (%v); starting anew, nothing of it is kept", r.dir, sick)
		err = l.clear()
	}
	if err != nil {
		return err
	}

	l = &Lab{
		Dir: r.dir, Version: r.version, Created: started.UTC().Truncate(time.Second), Nodes: r.nodes,
		Flags: r.flags, Programs: programs, Processes: map[string]Process{},
	}
	if err := l.boot(ctx); err != nil {
		return l.abandon(err)
	}
	say("Kubernetes %s is ready after %.1f s", l.Version, time.Since(started).Seconds())
	l.introduce()
	return nil
}

// clear removes all of a cluster but its directory and state.
func (l *Lab) clear() error {
	if err := l.release(); err != nil {
		return err
	}
	return removeAllBut(l.Dir, stateName)
}

// checkEmpty refuses to fill a directory that holds something else: `lab down`
// would delete it.
func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() != stateName+".new" {
			return fmt.Errorf("%s is not empty and not a lab's; choose another directory with --dir", dir)
		}
	}
	return nil
}

// boot starts everything and waits until a pod would run. Each component is
// started as soon as what it needs is there.
func (l *Lab) boot(ctx context.Context) error {
	if err := l.claimResources(ctx); err != nil {
		return err
	}
	if err := l.makeCgroups(); err != nil {
		return err
	}
	if err := l.writeFiles(); err != nil {
		return err
	}
	if err := l.startStage(ctx, "etcd", "containerd", "registry"); err != nil {
		return err
	}
	if err := l.startStage(ctx, "kube-apiserver"); err != nil {
		return err
	}
	a, err := l.api()
	if err != nil {
		return err
	}
	if err := a.grantControllers(ctx); err != nil {
		return err
	}
	if err := l.startStage(ctx, "kube-controller-manager", "kube-scheduler", "kubelet"); err != nil {
		return err
	}
	if err := l.await(ctx, "kubelet", a.usable); err != nil {
		return err
	}
	if err := l.addFakeNodes(ctx); err != nil {
		return err
	}
	l.Ready = true
	return l.save()
}

// startStage starts components at once and then waits for each.
func (l *Lab) startStage(ctx context.Context, names ...string) error {
	stage := make([]component, len(names))
	for i, name := range names {
		var err error
		if stage[i], err = findComponent(name); err != nil {
			return err
		}
		if err := l.launch(stage[i]); err != nil {
			return err
		}
	}
	for _, c := range stage {
		if err := l.startComponent(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// abandon cleans up after a boot that failed, but for the logs.
func (l *Lab) abandon(reason error) error {
	if l.ID == "" { // nothing was made yet
		os.Remove(l.Dir)
		return reason
	}
	if err := l.release(); err != nil {
		say("%v", err)
	}
	return fmt.Errorf("%w\nthe cluster is stopped; its logs are in %s until the next lab up or lab down", reason, l.path("log"))
}

// healthy says what keeps the cluster from working, if anything.
func (l *Lab) healthy(ctx context.Context) error {
	if !l.Ready {
		return errors.New("it never came up completely")
	}
	for _, c := range components {
		if l.has(c.name) && !l.Processes[c.name].running() {
			return fmt.Errorf("%s does not run", c.name)
		}
	}
	a, err := l.api()
	if err != nil {
		return err
	}
	return a.usable(ctx)
}

// has says whether the component is part of this cluster.
func (l *Lab) has(name string) bool { return name != "kwok" || l.Nodes > 0 }

// extend is `lab up` where a healthy cluster is up: it can add fake nodes.
func (l *Lab) extend(ctx context.Context, r request, programs map[string]string) error {
	if r.nodes > l.Nodes {
		l.Nodes, l.Programs["kwok"] = r.nodes, programs["kwok"]
		if err := l.save(); err != nil {
			return err
		}
		if err := l.linkPrograms(); err != nil {
			return err
		}
		if err := l.addFakeNodes(ctx); err != nil {
			return err
		}
	}
	if len(r.flags) > 0 {
		say("the cluster keeps the flags that it was started with; for others: lab down, then lab up")
	}
	say("Kubernetes %s is up already", l.Version)
	l.introduce()
	return nil
}

// introduce says what to do with the cluster.
func (l *Lab) introduce() {
	dir := ""
	if l.Dir != defaultDir() {
		dir = " --dir " + l.Dir
	}
	fmt.Printf("export KUBECONFIG=%s\n", l.kubeconfig())
	say("kubectl of this version: %s", l.path("bin", "kubectl"))
	say("to stop it and remove all of it: lab down%s", dir)
}

// openComponent reads the one argument of stop and start, and opens the
// cluster that it is a part of.
func openComponent(ctx context.Context, o *options, args []string) (l *Lab, c component, unlock func(), err error) {
	rest, err := o.parse(args, 1, 1)
	if err != nil {
		return nil, c, nil, err
	}
	if c, err = findComponent(rest[0]); err != nil {
		return nil, c, nil, err
	}
	l, unlock, err = open(ctx, o.dir)
	return l, c, unlock, err
}

func commandStop(ctx context.Context, args []string) error {
	o := newOptions("stop")
	kill := o.Bool("kill", false, "kill it (SIGKILL) instead of asking it to end")
	l, c, unlock, err := openComponent(ctx, o, args)
	if err != nil {
		return err
	}
	defer unlock()
	patience := c.patience
	if *kill {
		patience = 0
	}
	if !l.Processes[c.name].running() {
		say("%s does not run", c.name)
		return nil
	}
	asked := time.Now()
	if err := l.Processes[c.name].stop(patience); err != nil {
		return err
	}
	if patience > 0 && time.Since(asked) > patience {
		say("%s did not end within %s and was killed", c.name, patience)
	}
	return nil
}

func commandStart(ctx context.Context, args []string) error {
	o := newOptions("start")
	timeout := o.Duration("timeout", time.Minute, "how long it may take")
	l, c, unlock, err := openComponent(ctx, o, args)
	if err != nil {
		return err
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()
	return l.startComponent(ctx, c)
}

// status is what `lab status -o json` prints.
type status struct {
	ID         string            `json:"id"`
	Dir        string            `json:"dir"`
	Version    string            `json:"version"`
	Ready      bool              `json:"ready"`
	Kubeconfig string            `json:"kubeconfig"`
	Kubectl    string            `json:"kubectl"`
	Server     string            `json:"server"`
	Subnet     string            `json:"subnet"`
	Nodes      int               `json:"fakeNodes"`
	Components []componentStatus `json:"components"`
}

type componentStatus struct {
	Name  string `json:"name"`
	State string `json:"state"` // running or stopped
	PID   int    `json:"pid,omitempty"`
	Port  int    `json:"port,omitempty"`
	Log   string `json:"log"`
}

func (l *Lab) status() status {
	s := status{
		ID: l.ID, Dir: l.Dir, Version: l.Version, Ready: l.Ready, Kubeconfig: l.kubeconfig(), Kubectl: l.path("bin", "kubectl"),
		Server: l.server(), Subnet: l.Subnet, Nodes: l.Nodes,
	}
	for _, c := range components {
		if !l.has(c.name) {
			continue
		}
		one := componentStatus{Name: c.name, State: "stopped", Port: l.Ports[c.name], Log: l.logFile(c.name)}
		if p := l.Processes[c.name]; p.running() {
			one.State, one.PID = "running", p.PID
		}
		s.Components = append(s.Components, one)
	}
	return s
}

func commandStatus(_ context.Context, args []string) error {
	o := newOptions("status")
	format := o.String("o", "", "json, or a table if left out")
	if _, err := o.parse(args, 0, 0); err != nil {
		return err
	}
	l, err := load(o.dir)
	if err != nil {
		return noLabError(o.dir, err)
	}
	s := l.status()
	switch *format {
	case "json":
		text, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			return err
		}
		fmt.Println(string(text))
	case "":
		fmt.Printf("Kubernetes %s in %s, id %s, %d fake nodes\n", s.Version, s.Dir, s.ID, s.Nodes)
		if !s.Ready {
			fmt.Println("it did not come up completely: lab up starts it anew, lab down removes it")
		}
		for _, c := range s.Components {
			fmt.Printf("%-24s %-8s pid %-8d log %s\n", c.Name, c.State, c.PID, c.Log)
		}
	default:
		return fmt.Errorf("%w: -o knows json only, not %q", errUsage, *format)
	}
	return nil
}
