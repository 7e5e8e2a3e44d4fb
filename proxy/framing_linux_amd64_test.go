package proxy

import (
	"bytes"
	"slices"
	"syscall"
	"testing"

	"golang.org/x/sys/cpu"
)

// plainSlowly is what plainAVX2 promises, octet by octet.
func plainSlowly(p []byte) int {
	for i := range max(len(p)-1, 0) / 32 * 32 {
		if (p[i] == '\r') != (p[i+1] == '\n') || p[i] == '\n' && p[i+1] == '.' {
			return i / 32 * 32
		}
	}
	return max(len(p)-1, 0) / 32 * 32
}

// Each pair of octets at each place of a block of each length and alignment, the block ending
// where the memory does: what the kernel reads behind it is a fault.
func TestKernelSeesEachPairAndNothingBehind(t *testing.T) {
	if !cpu.X86.HasAVX2 {
		t.Skip("no AVX2")
	}
	page := syscall.Getpagesize()
	memory, err := syscall.Mmap(-1, 0, 2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Munmap(memory) }()
	if err := syscall.Mprotect(memory[page:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	const alphabet = "\r\n.\x00\x80a\x8d\x8a\xae"
	clean := slices.Concat(bytes.Repeat([]byte("aaaa\r\n"), 3), bytes.Repeat([]byte("a"), 182))
	for n := range 201 {
		if testing.Short() && n%32 > 2 {
			continue
		}
		p := memory[page-n : page]
		for at := range max(n-1, 0) {
			copy(p, clean)
			for k := range len(alphabet) * len(alphabet) {
				p[at], p[at+1] = alphabet[k%len(alphabet)], alphabet[k/len(alphabet)]
				if got, want := plainAVX2(p), plainSlowly(p); got != want {
					t.Fatalf("%q: %d octets are plain, want %d", p, got, want)
				}
			}
		}
		if got, want := plainAVX2(p), plainSlowly(p); got != want {
			t.Fatalf("%q: %d octets are plain, want %d", p, got, want)
		}
	}
}
