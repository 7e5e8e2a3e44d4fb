package worker

import (
	"errors"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// Bounds of an answer beside those of policy.Limits.
const (
	maxFindings  = 200_000
	maxMailboxes = 40_000
	maxIDs       = 1000
	maxPath      = 4 << 10
	maxName      = 16 << 10
	maxSubject   = 1 << 20
	maxSample    = 1 << 10
	maxReason    = 8 << 10
	maxLabel     = 120
	maxCount     = 1 << 30
	// extraParts are header nodes and further views beside what limits count.
	extraParts = 4
)

// reading is a part in one of its readings.
type reading struct{ path, view string }

// verifier holds an answer against what can be true. It keeps the first
// untruth; its words name the place, never the value.
type verifier struct {
	limits policy.Limits
	paths  map[reading]bool
	err    error
}

func (v *verifier) want(ok bool, what string) {
	if !ok && v.err == nil {
		v.err = errors.New(what)
	}
}

func (v *verifier) inspection(in *policy.Inspection) {
	v.header(&in.Header)
	v.parts(in.Parts)
	v.findings(in.Findings)
	p := in.People
	v.want(p.Low >= 0 && p.Low <= p.High && p.High < maxCount, "people")
	v.want(p.UnencryptedLow >= 0 && p.UnencryptedLow <= p.Unencrypted && p.Unencrypted <= p.High, "people unencrypted")
	v.want(len(in.Duty) <= 16, "number of duties")
	for _, d := range in.Duty {
		v.want(isName(string(d)), "duty")
	}
	v.want(len(in.Unknown) <= 1000, "number of unknown facts")
	for _, u := range in.Unknown {
		v.want(isName(u.Fact), "unknown fact")
		v.want(len(u.Reason) <= maxReason, "reason of an unknown fact")
	}
}

func (v *verifier) rendering(r *policy.Rendering) {
	v.header(&r.Header)
	parts := make([]policy.Part, len(r.Parts))
	var total int64
	for i := range r.Parts {
		parts[i] = r.Parts[i].Part
		total += int64(len(r.Parts[i].Text))
	}
	v.want(total <= v.limits.TextBytes, "length of the texts")
	v.parts(parts)
	for i := range r.Parts {
		v.findings(r.Parts[i].Findings)
	}
}

func (v *verifier) header(h *policy.Header) {
	n := 0
	for _, list := range [...][]policy.Mailbox{h.From, h.SenderBox, h.ReplyTo, h.To, h.Cc, h.Bcc} {
		n += len(list)
		for _, m := range list {
			v.want(len(m.Name) <= maxName, "display name")
		}
	}
	v.want(n <= maxMailboxes, "number of mailboxes")
	v.want(len(h.Subject) <= maxSubject, "subject")
	v.want(len(h.MessageID) <= maxPath, "message id")
	v.want(len(h.Recall.Subject) <= maxSubject && len(h.Conversation) <= maxPath, "recall")
	v.want(len(h.Invitation.Method) <= maxPath && len(h.Invitation.UID) <= maxPath, "invitation")
	v.want(len(h.Forward.By) <= maxIDs, "number of forwarders")
	v.want(len(h.InReplyTo) <= maxIDs && len(h.References) <= maxIDs, "number of references")
}

func (v *verifier) parts(parts []policy.Part) {
	v.paths = make(map[reading]bool, len(parts))
	v.want(len(parts) <= (v.limits.Parts+v.limits.ArchiveEntries+10)*extraParts, "number of parts")
	for i := range parts {
		p := &parts[i]
		v.want(isPath(p.Path), "path of a part")
		v.want(p.Size >= 0 && p.Size < 1<<50, "size of a part")
		v.want(isMediaType(p.Type), "type of a part")
		v.want(len(p.Name) <= maxName && len(p.Where) <= maxName && len(p.View) <= maxPath, "name of a part")
		switch p.Problem {
		case policy.NoProblem, policy.Unreadable, policy.TooDeep, policy.TooLarge, policy.TimedOut,
			policy.Malformed, policy.Ambiguous, policy.Unsupported:
		default:
			v.want(false, "problem of a part")
		}
		switch p.Encrypted {
		case policy.NotEncrypted, policy.Encrypted, policy.PartlyEncrypted:
		default:
			v.want(false, "encryption of a part")
		}
		v.paths[reading{p.Path, p.View}] = true
	}
}

func (v *verifier) findings(findings []policy.Finding) {
	v.want(len(findings) <= maxFindings, "number of findings")
	for i := range findings {
		f := &findings[i]
		v.want(isName(f.Type), "type of a finding")
		v.want(f.Subtype == "" || isName(f.Subtype) || f.Type == "sensitivity_label" && isLabel(f.Subtype), "subtype of a finding")
		v.want(f.Place.Part == "" || v.paths[reading{f.Place.Part, f.Place.View}], "part of a finding")
		v.want(f.Place.Start >= 0 && f.Place.Start <= f.Place.End && int64(f.Place.End) <= v.limits.TextBytes, "place of a finding")
		v.want(f.Count >= 0 && f.Count < maxCount, "count of a finding")
		v.want(!math.IsNaN(f.Confidence) && f.Confidence >= 0 && f.Confidence <= 1, "confidence of a finding")
		v.want(len(f.Masked.String()) <= maxSample, "sample of a finding")
		v.want(len(f.Place.Where) <= maxName, "place of a finding in words")
		v.want(len(f.Reason.JA) <= maxReason && len(f.Reason.EN) <= maxReason, "reason of a finding")
		v.want(len(f.Key) <= 128 && only(f.Key, lower+digits+"ABCDEFGHIJKLMNOPQRSTUVWXYZ+/=_-"), "key of a finding")
	}
}

const (
	lower  = "abcdefghijklmnopqrstuvwxyz"
	digits = "0123456789"
)

func only(s, alphabet string) bool {
	return strings.Trim(s, alphabet) == "" // quick: most strings are all alphabet
}

// isName tells the alphabet of finding types, duties and facts.
func isName(s string) bool {
	return s != "" && len(s) <= 64 && only(s, lower+digits+"_-.")
}

// isLabel tells the name of a sensitivity label, which the mail brings along:
// "highly confidential", 社外秘.
func isLabel(s string) bool {
	return len(s) <= maxLabel && utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

func isPath(s string) bool {
	return s != "" && len(s) <= maxPath && only(s, lower+digits+"/_-.:")
}

// isMediaType tells a type as mime and extract write them; "" for none.
func isMediaType(s string) bool {
	return len(s) <= 255 && only(s, lower+digits+"ABCDEFGHIJKLMNOPQRSTUVWXYZ/.+-_!#$&^;= ")
}
