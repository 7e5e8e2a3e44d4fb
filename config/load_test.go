package config

import (
	"os"
	"path/filepath"
	"testing"
)

const designConfig = `organization: {domains: [example.co.jp]}
listen: [{address: "127.0.0.1:2525", networks: [127.0.0.0/8]}]
next_hops: [{address: "127.0.0.1:2526", tls: none, trusted: true}]
console: {address: "127.0.0.1:8080", public_url: "http://127.0.0.1:8080"}
data: ./data                 # embedded store; or store: {postgres: "...", blobs: "..."}
directory: people.csv        # optional
rules: []                    # none: the embedded default set
breaker: {mode: "off"}       # enforce (default), monitor, off: per-account limits, once they exist
`

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDesignConfigIsValid(t *testing.T) {
	path := write(t, "sekisho.yaml", designConfig)
	c, err := Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(path)
	if c.Data != filepath.Join(dir, "data") || c.Directory != filepath.Join(dir, "people.csv") {
		t.Errorf("data %q and directory %q do not count from the file's folder", c.Data, c.Directory)
	}
	h := c.NextHops[0]
	if h.TLS != "none" || !h.Trusted || h.Connections != 100 || h.FinalTimeout.String() != "10m" {
		t.Errorf("next hop: %+v", h)
	}
	l := c.Listen[0]
	if l.BareNewlines != "refuse" || l.TLS.Mode != "none" || len(l.Networks) != 1 {
		t.Errorf("listen: %+v", l)
	}
	if c.Breaker.Mode != "off" || len(c.Rules) != 0 || c.Hold.JoinFor.String() != "5d" {
		t.Errorf("breaker %q rules %q join %s", c.Breaker.Mode, c.Rules, c.Hold.JoinFor)
	}
}

func TestDefaultIsForTryingOut(t *testing.T) {
	c := Default()
	if c.Listen[0].Address != "127.0.0.1:2525" || c.NextHops[0].Address != "127.0.0.1:2526" ||
		c.Console.Address != "127.0.0.1:8080" || c.Data != "./data" || c.SealKeyFile != "data/seal.key" {
		t.Errorf("%+v", c)
	}
	if len(c.Listen[0].Networks) != 2 || len(c.Dispatch.Waits()) != 7 {
		t.Errorf("networks %v, retry %v", c.Listen[0].Networks, c.Dispatch.Retry)
	}
}
