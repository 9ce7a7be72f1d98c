package main

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// contents is what an image is made of, without any Dockerfile.
type contents struct {
	files      map[string]string // path in the image to file of this machine
	texts      map[string]string // path in the image to what it holds
	links      map[string]string // path in the image to where it points
	entrypoint []string
	cmd        []string
}

// image packs one layer. The same contents make the same digest.
func (c contents) image() (v1.Image, error) {
	content, err := c.tar()
	if err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	})
	if err != nil {
		return nil, err
	}
	image, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", runtime.GOARCH
	config.Config.Entrypoint, config.Config.Cmd = c.entrypoint, c.cmd
	config.Config.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
	return mutate.ConfigFile(image, config)
}

func (c contents) tar() ([]byte, error) {
	var buffer bytes.Buffer
	archive := tar.NewWriter(&buffer)
	dirs := map[string]bool{}
	var mkdir func(dir string) error
	mkdir = func(dir string) error {
		if dir == "." || dirs[dir] {
			return nil
		}
		dirs[dir] = true
		if err := mkdir(path.Dir(dir)); err != nil {
			return err
		}
		mode := int64(0o755)
		if dir == "tmp" {
			mode = 0o1777
		}
		return archive.WriteHeader(&tar.Header{Name: dir + "/", Typeflag: tar.TypeDir, Mode: mode})
	}
	write := func(name string, mode int64, content []byte) error {
		if err := mkdir(path.Dir(name)); err != nil {
			return err
		}
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(content))}); err != nil {
			return err
		}
		_, err := archive.Write(content)
		return err
	}

	if err := mkdir("tmp"); err != nil {
		return nil, err
	}
	for _, name := range sortedKeys(c.files) {
		content, err := os.ReadFile(c.files[name])
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(c.files[name])
		if err != nil {
			return nil, err
		}
		if err := write(strings.TrimPrefix(name, "/"), int64(info.Mode().Perm()), content); err != nil {
			return nil, err
		}
	}
	for _, name := range sortedKeys(c.texts) {
		if err := write(name, 0o644, []byte(c.texts[name])); err != nil {
			return nil, err
		}
	}
	for _, name := range sortedKeys(c.links) {
		if err := mkdir(path.Dir(name)); err != nil {
			return nil, err
		}
		if err := archive.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeSymlink, Linkname: c.links[name], Mode: 0o777}); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// systemImages are the images that every cluster has: Debian's static busybox
// and bash under the names, tags and paths of the well-known images.
func systemImages() (map[string]v1.Image, error) {
	busybox, err := staticBinary("busybox")
	if err != nil {
		return nil, err
	}
	bash, err := staticBinary("bash-static")
	if err != nil {
		return nil, err
	}
	applets, err := command(busybox, "--list")
	if err != nil {
		return nil, fmt.Errorf("%s --list: %w: %s", busybox, err, applets)
	}
	base := contents{
		files: map[string]string{"bin/busybox": busybox},
		texts: map[string]string{
			"etc/passwd": "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
			"etc/group":  "root:x:0:\nnogroup:x:65534:\n",
		},
		links: map[string]string{"usr/bin/env": "/bin/busybox"},
		cmd:   []string{"sh"},
	}
	for _, applet := range strings.Fields(applets) {
		if applet != "busybox" {
			base.links["bin/"+applet] = "busybox"
		}
	}
	withBash := base
	withBash.files = map[string]string{"bin/busybox": busybox, "usr/local/bin/bash": bash}
	withBash.cmd = []string{"bash"}
	pause := base
	pause.entrypoint, pause.cmd = []string{"/bin/busybox", "sleep", "2147483647"}, nil

	images := map[string]v1.Image{}
	for refs, c := range map[string]contents{
		"docker.io/library/busybox:latest docker.io/library/busybox:1.36": base,
		"docker.io/library/bash:latest docker.io/library/bash:5":          withBash,
		pauseImage: pause,
	} {
		image, err := c.image()
		if err != nil {
			return nil, err
		}
		for _, ref := range strings.Fields(refs) {
			images[ref] = image
		}
	}
	return images, nil
}

// staticBinary finds a program that runs in an image without any library.
func staticBinary(program string) (string, error) {
	path, err := lookPath(program)
	if err != nil {
		return "", err
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", err
	}
	static, err := isStatic(path)
	if err != nil {
		return "", err
	}
	if !static {
		return "", fmt.Errorf("%s is not statically linked", path)
	}
	return path, nil
}

// isStatic says whether an ELF file asks for no dynamic loader.
func isStatic(path string) (bool, error) {
	file, err := elf.Open(path)
	if err != nil {
		return false, fmt.Errorf("%s is no ELF program: %w", path, err)
	}
	defer file.Close()
	for _, segment := range file.Progs {
		if segment.Type == elf.PT_INTERP {
			return false, nil
		}
	}
	return true, nil
}

// fullReference completes an image's name as a container runtime does:
// busybox is docker.io/library/busybox:latest.
func fullReference(text string) (string, error) {
	ref, err := name.NewTag(text)
	if err != nil {
		return "", fmt.Errorf("%q is no name of an image: %w", text, err)
	}
	host := ref.RegistryStr()
	if host == name.DefaultRegistry {
		host = "docker.io" // what containerd calls it
	}
	return host + "/" + ref.RepositoryStr() + ":" + ref.TagStr(), nil
}

// readImage loads an image that `docker save` or a build tool wrote.
func readImage(path string) (v1.Image, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		image, err := tarball.ImageFromPath(path, nil)
		if err != nil {
			return nil, fmt.Errorf("%s is not an archive with one image, as `docker save` writes it (unpack an OCI archive and give its directory): %w", path, err)
		}
		return image, nil
	}
	index, err := layout.ImageIndexFromPath(path)
	if err != nil {
		return nil, fmt.Errorf("%s is no OCI image directory: %w", path, err)
	}
	return imageOfIndex(index)
}

// imageOfIndex returns the image for this machine's architecture.
func imageOfIndex(index v1.ImageIndex) (v1.Image, error) {
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	for _, entry := range manifest.Manifests {
		switch {
		case entry.MediaType.IsIndex():
			nested, err := index.ImageIndex(entry.Digest)
			if err != nil {
				return nil, err
			}
			if image, err := imageOfIndex(nested); err == nil {
				return image, nil
			}
		case entry.Platform == nil || entry.Platform.Architecture == runtime.GOARCH:
			return index.Image(entry.Digest)
		}
	}
	return nil, errors.New("there is no image for linux/" + runtime.GOARCH + " in it")
}
