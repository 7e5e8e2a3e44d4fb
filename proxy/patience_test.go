package proxy

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestPatienceIsSharedForAMoment asks for steps at different times: those of a moment
// share a context, each has nearly its whole time, and all end with the server.
func TestPatienceIsSharedForAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, stop := context.WithCancel(context.Background())
		defer stop()
		p := patience{parent: server, limit: 16 * time.Second, now: time.Now}
		first := p.begin()
		time.Sleep(900 * time.Millisecond)
		if p.begin() != first {
			t.Error("two steps of a second do not share a context")
		}
		time.Sleep(200 * time.Millisecond)
		second := p.begin()
		if second == first {
			t.Error("a step of the next second is given what is left of the last one")
		}
		time.Sleep(15 * time.Second)
		if first.Err() == nil || second.Err() != nil {
			t.Errorf("after 15 s and a second: %v, after 15 s: %v; want only the first one over", first.Err(), second.Err())
		}
		time.Sleep(2 * time.Second)
		last := p.begin()
		if second.Err() == nil || last.Err() != nil {
			t.Errorf("after its time %v, a new one %v", second.Err(), last.Err())
		}
		stop()
		if last.Err() == nil {
			t.Error("a step goes on when the server has ended")
		}
	})
}

func TestDeadlineThatHardlyMovesIsLeft(t *testing.T) {
	var wire due
	begin := time.Unix(1000, 0)
	for _, c := range []struct {
		name         string
		after, limit time.Duration
		want         bool
	}{
		{"the first one", 0, time.Minute, true},
		{"at once", 0, time.Minute, false},
		{"within a second", time.Second, time.Minute, false},
		{"later", 1001 * time.Millisecond, time.Minute, true},
		{"a shorter one", 1001 * time.Millisecond, time.Second, true},
		{"a short one hardly later", 1063 * time.Millisecond, time.Second, false},
		{"a short one later", 1064 * time.Millisecond, time.Second, true},
		{"one that is over", 1064 * time.Millisecond, -time.Second, true},
	} {
		// The cases follow each other on one connection.
		now := begin.Add(c.after)
		if until, got := wire.moves(now, c.limit); got != c.want || got && !until.Equal(now.Add(c.limit)) {
			t.Errorf("%s: deadline %v moves: %v, want %v", c.name, until, got, c.want)
		}
	}
}
