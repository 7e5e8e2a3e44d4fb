package detect

import (
	"bytes"
	"image"
	_ "image/jpeg" // portraits come as JPEG or PNG
	_ "image/png"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// biometric is what tells a person by the body: photos of faces, prints, templates
// (individual identification codes of APPI article 2 paragraph 2 item 1). Files are
// told by FileFinding; a column of templates or embeddings by its header.
var biometric = &kind{
	name: "biometric", severity: sevGravest, ja: "生体情報・顔写真", en: "biometric data or portrait",
	headers: []string{"embedding", "face vector", "face_vector", "face embedding", "faceprint", "voiceprint", "顔特徴量", "特徴ベクトル", "指紋データ", "指紋テンプレート", "静脈データ", "虹彩データ", "声紋データ", "biometric template"},
	cell: func(s string) (match, bool) {
		numbers := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == ';' || r == '[' || r == ']' })
		vector := len(numbers) >= 16
		for _, n := range numbers {
			vector = vector && strings.Trim(n, "0123456789.-+eE") == ""
		}
		return match{norm: s, points: 1}, vector || len(s) >= 64 && span(s, base64Byte, len(s)) == len(s)
	},
}

// biometricHeads are how files of biometric data begin: the record formats of
// ISO/IEC 19794-2, -4, -5, -6, -8 and -9, and wavelet-coded fingerprints (FBI WSQ,
// IAFIS-IC-0110).
var biometricHeads = []struct{ head, subtype, ja, en string }{
	{"FMR\x00", "fingerprint", "指紋の特徴点データ（ISO/IEC 19794-2）", "fingerprint minutiae (ISO/IEC 19794-2)"},
	{"FIR\x00", "fingerprint", "指紋画像（ISO/IEC 19794-4）", "fingerprint images (ISO/IEC 19794-4)"},
	{"FSK\x00", "fingerprint", "指紋の骨格データ（ISO/IEC 19794-8）", "fingerprint skeleton (ISO/IEC 19794-8)"},
	{"FAC\x00", "face", "顔画像（ISO/IEC 19794-5）", "face images (ISO/IEC 19794-5)"},
	{"IIR\x00", "iris", "虹彩画像（ISO/IEC 19794-6）", "iris images (ISO/IEC 19794-6)"},
	{"VIR\x00", "vein", "静脈画像（ISO/IEC 19794-9）", "vein images (ISO/IEC 19794-9)"},
	{"\xff\xa0\xff\xa4", "fingerprint", "指紋画像（WSQ）", "fingerprint image (WSQ)"},
	{"\xff\xa0\xff\xa5", "fingerprint", "指紋画像（WSQ）", "fingerprint image (WSQ)"},
	{"\xff\xa0\xff\xa2", "fingerprint", "指紋画像（WSQ）", "fingerprint image (WSQ)"},
}

// portraitNames and documentNames are what people call such pictures; ASCII ones
// stand as words of their own.
var (
	portraitNames = []string{"顔写真", "証明写真", "顔画像", "本人写真", "履歴書写真", "社員証写真", "宣材写真", "headshot", "portrait", "mugshot", "passport photo", "id photo", "idphoto", "face photo", "selfie", "kao_shashin"}
	documentNames = []string{"免許証", "在留カード", "パスポート", "旅券", "マイナンバーカード", "身分証", "保険証", "本人確認書類", "driving licence", "drivers license", "driver license", "id card", "passport scan", "residence card"}
)

// FileFinding tells a file of biometric data by how it begins, and the picture of
// a face or of an identity document by its name and its proportions. It looks at
// no pixel. data may be the beginning of the file only, or nil.
func FileFinding(name, mediaType string, data []byte) (policy.Finding, bool) {
	f := policy.Finding{Type: biometric.name, Count: 1, Unencrypted: true, Masked: policy.MaskAll(name)}
	for _, h := range biometricHeads {
		if bytes.HasPrefix(data, []byte(h.head)) {
			f.Subtype, f.Confidence = h.subtype, 0.99
			f.Reason = policy.Text{JA: "ファイルの先頭が" + h.ja, EN: "the file begins like " + h.en}
			return f, true
		}
	}
	if !strings.HasPrefix(mediaType, "image/") {
		return f, false
	}
	folded := foldCell(name)
	low := strings.NewReplacer("_", " ", "-", " ", ".", " ").Replace(lower(folded))
	switch {
	case named(low, portraitNames):
		f.Subtype, f.Confidence = "face", 0.85
		f.Reason = policy.Text{JA: "顔写真のファイル名", EN: "named like the photo of a face"}
		if upright(data) {
			f.Confidence = 0.97
			f.Reason = policy.Text{JA: "顔写真のファイル名で、証明写真の縦横比", EN: "named like the photo of a face, with the proportions of one"}
		}
	case named(low, documentNames):
		f.Subtype, f.Confidence = "identity_document", 0.85
		f.Reason = policy.Text{JA: "本人確認書類のファイル名", EN: "named like the picture of an identity document"}
	default:
		return f, false
	}
	return f, true
}

// named tells that one of the names stands in low, ASCII ones as whole words.
func named(low string, names []string) bool {
	for _, n := range names {
		if n[0] >= 0x80 && strings.Contains(low, n) || n[0] < 0x80 && wordIn(low, strings.ReplaceAll(n, "_", " ")) {
			return true
		}
	}
	return false
}

// upright tells the proportions of passport and résumé photos (35 x 45, 30 x 40,
// 24 x 30 mm, give or take).
func upright(data []byte) bool {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	return err == nil && c.Height > 0 && c.Width*100 >= c.Height*65 && c.Width*100 <= c.Height*85
}
