package config

import (
	"bytes"
	"embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"
)

// source are the files whose doc comments are the manual.
//
//go:embed config.go road.go auth.go hop.go keeping.go people.go owndata.go
var source embed.FS

// entry is one setting as the manual shows it.
type entry struct {
	path    string // "listen[].tls.mode"
	depth   int    // how many sections stand around it
	name    string
	doc     string
	typ     reflect.Type
	fall    string // default as written in YAML, "" without
	section bool
	list    bool // a list of sections
	need    string
}

// Sample is a sekisho.yaml with every setting, its meaning and its default; all
// are commented out but the ones that everybody must look at.
func Sample() []byte {
	var b bytes.Buffer
	b.WriteString(sampleHead)
	for _, e := range entries() {
		if e.depth == 0 {
			b.WriteByte('\n')
		}
		sampleEntry(&b, e)
	}
	return b.Bytes()
}

const sampleHead = `# Settings of Sekisho, all of them with their defaults.
#
# Lengths of time have a unit (30s, 5m, 24h, 5d), and so have sizes (256KiB,
# 25MB). Relative files and folders count from the folder of this file. Each
# setting but those in lists of sections can be given by an environment variable
# too: console.address is SEKISHO_CONSOLE__ADDRESS. "sekisho config check" reads
# this file and says what is wrong with it.
#
# Take the "#" away from a setting and from the sections around it to change it.
`

func sampleEntry(b *bytes.Buffer, e entry) {
	indent := strings.Repeat("  ", e.depth)
	for _, line := range wrap(e.doc, 76-len(indent)) {
		b.WriteString(indent + "# " + line + "\n")
	}
	live := e.path == "organization" || e.path == "organization.domains"
	lead := indent
	if !live {
		lead = "#" + indent
	}
	value := e.fall
	switch {
	case e.path == "organization.domains":
		value = "[example.co.jp]"
	case e.section:
		value = ""
	case value == "":
		value = `""`
		if e.typ.Kind() == reflect.Slice {
			value = "[]"
		}
	}
	if e.list {
		value = ""
	}
	b.WriteString(strings.TrimRight(lead+e.name+": "+value, " ") + "\n")
	if e.list {
		b.WriteString("#" + indent + "-\n")
	}
}

// Markdown is the reference page of all settings.
func Markdown() []byte {
	var b bytes.Buffer
	b.WriteString(markdownHead)
	for _, e := range entries() {
		if e.section || e.list {
			b.WriteString("\n" + strings.Repeat("#", min(2+e.depth, 4)) + " " + e.path + "\n\n" + e.doc + "\n")
			continue
		}
		fmt.Fprintf(&b, "\n- **`%s`** (%s%s)  \n  %s", e.path, kindName(e.typ), e.need, e.doc)
		if e.fall != "" {
			fmt.Fprintf(&b, "  \n  Default: `%s`.", e.fall)
		}
		if !strings.Contains(e.path, "[]") {
			fmt.Fprintf(&b, " Variable: `%s`.", EnvName(e.path))
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

const markdownHead = `# Settings

Generated from the comments in ` + "`config/*.go`" + `; change them there.

One YAML file, given with ` + "`--config`" + `. Lengths of time have a unit (` + "`30s`, `5m`, `24h`, `5d`" + `), and so
have sizes (` + "`256KiB`, `25MB`" + `). Relative files and folders count from the folder of the file. An
environment variable beats the file; a list in one is separated by commas. Lists of sections
(` + "`listen`, `next_hops`, `partners`" + `) stand in the file only. Secrets stand in neither: a setting that
ends in ` + "`_file`" + ` names the file that holds one, which must not be readable by every user.
` + "`sekisho config check`" + ` tells all mistakes at once, with line and column.
`

// entries lists all settings in the order of the source.
func entries() []entry {
	docs := comments()
	var out []entry
	list(reflect.TypeFor[Config](), "", 0, docs, &out)
	return out
}

func list(t reflect.Type, prefix string, depth int, docs map[string]string, out *[]entry) {
	for _, s := range settingsOf(t) {
		e := entry{
			path: prefix + s.name, depth: depth, name: s.name, typ: s.typ,
			doc:     asKeys(t, s, docs[t.Name()+"."+s.field]),
			section: isSection(s.typ), list: isSectionList(s.typ),
		}
		if rules := "," + s.tag.Get("validate") + ","; strings.Contains(rules, ",required,") && s.tag.Get("default") == "" {
			e.need = ", required"
		}
		if !e.section && !e.list {
			e.fall = written(s)
		}
		if e.path == "organization.domains" {
			e.need = ", required"
		}
		*out = append(*out, e)
		switch {
		case e.section:
			list(s.typ, e.path+".", depth+1, docs, out)
		case e.list:
			list(s.typ.Elem(), e.path+"[].", depth+1, docs, out)
		}
	}
}

// asKeys turns the names of Go fields into those of the file: the one that the
// comment begins with, and any other of the struct that has a capital inside.
func asKeys(t reflect.Type, own setting, doc string) string {
	words := strings.Fields(doc)
	for i, w := range words {
		bare := strings.TrimRight(w, ".,:;")
		for _, s := range settingsOf(t) {
			inside := strings.ToLower(bare[min(1, len(bare)):]) != bare[min(1, len(bare)):]
			if bare == s.field && (i == 0 && s.field == own.field || inside) {
				words[i] = s.name + w[len(bare):]
			}
		}
	}
	return strings.Join(words, " ")
}

// written is the default as it would stand in the file.
func written(s setting) string {
	text := s.tag.Get("default")
	switch {
	case text == "":
		return ""
	case s.typ.Kind() == reflect.Slice:
		return "[" + strings.ReplaceAll(text, ",", ", ") + "]"
	case s.typ == reflect.TypeFor[Clock]():
		return strconv.Quote(text)
	default:
		return text
	}
}

func kindName(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[Duration]():
		return "length of time"
	case reflect.TypeFor[Size]():
		return "size"
	case reflect.TypeFor[Deadline]():
		return "deadline"
	case reflect.TypeFor[Clock]():
		return "time of day"
	case reflect.TypeFor[Date]():
		return "date"
	case reflect.TypeFor[Network]():
		return "network"
	}
	switch t.Kind() {
	case reflect.Slice:
		return "list: " + kindName(t.Elem())
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "number"
	default:
		return "text"
	}
}

// comments maps "Listen.Address" to the doc comment on one line.
func comments() map[string]string {
	out := map[string]string{}
	files, err := source.ReadDir(".")
	if err != nil {
		return out
	}
	for _, f := range files {
		text, _ := source.ReadFile(f.Name())
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), text, parser.ParseComments)
		if err != nil {
			continue // it was compiled, so it parses
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if st, ok := spec.Type.(*ast.StructType); ok {
				fieldComments(spec.Name.Name, st, out)
			}
			return false
		})
	}
	return out
}

func fieldComments(owner string, st *ast.StructType, out map[string]string) {
	for _, f := range st.Fields.List {
		for _, name := range f.Names {
			out[owner+"."+name.Name] = strings.Join(strings.Fields(f.Doc.Text()), " ")
		}
	}
}

// wrap breaks text into lines of at most width octets.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
