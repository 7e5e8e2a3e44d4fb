package web

// Chart is a bar chart, drawn as SVG by the template "chart". Its figures stand
// in a table beside it, for who cannot see the picture.
type Chart struct {
	Title  string
	Upper  int
	Width  int
	Height int
	Bars   []Bar
	Lines  []GridLine
	// Flat: bars lie, each with its name on the left.
	Flat  bool
	Empty bool
}

// Bar is one bar; the numbers are SVG units.
type Bar struct {
	X, Y, W, H     int
	TextX, TextY   int
	ValueX, ValueY int
	Label          string
	Value          int
	Tick           bool // its label is drawn
}

// GridLine is a horizontal help line.
type GridLine struct {
	Y     int
	Value int
}

// niceUpper is the end of a scale that holds n: 2, 4, 6 or 10 times a power of
// ten, so that the line in its middle stands at a whole number too.
func niceUpper(n int) int {
	step := 1
	for {
		for _, m := range []int{2, 4, 6, 10} {
			if m*step >= n {
				return m * step
			}
		}
		step *= 10
	}
}

// columns draws upright bars, one a day.
func columns(title string, labels []string, values []int) Chart {
	const left, top, height, pitch = 36, 12, 140, 22
	most := 0
	for _, v := range values {
		most = max(most, v)
	}
	c := Chart{Title: title, Upper: niceUpper(most), Width: left + pitch*len(values) + 8, Height: top + height + 28, Empty: most == 0}
	for i := range 3 {
		c.Lines = append(c.Lines, GridLine{Y: top + height - height*i/2, Value: c.Upper * i / 2})
	}
	for i, v := range values {
		h := height * v / c.Upper
		if v > 0 {
			h = max(h, 2)
		}
		x := left + pitch*i
		c.Bars = append(c.Bars, Bar{X: x + 3, Y: top + height - h, W: pitch - 6, H: h, TextX: x + pitch/2, TextY: top + height + 18,
			Label: labels[i], Value: v, Tick: (len(values)-1-i)%5 == 0})
	}
	return c
}

// bars draws lying bars with names.
func bars(title string, rows []countRow) Chart {
	const width, pitch = 400, 44
	most := 0
	for _, r := range rows {
		most = max(most, r.Count)
	}
	c := Chart{Title: title, Upper: max(most, 1), Width: width, Height: pitch*len(rows) + 4, Flat: true, Empty: most == 0}
	for i, r := range rows {
		w := (width - 60) * r.Count / c.Upper
		if r.Count > 0 {
			w = max(w, 2)
		}
		y := pitch * i
		c.Bars = append(c.Bars, Bar{Y: y + 20, W: w, H: 14, TextY: y + 14, ValueX: w + 8, ValueY: y + 32,
			Label: r.Name, Value: r.Count, Tick: true})
	}
	return c
}
