package detect

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
)

func picture(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFileFinding(t *testing.T) {
	for _, c := range []struct {
		name, kind string
		data       []byte
		subtype    string
		confidence float64
	}{
		{"template.bin", "application/octet-stream", []byte("FMR\x00 20\x00"), "fingerprint", 0.99},
		{"f.wsq", "application/octet-stream", []byte("\xff\xa0\xff\xa4\x00"), "fingerprint", 0.99},
		{"x.dat", "application/octet-stream", []byte("IIR\x00010\x00"), "iris", 0.99},
		{"佐藤_顔写真.png", "image/png", picture(t, 350, 450), "face", 0.97},
		{"sato_id-photo.png", "image/png", picture(t, 800, 300), "face", 0.85},
		{"免許証 表.jpg", "image/jpeg", nil, "identity_document", 0.85},
		{"interface.png", "image/png", picture(t, 350, 450), "", 0},
		{"portraits.pdf", "application/pdf", nil, "", 0},
		{"logo.png", "image/png", picture(t, 10, 10), "", 0},
		{"", "", nil, "", 0},
	} {
		f, ok := FileFinding(c.name, c.kind, c.data)
		if ok != (c.subtype != "") || ok && (f.Subtype != c.subtype || f.Confidence != c.confidence || f.Reason.IsZero()) {
			t.Errorf("%s: %+v %v", c.name, f, ok)
		}
		if ok && strings.Contains(f.Masked.String(), "写真") {
			t.Error("the name of the file is not masked")
		}
	}
}

func TestEmbeddingsAreAColumn(t *testing.T) {
	row := "EMP01," + `"[` + strings.TrimSuffix(strings.Repeat("0.1234,", 20), ",") + `]"` + "\n"
	r := detectText(t, "社員番号,face embedding\n"+strings.Repeat(row, 4))
	n := 0
	for _, f := range r.Findings {
		n += b2i(f.Type == "biometric")
	}
	if n != 4 {
		t.Errorf("%d columns of embeddings, want 4: %v", n, r.Findings)
	}
}

func FuzzFileFinding(f *testing.F) {
	f.Add("顔写真.jpg", "image/jpeg", []byte("\xff\xd8\xff\xe0"))
	f.Add("a", "image/png", picture(f, 3, 4))
	f.Add("b", "", []byte("FMR\x00"))
	f.Fuzz(func(t *testing.T, name, kind string, data []byte) {
		if g, ok := FileFinding(name, kind, data); ok && (g.Confidence <= 0 || g.Confidence > 1 || g.Reason.IsZero() || g.Subtype == "") {
			t.Fatalf("%+v", g)
		}
	})
}
