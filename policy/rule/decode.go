package rule

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/sekisho-mail/sekisho/policy"
)

// decoder fills Go values from YAML nodes, strictly: unknown and repeated
// fields, wrong types, aliases and tags are errors with their place, and all of
// them are reported at once. yaml.v3's own KnownFields stops at types, knows
// lines only and cannot say what was meant.
type decoder struct {
	*source
	about string // `rule "mass-cc": `
}

// origin tells where a decoded struct and its fields stand. A struct that
// embeds it gets it filled.
type origin struct {
	node   *yaml.Node
	fields map[string]*yaml.Node
}

func (o *origin) from() *origin { return o }

// at is the place of a field's value, or of the struct when it was not given.
func (o origin) at(name string) position {
	if n := o.fields[name]; n != nil {
		return at(n)
	}
	return at(o.node)
}

// has tells that the field was given.
func (o origin) has(name string) bool { return o.fields[name] != nil }

// expression is a CEL expression as it stands in the file.
type expression struct{ node *yaml.Node }

func (e expression) text() string {
	if e.node == nil {
		return ""
	}
	return e.node.Value
}

// words is a text that may look like a number, so that "5" can be answered with
// "which unit?".
type words string

// maxFile bounds one rule file, in octets.
const maxFile = 1 << 20

var yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

// parse reads the one document of a file; nil after an error.
func (s *source) parse() *yaml.Node {
	if len(s.text) > maxFile {
		s.errorf(position{}, "the file is larger than %d KiB", maxFile>>10)
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(s.text))
	var doc, second yaml.Node
	err := dec.Decode(&doc)
	switch {
	case errors.Is(err, io.EOF):
		s.errorf(position{1, 1}, "the file is empty; it must hold rules:")
		return nil
	case err != nil:
		s.syntax(err)
		return nil
	}
	switch err = dec.Decode(&second); {
	case err == nil:
		s.errorf(at(&second), "a second YAML document; one file holds one, put all rules under one rules:")
		return nil
	case !errors.Is(err, io.EOF):
		s.syntax(err)
		return nil
	}
	return doc.Content[0]
}

// syntax reports an error of yaml.v3, which knows at most a line, and that
// often where the block began.
func (s *source) syntax(err error) {
	reason, line := err.Error(), 1
	if m := yamlError.FindStringSubmatch(reason); m != nil {
		reason = m[2]
		line, _ = strconv.Atoi(m[1])
	}
	if broken := s.brokenLine(); broken > 0 {
		line = broken
	}
	line = min(max(line, 1), len(s.lines))
	text := s.lines[line-1]
	column := 1 + len(text) - len(strings.TrimLeft(text, " \t"))
	s.pointf(position{line, column}, "not valid YAML: %s", reason)
}

// maxProbe is how much text is parsed again to find a broken line, in octets:
// half a second at most.
const maxProbe = 1 << 20

// brokenLine is the first line from which on no beginning of the file is valid
// YAML any more; 0 when that takes too long to find out.
func (s *source) brokenLine() int {
	for line, budget := len(s.lines), maxProbe; line > 0; line-- {
		head := strings.Join(s.lines[:line-1], "\n") + "\n"
		if budget -= len(head); budget < 0 {
			return 0
		}
		var n yaml.Node
		if yaml.Unmarshal([]byte(head), &n) == nil {
			return line
		}
	}
	return 0
}

func (d *decoder) errorf(n *yaml.Node, format string, args ...any) {
	d.source.errorf(at(n), "%s"+format, append([]any{d.about}, args...)...)
}

// into decodes n into v. name is the field's name for messages.
func (d *decoder) into(n *yaml.Node, v reflect.Value, name string) {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.errorf(n, "anchors and aliases (& and *) are not used in rule files; write it out")
		return
	case n.Style&yaml.TaggedStyle != 0:
		d.errorf(n, "tags (!) are not used in rule files")
		return
	}
	switch p := v.Addr().Interface().(type) {
	case *expression:
		if d.scalar(n, name, "an expression") {
			p.node = n
		}
		return
	case **yaml.Node:
		*p = n
		return
	case *policy.Text:
		d.text(n, p, name)
		return
	case *time.Time:
		d.time(n, p, name)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.mapping(n, v, name)
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		d.into(n, v.Elem(), name)
	case reflect.Slice:
		d.list(n, v, name)
	case reflect.Map:
		d.table(n, v, name)
	default:
		d.plain(n, v, name)
	}
}

func (d *decoder) scalar(n *yaml.Node, name, what string) bool {
	if n.Kind != yaml.ScalarNode {
		d.errorf(n, "%s must be %s, not %s", name, what, kindName(n))
		return false
	}
	if n.Tag == "!!null" {
		d.errorf(n, "%s is empty", name)
		return false
	}
	return true
}

