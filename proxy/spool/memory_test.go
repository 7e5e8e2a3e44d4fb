package spool

import (
	"bytes"
	"crypto/sha256"
	"io"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email"
)

func spooled(t *testing.T, s *Spool, pieces ...[]byte) *Mail {
	t.Helper()
	w := s.Create()
	for _, p := range pieces {
		if _, err := w.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	m, err := w.Commit()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMemoryOfAMailIsNotUsedAgainWhileItIsRead(t *testing.T) {
	s := newSpool(t, Options{})
	first := bytes.Repeat([]byte("own mail "), 20000)
	m := spooled(t, s, first)
	late, err := m.Body.Open()
	if err != nil {
		t.Fatal(err)
	}
	m.Release()
	for range 20 { // these would take the chunks
		defer spooled(t, s, bytes.Repeat([]byte("stranger "), 20000)).Release()
	}
	if got, err := io.ReadAll(late); err != nil || !bytes.Equal(got, first) {
		t.Errorf("a late reader saw %d octets (%v) of somebody else's mail", len(got), err)
	}
	if err := late.Close(); err != nil {
		t.Error(err)
	}
	_ = late.Close()
	if _, err := late.Read(make([]byte, 1)); err == nil {
		t.Error("read after Close")
	}
	if _, err := m.Body.Open(); err == nil {
		t.Error("opened after Release")
	}
}

func TestMemoryInPiecesOfAllSizes(t *testing.T) {
	s := newSpool(t, Options{})
	want := make([]byte, 300_000)
	for i := range want {
		want[i] = byte(i * 7 >> 3)
	}
	for _, piece := range []int{1, 100, smallChunk - 1, smallChunk, smallChunk + 1, largeChunk + smallChunk, 300_000} {
		var pieces [][]byte
		for rest := want; len(rest) > 0; {
			n := min(piece, len(rest))
			if piece == 1 {
				n = min(17, len(rest))
			}
			pieces, rest = append(pieces, rest[:n]), rest[n:]
		}
		m := spooled(t, s, pieces...)
		for _, direct := range []bool{true, false} {
			r, err := m.Body.Open()
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if direct {
				_, err = io.Copy(&got, r)
			} else {
				_, err = io.Copy(&got, struct{ io.Reader }{r})
			}
			if err != nil || !bytes.Equal(got.Bytes(), want) {
				t.Errorf("pieces of %d: %d octets, %v", piece, got.Len(), err)
			}
			_ = r.Close()
		}
		if m.Body.Size() != int64(len(want)) || m.Body.Digest() != email.Digest(sha256.Sum256(want)) {
			t.Errorf("pieces of %d: size %d or digest", piece, m.Body.Size())
		}
		m.Release()
		if n := s.memory.Load(); n != 0 {
			t.Errorf("pieces of %d: %d octets counted", piece, n)
		}
	}
}

func TestLargeMailsLeaveRoomForSmallOnes(t *testing.T) {
	s := newSpool(t, Options{TotalMemory: 1 << 20})
	for range 10 {
		defer spooled(t, s, content(400_000)).Release()
	}
	if n := s.memory.Load(); n > 512<<10 {
		t.Errorf("large mails take %d octets", n)
	}
	before := len(files(t, s))
	defer spooled(t, s, content(4000)).Release()
	if len(files(t, s)) != before {
		t.Error("a small mail went to disk")
	}
}
