package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// rebuild reads the index from the headers.
func (s *Store) rebuild() error {
	if _, err := os.Stat(filepath.Join(s.dir, "segments")); s.o.ReadOnly && errors.Is(err, fs.ErrNotExist) {
		return nil // nothing was ever held
	}
	segments, err := listSegments(s.dir)
	if err != nil {
		return err
	}
	var doubles []*entry
	for _, seg := range segments {
		s.segments[seg.number] = seg
		s.newest = max(s.newest, seg.number)
		end, damage, err := seg.scan(func(h header, p place) { s.enter(h, p, &doubles) })
		if s.o.ReadOnly && errors.Is(err, fs.ErrNotExist) {
			continue // compacted away this moment; what was alive stands further on
		}
		if err != nil {
			return err
		}
		for _, d := range damage {
			s.o.Log.Error("a part of the quarantine on disk is damaged and was skipped", "segment", d.Segment, "offset", d.Offset, "octets", d.Length)
		}
		s.damage = append(s.damage, damage...)
		seg.size = end
		if !s.o.ReadOnly {
			if err := s.settle(seg); err != nil {
				return err
			}
		}
	}
	if s.o.ReadOnly {
		return nil
	}
	for _, e := range doubles {
		if err := s.destroyKey(e); err != nil {
			return err
		}
	}
	return s.sweepFiles()
}

// enter puts a record that was found into the index. A second record of the
// same body is left by a compaction that was cut short; the later one counts,
// and the earlier must lose its key, or Remove would not be final.
func (s *Store) enter(h header, p place, doubles *[]*entry) {
	if h.state != alive {
		return
	}
	if old := s.index[h.digest]; old != nil {
		old.seg.live -= headerSize + old.length
		*doubles = append(*doubles, old)
	}
	s.index[h.digest] = &entry{header: h, place: p}
	p.seg.live += headerSize + h.length
}

// settle cuts a torn tail off and syncs what was found: after a kill it may
// have been seen in the page cache only.
func (s *Store) settle(seg *segment) error {
	info, err := os.Stat(seg.path)
	if err != nil {
		return fmt.Errorf("look at segment: %w", err)
	}
	f, err := s.disk.OpenFile(seg.path, false)
	if err != nil {
		return err
	}
	defer f.Close()
	if torn := info.Size() - seg.size; torn > 0 {
		s.o.Log.Info("an unfinished record was cut off", "segment", filepath.Base(seg.path), "octets", torn)
		if err := f.Truncate(seg.size); err != nil {
			return fmt.Errorf("cut torn tail: %w", err)
		}
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync segment: %w", err)
	}
	return nil
}

// sweepFiles removes files that no record names: a crash came between the file
// and its record, and nothing was promised.
func (s *Store) sweepFiles() error {
	known := map[string]bool{}
	for _, e := range s.index {
		if e.kind == inFile {
			known[e.fileName()] = true
		}
	}
	dir := filepath.Join(s.dir, "files")
	names, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("list blob files: %w", err)
	}
	for _, n := range names {
		if known[n.Name()] {
			continue
		}
		if err := s.disk.Remove(filepath.Join(dir, n.Name())); err != nil {
			return err
		}
	}
	return nil
}
