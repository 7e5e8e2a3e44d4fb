package standard

import (
	"context"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// What stands on a hidden sheet, slide or in invisible text is said to be hidden,
// and what stands beside it is not.
func TestFindingsSayThatTheyAreHidden(t *testing.T) {
	r := newReader(t)
	files, _ := hardFiles(t)
	for name, want := range map[string]struct {
		hidden bool
		where  string
	}{
		"xlsx_veryhidden.xlsx": {true, `hidden sheet "裏"`}, "pptx_hidden_slide.pptm": {true, "slide 2"},
		"html_conditional_comment.html": {true, ""}, "csv_caret.csv": {false, "row "}, "docx_table_split_runs.docx": {false, ""},
	} {
		in := r.Inspect(context.Background(), Job{Name: name}, files[name])
		found := false
		for _, f := range in.Findings {
			if f.Type != "my_number" {
				continue
			}
			found = true
			if f.Hidden != want.hidden || !strings.Contains(f.Place.Where, want.where) {
				t.Errorf("%s: hidden %v at %s", name, f.Hidden, f.Place.Where)
			}
		}
		if !found {
			t.Errorf("%s: no number found", name)
		}
	}
}

func TestHiddenRangesInCodePoints(t *testing.T) {
	got := inCodePoints("あいうabc", []policy.Span{{Start: 3, End: 6}, {Start: 6, End: 9}, {Start: 11, End: 99}})
	if len(got) != 2 || got[0] != (policy.Span{Start: 1, End: 3}) || got[1] != (policy.Span{Start: 5, End: 6}) {
		t.Errorf("got %v", got)
	}
}

func TestWithin(t *testing.T) {
	spans := []policy.Span{{Start: 2, End: 4}, {Start: 6, End: 7}, {Start: 9, End: 9}}
	for at, want := range []bool{false, false, true, true, false, false, true, false, false, false} {
		if within(spans, at) != want {
			t.Errorf("%d: %v", at, !want)
		}
	}
}
