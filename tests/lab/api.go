package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// api is the little that the lab asks of its cluster's API server.
type api struct {
	server string
	client *http.Client
}

// api returns a client with the administrator's certificate.
func (l *Lab) api() (api, error) {
	pair, err := tls.LoadX509KeyPair(l.certificate("admin"), l.key("admin"))
	if err != nil {
		return api{}, err
	}
	ca, err := os.ReadFile(l.certificate("ca"))
	if err != nil {
		return api{}, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: roots},
		// Never through a proxy: the server is on this machine.
		Proxy:             nil,
		ForceAttemptHTTP2: true,
	}
	return api{server: l.server(), client: &http.Client{Transport: transport, Timeout: 30 * time.Second}}, nil
}

// errConflict: the object exists already.
var errConflict = errors.New("exists already")

// call sends body as JSON, if there is one, and reads the answer into result,
// if there is one.
func (a api) call(ctx context.Context, method, path string, body, result any) error {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, a.server+path, content)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	switch {
	case response.StatusCode == http.StatusConflict:
		return errConflict
	case response.StatusCode >= 300:
		return fmt.Errorf("%s %s: %s: %s", method, path, response.Status, bytes.TrimSpace(text))
	case result == nil:
		return nil
	}
	return json.Unmarshal(text, result)
}

// grantControllers lets the controller manager do what its controllers' own
// service accounts could.
func (a api) grantControllers(ctx context.Context) error {
	const group = "rbac.authorization.k8s.io"
	err := a.call(ctx, http.MethodPost, "/apis/"+group+"/v1/clusterrolebindings", map[string]any{
		"metadata": map[string]any{"name": "lab:kube-controller-manager"},
		"roleRef":  map[string]any{"apiGroup": group, "kind": "ClusterRole", "name": "cluster-admin"},
		"subjects": []any{map[string]any{"apiGroup": group, "kind": "User", "name": "system:kube-controller-manager"}},
	}, nil)
	if errors.Is(err, errConflict) {
		return nil
	}
	return err
}

// node is the part of a Node that says whether it is ready.
type node struct {
	Status struct {
		Conditions []struct{ Type, Status string }
	}
}

func (n node) ready() bool {
	for _, c := range n.Status.Conditions {
		if c.Type == "Ready" {
			return c.Status == "True"
		}
	}
	return false
}

// usable returns nil when a pod that is made now will start at once: the node
// is ready, and the namespace has what every pod mounts.
func (a api) usable(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var real node
	if err := a.call(ctx, http.MethodGet, "/api/v1/nodes/"+nodeName, nil, &real); err != nil {
		return err
	}
	if !real.ready() {
		return errors.New("the node is not ready")
	}
	for _, path := range []string{"serviceaccounts/default", "configmaps/kube-root-ca.crt"} {
		if err := a.call(ctx, http.MethodGet, "/api/v1/namespaces/default/"+path, nil, nil); err != nil {
			return err
		}
	}
	return nil
}
