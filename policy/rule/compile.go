package rule

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

const (
	// costLimit is how many steps of CEL one condition may take: one loop over
	// some 5,000 elements, a few milliseconds. More holds the mail.
	costLimit = 50_000
	// costRefused is the compile-time estimate, over lists of ordinary length,
	// from which a condition is refused at once instead of holding mail later.
	costRefused = 10 * costLimit
	// checkEvery is how many turns of a loop pass between looks at the clock.
	checkEvery = 100
)

// compiler turns expressions into programs. One is used for one load.
type compiler struct {
	mail      *cel.Env // conditions on the mail
	recipient *cel.Env // the same with r, one recipient
}

func newCompiler() (*compiler, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, fmt.Errorf("make CEL types: %w", err)
	}
	opts := []cel.EnvOption{
		cel.CustomTypeAdapter(registry), cel.CustomTypeProvider(provider{registry, vocabulary}),
		// has() is left out: it would read a fact that is unknown as absent.
		cel.ClearMacros(), cel.Macros(cel.AllMacro, cel.ExistsMacro, cel.ExistsOneMacro, cel.MapMacro, cel.MapFilterMacro, cel.FilterMacro),
		cel.EnableMacroCallTracking(), // Explain shows exists(...) as it was written
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateDurationLiterals(), cel.ValidateTimestampLiterals()),
		cel.ParserExpressionSizeLimit(20_000), cel.ParserRecursionLimit(100),
	}
	for _, v := range vocabulary.variables {
		opts = append(opts, cel.Variable(v.name, v.typ))
	}
	mail, err := cel.NewEnv(append(opts, functionOptions()...)...)
	if err != nil {
		return nil, fmt.Errorf("make CEL environment: %w", err)
	}
	recipient, err := mail.Extend(cel.Variable(recipientVariable, vocabulary.objects["Recipient"].typ))
	if err != nil {
		return nil, fmt.Errorf("make CEL environment: %w", err)
	}
	return &compiler{mail, recipient}, nil
}

// condition is a compiled expression.
type condition struct {
	ast     *cel.Ast
	program cel.Program
	env     *cel.Env
	glance  glance
}

// compile reports what is wrong on s and gives nil then. ok says whether the
// result's type will do.
func (c *compiler) compile(s *source, about string, env *cel.Env, e expression, want string, ok func(*cel.Type) bool) *condition {
	tree, issues := env.Compile(e.text())
	if issues.Err() != nil {
		for _, one := range issues.Errors() {
			offset := runeOffset(e.text(), one.Location.Line(), one.Location.Column())
			if noField.MatchString(one.Message) {
				offset++ // CEL points at the dot
			}
			s.pointf(s.locate(e.node, offset), "%s%s", about, translate(one.Message, env == c.recipient))
		}
		return nil
	}
	if !ok(tree.OutputType()) {
		s.pointf(s.locate(e.node, 0), "%sit must be %s, but this is %s", about, want, typeName(tree.OutputType()))
		return nil
	}
	if est, err := env.EstimateCost(tree, usualSizes{}); err == nil && est.Max > costRefused {
		s.pointf(s.locate(e.node, 0), "%sit is too costly: loops inside loops could take %s steps with a hundred recipients, at most %s are allowed at run time; nest fewer loops",
			about, costWords(est.Max), thousands(costLimit))
		return nil
	}
	program, err := env.Program(tree, programOptions(cel.OptOptimize)...)
	if err != nil {
		s.pointf(s.locate(e.node, 0), "%s%v", about, err)
		return nil
	}
	return &condition{tree, program, env, newGlance(tree.NativeRep())}
}

func programOptions(eval cel.EvalOption) []cel.ProgramOption {
	return []cel.ProgramOption{cel.EvalOptions(eval), cel.CostLimit(costLimit), cel.InterruptCheckFrequency(checkEvery)}
}

func costWords(n uint64) string {
	if n > 1e12 {
		return "endless"
	}
	return thousands(int64(n))
}

func isBool(t *cel.Type) bool { return t.IsExactType(cel.BoolType) }

func isFilling(t *cel.Type) bool {
	return t.IsExactType(cel.StringType) || t.IsExactType(cel.IntType) || t.IsExactType(cel.DoubleType) ||
		t.IsExactType(cel.ListType(cel.StringType))
}

func typeName(t *cel.Type) string { return cel.FormatCELType(t) }

