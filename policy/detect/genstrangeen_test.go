package detect

// memo is an English mail.
func memo(name, body string) genTemplate {
	return genTemplate{name, "mail", func(g *gen) {
		g.expand("Subject: " + g.pick("quick question", "FW: paperwork", "Notes from today", "Action needed") + "\n\n" + g.pick("Morning all,\n\n", "Hi there,\n\n", "Colleagues,\n\n", "") + body +
			g.pick("\n\nCheers,\nRosalind\n", "\n\nRegards\nBertram Oakes | Operations\nHalden Freight Ltd | +44 113 496 0{{digits|000}} | b.oakes@halden-freight.example\n", "\n\nSent from my phone\n"))
	}}
}

var strangeEnglishTemplates = []genTemplate{
	memo("s-en-ssn", "{{newen}}{{name}}'s social is {{ssn}}, born {{birthen}}. Please add her to payroll by Friday."),
	memo("s-en-ssn2", "Applicant: {{newen}}{{comma}}\nD.O.B.: {{birthen}}\nSoc. Sec. No.: {{ssn}}\nSex: {{sexen}}"),
	memo("s-en-nhs", "Could you book {{newen}}{{name}} (NHS no. {{nhs}}, DOB {{birthen}}) into clinic on Tuesday?"),
	memo("s-en-nino", "For the new starter {{newen}}{{name}} the NINO is {{nino}} and the tax code 1257L."),
	memo("s-en-iban", "Expenses for {{newen}}{{name}} should go to {{iban}} from now on."),
	memo("s-en-card", "{{newen}}{{name}} read me the card over the phone: {{card}}, valid thru {{expiry}}, the three digits on the back are {{cvv}}."),
	memo("s-en-card2", "Cardholder {{newen}}{{name}}\nPAN {{card}}\nExp. {{expiry}}\nCVC2 {{cvv}}"),
	memo("s-en-care1", "Just so you know, {{newen}}{{name}} has been {{mark|special_care:diagnosed with multiple sclerosis/treated for testicular cancer/admitted with a perforated ulcer/receiving dialysis twice a week}} and will be working from home."),
	memo("s-en-care2", "{{newen}}{{name}} is on long-term sick leave because of {{mark|special_care:severe depression/a slipped disc/post-traumatic stress disorder/Crohn's disease}}."),
	memo("s-en-care3", "Background check for {{newen}}{{name}}: {{mark|special_care:convicted of fraud in 2014/spent two years in prison/arrested for drink driving/on the sex offenders register}}."),
	memo("s-en-care4", "Mrs {{newen}}{{name}} told me she is {{mark|special_care:five months pregnant/recovering from a miscarriage/HIV-positive/undergoing IVF}} and asked us to keep it quiet."),
	memo("s-en-care5", "Discharge summary\nPatient: {{newen}}{{name}}\nDiagnosis: {{mark|special_care:acute pancreatitis/deep vein thrombosis/atrial fibrillation/community-acquired pneumonia}}\nPlan: review in six weeks"),
	memo("s-en-pass1", "The password for the attached zip is {{passphrase}} - please don't forward it."),
	memo("s-en-pass2", "You can get into the portal with user {{userid}} and password {{passphrase}}."),
	memo("s-en-pass3", "I've reset your login. Temporary pw: {{passphrase}}"),
	memo("s-en-pass4", "To open the PDF, type {{passphrase}} when it asks for the passphrase."),
	memo("s-en-contact", "{{newen}}{{name}} has moved. Her personal email is {{mail}}, and she can be reached on {{mobile}} in Japan."),
	memo("s-en-jp", "Our guest {{new}}{{revroman}} (passport {{passport}}) arrives on the 3rd; mobile {{mobile}}, home address {{address}}."),
	memo("s-en-hr", "Offer letter\nName: {{newen}}{{name}}\nEmployee no.: {{employee}}\nAnnual salary: {{mark|salary:$92,500/£41,000/€63,200/USD 118,000}}\nDate of birth: {{birthen}}"),
	memo("s-en-token", "Deploy failed. I used {{ghp}} for the clone and {{aws}} for the bucket; the database is {{dburl}}."),
	memo("s-en-names", "Thanks to {{newen}}{{name}} and {{newen}}{{name}} for organising the raffle; Ms {{newen}}{{name}} will collect the prizes."),
}

