package detect

// freshTemplates are a second blind set: letters, reports and prose with names
// in running sentences, illness told in other words, passwords and cards told in
// passing. Their first figures stand in docs/accuracy.md.
var freshTemplates = []genTemplate{
	plain("f-leave", "総務の皆さま\n\n営業二課の{{new}}{{name}}ですが、先週{{mark|special_care:膵炎/子宮筋腫/髄膜炎/腎不全}}がわかり、来月から自宅で静養します。\n引き継ぎをお願いします。\n"),
	plain("f-checkup", "健診事後指導の記録\n対象　{{new}}{{nameS}}\n判定　{{mark|special_care:要受診/D判定（要医療）/肝機能異常/糖代謝異常}}\n保健師より本人に説明済み。\n"),
	plain("f-court", "{{new}}{{name}}氏については、一昨年に{{mark|special_care:窃盗罪で有罪判決/覚醒剤取締法違反で検挙/詐欺罪で実刑判決}}との情報があり、採用は見送ります。\n"),
	plain("f-disab", "{{new}}{{nameS}}さんは{{mark|special_care:聴覚に障害がある/身体障害者手帳2級/視覚障害1級}}ため、面接は筆談で行います。\n"),
	plain("f-victim", "保護者より電話あり。{{new}}{{name}}くんが登校中に{{mark|special_care:暴行の被害/恐喝の被害/傷害事件の被害}}を受けたとのこと。警察に相談済み。\n"),
	plain("f-faith", "弔事の手配：{{new}}{{name}}様のご家族は{{mark|special_care:カトリックの信者/浄土真宗の門徒/エホバの証人}}とのことで、式の形式に配慮ください。\n"),
	plain("f-care-en", "{{newen}}{{name}} called in this morning. She has been {{mark|special_care:diagnosed with lupus/receiving radiotherapy/treated for anorexia}} and will be away until March.\n"),
	plain("f-care-en2", "Occupational health note: {{newen}}{{name}} was {{mark|special_care:found to have Crohn's disease/convicted of fraud/hospitalised with schizophrenia}} in 2023.\n"),
	plain("f-pass-ja", "お疲れさまです。\n先ほどの添付を開くときは {{password}} と入力してください。パスワードです。\n"),
	plain("f-pass-ja2", "共有フォルダの件、ユーザー名は kyoyu、パスワードのほうは {{password}} になります。\n"),
	plain("f-pass-ja3", "解凍用のパスワードをお知らせします。\n\n{{password}}\n\n以上、よろしくお願いいたします。\n"),
	plain("f-pass-en", "Hi,\nthe archive opens with {{password}} (same password as last time).\nCheers\n"),
	plain("f-pass-en2", "Use the password {{password}} to unlock the spreadsheet and delete this note afterwards.\n"),
	plain("f-card", "出張の立替が間に合わないので、会社のカード {{card}}、期限は {{expiry}}、裏の番号は {{cvv}} で決済してください。\n"),
	plain("f-card2", "Please charge {{card}}. It expires {{expiry}} and the security code on the back is {{cvv}}.\n"),
	plain("f-prose1", "昨日の会合では、最初に{{new}}{{name}}が経過を説明した。続いて{{new}}{{name}}が反対の意見を述べ、議論は夜まで続いた。\n"),
	plain("f-prose2", "町の図書館を建てたのは{{new}}{{name}}である。彼の弟子の{{new}}{{name}}は、後に隣の県で学校を開いた。\n"),
	plain("f-prose3", "投手の{{new}}{{name}}が好投し、{{new}}{{name}}の適時打で逆転した。試合後、{{new}}{{name}}は「調子は良い」と語った。\n"),
	plain("f-prose4", "作業の順番ですが、まず{{new}}{{name}}に確認し、次に{{new}}{{name}}へ回してください。私からも連絡しておきます。\n"),
	plain("f-home", "引っ越しました。新しい住まいは{{address}}です。電話は変わらず{{mobile}}です。{{new}}{{nameS}}\n"),
	plain("f-netbank", "ネットバンキングの件、契約者番号は 40718265、ログインパスワードは {{password}} です。\n"),

	plain("f-n-care", "がんの早期発見に役立つ検査についてのお知らせです。40歳以上の社員は補助を受けられます。糖尿病や高血圧の予防にもご活用ください。\n"),
	plain("f-n-pass", "パスワードは90日ごとに変更してください。8文字以上で、英字・数字・記号を含めることが条件です。忘れたときは情報システム課まで。\n"),
	plain("f-n-prose", "北海道の札幌市では、市内の公園で毎年雪まつりが行われる。会場は大通公園とすすきので、期間中は多くの人が訪れる。\n"),
	plain("f-n-fault", "本番環境で障害が発生しました。復旧の見込みは16時です。影響を受ける利用者は約1,200名、原因はストレージの故障です。\n"),
	plain("f-n-card", "法人カードの利用規程を改定しました。有効期限の3か月前に更新手続きが必要です。セキュリティコードの入力は3回までです。\n"),
	english("f-n-en", "The password policy was updated: use at least twelve characters. Cards expire on 12/27 for contractors; the security desk is on floor 3. Mental health week starts Monday."),
}
