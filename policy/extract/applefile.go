package extract

import (
	"encoding/binary"
	"fmt"
	"io"
)

var errAppleCut = fmt.Errorf("read AppleSingle entries: %w", io.ErrUnexpectedEOF)

// isAppleFile takes AppleSingle and AppleDouble (RFC 1740): what a Macintosh sends
// beside a file or around it.
func isAppleFile(p *probe) string {
	return typeIf(p.at(0, "\x00\x05\x16\x00") || p.at(0, "\x00\x05\x16\x07"), "application/applefile")
}

// The entries that hold what somebody wrote (RFC 1740 section 6); the others are
// dates, icons and positions of windows.
var appleEntries = map[uint32]string{1: "data", 2: "resources", 3: "name", 4: "comment"}

// readAppleFile reads the data fork, the resource fork and the texts.
//
// Not covered: what a resource fork holds beyond runs of text.
func readAppleFile(r *reading) error {
	const header, entry = 26, 12
	data := r.file.Data
	if len(data) < header {
		return errAppleCut
	}
	n := int(binary.BigEndian.Uint16(data[24:]))
	end := header + n*entry
	for i := range n {
		at := header + i*entry
		if at+entry > len(data) {
			return errAppleCut
		}
		name, known := appleEntries[binary.BigEndian.Uint32(data[at:])]
		start, size := binary.BigEndian.Uint32(data[at+4:]), binary.BigEndian.Uint32(data[at+8:])
		if uint64(start)+uint64(size) > uint64(len(data)) {
			return errAppleCut
		}
		if end = max(end, int(start)+int(size)); !known || size == 0 {
			continue
		}
		if err := r.s.budget.entry(); err != nil {
			return err
		}
		content := data[start : start+size]
		if name == "resources" {
			if err := r.sweep(content); err != nil {
				return err
			}
			continue
		}
		r.child(File{Name: name, Data: content})
	}
	r.end = end
	return nil
}
