package rule

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // time.getHours("Asia/Tokyo") must not depend on the host

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// laterVariables are promised but not there yet. A rule that uses one is told so.
var laterVariables = []string{"greeting", "totals"}

// vocabulary is everything a condition may name.
var vocabulary = newSchema()

// schema describes the variables of conditions. cel-go's own NativeTypes is not
// used because a field that is missing must read as unknown there, however it
// is reached (dyn(), an index, a loop), and native structs read as false.
type schema struct {
	variables []*variable
	objects   map[string]*objectType
}

type variable struct {
	name, doc, about string
	index            int
	typ              *cel.Type
	object           *objectType // of the value or of a list's elements
}

type objectType struct {
	typ    *cel.Type
	name   string // as in messages: Recipient
	fields []*field
}

type field struct {
	name, doc string
	index     int
	typ       *cel.Type
}

func newSchema() *schema {
	s := &schema{objects: map[string]*objectType{}}
	t := reflect.TypeFor[facts]()
	for i := range t.NumField() {
		sf := t.Field(i)
		name := sf.Tag.Get("cel")
		if name == "" {
			continue
		}
		v := &variable{name: name, doc: sf.Tag.Get("doc"), about: sf.Tag.Get("about"), index: i}
		v.typ, v.object = s.typeOf(sf.Type)
		s.variables = append(s.variables, v)
	}
	return s
}

// typeOf maps a Go type of facts.go to its CEL type.
func (s *schema) typeOf(t reflect.Type) (*cel.Type, *objectType) {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return cel.TimestampType, nil
	case t.Kind() == reflect.Slice:
		elem, o := s.typeOf(t.Elem())
		return cel.ListType(elem), o
	case t.Kind() == reflect.Pointer:
		o := s.objectOf(t.Elem())
		return o.typ, o
	}
	switch t.Kind() {
	case reflect.String:
		return cel.StringType, nil
	case reflect.Bool:
		return cel.BoolType, nil
	case reflect.Int, reflect.Int64:
		return cel.IntType, nil
	case reflect.Float64:
		return cel.DoubleType, nil
	}
	panic("rule: no CEL type for " + t.String()) // while the table is compiled, at start
}

func (s *schema) objectOf(t reflect.Type) *objectType {
	// A capital keeps the type's name from being taken for a variable:
	// recipient for recipients is a common typo.
	name := strings.TrimSuffix(t.Name(), "Facts")
	name = strings.ToUpper(name[:1]) + name[1:]
	if o := s.objects[name]; o != nil {
		return o
	}
	o := &objectType{name: name, typ: cel.ObjectType(name, traits.IndexerType)}
	s.objects[name] = o
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("cel"); tag != "" {
			typ, _ := s.typeOf(t.Field(i).Type)
			o.fields = append(o.fields, &field{name: tag, doc: t.Field(i).Tag.Get("doc"), index: i, typ: typ})
		}
	}
	return o
}

func (s *schema) variable(name string) *variable {
	for _, v := range s.variables {
		if v.name == name {
			return v
		}
	}
	return nil
}

func (s *schema) names() []string {
	var out []string
	for _, v := range s.variables {
		out = append(out, v.name)
	}
	return out
}

