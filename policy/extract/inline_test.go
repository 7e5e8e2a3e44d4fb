package extract

import (
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestBlocksPastedIntoText(t *testing.T) {
	secret := "氏名 想定 美咲 電話 080-0088-3479 住所 東京都架空区桜台7-8-14"
	b64 := base64.StdEncoding.EncodeToString([]byte(secret))
	lines := b64[:40] + "\r\n" + b64[40:80] + "\r\n" + b64[80:]
	dump := hex.EncodeToString([]byte(secret))
	for name, text := range map[string]string{
		"base64 on a line":  "see " + b64 + " thanks",
		"base64 over lines": "Hello\r\n\r\n" + lines + "\r\n\r\nBye\r\n",
		"base64 of a URL":   "https://x.example/?d=" + strings.NewReplacer("+", "-", "/", "_").Replace(b64),
		"hex":               "dump:\n" + dump + "\n",
		"hex in groups":     "dump:\n" + strings.TrimSpace(spaced(dump)) + "\n",
	} {
		if res := extractFile(t, File{Data: []byte(text)}); hits(res, []string{"080-0088-3479"}) != 1 || res.Contents[0].Text != text {
			t.Errorf("%s: %+v", name, res.Parts)
		}
	}
}

// A block that nobody says to be a page may be opened as one.
func TestBlockWithCharacterNumbersIsReadAsPageToo(t *testing.T) {
	page := base64.StdEncoding.EncodeToString([]byte("no header\r\n\r\n<html><body>&#20491;&#20154;&#x756a;&#21495;</body></html>\r\n"))
	for _, text := range []string{page, "see\n" + page + "\n"} {
		if res := extractFile(t, File{Data: []byte(text)}); hits(res, []string{"個人番号"}) != 1 {
			t.Errorf("%+v", res.Contents)
		}
	}
}

// No text that holds a block is passed over.
func TestTextsWithBlocksAreLookedAt(t *testing.T) {
	pieces := []string{"\n", "\r\n", " \n", "\u3000\n", "\u0085", "QUJD", "00 ff:", strings.Repeat("ab", 16), strings.Repeat("x", 60), "あ", ".", "-", "=\n", "\t"}
	rnd := rand.New(rand.NewPCG(4, 4))
	held := 0
	for range 20000 {
		var text string
		for range 1 + rnd.IntN(12) {
			text += pieces[rnd.IntN(len(pieces))]
		}
		blocks := blocksIn(text, appendBlocks)
		if len(blocks) > 0 {
			held++
		}
		if len(blocks) > 0 && !mayHoldBlock(text, minBlock-1) {
			t.Fatalf("%q holds %q", text, blocks)
		}
	}
	if held < 100 {
		t.Errorf("only %d of the texts held one", held)
	}
}

func spaced(s string) string {
	var b strings.Builder
	for i := 0; i+2 <= len(s); i += 2 {
		b.WriteString(s[i:i+2] + " ")
	}
	return b.String()
}

func TestDigestsAndKeysAreNoFiles(t *testing.T) {
	text := "sha256 " + strings.Repeat("9f86d081884c7d65", 4) + "\nkey AAAAB3NzaC1yc2EAAAADAQABAAABgQC7q9x0Jv1mF3m3Rr0cJm4m8pB5k9E1o2r5yQ3v8s6d0f2g\n"
	if res := extractFile(t, File{Data: []byte(text)}); len(res.Parts) != 1 {
		t.Errorf("%+v", res.Parts)
	}
}

func TestUuencodedFilesKeepTheirName(t *testing.T) {
	text := "前文\nbegin 644 list.txt\n" + "#0V%T\n`\nend\n後文\n"
	res := extractFile(t, File{Data: []byte(text)})
	if len(res.Parts) != 2 || res.Parts[1].Name != "list.txt" || res.Contents[1].Text != "Cat" {
		t.Errorf("%+v %+v", res.Parts, res.Contents)
	}
	res = extractFile(t, File{DeclaredType: "text/enriched", Data: []byte("begin 644 list.txt\n#0V%T\n`\nend\n")})
	if len(res.Parts) != 2 || res.Contents[len(res.Contents)-1].Text != "Cat" {
		t.Errorf("in a page: %+v %+v", res.Parts, res.Contents)
	}
	res = extractFile(t, File{Data: []byte("begin-base64 644 a.txt\nQ2F0\n====\n")})
	if len(res.Parts) != 2 || res.Contents[1].Text != "Cat" {
		t.Errorf("%+v", res.Parts)
	}
}

func TestBlockInABlockIsNotOpened(t *testing.T) {
	inner := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("想定 美咲 ", 10)))
	outer := base64.StdEncoding.EncodeToString([]byte("once " + inner))
	if res := extractFile(t, File{Data: []byte(outer)}); len(res.Parts) != 2 {
		t.Errorf("%d parts", len(res.Parts))
	}
}

// Whoever does not know the charset that a page declares sees the letters of its octets.
func TestBlockInAPageOfAnotherCharset(t *testing.T) {
	block := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("想定 美咲 ", 10)))
	res := extractFile(t, File{DeclaredType: "text/html", Charset: "utf-16be", Data: []byte("<p>\n" + block + "\n</p>")})
	if hits(res, []string{"想定 美咲"}) != 1 {
		t.Errorf("%+v %+v", res.Parts, res.Contents)
	}
}
