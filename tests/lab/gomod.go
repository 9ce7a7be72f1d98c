package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// commandGomod writes cluster/PROGRAM/VERSION.mod and .sum, which is all that
// a new version takes. It runs in the lab's source directory.
func commandGomod(ctx context.Context, args []string) error {
	args, err := newOptions("gomod").parse(args, 2, 2)
	if err != nil {
		return err
	}
	p, err := findProgram(args[0])
	if err != nil {
		return err
	}
	version := strings.TrimPrefix(args[1], "v")
	dir := filepath.Join("cluster", p.name)
	if _, err := os.Stat(dir); err != nil {
		return errors.New("run this in the lab's source directory, tests/lab")
	}
	upstream, err := downloadModFile(ctx, p.module, version)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "lab-gomod-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := p.copySources(dir, work); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(work, "go.mod"), []byte(p.modFile(version, upstream)), 0o644); err != nil {
		return err
	}
	say("go mod tidy for %s %s; this downloads much the first time", p.name, version)
	tidy := goCommand(ctx, work, "mod", "tidy")
	if out, err := tidy.CombinedOutput(); err != nil {
		return fmt.Errorf("go mod tidy: %w\n%s", err, out)
	}
	for _, ext := range []string{"mod", "sum"} {
		text, err := os.ReadFile(filepath.Join(work, "go."+ext))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, version+"."+ext), text, 0o644); err != nil {
			return err
		}
	}
	fmt.Printf("wrote %s/%s.mod and .sum; build the lab again, then: lab build --version %[2]s\n", dir, version)
	return nil
}

func (p program) copySources(from, to string) error {
	names, err := filepath.Glob(filepath.Join(from, "*.go"))
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(name)), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// upstreamMod is the part of `go mod edit -json` that matters here.
type upstreamMod struct {
	Go      string
	Replace []struct {
		Old, New struct{ Path, Version string }
	}
}

func downloadModFile(ctx context.Context, module, version string) (upstreamMod, error) {
	var mod upstreamMod
	var download struct{ GoMod, Error string }
	out, err := goOutput(ctx, "mod", "download", "-json", module+"@v"+version)
	if jsonErr := json.Unmarshal(out, &download); jsonErr == nil && download.Error != "" {
		return mod, errors.New(download.Error)
	}
	if err != nil {
		return mod, err
	}
	if out, err = goOutput(ctx, "mod", "edit", "-json", download.GoMod); err != nil {
		return mod, err
	}
	return mod, json.Unmarshal(out, &mod)
}

func goOutput(ctx context.Context, args ...string) ([]byte, error) {
	// Anywhere but in the lab's module, whose go.mod it would have to obey.
	cmd := goCommand(ctx, os.TempDir(), args...)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, bytes.TrimSpace(exit.Stderr))
	}
	return out, err
}

// modFile is the go.mod to begin with; `go mod tidy` completes it. It repeats
// upstream's replacements, because Go ignores those of a dependency.
func (p program) modFile(version string, upstream upstreamMod) string {
	var text strings.Builder
	fmt.Fprintf(&text, "// Written by `lab gomod %s %s`. Do not edit.\n", p.name, version)
	fmt.Fprintf(&text, "module %s%s\n\ngo %s\n\n", modulePrefix, p.name, upstream.Go)
	fmt.Fprintf(&text, "require %s v%s\n", p.module, version)
	if p.pkg != "." {
		fmt.Fprintf(&text, "\ntool %s\n", p.pkg) // keeps what the package imports
	}
	text.WriteString("\n")
	for _, r := range upstream.Replace {
		switch {
		case p.staging && strings.HasPrefix(r.New.Path, "./staging/"):
			// k8s.io/api of Kubernetes 1.37.1 is v0.37.1.
			_, minor, _ := strings.Cut(version, ".")
			fmt.Fprintf(&text, "replace %s => %s v0.%s\n", r.Old.Path, r.Old.Path, minor)
		case r.New.Version != "":
			fmt.Fprintf(&text, "replace %s => %s %s\n", strings.TrimSpace(r.Old.Path+" "+r.Old.Version), r.New.Path, r.New.Version)
		}
	}
	return text.String()
}
