package rule

import (
	"cmp"
	"math"
	"reflect"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
)

// glance decides a condition from the facts themselves, without making CEL
// values of them: yes, no, or unknown where CEL has to look. Conditions are mostly
// false for the plainest of reasons (there are no findings, no files, few
// recipients); evaluating twenty of them took a tenth of the time of a clean mail.
// A glance knows fields, comparisons, &&, ||, !, startsWith(), size(), of(), having()
// and exists(), and is asked only where no fact is unknown. one is the element of a
// list that the condition is about.
type glance func(f *facts, one reflect.Value) truth

// closer is the glance at what only CEL can decide.
func closer(*facts, reflect.Value) truth { return unknown }

// newGlance makes the glance at a condition.
func newGlance(tree *ast.AST) glance {
	return glancer{macros: tree.SourceInfo().MacroCalls()}.truth(tree.Expr())
}

// glancer makes the glance at one condition.
type glancer struct {
	macros map[int64]ast.Expr // as they were written, by the id of what they became
	one    string             // name of the element, "" outside of exists()
	object *objectType        // what it is
}

func (g glancer) truth(e ast.Expr) glance {
	if macro, ok := g.macros[e.ID()]; ok {
		return g.exists(macro.AsCall())
	}
	if e.Kind() == ast.CallKind {
		call := e.AsCall()
		switch args := call.Args(); call.FunctionName() {
		case operators.LogicalAnd:
			return either(g.truth(args[0]), g.truth(args[1]), no)
		case operators.LogicalOr:
			return either(g.truth(args[0]), g.truth(args[1]), yes)
		case operators.LogicalNot:
			return not(g.truth(args[0]))
		case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
			return comparison(call.FunctionName(), g.operand(args[0]), g.operand(args[1]))
		case operators.In:
			return g.among(args[0], args[1])
		case overloads.StartsWith:
			if call.IsMemberFunction() && len(args) == 1 {
				return startsWith(g.operand(call.Target()), g.operand(args[0]))
			}
		}
	}
	v := g.operand(e)
	return func(f *facts, one reflect.Value) truth {
		if p, ok := v(f, one); ok && p.kind == reflect.Bool {
			return truth(p.n) // no is 0, yes is 1
		}
		return unknown
	}
}

// either is a && b, which is no when one of them is, or a || b, which is yes when
// one of them is, whatever becomes of the other.
func either(a, b glance, decides truth) glance {
	return func(f *facts, one reflect.Value) truth {
		x := a(f, one)
		if x == decides {
			return x
		}
		if y := b(f, one); y == decides || x != unknown {
			return y
		}
		return unknown
	}
}

func not(a glance) glance {
	return func(f *facts, one reflect.Value) truth {
		switch a(f, one) {
		case yes:
			return no
		case no:
			return yes
		}
		return unknown
	}
}

// plain is a value that can be compared: a truth, number or text.
type plain struct {
	kind reflect.Kind // Bool, Int64, Float64 or String
	n    int64        // truths too
	d    float64
	s    string
}

// operand gives a value; ok is false where CEL has to look.
type operand func(f *facts, one reflect.Value) (p plain, ok bool)

func dark(*facts, reflect.Value) (plain, bool) { return plain{}, false }

// operand is a literal, a fact, a field of a fact, or how many there are in a list.
func (g glancer) operand(e ast.Expr) operand {
	switch e.Kind() {
	case ast.LiteralKind:
		p, ok := literal(e)
		return func(*facts, reflect.Value) (plain, bool) { return p, ok }
	case ast.IdentKind:
		v := vocabulary.variable(e.AsIdent())
		if v == nil || v.object != nil || e.AsIdent() == g.one {
			return dark
		}
		return func(f *facts, _ reflect.Value) (plain, bool) {
			return plainOf(reflect.ValueOf(f).Elem().Field(v.index))
		}
	case ast.SelectKind:
		return g.field(e.AsSelect())
	case ast.CallKind:
		return g.count(e.AsCall())
	}
	return dark
}

func literal(e ast.Expr) (plain, bool) {
	if e.Kind() != ast.LiteralKind {
		return plain{}, false
	}
	switch v := e.AsLiteral().(type) {
	case types.Bool, types.Int, types.Double, types.String:
		return plainOf(reflect.ValueOf(v))
	}
	return plain{}, false
}

func plainOf(v reflect.Value) (plain, bool) {
	switch v.Kind() {
	case reflect.Bool:
		if v.Bool() {
			return plain{kind: reflect.Bool, n: 1}, true
		}
		return plain{kind: reflect.Bool}, true
	case reflect.Int, reflect.Int64:
		return plain{kind: reflect.Int64, n: v.Int()}, true
	case reflect.Float64:
		return plain{kind: reflect.Float64, d: v.Float()}, !math.IsNaN(v.Float())
	case reflect.String:
		return plain{kind: reflect.String, s: v.String()}, true
	}
	return plain{}, false
}

// field is people.total, or r.external inside exists().
func (g glancer) field(e ast.SelectExpr) operand {
	if e.IsTestOnly() || e.Operand().Kind() != ast.IdentKind {
		return dark
	}
	name := e.Operand().AsIdent()
	if name == g.one && g.object != nil {
		if at := g.object.field(e.FieldName()); at != nil {
			return func(_ *facts, one reflect.Value) (plain, bool) { return plainOf(one.Field(at.index)) }
		}
		return dark
	}
	v := vocabulary.variable(name)
	if name == g.one || v == nil || v.object == nil || v.isList() {
		return dark
	}
	at := v.object.field(e.FieldName())
	if at == nil {
		return dark
	}
	return func(f *facts, _ reflect.Value) (plain, bool) {
		return plainOf(reflect.ValueOf(f).Elem().Field(v.index).Elem().Field(at.index))
	}
}

