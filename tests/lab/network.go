package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	mathrand "math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// What the labs of one machine must not share: the ports on 127.0.0.1, the
// pods' subnet, the id. Each lab writes what it took into a claim file; a
// machine-wide lock makes looking and taking one step.

const (
	runPrefix = "/run/ijlab-"
	claimName = "claim.json"
	// machineLock stays when the last lab is gone; it is an empty file.
	machineLock = "/run/lock/kubectl-indexedjob-lab"
	// Below the ports that the kernel gives to outgoing connections: such a
	// connection could otherwise take a stopped component's port.
	firstPort, lastPort = 20000, 29999
)

// portNames are the ports of one cluster.
var portNames = []string{
	"etcd", "etcd-peer", "kube-apiserver", "kube-controller-manager", "kube-scheduler",
	"kubelet", "kubelet-healthz", "registry", "kwok",
}

// podSubnets is cut into one /24 for each cluster.
var podSubnets = netip.MustParsePrefix("10.112.0.0/12")

// claim is what one lab holds, in /run/ijlab-ID/claim.json.
type claim struct {
	Dir    string `json:"dir"`
	Subnet string `json:"subnet"`
	Ports  []int  `json:"ports"`
}

// lockMachine holds what labs share on this machine until unlock is called.
func lockMachine(ctx context.Context) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(machineLock), 0o755); err != nil {
		return nil, err
	}
	unlock, err = lockFile(ctx, machineLock, os.O_RDWR|os.O_CREATE, "another lab that is starting")
	if err == nil && unlock == nil {
		err = fmt.Errorf("%s was removed meanwhile", machineLock)
	}
	return unlock, err
}

// claimResources gives the lab its id, ports and subnet, and saves it: from
// here on `lab down` knows what to look for.
func (l *Lab) claimResources(ctx context.Context) error {
	unlock, err := lockMachine(ctx)
	if err != nil {
		return err
	}
	defer unlock()

	others := otherClaims()
	if l.Ports, err = choosePorts(others); err != nil {
		return err
	}
	routes, err := os.ReadFile("/proc/net/route")
	if err != nil {
		return err
	}
	subnet, err := chooseSubnet(parseRoutes(string(routes)), others)
	if err != nil {
		return err
	}
	l.ID, l.Subnet = newID(), subnet.String()
	if err := l.save(); err != nil {
		return err
	}
	mine := claim{Dir: l.Dir, Subnet: l.Subnet}
	for _, port := range l.Ports {
		mine.Ports = append(mine.Ports, port)
	}
	text, err := json.Marshal(mine)
	if err != nil {
		return err
	}
	if err := os.Mkdir(l.runDir(), 0o711); err != nil {
		return err
	}
	return replaceFile(filepath.Join(l.runDir(), claimName), text, 0o644)
}

func newID() string {
	var id [4]byte
	rand.Read(id[:])
	return hex.EncodeToString(id[:])
}

func otherClaims() []claim {
	var claims []claim
	paths, _ := filepath.Glob(runPrefix + "*/" + claimName)
	for _, path := range paths {
		var c claim
		if text, err := os.ReadFile(path); err == nil && json.Unmarshal(text, &c) == nil {
			claims = append(claims, c)
		}
	}
	return claims
}

func choosePorts(others []claim) (map[string]int, error) {
	taken := map[int]bool{}
	for _, c := range others {
		for _, port := range c.Ports {
			taken[port] = true
		}
	}
	ports := map[string]int{}
	next := firstPort + mathrand.IntN(lastPort-firstPort)
	for range lastPort - firstPort {
		if next++; next > lastPort {
			next = firstPort
		}
		if taken[next] || !portFree(next) {
			continue
		}
		ports[portNames[len(ports)]] = next
		if len(ports) == len(portNames) {
			return ports, nil
		}
	}
	return nil, fmt.Errorf("too few free ports between %d and %d", firstPort, lastPort)
}

func portFree(port int) bool {
	listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		return false
	}
	listener.Close()
	return true
}

// chooseSubnet returns the first /24 that neither a route nor another lab has.
func chooseSubnet(routes []netip.Prefix, others []claim) (netip.Prefix, error) {
	taken := routes
	for _, c := range others {
		if prefix, err := netip.ParsePrefix(c.Subnet); err == nil {
			taken = append(taken, prefix)
		}
	}
	for prefix := netip.PrefixFrom(podSubnets.Addr(), 24); podSubnets.Contains(prefix.Addr()); prefix = nextSubnet(prefix) {
		free := true
		for _, t := range taken {
			free = free && !t.Overlaps(prefix)
		}
		if free {
			return prefix, nil
		}
	}
	return netip.Prefix{}, fmt.Errorf("no free /24 in %s for the pods: other labs or routes have them all", podSubnets)
}

func nextSubnet(p netip.Prefix) netip.Prefix {
	bytes := p.Addr().As4()
	next := binary.BigEndian.Uint32(bytes[:]) + 1<<(32-p.Bits())
	binary.BigEndian.PutUint32(bytes[:], next)
	return netip.PrefixFrom(netip.AddrFrom4(bytes), p.Bits())
}

// parseRoutes reads the destinations in /proc/net/route, without the default
// route, which overlaps everything.
func parseRoutes(text string) []netip.Prefix {
	var found []netip.Prefix
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 8 {
			continue
		}
		destination, err1 := routeAddress(fields[1])
		mask, err2 := routeAddress(fields[7])
		if err1 != nil || err2 != nil {
			continue // the headline
		}
		m := mask.As4()
		bits, _ := net.IPMask(m[:]).Size()
		if bits > 0 {
			found = append(found, netip.PrefixFrom(destination, bits))
		}
	}
	return found
}

// routeAddress decodes an address of /proc/net/route: hexadecimal, in the
// machine's byte order.
func routeAddress(text string) (netip.Addr, error) {
	n, err := strconv.ParseUint(text, 16, 32)
	if err != nil {
		return netip.Addr{}, err
	}
	var bytes [4]byte
	binary.NativeEndian.PutUint32(bytes[:], uint32(n))
	return netip.AddrFrom4(bytes), nil
}

// removeNetwork removes the bridge and the host's ends of the pods' cables.
// The pods' ends go with their network namespaces.
func (l *Lab) removeNetwork() error {
	links, err := os.ReadDir(filepath.Join("/sys/class/net", l.bridge(), "brif"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, link := range links {
		_ = deleteLink(link.Name()) // it may go by itself at this moment
	}
	return deleteLink(l.bridge())
}

func deleteLink(name string) error {
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		out, err := command("ip", "link", "delete", name)
		if err == nil {
			return nil
		}
		if _, gone := os.Lstat("/sys/class/net/" + name); errors.Is(gone, fs.ErrNotExist) {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("cannot delete network interface %s: %w: %s", name, err, out)
		}
	}
}