// strangeTables are files of rows with headers of other words and order.
var strangeTables = []genTemplate{
	listing("s-t-members", ",", "No.¦会員氏名¦男女¦生年月日(西暦)¦自宅住所¦携帯番号¦Eメール", "{{digits|000}}¦{{new}}{{name}}¦{{gender}}¦{{birth}}¦{{address}}¦{{mobile}}¦{{mail}}", 4, 60),
	listing("s-t-students", "\t", "学籍番号¦生徒名¦ふりがな¦性¦生れ¦保護者電話", "{{digits|000000}}¦{{new}}{{name}}¦{{hira}}¦{{gender}}¦{{birth}}¦{{mobile}}", 4, 40),
	listing("s-t-wages", ",", "従業員No¦従業員氏名¦所属¦基本給¦支給総額", "{{employee}}¦{{new}}{{name}}¦{{dept}}¦{{paythou}}¦{{paythou}}", 4, 40),
	listing("s-t-mynumber", ";", "職員CD¦姓名¦個人番号(12桁)", "{{employee}}¦{{new}}{{name}}¦{{mynumber}}", 4, 150),
	listing("s-t-patients", "\t", "患者ID¦患者氏名¦性別¦年齢¦傷病名", "{{digits|00000000}}¦{{new}}{{nameS}}¦{{gender}}¦{{digits|00}}¦{{mark|special_care:高血圧症/気管支喘息/慢性胃炎/脂質異常症/変形性腰椎症/不眠症}}", 4, 40),
	listing("s-t-big", ",", "顧客CD¦契約者名¦契約者カナ¦郵便¦契約者住所¦電話1", "{{digits|00000000}}¦{{new}}{{name}}¦{{kana}}¦{{zip}}¦{{address}}¦{{fixed}}", 900, 1150),
	listing("s-t-donation", ",", "寄付日¦御芳名¦御住所¦金額", "2026/11/{{digits|1}}{{digits|0}}¦{{new}}{{name}}¦{{address}}¦{{digits|0}}0000", 4, 40),
	listing("s-t-noheader", "\t", "", "{{digits|0000}}¦{{new}}{{name}}¦{{halfkana}}¦{{mobile}}¦{{birth}}", 6, 40),
	listing("s-t-english", ",", "Staff ID¦Surname¦Forename¦Gender¦D.O.B.¦Personal email", "{{employee}}¦{{newen}}{{surname}}¦{{mark|person_name:Anna/Peter/Louise/Martin/Clare/Hugo}}¦{{sexen}}¦\"{{birthen}}\"¦{{mail}}", 4, 60),
	listing("s-t-ssn", ",", "Employee Name¦Social Security #¦Birthdate", "\"{{newen}}{{comma}}\"¦{{ssn}}¦\"{{birthen}}\"", 4, 40),
	listing("s-t-cards", ",", "お客様名¦クレジットカード¦有効期限", "{{new}}{{name}}¦{{card}}¦{{expiry}}", 4, 40),
	listing("s-t-split", "\t", "氏¦名¦セイ¦メイ¦メールアドレス（個人）", "{{new}}{{family}}¦{{given}}¦{{mark|person_name:ミズタニ/ハマダ/カタヤマ/ヒグチ}}¦{{mark|person_name:アキラ/リョウ/サトシ/ユミ}}¦{{mail}}", 4, 40),
	listing("s-t-bank", ",", "支払先¦金融機関¦支店名¦預金種目¦口座番号¦受取人カナ", "{{new}}{{nameS}}¦つばめ信用金庫¦本町¦普通¦{{account}}¦{{halfkana}}", 4, 40),
	listing("s-t-shifts", "\t", "氏名¦月¦火¦水¦木¦金", "{{new}}{{name}}¦早¦遅¦休¦早¦夜", 4, 40),
}

