//go:build !amd64

package detect

// kernels tells that there are none for this processor.
func kernels() bool { return false }

func (g *gate) blocks(s string, prev charClass, out *stops) (read, n int, last charClass) {
	return g.blocksGo(s, prev, out)
}

func (g *gate) words(s string, out *words) (read, n int) { return g.wordsGo(s, out) }
