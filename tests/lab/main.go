// Command lab runs real Kubernetes clusters on one Linux machine, without
// Docker: for tests, demos and benchmarks. README.md beside this file says how
// to use it; `lab help` lists the commands.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

const usage = `lab runs real Kubernetes clusters on this machine, for tests.

  lab up [--version V] [--nodes N] [--qps N] [--flag COMPONENT=--FLAG=VALUE]...
                                boot a cluster, and build it first if need be
  lab down [--all]              stop the cluster and remove all that it made
  lab status [-o json]          what runs
  lab stop [--kill] COMPONENT   stop one part: etcd, kube-apiserver,
  lab start COMPONENT           kube-controller-manager, kube-scheduler,
                                containerd, kubelet, registry, kwok
  lab kubeconfig [--raw]        the administrator's kubeconfig: its path or text
  lab user NAME [--group G]...  a kubeconfig for a user with a certificate, or
       [--service-account NS/NAME]  with a token of a service account
  lab kubectl ARGS...           kubectl of the cluster's version
  lab image [list]              the images that pods can pull
  lab image add REF TARBALL-OR-OCI-DIRECTORY
  lab image add REF --binary FILE[:DEST] [--file FILE:DEST]... [--cmd ARG]...
  lab build [--version V]...    only build ("all" for every version)
  lab versions                  the Kubernetes versions that it can build
  lab gomod PROGRAM VERSION     add a version (see README.md)

Every command that concerns a cluster takes --dir DIR (or INDEXEDJOB_LAB_DIR in
the environment): one directory is one cluster. The default is one for each
checkout. It needs root on Linux; anywhere else give the tests any other cluster
through KUBECONFIG.
`

// errUsage asks main for exit code 2 after a mistake on the command line.
var errUsage = errors.New("usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:])
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, "lab:", err)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "lab:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	commands := map[string]func(context.Context, []string) error{
		"up": commandUp, "down": commandDown, "status": commandStatus,
		"stop": commandStop, "start": commandStart,
		"kubeconfig": commandKubeconfig, "user": commandUser, "kubectl": commandKubectl,
		"image": commandImage, "registry": commandRegistry,
		"build": commandBuild, "versions": commandVersions, "gomod": commandGomod,
	}
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		fmt.Print(usage)
		return nil
	}
	command, ok := commands[args[0]]
	if !ok {
		return fmt.Errorf("%w: there is no command %q; try: lab help", errUsage, args[0])
	}
	return command(ctx, args[1:])
}

// options is a flag set of one command, with what all of them share.
type options struct {
	*flag.FlagSet
	dir string
}

func newOptions(name string) *options {
	o := &options{FlagSet: flag.NewFlagSet("lab "+name, flag.ContinueOnError)}
	o.StringVar(&o.dir, "dir", defaultDir(), "the cluster's directory")
	return o
}

// parse accepts flags before, between and after the other arguments, and
// checks how many of those there are.
func (o *options) parse(args []string, atLeast, atMost int) ([]string, error) {
	var rest []string
	for {
		if err := o.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, errUsage // the flag package has printed the mistake already
		}
		left := o.Args()
		if len(left) == 0 {
			break
		}
		if used := len(args) - len(left); used > 0 && args[used-1] == "--" {
			rest = append(rest, left...)
			break
		}
		rest, args = append(rest, left[0]), left[1:]
	}
	// The components get this path, and do not share our working directory.
	var err error
	if o.dir, err = filepath.Abs(o.dir); err != nil {
		return nil, err
	}
	if len(rest) < atLeast || len(rest) > atMost {
		return nil, fmt.Errorf("%w: %s takes %s, got %d", errUsage, o.Name(), arguments(atLeast, atMost), len(rest))
	}
	return rest, nil
}

func arguments(atLeast, atMost int) string {
	switch {
	case atMost == 0:
		return "no arguments"
	case atLeast == atMost:
		return fmt.Sprintf("%d argument(s)", atLeast)
	}
	return fmt.Sprintf("%d to %d arguments", atLeast, atMost)
}

// list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

// say tells the user what goes on. Standard output is for results only.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "lab: "+format+"\n", args...)
}
