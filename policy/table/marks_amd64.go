package table

import "golang.org/x/sys/cpu"

// kernel tells a processor that has what the assembly is made of.
func kernel() bool { return cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasPOPCNT }

// marksAhead notes where a or b stand in whole blocks of 64 octets from the start of s, as far as there is room: how
// many octets it has read and how many places there were.
func marksAhead(s string, a, b byte, out *[marksRoom]uint32) (read, n int) {
	if len(s) < 64 || !kernel() {
		return 0, 0
	}
	return marksAVX2(s, a, b, out)
}

// marksAVX2 is marksAhead.
//
//go:noescape
func marksAVX2(s string, a, b byte, out *[marksRoom]uint32) (read, n int)

// cellsAhead notes the marks of the line that s begins with, in blocks of 32 octets as far as s goes: how much of
// the line it has read and how many marks there were.
func cellsAhead(s string, length int, out *[longestRow + 8]uint16) (read, n int) {
	if !kernel() {
		return 0, 0
	}
	return cellsAVX2(s, length, out)
}

// cellsAVX2 is cellsAhead.
//
//go:noescape
func cellsAVX2(s string, length int, out *[longestRow + 8]uint16) (read, n int)
