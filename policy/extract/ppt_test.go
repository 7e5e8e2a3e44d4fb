package extract

import (
	"bytes"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// A record that claims more than there is ends the reading of what follows it.
func TestPPTRecordLongerThanTheFileIsTold(t *testing.T) {
	data := bytes.Clone(seed(t, "ppt_97_plain.ppt"))
	at := bytes.Index(data, []byte("\x0f\x00\xe8\x03")) // the document's container
	if at < 0 {
		t.Fatal("no document in the sample")
	}
	copy(data[at+4:], "\xff\xff\xff\xff")
	if res := extractFile(t, File{Name: "a.ppt", Data: data}); res.Parts[0].Problem != policy.Malformed {
		t.Errorf("problem %q", res.Parts[0].Problem)
	}
}
