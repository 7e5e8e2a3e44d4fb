package detect

// Severity classes of findings.
const (
	sevBusiness = 1 + iota // a company's contact
	sevSingle              // a name, a phone number, a mail address
	sevContact             // a contact record of a private person
	sevOfficial            // a government id, HR data
	sevGravest             // My Number, card, credentials, special care
)

// kind is one sort of value: its name, its words and its checks. Each lives in
// a file of its own and stands in the list of kinds; that list is all there is.
type kind struct {
	// name is the type of the findings; silent kinds (order numbers, dates,
	// company numbers) have one for the reason of a rejection only.
	name     string
	silent   bool
	severity int
	// ja and en name it in reasons.
	ja, en string
	// labels are words that stand left of a value or in a column header, folded
	// and in lower case. headers are words that mean it only in a header.
	labels, headers []string
	// lens are the numbers of digits that try wants to see, as bits.
	lens uint64
	// single kinds want their digits in one group.
	single bool
	// try checks a window of digits; nil for kinds that are not numbers.
	try func(*window) (match, bool)
	// cell checks one cell of a column that carries the kind's name; nil means
	// that try decides. It gets the folded, trimmed cell.
	cell func(cell string) (match, bool)
	// vote tells that a column without a name may be of this kind when nearly
	// all cells pass cell or try.
	vote bool
	// need are the points that make it "likely" (default 3). mustLabel says that
	// only a label or a header makes it count at all.
	mustLabel bool
	// tight says that only joining words may stand between label and value.
	tight bool
	// id tells that two people cannot share a value: it is a key for counting.
	id int
	// secret values are starred out completely.
	secret bool
}

// match is what a check found out about a value.
type match struct {
	// start and end widen the window when set (end > 0), in folded offsets.
	start, end int
	norm       string // the value in one form, for counting
	subtype    string
	points     float64
	why        reason
}

// reason is a set of evidence that was found, as bits; words makes sentences.
type reason uint32

const (
	whyShape reason = 1 << iota
	whyCheck
	whyLabel
	whyNear
	whyColumn
	whyVote
	whyRecord
	whyGroups
	whyTable
	whyHonorific
	whyDictionary
	whyPerson
	whyBadCheck
	whyMany
	whyProse
	whyListed
	whyWork
)

// candidate is a match in its place, with the evidence of its surroundings.
type candidate struct {
	kind       *kind
	start, end int // folded offsets
	match
	label    string // the label or header that speaks for it
	business bool
}

// hit is a value that counts, with offsets in bytes of the part's text. A list of
// people has hundreds of thousands, so that what the hits of a column share is
// kept once.
type hit struct {
	kind       *kind
	in         *source
	start, end int
	norm       string
	value      uint64 // keyed hash of norm, made when the part was read; 0 without norm
	subtype    string
	points     float64
	why        reason
	business   bool
	private    bool // somebody private for sure, or how to reach him
	// row is its row in a table, as people count; record the number of the line or
	// row it belongs to.
	row, record int32
}

// source is what the hits of one column, or of running text, have in common.
type source struct {
	table      int    // -1 outside of tables
	label      string // the label or header that speaks for them
	passed, of int    // how many cells of the column pass the check
	turned     bool   // the table is read with its columns as rows
	agency     bool   // a column of how a firm is reached
}

// running is the source of hits in running text that have no label.
var running = &source{table: -1}

// labelledBy is the source of a hit in running text.
func labelledBy(label string) *source {
	if label == "" {
		return running
	}
	return &source{table: -1, label: label}
}

// Points of the evidence model.
const (
	ptShape     = 4.0
	ptCheck     = 2.0
	ptLabel     = 4.0
	ptNear      = 3.0
	ptDocument  = 0.5
	ptColumn    = 4.0
	ptVote      = 3.0
	ptRecord    = 1.0
	ptGroups    = 0.5
	ptNegative  = -4.0
	ptOther     = -3.0
	likely      = 3.0
	certain     = 5.0
	minPossible = 1.0
)

// confidence maps points to 0..1: 0.95 and more is certain, 0.75 and more likely.
func confidence(points float64) float64 {
	switch {
	case points >= certain:
		return min(0.99, 0.95+(points-certain)*0.01)
	case points >= likely:
		return 0.75 + (points-likely)/(certain-likely)*0.19
	case points >= minPossible:
		return 0.5 + (points-minPossible)/(likely-minPossible)*0.24
	}
	return 0.3
}

// digits returns the bits for numbers of digits.
func lengths(n ...int) uint64 {
	var m uint64
	for _, k := range n {
		m |= 1 << k
	}
	return m
}
