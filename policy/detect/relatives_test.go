package detect

import "testing"

// TestRelativesAndPlots holds those who are told of by their relatives and by where they own or
// live, bearers of residence cards without a label, births behind names and rare family names.
func TestRelativesAndPlots(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"件名: 迎えの変更\n\nひばり保育園 先生\n堀 颯真の母です。今日はおばの堀 典子が迎えに行きます。\n", "堀 颯真 堀 典子"},
		{"件名: 部活動\n\n顧問 辻先生\n森 花の父です。来週は休ませます。\n", "森 花"},
		{"件名: 測量の立会い\n\n地権者へ電話をお願いします。\n・2781-4番地　佐野 信行さん　0246-89-3327\n・12号室　堀 ツネさん\n", "佐野 信行 0246-89-3327 堀 ツネ"},
		{"件名: 在留カードの更新\n\n残りの方です。\nSITI RAHMAWATI TL85063842RD 期限 2027/01/15\nGURUNG BISHAL SY45916640UR 期限 2027/02/03\n", "SITI RAHMAWATI TL85063842RD GURUNG BISHAL SY45916640UR"},
		{"件名: 部品の手配\n\nSERVO MOTOR TL85063842RD 納期 1月15日\n", ""},
		{"件名: 里親\n\n水田 翔くん（令和元年5月20日）について、電話は 090-1234-5678 です。\n", "水田 翔 令和元年5月20日 090-1234-5678"},
		{"件名: 送付先\n\n・西表 光様 1963年12月3日\n・前波 実里様 1978-12-15\n", "西表 光 1963年12月3日 前波 実里 1978-12-15"},
		{"件名: 献立\n\nみりん 大さじ2、酒 大さじ1、砂糖 小さじ1\n", ""},
		{"件名: 戸籍\n\n依頼者：友利 千春（旧姓屋良）、1992年5月28日生\n", "友利 千春 屋良 1992年5月28日"},
		{"件名: 診療費\n\n重富 光次郎様　外来 38,760円、入院 212,430円\n", "重富 光次郎"},
		{"件名: 給与の訂正\n\n佐野 花子　基本給 誤 268,000円 → 正 286,000円\n", "佐野 花子 268,000円 286,000円"},
		{"件名: 求人の掲載\n\n下記のみ修正ください。\n・時給1,180円→1,230円\n・勤務時間 8:30〜17:15\n", ""},
	} {
		if got := valuesOf(t, c.text); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}
