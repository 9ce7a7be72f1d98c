package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// commandRegistry is the registry process of one cluster. It keeps everything
// in memory; what it has to survive a restart lies in DIR/images, one OCI
// image directory for each.
func commandRegistry(ctx context.Context, args []string) error {
	o := newOptions("registry")
	if _, err := o.parse(args, 0, 0); err != nil {
		return err
	}
	l, err := load(o.dir)
	if err != nil {
		return noLabError(o.dir, err)
	}
	listener, err := net.Listen("tcp", l.local("registry"))
	if err != nil {
		return err
	}
	requests := log.New(io.Discard, "", log.LstdFlags)
	store := registry.New(registry.Logger(requests))
	if err := l.fill(store); err != nil {
		return err
	}
	requests.SetOutput(os.Stderr) // the log is of what others asked for
	server := &http.Server{Handler: byHost(store), ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// byHost keeps the images of different registries apart. containerd asks for
// docker.io/library/busybox as library/busybox?ns=docker.io; the store has it
// as docker.io/library/busybox.
func byHost(store http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.URL.Query().Get("ns")
		if rest, ok := strings.CutPrefix(r.URL.Path, "/v2/"); ok && host != "" && rest != "" {
			r.URL.Path = "/v2/" + host + "/" + rest
		}
		store.ServeHTTP(w, r)
	})
}

// fill puts the images into the store before anybody can ask for them.
func (l *Lab) fill(store http.Handler) error {
	images, err := systemImages()
	if err != nil {
		return err
	}
	added, err := os.ReadDir(l.path("images"))
	if err != nil {
		return err
	}
	for _, entry := range added {
		ref, err := url.PathUnescape(entry.Name())
		if err != nil || strings.HasSuffix(ref, ".partial") {
			continue
		}
		if images[ref], err = readImage(l.path("images", entry.Name())); err != nil {
			return err
		}
	}
	for ref, image := range images {
		if err := push(inProcess{store}, "127.0.0.1", ref, image); err != nil {
			return err
		}
	}
	return nil
}

// inProcess sends requests to a handler instead of over the network.
type inProcess struct{ handler http.Handler }

func (t inProcess) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Body == nil {
		request.Body = http.NoBody
	}
	recorder := &recorder{header: http.Header{}, status: http.StatusOK}
	request.RequestURI = request.URL.RequestURI()
	t.handler.ServeHTTP(recorder, request)
	return &http.Response{
		StatusCode: recorder.status, Status: http.StatusText(recorder.status),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: recorder.header, Request: request,
		Body: io.NopCloser(strings.NewReader(recorder.body.String())), ContentLength: int64(recorder.body.Len()),
	}, nil
}

type recorder struct {
	header http.Header
	status int
	body   strings.Builder
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

func push(transport http.RoundTripper, address, ref string, image v1.Image) error {
	tag, err := name.NewTag(address+"/"+ref, name.Insecure)
	if err != nil {
		return err
	}
	if err := remote.Write(tag, image, remote.WithTransport(transport)); err != nil {
		return fmt.Errorf("cannot put %s into the registry: %w", ref, err)
	}
	return nil
}

func commandImage(ctx context.Context, args []string) error {
	what := "list"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		what, args = args[0], args[1:]
	}
	switch what {
	case "list":
		return imageList(ctx, args)
	case "add":
		return imageAdd(ctx, args)
	}
	return fmt.Errorf("%w: lab image knows list and add, not %q", errUsage, what)
}

func imageList(ctx context.Context, args []string) error {
	o := newOptions("image list")
	if _, err := o.parse(args, 0, 0); err != nil {
		return err
	}
	l, err := load(o.dir)
	if err != nil {
		return noLabError(o.dir, err)
	}
	host, err := name.NewRegistry(l.local("registry"), name.Insecure)
	if err != nil {
		return err
	}
	repositories, err := remote.Catalog(ctx, host)
	if err != nil {
		return fmt.Errorf("the registry does not answer; is it stopped? (lab status) %w", err)
	}
	slices.Sort(repositories)
	for _, repository := range repositories {
		tags, err := remote.List(host.Repo(repository), remote.WithContext(ctx))
		if err != nil {
			return err
		}
		for _, tag := range tags {
			head, err := remote.Head(host.Repo(repository).Tag(tag), remote.WithContext(ctx))
			if err != nil {
				return err
			}
			fmt.Printf("%s:%s %s\n", repository, tag, head.Digest)
		}
	}
	return nil
}

func imageAdd(ctx context.Context, args []string) error {
	o := newOptions("image add")
	var binaries, files, cmd, entrypoint list
	o.Var(&binaries, "binary", "a static program to put into a new image, as FILE[:DEST]; DEST is /FILE's name if left out (may be repeated)")
	o.Var(&files, "file", "any other file to put into it, as FILE:DEST (may be repeated)")
	o.Var(&cmd, "cmd", "one word of the command (may be repeated); the first binary if left out")
	o.Var(&entrypoint, "entrypoint", "one word of the entrypoint (may be repeated)")
	rest, err := o.parse(args, 1, 2)
	if err != nil {
		return err
	}
	ref, err := fullReference(rest[0])
	if err != nil {
		return err
	}
	var image v1.Image
	switch {
	case len(rest) == 2 && len(binaries)+len(files)+len(cmd)+len(entrypoint) > 0:
		return fmt.Errorf("%w: give an image's archive, or the files for a new one, not both", errUsage)
	case len(rest) == 2:
		image, err = readImage(rest[1])
	case len(binaries) == 0:
		return fmt.Errorf("%w: give an image's archive, or at least one --binary for a new image", errUsage)
	default:
		image, err = packImage(binaries, files, entrypoint, cmd)
	}
	if err != nil {
		return err
	}
	l, unlock, err := open(ctx, o.dir)
	if err != nil {
		return err
	}
	defer unlock()
	return l.addImage(ref, image)
}

func packImage(binaries, files, entrypoint, cmd list) (v1.Image, error) {
	c := contents{files: map[string]string{}, entrypoint: entrypoint, cmd: cmd}
	for _, arg := range binaries {
		file, dest, ok := strings.Cut(arg, ":")
		if !ok {
			dest = "/" + filepath.Base(file)
		}
		static, err := isStatic(file)
		if err != nil {
			return nil, err
		}
		if !static {
			return nil, fmt.Errorf("%s is not statically linked: it cannot run in an image without libraries", file)
		}
		c.files[dest] = file
		if len(c.cmd)+len(c.entrypoint) == 0 {
			c.cmd = []string{dest}
		}
	}
	for _, arg := range files {
		file, dest, ok := strings.Cut(arg, ":")
		if !ok {
			return nil, fmt.Errorf("%w: --file takes FILE:DEST, got %q", errUsage, arg)
		}
		c.files[dest] = file
	}
	return c.image()
}

// addImage stores the image and, if the registry runs, hands it over.
func (l *Lab) addImage(ref string, image v1.Image) error {
	final := l.path("images", url.PathEscape(ref))
	partial := final + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		return err
	}
	directory, err := layout.Write(partial, empty.Index)
	if err != nil {
		return err
	}
	if err := directory.AppendImage(image); err != nil {
		return err
	}
	if err := os.RemoveAll(final); err != nil {
		return err
	}
	if err := os.Rename(partial, final); err != nil {
		return err
	}
	if l.Processes["registry"].running() {
		if err := push(http.DefaultTransport, l.local("registry"), ref, image); err != nil {
			return err
		}
	}
	fmt.Println(ref)
	return nil
}
