package extract

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

func artRecord(kind uint16, body []byte) []byte {
	out := binary.LittleEndian.AppendUint16([]byte{0x00, 0x6e}, kind)
	return append(binary.LittleEndian.AppendUint32(out, uint32(len(body))), body...)
}

func zlibbed(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

// A scan in a letter or a sheet of the old formats is a picture like that in the new ones.
func TestPicturesOfOldOfficeFilesAreRead(t *testing.T) {
	png, emf := picture(t, 30, 8), testdata(t, "made/rich.emf")
	head := make([]byte, 34)
	stream := slices.Concat([]byte("text \xf0\x00 before"), artRecord(blipPNG, append(make([]byte, 17), png...)),
		artRecord(blipJPEG, append(make([]byte, 33), png...)), artRecord(blipEMF, slices.Concat(make([]byte, 16), head, zlibbed(emf))), []byte("\x1e\xf0\xff\xff"))
	var book []byte
	for rest, kind := stream, uint16(0xeb); len(rest) > 0; kind = 0x3c { // cut as Excel cuts
		n := min(len(rest), 50)
		book = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(book, kind), uint16(n))
		book, rest = append(book, rest[:n]...), rest[n:]
	}
	for name, data := range map[string][]byte{"document": stream, "workbook": biffDrawings(append([]byte{9, 8, 2, 0, 1, 2}, append(book, 10, 0, 0, 0)...))} {
		x := testExtractor()
		x.OCR = func(context.Context, []byte) (string, error) { return "", nil }
		res := Result{Parts: []policy.Part{{Path: "0"}}}
		r := &reading{ctx: context.Background(), s: x.NewSession(), file: File{Path: "0", Data: data}, res: &res}
		if err := r.blips(data); err != nil {
			t.Fatal(err)
		}
		var types []string
		for _, p := range res.Parts[1:] {
			if p.View == "" {
				types = append(types, p.Type)
			}
		}
		if want := []string{"image/png", "image/png", typeEMF}; !slices.Equal(types, want) {
			t.Errorf("%s: %q, want %q", name, types, want)
		}
	}
}

func FuzzOfficeArt(f *testing.F) {
	f.Add(artRecord(blipEMF, slices.Concat(make([]byte, 50), zlibbed([]byte("drawing")))))
	f.Add(artRecord(blipDIB, make([]byte, 40)))
	f.Fuzz(func(t *testing.T, data []byte) {
		x := &Extractor{Limits: smallLimits()}
		res := Result{Parts: []policy.Part{{Path: "0"}}}
		r := &reading{ctx: context.Background(), s: x.NewSession(), file: File{Path: "0", Data: data}, res: &res}
		_ = r.blips(data)
		_ = biffDrawings(data)
		checkResult(t, res)
	})
}
