package extract

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// binHexMark begins a file in BinHex 4.0 (RFC 1741 section 6.2); mail programs
// on the Macintosh and their heirs open it by itself.
const binHexMark = "(This file must be converted with BinHex"

const binHexLetters = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"

// binHexed finds the files in BinHex in a text: data fork and resource fork of each.
// What is cut off or damaged is given as far as it goes; checksums are not looked at.
func binHexed(text string) []File {
	var out []File
	for {
		_, rest, ok := strings.Cut(text, binHexMark)
		if !ok {
			return out
		}
		text = rest
		_, rest, ok = strings.Cut(rest, ":")
		if !ok {
			return out
		}
		encoded, _, _ := strings.Cut(rest, ":")
		out = append(out, binHexFile(unrun(binHexOctets(encoded)))...)
	}
}

func binHexOctets(encoded string) []byte {
	var out []byte
	acc, bits := uint32(0), 0
	for i := range len(encoded) {
		v := strings.IndexByte(binHexLetters, encoded[i])
		if v < 0 {
			continue // line ends, and what gateways added
		}
		acc, bits = acc<<6|uint32(v), bits+6
		if bits >= 8 {
			bits -= 8
			out = append(out, byte(acc>>bits))
		}
	}
	return out
}

// unrun undoes the run lengths: 0x90 n repeats the octet before it, 0x90 0 is 0x90.
func unrun(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		switch {
		case data[i] != 0x90 || i+1 == len(data):
			out = append(out, data[i])
		case data[i+1] == 0:
			out = append(out, 0x90)
			i++
		default:
			if n := len(out); n > 0 {
				out = append(out, bytes.Repeat(out[n-1:], int(data[i+1])-1)...)
			}
			i++
		}
	}
	return out
}

// binHexFile reads the header (name, type, creator, flags, lengths) and the forks.
func binHexFile(data []byte) []File {
	const behindName = 1 + 4 + 4 + 2 + 4 + 4 + 2 // version to checksum
	if len(data) == 0 || len(data) < 1+int(data[0])+behindName {
		return nil
	}
	name := charset.Read(data[1:1+int(data[0])], "")[0].Text
	h := data[1+int(data[0]):]
	sizes := [2]uint32{binary.BigEndian.Uint32(h[11:]), binary.BigEndian.Uint32(h[15:])}
	rest := h[behindName:]
	var out []File
	for i, size := range sizes {
		fork := rest[:min(uint64(size), uint64(len(rest)))]
		rest = rest[min(len(rest), len(fork)+2):]
		if len(fork) > 0 {
			out = append(out, File{Name: name + [...]string{"", " (resources)"}[i], Data: fork, Attachment: true})
		}
	}
	return out
}
