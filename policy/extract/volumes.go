package extract

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"io/fs"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// volumeNames are the ways in which programs number the volumes of a file: what stands
// before the number and the number itself, whether the volumes are put one behind the
// other or are archives each, and which of them stands last by its name.
var volumeNames = []struct {
	name *regexp.Regexp
	rar  bool
	// final is the extension of the volume without number: the last one of a split zip,
	// the first one of an old rar.
	final string
}{
	{name: regexp.MustCompile(`(?i)^(.+)\.part(\d{1,5})\.(?:rar|exe)$`), rar: true},
	{name: regexp.MustCompile(`(?i)^(.+)\.r(\d\d)$`), rar: true, final: ".rar"},
	{name: regexp.MustCompile(`(?i)^(.+)\.z(\d\d)$`), final: ".zip"},
	{name: regexp.MustCompile(`^(.+)\.(\d{3,5})$`)},
	{name: regexp.MustCompile(`(?i)^(.+\.(?:7z|zip|rar|gz|tgz|bz2|xz|zst|lzh|tar|pdf|xlsx|csv))\.?(\d{1,2}|a[a-z])$`)},
}

// volume is a file that by its name may be a part of one.
type volume struct {
	r      *reading
	set    string // the folder and view that it is in, and what its fellows are called
	name   string // of what they make
	number int
	kind   int
}

// maxVolumes bounds the volumes of one message.
const maxVolumes = 1000

// noteVolume keeps a file that may be a volume. The one without a number may be of either
// kind, so it is kept for the sets to find.
func (s *Session) noteVolume(r *reading) {
	if len(s.volumes) == maxVolumes || r.file.Encrypted {
		return
	}
	folder := r.file.Path[:strings.LastIndexByte(r.file.Path, '/')+1] + "\x00" + r.file.View + "\x00"
	var m []string
	numbered := mayBeNumbered(r.file.Name)
	for kind, v := range volumeNames {
		if numbered {
			m = v.name.FindStringSubmatch(r.file.Name)
		}
		if m != nil {
			n, err := strconv.Atoi(m[2])
			if err != nil { // aa, ab, ...
				n = int(strings.ToLower(m[2])[1] - 'a')
			}
			s.volumes = append(s.volumes, volume{r, folder + strings.ToLower(m[1]), m[1], n, kind})
			return
		}
		if n := len(r.file.Name) - len(v.final); v.final != "" && n > 0 && strings.EqualFold(r.file.Name[n:], v.final) {
			number := -1 // before .r00
			if !v.rar {
				number = maxVolumes // behind .z01, .z02
			}
			s.volumes = append(s.volumes, volume{r, folder + strings.ToLower(r.file.Name[:n]), r.file.Name[:n], number, kind})
		}
	}
}

// mayBeNumbered spares most names the expressions of volumeNames.
func mayBeNumbered(name string) bool {
	return strings.ContainsAny(name, "0123456789") || len(name) > 2 && name[len(name)-2]|0x20 == 'a' // aa, ab, ...
}

// Volumes joins the volumes of files of which all came with this message, as its recipient
// does, and reads what they make. It is called once, when all files have been read. Where a
// joined file was read without a problem, what its volumes were alone is none either, if they
// surely are parts of it: its first one is whole by itself no more than they are, and of a
// rar all are read. Else a name would be enough to take the problem from any
// file. Each of them has been read as a file of its own too, since a recipient may do that.
//
// Not covered: volumes in another message, which stay what they are alone, and names that
// were changed.
func (s *Session) Volumes(ctx context.Context) Result {
	var out Result
	slices.SortStableFunc(s.volumes, func(a, b volume) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.set, b.set), cmp.Compare(a.number, b.number))
	})
	all := s.volumes
	s.volumes = nil
	for len(all) > 0 && ctx.Err() == nil {
		n := 1
		for n < len(all) && all[n].kind == all[0].kind && all[n].set == all[0].set {
			n++
		}
		if set := all[:n]; n > 1 && wholeSet(set) && s.budget.entry() == nil {
			s.join(set, &out)
		}
		all = all[n:]
	}
	return out
}

// wholeSet tells volumes that follow on each other from the first on; where their names
// may as well be those of versions, one of them must mean nothing by itself.
func wholeSet(set []volume) bool {
	numbered := set
	if last := len(set) - 1; set[last].number == maxVolumes {
		numbered = set[:last]
	} else if volumeNames[set[0].kind].final == ".zip" {
		return false
	}
	if len(numbered) == 0 || numbered[0].number > 1 {
		return false
	}
	for i, v := range numbered {
		if v.number != numbered[0].number+i {
			return false
		}
	}
	return set[0].kind < len(volumeNames)-1 || slices.ContainsFunc(set, func(v volume) bool { return v.r.part().Problem != policy.NoProblem })
}

