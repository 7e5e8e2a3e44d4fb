package recipient

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// pairReasons are the sentences of each rule.
var pairReasons = map[slipKind]policy.Text{
	slipNone:         {JA: "似ていません。", EN: "Not alike."},
	slipDoppelganger: {JA: "誤送信先として報告されているドメインです。", EN: "A domain reported as a receiver of mistyped mail."},
	slipHomoglyph:    {JA: "見た目が同じ文字で書かれています。", EN: "Written with letters that look the same."},
	slipEnding:       {JA: "末尾が打ち間違いとみられます。", EN: "The ending looks mistyped."},
	slipMixedEnding:  {JA: "同じ名前で末尾が異なります。", EN: "The same name under another ending."},
	slipPunctuation:  {JA: "点かハイフンだけが異なります。", EN: "Only dots or hyphens differ."},
	slipTyping:       {JA: "打ち間違いとみられる綴りの違いがあります。", EN: "The spelling differs as by a slip."},
}

// PairRisk tells how much a typed domain looks like a slip for a known one, from
// the names alone: 0 (not at all) to 1, and why.
func PairRisk(typed, known string) (float64, policy.Text) {
	risk, kind := shapeOf(typed).against(known)
	return risk, pairReasons[kind]
}

// pairLine is an answer of CompareDomains.
type pairLine struct {
	Typed  string  `json:"typed"`
	Known  string  `json:"known"`
	Risk   float64 `json:"risk"`
	Reason string  `json:"reason"`
}

// CompareDomains reads tab-separated lines of a typed and a known domain (a
// header line and further columns are ignored) and writes one JSON object
// {"typed","known","risk","reason"} per pair. A line without two columns is an
// error that names it.
func CompareDomains(r io.Reader, w io.Writer) error {
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	for n := 1; in.Scan(); n++ {
		line := strings.TrimRight(strings.TrimPrefix(in.Text(), "\ufeff"), "\r")
		if strings.TrimSpace(line) == "" {
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) < 2 {
			return fmt.Errorf("read line %d: two columns are expected, divided by a tab", n)
		}
		typed, known := strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1])
		if n == 1 && !strings.Contains(typed, ".") {
			continue // the header line
		}
		risk, reason := PairRisk(typed, known)
		if err := enc.Encode(pairLine{typed, known, risk, reason.EN}); err != nil {
			return fmt.Errorf("write pair: %w", err)
		}
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("read pairs: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write pairs: %w", err)
	}
	return nil
}
