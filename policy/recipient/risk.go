package recipient

import (
	"math"

	"github.com/sekisho-mail/sekisho/policy"
)

// signal is one term of the logistic sum: what it measures, how much it weighs,
// and what is said when it weighs most.
type signal struct {
	name   string
	weight float64
	value  func(f *facts) float64
	reason policy.Text
}

// bias is the constant of the sum.
const bias = -3.38

// signals is the model. Weights were fitted by logistic regression to made-up
// leaks in old mail (see the measuring test); values are of the order of one.
var signals = []signal{
	{"few", 2.75, func(f *facts) float64 { return 1 / float64(f.people) },
		policy.Text{JA: "宛先が少数です。", EN: "There are few recipients."}},
	{"days", 1.43, func(f *facts) float64 { return math.Log1p(f.days) / 3 },
		policy.Text{JA: "この相手とは長い間やり取りがありません。", EN: "There was no mail with this person for a long time."}},
	{"below", 1.01, func(f *facts) float64 { return math.Log1p(f.best) - math.Log1p(min(f.weight, f.best)) },
		policy.Text{JA: "ほかの宛先に比べ、この相手にはほとんど送っていません。", EN: "You write to this person far less than to the others."}},
	{"never", -0.29, func(f *facts) float64 { return truth(f.never) },
		policy.Text{JA: "この相手に送ったことがありません。", EN: "You have never written to this person."}},
	{"unheard", -0.29, func(f *facts) float64 { return truth(f.never && !f.heard) },
		policy.Text{JA: "この相手とのやり取りがありません。", EN: "There was never any mail with this person."}},
	{"rare", 0.79, func(f *facts) float64 { return 1 / (1 + f.sent) },
		policy.Text{JA: "この相手にはほとんど送っていません。", EN: "You have hardly ever written to this person."}},
	{"frequent", -0.56, func(f *facts) float64 { return math.Log1p(f.weight) }, policy.Text{}},
	{"apart", 0.26, func(f *facts) float64 { return truth(f.people > 1) * (1 - f.ownTogether) },
		policy.Text{JA: "この相手を、ほかの宛先と一緒に宛先に入れたことがありません。", EN: "You have never written to this person together with these people."}},
	{"strange", 1.79, func(f *facts) float64 { return truth(f.people > 1) * (1 - f.companyTogether) },
		policy.Text{JA: "社内の誰も、この相手とほかの宛先を一緒に宛先に入れたことがありません。", EN: "Nobody here has ever written to this person together with these people."}},
	{"close", -1.41, func(f *facts) float64 { return f.closeness }, policy.Text{}},
	{"staff", -0.09, func(f *facts) float64 { return math.Log1p(max(0, f.staff)) }, policy.Text{}},
	{"companynew", -4.98, func(f *facts) float64 { return truth(f.companyNew) },
		policy.Text{JA: "社内の誰もこの相手に送ったことがありません。", EN: "Nobody here has ever written to this person."}},
	{"newdomain", 2.15, func(f *facts) float64 { return truth(f.newDomain) },
		policy.Text{JA: "この相手のドメインに送ったことがありません。", EN: "You have never written to this person's domain."}},
	{"rival", 0.29, func(f *facts) float64 { return f.rival },
		policy.Text{JA: "似た名前の別の相手のほうが、この宛先に合っています。", EN: "Another contact with a similar name fits this mail better."}},
	{"mentioned", -2.02, func(f *facts) float64 { return truth(f.mentioned) }, policy.Text{}},
	{"rivalmentioned", 1.89, func(f *facts) float64 { return truth(f.rivalMentioned && !f.mentioned) },
		policy.Text{JA: "本文は似た名前の別の相手を指しています。", EN: "The text names another contact with a similar name."}},
	{"external", -0.88, func(f *facts) float64 { return truth(f.external) }, policy.Text{}},
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// risk is the chance of a wrong recipient, 0 to 1, with the sentence of the
// signal that weighs most.
func (f *facts) risk() (float64, policy.Text) {
	sum, most := bias, 0.0
	var reason policy.Text
	for _, s := range signals {
		part := s.weight * s.value(f)
		sum += part
		if part > most && !s.reason.IsZero() {
			most, reason = part, s.reason
		}
	}
	return 1 / (1 + math.Exp(-sum)), reason
}
