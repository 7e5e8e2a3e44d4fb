//go:build !amd64

package detect

// kernel tells that there is none for this processor.
func kernel() bool { return false }

func (g *gate) blocks(s string, prev charClass, out *stops) (read, n int, last charClass) {
	return g.blocksGo(s, prev, out)
}

func (*gate) letterBits(s string) uint64 { return letterBitsGo(s) }
