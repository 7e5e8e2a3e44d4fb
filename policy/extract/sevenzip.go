package extract

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/bodgit/sevenzip"

	"github.com/sekisho-mail/sekisho/policy"
)

const sevenMagic = "7z\xbc\xaf\x27\x1c"

func isSevenZip(p *probe) string { return typeIf(p.at(0, sevenMagic), "application/x-7z-compressed") }

// sevenReader is one archive being read.
type sevenReader struct {
	r *reading
	// plain is the archive opened without a password; nil when its header is
	// encrypted. known is it opened with one of the session's.
	plain, known *sevenzip.Reader
	locked, open int
}

// readSevenZip reads 7z archives.
//
// Not covered: further volumes, and a bound on the memory of PPMd other than the
// worker's own.
func readSevenZip(r *reading) error {
	r.end = sevenEnd(r.file.Data)
	if d := r.file.Data; len(d) == 32 && bytes.Count(d[12:28], []byte{0}) == 16 {
		return nil // no header: an archive of nothing
	}
	sevenMethods()
	s := &sevenReader{r: r}
	zr, err := openSeven(r.file.Data, "")
	switch {
	case isSevenEncrypted(err):
		if s.unlock(-1); s.known == nil {
			r.encrypted(policy.Encrypted)
			return nil
		}
		zr = s.known
	case err != nil:
		return err
	default:
		s.plain = zr
	}
	var names nameList
	var failure error
	for i, f := range zr.File {
		if failure = r.s.budget.entry(); failure != nil {
			break
		}
		names.add(f.Name)
		if f.FileInfo().IsDir() {
			continue
		}
		if failure = s.member(i, f); failure != nil {
			break
		}
	}
	r.members(s.locked, s.open)
	r.listing(names)
	return failure
}

func openSeven(data []byte, password string) (*sevenzip.Reader, error) {
	zr, err := sevenzip.NewReaderWithPassword(bytes.NewReader(data), int64(len(data)), password)
	if err != nil {
		return nil, fmt.Errorf("read 7z: %w", err)
	}
	return zr, nil
}

// member reads one member; an error ends the archive.
func (s *sevenReader) member(i int, f *sevenzip.File) error {
	var data []byte
	err := errEncrypted
	if s.plain != nil {
		data, err = s.r.sevenMember(f)
	}
	if s.plain != nil && !isSevenEncrypted(err) {
		s.open++
		return s.r.memberRead(f.Name, data, int64(f.UncompressedSize), err)
	}
	s.locked++
	if s.known == nil {
		s.unlock(i)
	}
	if s.known != nil && i < len(s.known.File) {
		if data, err = s.r.sevenMember(s.known.File[i]); err == nil {
			s.r.child(File{Name: f.Name, Data: data, Attachment: s.r.file.Attachment, Encrypted: true})
			return s.r.ctx.Err()
		}
	}
	s.r.unread(f.Name, int64(f.UncompressedSize), policy.Encrypted, nil)
	return s.r.ctx.Err()
}

// unlock looks for the password of the archive: one that opens the header, and
// with which member i, if not negative, comes out with its right checksum.
func (s *sevenReader) unlock(i int) {
	for _, password := range s.r.passwords()[1:] {
		err := guard(func() error {
			zr, err := openSeven(s.r.file.Data, password)
			if err != nil {
				return err
			}
			if i >= 0 {
				data, err := s.r.sevenMember(zr.File[i])
				if err != nil || crc32.ChecksumIEEE(data) != zr.File[i].CRC32 {
					return errEncrypted
				}
				// A member cannot be read twice by one reader.
				if zr, err = openSeven(s.r.file.Data, password); err != nil {
					return err
				}
			}
			s.known = zr
			return nil
		})
		if err == nil || s.r.ctx.Err() != nil {
			return
		}
	}
}

func (r *reading) sevenMember(f *sevenzip.File) ([]byte, error) {
	src, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("open 7z member: %w", err)
	}
	defer src.Close()
	return r.expand(src, int64(len(r.file.Data)))
}

func isSevenEncrypted(err error) bool {
	var re *sevenzip.ReadError
	return errors.As(err, &re) && re.Encrypted
}
