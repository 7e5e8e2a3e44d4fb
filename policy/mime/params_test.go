package mime

import "testing"

// A header of which nothing is taken apart says nothing when it is.
func TestWhatSaysNothing(t *testing.T) {
	for value, want := range map[string]bool{
		" text/plain; charset=utf-8\r\n": true, " multipart/mixed; boundary=\"=_b7\"\r\n": true, " text/plain\r\n": true, "text/html;CHARSET=x": true,
		" text/plain; charset=utf-8; name=a.txt": false, " text/plain; charset*=utf-8''x": false, " name=a.txt; charset=x": false, " text/plain; name=a.txt": false,
		" text/plain; charset=utf-8 (03-1234-5678)": false, " text/plain; charset=a\r\n name=b": false, " name=a.txt": false,
	} {
		if got := saysNothing([]byte(value)); got != want {
			t.Errorf("%q: %v", value, got)
		}
		f := field{name: "Content-Type", key: "content-type", value: []byte(value)}
		if told := paramTexts(&f, nil, false); want && told != "" {
			t.Errorf("%q says %q", value, told)
		}
	}
}
