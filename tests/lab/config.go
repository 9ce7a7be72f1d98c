package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// pauseImage is a name that only the lab's own registry and containerd see.
const pauseImage = "registry.k8s.io/pause:3.10"

func (l *Lab) containerdSocket() string { return filepath.Join(l.runDir(), "containerd.sock") }
func (l *Lab) containerdState() string  { return filepath.Join(l.runDir(), "state") }

// minor is the 37 of 1.37.1.
func (l *Lab) minor() int {
	_, rest, _ := strings.Cut(l.Version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	n, _ := strconv.Atoi(minor)
	return n
}

// writeFiles makes everything that the components read, and the directories
// that they write to.
func (l *Lab) writeFiles() error {
	for _, dir := range []string{
		"bin", "log", "pki", "config", "users", "images", "etcd", "kubelet", "pods",
		"containerd", "ipam", "config/cni", "config/registries/_default",
	} {
		if err := os.MkdirAll(l.path(dir), 0o755); err != nil {
			return err
		}
	}
	if err := l.linkPrograms(); err != nil {
		return err
	}
	if err := l.writePKI(); err != nil {
		return err
	}
	cni, err := l.cniConfig()
	if err != nil {
		return err
	}
	kubelet, err := l.kubeletConfig()
	if err != nil {
		return err
	}
	containerd, err := l.containerdConfig()
	if err != nil {
		return err
	}
	for path, text := range map[string]string{
		"config/cni/10-lab.conflist":            cni,
		"config/kubelet.json":                   kubelet,
		"config/containerd.toml":                containerd,
		"config/registries/_default/hosts.toml": l.registryHosts(),
		"config/kwok-stages.yaml":               kwokStages,
	} {
		if err := os.WriteFile(l.path(path), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// linkPrograms fills DIR/bin. The Kubernetes binary looks at the name that it
// is started by.
func (l *Lab) linkPrograms() error {
	links := map[string]string{}
	for _, name := range []string{"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kubectl"} {
		links[name] = l.Programs["kubernetes"]
	}
	for _, name := range []string{"etcd", "kwok"} {
		if l.Programs[name] != "" {
			links[name] = l.Programs[name]
		}
	}
	for name, target := range links {
		path := l.path("bin", name)
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err := os.Symlink(target, path); err != nil {
			return err
		}
	}
	return nil
}

func (l *Lab) kubeletConfig() (string, error) {
	config := map[string]any{
		"apiVersion":     "kubelet.config.k8s.io/v1beta1",
		"kind":           "KubeletConfiguration",
		"address":        "127.0.0.1",
		"port":           l.Ports["kubelet"],
		"healthzPort":    l.Ports["kubelet-healthz"],
		"readOnlyPort":   0,
		"authentication": map[string]any{"anonymous": map[string]any{"enabled": false}, "webhook": map[string]any{"enabled": false}, "x509": map[string]any{"clientCAFile": l.certificate("ca")}},
		"authorization":  map[string]any{"mode": "AlwaysAllow"},

		"tlsCertFile":       l.certificate("kubelet"),
		"tlsPrivateKeyFile": l.key("kubelet"),

		"containerRuntimeEndpoint": "unix://" + l.containerdSocket(),
		"podLogsDir":               l.path("pods"), // two kubelets would delete each other's logs
		"volumePluginDir":          l.path("kubelet", "volume-plugins"),
		"clusterDNS":               []string{dnsIP},
		"clusterDomain":            "cluster.local",
		"resolvConf":               "",

		// As with the logs: cgroups that are not below a kubelet's own root
		// but look like a pod's are removed.
		"cgroupDriver":           "cgroupfs",
		"cgroupRoot":             l.cgroup(),
		"cgroupsPerQOS":          true,
		"enforceNodeAllocatable": []string{},

		// The machine is not the lab's: leave its firewall, its full disk and
		// its swap alone.
		"makeIPTablesUtilChains":      false,
		"evictionHard":                map[string]string{},
		"imageGCHighThresholdPercent": 100,
		"imageGCLowThresholdPercent":  99,
		"failSwapOn":                  false,

		"maxPods":             200, // the subnet has 253 addresses
		"serializeImagePulls": false,
		"registryPullQPS":     0,
		"eventRecordQPS":      0,
		"kubeAPIQPS":          200,
		"kubeAPIBurst":        400,
	}
	if l.minor() >= 31 { // unknown before; later kubelets refuse cgroup v1 without it
		config["failCgroupV1"] = false
	}
	text, err := json.MarshalIndent(config, "", "  ")
	return string(text), err
}

// cniConfig gives each pod an address on the cluster's own bridge. There is no
// masquerading, so that no firewall rule is made: pods reach each other and
// this machine, and nothing else.
func (l *Lab) cniConfig() (string, error) {
	text, err := json.MarshalIndent(map[string]any{
		"cniVersion": "1.0.0",
		"name":       l.bridge(),
		"plugins": []any{map[string]any{
			"type": "bridge", "bridge": l.bridge(), "isGateway": true,
			"ipam": map[string]any{
				"type": "host-local", "dataDir": l.path("ipam"),
				"ranges": []any{[]any{map[string]any{"subnet": l.Subnet}}},
			},
		}},
	}, "", "  ")
	return string(text), err
}

// containerdConfig has nothing in common with a containerd that the machine
// may have: other root, state, socket and runc directory.
func (l *Lab) containerdConfig() (string, error) {
	cniDir, err := cniPlugins()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`version = 2
root = %[1]q
state = %[2]q
# Snapshotters that this lab does not use, and a directory under /opt.
disabled_plugins = [
  "io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
]

[grpc]
  address = %[3]q

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = %[4]q
  # Without it no container starts where nobody may lower an oom_score_adj.
  restrict_oom_score_adj = true
  # The pods' network namespaces lie under our own state directory.
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = %[5]q
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = %[6]q
    conf_dir = %[7]q
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
      Root = %[8]q
`,
		l.path("containerd"), l.containerdState(), l.containerdSocket(), pauseImage,
		l.path("config", "registries"), cniDir, l.path("config", "cni"),
		filepath.Join(l.runDir(), "runc")), nil
}

// registryHosts sends every pull, of any registry's image, to the lab's own
// registry. What that does not have, nobody has.
func (l *Lab) registryHosts() string {
	url := fmt.Sprintf("http://127.0.0.1:%d", l.Ports["registry"])
	return fmt.Sprintf("server = %q\n[host.%[1]q]\n  capabilities = [\"pull\", \"resolve\"]\n", url)
}

// requirement is one thing of the machine that the lab uses.
type requirement struct {
	pkg   string
	found func() error
}

func inPath(name string) func() error {
	return func() error { _, err := lookPath(name); return err }
}

var requirements = []requirement{
	{"containerd", inPath("containerd")},
	{"containerd", inPath("containerd-shim-runc-v2")},
	{"runc", inPath("runc")},
	{"containernetworking-plugins", func() error { _, err := cniPlugins(); return err }},
	{"iproute2", inPath("ip")},
	{"busybox-static", func() error { _, err := staticBinary("busybox"); return err }},
	{"bash-static", func() error { _, err := staticBinary("bash-static"); return err }},
}

// checkMachine says what is missing for a cluster here, all at once.
func checkMachine() error {
	const other = "the tests also run against any other cluster: set KUBECONFIG to its configuration"
	if runtime.GOOS != "linux" {
		return fmt.Errorf("a cluster needs Linux, this is %s; %s", runtime.GOOS, other)
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("a cluster needs root, for containers; use sudo, or else: %s", other)
	}
	var reasons, packages []string
	for _, r := range requirements {
		if err := r.found(); err != nil {
			reasons = append(reasons, err.Error())
			if len(packages) == 0 || packages[len(packages)-1] != r.pkg {
				packages = append(packages, r.pkg)
			}
		}
	}
	if len(reasons) > 0 {
		return fmt.Errorf("%s; on Debian or Ubuntu: apt-get install %s\n(%s)",
			strings.Join(reasons, "; "), strings.Join(packages, " "), other)
	}
	return nil
}

// cniPlugins finds the directory of the network plugins: Debian's, or the one
// that most others use.
func cniPlugins() (string, error) {
	dirs := []string{"/usr/lib/cni", "/opt/cni/bin"}
	for _, dir := range dirs {
		complete := true
		for _, plugin := range []string{"bridge", "host-local", "loopback"} {
			_, err := os.Stat(filepath.Join(dir, plugin))
			complete = complete && err == nil
		}
		if complete {
			return dir, nil
		}
	}
	return "", fmt.Errorf("no CNI plugins in %s", strings.Join(dirs, " or "))
}
