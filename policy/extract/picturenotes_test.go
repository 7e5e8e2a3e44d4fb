package extract

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestNotesOfPictures holds notes that say nowhere beside them that they are text.
func TestNotesOfPictures(t *testing.T) {
	const note = "個人番号 123456789018"
	comment := func(mark string, order binary.AppendByteOrder) []byte {
		out := []byte("Exif\x00\x00" + mark + "\x00\x00\x00\x08\x00\x01UNICODE\x00")
		for _, u := range utf16.Encode([]rune(note)) {
			out = order.AppendUint16(out, u)
		}
		return append(out, 0xff, 0xff, 1, 2)
	}
	jpeg := func(segment []byte) []byte {
		out := binary.BigEndian.AppendUint16([]byte("\xff\xd8\xff\xe1"), uint16(len(segment)+2))
		return append(append(out, segment...), 0xff, 0xd9)
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, _ = w.Write([]byte("\niptc\n      " + "40" + "\n" + hex.EncodeToString(append([]byte("8BIM\x04\x04"), note...)) + "\n"))
	_ = w.Close()
	body := append([]byte("Raw profile type iptc\x00\x00"), packed.Bytes()...)
	png := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), uint32(len(body)))
	png = append(append(png, "zTXt"...), append(body, 0, 0, 0, 0)...)
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"big end first", jpeg(comment("MM\x00*", binary.BigEndian))},
		{"little end first", jpeg(comment("II*\x00", binary.LittleEndian))},
		{"profile in hex", png},
	} {
		text := ""
		for _, x := range extractFile(t, File{Name: "a.bin", Data: c.data}).Contents {
			text += x.Text
		}
		if !strings.Contains(text, note) {
			t.Errorf("%s: %q", c.name, text)
		}
	}
}
