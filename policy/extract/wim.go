package extract

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

func isWIM(p *probe) string { return typeIf(p.at(0, "MSWIM\x00\x00\x00"), "application/x-ms-wim") }

// wimImage is an image of Windows being read (wimlib's notes on the format).
type wimImage struct {
	r     *reading
	data  []byte
	chunk int
	flags uint32
	names map[string]string // by the digest of the content
	list  nameList          // of all files and folders, as they stand in their folders
	seen  map[int]bool      // entries of the image's folders that were read
}

// wimResource is a stretch of the file and what it unpacks to.
type wimResource struct {
	packed, size, at int
	flags            byte
}

const (
	wimEntry    = 50
	wimMetadata = 0x02
	wimPacked   = 0x04
	wimSolid    = 0x10
)

// readWIM reads the files of images that are stored or packed with XPRESS or LZX, each
// content once.
//
// Not covered: LZMS and solid resources, further volumes, names of alternate streams.
func readWIM(r *reading) error {
	w := &wimImage{r: r, data: r.file.Data, names: map[string]string{}, seen: map[int]bool{}}
	if len(w.data) < 208 {
		return fmt.Errorf("read wim: %w", errMalformed)
	}
	w.flags, w.chunk = le32(w.data[16:]), int(le32(w.data[20:]))
	table, err := w.unpack(w.resource(w.data[48:]))
	r.end = w.end(table)
	if err != nil {
		return fmt.Errorf("read table of wim: %w", err)
	}
	var failure error
	defer func() { r.listing(w.list) }()
	for e := table; len(e) >= wimEntry; e = e[wimEntry:] {
		if res := w.resource(e); res.flags&wimMetadata != 0 {
			if err := r.s.budget.entry(); err != nil {
				return err
			}
			meta, err := w.unpack(res)
			if err != nil {
				failure = err
				continue
			}
			if err := w.tree(meta); err != nil {
				return err
			}
		}
	}
	for e, n := table, 1; len(e) >= wimEntry; e, n = e[wimEntry:], n+1 {
		res := w.resource(e)
		if res.flags&wimMetadata != 0 {
			continue
		}
		if err := r.s.budget.entry(); err != nil {
			return err
		}
		name := w.names[string(e[30:wimEntry])]
		if name == "" {
			name = "content " + strconv.Itoa(n)
		}
		data, err := w.unpack(res)
		if stop := r.memberRead(name, data, int64(res.size), err); stop != nil {
			return stop
		}
	}
	if xml, err := w.unpack(w.resource(w.data[72:])); err == nil {
		w.list.add(charset.UTF16(xml[:len(xml)&^1], false))
	}
	return failure
}

// end is where the last resource ends; 0 when one of them says nonsense.
func (w *wimImage) end(table []byte) int {
	end := 208
	list := [][]byte{w.data[48:], w.data[72:], w.data[96:], w.data[124:]} // the table, the XML, the metadata for starting, the checksums
	for ; len(table) >= wimEntry; table = table[wimEntry:] {
		list = append(list, table)
	}
	for _, d := range list {
		res := w.resource(d)
		if res.at < 0 || res.at > len(w.data) || res.packed > len(w.data)-res.at {
			return 0
		}
		end = max(end, res.at+res.packed)
	}
	return end
}

func (w *wimImage) resource(d []byte) wimResource {
	long := func(d []byte) int { return int(binary.LittleEndian.Uint64(d) & (1<<56 - 1)) }
	return wimResource{packed: long(d), flags: d[7], at: long(d[8:]), size: long(d[16:])}
}

// unpack gives the octets of a resource.
func (w *wimImage) unpack(res wimResource) ([]byte, error) {
	broken := fmt.Errorf("unpack wim: %w", errMalformed)
	if res.at < 0 || res.packed < 0 || res.at > len(w.data) || res.packed > len(w.data)-res.at {
		return nil, broken
	}
	raw := w.data[res.at : res.at+res.packed]
	if res.flags&wimSolid != 0 {
		return nil, fmt.Errorf("unpack wim: %w", errUnsupported)
	}
	if res.flags&wimPacked == 0 {
		return w.r.expand(bytes.NewReader(raw), int64(len(raw)))
	}
	if w.chunk < 1<<12 || w.chunk > 1<<21 || w.chunk&(w.chunk-1) != 0 || w.flags&0x60000 == 0 {
		return nil, fmt.Errorf("unpack wim: %w", errUnsupported)
	}
	chunks := (res.size + w.chunk - 1) / w.chunk
	start := 4 * (chunks - 1)
	if chunks < 1 || start > len(raw) || res.size >= 1<<32 {
		return nil, broken
	}
	src := &wimChunks{w: w, raw: raw[start:], table: raw[:start], left: res.size}
	return w.r.expand(src, int64(len(raw)))
}

