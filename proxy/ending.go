package proxy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Loops: a mail that carries our own mark this often, or so many Received
// fields (RFC 5321 section 6.3), goes round in circles.
const (
	maxOwnTraces = 2
	maxTraces    = 100
)

// maxSentence keeps the reply to a rejected mail within a line of 512 octets
// (RFC 5321 section 4.5.3.1.5).
const maxSentence = 380

// judged is a mail on its way to its ending.
type judged struct {
	m    *policy.Message
	v    policy.Verdict
	took time.Duration
	body email.Body
}

// end brings the received mail to one of the three endings and returns what the
// client is told.
func (s *session) end() email.Reply {
	got := s.received
	if reply, is := s.probed(got); is {
		return reply
	}
	if got.err == nil {
		got.err = s.admissible(got)
	}
	if got.err != nil {
		return s.failed(nil, "spool", got.err)
	}
	j := s.judge(got.mail.Body)
	s.brake(j)
	switch {
	case j.v.All(policy.Reject):
		return s.reject(j)
	case !j.v.All(policy.Pass):
		return s.hold(j, "held")
	}
	switch joins, err := s.joins(j); {
	case err != nil:
		return s.failed(j, "holder", fmt.Errorf("look for earlier copy: %w", err))
	case joins:
		return s.hold(j, "held")
	case s.divided, !s.way.Inline:
		return s.hold(j, "queued")
	}
	return s.pass(j)
}

// brake parks a mail of an account that is past its limits. Server.Tripped lists
// such accounts, for whoever tells the administrator.
func (s *session) brake(j *judged) {
	t := s.s.breaker.look(s.env, j.m)
	if t == nil {
		return
	}
	enforce := s.s.o.Breaker.Mode == BreakerEnforce
	if t.began {
		s.s.m.tripped.WithLabelValues(t.what).Inc()
		s.s.d.Log.Error("an account sends more than it may and may have been taken over", "mail", s.env.ID,
			"limit", t.what, "count", t.count, "allowed", t.limit, "client", s.env.Client.Addr, "enforced", enforce)
	}
	if enforce && !j.v.All(policy.Reject) {
		j.v = t.park(s.env, j.v)
	}
}

func (s *session) joins(j *judged) (bool, error) {
	return s.s.d.Holder.Joins(s.s.keeping.begin(), j.m)
}

// admissible is what can be said of a mail without reading more than its header.
func (s *session) admissible(got *received) error {
	if s.f.l.Secret != nil && got.proved == 0 {
		s.s.m.refused.WithLabelValues("secret").Inc()
		return refuse(550, "5.7.1", "This mail did not come by the agreed way; ask your mail administrator to check the connector")
	}
	if got.proved > 0 {
		s.s.m.secrets.WithLabelValues(strconv.Itoa(got.proved)).Inc()
	}
	own, all := email.CountOwnTraces(got.header, s.s.o.Node)
	if own >= maxOwnTraces || all > maxTraces || got.marks >= maxMarks {
		s.s.m.refused.WithLabelValues("loop").Inc()
		return &email.Fault{
			Reply: email.NewReply(554, "5.4.6", "Mail goes round in circles: too many Received fields"),
			Hint:  "a server behind the next hop sends this mail back here; check routes and connectors",
		}
	}
	return nil
}

func (s *session) judge(body email.Body) *judged {
	start := s.s.d.Now()
	m, v := s.s.d.Inspector.Judge(s.s.judging.begin(), s.env, body)
	took := s.s.d.Now().Sub(start)
	s.s.m.judging.Observe(took.Seconds())
	if m == nil {
		m = &policy.Message{Envelope: s.env}
	}
	if len(v.Recipients) != len(s.env.Recipients) { // a verdict on another mail passes nothing
		v = policy.HoldAll(s.env, policy.RuleInternalError, policy.Text{
			JA: "このメールの検査結果が揃わなかったため、保留しました。", EN: "This mail was not judged completely."})
	}
	return &judged{m: m, v: v, took: took, body: body}
}

// reject refuses the mail for good.
func (s *session) reject(j *judged) email.Reply {
	s.dropTransaction()
	why := strings.TrimRight(sentence(j.v.Sentence("en"), maxSentence), " .,")
	if why == "" {
		why = "This mail is not allowed to leave by the rules of your organization"
	}
	reply := email.NewReply(550, "5.7.1", fmt.Sprintf("%s (reference %s)", why, s.env.ID))
	s.ended("rejected", j, reply, "")
	return reply
}

// hold gives the mail to the holder; the 250 promises what is durable by then. What the
// client is told of it is "held" where somebody has to decide, "queued" where the mail
// goes from there by itself.
func (s *session) hold(j *judged, word string) email.Reply {
	s.dropTransaction()
	if !s.s.breaker.held(s.env, j.body.Size(), s.s.o.HeldQuota) {
		return s.failed(j, "quota", &email.Fault{
			Reply: email.NewReply(452, "4.2.2", "Too much mail of this account is held already, please try again later"),
			Hint:  "release or cancel all that waits of this account (queue release --all, queue cancel --all), or raise its quota",
		})
	}
	ctx, cancel := context.WithTimeout(s.s.ctx, s.s.o.HoldTimeout)
	defer cancel()
	id, err := s.s.d.Holder.Hold(ctx, j.m, j.v, j.body)
	if err != nil {
		s.s.breaker.hold(s.env, -j.body.Size(), 0, s.s.d.Now())
		return s.failed(j, "holder", fmt.Errorf("hold mail: %w", err))
	}
	reply := email.NewReply(250, "2.0.0", word+" as "+string(id))
	s.ended("held", j, reply, id)
	return reply
}

