package proxy

import "time"

// sameness counts an account's mails by content over the last hour: what this
// clock hour has seen, and of the one before the share that still counts (a
// sliding window of two counters), so that a run over the turn of the hour is no
// shorter than any other.
type sameness struct {
	hour         int64 // since 1970
	here, before map[uint64]int
	// leader is the content of which there were most.
	leader uint64
}

// maxContents bounds what is remembered of an account's hour; contents beyond it
// are not counted.
const maxContents = 1000

// turn begins a new hour when now is in one, and tells whether now is in it: a
// mail that is replayed may be of an hour that is over.
func (s *sameness) turn(now time.Time) bool {
	h := now.Unix() / 3600
	switch {
	case h == s.hour+1:
		s.hour, s.before, s.here = h, s.here, nil
	case h > s.hour:
		s.hour, s.before, s.here = h, nil, nil
	}
	return h == s.hour
}

// add counts a mail; content 0 is one that is not known.
func (s *sameness) add(content uint64, now time.Time) {
	if !s.turn(now) || content == 0 {
		return
	}
	if s.here == nil {
		s.here = map[uint64]int{}
	}
	if len(s.here) < maxContents || s.here[content] > 0 {
		s.here[content]++
	}
	if s.count(content, now) > s.count(s.leader, now) {
		s.leader = content
	}
}

// count is how many mails of a content there were within the hour before now.
func (s *sameness) count(content uint64, now time.Time) int {
	left := 3600 - now.Unix()%3600
	return s.here[content] + int(int64(s.before[content])*left/3600)
}

// most is the count of the content that was sent most.
func (s *sameness) most(now time.Time) int {
	s.turn(now)
	return s.count(s.leader, now)
}

// repeated leaves out what was sent once: it is nothing to remember.
func repeated(counts map[uint64]int) map[uint64]int {
	out := map[uint64]int{}
	for content, n := range counts {
		if n > 1 {
			out[content] = n
		}
	}
	return out
}
