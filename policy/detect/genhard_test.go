package detect

import (
	"fmt"
	"strings"
)

// hardTemplates are a second list, written after the first tuning and used to
// see how far the figures hold on layouts nobody looked at.
var hardTemplates = []genTemplate{
	plain("h-form", "【申込書】\n\n申込日　2026年11月3日\n\n■ お申込者\n　氏　名：{{new}}{{nameS}}\n　フリガナ：{{kana}}\n　生年月日：{{birth}}　　性別：{{gender}}\n　住　所：{{zipaddr}}\n　電　話：{{fixed}}\n　携　帯：{{mobile}}\n　E-mail：{{mail}}\n"),
	plain("h-nenmatsu", "令和8年分 給与所得者の扶養控除等（異動）申告書\n\nあなたの氏名　{{new}}{{nameS}}\nあなたの個人番号　{{mynumber}}\nあなたの生年月日　{{birth}}\nあなたの住所又は居所　{{zipaddr}}\n\n源泉控除対象配偶者　{{new}}{{nameS}}　個人番号 {{mynumber}}\n"),
	plain("h-boxes", "個人番号\n{{boxes}}\n氏名 {{new}}{{nameS}}\n"),
	plain("h-rirekisho", "履 歴 書　　2026年11月1日現在\n\nふりがな　{{new}}{{hira}}\n氏　名　{{nameS}}\n{{birth}}生（満28歳）　{{gender}}\n現住所　{{zipaddr}}\n電話　{{mobile}}\nE-mail　{{mail}}\n\n学歴・職歴\n平成26年3月　県立第二高等学校卒業\n"),
	plain("h-chat", "[10:02] 相談窓口: こんにちは\n[10:03] お客様: {{new}}{{name}}といいます。電話は{{mobile}}です。\n[10:04] お客様: 住所は{{address}}です\n[10:05] 相談窓口: ありがとうございます。\n"),
	plain("h-kv-table", "項目\t内容\n氏名\t{{new}}{{nameS}}\n生年月日\t{{birth}}\nマイナンバー\t{{mynumber}}\n住所\t{{address}}\n電話番号\t{{mobile}}\n"),
	plain("h-markdown", "| No | 氏名 | 電話番号 | メール |\n|----|------|----------|-------|\n| 1 | {{new}}{{nameS}} | {{mobile}} | {{mail}} |\n| 2 | {{new}}{{nameS}} | {{mobile}} | {{mail}} |\n| 3 | {{new}}{{nameS}} | {{mobile}} | {{mail}} |\n"),
	plain("h-json", "{\"users\":[{\"name\":\"{{new}}{{nameS}}\",\"email\":\"{{mail}}\",\"phone\":\"{{mobile}}\",\"my_number\":\"{{mynumber}}\"},{\"name\":\"{{new}}{{nameS}}\",\"email\":\"{{mail}}\",\"phone\":\"{{mobile}}\",\"my_number\":\"{{mynumber}}\"}]}\n"),
	plain("h-incident", "事故報告書\n\n発生日時：2026年10月4日 14時20分\n当社の宅配車両が、歩行中の{{new}}{{name}}さん（{{address}}）と接触しました。{{family}}さんは救急搬送され、市内の病院に{{inward}}です。連絡先は{{mobile}}（ご家族）です。\n"),
	plain("h-karte", "診療情報提供書\n患者氏名 {{new}}{{nameS}}\n生年月日 {{birth}}\n保険者番号 {{insurer}}\n被保険者証 {{insured}}\n傷病名 {{care}}\n"),
	plain("h-payslip", "給与明細　2026年10月分\n社員番号：{{employee}}\n氏名：{{new}}{{nameS}}\n基本給：{{salary}}\n差引支給額：{{salary}}\n"),
	plain("h-cards", "クレジットカード売上票\nカード会社：{{pick|JCB/VISA/Master}}\n会員番号 {{card}}\nご利用者 {{new}}{{roman}}\n有効期限 {{expiry}}\n"),
	plain("h-bank-form", "口座振替依頼書\n金融機関：みらい銀行　中央支店\n預金種目：普通\n口座番号：{{account}}\n口座名義（カナ）：{{new}}{{kana}}\n"),
	plain("h-visa", "航空券の手配をお願いします。搭乗者：{{new}}{{roman}} 様\nパスポート：{{passport}}\n国籍：日本\n生年月日：{{birth}}\n"),
	plain("h-pw-list", "各サーバのアカウント\nweb01 root / {{password}}\nパスワード: {{password}}\nDB接続: {{dburl}}\n"),
	plain("h-env", "DB_HOST=10.0.0.5\nDB_PASSWORD={{password}}\nAWS_ACCESS_KEY_ID={{aws}}\nSLACK_TOKEN={{slack}}\n"),
	plain("h-pw-zip", "お世話になっております。\n先ほどの添付ファイルの解凍パスワードを別送いたします。\n\n{{password}}\n\nよろしくお願いいたします。\n"),
	plain("h-obituary", "訃報\n弊社社員 {{new}}{{name}} 儀 かねてより{{ill}}のところ、11月2日に逝去いたしました。\n"),
	plain("h-hr-review", "人事評価シート\n被評価者：{{new}}{{name}}（社員番号：{{employee}}）\n年収：{{salary}}\n評価：S\n備考：{{care}}、面談にて確認。\n"),
	plain("h-vertical", "住民票コード\n{{juki}}\n基礎年金番号\n{{pension}}\n氏名\n{{new}}{{nameS}}\n"),
	plain("h-licence", "レンタル契約\n借受人 {{new}}{{nameS}}\n運転免許証 第{{licence}}号\n有効期限 令和10年5月1日まで有効\n"),
	plain("h-zairyu", "在留カード等番号　{{residence}}\n氏名　{{newen}}{{name}}\n国籍・地域　フィリピン\n"),
	plain("h-en-form", "EMPLOYMENT RECORD\nName: {{newen}}{{name}}\nDOB: {{birth}}\nSSN: {{ssn}}\n"),
	plain("h-en-gp", "Dear Dr Patel,\n\nRe: {{newen}}{{name}}, NHS No {{nhs}}, NI {{nino}}\n\nThe patient was {{careen}}.\n"),

	listing("h-csv-title", ",", "会員名簿（2026年11月現在）,,,\n作成：総務課,,,\n氏名¦ふりがな¦住所¦連絡先", "{{new}}{{name}}¦{{hira}}¦{{address}}¦{{mobile}}", 5, 30),
	listing("h-csv-en", ";", "customer_id;name;birth_date;phone;postal_code;address", "{{digits|000000}};{{new}}{{nameS}};{{birth}};{{mobile}};{{zip}};{{address}}", 5, 30),
	listing("h-csv-health", ",", "社員番号¦氏名¦性別¦年齢¦健診結果", "{{employee}}¦{{new}}{{name}}¦{{gender}}¦{{digits|00}}¦{{caretext}}", 5, 20),
	listing("h-csv-cards", "\t", "注文番号¦氏名¦カード番号¦有効期限¦金額", "{{order16}}¦{{new}}{{name}}¦{{card}}¦{{expiry}}¦{{amount}}", 5, 20),
	listing("h-csv-noname", ",", "", "{{digits|000}}¦{{new}}{{mail}}¦{{mobile}}", 5, 30),
	listing("h-csv-mynohead", ",", "", "{{digits|0000}}¦{{new}}{{nameS}}¦{{mynumber}}", 8, 30),
	listing("h-csv-biz", ",", "会社名¦部署¦担当者¦電話¦メール", "株式会社{{digits|000}}¦営業部¦{{bizname}}¦{{biztel}}¦{{bizmail}}", 5, 30),

	plain("h-n-minutes", "第12回 定例会議 議事録\n日時：2026年11月5日 10:00〜11:30\n場所：東京都千代田区 本社3階会議室\n出席者：山本部長、高田課長、木下（記録）\n\n1. 売上報告\n前年比 103.5%、予算比 98.2%。伝票番号 {{order16}} の処理を確認した。\n2. 次回\n2026年12月3日 10:00\n"),
	plain("h-n-contract", "業務委託契約書\n\n株式会社山吹工業（以下「甲」という。）と合同会社ノースリバー（以下「乙」という。）は、次のとおり契約を締結する。\n第1条（目的）本契約は、甲が乙に委託する業務について定める。\n第2条（個人情報）乙は、個人番号その他の個人情報を適切に管理する。\n契約番号 {{order}}\n令和8年11月1日\n"),
	plain("h-n-invoice", "請求書\n請求番号 {{digits|000000000000}}\n発行日 2026/11/30\n登録番号 T{{corp}}\n株式会社山吹工業 御中\n品名,数量,単価,金額\n部品A,10,1200,12000\n部品B,5,3400,17000\n合計,,,29000\n振込先：ひかり銀行 本店 普通 {{digits|0000000}} カ）ヤマブキコウギヨウ\n"),
	plain("h-n-code", "func main() {\n\tid := {{digits|000000000000}}\n\thash := \"{{hash}}\"\n\tfmt.Println(id, hash, 0x7fffffff, 3.14159265358979)\n}\n// build {{stamp}} {{uuid}}\n"),
	plain("h-n-log", "2026-11-05T10:11:12.123Z INFO [req-{{digits|00000000}}] user=system ip={{ip}} took=1234ms bytes=1048576000\n2026-11-05T10:11:13.456Z WARN trace={{uuid}} retry=3 next=1762337473\n"),
	plain("h-n-news", "政府は5日、マイナンバーカードの普及率が80%を超えたと発表した。総務省によると、交付枚数は1億200万枚に達した。東京都や大阪府では窓口の混雑が続いている。逮捕や起訴といった報道は慎重に扱うべきだとの意見もある。\n"),
	plain("h-n-catalog", "型番,JAN,在庫\nAB1234567,{{jan}},120\nCD7654321,{{jan}},80\nEF1112223,{{jan}},15\n"),
	plain("h-n-mailmag", "━━━━━━━━━━━\nあけぼの通信 第{{digits|000}}号\n━━━━━━━━━━━\n秋の新商品のお知らせです。詳しくは https://www.example.com/news/{{digits|00000000}} をご覧ください。\n配信停止は info@example.com まで。お問い合わせは {{toll}}（平日9時〜17時）\n"),
	plain("h-n-numbers", "測定値一覧\n{{digits|0000}} {{digits|0000}} {{digits|0000}} {{digits|0000}} {{digits|0000}}\n{{digits|0000}} {{digits|0000}} {{digits|0000}} {{digits|0000}} {{digits|0000}}\n{{digits|0000}} {{digits|0000}} {{digits|0000}} {{digits|0000}} {{digits|0000}}\n"),
	plain("h-n-tracking", "発送のご連絡\n{{tracking}}\n{{tracking}}\n{{tracking}}\n以上3件、本日発送しました。\n"),
	plain("h-n-policy", "パスワードは8文字以上とし、英数字と記号を混在させること。パスワードの変更は90日ごとに行う。password must contain at least 8 characters. うつ病などのメンタルヘルス研修を実施します。\n"),
	plain("h-n-geo", "座標 35.681236, 139.767125 / 34.702485, 135.495951\n部品コード 4901234567894 電圧 100.5 V 電流 12345678901 A\n"),
}

