package detect

import (
	"slices"
	"strings"
)

// customerDesks are the names of desks in which a word for private people stands.
var customerDesks = strings.NewReplacer(customerDeskWords...)

// customerDeskWords are the names and what is read instead of each.
var customerDeskWords = []string{"お客様お問い合わせ", "お問い合わせ", "お客様お問合せ", "お問合せ", "お客様窓口", "窓口", "お客様相談", "相談", "お客様サポート", "サポート", "お客様センター", "センター", "お客様サービス", "サービス", "お客様各位", "各位", "面談者", "", "会議室の予約", "", "会議室予約", "", "社用車の予約", "", "予約されたzoom", "", "面接官", "", "会員登録", "", "業界", "界"}

func customerDeskNames() (names []string) {
	for i := 0; i < len(customerDeskWords); i += 2 {
		names = append(names, customerDeskWords[i])
	}
	return names
}

// privateMatters are words for those with whom a company deals as private people, and for
// what only private people have.
var privateMatters = []string{"氏名", "お名前", "生年月日", "年齢", "性別", "自宅", "実家", "契約者", "申込", "申し込", "会員", "患者", "利用者", "応募", "受験", "受講", "保護者", "続柄", "口座", "マイナンバー", "個人番号", "飼い主", "飼主", "配達先",
	"被保険", "免許", "入居", "退去", "生徒", "児童", "園児", "学生", "住民票", "在留", "旅券", "パスポート", "宿泊", "来院", "来所", "受診", "診察", "診療", "入院", "健診", "検診", "体調",
	"休業", "退職", "離職", "給与", "賞与", "年収", "基本給", "処分", "人事考課", "面接", "内定", "選考", "遺族", "喪主", "逝去", "訃報", "尊父", "母堂", "長男", "長女", "次男", "次女", "息子", "ご主人", "奥様", "お母", "お父", "母親", "父親", "家族", "親族", "親戚", "世帯", "町内会", "pta", "名簿",
	"ボランティア", "披露宴", "席次", "参列", "宴", "滞納", "督促", "残高", "被害者", "加害者", "被疑", "申出人", "相談者", "苦情", "クレーム", "立腹", "返金", "退会", "入会", "解約", "申立", "被告", "原告", "相続", "遺言", "お子", "本人確認", "本人", "パートさん", "当選", "落とし物", "遺失", "拾得", "年生", "大会", "エントリー", "出場", "債務", "融資", "ローン", "保険金",
	"示談", "施主", "オーナー様", "住所", "号室", "結婚", "離婚", "出産", "介護", "障害者", "アレルギー", "宗教", "信仰", "個人携帯", "個人情報", "旧姓", "卒業", "進路", "成績", "志望", "ストレス", "誕生日", "求職", "面談", "候補者", "内見", "加入者", "受給", "債務者", "借主", "貸主", "入所", "通所", "看護", "妊婦", "檀家", "信者", "新郎", "新婦", "少年", "被災", "避難", "留学生", "実習生", "受講生", "受取人", "仕送り", "年金", "扶養", "配偶者", "同居", "独居", "祖父", "祖母", "初期パスワード", "アカウント発行", "vcard", "fn:", "コーチ", "くじ", "合格", "延滞", "法事", "母の", "父の", "おじさん", "おばさん", "(妻", "(夫", "(父", "(母", "(娘", "(長", "(祖", "連絡網", "社外秘", "部外秘", "厳秘", "予約", "様邸", "忘れ物", "所有者", "隣接地", "地権者", "隣地", "地主", "借地人", "相手方", "弁護士に", "チェックアウト", "チェックイン", "名様", "個室", "寮", "帰国", "入金", "宛名", "ご夫妻", "学年", "バザー", "清掃", "町内", "自治会", "回覧板", "炊き出し", "入電", "組合員", "と名乗", "鍵は", "コンクール", "見学会", "部員", "有休", "早退", "休学", "保護者", "登録住所", "警察署から", "点呼", "受賞", "事故", "負傷", "貸出", "図書", "軽傷", "重傷", "はねられ", "死亡", "抽選", "賞品", "寄付", "指名", "カット", "発熱", "欠席連絡", "養護", "離婚", "調停", "遺産", "連絡帳", "デイサービス", "届出人", "学籍", "ゼミ", "告別式", "アンケート", "主婦", "お迎え", "ペット", "診断", "履歴書", "志望", "同窓", "会費", "合宿", "遠足", "運動会", "発表会", "婚約", "慶弔", "香典", "供花", "宛名ラベル", "配達リスト", "代引"}

