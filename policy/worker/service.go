package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
)

// Service does what a child cannot do for itself, since it may start no program and
// reach no network: it reads data of a declared type, which is as hostile as the
// child that sends it, and replies with text. It must end with ctx, and may neither
// log nor keep what it reads or replies.
type Service func(ctx context.Context, typ string, data []byte) Reply

// Reply is what a service says: a text, or why there is none.
type Reply struct {
	Text string
	// Problem is set when the data could not be read.
	Problem policy.Problem
	// Encrypted tells data that a service found encrypted.
	Encrypted bool
}

// Bounds of what one job may ask for.
const (
	maxAsks  = 200
	maxReply = 64 << 20
)

// ask is a child's question; Size octets follow.
type ask struct {
	Service string
	Type    string
	Size    int64
}

// asker is the child's side.
type asker struct {
	mu     sync.Mutex
	in     io.Reader
	out    io.Writer
	id     uint64
	closed bool
	broken error
}

func (k *asker) ask(service, typ string, data []byte) Reply {
	k.mu.Lock()
	defer k.mu.Unlock()
	failed := Reply{Problem: policy.Unreadable}
	if k.closed || k.broken != nil {
		return failed
	}
	var reply Reply
	k.broken = func() error {
		if err := writeFrame(k.out, &answer{ID: k.id, Ask: &ask{Service: service, Type: typ, Size: int64(len(data))}}); err != nil {
			return err
		}
		if _, err := k.out.Write(data); err != nil {
			return fmt.Errorf("write question: %w", err)
		}
		frame, err := readFrame(k.in, nil, maxReply+maxHead)
		if err != nil {
			return err
		}
		return decode(frame, &reply)
	}()
	if k.broken != nil {
		return failed
	}
	return reply
}

// close ends all asking; the error is that of a question that broke off.
func (k *asker) close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	return k.broken
}

// desk is the parent's side: the services of one job.
type desk struct {
	p     *Pool
	w     *process
	job   *watched
	asked int
	left  time.Duration
}

// serve answers one question. The error is that of a child which does not keep to
// the protocol.
func (d *desk) serve(ctx context.Context, q ask) error {
	service := d.p.o.Services[q.Service]
	if d.asked++; service == nil || d.asked > maxAsks {
		return &Error{Cause: Garbage, Err: errors.New("question that nobody answers")}
	}
	if q.Size < 0 || q.Size > d.p.o.MaxAsk || !isMediaType(q.Type) {
		return &Error{Cause: Oversize, Err: fmt.Errorf("question of %d octets", q.Size)}
	}
	data := make([]byte, q.Size)
	if _, err := io.ReadFull(d.w.from, data); err != nil {
		return fmt.Errorf("read question: %w", err)
	}
	reply := Reply{Problem: policy.TimedOut}
	if d.left > 0 {
		d.job.pause(d.p.o.Now())
		begin := d.p.o.Now()
		within, cancel := context.WithTimeout(ctx, d.left)
		stop := context.AfterFunc(d.p.ctx, cancel)
		reply = service(within, q.Type, data)
		stop()
		cancel()
		d.left -= d.p.o.Now().Sub(begin)
		d.job.resume(d.p.o.Now())
	}
	if len(reply.Text) > maxReply {
		reply = Reply{Problem: policy.TooLarge}
	}
	return writeFrame(d.w.in, &reply)
}
