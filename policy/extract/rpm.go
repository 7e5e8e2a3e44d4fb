package extract

import (
	"encoding/binary"
	"fmt"

	"github.com/sekisho-mail/sekisho/policy"
)

// rpmLead is the size of the part that only says what the file is.
const rpmLead = 96

func isRPM(p *probe) string {
	return typeIf(p.at(0, "\xed\xab\xee\xdb") && len(p.data) > rpmLead, "application/x-rpm")
}

// readRPM writes what the two headers of a package say, and reads its payload, a packed
// cpio archive, as a file of its own.
func readRPM(r *reading) error {
	d, at, said := r.file.Data, rpmLead, ""
	for i := range 2 {
		if at+16 > len(d) || string(d[at:at+3]) != "\x8e\xad\xe8" {
			return fmt.Errorf("read rpm: %w", errMalformed)
		}
		entries, store := uint64(binary.BigEndian.Uint32(d[at+8:])), uint64(binary.BigEndian.Uint32(d[at+12:]))
		end := uint64(at) + 16 + 16*entries + store
		if end > uint64(len(d)) {
			return fmt.Errorf("read rpm: %w", errMalformed)
		}
		said += sweepText(d[end-store : end])
		at = int(end)
		if i == 0 {
			at = min(len(d), (at+7)/8*8)
		}
	}
	text, err := r.clip(said)
	r.content("", policy.Content{Text: text})
	if err != nil {
		return err
	}
	r.child(File{Name: "payload", Data: d[at:]})
	return nil
}
