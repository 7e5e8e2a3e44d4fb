package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
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
	if h.TLS != "none" || !h.Trusted || h.Idle != 10 || h.FinalTimeout.String() != "10m" {
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

// Every default is written as the file would write it, and every bound of a
// validate tag must be readable: both would panic otherwise.
func TestDefaultsSatisfyTheirOwnRules(t *testing.T) {
	for _, path := range []string{"", write(t, "sekisho.yaml", "organization: {domains: [example.co.jp]}")} {
		if _, err := Load(path, nil); err != nil {
			t.Errorf("%q: %v", path, err)
		}
	}
}

func TestEmptyFileNeedsDomains(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "---\n", "~\n"} {
		_, err := Load(write(t, "sekisho.yaml", text), nil)
		if err == nil || !strings.Contains(err.Error(), "organization.domains: is empty or missing") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestItemsOfListsGetTheirDefaults(t *testing.T) {
	c, err := Load(write(t, "sekisho.yaml", `
organization: {domains: [EXAMPLE.co.jp]}
listen:
  - {address: ":25", networks: [192.0.2.7, "2001:db8::/32"], bare_newlines: normalise}
  - {address: ":26", networks: [127.0.0.1], tls: {required: false}}
next_hops: [{address: "a.example:25", idle: 3}, {address: "b.example:25"}]
partners: [{domain: Partner.Example, until: 2027-03-31}]
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Organization.Domains[0] != "example.co.jp" || c.Partners[0].Domain != "partner.example" {
		t.Errorf("domains are not folded: %v %v", c.Organization.Domains, c.Partners)
	}
	if c.Listen[0].BareNewlines != "normalise" || c.Listen[1].BareNewlines != "refuse" || c.Listen[1].TLS.Mode != "none" {
		t.Errorf("listen: %+v", c.Listen)
	}
	if got := c.Listen[0].Networks[0].String(); got != "192.0.2.7/32" {
		t.Errorf("a single address became %s", got)
	}
	if c.NextHops[0].Idle != 3 || c.NextHops[1].Idle != 10 || c.NextHops[0].TLS != "opportunistic" {
		t.Errorf("next hops: %+v", c.NextHops)
	}
	if c.Partners[0].Until.String() != "2027-03-31" {
		t.Errorf("until: %s", c.Partners[0].Until)
	}
}

func TestEnvironmentBeatsTheFile(t *testing.T) {
	path := write(t, "sekisho.yaml", "organization: {domains: [a.example]}\nlog: {level: warn}\nworkers: {count: 3}\n")
	c, err := Load(path, []string{
		"HOME=/root", "SEKISHO_CONSOLE__ADDRESS=127.0.0.1:9090", "SEKISHO_ORGANIZATION__SUBDOMAINS=true", "SEKISHO_WORKERS__COUNT=7",
		"SEKISHO_LIMITS__MESSAGE_SIZE=10MB", "SEKISHO_DISPATCH__RETRY=1m, 2m", "SEKISHO_DATA=./elsewhere",
		"SEKISHO_ORGANIZATION__DOMAINS=b.example,C.example", "SEKISHO_HOLD__DEADLINE=2 working days",
		"SEKISHO_SERVICE_HOST=10.0.0.1", "SEKISHO_PORT=tcp://10.0.0.1:25", "SEKISHO_PORT_25_TCP=tcp://10.0.0.1:25",
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Console.Address != "127.0.0.1:9090" || !c.Organization.Subdomains || c.Workers.Count != 7 || c.Limits.MessageSize != 10e6 ||
		len(c.Dispatch.Retry) != 2 || c.Hold.Deadline.Days != 2 || c.Log.Level != "warn" {
		t.Errorf("%+v", c)
	}
	if c.Data != "./elsewhere" || c.SealKeyFile != "elsewhere/seal.key" {
		t.Errorf("data %q, key %q: a variable counts from the working directory", c.Data, c.SealKeyFile)
	}
	if strings.Join(c.Organization.Domains, " ") != "b.example c.example" {
		t.Errorf("domains: %v", c.Organization.Domains)
	}
}

func TestEveryPlainSettingHasAVariable(t *testing.T) {
	n := 0
	each(reflect.TypeFor[Config](), nil, func(path []string, s setting) {
		if isSectionList(s.typ) {
			return
		}
		n++
		name := EnvName(strings.Join(path, "."))
		_, _, problems := environment([]string{name + "=?"})
		for _, p := range problems {
			if strings.Contains(p.Text, "no such setting") {
				t.Errorf("%s is not known", name)
			}
		}
	})
	if n < 60 {
		t.Errorf("only %d settings", n)
	}
}

func TestBrokenEnvironmentSaysWhatToDo(t *testing.T) {
	_, err := Load("", []string{
		"SEKISHO_DATTA=x", "SEKISHO_WORKERS__DEADLINE=10", "SEKISHO_WORKERS__COUNT=many", "SEKISHO_LISTEN__0__ADDRESS=:25",
		"SEKISHO_LOG__LEVEL=loud", "SEKISHO_LOG__ADDRESSES=yes", "SEKISHO_WHATEVER_THIS_IS=1", "SEKISHO_DATA=",
	})
	want := `SEKISHO_DATTA: there is no such setting; did you mean SEKISHO_DATA?
SEKISHO_LISTEN__0__ADDRESS: this list can only be set in the file; write it there
SEKISHO_LOG__ADDRESSES: log.addresses: "yes" is neither true nor false; write one of them
SEKISHO_WHATEVER_THIS_IS: there is no such setting; the names are in the reference of the settings
SEKISHO_WORKERS__COUNT: workers.count: "many" is not a whole number; write it in plain decimal digits
SEKISHO_WORKERS__DEADLINE: workers.deadline: 10 has no unit; write 10s, 10m or 10h
SEKISHO_DATA: data: is missing; give it a value
SEKISHO_LOG__LEVEL: log.level: "loud" is not known; write one of debug, info, warn, error`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestMissingFileSaysSo(t *testing.T) {
	_, err := Load("/nonexistent/sekisho.yaml", nil)
	if err == nil || err.Error() != "/nonexistent/sekisho.yaml: no such file or directory; name an existing file" {
		t.Error(err)
	}
	if _, err = Load(t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Error(err)
	}
	if _, err = Load(write(t, "big.yaml", strings.Repeat("# filler\n", maxFile/9+9)), nil); err == nil || !strings.Contains(err.Error(), "1 MiB") {
		t.Error(err)
	}
}

func TestSecretsComeFromPrivateFiles(t *testing.T) {
	path := write(t, "sekisho.yaml", `
organization: {domains: [example.co.jp]}
listen: [{address: ":25", networks: [0.0.0.0/0], secret_header: {name: X-Key, values_file: keys.txt}}]
`)
	keys := filepath.Join(filepath.Dir(path), "keys.txt")
	if err := os.WriteFile(keys, []byte("  first-value \r\n\nsecond-value\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	v := c.Listen[0].SecretHeader.Values
	if len(v) != 2 || v[0].Reveal() != "first-value" || v[1].Reveal() != "second-value" {
		t.Errorf("%d values were read", len(v))
	}
	if dump := fmt.Sprintf("%+v", *c); strings.Contains(dump, "first-value") {
		t.Error("a dump of the config shows a secret")
	}
	if err := os.Chmod(keys, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = Load(path, nil)
	if err == nil || !strings.Contains(err.Error(), "keys.txt: can be read by every user of this machine; take that right away (chmod o-rwx)") {
		t.Error(err)
	}
	if err := os.WriteFile(keys, []byte("\n \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(keys, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = Load(path, nil); err == nil || !strings.Contains(err.Error(), "is empty; write one value on each line") {
		t.Error(err)
	}
}

func TestSealKeyMayBeMissingButNotOpen(t *testing.T) {
	path := write(t, "sekisho.yaml", "organization: {domains: [example.co.jp]}\nseal_key_file: my.key\n")
	c, err := Load(path, nil)
	if err != nil || c.SealKeyFile != filepath.Join(filepath.Dir(path), "my.key") {
		t.Fatalf("%v, %v", c, err)
	}
	if err := os.WriteFile(c.SealKeyFile, []byte("00"), 0o604); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(c.SealKeyFile, 0o604); err != nil {
		t.Fatal(err)
	}
	if _, err = Load(path, nil); err == nil || !strings.Contains(err.Error(), "my.key: can be read by every user") {
		t.Error(err)
	}
}

// What viper does with these is in no manual; here they are errors or kept.
func TestViperTraps(t *testing.T) {
	c, err := Load(write(t, "sekisho.yaml", `
organization: {domains: [a.b.c.example], name: "Müller.GmbH 株式会社"}
node: "1.10"
hostname: "0123"
partners: [{domain: Example.co.jp, note: "Keep.My: CASE"}]
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Organization.Domains[0] != "a.b.c.example" || c.Organization.Name != "Müller.GmbH 株式会社" ||
		c.Node != "1.10" || c.Hostname != "0123" || c.Partners[0].Note != "Keep.My: CASE" {
		t.Errorf("a value was changed: %+v", c)
	}
	// Two loads do not know of each other: viper's state is private to each.
	d, err := Load(write(t, "sekisho.yaml", "organization: {domains: [b.example]}"), nil)
	if err != nil || d.Node != "" || len(d.Partners) != 0 {
		t.Errorf("%+v, %v", d, err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(designConfig)
	f.Add(string(Sample()))
	f.Add("a: &a [*a]\n")
	f.Add("? [a, b]\n: c\n")
	f.Add("listen: [[[[{}]]]]\n---\n")
	f.Add("organization: {domains: [!!binary aGk=]}\nnode: 2001-01-01\n")
	files, _ := filepath.Glob("testdata/broken/*.yaml")
	for _, name := range files {
		if b, err := os.ReadFile(name); err == nil {
			f.Add(string(b))
		}
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		tr := newTree("fuzz.yaml")
		m := tr.read([]byte(text))
		if tr.broken {
			if len(tr.problems) == 0 {
				t.Fatal("unreadable, and no problem told")
			}
			return
		}
		c, err := merge(true, m, nil)
		if err != nil {
			t.Fatalf("what the tree let through could not be merged: %v", err)
		}
		c.resolve(filepath.Join(dir, "fuzz.yaml"), nil)
		tr.validate(c)
	})
}

func TestHolidaysAreRead(t *testing.T) {
	path := write(t, "sekisho.yaml", "organization: {domains: [example.co.jp]}\nhold: {holidays_file: days.txt}\n")
	days := filepath.Join(filepath.Dir(path), "days.txt")
	if err := os.WriteFile(days, []byte("\ufeff2027-01-01 元日\r\n# 振替\n\n  2027-03-22\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, nil)
	if err != nil || len(c.Hold.Holidays) != 2 || !c.Hold.Holidays["2027-01-01"] || !c.Hold.Holidays["2027-03-22"] {
		t.Fatalf("%v, %v", c, err)
	}
	if err := os.WriteFile(days, []byte("2027-01-01\n2027/1/2 \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Load(path, nil)
	want := path + ":2:23: hold.holidays_file: " + days + `:2: "2027/1/2" is not a day of the calendar; write it like 2027-03-31`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if err := os.Remove(days); err != nil {
		t.Fatal(err)
	}
	if _, err = Load(path, nil); err == nil || !strings.Contains(err.Error(), "days.txt: no such file or directory; name an existing file") {
		t.Error(err)
	}
}
