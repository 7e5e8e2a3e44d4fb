package extract

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"unicode/utf16"
)

// sevenCycles bounds the rounds of a key, as a power of two; 7-Zip writes 19.
const sevenCycles = 22

// sevenAES takes the place of the library's decryption, which takes no password for
// an empty one: where nothing behind it notices (a stored member), noise came out
// and nobody learnt that the member is encrypted (7zFormat.txt, method 06 F1 07 01).
type sevenAES struct {
	keys     *sevenKeys
	from     io.ReadCloser
	salt, iv []byte
	cycles   int
	mode     cipher.BlockMode
	block    [aes.BlockSize]byte
	ready    []byte
}

// sevenKeys keeps the last key, which costs a tenth of a second: an archive that is
// not solid asks for the same one with every member.
type sevenKeys struct {
	mu   sync.Mutex
	of   sha256Sum
	last []byte
}

func (k *sevenKeys) key(password, salt []byte, cycles int) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	of := sha256.Sum256(fmt.Appendf(nil, "%d %d %s%s", cycles, len(salt), salt, password))
	if k.last == nil || of != k.of {
		h := sha256.New()
		round := slices.Concat(salt, password, make([]byte, 8))
		for i := range uint64(1) << cycles {
			binary.LittleEndian.PutUint64(round[len(round)-8:], i)
			h.Write(round)
		}
		k.of, k.last = of, h.Sum(nil)
	}
	return k.last
}

func (k *sevenKeys) open(p []byte, _ uint64, from []io.ReadCloser) (io.ReadCloser, error) {
	if len(from) != 1 || len(p) < 2 {
		return nil, errMalformed
	}
	salt := int(p[0]>>7&1 + p[1]>>4)
	iv := int(p[0]>>6&1 + p[1]&15)
	if len(p) != 2+salt+iv {
		return nil, errMalformed
	}
	s := &sevenAES{keys: k, from: from[0], salt: p[2 : 2+salt], iv: make([]byte, aes.BlockSize), cycles: int(p[0] & 63)}
	copy(s.iv, p[2+salt:])
	return s, nil
}

var errNoPassword = errors.New("no password")

// Password sets the key. Without one, reading fails: then the library calls the
// archive encrypted, as it does not for an error here.
func (s *sevenAES) Password(password string) error {
	if password == "" || s.cycles > sevenCycles {
		return nil
	}
	var wide []byte
	for _, u := range utf16.Encode([]rune(password)) {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	block, err := aes.NewCipher(s.keys.key(wide, s.salt, s.cycles))
	if err != nil {
		return fmt.Errorf("make 7z key: %w", err)
	}
	s.mode = cipher.NewCBCDecrypter(block, s.iv)
	return nil
}

// Read hands out what was decrypted, as much as is asked for: the library's reader
// of packed headers takes less for the end.
func (s *sevenAES) Read(p []byte) (int, error) {
	if s.mode == nil {
		return 0, errNoPassword
	}
	done := 0
	for done < len(p) {
		if len(s.ready) == 0 {
			_, err := io.ReadFull(s.from, s.block[:])
			if errors.Is(err, io.EOF) && done > 0 {
				break
			}
			if err != nil {
				return done, err
			}
			s.mode.CryptBlocks(s.block[:], s.block[:])
			s.ready = s.block[:]
		}
		n := copy(p[done:], s.ready)
		s.ready, done = s.ready[n:], done+n
	}
	return done, nil
}

// Close is the source's.
func (s *sevenAES) Close() error { return s.from.Close() }
