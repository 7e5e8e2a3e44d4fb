package rule

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Options are what a site and a build decide about rules.
type Options struct {
	// Offers are the repairs that this build can carry out. A rule that offers
	// another is a load error; the embedded set leaves it out.
	Offers []string
	// Monitor makes all rules only report, as mode: monitor in a file does.
	Monitor bool
}

// Set is a compiled rule set. It never changes and is safe for concurrent use.
type Set struct {
	rules     []*rule
	monitor   bool
	canonical []byte
	digest    email.Digest
	rooms     sync.Pool // of *room
}

// Load reads and compiles rule files. A path is a file, a folder (its *.yaml
// and *.yml), a pattern, or DefaultPath for the embedded set; no paths mean
// DefaultPath. The error is an Errors with everything that is wrong. The rules'
// own tests are not run: see Set.Test.
func Load(options Options, paths ...string) (*Set, error) {
	if len(paths) == 0 {
		paths = []string{DefaultPath}
	}
	sources, errs := readAll(paths)
	return compileAll(options, sources, errs)
}

// loader compiles one set.
type loader struct {
	options  Options
	compiler *compiler
}

func compileAll(options Options, sources []*source, errs Errors) (*Set, error) {
	c, err := newCompiler()
	if err != nil {
		return nil, err
	}
	l := &loader{options, c}
	set := &Set{monitor: options.Monitor}
	first := map[string]position{}
	files := map[string]string{}
	for _, s := range sources {
		spec, specs := decodeFile(s)
		set.monitor = set.monitor || spec.Mode == "monitor"
		for _, one := range specs {
			if file, ok := files[one.Name]; ok {
				s.errorf(one.at("name"), "rule %q exists already, at %s:%d", one.Name, file, first[one.Name].line)
				continue
			}
			files[one.Name], first[one.Name] = s.file, one.at("name")
			if r := l.build(s, one); r != nil {
				set.rules = append(set.rules, r)
			}
		}
		errs = append(errs, s.sorted()...)
	}
	if len(errs) == 0 && len(set.rules) == 0 {
		errs = Errors{{File: sources[0].file, Line: 1, Column: 1,
			Message: "there are no rules at all, so every mail would pass; to watch only, keep the rules and write mode: monitor"}}
	}
	if len(errs) > 0 {
		return nil, errs
	}
	set.seal(sources)
	return set, nil
}

// seal takes the digest over the files' names without folders and their bytes.
func (s *Set) seal(sources []*source) {
	type file struct {
		Name string `json:"name"`
		Text []byte `json:"text"`
	}
	all := make([]file, len(sources))
	for i, src := range sources {
		all[i] = file{filepath.Base(src.file), src.text}
	}
	s.canonical, _ = json.Marshal(all) // strings and bytes always marshal
	s.digest = sha256.Sum256(s.canonical)
}

// Digest is the SHA-256 of Canonical; verdicts carry it.
func (s *Set) Digest() email.Digest { return s.digest }

// Canonical is the set's source as one JSON text, for keeping sets by digest.
func (s *Set) Canonical() []byte { return s.canonical }

// Monitored tells that the whole site only reports.
func (s *Set) Monitored() bool { return s.monitor }

// Rules lists the rules in the order of the files.
func (s *Set) Rules() []Rule {
	out := make([]Rule, len(s.rules))
	for i, r := range s.rules {
		out[i] = r.Rule
	}
	return out
}

// Decide judges m with all rules. It implements policy.Decider: for each
// recipient the strongest action of the rules that fired wins, of several
// delays the longest; all reasons are kept. It never fails: what cannot be
// evaluated holds.
func (s *Set) Decide(ctx context.Context, m *policy.Message) policy.Verdict {
	all, ok := s.rooms.Get().(*room)
	if !ok {
		all = new(room)
	}
	a := newActivation(all.fill(m))
	v := s.decide(ctx, a)
	if len(v.Fired) == 0 && a.cached == nil { // CEL has seen nothing of it
		*all = room{}
		s.rooms.Put(all)
	}
	return v
}

func (s *Set) decide(ctx context.Context, a *activation) policy.Verdict {
	f := a.facts
	v := policy.Verdict{RuleSet: s.digest, Monitored: s.monitor, Recipients: make([]policy.RecipientVerdict, len(f.addresses))}
	for i, address := range f.addresses {
		v.Recipients[i].Address = address
	}
	for _, r := range s.rules {
		o := r.judge(ctx, a)
		if len(o.applies) == 0 {
			continue
		}
		v.Fired = append(v.Fired, r.fired(ctx, a, o))
		if r.Monitor || o.report || s.monitor {
			continue
		}
		for _, i := range o.applies {
			strengthen(&v.Recipients[i], r, o.action)
		}
	}
	slices.SortStableFunc(v.Fired, func(a, b policy.Fired) int {
		if a.Monitor != b.Monitor {
			return cmp.Compare(boolInt(a.Monitor), boolInt(b.Monitor))
		}
		return cmp.Compare(b.Action, a.Action)
	})
	return v
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func strengthen(v *policy.RecipientVerdict, r *rule, action policy.Action) {
	switch {
	case action < v.Action:
		return
	case action > v.Action:
		v.Action, v.Rules, v.Delay = action, nil, 0
	}
	v.Rules = append(v.Rules, r.Name)
	if action == policy.Delay {
		v.Delay = max(v.Delay, r.Delay)
	}
}

// readAll reads the files behind paths, each once, in a fixed order.
func readAll(paths []string) ([]*source, Errors) {
	var out []*source
	var errs Errors
	seen := map[string]bool{}
	for _, p := range paths {
		files, err := expand(p)
		if err != nil {
			errs = append(errs, &Error{File: p, Message: err.Error()})
			continue
		}
		for _, file := range files {
			if seen[file] {
				continue
			}
			seen[file] = true
			text, err := readFile(file)
			if err != nil {
				errs = append(errs, &Error{File: file, Message: err.Error()})
				continue
			}
			out = append(out, newSource(file, text))
		}
	}
	return out, errs
}

func readFile(file string) ([]byte, error) {
	if file == DefaultPath {
		return []byte(Default()), nil
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, plainError(err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("not a regular file of at most %d KiB", maxFile>>10)
	}
	text, err := os.ReadFile(file)
	return text, plainError(err)
}

// plainError leaves out the path, which the message names already.
func plainError(err error) error {
	if pe, ok := err.(*os.PathError); ok { //nolint:errorlint // straight from os
		return fmt.Errorf("%s: %w", pe.Op, pe.Err)
	}
	return err
}

// expand lists the files of a path.
func expand(path string) ([]string, error) {
	if path == DefaultPath {
		return []string{path}, nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return folder(path)
	}
	if !strings.ContainsAny(path, "*?[") {
		return []string{path}, nil
	}
	files, err := filepath.Glob(path)
	if err != nil {
		return nil, fmt.Errorf("not a pattern of file names")
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no file matches this pattern")
	}
	slices.Sort(files)
	return files, nil
}

func folder(path string) ([]string, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, plainError(err)
	}
	var out []string
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") && (ext == ".yaml" || ext == ".yml") {
			out = append(out, filepath.Join(path, e.Name()))
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("the folder holds no *.yaml or *.yml file")
	}
	return out, nil
}
