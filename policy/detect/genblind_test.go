package detect

// blindTemplates were written last. Their first figures, before anything was
// mended after them, are the nearest to what strangers' documents will give.
var blindTemplates = []genTemplate{
	plain("b-hotel", "宿泊者名簿（11月10日チェックイン）\n301　{{new}}{{nameS}}　{{gender}}　{{mobile}}　喫煙\n302　{{new}}{{nameS}}　{{gender}}　{{mobile}}　禁煙\n305　{{new}}{{nameS}}　{{gender}}　{{mobile}}　禁煙\n"),
	plain("b-manifest", "配達票\n追跡番号 {{tracking}}\nお届け先\n{{zipaddr}}\n{{new}}{{nameS}} 様\nTEL {{mobile}}\nご依頼主\n株式会社山吹工業\n品名：書籍\n"),
	plain("b-juminhyo", "住　民　票\n氏名　{{new}}{{nameS}}\n生年月日　{{birth}}　性別　{{gender}}\n住所　{{address}}\n個人番号　{{mynumber}}\n住民票コード　{{juki}}\n"),
	plain("b-claim", "保険金請求書\n被保険者　{{new}}{{nameS}}（{{birth}}生）\n傷病の状況　{{care}}により入院\n振込先　ひかり銀行 駅前支店 普通預金 {{account}}\n連絡先　{{mobile}}\n"),
	plain("b-school", "連絡網\n①{{new}}{{nameS}}（保護者）{{mobile}}\n②{{new}}{{nameS}}（保護者）{{mobile}}\n③{{new}}{{nameS}}（保護者）{{mobile}}\n"),
	plain("b-ticket", "#4521 会員登録の変更依頼\n受付日 2026/11/08\nお客様からの申告内容:\n旧住所 {{address}}\n新住所 {{address}}\nお名前 {{new}}{{name}} 様\nご登録メール {{mail}}\n対応者: 篠原\n"),
	plain("b-visa", "招へい理由書\n申請人 国籍：フィリピン　氏名：{{newen}}{{name}}\n生年月日：{{birth}}\n旅券番号：{{passport}}\n"),
	plain("b-staff", "派遣スタッフ評価\n{{new}}{{nameS}}　社員番号 {{employee}}　時給 {{wage}}\n{{new}}{{nameS}}　社員番号 {{employee}}　時給 {{wage}}\n"),
	plain("b-rental", "契約者氏名：{{new}}{{nameS}}\n免許証：{{licence}}\n現住所：{{zipaddr}}\n決済カード：{{card}}（{{expiry}}）\n"),
	plain("b-referral", "Re: Mr {{newen}}{{name}}\nDate of birth: {{birth}}\nNHS number {{nhs}}\n\nThank you for seeing this gentleman, who was {{careen}} last spring.\n"),
	plain("b-onboard", "New starter checklist\nFull name: {{newen}}{{name}}\nNational Insurance number: {{nino}}\nBank details (IBAN): {{iban}}\nPersonal e-mail: {{mail}}\n"),
	plain("b-wifi", "来客用Wi-Fi\nSSID: guest-5G\nパスワード：{{password}}\n"),
	plain("b-cred", "The staging DB is {{dburl}} and the deploy token is {{ghp}}.\nAWS: {{aws}}\n"),
	listing("b-csv-shift", "\t", "スタッフ名¦生年月日¦携帯¦最寄駅", "{{new}}{{name}}¦{{birth}}¦{{mobile}}¦{{pick|新宿/梅田/栄/天神}}", 4, 40),
	listing("b-csv-donors", ",", "寄付者氏名¦郵便番号¦住所¦寄付金額¦領収証番号", "{{new}}{{name}}¦{{zip}}¦{{address}}¦10000¦{{digits|000000}}", 4, 40),
	listing("b-csv-dependents", ",", "従業員番号¦従業員氏名¦マイナンバー¦扶養親族数", "{{employee}}¦{{new}}{{name}}¦{{mynumber}}¦{{digits|0}}", 4, 120),
	listing("b-csv-users", ",", "first_name¦last_name¦email_address¦phone_number", "{{new}}{{givenroman}}¦{{familyroman}}¦{{mail}}¦{{mobile}}", 4, 40),
	listing("b-csv-exam", "\t", "受験番号¦氏名¦フリガナ¦性別¦合否", "{{digits|00000}}¦{{new}}{{name}}¦{{kana}}¦{{gender}}¦{{pick|合格/不合格}}", 4, 40),

	plain("b-n-press", "報道関係者各位\n2026年11月20日\n株式会社山吹工業\n新型センサー「YB-1200」を発売\n当社は、工場向けの新型センサーを12月1日に発売します。価格は1台128,000円（税別）、初年度の販売目標は12,000台です。\n"),
	plain("b-n-spec", "仕様書 Rev.3\n入力電圧 100-240V、周波数 50/60Hz\n型式 {{part}}、ロット {{digits|00000000}}-{{digits|0000}}\n寸法 1234×5678×9012 mm、質量 12.5 kg\nシリアル {{serial}}\n"),
	plain("b-n-invoice", "お支払明細\nお支払番号 {{order16}}\n{{stamp}} 処理完了\n合計 {{amount}}\nインボイス登録番号 T{{corp}}\n"),
	plain("b-n-cron", "10.0.12.34 - - [05/Nov/2026:10:11:12 +0900] \"GET /api/v1/items/{{digits|000000000000}} HTTP/1.1\" 200 {{digits|00000}} \"-\" \"curl/8.5.0\"\n10.0.12.35 - - [05/Nov/2026:10:11:13 +0900] \"POST /login HTTP/1.1\" 302 0 \"-\" \"Mozilla/5.0\"\n"),
	plain("b-n-stat", "市区町村別人口（2026年10月1日現在）\n横浜市 3,771,766\n大阪市 2,757,642\n名古屋市 2,326,844\n札幌市 1,967,424\n"),
	plain("b-n-memo", "来週の予定\n月曜 10時 棚卸し\n火曜 13時 安全教育（がん検診の受診勧奨を含む）\n水曜 9時 パスワード変更日\n木曜 内線 4512 の交換\n"),
	english("b-n-english", "Please review pull request 4521 before Friday. The nightly job {{uuid}} failed at {{stamp}}; see https://ci.example.com/job/{{digits|00000000}} for the log. Invoice {{order}} is attached."),
}
