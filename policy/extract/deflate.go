package extract

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"fmt"
	"io"
	"sync"
)

// isZlib takes a stream of zlib (RFC 1950) by its header and by its start, which must
// unpack. Texts begin like that too ("HKS", "(Sales)"), and a few octets of them unpack to
// something: what reads as text must unpack to its end, or go on for longer than chance.
func isZlib(p *probe) string {
	if len(p.data) < 8 || p.data[0]&0x0f != 8 || p.data[0] > 0x78 || (int(p.data[0])<<8|int(p.data[1]))%31 != 0 {
		return ""
	}
	zr, err := zlib.NewReader(bytes.NewReader(p.data))
	if err != nil {
		return ""
	}
	var head [16]byte
	n, _ := io.ReadFull(zr, head[:])
	if n > 0 && len(p.text()) > 0 {
		const long = 64 << 10
		more, err := io.CopyN(io.Discard, zr, long)
		return typeIf(more == long || err == io.EOF || err == zlib.ErrChecksum, "application/zlib")
	}
	return typeIf(n > 0, "application/zlib")
}

func readZlib(r *reading) error {
	zr, err := zlib.NewReader(bytes.NewReader(r.file.Data))
	if err != nil {
		return fmt.Errorf("open zlib: %w", err)
	}
	return r.unpacked("", zr)
}

// isDeflate takes bare deflate (RFC 1951), which has no mark of its own: it must unpack to
// its very end into something that makes sense.
func isDeflate(p *probe) string {
	if len(p.data) < 16 || len(p.data) > 16<<20 || len(p.text()) > 0 || p.sniff() != "application/octet-stream" {
		return ""
	}
	switch p.data[0] >> 1 & 3 { // of the first block, section 3.2.3
	case 0: // stored: its length, and that again
		if p.data[1]^p.data[3] != 0xff || p.data[2]^p.data[4] != 0xff {
			return ""
		}
	case 3:
		return ""
	}
	src := bytes.NewReader(p.data)
	z, ok := inflaters.Get().(*inflater)
	if !ok {
		z = &inflater{stream: flate.NewReader(src)}
	} else if err := z.stream.(flate.Resetter).Reset(src, nil); err != nil {
		return ""
	}
	defer inflaters.Put(z)
	head := z.head[:]
	n, err := io.ReadFull(z.stream, head)
	if n < 64 || err != nil && (err != io.ErrUnexpectedEOF || src.Len() > 0) || len(newProbe(&File{Data: head[:n]}).text()) == 0 {
		return ""
	}
	return "application/x-deflate"
}

// inflaters are used again: each has 45 KB, and a signature in a header alone is asked
// about five times.
var inflaters sync.Pool // of *inflater

type inflater struct {
	stream io.ReadCloser
	head   [4 << 10]byte
}

// readDeflate reads the stream; what stands behind it is looked at too.
func readDeflate(r *reading) error {
	src := bytes.NewReader(r.file.Data)
	err := r.unpacked("", flate.NewReader(src))
	r.end = len(r.file.Data) - src.Len()
	return err
}
