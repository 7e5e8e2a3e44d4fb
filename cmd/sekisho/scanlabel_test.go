package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Sensitivity labels of Microsoft Purview are found in Office files, PDFs and text,
// whatever script their names are written in: by the built program.
func TestScanFindsSensitivityLabels(t *testing.T) {
	p := newProgram(t, "127.0.0.1:1", "")
	folder := filepath.Join(p.dir, "labels")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	pdf := strings.Replace(string(pdfOfPages("Plan")), "trailer<</Root 1 0 R>>",
		"90 0 obj<</MSIP_Label_0d1e-11_Enabled(true)/MSIP_Label_0d1e-11_Name(Highly Confidential)>>endobj\ntrailer<</Root 1 0 R/Info 90 0 R>>", 1)
	want := map[string]string{"label.docx": "社外秘", "label.pdf": "highly confidential", "label.txt": "highly confidential"}
	for name, data := range map[string][]byte{"label.docx": labelledDocument(t), "label.pdf": []byte(pdf), "label.txt": []byte("MSIP_Label_0d1e-11_Name=Highly Confidential\n")} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, status := p.run("scan", "--json", folder)
	if status != 0 {
		t.Fatalf("scan exits %d: %s", status, out)
	}
	for line := range strings.Lines(out) {
		var got struct {
			File     string `json:"file"`
			Findings []struct {
				Type, Reason string
			} `json:"findings"`
		}
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("scan prints %q: %v", line, err)
		}
		name := filepath.Base(got.File)
		found := ""
		for _, f := range got.Findings {
			if f.Type == "sensitivity_label" {
				found = f.Reason
			}
		}
		if found != "sensitivity label "+want[name] {
			t.Errorf("%s: %q in %s", name, found, line)
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("not scanned: %v", want)
	}
}

// labelledDocument is a Word file with a label among its properties.
func labelledDocument(t *testing.T) []byte {
	t.Helper()
	const props = `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">` +
		`<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="MSIP_Label_0d1e-11_Enabled"><vt:lpwstr>true</vt:lpwstr></property>` +
		`<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="3" name="MSIP_Label_0d1e-11_Name"><vt:lpwstr>社外秘</vt:lpwstr></property></Properties>`
	members := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
		"word/document.xml":   `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Plan</w:t></w:r></w:p></w:body></w:document>`,
		"docProps/custom.xml": props,
	}
	return zippedMembers(t, []string{"[Content_Types].xml", "word/document.xml", "docProps/custom.xml"}, func(name string) string {
		return fmt.Sprintf("<?xml version=%q?>", "1.0") + members[name]
	})
}
