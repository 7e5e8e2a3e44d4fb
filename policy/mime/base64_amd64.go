package mime

import "golang.org/x/sys/cpu"

// base64Lines decodes the lines of letters that raw begins with and that end in CRLF: 32
// letters at a time, ten times as fast as by tables. It stops where anything else
// stands, with whole groups read, and tells how much was read and written. out may be the start
// of raw: nothing is written over what was not read.
func base64Lines(out, raw []byte) (read, wrote int) {
	if len(raw) < 64 || len(out) < 32 || !cpu.X86.HasAVX2 {
		return 0, 0
	}
	return base64AVX2(out, raw)
}

// base64AVX2 is base64Lines as far as 34 octets can be read and 24 written.
//
//go:noescape
func base64AVX2(out, raw []byte) (read, wrote int)
