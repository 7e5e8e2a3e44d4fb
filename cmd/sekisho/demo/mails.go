package demo

import (
	"fmt"
	"time"
)

// Mail is one sample: what it shows, its envelope and its bytes.
type Mail struct {
	// Title says in both languages what the sample shows.
	TitleJA, TitleEN string
	From             string
	To               []string
	Data             []byte
}

// Senders are employees of the invented company example.co.jp.
const (
	hanako = "hanako.sato@example.co.jp"
	taro   = "taro.suzuki@example.co.jp"
	keiko  = "keiko.mori@example.co.jp"
)

// Mails builds the ten samples, dated now.
func Mails(now time.Time) ([]Mail, error) {
	payrollBook, err := payroll()
	if err != nil {
		return nil, err
	}
	locked, err := lockedZip("見積書.csv", []byte("品名,数量,単価\r\n部品A,10,1200\r\n"), "Kaki-2026")
	if err != nil {
		return nil, err
	}
	broken, err := brokenBook()
	if err != nil {
		return nil, err
	}
	drafts := append(contentDrafts(payrollBook, locked, broken), recipientDrafts()...)
	var out []Mail
	for i, d := range drafts {
		data, err := d.build(now, i)
		if err != nil {
			return nil, fmt.Errorf("build sample %d: %w", i+1, err)
		}
		out = append(out, Mail{TitleJA: d.ja, TitleEN: d.en, From: d.from, To: append(append([]string(nil), d.to...), append(d.cc, d.bcc...)...), Data: data})
	}
	return out, nil
}

// contentDrafts are the samples whose content decides.
func contentDrafts(payrollBook, locked, broken []byte) []draft {
	partners := outsiders(53)
	return []draft{
		{
			ja: "普通のメール", en: "an ordinary mail",
			from: hanako, name: "佐藤 花子", to: []string{"tanaka@partner.example"},
			subject: "来週の打ち合わせについて",
			text: "田中様\n\nいつもお世話になっております。佐藤です。\n来週水曜14時からの打ち合わせですが、資料は前回のものをお使いください。\n" +
				"どうぞよろしくお願いいたします。\n\n--\n株式会社エグザンプル 営業部 佐藤 花子\n",
		},
		{
			ja: "会員23,000人のCSV(パスワードなし)を社外53人へ", en: "CSV of 23,000 members, no password, to 53 outsiders",
			from: taro, name: "鈴木 太郎", to: []string{taro}, bcc: partners,
			subject: "会員リスト送付の件",
			text:    "各位\n\n会員リストをお送りします。ご確認ください。\n\n鈴木\n",
			files:   []file{{"会員名簿.csv", "text/csv; charset=Shift_JIS", members(23000)}},
		},
		{
			ja: "暗号化ZIPと、本文にそのパスワード", en: "an encrypted ZIP with its password in the body",
			from: keiko, name: "森 恵子", to: []string{"order@supplier.example"},
			subject: "見積書をお送りします",
			text:    "担当者様\n\n見積書を添付します。\n解凍パスワード: Kaki-2026\n\n森\n",
			files:   []file{{"見積書.zip", "application/zip", locked}},
		},
		{
			ja: "マイナンバー入りのExcel", en: "My Numbers in an .xlsx",
			from: keiko, name: "森 恵子", to: []string{"info@tax-office.example"},
			subject: "年末調整のデータ",
			text:    "先生\n\n年末調整用のデータをお送りします。\n\n総務部 森\n",
			files:   []file{{"年末調整.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", payrollBook}},
		},
		{
			ja: "開けない添付ファイル", en: "an attachment that cannot be read",
			from: hanako, name: "佐藤 花子", to: []string{"tanaka@partner.example"},
			subject: "Fwd: report",
			text:    "Dear Mr Tanaka,\n\nplease find the report attached.\n\nHanako Sato\n",
			files:   []file{{"report.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", broken}},
		},
	}
}

