package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// tree reads the YAML file against the settings structs. It takes the place of
// viper's own reader, which folds case, drops repeated keys and further
// documents, and reads 0123 as 83.
type tree struct {
	file     string
	origin   map[string]string // key -> file:line:column
	wrong    map[string]bool   // keys that have been complained about
	problems Problems
	broken   bool // there is no tree, so nothing more can be said
}

func newTree(file string) *tree {
	return &tree{file: file, origin: map[string]string{}, wrong: map[string]bool{}}
}

func (t *tree) at(n *yaml.Node) string { return fmt.Sprintf("%s:%d:%d", t.file, n.Line, n.Column) }

func (t *tree) complain(n *yaml.Node, key, format string, args ...any) {
	t.wrong[key] = true
	t.problems = append(t.problems, Problem{Source: t.at(n), Key: key, Text: fmt.Sprintf(format, args...), Level: Error})
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// read parses data and returns what it sets; nil for an empty file.
func (t *tree) read(data []byte) map[string]any {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		t.syntax(err)
		return nil
	}
	var second yaml.Node
	if err := dec.Decode(&second); err == nil {
		t.complain(&second, "", "a second document begins here and would be ignored; keep one, without a line of ---")
	} else if !errors.Is(err, io.EOF) {
		t.syntax(err)
	}
	root := doc.Content[0]
	if isNull(root) {
		return nil
	}
	t.broken = root.Kind != yaml.MappingNode
	return t.section(root, reflect.TypeFor[Config](), "")
}

func (t *tree) syntax(err error) {
	t.broken = true
	line, text := "1", err.Error()
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		text = m[2]
		if m[1] != "" {
			line = m[1]
		}
	}
	hint := "check the indentation, quotes and brackets there and on the lines before"
	if strings.Contains(text, "cannot start any token") {
		hint = "indent with blanks, not with tabs, and quote words that begin with @ or %"
	}
	t.problems = append(t.problems, Problem{Source: t.file + ":" + line + ":1", Text: "not valid YAML: " + text + "; " + hint, Level: Error})
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// section reads a mapping; the result is keyed by setting name.
func (t *tree) section(n *yaml.Node, typ reflect.Type, prefix string) map[string]any {
	out := map[string]any{}
	if n.Kind != yaml.MappingNode {
		t.complain(n, strings.TrimSuffix(prefix, "."), "%s; write its settings as key: value", t.insteadOf(n, "a section"))
		return out
	}
	settings := settingsOf(typ)
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		key := prefix + k.Value
		if line, ok := seen[strings.ToLower(k.Value)]; ok {
			t.complain(k, key, "stands here again after line %d, and only one could count; keep one of them", line)
			continue
		}
		seen[strings.ToLower(k.Value)] = k.Line
		s, ok := find(settings, k.Value)
		if !ok {
			t.unknown(k, key, settings)
			continue
		}
		t.origin[key] = t.at(v)
		if value, ok := t.value(v, s.typ, key); ok {
			out[s.name] = value
		}
	}
	return out
}

func find(settings []setting, name string) (setting, bool) {
	for _, s := range settings {
		if s.name == name {
			return s, true
		}
	}
	return setting{}, false
}

func (t *tree) unknown(k *yaml.Node, key string, settings []setting) {
	if k.Value == "<<" {
		t.complain(k, key, "merged sections are not supported; write the settings out")
		return
	}
	names := make([]string, len(settings))
	for i, s := range settings {
		names[i] = s.name
	}
	prefix := strings.TrimSuffix(key, k.Value)
	if _, ok := find(settings, k.Value+"_file"); ok {
		t.wrong[prefix+k.Value+"_file"] = true
		t.complain(k, key, "secrets do not stand in this file; write them to another and name it with %s_file", k.Value)
		return
	}
	if near := meant(k.Value, names); near != "" {
		t.wrong[prefix+near] = true // not missing, only misspelt
		t.complain(k, key, "there is no such setting; did you mean %s?", near)
		return
	}
	everywhere := map[string][]string{}
	keysEverywhere(reflect.TypeFor[Config](), "", everywhere)
	if paths := everywhere[k.Value]; len(paths) > 0 {
		t.complain(k, key, "there is no such setting here; did you mean %s?", strings.Join(paths, " or "))
		return
	}
	t.complain(k, key, "there is no such setting; known here are: %s", strings.Join(names, ", "))
}

