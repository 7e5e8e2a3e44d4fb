package proxy

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy/spool"
)

// received is what came of a DATA command.
type received struct {
	mail   *spool.Mail
	header []byte // header block as it goes on, at most maxHead octets
	proved int    // which of the listener's secrets was in it, from 1
	marks  int    // how often the mail has been here before
	plain  bool   // content and wire form are the same
	err    error  // why there is no mail
}

// data takes a mail off the wire and to its ending; go-smtp never sees it.
func (f *front) data(arg string) error {
	switch {
	case arg != "":
		f.say(email.NewReply(501, "5.5.4", "DATA takes no argument"))
		return nil
	case f.session == nil || !f.session.open:
		f.say(email.NewReply(503, "5.5.1", "Give a sender with MAIL first"))
		return nil
	case f.session.chunks != nil:
		f.say(email.NewReply(503, "5.5.1", "This mail has begun with BDAT, go on with it or say RSET"))
		return nil
	case len(f.session.env.Recipients) == 0:
		f.say(email.NewReply(554, "5.5.1", "No valid recipients"))
		return nil
	}
	f.say(email.NewReply(354, "", "End data with <CR><LF>.<CR><LF>"))
	if f.flush() != nil {
		return io.EOF
	}
	f.s.inHand.Add(1)
	defer f.s.inHand.Add(-1)
	f.session.ready()
	got, err := f.receive()
	if err != nil {
		return err
	}
	f.session.received = got
	f.conclude()
	return nil
}

// ready lets the next hop get ready for the mail that now comes in.
func (s *session) ready() {
	if s.txn != nil && !s.divided && s.way.Inline {
		s.txn.Ready(s.s.asking.begin())
	}
}

// conclude brings the mail to its ending, on the connection's own goroutine, and
// has go-smtp forget it: our reply goes out in the place of that to RSET.
func (f *front) conclude() {
	f.commands, f.errors, f.session.missed = 0, 0, 0
	growStack(-1)
	reply := f.session.end()
	f.session.override = &reply
	f.give("RSET")
}

// growStack gives a goroutine in one step the stack that judging needs, 32 KB. Growing
// it on the way, each time with more frames to move, was 4 % of the processor time of
// a small mail on a new connection. The stack is looked after where a function
// begins: with a negative number nothing else is done.
//
//go:noinline
func growStack(at int) byte {
	if at < 0 {
		return 0
	}
	var room [20 << 10]byte
	room[at] = 1 // or there would be no room
	return room[len(room)-1]
}

// receive reads to the end of data, whatever is wrong with the mail, so that
// nothing of it can be taken for a command. Where the end cannot be reached the
// connection ends: the error is io.EOF then.
func (f *front) receive() (*received, error) {
	w := f.s.d.Spool.Create()
	top := &head{w: w, secret: f.l.Secret, marker: f.s.o.Marker, sender: f.session.env.Sender}
	frame := &framing{w: top, normalise: f.l.Normalise, limit: f.largest}
	if st := f.session.newStream(); st != nil {
		f.session.stream, frame.raw = st, st
	}
	rest, err := f.readMail(frame)
	if err != nil {
		f.session.dropTransaction()
		w.Abort()
		return nil, f.cutOff(err)
	}
	f.in.giveBack(rest)
	f.hangup = f.hangup || frame.doubtful
	f.linger = f.linger || frame.doubtful
	got := &received{err: f.fault(frame)}
	if got.err == nil {
		got.err = top.Close()
	}
	if got.err != nil {
		f.session.dropTransaction()
		w.Abort()
		return got, nil
	}
	f.session.stream.ended()
	got.plain = frame.plain()
	got.mail, got.err = w.Commit()
	got.header, got.proved, got.marks = top.block, top.proved, top.marks
	return got, nil
}

var (
	errFlood = errors.New("proxy: client sends far more than it may")
	errSlow  = errors.New("proxy: client sends too slowly")
)

// readMail feeds the framing until it has seen the end and returns what came
// behind it.
func (f *front) readMail(frame *framing) (rest []byte, err error) {
	p := f.in.take()
	if n, done := frame.feed(p); done {
		return p[n:], nil
	}
	block := f.s.smallBlocks.Get().(*[]byte)
	defer func() { f.s.putBlock(block) }()
	begin := f.s.d.Now()
	end := begin.Add(f.s.o.DataTimeout)
	for {
		f.waitForMail(end)
		n, err := f.conn.Read(*block)
		used, done := frame.feed((*block)[:n])
		switch {
		case done:
			return append([]byte(nil), (*block)[used:n]...), nil
		case frame.flood():
			return nil, errFlood
		case f.tooSlow(frame.wire, begin):
			return nil, errSlow
		case err != nil:
			return nil, fmt.Errorf("read mail: %w", err)
		case n == smallBlock && len(*block) == smallBlock: // it is no small mail
			f.s.putBlock(block)
			block = f.s.blocks.Get().(*[]byte)
		}
	}
}

// waitForMail sets the deadline for the next octets of a mail that must have come by end.
func (f *front) waitForMail(end time.Time) {
	now := f.s.d.Now()
	if until, moves := f.readBy.moves(now, min(f.s.o.DataIdleTimeout, end.Sub(now))); moves {
		_ = f.conn.SetReadDeadline(until)
	}
}

// tooSlow tells a client that holds its connection by sending next to nothing.
func (f *front) tooSlow(octets int64, begin time.Time) bool {
	took := f.s.d.Now().Sub(begin)
	return f.s.o.MinRate > 0 && took > time.Minute && float64(octets) < float64(f.s.o.MinRate)*took.Seconds()
}

// cutOff ends a connection inside DATA: there is no telling what of the rest
// would be a body and what a command.
func (f *front) cutOff(err error) error {
	switch {
	case errors.Is(err, errFlood):
		f.s.m.refused.WithLabelValues("flood").Inc()
		return f.byeWhileSending(email.NewReply(552, "5.3.4", "Mail is larger than this server takes, closing connection"))
	case errors.Is(err, errSlow):
		f.s.m.refused.WithLabelValues("data_slow").Inc()
		return f.bye(email.NewReply(421, "4.4.2", "Mail comes in too slowly, closing connection"))
	case errors.Is(err, os.ErrDeadlineExceeded):
		f.s.m.refused.WithLabelValues("data_timeout").Inc()
		return f.bye(email.NewReply(421, "4.4.2", "Waited too long for the mail, closing connection"))
	}
	f.s.m.refused.WithLabelValues("data_cut").Inc()
	return io.EOF
}

// fault tells why a mail that was read to its end is not taken.
func (f *front) fault(frame *framing) error {
	if frame.bareCR > 0 {
		f.s.m.bare.WithLabelValues("CR").Inc()
	}
	if frame.bareLF > 0 {
		f.s.m.bare.WithLabelValues("LF").Inc()
	}
	switch {
	case frame.tooLarge():
		return refuse(552, "5.3.4", "Mail is larger than this server takes")
	case frame.bare() && !frame.normalise && frame.bareLF > 0:
		return refuse(554, "5.6.0", "Mail has a bare LF (line feed without carriage return), "+
			"which mail servers read in different ways; all lines must end in CRLF")
	case frame.bare() && !frame.normalise:
		return refuse(554, "5.6.0", "Mail has a bare CR (carriage return without line feed), "+
			"which mail servers read in different ways; all lines must end in CRLF")
	}
	return frame.err
}

// refuse is a permanent refusal that is the client's own doing.
func refuse(code int, enhanced, text string) error {
	return &email.Fault{Reply: email.NewReply(code, enhanced, text)}
}
