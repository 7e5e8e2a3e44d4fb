package config

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// setting is one field of a settings struct.
type setting struct {
	name  string
	index int
	typ   reflect.Type
	tag   reflect.StructTag
	field string
}

// settingsOf lists the settings of a struct in the order of the source.
func settingsOf(t reflect.Type) []setting {
	out := make([]setting, 0, t.NumField())
	for i := range t.NumField() {
		f := t.Field(i)
		if name := f.Tag.Get("key"); name != "-" {
			out = append(out, setting{name: name, index: i, typ: f.Type, tag: f.Tag, field: f.Name})
		}
	}
	return out
}

// isScalar tells what is written as one word rather than as a section or a list.
func isScalar(t reflect.Type) bool {
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return true
	}
	return t.Kind() == reflect.String || t.Kind() == reflect.Bool || t.Kind() == reflect.Int
}

func isSection(t reflect.Type) bool { return t.Kind() == reflect.Struct && !isScalar(t) }

// isSectionList tells lists of sections: listen, next_hops, partners.
func isSectionList(t reflect.Type) bool { return t.Kind() == reflect.Slice && isSection(t.Elem()) }

// parseScalar reads one word as a value of type t. Errors say what to write.
func parseScalar(t reflect.Type, text string) (any, error) {
	v := reflect.New(t)
	if u, ok := v.Interface().(encoding.TextUnmarshaler); ok {
		if err := u.UnmarshalText([]byte(text)); err != nil {
			return nil, err
		}
		return v.Elem().Interface(), nil
	}
	switch t.Kind() {
	case reflect.Bool:
		if text != "true" && text != "false" {
			return nil, fmt.Errorf("%q is neither true nor false; write one of them", text)
		}
		return text == "true", nil
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil || strconv.Itoa(n) != text {
			return nil, fmt.Errorf("%q is not a whole number; write it in plain decimal digits", text)
		}
		return n, nil
	default:
		return text, nil
	}
}

// parseWords reads a scalar, or a list of scalars separated by commas, as
// environment variables and default tags write them.
func parseWords(t reflect.Type, text string) (any, error) {
	if isScalar(t) {
		return parseScalar(t, text)
	}
	list := reflect.MakeSlice(t, 0, 4)
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		v, err := parseScalar(t.Elem(), word)
		if err != nil {
			return nil, err
		}
		list = reflect.Append(list, reflect.ValueOf(v))
	}
	return list.Interface(), nil
}

// fallback is the default of a setting. The tags are part of the source; a test
// parses each of them.
func (s setting) fallback() any {
	text, ok := s.tag.Lookup("default")
	if !ok {
		return reflect.Zero(s.typ).Interface()
	}
	v, err := parseWords(s.typ, text)
	if err != nil {
		panic("config: bad default of " + s.name + ": " + err.Error())
	}
	return v
}

// each calls visit for every setting below t that is a value or a list, with
// its path; sections are walked, lists of sections are not.
func each(t reflect.Type, prefix []string, visit func(path []string, s setting)) {
	for _, s := range settingsOf(t) {
		path := append(append([]string(nil), prefix...), s.name)
		if isSection(s.typ) {
			each(s.typ, path, visit)
			continue
		}
		visit(path, s)
	}
}

// keysEverywhere maps each last name to the full paths that end with it, to
// answer a key that stands in the wrong section.
func keysEverywhere(t reflect.Type, prefix string, into map[string][]string) {
	for _, s := range settingsOf(t) {
		path := prefix + s.name
		into[s.name] = append(into[s.name], path)
		switch {
		case isSection(s.typ):
			keysEverywhere(s.typ, path+".", into)
		case isSectionList(s.typ):
			keysEverywhere(s.typ.Elem(), path+"[].", into)
		}
	}
}
