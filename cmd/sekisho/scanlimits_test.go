package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// limitCase is an input that hits one limit when that is set so low, and none by
// default.
type limitCase struct {
	key, value, name string
	data             []byte
	want             string
}

func limitCases(t *testing.T) []limitCase {
	t.Helper()
	nested := func(levels int, inner string) string {
		for i := range levels {
			inner = fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%s\r\n--b%d--\r\n", i, i, inner, i)
		}
		return "From: a@example.co.jp\r\nMIME-Version: 1.0\r\n" + inner
	}
	noise := make([]byte, 1500<<10)
	rnd := rand.NewChaCha8([32]byte{})
	_, _ = rnd.Read(noise)
	for i := range noise {
		noise[i] = "abcdefghijklmnopqrstuvwxyz \n\n  eaion"[noise[i]%36]
	}
	members := func(n int, content string) []byte {
		var names []string
		for i := range n {
			names = append(names, fmt.Sprintf("%d.txt", i))
		}
		return zipped(t, content, names...)
	}
	csv := "a,b,c\n" + strings.Repeat("1,2,3\n", 20)
	two := pdfOfPages("one", "two")
	return []limitCase{
		{"mime_depth", "3", "deep.eml", []byte(nested(6, "Content-Type: text/plain\r\n\r\nx")), "too_deep"},
		{"parts", "5", "parts.eml", []byte(nested(1, strings.Repeat("Content-Type: text/plain\r\n\r\nx\r\n--b0\r\n", 9)+"\r\nx")), "too_large"},
		{"header_size", "4KiB", "header.eml", []byte("From: a@example.co.jp\r\nX-A: " + strings.Repeat("a ", 4000) + "\r\n\r\nx\r\n"), "too_large"},
		{"foreign_depth", "1", "foreign.eml", []byte(nested(3, "Content-Type: text/plain\r\nContent-Type : text/plain\r\n\r\nx")), "ambiguous"},
		{"archive_depth", "1", "deep.zip", zipped(t, string(zipped(t, string(zipped(t, "x", "c.txt")), "b.zip")), "a.zip"), "too_deep"},
		{"archive_entries", "3", "entries.zip", members(6, "x"), "too_large"},
		{"member_size", "1MiB", "member.zip", zipped(t, string(noise), "a.txt"), "too_large"},
		{"expanded_size", "1MiB", "expanded.zip", zipped(t, string(noise[:700<<10]), "a.txt", "b.txt"), "too_large"},
		{"ratio_from", "1KiB", "ratio.zip", zipped(t, strings.Repeat("a", 1<<20), "a.txt"), "too_large"},
		{"cells", "10", "cells.csv", []byte(csv), "too_large"},
		{"text_size", "64KiB", "text.txt", noise[:100<<10], "too_large"},
		{"pdf_pages", "1", "pages.pdf", two, "too_large"},
	}
}

func zipped(t *testing.T, content string, names ...string) []byte {
	t.Helper()
	return zippedMembers(t, names, func(string) string { return content })
}

func zippedMembers(t *testing.T, names []string, content func(name string) string) []byte {
	t.Helper()
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	for _, name := range names {
		w, err := zw.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, content(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pdfOfPages is a PDF with one line on each page; its cross references are left to
// the reader to find.
func pdfOfPages(lines ...string) []byte {
	var b strings.Builder
	b.WriteString("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n")
	kids := ""
	for i, line := range lines {
		text := fmt.Sprintf("BT /F1 12 Tf 72 700 Td (%s) Tj ET", line)
		fmt.Fprintf(&b, "%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>endobj\n", 10+2*i, 11+2*i)
		fmt.Fprintf(&b, "%d 0 obj<</Length %d>>stream\n%s\nendstream endobj\n", 11+2*i, len(text), text)
		kids += fmt.Sprintf("%d 0 R ", 10+2*i)
	}
	fmt.Fprintf(&b, "2 0 obj<</Type/Pages/Count %d/Kids[%s]>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n", len(lines), kids)
	return []byte(b.String())
}

// Every limit of the reading is a setting, and one that is hit is a problem: by the
// built program.
func TestEachScanLimitIsASettingAndAProblem(t *testing.T) {
	p := newProgram(t, "127.0.0.1:1", "")
	base, err := os.ReadFile(p.configFile)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(p.dir, "in")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	cases := limitCases(t)
	for _, c := range cases {
		if err := os.WriteFile(filepath.Join(folder, c.name), c.data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, problems := range scanProblems(t, p, folder) {
		if len(problems) > 0 {
			t.Errorf("%s has the problems %v within the usual limits", name, problems)
		}
	}
	for _, c := range cases {
		t.Run(c.key, func(t *testing.T) {
			text := fmt.Sprintf("%slimits: {scan: {%s: %s}}\n", base, c.key, c.value)
			if err := os.WriteFile(p.configFile, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			got := scanProblems(t, p, filepath.Join(folder, c.name))[c.name]
			if !got[c.want] {
				t.Errorf("%s with %s: %s has the problems %v, want %s", c.name, c.key, c.value, got, c.want)
			}
		})
	}
}

// scanProblems are the problems of each file that scan --json tells.
func scanProblems(t *testing.T, p *program, path string) map[string]map[string]bool {
	t.Helper()
	out, status := p.run("scan", "--json", path)
	if status != 0 {
		t.Fatalf("scan exits %d: %s", status, out)
	}
	all := map[string]map[string]bool{}
	for line := range strings.Lines(out) {
		var got scanLine
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("scan prints %q: %v", line, err)
		}
		problems := map[string]bool{}
		for _, part := range got.Parts {
			if part.Problem != "" {
				problems[string(part.Problem)] = true
			}
		}
		all[filepath.Base(got.File)] = problems
	}
	return all
}
