package hoptest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
	"time"
)

// Soon tells whether something comes true within two minutes; it asks every 10
// milliseconds. It is for what another program or goroutine does in its own time:
// a busy machine makes a test slow, not wrong.
func Soon(happened func() bool) bool {
	for begin := time.Now(); time.Since(begin) < 2*time.Minute; time.Sleep(10 * time.Millisecond) {
		if happened() {
			return true
		}
	}
	return false
}

// FreeAddr is an address of this host for a program that is told where to listen.
// Nobody takes it between this look at it and the program's start, nor while the
// program is down for a moment: the ports lie below those that kernels give to
// whoever asks for any, and until the test ends no other test, in this process or
// another, is given the same one.
func FreeAddr(t testing.TB) string {
	t.Helper()
	const first, many = 10_000, 6_000
	for range many {
		port := first + rand.IntN(many)
		// An abstract socket is a lock that leaves no file and ends with its process.
		claim, err := net.Listen("unix", fmt.Sprintf("@sekisho-port-%d", port))
		if err != nil {
			continue
		}
		addr := fmt.Sprintf("127.0.0.1:%d", port)
		ln, err := net.Listen("tcp", addr)
		if err != nil {
			_ = claim.Close()
			continue
		}
		_ = ln.Close()
		t.Cleanup(func() { _ = claim.Close() })
		return addr
	}
	t.Fatal("no port is free")
	return ""
}

// Listens waits until somebody listens at an address.
func Listens(addr string) bool {
	return Soon(func() bool {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
}
