package extract

import "fmt"

// Sizes of -lh1-: literals and lengths share a tree, whose nodes lie in one list
// by how often they were used.
const (
	lh1Chars  = 256 + 58
	lh1Nodes  = 2*lh1Chars - 1
	lh1Root   = lh1Nodes - 1
	lh1Most   = 0x8000 // a count at which all are halved
	lh1Window = 1 << 12
)

// lh1Decoder unpacks -lh1-, LHarc's method before LHA 2: LZSS symbols under a
// Huffman code that changes with every symbol, places under one that is fixed.
type lh1Decoder struct {
	lzss
	in bitReader
	// freq counts a node's use; it never falls towards the root, which is the last.
	// son is a node's left child, the right one follows it; from lh1Nodes on it is
	// a symbol. parent of lh1Nodes+c is the leaf of symbol c.
	freq   [lh1Nodes + 1]int
	son    [lh1Nodes]int
	parent [lh1Nodes + lh1Chars]int
	places huffman
}

func newLH1(raw []byte, size int) *lh1Decoder {
	d := &lh1Decoder{lzss: lzss{left: size, window: lh1Window}, in: bitReader{data: raw}}
	for i := range lh1Chars {
		d.freq[i], d.son[i], d.parent[lh1Nodes+i] = 1, lh1Nodes+i, i
	}
	d.join(lh1Chars, 0)
	// The upper six bits of a place: one code of three bits, three of four, ...
	var lengths []int
	for n, times := range []int{3: 1, 4: 3, 5: 8, 6: 12, 7: 24, 8: 16} {
		for range times {
			lengths = append(lengths, n)
		}
	}
	d.places, _ = newHuffman(lengths)
	return d
}

// join makes the inner nodes from a number on out of the pairs from another on.
func (d *lh1Decoder) join(node, pair int) {
	for ; node <= lh1Root; node, pair = node+1, pair+2 {
		d.freq[node] = d.freq[pair] + d.freq[pair+1]
		d.son[node] = pair
		d.parent[pair], d.parent[pair+1] = node, node
	}
	d.freq[lh1Nodes] = 1 << 30
	d.parent[lh1Root] = 0
}

// rebuild halves all counts and makes the tree anew: the leaves keep their order,
// and each inner node goes behind the last that was not used more.
func (d *lh1Decoder) rebuild() {
	n := 0
	for i := range lh1Nodes {
		if d.son[i] >= lh1Nodes {
			d.freq[n], d.son[n] = (d.freq[i]+1)/2, d.son[i]
			n++
		}
	}
	for pair := 0; n < lh1Nodes; pair, n = pair+2, n+1 {
		f := d.freq[pair] + d.freq[pair+1]
		at := n
		for at > 0 && f < d.freq[at-1] {
			at--
		}
		copy(d.freq[at+1:n+1], d.freq[at:n])
		copy(d.son[at+1:n+1], d.son[at:n])
		d.freq[at], d.son[at] = f, pair
	}
	for i := range lh1Nodes {
		if k := d.son[i]; k >= lh1Nodes {
			d.parent[k] = i
		} else {
			d.parent[k], d.parent[k+1] = i, i
		}
	}
}

// count counts one use of a symbol and moves its nodes so that the order holds.
func (d *lh1Decoder) count(symbol int) {
	if d.freq[lh1Root] == lh1Most {
		d.rebuild()
	}
	for c := d.parent[lh1Nodes+symbol]; ; c = d.parent[c] {
		d.freq[c]++
		if k := d.freq[c]; k > d.freq[c+1] {
			l := c + 1
			for k > d.freq[l+1] {
				l++
			}
			d.freq[c], d.freq[l] = d.freq[l], k
			d.swap(c, l)
			c = l
		}
		if c == lh1Root {
			return
		}
	}
}

func (d *lh1Decoder) swap(a, b int) {
	d.son[a], d.son[b] = d.son[b], d.son[a]
	for _, n := range [...]int{a, b} {
		k := d.son[n]
		if d.parent[k] = n; k < lh1Nodes {
			d.parent[k+1] = n
		}
	}
}

// Read hands out unpacked octets.
func (d *lh1Decoder) Read(p []byte) (int, error) { return d.read(p, d.symbol) }

func (d *lh1Decoder) symbol() error {
	c := d.son[lh1Root]
	for c < lh1Nodes {
		c = d.son[c+d.in.bits(1)]
	}
	c -= lh1Nodes
	d.count(c)
	if d.in.past() {
		return fmt.Errorf("unpack lzh: %w", errMalformed)
	}
	if c < 256 {
		d.put(byte(c))
		return nil
	}
	place := d.places.decode(&d.in)<<6 | d.in.bits(6)
	d.repeat(place, c-256+3)
	return nil
}
