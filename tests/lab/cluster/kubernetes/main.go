// Command kubernetes is every Kubernetes component that the lab runs, and
// kubectl, in one binary. The name that it is started by picks the component:
// the lab makes one symbolic link for each. One binary, because linking five
// would take far longer and they share nearly all of their code.
//
// It is not part of the lab's own module. `lab build` compiles it once for
// each Kubernetes version, with the VERSION.mod and VERSION.sum beside it.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

func main() {
	var command *cobra.Command
	switch name := filepath.Base(os.Args[0]); name {
	case "kube-apiserver":
		command = apiserver.NewAPIServerCommand()
	case "kube-controller-manager":
		command = controllers.NewControllerManagerCommand()
	case "kube-scheduler":
		command = scheduler.NewSchedulerCommand()
	case "kubelet":
		command = newKubeletCommand(kubelet.NewKubeletCommand)
	case "kubectl":
		command = kubectl.NewDefaultKubectlCommand()
	default:
		fmt.Fprintf(os.Stderr, "%s: start this program through a link named like a component, for example kubectl\n", name)
		os.Exit(2)
	}
	os.Exit(cli.Run(command))
}

// newKubeletCommand calls the kubelet's constructor, which takes a context
// from some version on. Its type decides here, so that one source file
// compiles against every version.
func newKubeletCommand(constructor any) *cobra.Command {
	switch f := constructor.(type) {
	case func() *cobra.Command:
		return f()
	case func(context.Context) *cobra.Command:
		return f(context.Background())
	}
	panic(fmt.Sprintf("this Kubernetes version's NewKubeletCommand is a %T: teach cluster/kubernetes/main.go about it", constructor))
}
