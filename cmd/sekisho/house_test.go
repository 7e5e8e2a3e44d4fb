package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/sekisho-mail/sekisho/"

// mayImport says which of our packages each package may import; a name that
// ends in "/..." means everything below as well. What is not listed here does
// not exist: a new room gets a line.
var mayImport = []struct {
	pkg     string
	imports []string
}{
	{"config", nil},
	{"policy/email", nil},
	{"policy/email/sealed", []string{"policy/email"}},
	{"policy", []string{"policy/email/..."}},
	{"policy/watch", nil},
	{"policy/directory", []string{"policy", "policy/email", "policy/watch"}},
	{"policy/charset", nil},
	{"policy/table", []string{"policy"}},
	{"policy/mime", []string{"policy", "policy/email", "policy/charset"}},
	{"policy/extract", []string{"policy", "policy/email", "policy/charset", "policy/table"}},
	{"policy/detect", []string{"policy", "policy/email", "policy/table"}},
	{"policy/worker", []string{"policy", "policy/email"}},
	{"policy/recipient", []string{"policy", "policy/email", "policy/directory"}},
	{"policy/rule", []string{"policy", "policy/email", "policy/watch"}},
	{"policy/standard", []string{"policy/...", "config"}},
	{"proxy/spool", []string{"policy/email/..."}},
	{"proxy", []string{"policy", "policy/email/...", "proxy/spool"}},
	{"proxy/relay", []string{"policy", "policy/email/...", "proxy"}},
	{"proxy/login", []string{"policy", "policy/email/...", "proxy"}},
	{"proxy/bench", []string{"policy", "policy/email", "proxy", "proxy/relay", "proxy/spool"}},
	{"proxy/hoptest", []string{"policy/email"}},
	{"quarantine", []string{"policy", "policy/email/..."}},
	{"quarantine/store", []string{"policy", "policy/email/...", "quarantine"}},
	{"quarantine/store/storetest", []string{"policy", "policy/email/...", "quarantine", "quarantine/store"}},
	{"quarantine/dispatch", []string{"policy", "policy/email/...", "quarantine"}},
	{"quarantine/disk", nil},
	{"quarantine/disk/disktest", []string{"quarantine/disk"}},
	{"quarantine/blob", []string{"policy", "policy/email/...", "quarantine", "quarantine/disk"}},
	{"quarantine/journal", []string{"policy", "policy/email/...", "quarantine", "quarantine/disk"}},
	{"quarantine/notify", []string{"policy", "policy/email/...", "policy/detect", "policy/directory", "quarantine"}},
	{"quarantine/web", []string{"policy", "policy/email/...", "policy/charset", "policy/detect", "policy/directory", "policy/mime", "policy/rule", "quarantine"}},
	{"cmd/sekisho/demo", nil},
	{"cmd/sekisho", []string{"..."}},
}

// homes says where a third-party module may be imported.
var homes = []struct {
	prefix string
	rooms  []string
}{
	{"github.com/emersion/go-smtp", []string{"proxy", "proxy/relay", "proxy/bench", "cmd/sekisho/demo"}},
	{"github.com/emersion/go-message", []string{"policy/mime", "quarantine/dispatch", "quarantine/notify"}},
	{"github.com/jhillyerd/enmime", []string{"policy/mime"}},
	{"cel.dev/", []string{"policy/rule"}},
	{"github.com/fsnotify/fsnotify", []string{"policy/watch"}},
	{"github.com/spf13/viper", []string{"config"}},
	{"modernc.org/sqlite", []string{"quarantine/store"}},
	{"github.com/jackc/pgx", []string{"quarantine/store"}},
	{"github.com/spf13/cobra", []string{"cmd/sekisho"}},
	{"github.com/klippa-app/go-pdfium", []string{"policy/extract"}},
	{"github.com/tetratelabs/wazero", []string{"policy/extract"}},
	{"golang.org/x/image", []string{"policy/extract"}},
	{"github.com/bodgit/sevenzip", []string{"policy/extract"}},
	{"github.com/nwaples/rardecode", []string{"policy/extract"}},
	{"github.com/go-ldap/ldap", []string{"proxy/login"}},
	{"github.com/coreos/go-oidc", []string{"proxy/login"}},
	{"github.com/alexedwards/scs", []string{"quarantine/web"}},
	{"github.com/danielgtaylor/huma", []string{"quarantine/web"}},
	{"github.com/microcosm-cc/bluemonday", []string{"quarantine/web"}},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func goList(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func allowed(pattern, pkg string) bool {
	if pattern == "..." {
		return true
	}
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		return pkg == base || strings.HasPrefix(pkg, base+"/")
	}
	return pattern == pkg
}

// TestImportDirections asserts the houses' import directions from `go list`.
func TestImportDirections(t *testing.T) {
	for _, p := range goList(t) {
		pkg := strings.TrimPrefix(p.ImportPath, module)
		i := slices.IndexFunc(mayImport, func(row struct {
			pkg     string
			imports []string
		}) bool {
			return row.pkg == pkg
		})
		if i < 0 {
			t.Errorf("%s has no line in mayImport: which floor is it on?", pkg)
			continue
		}
		for _, imp := range p.Imports {
			if own, ok := strings.CutPrefix(imp, module); ok {
				if !slices.ContainsFunc(mayImport[i].imports, func(a string) bool { return allowed(a, own) }) {
					t.Errorf("%s must not import %s", pkg, own)
				}
			}
			for _, h := range homes {
				if strings.HasPrefix(imp, h.prefix) && !slices.Contains(h.rooms, pkg) {
					t.Errorf("%s imports %s, whose home is %v", pkg, imp, h.rooms)
				}
			}
		}
		if pkg == "policy/email" {
			for _, imp := range p.Imports {
				if strings.Contains(imp, ".") {
					t.Errorf("policy/email imports %s; it may import the standard library only", imp)
				}
			}
		}
	}
}

// TestTopLevel asserts that no code folder stands beside the five houses.
func TestTopLevel(t *testing.T) {
	want := []string{".ci", "cmd", "config", "docs", "packaging", "policy", "proxy", "quarantine"}
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !slices.Contains(append(want, ".git", "bin", "data"), e.Name()) {
			t.Errorf("folder %s at top level: the design names %v", e.Name(), want)
		}
	}
}

