package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/nwaples/rardecode/v2"

	"github.com/sekisho-mail/sekisho/policy"
)

// rarDictionary bounds the memory an archive may ask for (the format allows
// gigabytes).
const rarDictionary = 64 << 20

func isRAR(p *probe) string { return typeIf(p.at(0, "Rar!\x1a\x07"), "application/vnd.rar") }

// rarReader is one archive being read.
type rarReader struct {
	r     *reading
	names nameList
	// locked are the encrypted members by their number, open is how many are not.
	locked map[int]*rardecode.FileHeader
	open   int
}

// readRAR reads RAR 4 and 5 archives.
//
// Not covered: RAR 1.
func readRAR(r *reading) error {
	defer r.behindRAR()
	a := &rarReader{r: r, locked: map[int]*rardecode.FileHeader{}}
	err := a.walk("")
	r.file.volumes.check()
	sealed := isRAREncrypted(err)
	if sealed || len(a.locked) > 0 {
		all := len(a.locked)
		for _, password := range r.passwords()[1:] {
			if r.ctx.Err() != nil || a.unlock(password, sealed) {
				break
			}
		}
		if a.open == 0 {
			r.encrypted(policy.Encrypted)
		} else if all > 0 {
			r.encrypted(policy.PartlyEncrypted)
		}
	}
	for _, i := range slices.Sorted(maps.Keys(a.locked)) {
		h := a.locked[i]
		r.unread(h.Name, h.UnPackedSize, policy.Encrypted, nil)
	}
	r.listing(a.names)
	if sealed {
		return r.ctx.Err()
	}
	return err
}

// behindRAR reads what stands behind the archive, or behind each of its volumes.
func (r *reading) behindRAR() {
	if r.file.volumes == nil {
		r.end = rarEnd(r.file.Data)
		return
	}
	first := r.file.Data
	for _, v := range r.file.volumes.data {
		r.file.Data, r.ended = v, false
		r.behind(rarEnd(v))
	}
	r.file.Data, r.ended = first, true
}

func openRAR(f File, password string) (*rardecode.Reader, error) {
	options := []rardecode.Option{rardecode.MaxDictionarySize(rarDictionary), rardecode.FileSystem(f.volumes)}
	if password != "" {
		options = append(options, rardecode.Password(password))
	}
	if f.volumes == nil {
		return rardecode.NewReader(bytes.NewReader(f.Data), options...)
	}
	rc, err := rardecode.OpenReader(rarVolume, options...)
	if err != nil {
		return nil, err
	}
	return &rc.Reader, nil
}

// walk reads what is not encrypted and notes what is: reading an encrypted member
// would end the archive.
func (a *rarReader) walk(password string) error {
	r := a.r
	rr, err := openRAR(r.file, password)
	if err != nil {
		return fmt.Errorf("read rar: %w", err)
	}
	for i := 0; ; i++ {
		h, err := rr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read rar: %w", err)
		}
		if err := r.s.budget.entry(); err != nil {
			return err
		}
		a.names.add(h.Name)
		switch {
		case h.IsDir, h.PackedSize == 0 && h.UnPackedSize > 0: // a folder; a link, which has its target's size and no octets
		case h.Encrypted || h.HeaderEncrypted:
			a.locked[i] = h
		default:
			a.open++
			data, err := r.expand(rr, h.PackedSize)
			if stop := r.memberRead(h.Name, data, h.UnPackedSize, err); stop != nil {
				return stop
			}
		}
	}
}

// unlock reads the encrypted members that a password opens; true when none are
// left. The archive's own checksums tell a wrong password.
func (a *rarReader) unlock(password string, sealed bool) bool {
	r := a.r
	rr, err := openRAR(r.file, password)
	if err != nil {
		return false
	}
	for i := 0; ; i++ {
		h, err := rr.Next()
		if err != nil {
			return errors.Is(err, io.EOF) && len(a.locked) == 0
		}
		if h.IsDir || !sealed && a.locked[i] == nil {
			continue
		}
		if r.s.budget.entry() != nil {
			return false
		}
		data, err := r.expand(rr, h.PackedSize)
		if err != nil {
			if sealed && i > 0 { // its header came out right: the member is broken
				a.locked[i] = h
			}
			return false
		}
		if sealed {
			a.names.add(h.Name)
		}
		delete(a.locked, i)
		r.child(File{Name: h.Name, Data: data, Attachment: r.file.Attachment, Encrypted: true})
	}
}

// isRAREncrypted tells an archive whose headers are encrypted from a broken one.
func isRAREncrypted(err error) bool {
	return errors.Is(err, rardecode.ErrArchiveEncrypted) || errors.Is(err, rardecode.ErrArchivedFileEncrypted) || errors.Is(err, rardecode.ErrBadPassword)
}