// wimChunks unpacks the chunks of a resource one by one.
type wimChunks struct {
	w     *wimImage
	raw   []byte
	table []byte // where each chunk but the first begins
	from  int
	left  int
	out   []byte
}

// Read hands out unpacked octets.
func (c *wimChunks) Read(p []byte) (int, error) {
	if len(c.out) == 0 {
		if c.left == 0 {
			return 0, io.EOF
		}
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.out)
	c.out = c.out[n:]
	return n, nil
}

func (c *wimChunks) next() error {
	to := len(c.raw)
	if len(c.table) > 0 {
		to, c.table = int(le32(c.table)), c.table[4:]
	}
	if c.from > to || to > len(c.raw) {
		return fmt.Errorf("unpack wim: %w", errMalformed)
	}
	packed, size := c.raw[c.from:to], min(c.left, c.w.chunk)
	c.from, c.left = to, c.left-size
	if len(packed) > size { // or one chunk could be as large as the file, all of it trees for next to nothing
		return fmt.Errorf("unpack wim: %w", errMalformed)
	}
	var err error
	switch {
	case len(packed) == size:
		c.out = packed
	case c.w.flags&0x20000 != 0:
		c.out, err = xpress(packed, size)
	default:
		bits := 15
		for 1<<bits < c.w.chunk {
			bits++
		}
		d, ok := newLZX(bits, true)
		if !ok {
			return fmt.Errorf("unpack wim: %w", errUnsupported)
		}
		c.out, err = d.frame(packed, size)
	}
	return err
}

// tree notes the names of an image's files by the digests of their contents, and all of
// them in the list: files without content are in no table, and one content may have many.
func (w *wimImage) tree(meta []byte) error {
	if len(meta) < 8 {
		return nil
	}
	clear(w.seen)
	root := (int(le32(meta)) + 7) &^ 7
	return w.folder(meta, max(root, 8), "", 0)
}

// wimPath is how long a path may be that is told, in octets: a file has the names of all its
// folders in its own, each of which may be 64 KB. The list has them all the same.
const wimPath = 4 << 10

func (w *wimImage) folder(meta []byte, at int, path string, depth int) error {
	if depth >= 64 {
		return fmt.Errorf("read folders of wim: %w", errTooDeep)
	}
	for at >= 0 && at+102 <= len(meta) && !w.seen[at] { // many folders may say that they have the same files
		length := int(binary.LittleEndian.Uint64(meta[at:]) & (1<<32 - 1))
		if length < 102 || at+length > len(meta) {
			break
		}
		w.seen[at] = true
		d := meta[at : at+length]
		name := path
		if n := int(le16(d[100:])); n > 0 && 102+n <= len(d) {
			own := charset.UTF16(d[102:102+n], false)
			w.list.add(own)
			name += own
		}
		if int64(w.list.b.Len()) > w.r.s.budget.limits.TextBytes {
			return fmt.Errorf("list files of wim: %w", errTooLarge)
		}
		if len(name) > wimPath {
			name = ""
		}
		if len(w.names) < w.r.s.budget.limits.ArchiveEntries {
			w.names[string(d[64:84])] = name
		}
		if below := int(binary.LittleEndian.Uint64(d[16:]) & (1<<32 - 1)); below > at {
			if name != "" {
				name += "/"
			}
			if err := w.folder(meta, below, name, depth+1); err != nil {
				return err
			}
		}
		at += (length + 7) &^ 7
		for range le16(d[96:]) { // alternate streams
			if at+8 > len(meta) {
				break
			}
			at += (int(binary.LittleEndian.Uint64(meta[at:])&(1<<32-1)) + 7) &^ 7
		}
	}
	return w.r.ctx.Err()
}