// fieldNames are those of all objects, each once, for suggestions.
func (s *schema) fieldNames() []string {
	var out []string
	for _, o := range s.objects {
		for _, f := range o.fields {
			out = append(out, f.name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (o *objectType) field(name string) *field {
	for _, f := range o.fields {
		if f.name == name {
			return f
		}
	}
	return nil
}

// provider teaches CEL the object types; everything else is the base's.
type provider struct {
	types.Provider
	schema *schema
}

// FindStructType implements types.Provider.
func (p provider) FindStructType(name string) (*types.Type, bool) {
	if o := p.schema.objects[name]; o != nil {
		return types.NewTypeTypeWithParam(o.typ), true
	}
	return p.Provider.FindStructType(name)
}

// FindStructFieldNames implements types.Provider.
func (p provider) FindStructFieldNames(name string) ([]string, bool) {
	o := p.schema.objects[name]
	if o == nil {
		return p.Provider.FindStructFieldNames(name)
	}
	var out []string
	for _, f := range o.fields {
		out = append(out, f.name)
	}
	return out, true
}

// FindStructFieldType implements types.Provider.
func (p provider) FindStructFieldType(name, fieldName string) (*types.FieldType, bool) {
	o := p.schema.objects[name]
	if o == nil {
		return p.Provider.FindStructFieldType(name, fieldName)
	}
	f := o.field(fieldName)
	if f == nil {
		return nil, false
	}
	return &types.FieldType{
		Type:  f.typ,
		IsSet: func(any) bool { return true },
		GetFrom: func(target any) (any, error) {
			switch t := target.(type) {
			case *object:
				return t.get(f), nil
			case *types.Unknown: // a field of something unknown
				return t, nil
			}
			return nil, fmt.Errorf("no field %s in %T", fieldName, target)
		},
	}, true
}

// NewValue implements types.Provider: rules cannot make objects.
func (p provider) NewValue(name string, fields map[string]ref.Val) ref.Val {
	if p.schema.objects[name] != nil {
		return types.NewErr("a rule cannot make a %s", name)
	}
	return p.Provider.NewValue(name, fields)
}

// object is a struct of facts.go as a CEL value.
type object struct {
	typ     *objectType
	path    string // the variable it came from
	v       reflect.Value
	unknown unknowns
}

func (o *object) get(f *field) ref.Val {
	if o.unknown != nil && o.unknown[o.path+"."+f.name] {
		return unknownFact(o.path, f.name)
	}
	return goValue(o.v.Field(f.index))
}

// Get implements traits.Indexer, for what reaches an object untyped.
func (o *object) Get(index ref.Val) ref.Val {
	if name, ok := index.(types.String); ok {
		if f := o.typ.field(string(name)); f != nil {
			return o.get(f)
		}
	}
	return types.NewErr("no such field: %v", index)
}

// Value implements ref.Val.
func (o *object) Value() any { return o }

// Type implements ref.Val.
func (o *object) Type() ref.Type { return o.typ.typ }

// Equal implements ref.Val: an object equals itself.
func (o *object) Equal(other ref.Val) ref.Val {
	p, ok := other.(*object)
	return types.Bool(ok && p.v == o.v)
}

// ConvertToType implements ref.Val.
func (o *object) ConvertToType(t ref.Type) ref.Val {
	if t == types.TypeType {
		return o.typ.typ
	}
	return types.NewErr("%s has no text or number of its own; name a field", o.typ.name)
}

// ConvertToNative implements ref.Val.
func (o *object) ConvertToNative(t reflect.Type) (any, error) {
	return nil, fmt.Errorf("no %s in a %s", t, o.typ.name)
}

func unknownFact(name, fieldName string) *types.Unknown {
	trail := types.NewAttributeTrail(name)
	if fieldName != "" {
		types.QualifyAttribute(trail, fieldName)
	}
	return types.NewUnknown(0, trail)
}

// goValue converts a plain field.
func goValue(v reflect.Value) ref.Val {
	switch v.Kind() {
	case reflect.String:
		return types.String(v.String())
	case reflect.Bool:
		return types.Bool(v.Bool())
	case reflect.Int, reflect.Int64:
		return types.Int(v.Int())
	case reflect.Float64:
		return types.Double(v.Float())
	case reflect.Slice:
		return types.NewStringList(types.DefaultTypeAdapter, v.Interface().([]string))
	}
	return types.Timestamp{Time: v.Interface().(time.Time)}
}

// activation gives one mail's facts to conditions. It is used by one goroutine.
type activation struct {
	facts  *facts
	cached []ref.Val // by index of vocabulary.variables
}

func newActivation(f *facts) *activation {
	return &activation{facts: f}
}

// Bounds of a mail with few facts: how many, and octets of the longest text.
const (
	fewFacts = 100
	fewText  = 4 << 10
)

func (a *activation) few() bool {
	f := a.facts
	return len(f.Recipients)+len(f.Parts)+len(f.Attachments)+len(f.Findings) <= fewFacts && len(f.Subject) <= fewText
}

// Parent implements cel.Activation.
func (a *activation) Parent() cel.Activation { return nil }

// ResolveName implements cel.Activation.
func (a *activation) ResolveName(name string) (any, bool) {
	if a.cached == nil { // most mails are judged without
		a.cached = make([]ref.Val, len(vocabulary.variables))
	}
	for i, v := range vocabulary.variables {
		if v.name != name {
			continue
		}
		if a.cached[i] == nil {
			a.cached[i] = a.value(v)
		}
		return a.cached[i], true
	}
	return nil, false
}

func (a *activation) value(v *variable) ref.Val {
	if a.facts.unknown[v.name] {
		return unknownFact(v.name, "")
	}
	fv := reflect.ValueOf(a.facts).Elem().Field(v.index)
	switch {
	case v.object == nil:
		return goValue(fv)
	case fv.Kind() == reflect.Pointer:
		return a.object(v, fv)
	}
	list := make([]ref.Val, fv.Len())
	for i := range list {
		list[i] = a.object(v, fv.Index(i))
	}
	return types.NewRefValList(types.DefaultTypeAdapter, list)
}

func (a *activation) object(v *variable, ptr reflect.Value) *object {
	return &object{typ: v.object, path: v.name, v: ptr.Elem(), unknown: a.facts.unknown}
}

// withRecipient binds r for a matching condition.
type withRecipient struct {
	*activation
	r ref.Val
}

// ResolveName implements cel.Activation.
func (a withRecipient) ResolveName(name string) (any, bool) {
	if name == recipientVariable {
		return a.r, true
	}
	return a.activation.ResolveName(name)
}

// recipientVariable is the name of the one recipient in a matching condition.
const recipientVariable = "r"