const (
	fileLines = 500
	funcLines = 70
)

var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)

// TestHouseRules asserts what can be counted: length of files and functions, a
// doc comment on every package and exported name, no init(), no unfinished work.
func TestHouseRules(t *testing.T) {
	documented := map[string]bool{}
	packages := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == "testdata" || d.Name() == ".git" || d.Name() == ".ci" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		checkMarks(t, path)
		if strings.HasSuffix(path, "_test.go") {
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		dir := filepath.Dir(path)
		packages[dir] = true
		documented[dir] = documented[dir] || f.Doc != nil
		checkFile(t, fset, f, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range packages {
		if !documented[dir] {
			t.Errorf("%s: the package has no doc comment", dir)
		}
	}
}

func checkMarks(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	s := bufio.NewScanner(file)
	s.Buffer(nil, 4<<20)
	for n := 1; s.Scan(); n++ {
		if unfinished.Match(s.Bytes()) {
			t.Errorf("%s:%d: a mark of unfinished work", path, n)
		}
	}
}

func checkFile(t *testing.T, fset *token.FileSet, f *ast.File, path string) {
	t.Helper()
	if n := fset.File(f.Pos()).LineCount(); n > fileLines && !ast.IsGenerated(f) {
		t.Errorf("%s has %d lines, more than %d", path, n, fileLines)
	}
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			checkFunc(t, fset, d, path)
		case *ast.GenDecl:
			checkGen(t, fset, d, path)
		}
	}
}

func checkFunc(t *testing.T, fset *token.FileSet, d *ast.FuncDecl, path string) {
	t.Helper()
	from, to := fset.Position(d.Pos()), fset.Position(d.End())
	suite := strings.Contains(path, "/storetest/") // tests that two engines share
	if n := to.Line - from.Line + 1; n > funcLines && !suite {
		t.Errorf("%s:%d: %s has %d lines, more than %d", path, from.Line, d.Name.Name, n, funcLines)
	}
	if d.Name.Name == "init" && d.Recv == nil {
		t.Errorf("%s:%d: init() is ambient state", path, from.Line)
	}
	if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
		t.Errorf("%s:%d: %s has no doc comment", path, from.Line, d.Name.Name)
	}
}

// exportedReceiver leaves out methods of unexported types, which nobody reads
// about in the package documentation.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if index, ok := typ.(*ast.IndexExpr); ok {
		typ = index.X
	}
	name, ok := typ.(*ast.Ident)
	return ok && name.IsExported()
}

func checkGen(t *testing.T, fset *token.FileSet, d *ast.GenDecl, path string) {
	t.Helper()
	for _, spec := range d.Specs {
		var names []*ast.Ident
		var doc *ast.CommentGroup
		switch s := spec.(type) {
		case *ast.TypeSpec:
			names, doc = []*ast.Ident{s.Name}, s.Doc
		case *ast.ValueSpec:
			names, doc = s.Names, s.Doc
			if doc == nil {
				doc = s.Comment
			}
		}
		for _, n := range names {
			if n.IsExported() && d.Doc == nil && doc == nil {
				t.Errorf("%s:%d: %s has no doc comment", path, fset.Position(n.Pos()).Line, n.Name)
			}
		}
	}
}