var aPrivateMatter = newAnyWord(privateMatters...)

// aDealing are words for what somebody buys, books or gets, which may be a firm as well.
var aDealing = newAnyWord("届け先", "配送先", "送り先", "配達先", "お客様", "お客さま", "顧客", "購入", "注文者", "ご注文主", "名義", "ご予約", "予約者", "来店")

// aGraveMatter are words for what befalls people at work, too.
var aGraveMatter = newAnyWord("休職", "復職", "産休", "育休", "懲戒", "減給", "罹患", "病気", "病名", "手術", "通院", "治療", "妊娠", "逮捕", "前科", "ご本人")

// privateEnglish are such words in English.
var privateEnglish = newEnglish("patient", "patients", "customer", "customers", "client", "tenant", "tenants", "guest", "guests", "member", "members", "membership", "applicant", "applicants", "candidate", "resident", "residents", "student", "students", "pupil", "pupils", "child", "children", "parent", "mother", "father", "daughter", "son", "wife", "husband", "home", "born", "date of birth", "dob", "passport", "refund", "diagnosed", "claimant", "policyholder", "insured", "complaint", "donor", "volunteer", "volunteers", "subscriber", "lives", "lived", "flat", "allergy", "salary", "illness", "sick", "hospital", "surgery", "bought", "visa", "funeral", "wedding", "beneficiary", "borrower", "buyer's", "victim", "defendant", "plaintiff", "emergency contact", "next of kin", "cv", "admitted", "waiting list", "raffle", "prizes", "pta", "fair", "resume", "booking", "picked up", "her home", "his home", "glasses", "parcel", "personal")

// workRoles are words for what somebody does at work; those at the end of what stands
// before a name lead to it.
var workRoles = []string{"起案者", "起案", "起票者", "承認者", "承認", "決裁者", "決裁", "作成者", "作成", "報告者", "対応者", "対応", "確認者", "検図", "製図", "設計", "検品", "検収", "議事録作成", "議事録", "書記", "記録者", "議長", "座長", "司会", "講師", "登壇者", "基調講演", "開会挨拶", "閉会挨拶", "挨拶", "パネリスト", "モデレーター", "ファシリテーター", "主催者", "主催", "監修", "編集", "著者", "文責",
	"監査員", "監査人", "監査役", "取締役", "執行役員", "代表社員", "代表者", "責任者", "現場代理人", "主任技術者", "監理技術者", "職長", "元請", "店長", "園長", "施設長", "院長", "所長", "校長", "教頭", "担任", "フロント", "取りまとめ", "産業医", "アジャスター", "主治医", "当番", "オンコール", "一次対応", "二次対応", "三次対応", "エスカレーション", "通知先", "運用担当", "運用チーム",
	"広報", "お急ぎの方は", "緊急時", "急用", "窓口となり", "窓口になり", "発注元", "発注先", "出荷元", "納品先", "納入先", "仕入先", "受入担当", "取扱者", "採用担当", "訪問先", "同行者", "立会い", "立会者", "窓口", "レビュー", "レビュアー", "送信元", "発信元", "発信者", "発信", "送信者", "送信先", "差出人", "宛先", "後任は", "後任", "前任", "新担当", "着任", "弊社", "当社", "御社", "貴社", "同課", "同部", "同係", "同じ課", "同じ部",
	"担当者", "担当", "ウォッチャー", "アサイン", "内線", "直通", "社用", "協力会社", "施工会社", "代理店", "業者", "印", "敬称略", "起票", "受付担当", "管理会社", "管理者", "更新者", "執筆", "フォロー", "急用の方", "お急ぎの方", "お急ぎの場合", "緊急連絡は", "代理", "社員紹介", "編集後記", "配達担当", "リーダー", "マネージャー"}

var (
	aWorkRole = newAnyWord(withoutWords(workRoles, "管理者", "更新者", "執筆", "フロント", "担任", "店長", "園長", "院長", "校長", "印", "代理", "対応", "発信", "作成", "設計", "編集", "挨拶", "業者", "フォロー")...)
	roleEnd   = newAnyEnd(withoutWords(workRoles, "送信元", "発信元", "発信者", "発信", "送信者", "送信先", "差出人", "宛先", "緊急時", "急用", "急用の方", "お急ぎの方", "お急ぎの方は", "お急ぎの場合", "内線", "直通", "社用")...)
)

// attendances are the fields of those who attend.
var attendances = []string{"先方", "当方", "出席", "欠席", "同席", "参加", "必須出席", "任意出席", "present", "apologies", "attendees"}

