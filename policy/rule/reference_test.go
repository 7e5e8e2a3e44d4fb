package rule

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

func TestReferenceExampleRuns(t *testing.T) {
	set := rules(t, exampleRules)
	if err := set.Verify(context.Background(), nil); err != nil {
		t.Error(err)
	}
	if n := len(set.Test(context.Background(), nil)); n < 3 {
		t.Errorf("only %d tests", n)
	}
}

func TestReferenceNamesEverything(t *testing.T) {
	text := Reference()
	for _, v := range vocabulary.variables {
		if v.doc == "" || !strings.Contains(text, "| `"+v.name+"` |") {
			t.Errorf("variable %s is not documented", v.name)
		}
		if v.object == nil {
			continue
		}
		for _, f := range v.object.fields {
			if f.doc == "" || !strings.Contains(text, "| `"+f.name+"` |") {
				t.Errorf("field %s.%s is not documented", v.name, f.name)
			}
		}
	}
	for _, f := range functions() {
		if !strings.Contains(text, f.signature) {
			t.Errorf("function %s is not documented", f.name)
		}
	}
	for _, want := range []string{"`on_unknown`", "`greeting`", "people-list", "list(Recipient)"} {
		if !strings.Contains(text, want) {
			t.Errorf("the reference lacks %s", want)
		}
	}
}

func TestKnownFacts(t *testing.T) {
	for fact, want := range map[string]bool{"thread": true, "recipients": true, "recipients.first_contact": true, "content": true,
		"header": true, "parts": true, "greeting": true, "totals.week": true, "people.low": true, "duty": true,
		"recipient": false, "recipients.colour": false, "duty.x": false, "": false, ".": false} {
		if KnownFact(fact) != want {
			t.Errorf("KnownFact(%q) = %v", fact, !want)
		}
	}
}

func TestSuggestions(t *testing.T) {
	for typo, want := range map[string]string{"gruops": "groups", "recipient": "recipients", "Size": "size", "zzz": "", "": ""} {
		got := suggest(typo, vocabulary.names())
		if want == "" && got != "" || want != "" && got != `; did you mean "`+want+`"?` {
			t.Errorf("%q: %s", typo, got)
		}
	}
}

// Whatever a file holds, loading ends with a set or with errors that have a
// place in it, and a set that was loaded can judge.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(Default()))
	f.Add([]byte(exampleRules))
	files, _ := filepath.Glob("testdata/broken/*.yaml")
	for _, file := range files {
		text, err := readFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("rules:\n  - name: a\n    when: \"\\u3042\\x41\\\n  b\"\n    then: hold\n"))
	f.Add([]byte("rules:\n  - name: a\r\n    when: >\r\n\r\n      thread.\r\n      x\r\n    then: hold\r\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := newSource("fuzz.yaml", text)
		set, err := compileAll(Options{}, []*source{s}, nil)
		if err == nil {
			set.Decide(context.Background(), letter(nil))
			set.Explain(context.Background(), letter(nil))
			return
		}
		errs, ok := err.(Errors) //nolint:errorlint // as compileAll made it
		if !ok || len(errs) == 0 {
			t.Fatalf("%T: %v", err, err)
		}
		for _, e := range errs {
			if len(text) <= maxFile && (e.Line < 1 || e.Line > len(s.lines) || e.Column < 1) {
				t.Errorf("no such place in %d lines: %v", len(s.lines), e)
			}
			if e.Message == "" || strings.ContainsAny(e.Message, "\x00\x1b") {
				t.Errorf("message %q", e.Message)
			}
		}
	})
}
