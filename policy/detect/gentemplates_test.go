package detect

import "strings"

const genSignature = "\n\n{{pick|◆◇◆◇◆◇◆◇/_______________________/==========/- - - - - - - -}}\n{{firm}}　{{dept}}\n{{bizname}}\n〒{{bizzip}} {{bizaddr}}\n電話 {{biztel}}（直通）\n{{bizmail}}\n"

// letter is a template between a greeting and a signature.
func letter(name, body string) genTemplate {
	return genTemplate{name, "mail", func(g *gen) {
		head := "{{pick|件名：/Subject: }}ご連絡\n\n{{firm}}\n{{dept}} {{bizname}}様\n\nいつも大変お世話になっております。\n{{firm}}の{{bizfam}}でございます。\n\n"
		if g.IntN(3) == 0 {
			head = "件名: {{pick|Re: /【至急】/}}確認のお願い\n\n各位\n\nお疲れさまです。{{dept}}の{{bizfam}}です。\n"
		}
		g.expand(head + body + "\n\nよろしくお願いいたします。" + genSignature)
	}}
}

func english(name, body string) genTemplate {
	return genTemplate{name, "mail", func(g *gen) {
		g.expand("Subject: {{pick|Following up/Documents/Case file}}\n\n{{pick|Hello team,/Dear colleagues,/All,}}\n\n" + body + "\n\nBest wishes,\nTheodore Lang\nFacilities\n+44 20 7946 0{{digits|000}}\n")
	}}
}

// listing is a file with a header and rows of one person each.
func listing(name, sep, header, row string, lo, hi int) genTemplate {
	return genTemplate{name, "attachment_csv", func(g *gen) {
		tab := func(s string) string { return strings.ReplaceAll(s, "¦", sep) }
		if header != "" {
			g.expand(tab(header) + "\n")
		}
		for range lo + g.IntN(hi-lo+1) {
			g.expand(tab(row) + "\n")
		}
	}}
}

