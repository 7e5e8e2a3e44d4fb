package journal

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/quarantine/disk"
)

// changes is every change of names; tests let each of them fail.
type changes interface {
	OpenFile(path string, create bool) (disk.File, error)
	Replace(path string, data []byte) error
	Remove(path string) error
	SyncDir(path string) error
}

const segmentSuffix = ".jsonl"

// segmentName is the name of the segment that begins with line seq.
func segmentName(seq int64) string { return fmt.Sprintf("%020d%s", seq, segmentSuffix) }

// firstOf is the number that the segment's name promises for its first line.
func firstOf(name string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSuffix(name, segmentSuffix), 10, 64)
	return n
}

// segments lists the names of all segments in order.
func segments(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list journal segments: %w", err)
	}
	var out []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), segmentSuffix) && firstOf(e.Name()) > 0 {
			out = append(out, e.Name())
		}
	}
	slices.Sort(out)
	return out, nil
}
