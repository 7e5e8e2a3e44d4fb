package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
	"github.com/sekisho-mail/sekisho/quarantine/disk"
)

// Put makes the body durable before it returns; equal bytes share one blob. A
// large *sealed.File on the same file system is taken over without copying; it
// keeps its own name too, which its owner removes. A full disk is an
// email.Fault with 452, any other failure one with 451. When ctx ends first,
// the body may or may not be kept.
func (s *Store) Put(ctx context.Context, b email.Body) (email.Digest, error) {
	digest := b.Digest()
	done, err := s.claim(ctx, digest)
	if err != nil {
		return digest, fault("put blob", err)
	}
	if done == nil {
		return digest, nil // it is there
	}
	err = s.store(ctx, b)
	s.mu.Lock()
	delete(s.putting, digest)
	s.mu.Unlock()
	close(done)
	if err != nil {
		return digest, fault("put blob", err)
	}
	return digest, nil
}

// claim finds out who stores the body: nobody (nil: it is durable already), or
// the caller, who closes the channel when done. It waits for another Put of the
// same bytes.
func (s *Store) claim(ctx context.Context, digest email.Digest) (chan struct{}, error) {
	for {
		s.mu.Lock()
		if s.o.ReadOnly || s.closed {
			s.mu.Unlock()
			if s.o.ReadOnly {
				return nil, ErrReadOnly
			}
			return nil, ErrClosed
		}
		other := s.putting[digest]
		e := s.index[digest]
		have := e != nil && !e.doomed
		if other == nil && have && e.proven {
			e.put = s.o.Now()
			s.mu.Unlock()
			return nil, nil
		}
		if other == nil {
			done := make(chan struct{})
			s.putting[digest] = done
			s.mu.Unlock()
			if have && s.prove(digest) {
				s.mu.Lock()
				delete(s.putting, digest)
				s.mu.Unlock()
				close(done)
				continue
			}
			return done, nil
		}
		s.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the same body: %w", ctx.Err())
		}
	}
}

// prove reads a body that an earlier process wrote, since a crash may have left
// a whole header with a hole behind it.
func (s *Store) prove(digest email.Digest) bool {
	b, err := s.Open(context.Background(), digest)
	if err != nil {
		return false
	}
	r, err := b.Open()
	if err != nil {
		return false
	}
	defer r.Close()
	if _, err := io.Copy(io.Discard, r); err != nil {
		s.o.Log.Error("a body on disk is damaged and is written anew", "body", digest.String(), "error", err)
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.index[digest]
	if e == nil {
		return false
	}
	e.proven = true
	return true
}

func (s *Store) store(ctx context.Context, b email.Body) error {
	if b.Size() <= s.o.Inline {
		return s.storeInline(ctx, b)
	}
	return s.storeFile(ctx, b)
}

// errOtherBytes: the body is not what it says it is.
var errOtherBytes = errors.New("blob: the body's bytes do not have its digest")

func (s *Store) storeInline(ctx context.Context, b email.Body) error {
	h := header{kind: inSegment, digest: b.Digest(), size: b.Size(), length: sealed.Size(b.Size()), state: alive}
	key := sealed.NewKey()
	h.wrap(s.site, key)
	src, err := b.Open()
	if err != nil {
		return fmt.Errorf("open body: %w", err)
	}
	defer src.Close()
	buf := bytes.NewBuffer(h.encode())
	w, sum := sealed.NewWriter(buf, key), sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(src, h.size+1))
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return fmt.Errorf("read body: %w", err)
	}
	if n != h.size || email.Digest(sum.Sum(nil)) != h.digest {
		return errOtherBytes
	}
	return s.append(ctx, &request{h: h, record: buf.Bytes()})
}

// storeFile makes the file durable first and its key last: a file without a
// record is swept away at the next start.
func (s *Store) storeFile(ctx context.Context, b email.Body) error {
	h := header{kind: inFile, digest: b.Digest(), size: b.Size(), state: alive}
	_, _ = rand.Read(h.name[:]) // never fails since Go 1.24
	path := filepath.Join(s.dir, "files", h.fileName())
	key, err := s.takeOver(b, path)
	if err != nil {
		_ = s.disk.Remove(path)
		return err
	}
	if err := s.disk.SyncDir(filepath.Dir(path)); err != nil {
		_ = s.disk.Remove(path)
		return err
	}
	h.wrap(s.site, key)
	if err := s.append(ctx, &request{h: h, record: h.encode()}); err != nil {
		if ctx.Err() == nil { // else the record may yet be written
			_ = s.disk.Remove(path)
		}
		return err
	}
	return nil
}

// takeOver links a sealed file to path, or copies the body there.
func (s *Store) takeOver(b email.Body, path string) (sealed.Key, error) {
	if f, ok := b.(*sealed.File); ok {
		err := s.syncForeign(f.Path)
		if err != nil {
			return sealed.Key{}, err
		}
		if s.disk.Link(f.Path, path) == nil {
			return f.Key, nil
		} // another file system: copy
	}
	f, err := s.disk.OpenFile(path, true)
	if err != nil {
		return sealed.Key{}, err
	}
	key := sealed.NewKey()
	err = copySealed(f, b, key)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return key, err
}

// syncForeign makes the bytes of a spool file durable; the spool has no need to.
func (s *Store) syncForeign(path string) error {
	f, err := s.disk.OpenFile(path, false)
	if err != nil {
		return err
	}
	err = f.Sync()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("sync spool file: %w", err)
	}
	return nil
}

func copySealed(f disk.File, b email.Body, key sealed.Key) error {
	src, err := b.Open()
	if err != nil {
		return fmt.Errorf("open body: %w", err)
	}
	defer src.Close()
	w, sum := sealed.NewWriter(&cursor{f: f}, key), sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(src, b.Size()+1))
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return fmt.Errorf("copy body: %w", err)
	}
	if n != b.Size() || email.Digest(sum.Sum(nil)) != b.Digest() {
		return errOtherBytes
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync body: %w", err)
	}
	return nil
}

// cursor writes one piece behind the other.
type cursor struct {
	f   disk.File
	off int64
}

// Write appends.
func (c *cursor) Write(p []byte) (int, error) {
	n, err := c.f.WriteAt(p, c.off)
	c.off += int64(n)
	if err != nil {
		return n, fmt.Errorf("write body: %w", err)
	}
	return n, nil
}

// body is an email.Body out of the store.
type body struct {
	s      *Store
	digest email.Digest
	size   int64
}

func (b *body) Size() int64          { return b.size }
func (b *body) Digest() email.Digest { return b.digest }

// Open looks the place up each time, since compaction moves bodies.
func (b *body) Open() (io.ReadCloser, error) {
	b.s.mu.Lock()
	e := b.s.index[b.digest]
	if e == nil || e.doomed {
		b.s.mu.Unlock()
		return nil, fmt.Errorf("open blob %s: %w", b.digest, ErrNotFound)
	}
	h, p := e.header, e.place
	path := p.seg.path
	if h.kind == inFile {
		path = filepath.Join(b.s.dir, "files", h.fileName())
	}
	f, err := os.Open(path) // under the lock: compaction removes files
	b.s.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("open blob %s: %w", b.digest, err)
	}
	key, err := h.unwrap(b.s.site)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("open blob %s: its key: %w", b.digest, ErrDamaged)
	}
	var src io.Reader = f
	if h.kind == inSegment {
		src = io.NewSectionReader(f, p.offset+headerSize, h.length)
	}
	return &reader{f: f, r: sealed.NewReader(src, key), sum: sha256.New(), h: h}, nil
}
