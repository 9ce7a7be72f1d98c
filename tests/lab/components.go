package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// component is one process of a cluster.
type component struct {
	name string
	// command is its command line. It follows from the lab's state alone, so
	// that `lab start` starts what `lab up` started.
	command func(l *Lab) ([]string, error)
	// ready returns nil once the component does its work.
	ready func(ctx context.Context, l *Lab) error
	// patience is how long `lab stop` waits before it kills. The API server
	// would wait a minute for the clients that watch something.
	patience time.Duration
}

// components in the order that they depend on each other.
var components = []component{
	{"etcd", etcdCommand, etcdReady, 5 * time.Second},
	{"registry", registryCommand, registryReady, 2 * time.Second},
	{"containerd", containerdCommand, containerdReady, 5 * time.Second},
	{"kube-apiserver", apiserverCommand, apiserverReady, 3 * time.Second},
	{"kube-controller-manager", controllerManagerCommand, secureHealth("kube-controller-manager"), 5 * time.Second},
	{"kube-scheduler", schedulerCommand, secureHealth("kube-scheduler"), 5 * time.Second},
	{"kubelet", kubeletCommand, kubeletReady, 5 * time.Second},
	{"kwok", kwokCommand, kwokReady, 5 * time.Second},
}

func findComponent(name string) (component, error) {
	var names []string
	for _, c := range components {
		if c.name == name {
			return c, nil
		}
		names = append(names, c.name)
	}
	return component{}, fmt.Errorf("there is no component %q; there are: %s", name, strings.Join(names, ", "))
}

func (l *Lab) local(port string) string {
	return "127.0.0.1:" + strconv.Itoa(l.Ports[port])
}

func etcdCommand(l *Lab) ([]string, error) {
	client, peer := "http://"+l.local("etcd"), "http://"+l.local("etcd-peer")
	return []string{
		l.path("bin", "etcd"),
		"--data-dir=" + l.path("etcd"),
		"--listen-client-urls=" + client, "--advertise-client-urls=" + client,
		"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=default=" + peer,
		// Loses data when the machine loses power, not when etcd is killed.
		"--unsafe-no-fsync",
	}, nil
}

func registryCommand(l *Lab) ([]string, error) {
	self, err := os.Executable()
	return []string{self, "registry", "--dir", l.Dir}, err
}

func containerdCommand(l *Lab) ([]string, error) {
	binary, err := lookPath("containerd")
	return []string{binary, "--config", l.path("config", "containerd.toml")}, err
}

func apiserverCommand(l *Lab) ([]string, error) {
	return []string{
		l.path("bin", "kube-apiserver"),
		"--etcd-servers=http://" + l.local("etcd"),
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
		"--secure-port=" + strconv.Itoa(l.Ports["kube-apiserver"]),
		"--cert-dir=" + l.path("pki"),
		"--tls-cert-file=" + l.certificate("apiserver"), "--tls-private-key-file=" + l.key("apiserver"),
		"--client-ca-file=" + l.certificate("ca"),
		"--service-account-key-file=" + l.key("service-accounts"),
		"--service-account-signing-key-file=" + l.key("service-accounts"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--authorization-mode=Node,RBAC",
		"--service-cluster-ip-range=" + serviceSubnet,
		// A loopback address cannot be an endpoint of the kubernetes service.
		"--endpoint-reconciler-type=none",
		"--kubelet-client-certificate=" + l.certificate("admin"), "--kubelet-client-key=" + l.key("admin"),
		"--kubelet-certificate-authority=" + l.certificate("ca"),
		"--kubelet-preferred-address-types=Hostname",
	}, nil
}

// credentials are the flags by which a component finds the API server and
// asks it who its own callers are.
func credentials(l *Lab, name string) []string {
	config := l.path("config", name+".kubeconfig")
	return []string{
		"--kubeconfig=" + config, "--authentication-kubeconfig=" + config, "--authorization-kubeconfig=" + config,
		"--bind-address=127.0.0.1", "--secure-port=" + strconv.Itoa(l.Ports[name]),
		"--leader-elect=false", // there is only one, and a restart need not wait
	}
}

// controllerManagerCommand leaves out --use-service-account-credentials: with
// it the controllers first get a token each, at 20 requests per second, and
// every boot takes 5 s more. They share one identity instead, see
// grantControllers; limits and fairness for their requests are the same.
func controllerManagerCommand(l *Lab) ([]string, error) {
	const name = "kube-controller-manager"
	return append([]string{
		l.path("bin", name),
		"--service-account-private-key-file=" + l.key("service-accounts"),
		"--root-ca-file=" + l.certificate("ca"),
		"--cluster-signing-cert-file=" + l.certificate("ca"), "--cluster-signing-key-file=" + l.key("ca"),
		"--flex-volume-plugin-dir=" + l.path("kubelet", "volume-plugins"), // it would make one in /usr
	}, credentials(l, name)...), nil
}

func schedulerCommand(l *Lab) ([]string, error) {
	const name = "kube-scheduler"
	return append([]string{l.path("bin", name)}, credentials(l, name)...), nil
}

func kubeletCommand(l *Lab) ([]string, error) {
	// No --node-ip: the kubelet refuses a loopback address.
	return []string{
		l.path("bin", "kubelet"),
		"--config=" + l.path("config", "kubelet.json"),
		"--kubeconfig=" + l.path("config", "kubelet.kubeconfig"),
		"--root-dir=" + l.path("kubelet"), "--cert-dir=" + l.path("kubelet", "pki"),
		"--hostname-override=" + nodeName,
	}, nil
}

func kwokCommand(l *Lab) ([]string, error) {
	if l.Programs["kwok"] == "" {
		return nil, errors.New("this cluster has no fake nodes; add some with: lab up --nodes N")
	}
	return []string{
		l.path("bin", "kwok"),
		"--kubeconfig=" + l.kubeconfig(),
		"--config=" + l.path("config", "kwok-stages.yaml"),
		"--manage-all-nodes=false",
		"--manage-nodes-with-annotation-selector=" + fakeKey + "=" + fakeValue,
		"--node-lease-duration-seconds=40",
		"--server-address=" + l.local("kwok"),
		"--v=WARN", // it would log every pod
	}, nil
}

func etcdReady(ctx context.Context, l *Lab) error {
	return httpOK(ctx, http.DefaultClient, "http://"+l.local("etcd")+"/health")
}

func registryReady(ctx context.Context, l *Lab) error {
	return httpOK(ctx, http.DefaultClient, "http://"+l.local("registry")+"/v2/")
}

func containerdReady(ctx context.Context, l *Lab) error {
	connection, err := (&net.Dialer{}).DialContext(ctx, "unix", l.containerdSocket())
	if err != nil {
		return err
	}
	return connection.Close()
}

func apiserverReady(ctx context.Context, l *Lab) error {
	api, err := l.api()
	if err != nil {
		return err
	}
	return httpOK(ctx, api.client, l.server()+"/readyz")
}

// secureHealth asks a component that serves its health to anybody, under a
// certificate that it made up for itself.
func secureHealth(name string) func(context.Context, *Lab) error {
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		DisableKeepAlives: true,
	}}
	return func(ctx context.Context, l *Lab) error {
		return httpOK(ctx, client, "https://"+l.local(name)+"/healthz")
	}
}

