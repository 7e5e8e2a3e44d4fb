package extract

import (
	"bytes"
	"crypto/aes"
	"encoding/hex"
	"testing"
)

// TestOCBVectors are two of RFC 7253, appendix A, and TestEAX one of the paper's.
func TestOCBVectors(t *testing.T) {
	block, err := aes.NewCipher(unhex("000102030405060708090A0B0C0D0E0F"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ nonce, about, plain, sealed string }{
		{"BBAA99887766554433221100", "", "", "785407BFFFC8AD9EDCC5520AC9111EE6"},
		{"BBAA99887766554433221101", "0001020304050607", "0001020304050607", "6820B3657B6F615A5725BDA0D3B4EB3A257C9AF1F8F03009"},
	} {
		sealed := unhex(tt.sealed)
		if got := newOCB(block).open(unhex(tt.nonce), sealed, unhex(tt.about)); got == nil || !bytes.Equal(got, unhex(tt.plain)) {
			t.Errorf("%s: got %x", tt.nonce, got)
		}
		sealed[0] ^= 1
		if newOCB(block).open(unhex(tt.nonce), sealed, unhex(tt.about)) != nil {
			t.Errorf("%s: a changed text opens", tt.nonce)
		}
	}
}

func TestEAXVector(t *testing.T) {
	block, err := aes.NewCipher(unhex("233952DEE4D5ED5F9B9C6D6FF80FF478"))
	if err != nil {
		t.Fatal(err)
	}
	sealed := unhex("E037830E8389F27B025A2D6527E79D01")
	if newEAX(block).open(unhex("62EC67F9C3A4A407FCB2A8C49031A8B3"), sealed, unhex("6BFB914FD07EAE6B")) == nil {
		t.Error("does not open")
	}
	if newEAX(block).open(unhex("62EC67F9C3A4A407FCB2A8C49031A8B3"), sealed, unhex("6BFB914FD07EAE6C")) != nil {
		t.Error("opens with another header")
	}
}

// A message in chunks that lost its end, or a chunk, does not open.
func TestSealedChunksThatWereCut(t *testing.T) {
	data := testdata(t, "made/rnp_ocb.pgp")
	for _, tt := range []struct {
		name  string
		data  []byte
		parts int
	}{{"whole", data, 2}, {"cut", data[:len(data)-1], 1}} {
		session := testExtractor().NewSession()
		session.Passwords = []string{"himitsu1"}
		res := session.Extract(t.Context(), File{Path: "0", Name: "a.pgp", Data: tt.data})
		if len(res.Parts) != tt.parts {
			t.Errorf("%s: %d parts, want %d", tt.name, len(res.Parts), tt.parts)
		}
	}
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}
