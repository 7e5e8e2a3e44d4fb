package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // time zones on machines that have none

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"
)

// maxFile is the largest config file that is read.
const maxFile = 1 << 20

// delimiter joins keys inside viper; a dot would split names that hold one.
const delimiter = "::"

// defaultRules stands among the rule files for the embedded default set.
const defaultRules = "default"

// Default is what the server runs with when there is no config: for trying it
// out, on loopback ports, with example.co.jp as the own domain.
func Default() *Config {
	c, err := Load("", nil)
	if err != nil {
		panic("config: the defaults are not valid: " + err.Error())
	}
	return c
}

// Load reads the settings: defaults, then the file, then the environment ("A=b",
// as os.Environ gives it), each over the one before. An empty path reads no
// file. Every error is of type Problems and names all that is wrong.
func Load(path string, env []string) (*Config, error) {
	t := newTree(path)
	var file map[string]any
	if path != "" {
		data, err := readFile(path)
		if err != nil {
			return nil, Problems{{Source: path, Text: err.Error(), Level: Error}}
		}
		if file = t.read(data); t.broken {
			return nil, t.problems
		}
	}
	vars, origin, problems := environment(env)
	for _, p := range problems {
		t.wrong[p.Key] = true
	}
	t.problems = append(t.problems, problems...)
	for key, name := range origin {
		t.origin[key] = name
	}
	c, err := merge(path != "", file, vars)
	if err != nil {
		return nil, append(t.problems, Problem{Source: path, Text: err.Error(), Level: Error})
	}
	c.resolve(path, origin)
	t.validate(c)
	t.readSecrets(c)
	t.readHolidays(c)
	if len(t.problems) > 0 {
		t.sort()
		return nil, t.problems
	}
	return c, nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.New(cause(err) + "; name an existing file")
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, errors.New(cause(err) + "; name a file that can be read")
	}
	if len(data) > maxFile {
		return nil, errors.New("is larger than 1 MiB; name another file")
	}
	return data, nil
}

// cause is an error of the operating system without the path, which stands in
// front of the message already.
func cause(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// merge lays the file over the defaults and the environment over both. viper
// does the laying; it is never asked again afterwards.
func merge(fromFile bool, file, vars map[string]any) (*Config, error) {
	v := viper.NewWithOptions(viper.KeyDelimiter(delimiter))
	each(reflect.TypeFor[Config](), nil, func(path []string, s setting) {
		v.SetDefault(strings.Join(path, delimiter), s.fallback())
	})
	for key, value := range tryOut() {
		if fromFile && key == "organization::domains" {
			continue // a company must name its own
		}
		v.SetDefault(key, value)
	}
	if err := v.MergeConfigMap(file); err != nil {
		return nil, fmt.Errorf("merge settings: %w", err)
	}
	for key, value := range vars {
		v.Set(strings.ReplaceAll(key, ".", delimiter), value)
	}
	var c Config
	err := v.UnmarshalExact(&c, func(d *mapstructure.DecoderConfig) {
		d.TagName, d.WeaklyTypedInput, d.DecodeHook = "key", false, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	return &c, nil
}

// tryOut are the defaults of lists.
func tryOut() map[string]any {
	var loopback []any
	for _, s := range []string{"127.0.0.0/8", "::1/128"} {
		n, _ := parseScalar(reflect.TypeFor[Network](), s)
		loopback = append(loopback, n)
	}
	listen := map[string]any{"address": "127.0.0.1:2525", "networks": loopback}
	fill(listen, reflect.TypeFor[Listen]())
	hop := map[string]any{"address": "127.0.0.1:2526"}
	fill(hop, reflect.TypeFor[NextHop]())
	return map[string]any{
		"organization::domains": []string{"example.co.jp"},
		"listen":                []any{listen},
		"next_hops":             []any{hop},
	}
}

// resolve makes relative paths count from the config file's folder, so that
// every command finds the same files wherever it is started.
func (c *Config) resolve(file string, origin map[string]string) {
	dir := filepath.Dir(file)
	c.paths(func(key string, p *string, tag reflect.StructTag) {
		if tag.Get("path") == "glob" && *p == defaultRules {
			return
		}
		fromEnv := strings.HasPrefix(origin[base(key)], envPrefix)
		if file != "" && !fromEnv && *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	})
	if c.SealKeyFile == "" && c.Data != "" {
		c.SealKeyFile = filepath.Join(c.Data, "seal.key")
	}
	for i, d := range c.Organization.Domains {
		c.Organization.Domains[i] = strings.ToLower(d)
	}
	for i := range c.Partners {
		c.Partners[i].Domain = strings.ToLower(c.Partners[i].Domain)
	}
}

// base is the key without the index of a list item.
func base(key string) string { key, _, _ = strings.Cut(key, "["); return key }

// paths calls visit for every file and folder that is named.
func (c *Config) paths(visit func(key string, p *string, tag reflect.StructTag)) {
	walkPaths(reflect.ValueOf(c).Elem(), "", visit)
}

func walkPaths(v reflect.Value, prefix string, visit func(string, *string, reflect.StructTag)) {
	for _, s := range settingsOf(v.Type()) {
		f, key := v.Field(s.index), prefix+s.name
		isPath := s.tag.Get("path") != ""
		switch {
		case isSection(s.typ):
			walkPaths(f, key+".", visit)
		case isSectionList(s.typ):
			for i := range f.Len() {
				walkPaths(f.Index(i), key+"["+strconv.Itoa(i)+"].", visit)
			}
		case isPath && s.typ.Kind() == reflect.Slice:
			for i := range f.Len() {
				visit(key+"["+strconv.Itoa(i)+"]", f.Index(i).Addr().Interface().(*string), s.tag)
			}
		case isPath:
			visit(key, f.Addr().Interface().(*string), s.tag)
		}
	}
}

// where is the source of a key, or of the nearest section around it.
func (t *tree) where(key string) string {
	for key != "" {
		if at, ok := t.origin[key]; ok {
			return at
		}
		key = key[:max(0, strings.LastIndexAny(key, ".["))]
	}
	return t.file
}

// sort puts the problems of the file in its order, those of the environment behind.
func (t *tree) sort() {
	line := func(p Problem) (int, int) {
		rest, ok := strings.CutPrefix(p.Source, t.file+":")
		if !ok || t.file == "" {
			if p.Source == t.file {
				return 0, 0
			}
			return 1 << 30, 0
		}
		l, c, _ := strings.Cut(rest, ":")
		ln, _ := strconv.Atoi(l)
		cn, _ := strconv.Atoi(c)
		return ln, cn
	}
	slices.SortStableFunc(t.problems, func(a, b Problem) int {
		al, ac := line(a)
		bl, bc := line(b)
		return cmp.Or(cmp.Compare(al, bl), cmp.Compare(ac, bc))
	})
}

// Waits are the waits between attempts as standard durations.
func (d Dispatch) Waits() []time.Duration {
	out := make([]time.Duration, len(d.Retry))
	for i, r := range d.Retry {
		out[i] = r.Std()
	}
	return out
}

// Location is the organisation's time zone; Load has checked that it exists.
func (o Organization) Location() *time.Location {
	loc, err := time.LoadLocation(o.TimeZone)
	if err != nil {
		return time.UTC
	}
	return loc
}