var genTemplates = []genTemplate{
	letter("my-prose", "このたび入社された{{new}}{{name}}さんの{{pick|マイナンバー/個人番号}}は{{mynumber}}とのことですので、登録をお願いします。"),
	letter("my-lines", "下記のとおりです。\n\n・氏名　{{new}}{{nameS}}\n・個人番号　{{mynumber}}\n・生年月日　{{birth}}\n・性別　{{gender}}"),
	letter("my-below", "扶養親族の番号をお知らせします。\n\n{{new}}{{nameS}}\nマイナンバー\n{{mynumber}}\n"),
	letter("card", "お客様（{{new}}{{name}}様）よりお預かりしたカードの番号 {{card}}、期限 {{expiry}}、CVV {{cvv}} で再決済をお願いします。"),
	letter("card-bare", "{{new}}{{name}}様分です。\n{{card}}\n有効期限：{{expiry}}\nセキュリティコード：{{cvv}}"),
	letter("contact", "以下の方から資料請求がありました。\nお名前：{{new}}{{name}}\nふりがな：{{kana}}\nご住所：{{zipaddr}}\n電話：{{mobile}}\nメール：{{mail}}"),
	letter("contact-prose", "{{new}}{{name}}様（{{address}}在住、{{mobile}}）から返品の希望がありました。折り返しは {{mail}} 宛てにお願いします。"),
	letter("moves", "会員の{{new}}{{name}}様が{{zipaddr}}へ転居されました。ご自宅の電話番号は{{fixed}}です。"),
	letter("licence", "レンタカーの契約者は{{new}}{{name}}様、免許証番号は{{licence}}、生年月日は{{birth}}です。"),
	letter("travel", "海外出張の件、{{new}}{{name}}さん（{{roman}}）のパスポート番号は{{passport}}です。"),
	letter("residence", "外国籍社員の届出です。\n氏名：{{newen}}{{name}}\n在留カード番号：{{residence}}\n生年月日：{{birth}}"),
	letter("pension", "{{new}}{{name}}さんの基礎年金番号 {{pension}} を確認しました。"),
	letter("juki", "住民票コードは{{juki}}（{{new}}{{name}}様）です。"),
	letter("health", "被保険者証の写しを受け取りました。\n被保険者：{{new}}{{nameS}}\n保険者番号 {{insurer}}\n{{insured}}"),
	letter("bank", "給与の振込先は、ひかり銀行 駅前支店 普通 {{account}}、名義 {{new}}{{kana}} です。"),
	letter("pay", "昇給の内示です。\n{{new}}{{name}}（社員番号 {{employee}}）の基本給は{{salary}}とします。\n{{new}}{{name}}（社員番号 {{employee}}）は年収{{salary}}です。"),
	letter("care", "{{new}}{{name}}さんは{{care}}とのことです。勤務の配慮をお願いします。"),
	letter("care2", "面談の記録：{{new}}{{name}}（{{birth}}生）、{{care}}。就業制限あり。"),
	letter("pin", "{{new}}{{name}}様の暗証番号を{{pin}}に変更しました。"),
	letter("pass-ja", "先ほどお送りしたファイルの解凍パスワードは {{password}} です。"),
	letter("pass-ja2", "添付ファイルのパスワードをお送りします。\n\nパスワード：{{password}}"),
	letter("pass-login", "検証環境のログイン情報です。\nユーザー: tester\nPW: {{password}}"),
	letter("token", "CI の設定値を共有します。\nGITHUB_TOKEN={{ghp}}\nAWS_ACCESS_KEY_ID={{aws}}"),
	letter("slack", "ボットのトークンは {{slack}} です。DB は {{dburl}} です。"),
	letter("pem", "鍵をお送りします。\n{{pem}}"),
	letter("names", "本日の来訪者は{{new}}{{name}}様と{{new}}{{name}}様です。"),
	letter("list", "当選者の一覧です。\n1. {{new}}{{nameS}} {{mobile}}\n2. {{new}}{{nameS}} {{mobile}}\n3. {{new}}{{nameS}} {{mobile}}\n4. {{new}}{{nameS}} {{mobile}}"),
	letter("quoted", "ご返信ありがとうございます。\n\n> お問い合わせフォームより\n> 氏名：{{new}}{{name}}\n> 電話番号：{{mobile}}\n> メールアドレス：{{mail}}"),
	letter("tabbed", "一覧を貼ります。\n氏名\t生年月日\t電話\n{{new}}{{name}}\t{{birth}}\t{{mobile}}\n{{new}}{{name}}\t{{birth}}\t{{mobile}}\n{{new}}{{name}}\t{{birth}}\t{{mobile}}\n以上です。"),
	english("en-ssn", "{{newen}}{{name}} joined on Monday. SSN {{ssn}}, date of birth {{birth}}."),
	english("en-nhs", "Patient: {{newen}}{{name}}\nNHS number: {{nhs}}\nNI number: {{nino}}\n"),
	english("en-iban", "Refund for Ms {{newen}}{{name}}, account {{iban}}, please."),
	english("en-card", "Mr {{newen}}{{name}} asked us to charge card {{card}} (expires {{expiry}}, security code {{cvv}})."),
	english("en-care", "Employee: {{newen}}{{name}}\nNote: {{careen}}, back in May."),
	english("en-pass", "The archive password is {{password}}. Please delete this mail."),

	listing("csv-members", ",", "会員番号¦お名前¦フリガナ¦性別¦誕生日¦〒¦ご住所¦TEL¦メール", "{{digits|00000000}}¦{{new}}{{name}}¦{{kana}}¦{{gender}}¦{{birth}}¦{{zip}}¦{{address}}¦{{mobile}}¦{{mail}}", 4, 60),
	listing("csv-mynumber", "\t", "社員コード¦氏名¦個人番号", "{{employee}}¦{{new}}{{name}}¦{{mynumber}}", 3, 130),
	listing("csv-pay", ",", "社員番号¦氏名¦性別¦生年月日¦月給", "{{employee}}¦{{new}}{{name}}¦{{gender}}¦{{birth}}¦\"{{salary}}\"", 5, 40),
	listing("csv-bank", "\t", "氏名¦口座名義カナ¦銀行名¦支店¦口座番号", "{{new}}{{name}}¦{{kana}}¦ひかり銀行¦駅前支店¦{{account}}", 3, 30),
	listing("csv-noheader", ",", "", "{{new}}{{nameS}}¦{{mobile}}¦{{mail}}", 5, 40),
	listing("csv-english", ",", "id¦full name¦email¦mobile", "{{digits|0000}}¦{{new}}{{roman}}¦{{mail}}¦{{mobile}}", 3, 30),
	listing("csv-split", "\t", "姓¦名¦電話番号", "{{new}}{{family}}¦{{given}}¦{{mobile}}", 3, 20),
	listing("csv-orders", ",", "注文番号¦伝票番号¦JANコード¦金額¦更新日時", "{{order16}}¦{{tracking}}¦{{jan}}¦\"{{amount}}\"¦{{stamp}}", 3, 30),
	listing("csv-parts", "\t", "品番¦シリアル¦法人番号¦数量", "{{part}}¦{{serial}}¦{{corp}}¦{{digits|000}}", 3, 30),
	listing("csv-log", ",", "", "{{stamp}}¦{{ip}}¦{{uuid}}¦{{hash}}", 5, 30),

	letter("n-order", "ご注文番号 {{order}}、送り状番号 {{tracking}} にて発送しました。お問い合わせはフリーダイヤル {{toll}} まで。"),
	letter("n-order2", "決済番号は{{order16}}、金額は{{amount}}です。詳細は {{url}} をご覧ください。"),
	letter("n-corp", "弊社の法人番号は{{corp}}、適格請求書の登録番号はT{{corp}}です。JANコードは{{jan}}です。"),
	letter("n-meet", "オンライン会議のID: {{meeting}}、日時は2026年12月3日 15:00です。"),
	letter("n-parts", "部品 {{part}}（製造番号 {{serial}}）の在庫をご確認ください。参考書籍 ISBN {{isbn}}。"),
	letter("n-log", "障害の記録です。{{stamp}} {{ip}} {{uuid}} コミット {{hash}}"),
	letter("n-talk", "マイナンバーの取扱研修を12月3日に開催します。個人番号は12桁です。パスワードは定期的に変更してください。健康診断のお知らせは別途お送りします。障害者雇用の研修資料を添付します。"),
	letter("n-policy", "暗証番号やカード番号はメールに書かないでください。がん検診の案内をお送りします。東京都千代田区での展示会は盛況でした。"),
	english("n-en", "Build {{digits|00000000}} passed, commit {{hash}}. Tracking number {{tracking}}, order {{order16}}. The password policy will change next week."),
}
