package extract

import (
	"bytes"

	"github.com/sekisho-mail/sekisho/policy"
)

// sfxMarks begin the archives that self-extracting programs carry; zip has its
// own way of being found behind other bytes.
const sfxMarks = sevenMagic + "|Rar!\x1a\x07|MSCF\x00\x00\x00\x00"

// isSFX takes programs and shell scripts with an archive inside.
func isSFX(p *probe) string {
	for _, program := range []struct{ mark, typ string }{
		{"MZ", "application/vnd.microsoft.portable-executable"}, {"\x7fELF", "application/x-executable"},
		{"\xcf\xfa\xed\xfe", "application/x-mach-binary"}, {"#!/", "application/x-sh"},
	} {
		if p.at(0, program.mark) && sfxArchive(p.data) > 0 {
			return program.typ
		}
	}
	return ""
}

// sfxArchive is where the first archive begins, 0 without.
func sfxArchive(data []byte) int {
	best := 0
	for _, mark := range bytes.Split([]byte(sfxMarks), []byte("|")) {
		if i := bytes.Index(data, mark); i > 0 && (best == 0 || i < best) {
			best = i
		}
	}
	for at := 0; best == 0 || at < best; at++ {
		i := bytes.Index(data[at:], []byte(arjMagic))
		if i < 0 {
			break
		}
		at += i
		if _, ok := arjAt(data, at); ok && at > 0 {
			best = at
		}
	}
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("-lh"))
		if i < 0 {
			return best
		}
		if at += i; at >= 2 && lzhMagic(data[at-2:]) && (best == 0 || at-2 < best) {
			return at - 2
		}
		at++
	}
}

// readSFX reads the archive; the program in front of it is swept.
func readSFX(r *reading) error {
	at := sfxArchive(r.file.Data)
	r.child(File{Name: "archive", Data: r.file.Data[at:], Attachment: r.file.Attachment})
	text, err := r.clip(sweepText(r.file.Data[:at]))
	r.content("program", policy.Content{Text: text, Kind: policy.SweptText})
	return err
}
