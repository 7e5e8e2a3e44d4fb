package charset

import "testing"

// TestTerminal reads what was coloured, and struck over, for a terminal.
func TestTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"\x1b[31m57\x1b[0m\x1b[1;32m14\x1b[0m": "5714", "5\b57\b7": "57", "_\b番_\b号": "番号", "\x1b[K12": "12", "\b1": "1", "\x1b[\n12": "[\n12",
	} {
		if got := withoutControls(in); got != want {
			t.Errorf("%q: %q instead of %q", in, got, want)
		}
	}
}