// pairs walks over the fields of a mapping and reports repeated ones.
func (d *decoder) pairs(n *yaml.Node, yield func(key, value *yaml.Node)) {
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode {
			d.errorf(key, "a field's name must be a word, not %s", kindName(key))
			continue
		}
		if first := seen[key.Value]; first > 0 {
			d.errorf(key, "%s is given twice, first in line %d", key.Value, first)
			continue
		}
		seen[key.Value] = key.Line
		yield(key, n.Content[i+1])
	}
}

// fieldTag is what a struct's field is called in YAML: rules use yaml tags,
// sample facts the names that conditions use.
func fieldTag(f reflect.StructField) string {
	if tag := f.Tag.Get("yaml"); tag != "" {
		return tag
	}
	return f.Tag.Get("cel")
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, name string) {
	if n.Kind != yaml.MappingNode {
		d.errorf(n, "%s must be a mapping of fields, not %s", name, kindName(n))
		return
	}
	index, names := map[string]int{}, []string{}
	for i := range v.NumField() {
		if tag := fieldTag(v.Type().Field(i)); tag != "" {
			index[tag], names = i, append(names, tag)
		}
	}
	from := &origin{}
	if o, ok := v.Addr().Interface().(interface{ from() *origin }); ok {
		from = o.from()
	}
	from.node, from.fields = n, map[string]*yaml.Node{}
	d.pairs(n, func(key, value *yaml.Node) {
		i, ok := index[key.Value]
		if !ok {
			d.errorf(key, "unknown field %q%s", key.Value, suggest(key.Value, names))
			return
		}
		from.fields[key.Value] = value
		d.into(value, v.Field(i), key.Value)
	})
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, name string) {
	if n.Kind != yaml.SequenceNode {
		d.errorf(n, "%s must be a list, such as [a, b], not %s", name, kindName(n))
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, c := range n.Content {
		d.into(c, out.Index(i), name)
	}
	v.Set(out)
}

// table decodes a mapping whose keys the admin chooses.
func (d *decoder) table(n *yaml.Node, v reflect.Value, name string) {
	if n.Kind != yaml.MappingNode {
		d.errorf(n, "%s must be a mapping, not %s", name, kindName(n))
		return
	}
	out := reflect.MakeMap(v.Type())
	d.pairs(n, func(key, value *yaml.Node) {
		elem := reflect.New(v.Type().Elem()).Elem()
		d.into(value, elem, name+"."+key.Value)
		out.SetMapIndex(reflect.ValueOf(key.Value), elem)
	})
	v.Set(out)
}

func (d *decoder) plain(n *yaml.Node, v reflect.Value, name string) {
	what := map[reflect.Kind]string{reflect.String: "text", reflect.Bool: "true or false",
		reflect.Int: "a whole number", reflect.Int64: "a whole number", reflect.Float64: "a number"}[v.Kind()]
	if !d.scalar(n, name, what) {
		return
	}
	ok := false
	switch v.Kind() {
	case reflect.String:
		if ok = n.Tag == "!!str" || v.Type() == reflect.TypeFor[words](); ok {
			v.SetString(n.Value)
		}
	case reflect.Bool:
		if ok = n.Tag == "!!bool"; ok {
			v.SetBool(strings.EqualFold(n.Value, "true"))
		}
	case reflect.Int, reflect.Int64:
		i, err := strconv.ParseInt(n.Value, 10, 64)
		if ok = err == nil && n.Tag == "!!int"; ok {
			v.SetInt(i)
		}
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.Value, 64)
		if ok = err == nil && (n.Tag == "!!int" || n.Tag == "!!float"); ok {
			v.SetFloat(f)
		}
	}
	if !ok {
		d.errorf(n, "%s must be %s, not %s", name, what, kindName(n))
	}
}

// text decodes {ja: ..., en: ...}.
func (d *decoder) text(n *yaml.Node, t *policy.Text, name string) {
	if n.Kind != yaml.MappingNode {
		d.errorf(n, "%s must be {ja: ..., en: ...}, not %s", name, kindName(n))
		return
	}
	var both struct {
		JA string `yaml:"ja"`
		EN string `yaml:"en"`
	}
	d.mapping(n, reflect.ValueOf(&both).Elem(), name)
	*t = policy.Text(both)
	if t.IsZero() {
		d.errorf(n, "%s is empty", name)
	}
}

func (d *decoder) time(n *yaml.Node, t *time.Time, name string) {
	if !d.scalar(n, name, "a time") {
		return
	}
	got, err := time.Parse(time.RFC3339, n.Value)
	if err != nil {
		d.errorf(n, "%s must be a time such as 2026-04-01T09:00:00+09:00, not %s", name, kindName(n))
		return
	}
	*t = got
}

// kindName says what a node is, for "must be text, not a list".
func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	value := n.Value
	if r := []rune(value); len(r) > 40 {
		value = string(r[:40]) + "..."
	}
	switch n.Tag {
	case "!!null":
		return "nothing"
	case "!!int", "!!float":
		return "the number " + value
	case "!!bool":
		return value
	}
	return strconv.Quote(value)
}
