package detect

import "golang.org/x/sys/cpu"

// followers counts the bytes of s that go on with a character, as far as it has read.
func followers(s string) (read, n int) {
	if len(s) < 64 || !cpu.X86.HasAVX2 {
		return 0, 0
	}
	return followersAVX2(s)
}

// followersAVX2 is followers for all of s but less than 32 bytes.
//
//go:noescape
func followersAVX2(s string) (read, n int)
