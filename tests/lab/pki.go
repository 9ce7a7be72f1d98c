package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"time"
)

// The certificates of a cluster live as long as any test could want, and the
// authority's key lies in DIR/pki: they protect nothing but a test cluster
// that listens on the loopback address.
const certificateLife = 5 * 365 * 24 * time.Hour

// identity is one client or server of the cluster.
type identity struct {
	name   string
	groups []string
	hosts  []string
}

// serviceSubnet is that of cluster IPs. They lead nowhere, as no kube-proxy
// runs; the API server wants one all the same.
const (
	serviceSubnet = "10.111.0.0/24"
	serviceIP     = "10.111.0.1"
	dnsIP         = "10.111.0.10"
	nodeName      = "localhost"
)

// identities are those of every cluster, by the name of their files.
var identities = map[string]identity{
	"apiserver": {name: "kube-apiserver", hosts: []string{"127.0.0.1", serviceIP, "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"}},
	"kubelet":   {name: "system:node:" + nodeName, groups: []string{"system:nodes"}, hosts: []string{"127.0.0.1", "localhost"}},
	// Names of the roles that Kubernetes itself sets up for them.
	"kube-controller-manager": {name: "system:kube-controller-manager"},
	"kube-scheduler":          {name: "system:kube-scheduler"},
	"admin":                   {name: "lab-admin", groups: []string{"system:masters"}},
}

// writePKI makes the authority, a certificate for each identity, the key that
// signs service account tokens, and the kubeconfigs.
func (l *Lab) writePKI() error {
	ca, key, err := newAuthority()
	if err != nil {
		return err
	}
	if err := l.writePair("ca", ca.Raw, key); err != nil {
		return err
	}
	serviceAccounts, err := newKey()
	if err != nil {
		return err
	}
	if err := l.writePair("service-accounts", nil, serviceAccounts); err != nil {
		return err
	}
	for file, who := range identities {
		if err := l.issue(file, who); err != nil {
			return err
		}
	}
	for _, component := range []string{"kubelet", "kube-controller-manager", "kube-scheduler"} {
		if err := l.writeUserConfig(l.path("config", component+".kubeconfig"), component, component); err != nil {
			return err
		}
	}
	return l.writeUserConfig(l.kubeconfig(), "admin", "admin")
}

func newKey() (*ecdsa.PrivateKey, error) {
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) // RSA would take seconds
}

func newAuthority() (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := newKey()
	if err != nil {
		return nil, nil, err
	}
	template := certificateTemplate(identity{name: "indexedjob-lab-ca"})
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	ca, err := x509.ParseCertificate(raw)
	return ca, key, err
}

func certificateTemplate(who identity) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: who.name, Organization: who.groups},
		NotBefore:    now.Add(-time.Hour), // a test may set the clock back
		NotAfter:     now.Add(certificateLife),
	}
	for _, host := range who.hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	return template
}

// issue writes pki/FILE.crt and pki/FILE.key, signed by the cluster's
// authority.
func (l *Lab) issue(file string, who identity) error {
	authority, err := tls.LoadX509KeyPair(l.certificate("ca"), l.key("ca"))
	if err != nil {
		return err
	}
	ca, err := x509.ParseCertificate(authority.Certificate[0])
	if err != nil {
		return err
	}
	key, err := newKey()
	if err != nil {
		return err
	}
	template := certificateTemplate(who)
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if len(who.hosts) > 0 {
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, ca, key.Public(), authority.PrivateKey)
	if err != nil {
		return fmt.Errorf("certificate for %s: %w", who.name, err)
	}
	return l.writePair(file, raw, key)
}

func (l *Lab) certificate(file string) string { return l.path("pki", file+".crt") }
func (l *Lab) key(file string) string         { return l.path("pki", file+".key") }

func (l *Lab) writePair(file string, certificate []byte, key *ecdsa.PrivateKey) error {
	// The API server finds the public key of service accounts in this form
	// of a private key, and not in the PKCS 8 form.
	raw, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	private := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: raw})
	if err := os.WriteFile(l.key(file), private, 0o600); err != nil || certificate == nil {
		return err
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	return os.WriteFile(l.certificate(file), public, 0o644)
}

// writeUserConfig writes a kubeconfig that uses the certificate pki/FILE.crt.
func (l *Lab) writeUserConfig(path, user, file string) error {
	certificate, err := os.ReadFile(l.certificate(file))
	if err != nil {
		return err
	}
	key, err := os.ReadFile(l.key(file))
	if err != nil {
		return err
	}
	return l.writeKubeconfig(path, user, map[string]any{
		"client-certificate-data": base64.StdEncoding.EncodeToString(certificate),
		"client-key-data":         base64.StdEncoding.EncodeToString(key),
	})
}

// writeKubeconfig writes a kubeconfig that holds all it needs, so that it can
// be copied anywhere. JSON is YAML too.
func (l *Lab) writeKubeconfig(path, user string, credentials map[string]any) error {
	ca, err := os.ReadFile(l.certificate("ca"))
	if err != nil {
		return err
	}
	const name = "indexedjob-lab"
	config := map[string]any{
		"apiVersion": "v1", "kind": "Config", "current-context": name,
		"clusters": []any{map[string]any{"name": name, "cluster": map[string]any{
			"server":                     l.server(),
			"certificate-authority-data": base64.StdEncoding.EncodeToString(ca),
		}}},
		"users":    []any{map[string]any{"name": user, "user": credentials}},
		"contexts": []any{map[string]any{"name": name, "context": map[string]any{"cluster": name, "user": user}}},
	}
	text, err := json.MarshalIndent(config, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(path, append(text, '\n'), 0o600)
}

func (l *Lab) server() string { return fmt.Sprintf("https://127.0.0.1:%d", l.Ports["kube-apiserver"]) }