func plain(name, body string) genTemplate {
	return genTemplate{name, "attachment_txt", func(g *gen) { g.expand(body) }}
}

// hardTokens are further tokens of the hard templates.
func hardTokens() map[string]func(g *gen, arg string) {
	return map[string]func(g *gen, arg string){
		"hira": func(g *gen, _ string) {
			g.label("person_name", "kana", hiragana(g.who.familyKana)+" "+hiragana(g.who.givenKana))
		},
		"boxes": func(g *gen, _ string) { g.label("my_number", "", strings.Join(strings.Split(g.myNumber(), ""), " ")) },
		"caretext": func(g *gen, _ string) {
			g.label("special_care", "", g.pick("要精密検査", "再検査", "高血圧の治療中", "要治療"))
		},
		"inward":      func(g *gen, _ string) { g.label("special_care", "", "入院中") },
		"ill":         func(g *gen, _ string) { g.label("special_care", "", "病気療養中") },
		"givenroman":  func(g *gen, _ string) { g.label("person_name", "romaji", title(g.who.givenRoman)) },
		"familyroman": func(g *gen, _ string) { g.label("person_name", "romaji", title(g.who.familyRoman)) },
		"wage":        func(g *gen, _ string) { g.label("salary", "", "1,"+g.num(2)+"0円") },
		"serialno":    func(g *gen, _ string) { g.decoy("serial", fmt.Sprint(g.IntN(1e9))) },
	}
}

func hiragana(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'ァ' && r <= 'ヶ' {
			return r - 0x60
		}
		return r
	}, s)
}
