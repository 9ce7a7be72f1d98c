// Command etcd is the etcd server, unchanged. It is built apart from the
// Kubernetes components, so that one build serves every Kubernetes version.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	etcdmain.Main(os.Args)
}
