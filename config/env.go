package config

import (
	"reflect"
	"slices"
	"sort"
	"strings"
)

// envPrefix begins every environment variable of ours.
const envPrefix = "SEKISHO_"

// EnvName is the environment variable of a setting: "console.address" is
// SEKISHO_CONSOLE__ADDRESS.
func EnvName(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "__"))
}

// environment reads the variables of ours; the keys of the result are joined by
// viper's delimiter.
func environment(env []string) (map[string]any, map[string]string, Problems) {
	known := map[string]setting{}
	keys := map[string]string{}
	sections := map[string]bool{}
	each(reflect.TypeFor[Config](), nil, func(path []string, s setting) {
		name := EnvName(strings.Join(path, "."))
		if isSectionList(s.typ) {
			sections[name] = true
			return
		}
		known[name] = s
		keys[name] = strings.Join(path, ".")
	})
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	sort.Strings(names)

	values, origin := map[string]any{}, map[string]string{}
	var problems Problems
	env = slices.Sorted(slices.Values(env))
	for _, entry := range env {
		name, text, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, envPrefix) || fromKubernetes(name) {
			continue
		}
		s, ok := known[name]
		if !ok {
			problems = append(problems, unknownVariable(name, names, sections))
			continue
		}
		v, err := parseWords(s.typ, text)
		if err != nil {
			problems = append(problems, Problem{Source: name, Key: keys[name], Text: err.Error(), Level: Error})
			continue
		}
		values[keys[name]], origin[keys[name]] = v, name
	}
	return values, origin, problems
}

func unknownVariable(name string, names []string, sections map[string]bool) Problem {
	for list := range sections {
		if strings.HasPrefix(name, list) {
			return Problem{Source: name, Text: "this list can only be set in the file; write it there", Level: Error}
		}
	}
	text := "there is no such setting; the names are in the reference of the settings"
	if near := meant(name, names); near != "" {
		text = "there is no such setting; did you mean " + near + "?"
	}
	return Problem{Source: name, Text: text, Level: Error}
}

// fromKubernetes tells the variables that Kubernetes sets in every pod when
// there is a service called sekisho.
func fromKubernetes(name string) bool {
	return strings.HasPrefix(name, "SEKISHO_SERVICE_") || name == "SEKISHO_PORT" || strings.HasPrefix(name, "SEKISHO_PORT_")
}