// attends tells a line that begins with the field of those who attended.
func attends(t string) bool {
	if t == "" || strings.IndexByte(" [<(-*pa\xe2\xe3\xe4\xe5\xe6", t[0]) < 0 || t[0] == 0xe3 && startsWord(t) { // no mark, and none of the fields
		return false
	}
	t = strings.TrimLeft(t, " ・■●○◆◇【[<(-*")
	if n := anyPrefix(t, attendances); n > 0 && !strings.HasPrefix(t, "参加者") {
		return strings.Trim(t[n:], "】]>:)- ") == "" || strings.ContainsAny(t[n:min(len(t), n+12)], ":)") || t[n] == ' ' || strings.HasPrefix(t[n:], "者")
	}
	return false
}

var anAttendance = newAnyWord("出席", "欠席", "同席", "参加")

// sideEnd are the sides of a meeting, in brackets before who came from there.
var sideEnd = newAnyEnd("(当方)", "(先方)", "(当社)", "(弊社)", "(貴社)", "(御社)", "(自社)", "(客先)", "【当方】", "【先方】", "[当方]", "[先方]")

// professionEnd are words for professions, before the name of somebody who is at work in
// it as long as the line tells nothing private.
var professionEnd = newAnyEnd("来社された", "ご来社の", "来訪された", "審判長", "審判", "主審", "委員長", "幹事長", "幹事", "大会長", "編集長", "工場長", "駅長", "船長", "機長", "料理長", "支配人", "引率", "進行役", "世話役", "まとめ役", "受付係", "記録係", "会計係", "当直", "日直", "宿直", "主任", "係長", "室長", "班長", "税理士", "弁護士", "行政書士", "司法書士", "会計士", "社労士", "社会保険労務士", "医師", "歯科医師", "獣医師", "助産師", "看護師", "保健師", "薬剤師", "管理栄養士", "ケアマネジャー", "ケアマネージャー", "ケアマネ", "相談員", "養護教諭", "添乗員", "配車", "鑑定士", "調査官", "書記官", "乗務員", "line manager",
	"職人", "大工", "棟梁", "左官", "板前", "料理人", "シェフ", "パティシエ", "ソムリエ", "バリスタ", "杜氏", "蔵元", "生産者", "農家", "漁師", "陶芸家", "作家", "画家", "書家", "写真家", "カメラマン", "デザイナー", "イラストレーター", "ライター", "記者", "アナウンサー", "キャスター", "スタイリスト", "美容師", "庭師", "整備士", "建築士", "測量士", "技師", "通訳", "翻訳者", "ガイド", "運転手", "ドライバー", "警備員", "作業員", "施工管理", "監督", "指揮者", "ピアニスト", "奏者", "声優", "俳優", "女優", "教授", "准教授", "助教", "研究員", "学芸員", "司書", "市議", "町議", "県議", "議員", "知事", "市長", "町長", "村長", "大臣", "住職", "宮司", "神父", "牧師", "営業マン", "スタッフ", "店員", "係員", "コンサルタント", "エンジニア", "プログラマー", "アナリスト", "トレーナー", "インストラクター")

// hiredEnglish are words in English for those whom somebody hires.
var hiredEnglish = newAnyEnd("contractor", " agent", "supplier", "surveyor", "architect", "electrician", "plumber", " manager", " director", " engineer", " officer", " foreman", " supervisor", " technician", " chef", " buyer", " auditor", " inspector", " consultant", " solicitor", " lawyer", " barrister", " accountant", " professor", " editor", " reporter", " journalist", " correspondent", " minister", " senator", " president", " chairman", " chairwoman", " ceo", " cfo", " cto", " coo", " mayor", " judge", " captain", " author", " novelist", " artist", " actor", " actress", " singer", " composer", " conductor", " poet", " painter", " scientist", " physicist", " economist", " inventor", " founder", " co-founder", " explorer", " secretary", " receptionist", " salesman", " planner", " analyst", " designer", " developer", " coordinator", " spokesperson", "adjuster", "adjustor", "case worker", "caseworker", "claims handler", "underwriter", "assessor", "social worker", " representative", " rep", " our driver", " host", " hosted by", " speaker", " presenter", " moderator")

// senderEnd are words before the name of whoever sends or gets something, which may be
// anybody.
var senderEnd = newAnyEnd("送信元", "発信元", "発信者", "発信", "送信者", "送信先", "差出人", "宛先", "宛")

// withoutWords is a list without those that mean something else inside a line.
func withoutWords(list []string, words ...string) []string {
	out := make([]string, 0, len(list))
	for _, w := range list {
		if !slices.Contains(words, w) {
			out = append(out, w)
		}
	}
	return out
}

