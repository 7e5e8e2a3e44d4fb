package extract

import (
	"bytes"
	"errors"
	"io"
)

// streams reads the streams of a compressed file that stand one behind the other as one,
// and notes where the last of them ends.
type streams struct {
	r   *reading
	src *bytes.Reader
	// open begins the stream that stands where src is; nil when none does.
	open func() (io.Reader, error)
	// shut reads what stands behind a stream before its end; nil for nothing.
	shut func()
	now  io.Reader
}

// streams is the reader of a compressed file's streams. open is given what is left of it.
func (r *reading) streams(open func(src *bytes.Reader, rest []byte) (io.Reader, error)) *streams {
	s := &streams{r: r, src: bytes.NewReader(r.file.Data)}
	s.open = func() (io.Reader, error) { return open(s.src, s.rest()) }
	return s
}

func (s *streams) at() int { return len(s.r.file.Data) - s.src.Len() }

func (s *streams) rest() []byte { return s.r.file.Data[s.at():] }

// skip leaves out n octets, as far as there are any.
func (s *streams) skip(n int) { _, _ = s.src.Seek(int64(min(n, s.src.Len())), io.SeekCurrent) }

// Read reads on in the next stream where one ends.
func (s *streams) Read(p []byte) (int, error) {
	for {
		if s.now == nil {
			src, err := s.open()
			if err != nil {
				return 0, err
			}
			if src == nil {
				s.r.end = s.at()
				return 0, io.EOF
			}
			s.now = src
		}
		n, err := s.now.Read(p)
		if errors.Is(err, io.EOF) {
			if s.now, err = nil, nil; s.shut != nil {
				s.shut()
			}
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}