// runeOffset is the character offset of a line (from 1) and column (from 0).
func runeOffset(text string, line, column int) int {
	offset := 0
	for ; line > 1; line-- {
		head, rest, ok := strings.Cut(text, "\n")
		if !ok {
			break
		}
		offset += utf8.RuneCountInString(head) + 1
		text = rest
	}
	return offset + column
}

// references lists the variables that the condition names.
func (c *condition) references() []string {
	var out []string
	for _, info := range c.ast.NativeRep().ReferenceMap() {
		if info.Name != "" && vocabulary.variable(info.Name) != nil {
			out = append(out, info.Name)
		}
	}
	return out
}

// interest is a finding type that a condition names, and from which confidence.
type interest struct {
	kind  string
	floor float64
}

// interests are the finding types a condition asks for by of(), == or in; they
// say which findings are its evidence.
func (c *condition) interests() []interest {
	var out []interest
	floors := map[int64]float64{}
	visit := func(e ast.Expr) {
		if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == "of" {
			if args := e.AsCall().Args(); len(args) == 2 && args[1].Kind() == ast.LiteralKind {
				if f, ok := args[1].AsLiteral().(types.Double); ok {
					floors[args[0].ID()] = float64(f)
				}
			}
		}
		if e.Kind() == ast.LiteralKind {
			if text, ok := e.AsLiteral().(types.String); ok && text != "" {
				out = append(out, interest{string(text), floors[e.ID()]})
			}
		}
	}
	ast.PreOrderVisit(c.ast.NativeRep().Expr(), ast.NewExprVisitor(visit))
	return out
}

var (
	undeclared  = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	noField     = regexp.MustCompile(`^undefined field '([^']*)'`)
	noOverload  = regexp.MustCompile(`^found no matching overload for '([^']*)' applied to '(.*)'`)
	syntaxError = regexp.MustCompile(`^Syntax error: (.*?)(?: expecting \{.*\})?$`)

	literalErrors = map[string]string{
		"invalid matches argument":   "not a valid regular expression (RE2 syntax)",
		"invalid duration argument":  `not a valid duration, such as duration("5m")`,
		"invalid timestamp argument": `not a valid time, such as timestamp("2026-04-01T09:00:00+09:00")`,
	}
)

// translate says CEL's commonest errors in the words of the rule language.
func translate(message string, withRecipient bool) string {
	if m := undeclared.FindStringSubmatch(message); m != nil {
		name, _, _ := strings.Cut(m[1], ".")
		for _, later := range laterVariables {
			if name == later {
				return name + " is not available yet"
			}
		}
		if name == "has" {
			return "has() is not used in rules: every fact is there, or unknown; compare it instead"
		}
		known := vocabulary.names()
		if withRecipient {
			known = append(known, recipientVariable)
		}
		for _, f := range functions() {
			known = append(known, f.name)
		}
		return fmt.Sprintf("no such variable or function: %s%s", m[1], suggest(m[1], append(known, "exists", "filter", "size", "matches", "contains")))
	}
	if m := noField.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("no such field: %s%s", m[1], suggest(m[1], vocabulary.fieldNames()))
	}
	if m := noOverload.FindStringSubmatch(message); m != nil {
		name := m[1]
		if op, ok := operators.FindReverse(name); ok && op != "" {
			name = op
		}
		return fmt.Sprintf("%s does not work on %s", name, m[2])
	}
	if say, ok := literalErrors[message]; ok {
		return say
	}
	if m := syntaxError.FindStringSubmatch(message); m != nil {
		return "not an expression: " + strings.Replace(m[1], "mismatched input '<EOF>'", "it ends too early", 1)
	}
	return message
}

// usualSizes bounds lists for the cost estimate.
type usualSizes struct{}

// EstimateSize implements cost.Estimator.
func (usualSizes) EstimateSize(e cost.AstNode) *cost.SizeEstimate {
	switch e.Type().Kind() {
	case types.ListKind:
		return &cost.SizeEstimate{Max: 100}
	case types.StringKind:
		return &cost.SizeEstimate{Max: 200}
	case types.StructKind:
		return &cost.SizeEstimate{Max: 1}
	}
	return nil
}

// EstimateCallCost implements cost.Estimator.
func (usualSizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// about names a rule's field in messages.
func about(rule, field string) string { return fmt.Sprintf("rule %q: %s: ", rule, field) }
