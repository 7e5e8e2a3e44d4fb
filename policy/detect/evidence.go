package detect

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// whyWords are the sentences of single bits of evidence, in the order in which
// they are told.
var whyWords = []struct {
	bit    reason
	ja, en string
}{
	{whyShape, "書式が固有", "format is unmistakable"},
	{whyCheck, "検査数字が正しい", "check digit right"},
	{whyBadCheck, "検査数字が合わない（入力誤りの可能性）", "check digit wrong, perhaps a typing error"},
	{whyGroups, "区切り方が標準的", "grouped as usual"},
	{whyDictionary, "辞書と一致", "found in the dictionary"},
	{whyHonorific, "敬称が付いている", "followed by an honorific"},
	{whyPerson, "人についての記述", "said of a person"},
	{whyTable, "表の列", "a column of a table"},
	{whyVote, "列の値がほぼすべて該当", "nearly all values of the column fit"},
	{whyRecord, "同じ行・段落に他の個人情報がある", "other personal data in the same record"},
	{whyProse, "文の中で人名として使われている", "used as a name in a sentence"},
	{whyMany, "同種の値が多数", "many values of the kind"},
	{whyWork, "前後の書き方が業務上の連絡先のもの", "what stands around it is as with contacts at work"},
}

// words tells the evidence of a hit in both languages.
func (h *hit) words() policy.Text {
	var ja, en []string
	for _, w := range whyWords {
		if h.why&w.bit != 0 {
			ja, en = append(ja, w.ja), append(en, w.en)
		}
	}
	switch {
	case h.in.label == "":
	case h.why&whyColumn != 0:
		ja, en = append(ja, "列名が「"+h.in.label+"」"), append(en, "column headed "+h.in.label)
	case h.why&(whyLabel|whyNear) != 0:
		ja, en = append(ja, "「"+h.in.label+"」と書かれている"), append(en, "labelled "+h.in.label)
	}
	if h.in.of > 1 {
		ja = append(ja, fmt.Sprintf("列の%s件中%s件が該当", inThousands(h.in.of), inThousands(h.in.passed)))
		en = append(en, fmt.Sprintf("%s of %s rows pass", inThousands(h.in.passed), inThousands(h.in.of)))
	}
	if len(ja) == 0 {
		return policy.Text{JA: h.kind.ja + "の書式", EN: "format of " + h.kind.en}
	}
	return policy.Text{JA: strings.Join(ja, "、"), EN: strings.Join(en, "; ")}
}

// inThousands writes a number with a comma between thousands: 23,000.
func inThousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
