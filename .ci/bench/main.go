// Command bench compares our detectors with Go regexp, go-re2, ripgrep and
// Hyperscan in one run, by CPU time of one core, and prints ratios with the
// load average. A scanner that is not installed is left out with a word.
package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/detect"
	"github.com/wasilibs/go-re2"
)

//go:embed patterns.txt
var patternText string

const rounds = 3

func cpu(who int) time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(who, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// engine scans a text and says how many bytes and what CPU time it took.
type engine struct {
	name string
	run  func() (bytes int, used time.Duration, err error)
	rate []float64
}

func own(f func()) time.Duration {
	from := cpu(syscall.RUSAGE_SELF)
	f()
	return cpu(syscall.RUSAGE_SELF) - from
}

func main() {
	runtime.GOMAXPROCS(1)
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		fail(err)
	}
	defer os.RemoveAll(dir)
	text := corpus(32 << 20)
	file, list := filepath.Join(dir, "corpus.txt"), filepath.Join(dir, "patterns.txt")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		fail(err)
	}
	if err := os.WriteFile(list, []byte(patternText), 0o600); err != nil {
		fail(err)
	}
	start := own(func() { detect.New(detect.Options{}) })
	d := detect.New(detect.Options{})
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	fmt.Printf("load average %s; detector: start %d ms CPU, heap %d MiB\n", load(), start.Milliseconds(), (m.HeapAlloc-uint64(len(text)))>>20)
	engines := []*engine{{name: "ours, all detectors", run: func() (int, time.Duration, error) { return len(text), own(func() { scan(d, text) }), nil }},
		{name: "Go regexp", run: func() (int, time.Duration, error) { return goRegexp(text[:1<<20]) }},
		{name: "go-re2", run: func() (int, time.Duration, error) { return goRE2(text[:4<<20]) }},
		{name: "ripgrep", run: func() (int, time.Duration, error) { return ripgrep(len(text), list, file) }},
		{name: "Hyperscan", run: func() (int, time.Duration, error) { return hyperscan(len(text), dir, list, file) }}}
	for range rounds {
		for _, e := range engines {
			n, used, err := e.run()
			if err != nil {
				fmt.Printf("%s: left out: %v\n", e.name, err)
				e.run = func() (int, time.Duration, error) { return 0, 0, fmt.Errorf("see above") }
				continue
			}
			e.rate = append(e.rate, float64(n)/1e6/used.Seconds())
		}
	}
	ours := engines[0]
	for _, e := range engines {
		if len(e.rate) == rounds {
			fmt.Printf("%-22s %8.1f MB/s (%.1f to %.1f)   ours is %.2f times as fast\n", e.name, median(e.rate), least(e.rate), most(e.rate), median(ours.rate)/median(e.rate))
		}
	}
	tables(d)
	fmt.Printf("load average %s\n", load())
}

// tables measures a list of members: told of as the guard is (a thousand findings of
// a sort one by one, the others as a number), and one by one.
func tables(d *detect.Detector) {
	for _, way := range []struct {
		name string
		wide bool
		most int
	}{{"as the guard is told", false, 1000}, {"as the guard is told", true, 1000}, {"one by one", true, 0}} {
		csv := members(10000, way.wide)
		var rate []float64
		for range 5 {
			used := own(func() {
				r := d.Detect(context.Background(), []policy.Content{{Part: "1", Text: csv}}, detect.Context{Most: way.most})
				if r.People.High != 10000 {
					fail(fmt.Errorf("counted %d people", r.People.High))
				}
			})
			rate = append(rate, used.Seconds()*1000)
		}
		fmt.Printf("CSV of 10,000 people (%.1f MB), %s: %.0f ms CPU (%.0f to %.0f), %.0f MB/s\n",
			float64(len(csv))/1e6, way.name, median(rate), least(rate), most(rate), float64(len(csv))/1e3/median(rate))
	}
}

func scan(d *detect.Detector, text string) detect.Result {
	return d.Detect(context.Background(), []policy.Content{{Part: "1", Text: text}}, detect.Context{})
}

func patterns() []string { return strings.Split(strings.TrimSpace(patternText), "\n") }

func goRegexp(text string) (int, time.Duration, error) {
	var all []*regexp.Regexp
	for _, p := range patterns() {
		all = append(all, regexp.MustCompile(p))
	}
	return len(text), own(func() {
		for _, r := range all {
			r.FindAllStringIndex(text, -1)
		}
	}), nil
}

func goRE2(text string) (int, time.Duration, error) {
	var all []*re2.Regexp
	for _, p := range patterns() {
		all = append(all, re2.MustCompile(p))
	}
	return len(text), own(func() {
		for _, r := range all {
			r.FindAllStringIndex(text, -1)
		}
	}), nil
}

func ripgrep(n int, list, file string) (int, time.Duration, error) {
	from := cpu(syscall.RUSAGE_CHILDREN)
	err := exec.Command("rg", "-j1", "-c", "-f", list, file).Run()
	return n, cpu(syscall.RUSAGE_CHILDREN) - from, err
}

// hyperscan builds the small C program once.
func hyperscan(n int, dir, list, file string) (int, time.Duration, error) {
	program := filepath.Join(dir, "hs")
	if _, err := os.Stat(program); err != nil {
		if out, err := exec.Command("gcc", "-O2", "-x", "c", "-o", program, "hs.c.txt", "-lhs").CombinedOutput(); err != nil {
			return 0, 0, fmt.Errorf("no libhyperscan-dev or gcc: %.80s", out)
		}
	}
	out, err := exec.Command(program, list, file).Output()
	if err != nil {
		return 0, 0, err
	}
	var matches int
	var seconds float64
	if _, err := fmt.Sscan(string(out), &matches, &seconds); err != nil {
		return 0, 0, err
	}
	return n, time.Duration(seconds * float64(time.Second)), nil
}

func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(b))[:3], " ")
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "bench:", err)
	os.Exit(1)
}
