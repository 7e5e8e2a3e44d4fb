package detect

import "testing"

// TestHouses holds the telephones and the people of shops, practices, halls and offices in
// mails about private matters: at their end, in brackets behind their name.
func TestHouses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"件名: 休診のお知らせ\n\n患者の皆さまへ\n\n来週の月曜は休診いたします。\n発熱などの場合は、港市休日診療センター（045-334-9981）へお電話ください。\n\nようこ皮膚科　院長 森 花子\n", ""},
		{"件名: 延滞のお知らせ\n\n佐野 花子様\n\n貸出期限を過ぎた資料があります。\nご登録の電話 090-1234-5678 にご連絡しましたがご不在でした。\n港市立図書館 045-334-9982\n", "佐野 花子 090-1234-5678"},
		{"件名: 入居審査\n\n申込人 佐野 花子\n生年月日 1994/5/27\n携帯 090-1234-5678\n緊急連絡先は後日送ります。\n港ハウジング 辻 045-334-9983\n", "佐野 花子 1994/5/27 090-1234-5678"},
		{"件名: 弔電\n\n故 佐野 太郎様　喪主 ご長男様\n式場 港セレモニーホール（045-334-9984）11/24 10:30\n台紙は2,750円のもの。\n", "佐野 太郎"},
		{"件名: 体験教室\n\n親子20組で、参加費は500円。\n希望日は2月の水曜です。\nうみべ海洋倶楽部 045-334-9985\n", ""},
		{"件名: 再製のお願い\n\n患者 佐野 花子様　44歳\nセット日は12/3です。\n港歯科\n受付 辻 045-334-9986\n", "佐野 花子"},
		{"件名: 見積書\n\n港工業の辻です。お世話になっております。\n佐野様のご自宅の分をお送りします。\n\n〒231-0011 神奈川県横浜市中区山下町3-22-7\nTEL 045-334-9987 FAX 045-334-9988\ntsuji@minato.example\n", "佐野"},
		{"件名: 送り先\n\nお世話になります。注文の品はこちらへお願いします。\n\n佐野 花子\n〒231-0011 神奈川県横浜市中区山下町3-22-7\n090-1234-5678\n", "佐野 花子 231-0011 神奈川県横浜市中区山下町3-22-7 090-1234-5678"},
		{"件名: 緊急連絡先\n\n次の方です。電話は夜にお願いします。\n\nハイツ山手 佐野 花子 045-334-9989\n", "佐野 花子 045-334-9989"},
		{"件名: 母の件\n\n母が留守にします。\n連絡は父 045-334-9990 へお願いします。\n", "045-334-9990"},
		{"件名: 転記\n\nアンケートの分です。\n\n佐野 花子　女性\nご住所 神奈川県横浜市中区山下町3-22-7\n前住所 神奈川県横浜市中区山手町1-4\n", "佐野 花子 女性 神奈川県横浜市中区山下町3-22-7 神奈川県横浜市中区山手町1-4"},
		{"件名: 連絡先\n\nお知らせします。\n\n営業課\n佐野 花子 090-1234-4405\n森 一郎 090-1234-4406\n", "佐野 花子 090-1234-4405 森 一郎 090-1234-4406"},
		{"件名: 参加者の名簿\n\n電話は次のとおりです。\n\n服部 花子 045-334-9991\n仁科 稔 045-334-9992\n", "服部 花子 045-334-9991 仁科 稔 045-334-9992"},
	} {
		if got := valuesOf(t, c.text); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

// TestCalledAtWork holds those whom a mail calls, names on business cards, who keep order at
// the firm's games, and beside them private people in the same places.
func TestCalledAtWork(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"件名: 名刺の増刷\n\n辻様\n経理課の名刺を100枚ずつお願いします。\n佐野 花子、Maria Lopez、堀 稔\n電話 045-334-9981、住所 神奈川県横浜市中区山下町3-22-7\n", ""},
		{"件名: 名刺入れの落とし物\n\n届け出は佐野 花子様、090-1234-5678 です。\n", "佐野 花子 090-1234-5678"},
		{"件名: ボウリング大会\n\n集合は18時です。幹事は佐野さん、審判長は辻さんです。\n", ""},
		{"Subject: missing papers\n\nWei Ling, please add Teresa Quigley (born 3 June 2003) to the list.\n", "Teresa Quigley 3 June 2003"},
		{"Subject: support\n\nMoira, Teresa Quigley was sentenced in 2019 for shoplifting.\n", "Teresa Quigley was sentenced in 2019 for shoplifting"},
		{"Subject: support\n\nTeresa Quigley, born 3 June 2003, was diagnosed with epilepsy.\n", "Teresa Quigley 3 June 2003 diagnosed with epilepsy"},
		{"件名: 相談の引継ぎ\n\n辻主任\n昨日窓口に来られた佐野 花子さん、所持金3千円とのこと。\n", "佐野 花子"},
		{"件名: 来客の件\n\n本日来社された佐野様から、図面の差し替えの依頼がありました。営業課 辻\n", ""},
	} {
		if got := valuesOf(t, c.text); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}