// aSenderMark are the headings below which the sender of something stands.
var aSenderMark = newAnyWord("発信元", "送信元", "発信者", "送信者", "差出人", "署名", "連絡先", "問い合わせ", "問合せ")

// aWorkMatter are words that are used at work.
var aWorkMatter = newAnyWord("打合せ", "打ち合わせ", "打合わせ", "会議", "ミーティング", "定例", "議題", "議事", "稟議", "案件", "見積", "請求書", "注文書", "発注", "受注", "納品", "納期", "検収", "出荷", "在庫", "仕様", "図面", "工期", "施工", "製造", "品質", "不具合", "障害対応", "リリース", "テスト", "実装", "結合", "ビルド", "コメント", "指摘", "サーバ", "本番", "デプロイ", "マージ", "コミット", "チケット", "課題", "進捗", "工数", "資料", "共有フォルダ",
	"議案", "報告書", "提案", "営業", "商談", "訪問", "出張", "来客", "会議室", "監査", "稼働", "保守", "点検", "研修", "セミナー", "講演", "プログラム", "人事異動", "役員", "異動", "引き継ぎ", "引継", "ワークフロー", "差し戻", "申請", "スケジュール", "単価", "契約書", "甲乙", "更新履歴", "初版", "手順", "初校", "再校", "入稿", "校正", "商談", "展示会", "体制", "開発", "管理者", "回覧", "検査成績", "朝礼", "工事", "配筋", "障害報告", "復旧", "週報", "日報", "連携", "配布", "募集", "時給", "交通費", "求人", "勤務地", "株主", "総会", "プレス", "報道", "発売", "広報", "社内", "部門", "業務", "再起動", "グラフ", "zoom", "teams", "commit", "prj-")

// workEnglish are words of work in English that lead to names or say who somebody is.
var workEnglish = newEnglish("reviewed-by", "signed-off-by", "acked-by", "tested-by", "reported-by", "co-authored-by", "suggested-by", "approved-by", "minutes taken", "chair", "chaired by", "moderated by", "keynote", "panel", "speaker", "speakers", "media contact", "press contact", "chief executive", "ceo", "cto", "cfo", "director", "engineer", "approved by", "prepared by", "checked by", "reviewed by", "reporter", "reviewer", "ship to attention", "title", "account director", "covering for me", "take over", "takes over", "out of office", "out of the office", "annual leave", "on leave", "on call", "on-call", "procurement", "organizer", "organiser", "buyer", "ext", "department", "representative director", "vice president", "colleague", "handed over")

// officeEnglish are words that are used at work.
var officeEnglish = newEnglish("meeting", "agenda", "project", "team", "review", "release", "deploy", "patch", "fix", "crash", "rebuild", "load tests", "report", "quote", "invoice", "purchase order", "drawings", "contract", "conference", "office", "account", "logistics", "workshop", "minutes", "actions", "board", "launch", "budget", "deadline", "roadmap", "sprint", "added", "moved", "commented", "assigned", "edited", "card", "purchasing", "technical", "commercial", "trade fair", "data sheet", "samples", "branch", "translated by", "edited by", "published", "agreement", "plan", "schedule", "maintenance", "server", "servers", "outage", "customs", "shipment", "freight")

// inEnglish is a list of words in lower case, and of phrases.
type inEnglish struct {
	words   map[string]bool
	phrases []string
	all     []string
}

func newEnglish(list ...string) *inEnglish {
	e := &inEnglish{words: map[string]bool{}, all: list}
	for _, w := range list {
		if strings.Contains(w, " ") {
			e.phrases = append(e.phrases, w)
		} else {
			e.words[w] = true
		}
	}
	return e
}

// in tells whether one of them stands in a text of lower case. A line without letters,
// as most are in Japanese, is passed over at once.
func (e *inEnglish) in(t string) bool {
	words := 0
	for i := 0; i < len(t); {
		n := 0
		for i+n < len(t) && (isLetter(t[i+n]) || n > 0 && t[i+n] == '-') {
			n++
		}
		if n == 0 {
			i++
			continue
		}
		if e.words[t[i:i+n]] {
			return true
		}
		i += n
		words++
	}
	return words > 1 && anyOf(t, e.phrases)
}

// aNeighbourhood are words of those who live beside each other, or whose children go to one
// school; their chairman and treasurer are at no work.
var aNeighbourhood = newAnyWord("町内会", "自治会", "連絡網", "保護者会", "子ども会", "子供会", "PTA", "同窓会", "町会の", "管理組合の役員")
