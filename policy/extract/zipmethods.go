package extract

import (
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"fmt"
	"io"
)

// registerZipMethods adds the methods that the standard library leaves out.
func registerZipMethods(zr *zip.Reader) {}

// unpackLocal unpacks a member of an archive without directory.
func (r *reading) unpackLocal(method uint16, raw []byte) ([]byte, error) {
	src := bytes.NewReader(raw)
	switch method {
	case zip.Store:
		return r.expand(src, int64(len(raw)))
	case zip.Deflate:
		return r.expand(flate.NewReader(src), int64(len(raw)))
	case 12:
		return r.expand(io.Reader(bzip2.NewReader(src)), int64(len(raw)))
	}
	return nil, fmt.Errorf("open zip member: %w", errUnsupported)
}
