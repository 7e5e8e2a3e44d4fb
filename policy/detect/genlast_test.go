package detect

// lastTemplates were written after the mending that freshTemplates led to; their
// first figures stand in docs/accuracy.md, those of today are no longer blind.
var lastTemplates = []genTemplate{
	plain("l-care1", "当直報告：22時頃、{{new}}{{nameS}}さんが{{mark|special_care:喘息の発作/低血糖の発作/けいれん}}を起こし、救急車を呼びました。\n"),
	plain("l-care2", "{{new}}{{name}}様（{{birth}}生）の主治医より、{{mark|special_care:大動脈解離/関節リウマチ/重症筋無力症}}のため三か月の安静が必要との連絡。\n"),
	plain("l-care3", "採用候補の{{new}}{{name}}氏は{{mark|special_care:傷害罪で罰金刑/収監された経歴/横領で逮捕}}があると別の担当から聞きました。\n"),
	plain("l-care4", "人事面談メモ　{{new}}{{nameS}}　{{mark|special_care:下肢に麻痺/身体障害3級/内部障害}}あり、通勤は車を希望。\n"),
	plain("l-care5", "Our driver {{newen}}{{name}} had {{mark|special_care:a kidney transplant/a nervous breakdown/her leg amputated}} in May and returns next week on light duties.\n"),
	plain("l-pass1", "明細はロックしてあります。鍵は {{password}} です（次回も同じパスワード）。\n"),
	plain("l-pass2", "仮のパスワードを発行しました\n　ID：tanabe\n　PASS：{{password}}\n"),
	plain("l-pass3", "You can log in as demo; your temporary password has been reset to {{password}}. Change it today.\n"),
	plain("l-card", "支払いはこちらで：{{card}} / {{expiry}} / {{cvv}}\n"),
	plain("l-names1", "第三回の発掘では、{{new}}{{nameS}}が南の区画を、{{new}}{{name}}が北の区画を受け持ち、土器の破片を集めた。\n"),
	plain("l-names2", "受付で{{new}}{{name}}と名乗る方から荷物を預かりました。{{new}}{{name}}も後で取りに来るそうです。\n"),
	plain("l-form", "ご入会ありがとうございます。\nお客様のお名前：{{new}}{{nameS}}\nご連絡先のお電話：{{mobile}}\nお生まれ：{{birth}}\nお住まい：{{address}}\n"),
	listing("l-csv", ";", "Kunde¦Geburtsdatum¦Telefon", "{{newen}}{{name}}¦{{birth}}¦{{mobile}}", 4, 30),
	plain("l-n1", "喘息やアレルギーの季節です。社内報では、専門家に聞いた対策を紹介します。\n"),
	plain("l-n2", "次の開発では、暗号鍵の長さを256ビットとし、パスワードの再設定はSMSで行う方式とします。版は v2.13.4 です。\n"),
	plain("l-n3", "大阪支社の移転に伴い、福岡と名古屋の倉庫を統合する。総務部が中心となり、来春までに完了する。\n"),
	plain("l-n4", "請求番号 {{order16}}、追跡番号 {{tracking}}、型番 {{part}} の件、ご確認ください。\n"),
}
