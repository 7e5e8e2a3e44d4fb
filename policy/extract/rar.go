package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/nwaples/rardecode/v2"

	"github.com/sekisho-mail/sekisho/policy"
)

// rarDictionary bounds the memory an archive may ask for (the format allows
// gigabytes).
const rarDictionary = 64 << 20

func isRAR(p *probe) string { return typeIf(p.at(0, "Rar!\x1a\x07"), "application/vnd.rar") }

// readRAR reads RAR 4 and 5 archives.
//
// Not covered: further volumes, and RAR 1.
func readRAR(r *reading) error {
	rr, err := rardecode.NewReader(bytes.NewReader(r.file.Data), rardecode.MaxDictionarySize(rarDictionary))
	if err != nil {
		return r.rarError(err)
	}
	var names nameList
	locked, open := 0, 0
	defer func() {
		switch {
		case locked > 0 && open == 0:
			r.encrypted(policy.Encrypted)
		case locked > 0:
			r.encrypted(policy.PartlyEncrypted)
		}
		r.listing(names)
	}()
	for {
		h, err := rr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return r.rarError(err)
		}
		if err := r.s.budget.entry(); err != nil {
			return err
		}
		names.add(h.Name)
		switch {
		case h.IsDir:
		case h.Encrypted || h.HeaderEncrypted:
			locked++
			r.unread(h.Name, h.UnPackedSize, policy.Encrypted, nil)
		default:
			open++
			data, err := r.expand(rr, h.PackedSize)
			if stop := r.memberRead(h.Name, data, h.UnPackedSize, err); stop != nil {
				return stop
			}
		}
	}
}

// rarError tells an archive whose headers are encrypted from a broken one.
func (r *reading) rarError(err error) error {
	if errors.Is(err, rardecode.ErrArchiveEncrypted) || errors.Is(err, rardecode.ErrArchivedFileEncrypted) || errors.Is(err, rardecode.ErrBadPassword) {
		r.encrypted(policy.Encrypted)
		return nil
	}
	return fmt.Errorf("read rar: %w", err)
}