// pass sends the mail on; the answer is the next hop's.
func (s *session) pass(j *judged) email.Reply {
	reply, err := s.send(j)
	switch {
	case errors.Is(err, ErrDivided):
		return s.hold(j, "queued")
	case err != nil:
		return s.failed(j, "hop", err)
	}
	s.ended("result", j, reply, "")
	if !accepted(reply) {
		return refusal(reply)
	}
	return reply
}

// send sends the mail in the open transaction, or once more in a fresh one when
// the hop has dropped it while we were receiving and judging.
func (s *session) send(j *judged) (email.Reply, error) {
	if s.txn != nil {
		reply, err := s.sendOpen(j)
		if err == nil || errors.Is(err, email.ErrOutcomeUnknown) || errors.Is(err, ErrDivided) ||
			!email.IsTemporary(err) || s.s.ctx.Err() != nil {
			return reply, err
		}
		s.s.d.Log.Info("next hop dropped the transaction, saying it again", "mail", s.env.ID, "error", err)
	}
	if err := s.replay(s.s.asking.begin()); err != nil {
		return email.Reply{}, err
	}
	return s.sendOnce(j)
}

// sendOpen ends the stream that has sent most of the mail, or sends all of it.
func (s *session) sendOpen(j *judged) (email.Reply, error) {
	if !s.stream.running() {
		return s.sendOnce(j)
	}
	defer s.dropTransaction()
	reply, err := s.stream.pass(j)
	if err != nil {
		return reply, fmt.Errorf("send mail on: %w", err)
	}
	return reply, nil
}

func (s *session) sendOnce(j *judged) (email.Reply, error) {
	defer s.dropTransaction()
	body, err := j.body.Open()
	if err != nil {
		return email.Reply{}, fmt.Errorf("open spooled mail: %w", err)
	}
	defer body.Close()
	top := s.onTop()
	content := io.MultiReader(bytes.NewReader(top), body)
	if s.received.plain {
		content = Wire{content, int64(len(top)) + j.body.Size()}
	}
	reply, err := s.txn.Send(s.s.sending.begin(), content, func(context.Context) error {
		s.intend(j)
		return nil
	})
	if err != nil {
		return reply, fmt.Errorf("send mail on: %w", err)
	}
	return reply, nil
}

// onTop is what goes in front of the mail.
func (s *session) onTop() []byte {
	top := s.trace()
	if m := s.s.o.Marker; m != nil {
		top = append(m.Field(s.env, s.received.marks+1), top...)
	}
	return top
}

// intend writes down that the mail is about to go; the journal must not lose it.
func (s *session) intend(j *judged) {
	r := s.record("intent")
	r.Facts, r.Verdict, r.Took = j.m.Vector(), &j.v, j.took
	s.write(r)
}

// failed answers an error and writes down what failed for our own reasons.
func (s *session) failed(j *judged, what string, err error) email.Reply {
	s.dropTransaction()
	reply := face(err, replyTemporary)
	if what == "hop" {
		reply = face(err, replyHopAway)
	}
	if reply.Permanent() {
		s.s.m.mails.WithLabelValues("refused").Inc()
		s.log("mail refused", reply, "error", err)
		return reply
	}
	s.s.m.mails.WithLabelValues("failed").Inc()
	s.s.m.broken.WithLabelValues(what).Inc()
	r := s.record("failed")
	r.Reply = code(reply)
	if j != nil {
		r.Facts, r.Verdict, r.Took = j.m.Vector(), &j.v, j.took
	}
	s.write(r)
	s.log("mail could not be dealt with", reply, "what", what, "error", err)
	return reply
}

// ended writes down an ending. Facts are in the intent already when the mail
// has passed.
func (s *session) ended(stage string, j *judged, reply email.Reply, hold email.ID) {
	r := s.record(stage)
	r.Reply, r.Hold = code(reply), hold
	ending := stage
	if stage == "result" {
		r.Accepted = accepted(reply)
		if ending = "passed"; !r.Accepted {
			ending = "refused"
		}
	} else {
		r.Facts, r.Verdict, r.Took = j.m.Vector(), &j.v, j.took
	}
	s.s.m.mails.WithLabelValues(ending).Inc()
	s.write(r)
	s.log("mail "+ending, reply, "hold", hold, "rules", j.v.Rules(), "took", j.took)
}

func (s *session) record(stage string) policy.Record {
	r := policy.Record{ID: s.env.ID, Time: s.s.d.Now(), Stage: stage, Direction: "out", Client: s.env.Client.Addr.String()}
	if s.received.mail != nil {
		r.Size = s.received.mail.Body.Size()
	}
	return r
}

// write journals; a journal that fails is an alarm, not a reason to lose mail.
// It is given its own time, so that the end of a mail is written even when the
// connection is cut.
func (s *session) write(r policy.Record) {
	if err := s.s.d.Journal.Write(s.s.keeping.begin(), r); err != nil {
		s.s.m.broken.WithLabelValues("journal").Inc()
		s.s.d.Log.Error("journal could not be written", "mail", r.ID, "stage", r.Stage, "error", err)
	}
}

func (s *session) log(event string, reply email.Reply, more ...any) {
	if !s.s.d.Log.Enabled(s.s.ctx, slog.LevelInfo) {
		return
	}
	s.s.d.Log.Info(event, append([]any{"mail", s.env.ID, "client", s.env.Client.Addr,
		"recipients", len(s.env.Recipients), "reply", code(reply)}, more...)...)
}

// code is a reply without its text, which may hold addresses.
func code(r email.Reply) string {
	return strings.TrimRight(fmt.Sprintf("%d %s", r.Code, r.Enhanced()), " ")
}
