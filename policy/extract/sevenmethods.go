package extract

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"sync"

	"github.com/bodgit/sevenzip"
	"github.com/ulikunitz/xz/lzma"
)

// sevenMethods replaces the library's LZMA and LZMA2, which take as much memory as
// the archive asks for, and its AES, which knows no "without a password", and adds
// Deflate64, which it lacks (7-Zip methods list: 03 01 01, 21, 06 F1 07 01, 04 01 09).
var sevenMethods = sync.OnceFunc(func() {
	sevenzip.RegisterDecompressor([]byte{3, 1, 1}, sevenLZMA)
	sevenzip.RegisterDecompressor([]byte{0x21}, sevenLZMA2)
	sevenzip.RegisterDecompressor([]byte{6, 0xf1, 7, 1}, new(sevenKeys).open)
	sevenzip.RegisterDecompressor([]byte{4, 1, 9}, sevenDeflate64)
})

// sevenDictionary is the memory for a dictionary: no more than comes out, since
// what lies further back does not exist.
func sevenDictionary(asked, size uint64) (int, error) {
	asked = max(min(asked, size), lzma.MinDictCap)
	if asked > maxDictionary {
		return 0, fmt.Errorf("open 7z member: %w", errTooLarge)
	}
	return int(asked), nil
}

func sevenLZMA(properties []byte, size uint64, from []io.ReadCloser) (io.ReadCloser, error) {
	if len(properties) != 5 || len(from) != 1 {
		return nil, errMalformed
	}
	dictionary, err := sevenDictionary(uint64(le32(properties[1:])), size)
	if err != nil {
		return nil, err
	}
	head := binary.LittleEndian.AppendUint32([]byte{properties[0]}, uint32(dictionary))
	head = binary.LittleEndian.AppendUint64(head, size)
	zr, err := lzma.ReaderConfig{DictCap: dictionary}.NewReader(io.MultiReader(bytes.NewReader(head), from[0]))
	if err != nil {
		return nil, fmt.Errorf("open 7z member: %w", err)
	}
	return unpackedFrom{zr, from[0]}, nil
}

func sevenLZMA2(properties []byte, size uint64, from []io.ReadCloser) (io.ReadCloser, error) {
	if len(properties) != 1 || len(from) != 1 || properties[0] > 40 {
		return nil, errMalformed
	}
	asked, err := lzma.DecodeDictCap(properties[0])
	if err != nil {
		return nil, fmt.Errorf("open 7z member: %w", err)
	}
	dictionary, err := sevenDictionary(uint64(asked), size)
	if err != nil {
		return nil, err
	}
	zr, err := lzma.Reader2Config{DictCap: dictionary}.NewReader2(from[0])
	if err != nil {
		return nil, fmt.Errorf("open 7z member: %w", err)
	}
	return unpackedFrom{zr, from[0]}, nil
}

// sevenDeflate64 reads the packed octets whole.
func sevenDeflate64(_ []byte, _ uint64, from []io.ReadCloser) (io.ReadCloser, error) {
	if len(from) != 1 {
		return nil, errMalformed
	}
	packed, err := readAll(io.LimitReader(from[0], 4*maxDictionary))
	if err != nil {
		return nil, err
	}
	return unpackedFrom{newDeflate64(packed), from[0]}, nil
}

// unpackedFrom closes what it was unpacked from.
type unpackedFrom struct {
	io.Reader
	from io.Closer
}

// Close is the source's.
func (u unpackedFrom) Close() error { return u.from.Close() }
