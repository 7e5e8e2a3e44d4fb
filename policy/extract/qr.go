package extract

import "image"

// holdsCode tells a picture with a QR code by its three finder patterns (ISO/IEC
// 18004, 6.3.3): dark and light in the ratio 1:1:3:1:1 across and down. What the
// code says is not read.
//
// Not covered: codes of other kinds (Data Matrix, PDF417), and a code that is drawn
// in light on dark.
func holdsCode(g *image.Gray) bool {
	if g == nil {
		return false
	}
	w, h := g.Rect.Dx(), g.Rect.Dy()
	dark := func(x, y int) bool { return g.Pix[y*g.Stride+x] < 128 }
	type centre struct{ x, y, size int }
	var found []centre
	step := max(1, h/1500)
	for y := 0; y < h && len(found) < 1000; y += step {
		finderRuns(w, func(x int) bool { return dark(x, y) }, func(x, size int) {
			down := false
			from := max(0, y-size)
			finderRuns(min(h, y+size)-from, func(k int) bool { return dark(x, from+k) }, func(k, across int) {
				down = down || abs(from+k-y) <= size/7+1 && abs(across-size) <= size/3
			})
			if down {
				found = append(found, centre{x, y, size})
			}
		})
	}
	var corners []centre
	for _, c := range found {
		known := false
		for _, o := range corners {
			known = known || abs(o.x-c.x) < c.size && abs(o.y-c.y) < c.size
		}
		if !known {
			corners = append(corners, c)
		}
	}
	return len(corners) >= 3
}

// finderRuns calls found with the middle and length of every stretch of a line in
// which dark and light alternate as in a finder pattern.
func finderRuns(n int, dark func(int) bool, found func(middle, length int)) {
	var runs [5]int
	at, start := 0, 0
	for at < n && !dark(at) {
		at++
	}
	for at < n {
		start = at
		for at < n && dark(at) == dark(start) {
			at++
		}
		copy(runs[:], runs[1:])
		runs[4] = at - start
		if !dark(start) || runs[0] == 0 {
			continue
		}
		total := runs[0] + runs[1] + runs[2] + runs[3] + runs[4]
		unit := float64(total) / 7
		near := func(run int, want float64) bool {
			off := float64(run) - want*unit
			return off < unit*0.6 && off > -unit*0.6
		}
		if total >= 7 && near(runs[0], 1) && near(runs[1], 1) && near(runs[2], 3) && near(runs[3], 1) && near(runs[4], 1) {
			found(at-total/2, total)
		}
	}
}

func abs(n int) int { return max(n, -n) }
