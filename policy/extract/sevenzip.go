package extract

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/bodgit/sevenzip"

	"github.com/sekisho-mail/sekisho/policy"
)

const sevenMagic = "7z\xbc\xaf\x27\x1c"

func isSevenZip(p *probe) string { return typeIf(p.at(0, sevenMagic), "application/x-7z-compressed") }

// readSevenZip reads 7z archives.
//
// Not covered: further volumes, and a bound on the dictionary other than the
// worker's memory.
func readSevenZip(r *reading) error {
	zr, err := sevenzip.NewReader(bytes.NewReader(r.file.Data), int64(len(r.file.Data)))
	if err != nil {
		if isSevenEncrypted(err) {
			r.encrypted(policy.Encrypted)
			return nil
		}
		return fmt.Errorf("read 7z: %w", err)
	}
	var names nameList
	var failure error
	locked, open := 0, 0
	for _, f := range zr.File {
		if err := r.s.budget.entry(); err != nil {
			failure = err
			break
		}
		names.add(f.Name)
		if f.FileInfo().IsDir() {
			continue
		}
		data, err := r.sevenMember(f)
		if isSevenEncrypted(err) {
			locked++
			r.unread(f.Name, int64(f.UncompressedSize), policy.Encrypted, nil)
			continue
		}
		open++
		if stop := r.memberRead(f.Name, data, int64(f.UncompressedSize), err); stop != nil {
			failure = stop
			break
		}
	}
	switch {
	case locked > 0 && open == 0:
		r.encrypted(policy.Encrypted)
	case locked > 0:
		r.encrypted(policy.PartlyEncrypted)
	}
	r.listing(names)
	return failure
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