// join reads what the volumes make as a file inside the first of them.
func (s *Session) join(set []volume, out *Result) {
	f := File{Name: set[0].name}
	parts := set[0].r.isBroken()
	size := 0
	for _, v := range set {
		f.Attachment = f.Attachment || v.r.file.Attachment
		size += len(v.r.file.Data)
	}
	if volumeNames[set[0].kind].rar {
		f.Name += ".rar"
		all := make([][]byte, 0, len(set))
		for _, v := range set {
			all = append(all, v.r.file.Data)
		}
		f.Data, f.volumes = all[0], &rarVolumes{data: all, opened: make([]bool, len(all))}
	} else {
		f.Data = make([]byte, 0, size)
		starts := make([]int, 0, len(set))
		for _, v := range set {
			starts = append(starts, len(f.Data))
			f.Data = append(f.Data, v.r.file.Data...)
		}
		if volumeNames[set[0].kind].final == ".zip" {
			f.Name += ".zip"
			oneDisk(f.Data, starts)
		}
	}
	from := len(out.Parts)
	first := *set[0].r
	first.res = out
	first.sum = &sha256Sum{} // the first volume of a rar is the file that is joined too
	first.child(f)
	if path := first.file.Path + "/" + strconv.Itoa(first.children); !parts || f.volumes != nil && !f.volumes.read || slices.ContainsFunc(out.Parts[from:], func(p policy.Part) bool {
		return p.Path == path && p.Problem != policy.NoProblem // what is in it tells its own
	}) {
		return
	}
	for _, v := range set {
		for p := range v.r.own() {
			if ofPieces(p.Problem) {
				p.Problem = policy.NoProblem
			}
		}
	}
}

// own goes over the file's parts: its readings have its path, what was in it has one below.
func (r *reading) own() iter.Seq[*policy.Part] {
	return func(yield func(*policy.Part) bool) {
		for i := range r.res.Parts {
			if p := &r.res.Parts[i]; (p.Path == r.file.Path || strings.HasPrefix(p.Path, r.file.Path+"/")) && !yield(p) {
				return
			}
		}
	}
}

// ofPieces tells a problem that a file may have because it is a piece of another one; a limit
// that was hit stays one.
func ofPieces(p policy.Problem) bool {
	switch p {
	case policy.TooLarge, policy.TooDeep, policy.TimedOut:
		return false
	}
	return true
}

// isBroken tells a file that could not be read whole by itself.
func (r *reading) isBroken() bool {
	for p := range r.own() {
		if p.Problem != policy.NoProblem {
			return true
		}
	}
	return false
}

// oneDisk makes a zip of several volumes one of a single volume: the places in its
// directory are counted from the starts of the volumes (APPNOTE 4.4.11 and 4.4.16).
func oneDisk(d []byte, starts []int) {
	end := bytes.LastIndex(d, []byte("PK\x05\x06"))
	if end < 0 || end+22 > len(d) || int(le16(d[end+6:])) >= len(starts) {
		return
	}
	at := starts[le16(d[end+6:])] + int(le32(d[end+16:]))
	count := le16(d[end+10:])
	copy(d[end+4:], []byte{0, 0, 0, 0})
	binary.LittleEndian.PutUint16(d[end+8:], count)
	binary.LittleEndian.PutUint32(d[end+16:], uint32(at))
	for range count {
		if at < 0 || at+46 > len(d) || string(d[at:at+4]) != "PK\x01\x02" {
			return
		}
		h := d[at:]
		if disk := int(le16(h[34:])); disk < len(starts) {
			binary.LittleEndian.PutUint16(h[34:], 0)
			binary.LittleEndian.PutUint32(h[42:], le32(h[42:])+uint32(starts[disk]))
		}
		at += 46 + int(le16(h[28:])) + int(le16(h[30:])) + int(le16(h[32:]))
	}
}

// rarVolumes are the volumes of an archive as a file system, the way in which the library
// asks for them.
type rarVolumes struct {
	data   [][]byte
	opened []bool
	read   bool // all were, and of each the end is known
}

// check notes whether all volumes were read, when the archive has been: what stands behind
// their ends is looked at then, but of one whose headers are encrypted nobody knows the end.
func (v *rarVolumes) check() {
	if v == nil {
		return
	}
	v.read = true
	for i, d := range v.data {
		v.read = v.read && v.opened[i] && rarEnd(d) > 0
	}
}

// rarVolume is the name of the first one.
const rarVolume = "v.part0001.rar"

// Open opens v.part0001.rar and so on.
func (v *rarVolumes) Open(name string) (fs.File, error) {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, "v.part"), ".rar"))
	if err != nil || n < 1 || v == nil || n > len(v.data) {
		return nil, fs.ErrNotExist
	}
	v.opened[n-1] = true
	return openVolume{bytes.NewReader(v.data[n-1])}, nil
}

type openVolume struct{ *bytes.Reader }

// Stat is not asked for.
func (openVolume) Stat() (fs.FileInfo, error) { return nil, fs.ErrInvalid }

// Close does nothing.
func (openVolume) Close() error { return nil }
