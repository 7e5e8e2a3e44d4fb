package relay

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// TestRandomOutcomesAtAnLMTPHop has the hop answer each recipient at random, at
// RCPT and again behind the final dot, and break off in between at random: each
// recipient has exactly the answer that was given for it, and where none came,
// none is made up.
func TestRandomOutcomesAtAnLMTPHop(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 4))
	for _, extensions := range [][]string{nil, {"PIPELINING"}} {
		h := (&hoptest.Hop{LMTP: true, Extensions: extensions}).Start(t)
		r := newRelay(t, Options{BreakAfter: 1 << 30}, Hop{Address: h.Addr, TLS: NoTLS, LMTP: true})
		vectors := 250
		if testing.Short() {
			vectors = 50
		}
		for range vectors {
			var to, want []string
			atRCPT, atDot := map[string]string{}, map[string]string{}
			cut, taken, delivered := false, 0, 0
			for i := range 1 + rnd.IntN(10) {
				a := fmt.Sprintf("r%d@x.example", i)
				to = append(to, a)
				answer := []string{"250 2.1.5 in", "250 2.1.5 in", "250 2.1.5 in", "450 4.2.1 later", "550 5.1.1 never"}[rnd.IntN(5)]
				if atRCPT["TO:<"+a+">"] = answer; answer[0] != '2' {
					want = append(want, answer)
					continue
				}
				answer = []string{"250 2.0.0 there", "250 2.0.0 there", "452 4.2.2 full", "552 5.2.2 too full", "250 2.0.0 there", "451 4.3.0 later", hoptest.Drop}[rnd.IntN(7)]
				taken++
				switch atDot[a] = answer; {
				case cut || answer == hoptest.Drop:
					cut = true
					want = append(want, "0 ")
				default:
					want = append(want, answer)
					if answer[0] == '2' {
						delivered++
					}
				}
			}
			h.Script(func(step, arg string) string {
				switch step {
				case "RCPT":
					return atRCPT[arg]
				case "dot":
					return atDot[arg]
				}
				return ""
			})
			replies, err := send(t, r, "x: y\r\n", envelope(to...))
			var got []string
			for _, reply := range replies {
				got = append(got, reply.String())
			}
			arrived := 0
			for _, m := range h.TakeMails() {
				arrived += len(m.To)
			}
			firstCut := cut && strings.Count(strings.Join(want, "|"), "0 |")+1 >= taken && errors.Is(err, email.ErrOutcomeUnknown)
			switch {
			case firstCut && arrived == 0: // nobody was answered: all of it is unknown
			case err != nil || strings.Join(got, "|") != strings.Join(want, "|"):
				t.Fatalf("seed %d: got %q, %v\nwant %q", seed, got, err, want)
			case arrived != delivered:
				t.Fatalf("seed %d: %d delivered, %d at the hop", seed, delivered, arrived)
			}
		}
	}
}
