package detect

import (
	"strings"
	"testing"
)

// TestAtWork holds the forms in which people are named who act for a company: whoever
// reviews, approves, attends, writes, stands in for somebody, is on call or signs.
func TestAtWork(t *testing.T) {
	for _, text := range []string{
		"fix: 端数の丸めを修正 #992\nReviewed-by: 佐野 花子 <sano@minato.example>\nCo-authored-by: 堀 稔 <hori@minato.example>\n",
		"From: Kenji Ota <k.ota@minato.example>\nSubject: [PATCH v2] net: drop stale entry\n\nTested-by: Hannah Doyle <h.doyle@katsura.example>\n",
		"定例会 議事録\n出席：佐野、堀課長、森下部長、辻様、高橋課長（敬称略）\n欠席：里見\n1. 前回の確認\n",
		"打合せ記録\n先方）佐野様、辻様\n当方）堀、高橋\n・仕様書は高橋が改訂\n",
		"今月の施錠当番です。\n　佐野 花子\n　堀 稔\n総務課\n",
		"お世話になっております。港工業の堀です。\n弊社の協力会社である山手住宅公社の佐野 花子様（sano@yamate.example、045 346 2509）をご紹介いたします。佐野様は総務課のご担当です。\n",
		"営業課の堀と申します。\nこのたび人事異動により、後任は同課の佐野 花子が務めます。\n新任　佐野 花子\n直通　022-529-6050\n",
		"本日は休暇をいただいております。\nお急ぎの方は 佐野（sano@minato.example / 078-820-2660）までお願いします。\n",
		"I am out of the office until Monday.\nFor anything urgent please write to Hannah Doyle (h.doyle@minato.example) or ring Kenji Ota on 03-3408-1522.\n\nPriya Nair\n",
		"FAX送付状\n送信先　山手こども園　佐野 花子 様　FAX 043 446 7918\n送信元　港工業　堀 稔　TEL 03 5997 1668\n枚数　3枚\n",
		"佐野 花子  10:21 AM\n昨日のビルド、まだ落ちてます\n堀 稔  10:24 AM\nキャッシュを消して再実行しました\n",
		"Re: 図面\n\n了解しました。\n\n> 佐野さん\n>\n> 図面の件、明日までに直せますか？\n>\n> 堀\n",
		"再起動の連絡\n\n堀です。本番環境を22時に再起動します。\n\n運用担当 佐野／辻\n",
		"会議の案内です。\n＜発信元＞\nペダル堂\n380-0824　長野県長野市南石堂町11-8\n購買部　課長代理　佐野 花子\nTel.+81-75-607-3104\n",
		"現場連絡先\n現場代理人　佐野 花子　080-5948-2597\n主任技術者　堀 稔　090-8011-4405\n職長　辻 律\n",
		"佐野 花子 が 堀 稔 を課題の担当者に設定しました\nPRJ-1183 ログイン画面の文言\n報告者: 辻 律\n",
		"配送の明細\n配送先：株式会社港工業 総務課　佐野様\n受領者：株式会社港工業　佐野様\n",
		"Please see the drawings.\n\nHannah Doyle\nTokyo Branch\n+81 3 4555 0192\nh.doyle@minato.example\n",
	} {
		for _, v := range privateValues(text, detectText(t, text)) {
			t.Errorf("%q: %s", text, v)
		}
	}
}

// TestNotAtWork holds texts with the same words in which private people are named.
func TestNotAtWork(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"ボランティアの参加者です。\nご出席は佐野 花子さん、堀 稔さんの2名です。会場は港工業建設の隣です。\n", "person_name=佐野 花子 person_name=堀 稔"},
		{"苦情対応会議　議事録\n出席：里見、高橋\n申出人　佐野 花子様（神奈川県横浜市中区山下町3-22-7）\n", "person_name=佐野 花子 address=神奈川県横浜市中区山下町3-22-7"},
		{"お疲れさまです。堀です。\n明日10時にご予約の佐野 花子様から、キャンセルのお電話がありました。折り返しは090-1234-5678です。\n", "person_name=佐野 花子 phone=090-1234-5678"},
		{"情報システム部の佐野 花子は休職しております。\n復職時期は産業医と相談します。\n", "person_name=佐野 花子"},
		{"[10:03] 堀: 佐野 花子さんです\n[10:03] 堀: 090-2717-1225\n[10:05] 辻: ありがとうございます\n", "person_name=佐野 花子 phone=090-2717-1225"},
		{"4月16日\n17:28 佐野 花子 明日、改札でいい？\n18:46 堀 稔 うん、着いたら電話する\n", "person_name=佐野 花子 person_name=堀 稔"},
		{"営業課\n佐野 花子 090-1234-4405\n森 一郎 090-1234-4406\n", "person_name=佐野 花子 phone=090-1234-4405 person_name=森 一郎 phone=090-1234-4406"},
		{"抽選の結果、次の方が当選されました。\n佐野 花子様、堀 稔様\n賞品は郵送します。\n", "person_name=佐野 花子 person_name=堀 稔"},
		{"緊急時は佐野 花子（妻）080-8596-9629へお願いします。\n", "person_name=佐野 花子 phone=080-8596-9629"},
		{"先日そちらで購入した者です。送り先は神奈川県横浜市中区山下町3-22-7です。\n\n佐野 花子\nhanako242@mail.example.net\n", "address=神奈川県横浜市中区山下町3-22-7 person_name=佐野 花子 email=hanako242@mail.example.net"},
		{"The tenant, Hannah Doyle, reported a leak. Please call her on 090-1234-4405.\nKenji Ota, Facilities\n", "person_name=Hannah Doyle phone=090-1234-4405"},
		{"<Applicant>\n  <Name>曽我部 直樹</Name>\n</Applicant>\n", "person_name=曽我部 直樹"},
	} {
		r := detectText(t, c.text)
		if got := strings.Join(privateValues(c.text, r), " "); got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

// TestHitOverTwoLines: a number that goes on in the next line ends behind its line.
func TestHitOverTwoLines(t *testing.T) {
	detectText(t, "佐野 花子さんの携帯は 080-5948-\n2597 です。\n堀 稔さんのメールは下です。\n")
	detectText(t, "見積の打合せの件です。\n佐野さん、問い合わせは 045-346-\n2509 まで。\n佐野\n花子\n")
}

// TestDesksInPairs holds that each name of a desk is read as what it is without the word for
// private people.
func TestDesksInPairs(t *testing.T) {
	for i := 0; i+1 < len(customerDeskWords); i += 2 {
		if desk, read := customerDeskWords[i], customerDeskWords[i+1]; !strings.HasSuffix(desk, read) || len(customerDeskWords)%2 > 0 {
			t.Errorf("%s is read as %q", desk, read)
		}
	}
}
