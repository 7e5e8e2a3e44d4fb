package extract

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// What the PDF files of a message may take of processor time is earned: by their octets,
// and by each page that shows what none before it did. Ten kilobytes can ask for hours of
// work, but they do so by saying the same things again.
const (
	// pdfBase is there at first: the largest honest page takes less than a second.
	pdfBase = 3 * time.Second
	// pdfPerMiB is for drawings and pictures, which are large for what they cost.
	pdfPerMiB = 400 * time.Millisecond
	// A page takes a millisecond or two, and one for each 1,500 characters: these are
	// several times as much, since a busy machine makes processor time longer too.
	pdfPerPage      = 10 * time.Millisecond
	pdfPerCharacter = 5 * time.Microsecond
	pdfMostPerPage  = 100 * time.Millisecond
	// pdfPerScan is what drawing a page takes.
	pdfPerScan = 150 * time.Millisecond
)

// pdfTime is the account of one message.
type pdfTime struct {
	// now is the processor time of the calling thread.
	now                 func() time.Duration
	most, earned, spent time.Duration
	// since is now when the document at work was begun.
	since time.Duration
}

func newPDFTime(now func() time.Duration, most time.Duration) pdfTime {
	if now == nil {
		now = threadTime
	}
	return pdfTime{now: now, most: most, earned: pdfBase}
}

// begin begins the work on a document of so many octets. It holds the goroutine on its
// thread, until end.
func (t *pdfTime) begin(octets int) {
	runtime.LockOSThread()
	t.since = t.now()
	t.earned += pdfPerMiB * time.Duration(octets>>10) >> 10
}

func (t *pdfTime) end() {
	t.spent += t.now() - t.since
	runtime.UnlockOSThread()
}

// page earns the time of a page whose text has so many octets.
func (t *pdfTime) page(octets int) {
	t.earned += min(pdfPerPage+time.Duration(octets)*pdfPerCharacter, pdfMostPerPage)
}

// over tells that the time is spent.
func (t *pdfTime) over() error {
	if t.spent+t.now()-t.since > min(t.earned, t.most) {
		return fmt.Errorf("read pdf: %w", context.DeadlineExceeded)
	}
	return nil
}

func threadTime() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}
