package detect

import (
	"math/bits"

	"golang.org/x/sys/cpu"
)

// kernel tells whether the processor has what wideAVX2 needs: every one of the last
// ten years does.
func kernel() bool { return cpu.X86.HasAVX2 && cpu.X86.HasPOPCNT }

// blocks is blocksGo, by the kernel where there is one.
func (g *gate) blocks(s string, prev charClass, out *stops) (read, n int, last charClass) {
	if g.kernel {
		return wideAVX2(s, &g.class, stopHits, prev, &leftPack, out)
	}
	return g.blocksGo(s, prev, out)
}

// wideAVX2 is blocksGo for blocks of eight characters, as far as 28 bytes are left;
// stop are the hits that count, pack is leftPack.
//
//go:noescape
func wideAVX2(s string, class *[1 << 16]charClass, stop, prev charClass, pack *[256]uint64, out *stops) (read, n int, last charClass)

// letterBits is letterBitsGo, by the kernel where there is one.
func (g *gate) letterBits(s string) uint64 {
	if g.kernel && len(s) >= letterBlock {
		return lettersAVX2(s)
	}
	return letterBitsGo(s)
}

// lettersAVX2 is letterBitsGo for a text of letterBlock bytes or more.
//
//go:noescape
func lettersAVX2(s string) (letters uint64)

// leftPack leads from eight bits to the numbers of those that are set, a byte for
// each, the first one lowest: a shuffle by it moves what is marked to the left.
var leftPack = func() (t [256]uint64) {
	for mask := range t {
		n := 0
		for m := uint(mask); m != 0; m &= m - 1 {
			t[mask] |= uint64(bits.TrailingZeros(m)) << n
			n += 8
		}
	}
	return t
}()

// wideAVX2 shifts charKanji by 13 to where charParticle is.
var _ = [1]struct{}{}[charKanji>>13-charParticle]
