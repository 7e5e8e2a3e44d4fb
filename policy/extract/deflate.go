package extract

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"fmt"
	"io"
)

// isZlib takes a stream of zlib (RFC 1950) by its header and by its start, which must
// unpack.
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
	src := bytes.NewReader(p.data)
	head := make([]byte, 4<<10)
	zr := flate.NewReader(src)
	n, err := io.ReadFull(zr, head)
	if n < 64 || err != nil && (err != io.ErrUnexpectedEOF || src.Len() > 0) || len(newProbe(&File{Data: head[:n]}).text()) == 0 {
		return ""
	}
	return "application/x-deflate"
}

// readDeflate reads the stream; what stands behind it is looked at too.
func readDeflate(r *reading) error {
	src := bytes.NewReader(r.file.Data)
	err := r.unpacked("", flate.NewReader(src))
	r.behind(len(r.file.Data) - src.Len())
	return err
}
