package detect

// code is the run of n capital letters and digits that the window's digits are the
// first of; ok is false for any other length, inside a longer word or a link.
func (w *window) code(n int) (start int, code string, ok bool) {
	s, i := w.v.s, w.start()
	for i > 0 && isUpper(s[i-1]) && w.start()-i < n {
		i--
	}
	e := i + n
	if w.j > w.i || e > len(s) || i > 0 && (wordByte(s[i-1]) || s[i-1] == '-') || e < len(s) && wordByte(s[e]) || span(s[i:e], upperDigit, n) != n || inURL(s, i) {
		return 0, "", false
	}
	return i, s[i:e], true
}

// weighted is the sum of the digits of d times their weights.
func weighted(d string, weights ...int) int {
	sum := 0
	for i, f := range weights {
		sum += int(d[i]-'0') * f
	}
	return sum
}
