package detect

import (
	"strings"
	"testing"
)

// TestCalledAgain holds that who was named in full is found by either name below, and by the
// full one above, but not who writes.
func TestCalledAgain(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Sandra Donovan (born 1979-03-04) is being treated for anorexia. Sandra asked us not to tell the team.\n", "person_name=Sandra Donovan birth_date=1979-03-04 special_care=anorexia person_name=Sandra"},
		{"Subject: Onboarding - Frank Barker\n\nplease start with Frank Barker.\nDate of birth: 7 August 1983\n", "person_name=Frank Barker person_name=Frank Barker birth_date=7 August 1983"},
		{"please start with Vincent Norton.\nDate of birth: 7 August 1983\n\nMany thanks,\nVincent\n", "person_name=Vincent Norton birth_date=7 August 1983"},
	} {
		if got := strings.Join(privateValues(c.text, detectText(t, c.text)), " "); got != c.want {
			t.Errorf("%q:\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}
