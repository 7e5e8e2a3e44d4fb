package detect

import "testing"

// TestHeadersThatSayLittle holds tables whose headers say little, or speak of people at work.
func TestHeadersThatSayLittle(t *testing.T) {
	const phones = "person_name phone person_name phone person_name phone person_name phone person_name phone"
	for _, c := range []struct {
		name, text, want string
		people           int
	}{
		{"honorifics and short names below a header of letters", "宛名,金額\n辻 律 様,1200\n堀 稔 様,900\n泉 瞳 様,450\n東 湊 様,450\n", "person_name person_name person_name person_name", 4},
		{"telephone numbers or mail addresses", "お名前,ご連絡先\n辻 律,090-1234-5678\n堀 稔,minoru.hori@mail.example\n泉 瞳,090-1234-5670\n", "person_name phone person_name email person_name phone", 3},
		{"mobile telephones below a word for number", "name,no2\nNaomi Fitzgerald,09012345678\nVictor Lindqvist,08012345679\nDiego Ramirez,07012345670\nJane Goodwin,06012345671\nTom Baker,09012345672\n", phones, 5},
		{"eleven digits that are none", "name,no2\nNaomi Fitzgerald,19012345678\nVictor Lindqvist,28012345679\nDiego Ramirez,37012345670\nJane Goodwin,46012345671\nTom Baker,59012345672\n", "person_name person_name person_name person_name person_name", 5},
		{"year, month and day of birth", "氏名,年,月,日\n辻 律,1985,2,3\n堀 稔,1979,11,23\n泉 瞳,2004,6,30\n", "person_name birth_date person_name birth_date person_name birth_date", 3},
		{"year, month and day of a visit", "氏名,年,月,日\n辻 律,2024,2,3\n堀 稔,2025,11,23\n泉 瞳,2024,6,30\n", "person_name person_name person_name", 3},
		{"accounts of the post office", "会員名,ゆうちょ記号,ゆうちょ番号\n辻 律,11870,6032261\n堀 稔,10340,79934561\n", "person_name bank_account person_name bank_account", 2},
		{"ids of several countries", "Name,National ID\nHuang Mei,11010519491231002X\nMin-jun Ahn,740205-1282941\n", "person_name cn_id person_name kr_rrn", 2},
		{"words joined by strokes", "full_name,birth_date\nAmara Obiwole,1985-02-03\nLachlan Burke,1979-11-23\n", "person_name birth_date person_name birth_date", 2},
		{"numbers of employees, their names and pay", "employee_no,full_name,支給合計\nK-093738,辻 律,\"19万3,000円\"\nS-34122,堀 稔,\"330,000 円\"\n", "employee_id person_name salary employee_id person_name salary", 2},
		{"goods for men and women", "品番,性別,サイズ\nA-1,女,24.0\nA-2,男,27.5\nA-3,女,23.0\n", "", 0},
		{"how many people", "地区,要介護認定者数\n北町,120\n南町,340\n西町,95\n", "", 0},
		{"who speaks", "時間,会場,演題,登壇者\n9:00,A,物流の今,辻 律 氏\n10:00,B,倉庫の自動化,堀 稔 氏\n11:00,A,配送と気象,泉 瞳 氏\n", "", 0},
		{"tickets", "Ticket,Reporter,Assignee\nOPS-12,Naomi Fitzgerald,Victor Lindqvist\nOPS-13,Jane Goodwin,Naomi Fitzgerald\nOPS-14,Tom Baker,Jane Goodwin\n", "", 0},
		{"My Numbers in counted parts", "氏名,番号1,番号2,番号3,続柄\n新井 花子,1234,5678,9018,子\n大野 太郎,2345,6789,0121,本人\n河野 次郎,3456,7890,1234,子\n", "person_name my_number person_name my_number person_name my_number", 3},
		{"figures in counted parts", "氏名,番号1,番号2,番号3,続柄\n新井 花子,1234,5678,9012,子\n大野 太郎,2345,6789,0123,本人\n河野 次郎,3456,7890,1235,子\n", "person_name person_name person_name", 3},
		{"symbol and number of an account in one cell", "会員,ゆうちょ口座（記号・番号）,会費\n新井 花子,記号(17900)番号(1267951),2625\n大野 太郎,15440-98821051,6053\n河野 次郎,記号：15540／番号：62330361,3079\n", "person_name bank_account person_name bank_account person_name bank_account", 3},
		{"those who did something", "区分,番号,署名者\n学生,1,新井 花子\n学生,2,大野 太郎\n一般,3,河野 次郎\n", "person_name person_name person_name", 3},
		{"an empty line in the list", "Worker,NRIC,Site\nLars Petrov,F6616578R,Perth\n\nOlga Nguyen,F4613176L,Perth\n\nOscar Kaplan,G4959477T,Perth\n", "person_name sg_nric person_name sg_nric person_name sg_nric", 3},
		{"telephones of Britain", "full_name,phone,plan\nOscar Petrov,020 7946 0142,a\nLars Nguyen,07700 900345,b\nIngrid Kaplan,01632 960123,a\nOlga Petrov,0161 496 0018,a\n", "person_name phone person_name phone person_name phone person_name phone", 4},
		{"a total below", "1,渡部 美月,1234　5678　9018\n2,藤堂 雄大,2345　6789　0121\n3,梶原 香織,8209　3746　5510\n合計,3件\n", "person_name my_number person_name my_number person_name my_number", 3},
		{"extensions", "氏名,内線,社用携帯\n辻 律,3321,090-1234-5678\n堀 稔,3322,090-1234-5679\n泉 瞳,3323,090-1234-5670\n", "", 0},
		{"customers and who looks after them", "氏名,電話,対応者\n辻 律,090-1234-5678,森\n堀 稔,090-1234-5679,森\n泉 瞳,090-1234-5670,森\n東 湊,090-1234-5671,森\n林 樹,090-1234-5672,森\n", phones, 5},
		{"a title above the header", "健診の所見\n社員番号\t氏名\t性別\t所見\nEMP-8199\t辻 律\t男\t貧血\nEMP-1948\t堀 稔\t男\t高血圧症で治療中\nEMP-6771\t泉 瞳\t女\t脂質異常症\n", "employee_id person_name gender special_care employee_id person_name gender special_care employee_id person_name gender special_care", 3},
		{"a title that could be a header", "参加者\n社員番号,氏名,所属\n243410,辻 律,総務\n898644,堀 稔,総務\n754902,泉 瞳,開発\n", "employee_id person_name employee_id person_name employee_id person_name", 3},
		{"firms and who is in charge there", "訪問日,訪問先,先方担当者,内容\n2026/03/10,港工業株式会社,野口,見積\n2026/04/08,山手住宅株式会社,大塚,納品立会\n2026/07/26,株式会社本町印刷,須藤,見積\n", "", 0},
		{"customers and who is in charge of them", "氏名,電話,担当者\n辻 律,090-1234-5678,今井\n堀 稔,090-1234-5679,今井\n泉 瞳,090-1234-5670,濵田\n東 湊,090-1234-5671,濵田\n林 樹,090-1234-5672,今井\n", phones, 5},
		{"visitors of a firm", "日付,部屋,来訪企業,代表者名,応対者\n2026/10/03,第1応接,有限会社三原金物店,辻 律,森\n2026/07/23,大会議室,株式会社うみかぜ,堀 稔,森\n2026/05/13,大会議室,港工業株式会社,泉 瞳,東\n", "", 0},
		{"sums beside accounts", "受取人氏名,金融機関,支店,種別,口座番号,支払額\n辻 律,みやま信金,本店,普通,8930875,889010\n堀 稔,みやま信金,中央,普通,7962967,705885\n泉 瞳,みやま信金,東,普通,3791149,180657\n", "person_name bank_account person_name bank_account person_name bank_account", 3},
		{"prefectures alone", "氏名,メール,都道府県\n辻 律,r.tsuji@mail.example,福岡県\n堀 稔,minoru.hori@mail.example,愛知県\n泉 瞳,izumi@mail.example,大阪府\n", "person_name email person_name email person_name email", 3},
		{"prefectures of an address", "氏名,都道府県,市区町村\n辻 律,福岡県,久留米市\n堀 稔,愛知県,江南市\n泉 瞳,大阪府,堺市\n", "person_name address address person_name address address person_name address address", 3},
		{"people and where they work", "氏名,勤務先,電話\n辻 律,港工業株式会社,090-1234-5678\n堀 稔,山手住宅株式会社,090-1234-5679\n泉 瞳,株式会社本町印刷,090-1234-5670\n東 湊,港工業株式会社,090-1234-5671\n林 樹,港工業株式会社,090-1234-5672\n", phones, 5},
	} {
		r := detectText(t, c.text)
		if s := privateTypes(r); s != c.want || r.People.High != c.people {
			t.Errorf("%s: %d people, want %d\n got %s\nwant %s\n%v", c.name, r.People.High, c.people, s, c.want, values(c.text, r))
		}
	}
}
