package detect

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// The sealed set: documents made by testdata/sealed/make, whose author had read the
// label types and none of the detectors. Its README tells which part was learned
// from and which was only measured.

// sealedLimits are what a part of the sealed set must reach: a little below what
// was measured, so that a change that loses something is seen.
type sealedLimits struct {
	part      string
	recall    map[string]float64 // at least, by type
	precision float64            // at least, over all types together
	business  int                // business contacts reported as private, per cent, at most
	clean     int                // clean documents with an alarm, per cent, at most
	duty      int                // documents with the right duty items, per cent, at least
}

func (l sealedLimits) check(t *testing.T, s *score) {
	t.Helper()
	for kind, least := range l.recall {
		if got := s.recall(kind); got < least {
			t.Errorf("%s: recall %.3f, at least %.3f", kind, got, least)
		}
	}
	right, wrong := 0, 0
	for _, n := range s.right {
		right += n
	}
	for _, n := range s.wrong {
		wrong += n
	}
	if float64(right) < l.precision*float64(right+wrong) {
		t.Errorf("%d of %d findings are right", right, right+wrong)
	}
	if s.business*100 > l.business*s.businessAll || s.alarmed*100 > l.clean*s.clean || s.appiRight*100 < l.duty*s.appi || s.sidesRight < s.sides {
		t.Errorf("business contacts %d of %d, clean documents with an alarm %d of %d, duties %d of %d, sides %d of %d",
			s.business, s.businessAll, s.alarmed, s.clean, s.appiRight, s.appi, s.sidesRight, s.sides)
	}
}

// sealedDocuments reads one part of the sealed set.
func sealedDocuments(t *testing.T, part string) []labelled {
	t.Helper()
	file, err := os.Open("testdata/sealed/" + part + ".jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []labelled
	for d := json.NewDecoder(unpacked); ; {
		var g labelled
		if err := d.Decode(&g); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, g)
	}
}

// TestSealed measures the sealed set.
func TestSealed(t *testing.T) {
	d := usual()
	for _, limits := range []sealedLimits{
		{"learned", map[string]float64{"person_name": 0.94, "person_name in tables": 0.97, "phone": 0.97, "birth_date": 0.95, "secret": 0.93, "special_care": 0.85}, 0.98, 2, 3, 94},
		{"blind", map[string]float64{"person_name": 0.87, "person_name in tables": 0.98, "phone": 0.97, "birth_date": 0.97, "secret": 0.9, "special_care": 0.94, "salary": 0.97, "employee_id": 0.97}, 0.98, 2, 4, 97},
		{"files", map[string]float64{"person_name": 0.93, "person_name in tables": 0.98, "phone": 0.98, "birth_date": 0.92, "secret": 0.95, "special_care": 0.95}, 0.97, 2, 7, 97},
		{"late", map[string]float64{"person_name": 0.91, "phone": 0.8, "birth_date": 0.86, "secret": 0.8, "special_care": 0.5}, 0.96, 2, 5, 94},
		{"second-a", map[string]float64{"person_name": 0.95, "person_name in tables": 0.98, "phone": 0.98, "birth_date": 0.97, "salary": 0.97, "special_care": 0.96}, 0.98, 2, 2, 97},
		{"second-b", map[string]float64{"person_name": 0.96, "person_name in tables": 0.97, "phone": 0.97, "birth_date": 0.93, "salary": 0.97, "special_care": 0.96}, 0.98, 2, 2, 97},
		{"third", map[string]float64{"person_name": 0.97, "person_name in tables": 0.98, "phone": 0.98, "birth_date": 0.98, "secret": 0.97, "salary": 0.97, "special_care": 0.97, "my_number": 0.98}, 0.98, 2, 2, 98},
		{"fourth", map[string]float64{"person_name": 0.86, "person_name in tables": 0.98, "phone": 0.98, "birth_date": 0.9, "secret": 0.97, "salary": 0.97, "special_care": 0.97, "employee_id": 0.6}, 0.98, 5, 13, 98},
		{"fifth", map[string]float64{"person_name": 0.95, "person_name in tables": 0.99, "phone": 0.97, "birth_date": 0.98, "secret": 0.92, "salary": 0.97, "special_care": 0.85, "employee_id": 0.95, "my_number": 0.98, "bank_account": 0.98}, 0.98, 1, 1, 98},
		{"sixth", map[string]float64{"person_name": 0.95}, 0.98, 1, 1, 98},
		{"seventh", map[string]float64{"person_name": 0.95, "person_name in tables": 0.97, "phone": 0.95, "birth_date": 0.98, "salary": 0.9, "special_care": 0.96, "employee_id": 0.97}, 0.99, 8, 8, 99},
		{"eighth", map[string]float64{"person_name": 0.92, "phone": 0.95, "address": 0.9, "special_care": 0.93}, 0.98, 1, 1, 98},
	} {
		t.Run(limits.part, func(t *testing.T) {
			if testing.Short() && limits.part != "files" {
				t.Skip("a short run measures the smallest part")
			}
			s := newScore()
			for _, g := range sealedDocuments(t, limits.part) {
				s.add(g, d.Detect(context.Background(), []policy.Content{contentOf(g)}, Context{}))
			}
			t.Log("\n" + s.table())
			s.explain(t)
			limits.check(t, s)
		})
	}
}