func (t *tree) value(n *yaml.Node, typ reflect.Type, key string) (any, bool) {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		t.complain(n, key, "anchors and aliases (& and *) are not supported; write the value out, or put it in quotes")
		return nil, false
	case n.Style&yaml.TaggedStyle != 0:
		t.complain(n, key, "tags (!) are not supported; write the plain value, or put it in quotes")
		return nil, false
	case isNull(n):
		t.complain(n, key, "has no value; write one, or delete the line to use the default")
		return nil, false
	case isSection(typ):
		return t.section(n, typ, key+"."), true
	case typ.Kind() == reflect.Slice && !isScalar(typ):
		return t.list(n, typ.Elem(), key)
	default:
		return t.scalar(n, typ, key)
	}
}

func (t *tree) list(n *yaml.Node, elem reflect.Type, key string) (any, bool) {
	if n.Kind != yaml.SequenceNode {
		example := "[" + n.Value + "]"
		if n.Kind == yaml.MappingNode {
			example = "[{...}]"
		}
		t.complain(n, key, "%s; write %s", t.insteadOf(n, "a list"), example)
		return nil, false
	}
	out, good := make([]any, 0, len(n.Content)), true
	for i, item := range n.Content {
		at := key + "[" + strconv.Itoa(i) + "]"
		t.origin[at] = t.at(item)
		v, ok := t.value(item, elem, at)
		if !ok {
			t.wrong[key], good = true, false
			continue
		}
		if m, isMap := v.(map[string]any); isMap {
			fill(m, elem)
		}
		out = append(out, v)
	}
	return out, good
}

// fill adds the defaults of an item of a list, which viper has no place for.
func fill(m map[string]any, typ reflect.Type) {
	for _, s := range settingsOf(typ) {
		v, given := m[s.name]
		switch {
		case isSection(s.typ):
			sub, ok := v.(map[string]any)
			if !ok {
				sub = map[string]any{}
				m[s.name] = sub
			}
			fill(sub, s.typ)
		case !given:
			m[s.name] = s.fallback()
		}
	}
}

func (t *tree) scalar(n *yaml.Node, typ reflect.Type, key string) (any, bool) {
	if n.Kind != yaml.ScalarNode {
		t.complain(n, key, "%s; write one", t.insteadOf(n, "a single value"))
		return nil, false
	}
	tag := n.ShortTag()
	switch plain := typ.Kind(); {
	case plain == reflect.String && tag != "!!str":
		t.complain(n, key, "%s is read as %s, not as text; put it in quotes: %q", n.Value, kindOf(tag), n.Value)
		return nil, false
	case plain == reflect.Bool && tag != "!!bool":
		t.complain(n, key, "%q is %s; write true or false, without quotes", n.Value, kindOf(tag))
		return nil, false
	case typ == reflect.TypeFor[int]() && tag == "!!str":
		t.complain(n, key, "%q is text, not a number; write it in plain decimal digits, without quotes", n.Value)
		return nil, false
	}
	v, err := parseScalar(typ, n.Value)
	if err != nil {
		t.complain(n, key, "%s", err)
		return nil, false
	}
	return v, true
}

func kindOf(tag string) string {
	switch tag {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	case "!!timestamp":
		return "a date"
	case "!!str":
		return "text"
	default:
		return "something else"
	}
}

func (t *tree) insteadOf(n *yaml.Node, want string) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "is a section, but " + want + " is expected"
	case yaml.SequenceNode:
		return "is a list, but " + want + " is expected"
	default:
		return strconv.Quote(n.Value) + " is a single value, but " + want + " is expected"
	}
}
