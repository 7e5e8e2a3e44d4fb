package extract

import (
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz/lzma"
)

// Compression methods of zip (APPNOTE 4.4.5).
const (
	zipStore     = 0
	zipDeflate   = 8
	zipDeflate64 = 9
	zipBzip2     = 12
	zipLZMA      = 14
	zipZstd      = 93
	zipXZ        = 95
	zipPPMd      = 98
)

// zipUnpacker undoes a method; size is the unpacked size, -1 when unknown.
//
// Not covered: implode and the other methods that nobody writes.
func zipUnpacker(method uint16, raw []byte, size int64) (io.Reader, error) {
	src := bytes.NewReader(raw)
	switch method {
	case zipStore:
		return src, nil
	case zipDeflate:
		return flate.NewReader(src), nil
	case zipDeflate64:
		return newDeflate64(raw), nil
	case zipBzip2:
		return bzip2.NewReader(src), nil
	case zipLZMA:
		return zipLZMAReader(raw, size)
	case zipZstd:
		zr, err := zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderMaxMemory(zstdWindow*2))
		if err != nil {
			return nil, fmt.Errorf("open zip member: %w", err)
		}
		return zr.IOReadCloser(), nil
	case zipXZ:
		return openXZ(raw)
	case zipPPMd:
		return newPPMD(raw, size)
	}
	return nil, fmt.Errorf("open zip member: %w", errUnsupported)
}

// zipLZMAReader puts zip's LZMA header (APPNOTE 5.8.8) into the form of a .lzma
// file, which carries the unpacked size.
func zipLZMAReader(raw []byte, size int64) (io.Reader, error) {
	if len(raw) < 9 || le16(raw[2:]) != 5 {
		return nil, fmt.Errorf("open zip member: %w", errMalformed)
	}
	head := append([]byte(nil), raw[4:9]...)
	head = binary.LittleEndian.AppendUint64(head, uint64(size))
	zr, err := lzma.ReaderConfig{DictCap: maxDictionary}.NewReader(io.MultiReader(bytes.NewReader(head), bytes.NewReader(raw[9:])))
	if err != nil {
		return nil, fmt.Errorf("open zip member: %w", err)
	}
	return zr, nil
}

// openRaw opens bytes packed by one of zip's methods as a stream.
func (r *reading) openRaw(method uint16, raw []byte, size int64) (*expander, error) {
	src, err := zipUnpacker(method, raw, size)
	if err != nil {
		return nil, err
	}
	e := r.expander(src, int64(len(raw)))
	if c, ok := src.(io.Closer); ok {
		e.close = c.Close
	}
	return e, nil
}

// unpackRaw unpacks bytes packed by one of zip's methods.
func (r *reading) unpackRaw(method uint16, raw []byte, size int64) ([]byte, error) {
	e, err := r.openRaw(method, raw, size)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	return readAll(e)
}
