package standard

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/worker"
)

// blows are what befalls a worker from outside while it reads; an error is that it
// was gone already.
var blows = []struct {
	name   string
	strike func(pid int) error
}{
	{"killed", func(pid int) error { return syscall.Kill(pid, syscall.SIGKILL) }},
	{"stopped", func(pid int) error { return syscall.Kill(pid, syscall.SIGSTOP) }},
	{"crashed", func(pid int) error { return syscall.Kill(pid, syscall.SIGSEGV) }},
	{"aborted", func(pid int) error { return syscall.Kill(pid, syscall.SIGABRT) }},
	{"without memory", func(pid int) error {
		return unix.Prlimit(pid, unix.RLIMIT_AS, &unix.Rlimit{Cur: 1 << 20, Max: 1 << 20}, nil)
	}},
	{"wrong output", func(pid int) error { return speakFor(pid, "\x00\x00\x00\x05hello") }},
	{"half an output", func(pid int) error { return speakFor(pid, "\x00\x00\x40\x00{\"ID\":1,") }},
	{"input taken away", robbed},
}

// speakFor writes where the worker's answers go.
func speakFor(pid int, words string) error {
	f, err := os.OpenFile(fmt.Sprintf("/proc/%d/fd/1", pid), os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(words)
	return err
}

// robbed reads what the worker has not yet read; nothing there is no error.
func robbed(pid int) error {
	f, err := os.OpenFile(fmt.Sprintf("/proc/%d/fd/0", pid), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	var loot [4 << 10]byte
	_, _ = unix.Read(int(f.Fd()), loot[:])
	return nil
}

// running are the workers of this process. One that is forked and has not become a
// program of its own still is this one: its output is ours, and who stops it stops us.
func running() []int {
	var out []int
	tasks, _ := filepath.Glob("/proc/self/task/*/children")
	for _, name := range tasks {
		b, _ := os.ReadFile(name)
		for _, word := range strings.Fields(string(b)) {
			pid, err := strconv.Atoi(word)
			env, _ := os.ReadFile("/proc/" + word + "/environ")
			if err == nil && strings.Contains(string(env), childMark+"=1") {
				out = append(out, pid)
			}
		}
	}
	return out
}

// TestWorkersStruckAtRandomMoments: whatever happens to a worker, and whenever, a mail
// is either read in whole or has a problem. SEKISHO_FAULTS is how many blows fall.
func TestWorkersStruckAtRandomMoments(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: short run")
	}
	faults, _ := strconv.Atoi(os.Getenv("SEKISHO_FAULTS"))
	if faults == 0 {
		faults = 40
	}
	raw := encryptedMail(t, "xlsx_inline_strings_plain.xlsx", "x", repeat("資料を送付します。\n", 30_000))
	p := newPool(t, func(o *worker.Options) { o.Size, o.Deadline = 4, 2*time.Second })
	sound := newPool(t, nil)
	through := func(w Workers) policy.Inspection {
		i := Inspector{Reader: NewReader(policy.DefaultLimits()), Workers: w, Limits: policy.DefaultLimits(), Log: slog.New(slog.DiscardHandler)}
		return i.Inspect(context.Background(), email.Envelope{}, email.BytesBody(raw))
	}
	undisturbed := through(sound)
	want := summary(undisturbed)
	if sound.Close(); len(problems(undisturbed.Parts)) > 0 || len(undisturbed.Findings) == 0 {
		t.Fatalf("without a blow: %s", want)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	var fallen, whole, doubtful atomic.Int64
	var lanes sync.WaitGroup
	for lane := range 4 {
		lanes.Go(func() {
			rnd := rand.New(rand.NewPCG(seed, uint64(lane)))
			for fallen.Load() < int64(faults) {
				b, wait, whom := blows[rnd.IntN(len(blows))], time.Duration(rnd.IntN(100_000))*time.Microsecond, rnd.Uint32()
				struck := make(chan struct{})
				time.AfterFunc(wait, func() {
					defer close(struck)
					if all := running(); len(all) > 0 && b.strike(all[int(whom)%len(all)]) == nil {
						fallen.Add(1)
					}
				})
				in := through(p)
				<-struck
				switch got := summary(in); {
				case len(problems(in.Parts)) > 0:
					doubtful.Add(1)
				case got == want:
					whole.Add(1)
				default:
					t.Errorf("%s: passed as read\n%s\nwant\n%s", b.name, got, want)
				}
			}
		})
	}
	lanes.Wait()
	t.Logf("%d blows: %d mails with a problem, %d read in whole", fallen.Load(), doubtful.Load(), whole.Load())
}
