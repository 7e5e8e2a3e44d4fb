package rule

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// function is a helper that conditions may call. They run in Go at the cost of
// one step, however long the list is.
type function struct {
	name      string
	signature string // as the reference shows it
	doc       string
	overloads []overload
}

type overload struct {
	id     string
	args   []*cel.Type
	result *cel.Type
	run    func(args ...ref.Val) ref.Val
}

// functions are all helpers.
func functions() []function {
	finding := cel.ListType(vocabulary.objects["Finding"].typ)
	part := cel.ListType(vocabulary.objects["Part"].typ)
	texts := cel.ListType(cel.StringType)
	return []function{
		{"of", "findings.of(type) or findings.of(type, confidence)",
			"the findings of one type, if wanted only those of at least this confidence",
			[]overload{
				{"findings_of", []*cel.Type{finding, cel.StringType}, finding, findingsOf},
				{"findings_of_at_least", []*cel.Type{finding, cel.StringType, cel.DoubleType}, finding, findingsOf},
			}},
		{"different", "findings.different()",
			"how many different values these findings stand for; one card that is written twice counts once",
			[]overload{{"findings_different", []*cel.Type{finding}, cel.IntType, findingsDifferent}}},
		{"having", "parts.having([problem, ...])",
			"the parts or attachments that have one of these problems",
			[]overload{{"parts_having", []*cel.Type{part, texts}, part, partsHaving}}},
		{"names", "parts.names()",
			"the names of parts or attachments as people know them, for fill",
			[]overload{{"parts_names", []*cel.Type{part}, texts, partsNames}}},
	}
}

func functionOptions() []cel.EnvOption {
	var out []cel.EnvOption
	for _, f := range functions() {
		var opts []cel.FunctionOpt
		for _, o := range f.overloads {
			opts = append(opts, cel.MemberOverload(o.id, o.args, o.result, cel.FunctionBinding(o.run)))
		}
		out = append(out, cel.Function(f.name, opts...))
	}
	return out
}

// elements walks over a list of objects and stops with a value when one of the
// fields that the caller reads is unknown, or the list holds something else.
func elements(list ref.Val, fields []string, yield func(*object)) ref.Val {
	l, ok := list.(traits.Lister)
	if !ok {
		return types.MaybeNoSuchOverloadErr(list)
	}
	for it := l.Iterator(); it.HasNext() == types.True; {
		o, ok := it.Next().(*object)
		if !ok {
			return types.NewErr("the list holds something else than facts of the mail")
		}
		for _, f := range fields {
			if o.unknown[o.path+"."+f] {
				return unknownFact(o.path, f)
			}
		}
		yield(o)
	}
	return nil
}

func objectList(found []ref.Val) ref.Val {
	return types.NewRefValList(types.DefaultTypeAdapter, found)
}

func findingsOf(args ...ref.Val) ref.Val {
	kind, floor := string(args[1].(types.String)), 0.0
	fields := []string{"type"}
	if len(args) == 3 {
		floor = float64(args[2].(types.Double))
		fields = append(fields, "confidence")
	}
	var found []ref.Val
	stop := elements(args[0], fields, func(o *object) {
		f, ok := o.v.Addr().Interface().(*findingFacts)
		if ok && f.Type == kind && f.Confidence >= floor {
			found = append(found, o)
		}
	})
	if stop != nil {
		return stop
	}
	return objectList(found)
}

func findingsDifferent(args ...ref.Val) ref.Val {
	n, seen := 0, map[string]struct{}{}
	stop := elements(args[0], []string{"different"}, func(o *object) {
		f, ok := o.v.Addr().Interface().(*findingFacts)
		if !ok {
			return
		}
		for k := range f.keys.All() {
			seen[f.Type+"\x00"+k] = struct{}{}
		}
		n += f.Different - f.keys.Len()
	})
	if stop != nil {
		return stop
	}
	return types.Int(n + len(seen))
}

func partsHaving(args ...ref.Val) ref.Val {
	var wanted []string
	for it := args[1].(traits.Lister).Iterator(); it.HasNext() == types.True; {
		s, ok := it.Next().(types.String)
		if !ok {
			return types.NewErr("a problem is a text")
		}
		wanted = append(wanted, string(s))
	}
	var found []ref.Val
	stop := elements(args[0], []string{"problem"}, func(o *object) {
		if p, ok := o.v.Addr().Interface().(*partFacts); ok && slices.Contains(wanted, p.Problem) {
			found = append(found, o)
		}
	})
	if stop != nil {
		return stop
	}
	return objectList(found)
}

func partsNames(args ...ref.Val) ref.Val {
	var out []string
	stop := elements(args[0], []string{"name"}, func(o *object) {
		p, ok := o.v.Addr().Interface().(*partFacts)
		if !ok {
			return
		}
		switch {
		case p.where != "":
			out = append(out, p.where)
		case p.Name != "":
			out = append(out, p.Name)
		case p.Path == "0":
			out = append(out, "メール全体 (the whole mail)")
		default:
			out = append(out, "本文 (body)")
		}
	})
	if stop != nil {
		return stop
	}
	slices.Sort(out)
	outer := out[:0] // a file that is named stands for all that lies in it
	for _, name := range slices.Compact(out) {
		if n := len(outer); n == 0 || !strings.HasPrefix(name, outer[n-1]+" / ") {
			outer = append(outer, name)
		}
	}
	return types.NewStringList(types.DefaultTypeAdapter, outer)
}
