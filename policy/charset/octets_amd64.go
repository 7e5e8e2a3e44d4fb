package charset

import "golang.org/x/sys/cpu"

// lookAhead is LookAt for whole blocks of 32 octets from the start of data: how many
// octets it has read, whether one of them is beyond ASCII, and whether all are clean; the last
// character may go on behind them.
func lookAhead(data []byte) (read int, high, clean bool) {
	if len(data) < 64 || !cpu.X86.HasAVX2 {
		return 0, false, true
	}
	return lookAVX2(data)
}

// lookAVX2 is lookAhead. It knows of UTF-8 by tables what may follow each other
// (J. Keiser and D. Lemire, Validating UTF-8 in less than one instruction per byte, 2020),
// without a branch but for the end.
//
//go:noescape
func lookAVX2(data []byte) (read int, high, clean bool)
