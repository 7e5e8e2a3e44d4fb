package detect

// note is a short mail between colleagues with a signature of one of several shapes.
func note(name, body string) genTemplate {
	return genTemplate{name, "mail", func(g *gen) {
		g.expand("件名：" + g.pick("ご共有", "RE: 先日の件", "Fwd: 確認依頼", "【社外秘】報告") + "\n\n" + g.pick("{{firm}} {{bizname}} 様\n\nお世話になっております。{{firm}} {{bizfam}}です。\n", "{{bizfam}}課長\n\nお疲れ様です、{{dept}}の{{bizfam}}です。\n", "関係者各位\n\n"))
		g.expand(body)
		g.expand(g.pick("\n\n以上\n\n=-=-=-=-=-=-=-=-=-=\n{{bizname}} / {{dept}}\n{{firm}}\n{{bizaddr}}\nT {{biztel}}　M {{bizmail}}\n", "\n\n{{bizfam}}\n", "\n\n+++++++++++++++++\n{{firm}}\n{{dept}} マネージャー\n{{bizname}}\nTEL(代表)：{{biztel}}\nE-Mail：{{bizmail}}\n+++++++++++++++++\n"))
	}}
}

// strangeProse tells of people in running text.
var strangeProse = []genTemplate{
	note("s-names-visit", "昨日の説明会には{{new}}{{name}}さんが見えました。{{new}}{{name}}さんは欠席でした。"),
	note("s-names-minutes", "議事録\n日時：11月18日 14:00～\n出席：{{new}}{{nameS}}、{{new}}{{nameS}}、{{new}}{{nameS}}（書記）\n議題1 町内清掃の分担について。{{new}}{{name}}さんから雨天時の扱いについて質問があった。"),
	plain("s-names-plain1", "春の遠足では、{{new}}{{name}}が先頭を歩き、{{new}}{{name}}が最後尾で皆を見守った。昼食のあと、{{new}}{{name}}の提案で川べりまで足を延ばした。\n"),
	plain("s-names-plain2", "聞き取りの記録。{{new}}{{name}}は当日の朝、自転車で駅へ向かったと述べた。途中で{{new}}{{name}}に会い、二人で店に寄ったという。\n"),
	plain("s-names-plain3", "この詩集は{{new}}{{name}}の遺稿をまとめたもので、装丁は友人の{{new}}{{name}}が手がけている。\n"),
	plain("s-names-plain4", "決勝では{{new}}{{name}}が自己記録を更新し、{{new}}{{name}}と{{new}}{{name}}がそれに続いた。\n"),
	note("s-names-absent", "{{new}}{{family}}さんは本日お休みです。代わりに{{new}}{{name}}さんへお渡しください。"),
	note("s-names-introduce", "新しく担当になった家庭は{{new}}{{name}}さん宅です。奥様の{{given}}さんにお話を伺いました。"),
	note("s-address-prose", "お引越し先は{{zipaddr}}だそうです。固定電話は {{fixed}}、携帯は{{mobile}}と伺いました（{{new}}{{name}}様）。"),
	note("s-address-broken", "お客様情報\n{{new}}{{nameS}} 様\n{{address}}\nご自宅 {{fixed}}\n個人メール：{{mail}}"),
	note("s-phone-prose", "{{new}}{{name}}さんのお母様から電話がありました。折り返しは{{mobile}}へ、夜なら自宅の{{fixed}}でもよいとのことです。"),
	note("s-birth-prose", "{{new}}{{name}}さん（{{birth}}生まれ）の入会を承認しました。ご本人のアドレスは{{mail}}です。"),
	note("s-birth-form", "申込書の記載\n（氏名）{{new}}{{nameS}}\n（生まれた日）{{birth}}\n（男女の別）{{sexwords}}\n（連絡のつく番号）{{mobile}}"),
	note("s-gender-form", "◆ご利用者さま情報◆\n【お名前】{{new}}{{nameS}}（{{kana}}）\n【ご性別】{{gender}}\n【お誕生日】{{birth}}\n【メールアドレス】{{mail}}"),
	note("s-my-broken", "{{new}}{{name}}さんの番号です。\n個人番号（マイナンバー）：{{mynumbertwo}}\n取り扱いに注意してください。"),
	note("s-my-passing", "年末調整で使いますので {{mynumber}} を {{new}}{{name}} さんのマイナンバー欄に入れておいてください。"),
	note("s-my-family", "配偶者 {{new}}{{nameS}}　番号法の番号 {{mynumber}}\n長男 {{new}}{{nameS}}　同 {{mynumber}}\n"),
	note("s-licence", "レンタル契約に必要ですのでお送りします。{{new}}{{name}}、運転免許 第{{licence}}号、有効期限は来年です。"),
	note("s-passport", "ビザ申請用に、{{new}}{{revroman}}（旅券 {{passport}}、{{birth}}生）の航空券を手配願います。"),
	note("s-residence", "特定技能の {{newen}}{{name}} さん、カードの番号は {{residence}}（在留期限 2027年3月）です。"),
	note("s-pension", "{{new}}{{name}}さんの年金番号（基礎年金番号）がわかりました：{{pension}}"),
	note("s-juki", "転入者 {{new}}{{nameS}}　住民票コード　{{juki}}"),
	note("s-insured", "保険証の写しから転記します。保険者番号：{{insurer}}、{{insured}}、氏名 {{new}}{{nameS}}"),
	note("s-bank", "返金先：つばめ信用金庫 本町支店（店番031）普通預金 口座 {{account}} {{new}}{{halfkana}}"),
	note("s-card-prose", "{{new}}{{name}}様のお支払い用カードは{{card}}、期限は{{expiry}}まで、裏の三桁は{{cvv}}だそうです。"),
	note("s-card-form", "▼決済情報\nカードNo. {{card}}\n有効期限(月/年) {{expiry}}\nCVC {{cvv}}\n名義 {{new}}{{roman}}"),
	note("s-pin", "{{new}}{{name}}様のキャッシュカードの暗証は{{pin}}でした。変更をお勧めしました。"),
	genTemplate{"s-netbank", "mail", func(g *gen) {
		g.expand("件名：ログイン情報\n\nネットバンキングの契約者番号は 70{{digits|00000000}}、ログインパスワードは {{netpass}} です。\n")
	}},
	note("s-pay", "{{new}}{{name}}の来期の処遇案：基本給{{pay}}、賞与は据え置き。{{new}}{{name}}は基本給{{pay}}。"),
	note("s-review", "考課の結果です。\n社員番号 {{employee}}　{{new}}{{nameS}}　総合評価B+　月給 {{pay}}\n社員番号 {{employee}}　{{new}}{{nameS}}　総合評価A　月給 {{pay}}"),
	note("s-pw1", "さきほどの資料ですが、開くときは {{passphrase}} と入力してください。"),
	note("s-pw2", "圧縮ファイルの展開に必要な文字列は次の行です。\n{{passphrase}}\n"),
	note("s-pw3", "勤怠システムのアカウントを作りました。ID は {{userid}}、初期パスは「{{passphrase}}」です。初回に変えてください。"),
	note("s-pw4", "Zoomのパスコードは{{digits|000000}}ではなく、サーバのrootパスワードが {{passphrase}} です。"),
	note("s-pw5", "共有アカウント\nユーザー名　{{userid}}\nパスワード　{{passphrase}}\n変更しないでください。"),
	note("s-pw6", "管理画面に入れないとのことでしたので、PWを{{passphrase}}にリセットしておきました。"),
	note("s-pw7", "暗証コード（PDF を開くためのもの）→ {{passphrase}}"),
	note("s-pw8", "ログイン: {{userid}} / {{passphrase}} （VPN）"),
	note("s-care1", "{{new}}{{name}}さんは{{mark|special_care:パニック発作があり/メニエール病で/過敏性腸症候群で/甲状腺の病気で/ギラン・バレー症候群で}}、来週から時短勤務になります。"),
	note("s-care2", "担任からの連絡です。{{new}}{{name}}くんは{{mark|special_care:食物アレルギー（卵・乳）/熱性けいれんの既往/小児ぜんそく/学習障害の疑い/先天性の心疾患}}があるため、給食と運動に注意してください。"),
	note("s-care3", "産業医面談の結果、{{new}}{{name}}（{{employee}}）は{{mark|special_care:抑うつ状態と判断され/重度の睡眠時無呼吸と診断され/肝機能の数値が悪く治療を始め/高血圧で投薬を受け}}、残業禁止とします。"),
	note("s-care4", "{{new}}{{name}}様のご主人は先月{{mark|special_care:脳出血で倒れ/大腸の腫瘍を切除し/白血病で亡くなり/骨髄移植を受け}}、現在も手続きが滞っています。"),
	note("s-care5", "身元調査の報告です。{{new}}{{name}}氏には{{mark|special_care:覚せい剤取締法違反で有罪判決/詐欺で逮捕された過去/傷害事件で服役した経歴/過去に窃盗で書類送検}}がありました。"),
	note("s-care6", "相談窓口への申告者は{{new}}{{name}}さんで、{{mark|special_care:元夫から暴力を受けて避難中/上司から性的な被害を受けた/ストーカーの被害に遭っている}}とのことです。住所は伏せてください。"),
	note("s-care7", "{{new}}{{name}}さんは{{mark|special_care:エホバの証人の信者/イスラム教徒/熱心なカトリック/共産党の党員}}で、社の行事への参加に配慮が必要です。"),
	note("s-care8", "要介護認定の件、{{new}}{{name}}様は{{mark|special_care:要介護3/要支援2/身障手帳1級/精神2級の手帳}}をお持ちで、週三回の訪問を希望されています。"),
	plain("s-care9", "紹介状\n患者　{{new}}{{nameS}} 殿　{{birth}}生\n傷病名　{{mark|special_care:右変形性膝関節症/慢性腎臓病 G4/2型糖尿病、高脂血症/急性虫垂炎/帯状疱疹}}\n経過　近医にて加療中のところ、症状増悪のためご高診をお願いいたします。\n"),
	plain("s-care10", "健診結果のご報告　{{new}}{{nameS}} 様\n判定：{{mark|special_care:Ｄ（要精検）/C2 要再検/要治療継続/E 治療中}}\n所見：{{mark|special_care:胸部異常陰影/便潜血陽性/尿蛋白（2+）/心房細動}}\n"),
	note("s-care11", "{{new}}{{name}}さんのお子さんは{{mark|special_care:自閉スペクトラム症/ダウン症/聴覚に障がい/注意欠如・多動症}}とのことで、加配の保育士を希望されています。"),
	note("s-care12", "{{new}}{{family}}さん、{{mark|special_care:乳房の手術/椎間板ヘルニアの手術/帝王切開/人工股関節の手術}}のため20日から2週間お休みします。"),
	note("s-quote", "確認しました。\n\n2026年11月19日(木) 9:12 {{bizname}} <{{bizmail}}>:\n> 応募フォームの内容です\n> お名前 {{new}}{{nameS}}\n> お住まい {{address}}\n> 携帯番号 {{mobile}}\n> Eメール {{mail}}\n"),
	note("s-support", "[{{ticketno}}] 対応履歴\n11/17 10:02 {{new}}{{name}}様より入電。ご登録電話番号 {{mobile}}、ご登録住所 {{address}}。本人確認済み（生年月日 {{birth}}）。\n11/17 10:15 折り返し不要。"),
	plain("s-contract", "金銭消費貸借契約書\n貸主　{{new}}{{nameS}}（以下「甲」という。）と借主　{{new}}{{nameS}}（以下「乙」という。）は、次のとおり契約を締結する。\n第1条　甲は乙に対し、金1,000,000円を貸し付ける。\n\n甲　住所　{{address}}\n乙　住所　{{address}}\n"),
	plain("s-will", "緊急連絡カード\n本人　{{new}}{{spaced}}　{{birth}}生\n続柄：長女　{{new}}{{nameS}}　電話 {{mobile}}\nかかりつけ医：あおぞら医院\n"),
	plain("s-resume", "職務経歴書\n2026年11月1日現在\n氏名：{{new}}{{nameS}}\nふりがな：{{hira}}\n〒{{zip}}\n現住所：{{address}}\nTEL：{{mobile}}\nE-mail：{{mail}}\n■職務要約\n小売業にて店舗運営を8年経験。\n"),
	plain("s-envelope", "〒{{zip}}\n{{address}}\n{{new}}{{nameS}} 様\n\n（差出人）株式会社青藍出版\n"),
	plain("s-rollcall", "点呼表 A班\n・{{new}}{{nameS}}（{{mark|gender:男}}・{{digits|00}}歳）\n・{{new}}{{nameS}}（{{mark|gender:女}}・{{digits|00}}歳）\n・{{new}}{{nameS}}（{{mark|gender:男}}・{{digits|00}}歳）\n連絡係：{{new}}{{nameS}} {{mobile}}\n"),
}