// strangeClean hold nothing private.
var strangeClean = []genTemplate{
	note("s-n-parts", "部品表です。\n{{sku}} 座金 M6　12個\n{{sku}} 六角ボルト　24個\n{{sku}} パッキン　4個\nロット {{lot}}"),
	note("s-n-invoice", "11月分のご請求は{{yen}}です。請求書番号 {{order16}}、契約番号 {{contract}}、登録番号 T{{corp}}。お振込みは月末までにお願いします。"),
	note("s-n-shipping", "出荷完了のお知らせ\n送り状No {{tracking}}（2個口）\n品番 {{sku}}\nJAN {{ean}}\nお問い合わせ {{dial}}"),
	note("s-n-meeting", "次回の定例はオンラインです。\nミーティング番号 {{meeting}}\nパスコード 会議室にて配布\n議題：来期の予算、在庫の棚卸し、消防訓練"),
	note("s-n-health", "インフルエンザの予防接種を行います。糖尿病や心臓病など持病のある方は事前に産業医へご相談ください。費用は会社が負担します。"),
	note("s-n-mental", "メンタルヘルス研修を開催します。うつ病や適応障害について理解を深め、職場での声かけを学びます。申込みは人事部まで。"),
	note("s-n-law", "改正障害者雇用促進法の説明会を開きます。身体障害・知的障害・精神障害の区分と法定雇用率について講師が解説します。"),
	note("s-n-outage", "基幹システムの障害は13時に復旧しました。原因はディスクの故障で、手術のような大掛かりな部品交換は不要でした。ログ {{uuid}}"),
	note("s-n-password", "パスワードの変更時期が近づいています。12文字以上で英数字と記号を混ぜ、使い回しは避けてください。変更後は再ログインが必要です。"),
	note("s-n-password2", "初期パスワードは別便の書面でお知らせします。紛失した場合は窓口までご連絡ください。"),
	note("s-n-mynumber", "マイナンバーの提出期限は12月10日です。番号確認書類と身元確認書類をご用意ください。受付番号 {{lot}}"),
	note("s-n-card", "法人カードの限度額を変更しました。カード番号の下4桁が 1234 のものが対象です。有効期限前に新しいカードが届きます。"),
	plain("s-n-press", "ニュースリリース\n2026年11月25日\n株式会社青藍出版\n文庫新レーベル「青藍ライブラリー」を創刊\n創刊ラインアップは12点、本体価格は各780円。初版は各15,000部を予定しています。\n本件に関するお問い合わせ：広報室 {{dial}}\n"),
	plain("s-n-history", "江戸時代の街道には関所が置かれ、人と荷物の出入りが改められた。箱根と新居の関所は特に厳しく、鉄砲の持ち込みと女性の通行が調べられたという。山田の渡しから東の峠までは一里である。\n"),
	plain("s-n-travel", "長崎から平戸へ、さらに福江島へと船で渡る。川口の港では朝市が立ち、森の奥には古い教会が残る。西の浜から見る夕日は、千葉や宮崎の海とも違う趣がある。\n"),
	plain("s-n-price", "価格表（税込）\n型番\t品名\t単価\n{{sku}}\t電動ドリル\t12,800\n{{sku}}\tインパクトドライバー\t18,500\n{{sku}}\t丸のこ\t15,200\n"),
	plain("s-n-schedule", "11月の予定\n4日(水) 10:00-11:30 第二会議室 営業会議\n11日(水) 13:00 工場見学\n18日(水) 9:30 防災訓練\n25日(水) 15:00 納会準備\n内線 4102\n"),
	plain("s-n-go", "package main\n\nimport \"fmt\"\n\nconst buildID = \"{{sha}}\"\n\nfunc main() {\n\tname, password := \"demo\", os.Getenv(\"DB_PASSWORD\")\n\tfmt.Println(name, len(password), {{epoch}})\n}\n"),
	plain("s-n-sql", "SELECT o.id, o.total FROM orders o\nWHERE o.created_at > '2026-11-01 00:00:00' AND o.status IN (1, 2, 3)\nORDER BY o.id DESC LIMIT 500;\n-- 12,345 rows in 0.87 s\n"),
	plain("s-n-log", "2026-11-20T08:15:02.123456Z INFO worker[4821] job={{uuid}} took=1532ms\n2026-11-20T08:15:03.000412Z WARN worker[4821] retry=2 host=10.1.20.33 port=5432\n2026-11-20T08:15:04.771200Z ERROR worker[4822] digest={{sha}}\n"),
	plain("s-n-yaml", "services:\n  api:\n    image: registry.example.com/api:3.14.2\n    environment:\n      DB_USER: ${DB_USER}\n      DB_PASSWORD: ${DB_PASSWORD}\n      TOKEN_FILE: /run/secrets/token\n    ports: [\"8443:8443\"]\n"),
	plain("s-n-recipe", "肉じゃが（4人分）\nじゃがいも 400g、にんじん 150g、玉ねぎ 200g、牛肉 250g\n1. 野菜を切る。2. 鍋で炒める。3. だし 300ml を加えて20分煮る。\nエネルギー 412kcal、たんぱく質 18.2g\n"),
	plain("s-n-stats", "都道府県別の出荷額（百万円）\n岩手県\t12,480\n新潟県\t33,917\n長野県\t40,128\n香川県\t8,775\n鹿児島県\t15,602\n"),
	plain("s-n-timetable", "バス時刻表（平日）\n大通 7:05 7:25 7:45 8:10\n本町 7:12 7:32 7:52 8:17\n桜木町 7:20 7:40 8:00 8:25\n原町 7:31 7:51 8:11 8:36\n"),
	plain("s-n-research", "要旨　本研究では、気管支喘息患者120名を対象に吸入薬の効果を比較した。投与群では発作回数が有意に減少した（p<0.01）。副作用として動悸が3例に認められた。\n"),
	plain("s-n-recruit", "求人票\n職種：看護師（常勤）\n給与：月給 280,000円～350,000円、賞与年2回\n勤務地：盛岡市大通3丁目\n待遇：社会保険完備、育児休業の取得実績あり\n応募方法：履歴書を郵送\n"),
	plain("s-n-forms", "入会申込書（記入例なし）\n氏名　　　　　　　　　　　印\n生年月日　　　　年　　月　　日\n性別　男・女\n住所　〒　　　－\n電話　　　　（　　　）\n"),
	memo("s-n-en-build", "Build 4.18.220 is out. Commit {{sha}}, artefact {{uuid}}, tracker {{ticketno}}. Tests took 1,532 s."),
	memo("s-n-en-ship", "The pallet left at noon: airway bill {{lot}}, part {{sku}}, PO {{contract}}, total {{yen}}."),
	memo("s-n-en-policy", "Reminder: passwords must be changed every 180 days and must not contain your name. Use the portal, never e-mail, to reset yours."),
	memo("s-n-en-charity", "We are raising money for cancer research and the diabetes society this month. The bake sale starts on Monday at 10 in the canteen."),
	memo("s-n-en-lawnews", "The court held that a convicted person may apply for review within 21 days. The new guidance covers sentencing for fraud, and takes effect on 1 March 2027."),
	memo("s-n-en-meeting", "Dial in with meeting ID {{meeting}}. Agenda: budget, migration to London and Paris, Jordan River project, Victoria line closure."),
	listing("s-n-t-stock", ",", "SKU¦商品名¦入庫日¦在庫¦ロット番号", "{{sku}}¦{{pick|軍手/養生テープ/脚立/投光器}}¦2026-10-{{digits|1}}{{digits|0}}¦{{digits|000}}¦{{lot}}", 4, 60),
	listing("s-n-t-ledger", "\t", "伝票No¦日付¦勘定科目¦借方¦貸方", "{{order16}}¦2026/11/{{digits|1}}{{digits|0}}¦{{pick|旅費交通費/消耗品費/通信費/会議費}}¦{{digits|00000}}¦0", 4, 60),
	listing("s-n-t-sensors", ",", "ts¦device¦temp¦rssi", "{{epoch}}¦{{sku}}¦2{{digits|0}}.{{digits|0}}¦-{{digits|00}}", 10, 80),
	listing("s-n-t-shops", "\t", "店舗名¦店舗コード¦営業時間¦代表電話", "{{pick|高松店/大宮店/盛岡店/川崎店/岡山店}}¦{{digits|0000}}¦10:00-20:00¦{{dial}}", 4, 30),
}

// strangeTemplates are all of them, in two halves: one for learning from, one
// that is only measured.
func strangeTemplates(measured bool) []genTemplate {
	var out []genTemplate
	for _, list := range [][]genTemplate{strangeProse, strangeEnglishTemplates, strangeTables, strangeClean} {
		for i, t := range list {
			if (i%2 == 1) == measured {
				out = append(out, t)
			}
		}
	}
	return out
}