func kubeletReady(ctx context.Context, l *Lab) error {
	return httpOK(ctx, http.DefaultClient, "http://"+l.local("kubelet-healthz")+"/healthz")
}

func kwokReady(ctx context.Context, l *Lab) error {
	return httpOK(ctx, http.DefaultClient, "http://"+l.local("kwok")+"/healthz")
}

func httpOK(ctx context.Context, client *http.Client, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(response.Body, 300))
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s %s", url, response.Status, strings.TrimSpace(string(body)))
	}
	return nil
}

// startComponent starts one and waits until it is ready. One that runs
// already is left as it is.
func (l *Lab) startComponent(ctx context.Context, c component) error {
	if err := l.launch(c); err != nil {
		return err
	}
	return l.await(ctx, c.name, func(ctx context.Context) error { return c.ready(ctx, l) })
}

func (l *Lab) launch(c component) error {
	if l.Processes[c.name].running() {
		return nil
	}
	l.awaitPorts(c.name)
	argv, err := c.command(l)
	if err != nil {
		return err
	}
	_, err = l.spawn(c.name, append(argv, l.Flags[c.name]...))
	return err
}

// awaitPorts waits until nobody listens on the ports of a component any more: a
// process that was killed is seen as dead a little before the last of its
// threads closes them. If they stay taken, the component says so itself.
func (l *Lab) awaitPorts(name string) {
	const patience = 10 * time.Second
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(pollEvery) {
		free := true
		for owner, port := range l.Ports {
			if owner == name || strings.HasPrefix(owner, name+"-") {
				free = free && portFree(port)
			}
		}
		if free {
			return
		}
	}
}

const pollEvery = 50 * time.Millisecond

// await polls until check succeeds. It gives up when time is up or when the
// component, on which the success depends, has died.
func (l *Lab) await(ctx context.Context, name string, check func(context.Context) error) error {
	for {
		err := check(ctx)
		if err == nil {
			return nil
		}
		if !l.Processes[name].running() {
			return fmt.Errorf("%s has died; the end of %s:\n%s", name, l.logFile(name), l.logTail(name, 15))
		}
		select {
		case <-time.After(pollEvery):
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return errors.New("interrupted")
			}
			return fmt.Errorf("not ready in time, waiting for %s: %w; its log: %s", name, err, l.logFile(name))
		}
	}
}

// lookPath finds a system program even when PATH lacks the sbin directories,
// as it often does under sudo or cron.
func lookPath(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/sbin/", "/sbin/", "/usr/local/sbin/", "/usr/bin/", "/bin/"} {
		if path, err := exec.LookPath(dir + name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not installed", name)
}

// command runs a short command and returns what it printed.
func command(name string, args ...string) (string, error) {
	path, err := lookPath(name)
	if err != nil {
		return "", err
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}
