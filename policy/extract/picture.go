package extract

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"strings"
)

// pictureNotes is the text that a picture's file holds beside the picture:
// comments, properties and what was put behind its end. What is packed image data
// is left out: it holds no text, and searching it takes a second for 10 MB.
//
// Where the file says where it ends, what stands behind is read as such.
//
// Not covered: data hidden in the pixels; the ends of HEIC and JPEG 2000.
func pictureNotes(r *reading, data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return sweepText(exifComments(pngNotes(r, data)))
	case bytes.HasPrefix(data, []byte("\xff\xd8")):
		return sweepText(exifComments(jpegNotes(r, data)))
	}
	switch {
	case bytes.HasPrefix(data, []byte("GIF8")):
		r.end = gifEnd(data)
	case bytes.HasPrefix(data, []byte("BM")):
		r.end = int(le32(data[2:]))
	case bytes.HasPrefix(data, []byte("RIFF")):
		r.end = 8 + int(le32(data[4:])+1)&^1
	}
	if order := tiffOrder(data); order != nil {
		r.end = tiffEnd(data, order)
	}
	if r.end > 0 && r.end < len(data) {
		data = data[:r.end+len(r.few(data[r.end:]))]
	}
	return sweepText(sweepable(data))
}

// few is what stands behind a file's end where it is so little that behind may leave it: the
// rest is not searched twice, nor once more for each of many files behind one another.
func (r *reading) few(rest []byte) []byte {
	if r.end > 0 && len(rest) > fewBytes {
		return nil
	}
	return rest
}

// pngKnown are the chunks of which it is known what programs write there (PNG 11.3, its
// extensions and registered ones).
const pngKnown = " tEXt eXIf pHYs gAMA cHRM sRGB cICP sBIT tIME bKGD tRNS hIST sPLT sTER oFFs pCAL sCAL acTL fcTL fdAT caBX iDOT vpAg CgBI orNT "

// pngNotes are all chunks but those of the picture, the compressed texts unpacked
// (PNG 11.3.4), and what follows the last one.
func pngNotes(r *reading, data []byte) []byte {
	var out bytes.Buffer
	whole := len(data)
	data = data[8:]
	for len(data) >= 12 {
		n := int(binary.BigEndian.Uint32(data))
		kind := string(data[4:8])
		if n < 0 || n > len(data)-12 {
			break
		}
		body := data[8 : 8+n]
		data = data[12+n:]
		switch kind {
		case "IHDR", "PLTE", "IDAT", "IEND":
		case "zTXt", "iTXt", "iCCP":
			out.Write(body)
			out.WriteByte(0)
			for i := bytes.Index(body, []byte{0x78}); i >= 0 && i < len(body); i++ { // where zlib may begin
				if body[i] != 0x78 {
					continue
				}
				if zr, err := zlib.NewReader(bytes.NewReader(body[i:])); err == nil {
					text, _ := io.ReadAll(r.expander(zr, int64(len(body))))
					out.Write(text)
					out.Write(rawProfile(body, text))
					out.WriteByte(0)
					break
				}
			}
		default:
			if !strings.Contains(pngKnown, " "+kind+" ") {
				body = r.chunk(kind, body)
			}
			out.Write(body)
			out.WriteByte(0)
		}
		if kind == "IEND" {
			r.end = whole - len(data)
			break
		}
	}
	out.Write(r.few(data))
	return out.Bytes()
}

// chunk reads a chunk of a kind that nobody knows, counted as a member of an archive, and
// gives back what is still to be searched of it: nothing of what was a file of its own.
func (r *reading) chunk(kind string, body []byte) []byte {
	if err := r.s.budget.entry(); err != nil {
		r.fail(err)
		return nil
	}
	if r.loose("chunk "+kind, body); len(body) > fewBytes {
		return nil
	}
	return body
}

// jpegNotes are the segments that are no picture (ITU-T T.81, B.1.1.4), and what
// follows the end of the image. A file that is not built like that comes whole.
func jpegNotes(r *reading, data []byte) []byte {
	var out bytes.Buffer
	rest := data[2:]
	for len(rest) >= 4 && rest[0] == 0xff {
		marker := rest[1]
		if marker == 0xff {
			rest = rest[1:]
			continue
		}
		if marker == 0xd9 {
			r.end = len(data) - len(rest) + 2
			out.Write(r.few(rest[2:]))
			return out.Bytes()
		}
		n := int(binary.BigEndian.Uint16(rest[2:]))
		if marker >= 0xd0 && marker <= 0xd8 || n < 2 || 2+n > len(rest) {
			break
		}
		if marker >= 0xe0 && marker <= 0xef || marker == 0xfe {
			out.Write(rest[4 : 2+n])
			out.WriteByte(0)
		}
		rest = rest[2+n:]
		if marker == 0xda { // packed data: a marker is an 0xff that no zero follows
			end := packedEnd(rest)
			// Hardly any text lies open in there; what does is printable over a distance.
			printableRuns(&out, rest[:end])
			rest = rest[end:]
		}
	}
	out.Write(ends(rest))
	return out.Bytes()
}

// packedEnd is where the next marker other than a restart stands.
func packedEnd(d []byte) int {
	for at := 0; ; {
		i := bytes.IndexByte(d[at:], 0xff)
		if i < 0 || at+i+1 >= len(d) {
			return len(d)
		}
		at += i
		if c := d[at+1]; c != 0 && (c < 0xd0 || c > 0xd7) {
			return at
		}
		at += 2
	}
}

// printableRuns keeps stretches of 16 and more printable octets, with one look at
// every eighth, and of UTF-8 characters of three octets; chance makes neither.
func printableRuns(out *bytes.Buffer, d []byte) {
	const least = 16
	for i := 0; i < len(d); i += least / 2 {
		if !isPrintable(d[i]) {
			continue
		}
		from, to := i, i+1
		for from > 0 && isPrintable(d[from-1]) {
			from--
		}
		for to < len(d) && isPrintable(d[to]) {
			to++
		}
		if to-from >= least {
			out.Write(d[from:to])
			out.WriteByte(0)
		}
		i = to
	}
	three := func(i int) bool {
		return i+2 < len(d) && d[i] >= 0xe3 && d[i] <= 0xef && d[i+1]&0xc0 == 0x80 && d[i+2]&0xc0 == 0x80
	}
	for i := 0; i+12 < len(d); i++ {
		if d[i] < 0xe3 || !three(i) || !three(i+3) || !three(i+6) || !three(i+9) {
			continue
		}
		from := i
		for ; i < len(d) && (isPrintable(d[i]) || three(i)); i++ {
			if !isPrintable(d[i]) {
				i += 2
			}
		}
		out.Write(d[from:min(i, len(d))])
		out.WriteByte(0)
	}
}
