package worker

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestChildIsConfined(t *testing.T) {
	t.Setenv("SEKISHO_SECRET", "x")
	p := newPool(t, nil)
	in, err := p.Inspect(t.Context(), job("report", "x"))
	if err != nil {
		t.Fatal(err)
	}
	got := in.Header.Subject
	for _, want := range []string{"env=0", "nofile=64", "core=0", "fsize=0", "cpu=true"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in %s", want, got)
		}
	}
	p.mu.Lock()
	did := slices.IndexFunc(p.light.idle, func(w *process) bool { return w.jobs == 1 }) // another may just begin
	pid := p.light.idle[did].cmd.Process.Pid
	p.mu.Unlock()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(status), "NoNewPrivs:\t1") {
		t.Error("the child may gain rights")
	}
	if dir, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid)); err == nil && dir != "/" {
		t.Errorf("the child works in %s", dir)
	}
	own, _ := os.Readlink("/proc/self/ns/net")
	if net, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", pid)); err == nil && net == own && p.starter.open.Load() < 2 {
		t.Error("the child sees the network of its parent")
	}
}

// needFilter skips where the kernel has no filter of system calls.
func needFilter(t *testing.T) {
	t.Helper()
	if b, err := os.ReadFile("/proc/sys/kernel/seccomp/actions_avail"); err != nil || !strings.Contains(string(b), "errno") || auditArchitecture == 0 {
		t.Skip("skipped: this kernel has no seccomp filter")
	}
}

func TestNothingLeavesTheChild(t *testing.T) {
	needFilter(t)
	p := newPool(t, nil)
	in, err := p.Inspect(t.Context(), job("escape", "x"))
	if err != nil {
		t.Fatal(err)
	}
	if in.Header.Subject != "open: " {
		t.Error(in.Header.Subject)
	}
	if _, err := p.Inspect(t.Context(), job("", "x")); err != nil {
		t.Errorf("next job: %v", err)
	}
}

func TestFilesAndProgramsThatAreLeft(t *testing.T) {
	needFilter(t)
	if b, err := os.ReadFile("/proc/sys/kernel/osrelease"); err != nil || !hasLandlock() {
		t.Skipf("skipped: kernel %s has no landlock", b)
	}
	if !reachesAllThreads() {
		t.Skip("skipped: in a program with cgo, as under the race detector, landlock holds on one thread")
	}
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/in", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	const nothing = "inside=false outside=false parent=false created=false program= network=false"
	for _, c := range []struct{ name, read, programs, want string }{
		{"none", "", "", nothing},
		{"a folder", dir, "", strings.Replace(nothing, "inside=false", "inside=true", 1)},
		{"a folder and programs", dir + " /nowhere", "/bin /usr /lib /lib64 /etc/ld.so.cache",
			"inside=true outside=false parent=false created=false program=hello network=false"},
	} {
		p := newPool(t, func(o *Options) {
			o.Size, o.Env = 1, append(o.Env, childMark+"_READ="+c.read, childMark+"_PROGRAMS="+c.programs)
		})
		in, err := p.Inspect(t.Context(), job("files", dir))
		if err != nil || in.Header.Subject != c.want {
			t.Errorf("%s: %v\n got %s\nwant %s", c.name, err, in.Header.Subject, c.want)
		}
	}
}