// comparison compares values of one kind.
func comparison(operator string, a, b operand) glance {
	return func(f *facts, one reflect.Value) truth {
		x, ok := a(f, one)
		y, also := b(f, one)
		if !ok || !also || x.kind != y.kind {
			return unknown
		}
		order := cmp.Compare(x.n, y.n) + cmp.Compare(x.d, y.d) + cmp.Compare(x.s, y.s) // two of them are 0
		is := false
		switch operator {
		case operators.Equals:
			is = order == 0
		case operators.NotEquals:
			is = order != 0
		case operators.Less:
			is = order < 0
		case operators.LessEquals:
			is = order <= 0
		case operators.Greater:
			is = order > 0
		default:
			is = order >= 0
		}
		return truth(boolInt(is))
	}
}

func startsWith(a, b operand) glance {
	return func(f *facts, one reflect.Value) truth {
		x, ok := a(f, one)
		y, also := b(f, one)
		if !ok || !also || x.kind != reflect.String || y.kind != reflect.String {
			return unknown
		}
		return truth(boolInt(strings.HasPrefix(x.s, y.s)))
	}
}

// among is a value in a list of literals.
func (g glancer) among(value, among ast.Expr) glance {
	if among.Kind() != ast.ListKind {
		return closer
	}
	var all []plain
	for _, e := range among.AsList().Elements() {
		p, ok := literal(e)
		if !ok {
			return closer
		}
		all = append(all, p)
	}
	v := g.operand(value)
	return func(f *facts, one reflect.Value) truth {
		p, ok := v(f, one)
		if !ok || slices.ContainsFunc(all, func(q plain) bool { return q.kind != p.kind }) {
			return unknown
		}
		return truth(boolInt(slices.Contains(all, p)))
	}
}

// list is a variable that is a list of objects, or what of() or having() leave of
// it.
type list struct {
	v    *variable
	keep func(one reflect.Value) bool // of a pointer to an object; nil keeps all
}

func (v *variable) isList() bool {
	return reflect.TypeFor[facts]().Field(v.index).Type.Kind() == reflect.Slice
}

func (g glancer) list(e ast.Expr) (l list, ok bool) {
	switch e.Kind() {
	case ast.IdentKind:
		l.v = vocabulary.variable(e.AsIdent())
		return l, l.v != nil && l.v.isList() && e.AsIdent() != g.one
	case ast.CallKind:
		call := e.AsCall()
		if !call.IsMemberFunction() || call.Target().Kind() != ast.IdentKind {
			return l, false
		}
		if l, ok = g.list(call.Target()); !ok {
			return l, false
		}
		switch call.FunctionName() {
		case "of":
			return l, l.of(call.Args())
		case "having":
			return l, l.having(call.Args()[0])
		}
	}
	return l, false
}

// of keeps the findings of a kind, see findingsOf.
func (l *list) of(args []ast.Expr) bool {
	kind, ok := literal(args[0])
	floor := plain{kind: reflect.Float64}
	if len(args) == 2 {
		var known bool
		floor, known = literal(args[1])
		ok = ok && known
	}
	l.keep = func(one reflect.Value) bool {
		f, is := one.Interface().(*findingFacts)
		return is && f.Type == kind.s && f.Confidence >= floor.d
	}
	return ok && kind.kind == reflect.String && floor.kind == reflect.Float64
}

// having keeps the parts with one of the problems, see partsHaving.
func (l *list) having(problems ast.Expr) bool {
	var wanted []string
	if problems.Kind() != ast.ListKind {
		return false
	}
	for _, e := range problems.AsList().Elements() {
		p, ok := literal(e)
		if !ok || p.kind != reflect.String {
			return false
		}
		wanted = append(wanted, p.s)
	}
	l.keep = func(one reflect.Value) bool {
		p, is := one.Interface().(*partFacts)
		return is && slices.Contains(wanted, p.Problem)
	}
	return true
}

// all is everything in the variable, also what is not kept.
func (l list) all(f *facts) reflect.Value { return reflect.ValueOf(f).Elem().Field(l.v.index) }

func (l list) keeps(one reflect.Value) bool { return l.keep == nil || l.keep(one) }

// count is list.size(), and list.different() of nothing.
func (g glancer) count(call ast.CallExpr) operand {
	name := call.FunctionName()
	if !call.IsMemberFunction() || name != "size" && name != "different" {
		return dark
	}
	l, ok := g.list(call.Target())
	if !ok {
		return dark
	}
	return func(f *facts, _ reflect.Value) (plain, bool) {
		n, all := int64(0), l.all(f)
		for i := range all.Len() {
			if l.keeps(all.Index(i)) {
				n++
			}
		}
		return plain{kind: reflect.Int64, n: n}, name == "size" || n == 0
	}
}

// exists is list.exists(r, condition), in which a second loop is not looked at.
func (g glancer) exists(macro ast.CallExpr) glance {
	if macro.FunctionName() != operators.Exists || g.one != "" || len(macro.Args()) != 2 {
		return closer
	}
	l, ok := g.list(macro.Target())
	if !ok {
		return closer
	}
	inner := glancer{macros: g.macros, one: macro.Args()[0].AsIdent(), object: l.v.object}
	is := inner.truth(macro.Args()[1])
	return func(f *facts, _ reflect.Value) truth {
		out, all := no, l.all(f)
		for i := range all.Len() {
			one := all.Index(i)
			if !l.keeps(one) {
				continue
			}
			if one.Kind() == reflect.Pointer {
				one = one.Elem()
			}
			switch is(f, one) {
			case yes:
				return yes
			case unknown:
				out = unknown
			}
		}
		return out
	}
}
