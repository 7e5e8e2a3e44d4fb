package detect

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// cueCases are texts in which one word or mark decides: private are the values that
// must be found as somebody's, as type=value, or with a mark before it must not; with clean set, nothing may be.
var cueCases = []struct {
	name, text string
	private    []string
	clean      bool
}{
	{"desk with its address in brackets", "見積依頼\n1 件名　植栽管理\n2 送付先　株式会社ミナモ園芸　購買課（〒930-0083 富山県富山市総曲輪3-8-6　電話 076-431-6111）\n3 期限　別途", nil, true},
	{"desk of a customer's employer is not the customer", "ご契約者 堀江 真帆様（〒930-0083 富山県富山市総曲輪3-8-6　電話 090-4417-2260）", []string{"postal_code=930-0083", "phone=090-4417-2260"}, false},
	{"successor's number", "株式会社ミナモ園芸の榎本です。\n異動のご挨拶を申し上げます。\n後任の連絡先は m-doi@minamo-engei.example.jp、076-431-6112 です。", nil, true},
	{"lecturer", "お疲れさまです。栗田です。\n特別講演は小林 和也先生（青葉工業大学）にお願いしました。\n参加は40名の見込みです。", nil, true},
	{"tradesman in brackets", "株式会社ハルカ管理の榎本です。\n当日は清掃業者（土井様、080-4417-2269）が入ります。\n", nil, true},
	{"body named for an illness", "お世話になっております。\n-- \n榎本 真帆\nみどり難病連絡会　事務局\n〒930-0083 富山県富山市総曲輪3-8-6\nTEL:076-431-6111", nil, true},
	{"illness in a title", "お疲れさまです。栗田です。\n小林さんの講演のテーマは「うつ病の理解」でした。参加は40名。", nil, false},
	{"illness in quotation marks", "お疲れさまです。栗田です。\n論文を書く小林 和也さんは「うつ病」と診断され、休職しています。", []string{"special_care=うつ病"}, false},
	{"manual", "ログイン画面で user@example.com のように入力し、送信を押します。", nil, true},
	{"form of a hotel for animals", "■ペットホテル宿泊票\n飼い主：堀江　真帆　☎ 090-4417-2260\n住所：富山県富山市総曲輪3-8-6\n名前：こむぎ", []string{"person_name=堀江　真帆", "phone=090-4417-2260", "address=富山県富山市総曲輪3-8-6"}, false},
	{"calls", "日時|発信番号|名乗り|秒\n2026/10/02 10:10|080-4417-2260|堀江　真帆|31\n2026/10/02 11:20|090-3318-7725|土井　健太|45\n2026/10/03 09:05|070-6612-0937|小林　和也|112\n", []string{"phone=080-4417-2260"}, false},
	{"reading without brackets", "土井 健太　ドイ　ケンタ　男\n1988.3.14生\nマイナンバー　1234-5678-9018", []string{"person_name=ドイ　ケンタ"}, false},
	{"reading in one word, family unknown", "お名前：五十公野　健太\nお名前（カナ）：イジミノケンタ\n年齢：41歳\n電話：090-3318-7725", []string{"person_name=イジミノケンタ"}, false},
	{"reading behind an arrow", "氏名 => 土井健太\nふりがな => どいけんた\n電話 => 090-3318-7725", []string{"person_name=どいけんた"}, false},
	{"name behind a bar", "届出書\n氏　　名｜五十公野優花\n生年月日｜平成　5 年　4 月　21 日\n", []string{"person_name=五十公野優花"}, false},
	{"reading of a name from abroad", "在留期限が近い方です。Hilde Brandt（ヒルデ・ブラント）さん。\n番号：LB90630177MR", []string{"person_name=ヒルデ・ブラント"}, false},
	{"number behind a country", "1. Tran Gia Bao（シンガポール　NRIC：S1234567D）\n2. Esther Vlk, Singapore identity card NRIC S1234567D", []string{"person_name=Tran Gia Bao", "person_name=Esther Vlk"}, false},
	{"accused of rank", "相談者は土井 健太さん（社員番号 402117）、入社5年目です。\n行為者は小林 和也課長とのことです。", []string{"person_name=小林 和也"}, false},
	{"holder behind a bank", "（1）土井健太様　みどり信用金庫 本店営業部　普通3251971　ﾄﾞｲ ｹﾝﾀ", []string{"person_name=ﾄﾞｲ ｹﾝﾀ"}, false},
	{"date behind a name", "世帯主：土井　健太（2001年3月9日）\n妻：土井　真帆（1999年5月3日）", []string{"birth_date=2001年3月9日", "birth_date=1999年5月3日"}, false},
	{"date behind a reading", "土井 健太（ドイケンタ）　1994年4月8日　血液型A　連絡先 090-3318-7725", []string{"birth_date=1994年4月8日"}, false},
	{"born, in a list of a family", "本人　　土井 健太（どい けんた）　2017年11月25日生　男", []string{"birth_date=2017年11月25日"}, false},
	{"birthday in kana", "なまえ,おたんじょうび,おうちのでんわ\nどいけんた,2019年11月27日,076-431-6111\nほりえまほ,2020年7月27日,076-431-6112\nこばやしかずや,2021年2月16日,076-431-6113\n", []string{"birth_date=2019年11月27日"}, false},
	{"pension", "土井 健太　男\nマイナンバー　1234-5678-9018\n年金　8309-251029", []string{"basic_pension_number=8309-251029"}, false},
	{"pensions are no number", "国民年金　8309-251029 円ではなく窓口で確認", nil, true},
	{"pay, pulled apart", "　氏　名　　土井 健太\n　賃　金　　月額　431,000円", []string{"salary=431,000円"}, false},
	{"pay in an offer", "Kenta Doi (employee no. 402117) can start in May.\nWe would offer ¥431,000 per month.", []string{"salary=¥431,000"}, false},
	{"rent is no pay", "Kenta Doi can move in by May. The rent is ¥131,000 per month.", nil, false},
	{"pay that stays", "昇給案です。\n土井健太さん（社員番号 402117）は据え置き、現行431,000円のままです。", []string{"salary=431,000円"}, false},
	{"guest with an address of that name", "Dear hosts,\n\n1. Tilda Vossberg — flight NH603, tilda.vossberg@nifty.example, mobile +81-80-3957-8374\n", []string{"person_name=Tilda Vossberg"}, false},
	{"number without dashes behind a name", "発送一覧\n土井　健太 様　　0764316111\n〒930-0083　富山県富山市総曲輪3-8-6\n", []string{"phone=0764316111"}, false},
	{"head of a letter", "前略\n下記のとおり証明します。\n　氏　名　　土井 健太\n　生年月日　昭和60年3月4日\n\n草々\n　令和8年12月5日\n　　　　　　　　　富山県富山市総曲輪3-8-6\n　　　　　　　　　株式会社ミナモ園芸\n　　　　　　　　　代表　堀江　真帆\n", []string{"person_name=土井 健太", "birth_date=昭和60年3月4日", "!person_name=堀江　真帆", "!address=富山県富山市総曲輪3-8-6"}, false},
	{"certificate of disability", "番号,対象者,障害区分,住所\n1,土井健太,療育手帳B1,富山県富山市総曲輪3-8-6\n2,堀江真帆,身体障害者手帳1級,富山県富山市総曲輪3-8-7\n3,小林和也,身体障害者手帳4級,富山県富山市総曲輪3-8-8\n", []string{"special_care=療育手帳B1"}, false},
}

func TestCues(t *testing.T) {
	d := usual()
	for _, c := range cueCases {
		r := d.Detect(context.Background(), []policy.Content{{Part: "1", Text: c.text, Kind: policy.BodyText}}, Context{})
		got := privateValues(c.text, r)
		for _, want := range c.private {
			if not, business := strings.CutPrefix(want, "!"); slices.Contains(got, not) == business {
				t.Errorf("%s: %s in %q", c.name, want, got)
			}
		}
		if c.clean && len(got) > 0 {
			t.Errorf("%s: %q", c.name, got)
		}
		if len(c.private) == 0 && slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "special_care") || strings.HasPrefix(s, "salary") }) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
