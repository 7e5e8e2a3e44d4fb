package config

import (
	"strings"
)

// Level tells how bad a problem is.
type Level string

// Levels.
const (
	// Error: the server does not start with it.
	Error Level = "error"
	// Warning: the server starts, and somebody should look.
	Warning Level = "warning"
)

// Problem is one thing that is wrong with the settings.
type Problem struct {
	// Source is where it stands: "sekisho.yaml:14:3", "SEKISHO_DATA", or "" for a
	// default.
	Source string
	// Key is the setting, "listen[0].tls.mode", or "" for the file as a whole.
	Key string
	// Text says what is wrong and what to do.
	Text  string
	Level Level
}

// String is the problem as one line: source: key: text.
func (p Problem) String() string {
	parts := make([]string, 0, 4)
	for _, s := range []string{p.Source, p.Key, p.Text} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ": ")
}

// Problems is the error that Load returns: all that is wrong, in the order of
// the file.
type Problems []Problem

// Error has one line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// meant finds the word that was probably meant, "" when none is near.
func meant(word string, known []string) string {
	best, least := "", len([]rune(word))/3+1
	for _, k := range known {
		if strings.EqualFold(k, word) {
			return k
		}
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d < least || d == least && best == "" && d <= 2 && len(word) > 3 {
			best, least = k, d
		}
	}
	return best
}

// distance is how many letters must be changed, added, dropped or swapped with
// their neighbour (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}
