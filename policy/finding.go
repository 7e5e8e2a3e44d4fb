package policy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is one sentence in both languages of the product.
type Text struct {
	JA string `json:"ja"`
	EN string `json:"en"`
}

// In picks a language; anything but "ja" is English. A missing sentence falls
// back to the other language rather than to silence.
func (t Text) In(lang string) string {
	if lang == "ja" && t.JA != "" || t.EN == "" {
		return t.JA
	}
	return t.EN
}

// IsZero tells that nothing is said.
func (t Text) IsZero() bool { return t.JA == "" && t.EN == "" }

// PasswordAlongside is the type of the finding that an encrypted file and its
// password go to the same people.
const PasswordAlongside = "password_sent_alongside"

// FileOpened is the subtype of PasswordAlongside for a file that the password did
// open, so that its content is among the findings.
const FileOpened = "opened"

// Place is where a finding stands: a part and a range of code points in its
// extracted text, and the same in words ("members.zip / list.xlsx / sheet
// "members" / row 17").
type Place struct {
	Part string `json:"part"`
	// View names the further reading of the part in whose text it stands; "" for
	// the first (Part.View).
	View  string `json:"view,omitempty"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Where string `json:"where,omitempty"`
}

// Finding is one thing that was found. Content detectors report one per
// occurrence; several are counted by rules with findings.filter(...).
type Finding struct {
	// Type is the name used in rules and in docs/findings.md: "my_number".
	Type  string `json:"type"`
	Place Place  `json:"place"`
	// Count is how many values this finding stands for, 1 for an occurrence.
	Count int `json:"count"`
	// Confidence is 0 to 1: >= 0.95 certain, >= 0.75 likely, below possible.
	Confidence float64 `json:"confidence"`
	Masked     Masked  `json:"masked"`
	// Reason says in words what speaks for it ("check digit right; column
	// headed 個人番号").
	Reason Text `json:"reason"`
	// Subtype refines Type ("kana", "account"), see docs/findings.md.
	Subtype string `json:"subtype,omitempty"`
	// Unencrypted is false when it stands in something that was encrypted and
	// could be opened with a password that travelled another way.
	Unencrypted bool `json:"unencrypted"`
	// Hidden tells that a reader does not see the place at first: a hidden sheet,
	// row or slide, text in the paper's colour, a comment, properties.
	Hidden bool `json:"hidden,omitempty"`
	// NotChecked marks the finding that a check could not be done.
	NotChecked bool `json:"not_checked,omitempty"`
	// Different is how many different values Count stands for; 0 when they were
	// not compared.
	Different int `json:"different,omitempty"`
	// Key tells equal values apart from different ones without saying them: a
	// hash under a key that lives as long as the worker that made it. Rules
	// count different cards with it. "" when values are not compared.
	Key string `json:"key,omitempty"`
}

// Masked is a sample that is safe to show: at most a short head of the value is
// left. There is no way to make one that keeps the raw value.
type Masked struct{ s string }

// maskKeep is how many characters of the head may stay; never more than a third.
const maskKeep = 4

// Mask keeps the first few characters of a value (at most four and at most a
// third) and stars the rest; spaces and hyphens stay, so that the shape shows.
func Mask(raw string) Masked {
	var m Masker
	return m.Mask(raw)
}

// Masker masks many values like Mask and keeps the samples in a few large
// pieces of memory. The zero value is ready.
type Masker struct{ b strings.Builder }

// maskRoom is how much room is taken at most at a time for many samples, in bytes.
const maskRoom = 16 << 10

// Mask masks one value.
func (k *Masker) Mask(raw string) Masked {
	if k.b.Cap()-k.b.Len() < len(raw) {
		room := min(4*k.b.Cap(), maskRoom) // nothing for the first one: most mails have no second
		k.b = strings.Builder{}
		k.b.Grow(room + len(raw))
	}
	from := k.b.Len()
	keep := min(maskKeep, utf8.RuneCountInString(raw)/3)
	rest := raw
	for ; keep > 0; keep-- {
		r, n := utf8.DecodeRuneInString(rest)
		if r >= 'ぁ' && r <= '鿿' || unicode.IsPrint(r) {
			k.b.WriteString(rest[:n])
		} else {
			k.b.WriteByte('*')
		}
		rest = rest[n:]
	}
	var buf [64]byte
	out := buf[:0]
	for i := range len(rest) {
		switch c := rest[i]; {
		case c == '-' || c == ' ':
			out = append(out, c)
		case c < 0x80 || c >= 0xc0: // the first byte of a character
			out = append(out, '*')
		}
	}
	k.b.Write(out)
	return Masked{k.b.String()[from:]}
}

// MaskAll stars everything; for passwords, keys and names of one character.
func MaskAll(raw string) Masked {
	return Masked{strings.Repeat("*", min(8, len([]rune(raw))))}
}

// String is the masked sample.
func (m Masked) String() string { return m.s }

// MarshalText writes the masked sample.
func (m Masked) MarshalText() ([]byte, error) { return []byte(m.s), nil }

// UnmarshalText reads what MarshalText wrote. It masks again whatever does not
// look masked, so that a lying worker cannot push a raw value through.
func (m *Masked) UnmarshalText(b []byte) error {
	s := string(b)
	head, stars := 0, 0
	for _, r := range s {
		if r == '*' {
			stars++
		} else if r != '-' && r != ' ' {
			head++
		}
	}
	if head > maskKeep || head > 0 && stars < 2*head-2 {
		*m = Mask(s)
		return nil
	}
	m.s = s
	return nil
}

// People is how many different private people a mail tells about.
type People struct {
	// Low is the number of surely different people, High the number of records.
	Low  int `json:"low"`
	High int `json:"high"`
	// UnencryptedLow and Unencrypted are the same for what is not encrypted, or
	// whose password travels the same way.
	UnencryptedLow int `json:"unencrypted_low"`
	Unencrypted    int `json:"unencrypted"`
}

// Duty is an item of the Japanese reporting duty that the mail would hit if it
// leaked (APPI enforcement rule article 7; My Number rules).
type Duty string

// Duties, with the names that scan and rules use.
const (
	DutySpecialCare     Duty = "rule7-1"
	DutyProperty        Duty = "rule7-2"
	DutyOverThousand    Duty = "rule7-4"
	DutyMyNumber        Duty = "mynumber"
	DutyMyNumberHundred Duty = "mynumber-over-100"
)

// Words say what the item is about.
func (d Duty) Words() Text {
	switch d {
	case DutySpecialCare:
		return Text{JA: "要配慮個人情報", EN: "special-care information"}
	case DutyProperty:
		return Text{JA: "財産的被害のおそれ", EN: "property damage"}
	case DutyOverThousand:
		return Text{JA: "1,000人を超える個人データ", EN: "more than 1,000 people"}
	case DutyMyNumber:
		return Text{JA: "マイナンバー", EN: "My Number"}
	case DutyMyNumberHundred:
		return Text{JA: "100人を超えるマイナンバー", EN: "My Numbers of more than 100 people"}
	}
	return Text{JA: string(d), EN: string(d)}
}
