package main

import "slices"

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}

func least(v []float64) float64 { return slices.Min(v) }

func most(v []float64) float64 { return slices.Max(v) }
