package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

func commandKubeconfig(_ context.Context, args []string) error {
	o := newOptions("kubeconfig")
	raw := o.Bool("raw", false, "print the text, not the path")
	if _, err := o.parse(args, 0, 0); err != nil {
		return err
	}
	l, err := load(o.dir)
	if err != nil {
		return noLabError(o.dir, err)
	}
	if !*raw {
		fmt.Println(l.kubeconfig())
		return nil
	}
	text, err := os.ReadFile(l.kubeconfig())
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}

// commandKubectl runs kubectl of the cluster's version on the cluster. Its
// arguments are kubectl's; only a --dir in front is the lab's.
func commandKubectl(ctx context.Context, args []string) error {
	dir := defaultDir()
	if len(args) >= 2 && args[0] == "--dir" {
		dir, args = args[1], args[2:]
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	l, err := load(dir)
	if err != nil {
		return noLabError(dir, err)
	}
	cmd := exec.CommandContext(ctx, l.path("bin", "kubectl"), append([]string{"--kubeconfig", l.kubeconfig()}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		os.Exit(exit.ExitCode()) // kubectl has said why
	}
	return err
}

// userName is what can be a file's name too.
var userName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]*$`)

// commandUser writes DIR/users/NAME.kubeconfig for a user without any rights
// but those that a role binding gives to the name or the groups.
func commandUser(ctx context.Context, args []string) error {
	o := newOptions("user")
	var groups list
	o.Var(&groups, "group", "a group of the user's (may be repeated)")
	account := o.String("service-account", "", "NAMESPACE/NAME: a token of this service account instead of a certificate")
	rest, err := o.parse(args, 1, 1)
	if err != nil {
		return err
	}
	name := rest[0]
	if !userName.MatchString(name) {
		return fmt.Errorf("%w: %q cannot be a user's name here: letters, digits, dots, hyphens, underscores and @ only", errUsage, name)
	}
	l, unlock, err := open(ctx, o.dir)
	if err != nil {
		return err
	}
	defer unlock()
	path := l.path("users", name+".kubeconfig")
	if *account != "" {
		if len(groups) > 0 {
			return fmt.Errorf("%w: a service account's groups are given", errUsage)
		}
		err = l.writeTokenConfig(ctx, path, *account)
	} else {
		err = l.writeCertificateConfig(path, identity{name: name, groups: groups})
	}
	if err != nil {
		return err
	}
	fmt.Println(path)
	return nil
}

func (l *Lab) writeCertificateConfig(path string, who identity) error {
	file := "user-" + who.name
	if err := l.issue(file, who); err != nil {
		return err
	}
	return l.writeUserConfig(path, who.name, file)
}

func (l *Lab) writeTokenConfig(ctx context.Context, path, account string) error {
	namespace, name, ok := strings.Cut(account, "/")
	if !ok {
		return fmt.Errorf("%w: --service-account takes NAMESPACE/NAME, got %q", errUsage, account)
	}
	a, err := l.api()
	if err != nil {
		return err
	}
	const day = 24 * 60 * 60
	request := map[string]any{"spec": map[string]any{"expirationSeconds": day}}
	var answer struct {
		Status struct{ Token string }
	}
	url := fmt.Sprintf("/api/v1/namespaces/%s/serviceaccounts/%s/token", namespace, name)
	if err := a.call(ctx, http.MethodPost, url, request, &answer); err != nil {
		return err
	}
	return l.writeKubeconfig(path, name, map[string]any{"token": answer.Status.Token})
}