// recipientDrafts are the samples whose recipients, or the site's own rules, decide.
func recipientDrafts() []draft {
	return []draft{
		{
			ja: "互いに知らない53人が見えるCc", en: "53 strangers who see each other in Cc",
			from: taro, name: "鈴木 太郎", to: []string{taro}, cc: outsiders(53),
			subject: "展示会のご案内",
			text:    "お客様各位\n\n12月の展示会にぜひお越しください。\n\n鈴木\n",
		},
		{
			ja: "打ち間違いのドメイン", en: "a mistyped domain",
			from: hanako, name: "佐藤 花子", to: []string{"yoshida.k@gmai.com"},
			subject: "写真をお送りします",
			text:    "吉田さん\n\n先日の集合写真のリンクです。\nhttps://photos.example/abc\n\n佐藤\n",
		},
		{
			ja: "20秒だけ待つメール(デモのルール)", en: "a delayed mail (the demo's own rule: 20 s)",
			from: hanako, name: "佐藤 花子", to: []string{"desk@press.example"},
			subject: "Press release",
			text:    "Dear editors,\n\nour press release will be online tomorrow.\n\nHanako Sato\n",
		},
		{
			ja: "拒否されるメール(デモのルール)", en: "a rejected mail (the demo's own rule)",
			from: taro, name: "鈴木 太郎", to: []string{"friend@rival.example"},
			subject: "【社外秘】来期の計画",
			text:    "来期の計画です。\n",
		},
		{
			ja: "同僚にはすぐ届き、社外は待つメール", en: "colleagues get it at once, outsiders wait",
			from: keiko, name: "森 恵子", to: []string{"accounting@example.co.jp"}, cc: []string{"desk@press.example"},
			subject: "経費精算の件",
			text:    "経理部の皆様、編集部様\n\n取材の経費をまとめました。\n\n森\n",
		},
	}
}

// The other people of example.co.jp.
const (
	Manager = "jiro.yamada@example.co.jp"
	Privacy = "privacy@example.co.jp"
	Admin   = "admin@example.co.jp"
)

// Sender is the employee whose link and log-in the demo prints.
const Sender = taro

// People is the demo's directory.
const People = `address,name,kana,manager,deputy,groups,language
hanako.sato@example.co.jp,佐藤 花子,サトウ ハナコ,jiro.yamada@example.co.jp,,営業部,ja
taro.suzuki@example.co.jp,鈴木 太郎,スズキ タロウ,jiro.yamada@example.co.jp,,営業部,ja
keiko.mori@example.co.jp,森 恵子,モリ ケイコ,jiro.yamada@example.co.jp,,総務部,ja
jiro.yamada@example.co.jp,山田 次郎,ヤマダ ジロウ,,privacy@example.co.jp,営業部,ja
privacy@example.co.jp,個人情報窓口,コジンジョウホウマドグチ,,,privacy-office,ja
admin@example.co.jp,管理者,カンリシャ,,,情報システム部,ja
`

// outsiders are n addresses at n unrelated companies.
func outsiders(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("info@customer-%02d.example", i+1)
	}
	return out
}

// Rules are the demo's own rules beside the default set.
const Rules = `rules:
  - name: demo-press-waits
    title: {ja: 報道機関宛てはしばらく待つ, en: Mail to the press waits a moment}
    reason: {ja: 報道機関宛てのメールは20秒待ってから送られます。, en: Mail to the press leaves after 20 seconds.}
    when: recipients.exists(r, r.domain == "press.example")
    then: delay
    delay: 20s
  - name: demo-secret
    title: {ja: 社外秘は送れない, en: Company secrets cannot be sent}
    reason: {ja: 件名に「社外秘」とあるメールは社外へ送れません。, en: Mail that is marked as a company secret must not leave.}
    when: subject.contains("社外秘") && recipients.exists(r, r.external)
    then: reject
`
