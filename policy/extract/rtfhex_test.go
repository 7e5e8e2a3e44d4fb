package extract

import (
	"bytes"
	"context"
	"encoding/hex"
	"image"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"github.com/sekisho-mail/sekisho/policy"
)

func TestRTFBinaryAndPictures(t *testing.T) {
	const number = "080-0042-9953"
	picture := picture(t, 30, 8)
	for _, c := range []struct {
		name, rtf string
		found     bool
		problem   string
	}{
		{"a word that takes more than there is", `{\rtf1\ansi a\bin99999 ` + number + `}`, true, ""},
		{"a word that takes text", `{\rtf1\ansi a\bin30 b ` + number + ` and more words\par}`, true, ""},
		{"octets that are a file", `{\rtf1\ansi a{\*\x\bin` + lenOf(gzipped(t, []byte(number+"\n"))) + " " + string(gzipped(t, []byte(number+"\n"))) + `}}`, true, ""},
		{"octets that are noise", `{\rtf1\ansi a\bin2000 ` + string(noise(2000)) + `}`, false, string(policy.Unsupported)},
		{"a picture in hex", `{\rtf1\ansi a{\pict\pngblip ` + hex.EncodeToString(picture) + `}b}`, false, "image/png"},
		{"a picture as octets", `{\rtf1\ansi a{\pict\pngblip\bin` + lenOf(picture) + " " + string(picture) + `}b}`, false, "image/png"},
		{"what a picture is called", `{\rtf1\ansi a{\pict{\*\picprop{\sp{\sn wzDescription}{\sv ` + number + `}}}\pngblip ` + hex.EncodeToString(picture) + `}b}`, true, "image/png"},
		{"data of a program", `{\rtf1\ansi a{\*\datastore ` + hex.EncodeToString([]byte("0000"+number+"0000")) + `}b}`, true, ""},
		{"a theme", `{\rtf1\ansi a{\*\themedata ` + hex.EncodeToString(zipOf(t, [2]string{"a.txt", number})) + `}b}`, true, ""},
		{"the end of the outermost group", `{\rtf1\ansi a}` + "\x00\r\n", false, ""},
	} {
		res := extractSeen(t, File{Name: "a.rtf", Data: []byte(c.rtf)})
		if got := hits(res, []string{number}) == 1; got != c.found {
			t.Errorf("%s: found %v, want %v", c.name, got, c.found)
		}
		var types []string
		for _, p := range res.Parts {
			types = append(types, p.Type)
		}
		if said := problems(res) + strings.Join(types, " "); !strings.Contains(said, c.problem) || c.problem == "" && problems(res) != "" {
			t.Errorf("%s: problems %q, types %q", c.name, problems(res), types)
		}
	}
}

func lenOf(data []byte) string { return strconv.Itoa(len(data)) }

// extractSeen is extractFile with an OCR that sees nothing in any picture.
func extractSeen(t *testing.T, f File) Result {
	t.Helper()
	x := testExtractor()
	x.OCR = func(context.Context, []byte) (string, error) { return "", nil }
	f.Path = "0"
	res := x.Extract(context.Background(), f)
	checkResult(t, res)
	return res
}

func TestBytesBehindPicturesAreRead(t *testing.T) {
	const number = "080-0042-9953"
	shape := image.NewPaletted(image.Rect(0, 0, 40, 20), palette.Plan9)
	for name, encode := range map[string]func(io.Writer) error{
		"png":  func(w io.Writer) error { return png.Encode(w, shape) },
		"jpeg": func(w io.Writer) error { return jpeg.Encode(w, shape, nil) },
		"gif":  func(w io.Writer) error { return gif.Encode(w, shape, nil) },
		"bmp":  func(w io.Writer) error { return bmp.Encode(w, shape) },
		"tiff": func(w io.Writer) error { return tiff.Encode(w, shape, nil) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		whole := extractSeen(t, File{Name: "a." + name, Data: b.Bytes()})
		res := extractSeen(t, File{Name: "a." + name, Data: append(bytes.Clone(b.Bytes()), gzipped(t, []byte(number))...)})
		if hits(res, []string{number}) != 1 {
			t.Errorf("gzip behind %s: not found, problems %q", name, problems(res))
		}
		res = extractSeen(t, File{Name: "a." + name, Data: append(bytes.Clone(b.Bytes()), noise(2000)...)})
		if len(res.Parts) <= len(whole.Parts) || problems(res) == problems(whole) {
			t.Errorf("noise behind %s: problems %q", name, problems(res))
		}
		if res := extractSeen(t, File{Name: "a." + name, Data: append(bytes.Clone(b.Bytes()), make([]byte, 700)...)}); problems(res) != problems(whole) {
			t.Errorf("padding behind %s: problems %q", name, problems(res))
		}
	}
}
