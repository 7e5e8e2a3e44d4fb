package detect

// careTerms are words for what the law protects; strong ones say it of a person
// by themselves.
var careTerms = []struct {
	strong bool
	words  []string
}{
	{true, []string{"うつ病", "うつ状態", "双極性障害", "統合失調症", "適応障害", "パニック障害", "発達障害", "自閉症", "adhd", "認知症", "アルツハイマー", "知的障害", "精神障害",
		"身体障害", "障害者手帳", "療育手帳", "精神保健福祉手帳", "障害等級", "障害年金", "hiv", "aids", "エイズ", "肝炎", "梅毒", "結核", "てんかん", "人工透析", "透析", "糖尿病", "白血病",
		"悪性腫瘍", "悪性リンパ腫", "心筋梗塞", "脳梗塞", "脳卒中", "狭心症", "パーキンソン病", "多発性硬化症", "潰瘍性大腸炎", "クローン病", "リウマチ", "胃がん", "肺がん", "乳がん", "大腸がん",
		"子宮がん", "膵臓がん", "前立腺がん", "甲状腺がん", "流産", "妊娠", "不妊治療", "抗がん剤", "放射線治療", "要精密検査", "要治療", "高ストレス", "brca", "前科", "執行猶予", "服役",
		"少年院", "保護観察", "逮捕", "起訴", "有罪", "書類送検", "犯罪歴", "性被害", "暴行を受け", "dv被害", "ストーカー被害", "被差別部落", "同和", "信仰", "信者", "入信", "創価学会", "党員",
		"労働組合員", "合同労組", "労組に加入", "ユニオンに加入", "非嫡出", "難病", "アルコール依存", "薬物依存", "依存症", "自殺未遂", "摂食障害", "人格障害", "メンタル不調", "検挙", "実刑", "懲役", "前歴", "送致", "門徒", "信徒", "檀家", "教徒", "宗教上の理由", "要医療", "要受診", "放射線療法", "化学療法", "肝硬変", "腎不全", "心不全", "髄膜炎", "子宮筋腫",
		"子宮内膜症", "甲状腺機能", "不整脈", "難聴", "弱視", "失語", "白内障", "緑内障", "膠原病", "サルコイドーシス", "筋萎縮", "くも膜下出血", "脳出血", "動脈瘤", "ヘルニア", "性同一性", "強迫性障害", "不安障害", "睡眠障害", "車椅子", "人工肛門", "ペースメーカー", "適応障がい", "精神疾患", "ぜんそく", "要再検", "要精検", "身障手帳", "移植を受け", "腫瘍を切除", "性的な被害", "暴力を受け", "避難中", "無呼吸", "カトリック", "プロテスタント", "イスラム", "ムスリム", "ヒンドゥー教", "ユダヤ教", "エホバの証人", "症候群", "自律神経失調", "脊髄損傷", "摘出手術", "心筋症", "弁膜症", "糖尿", "がんと診断", "がんの治療"}},
	{false, []string{"がん", "癌", "手術", "入院", "通院", "服薬", "既往", "病名", "持病", "疾患", "診断書", "休職", "障がい", "障害", "再検査", "血圧", "被害に遭", "被害届", "病気", "治療", "療養", "アレルギー", "投薬", "炎", "症", "腫", "機能異常", "代謝異常", "の被害", "罪で", "違反で", "障がい者", "介護", "発作", "麻痺", "移植手術",
		"病で", "病の", "病と", "病に", "病が", "病を", "病、", "病(", "病で", "数値が悪", "要精検", "要介護", "要支援", "不全", "結石", "狭窄", "損傷", "骨折", "出血", "梗塞", "腫瘍", "ポリープ", "喘息", "貧血", "低血糖", "アトピー", "不眠", "拒食", "過食", "幻覚", "妄想", "けいれん", "失神", "意識不明", "刑", "罪名", "収監", "横領", "窃盗", "内部障害"}},
	// illnesses, injuries and what is done about them
	{true, []string{"痛風", "片頭痛", "偏頭痛", "潰瘍", "網膜剥離", "硬膜下", "脳震盪", "心房細動", "高血圧", "高脂血", "脂質異常", "蕁麻疹", "帯状疱疹", "ヘルペス", "ノロウイルス", "マラリア", "デング熱", "麻疹", "風疹", "水痘",
		"百日咳", "クラミジア", "淋病", "側弯", "吃音", "色覚", "緘黙", "場面緘黙", "読み書きに困難", "を切断し", "ディスレクシア", "学習障害", "トゥレット", "ダウン症", "トリソミー", "血友病", "バセドウ", "更年期障害", "切迫早産", "切迫流産", "早産", "死産", "帝王切開", "つわり", "悪阻",
		"産後うつ", "うつで", "うつの", "うつに", "うつが", "鬱病", "鬱で", "躁うつ", "抑うつ", "ptsd", "epds", "神経症", "ノイローゼ", "心療内科", "精神科", "抗うつ", "睡眠薬", "睡眠導入剤", "向精神薬", "義足", "義手", "義眼", "補聴器", "人工関節", "人工内耳", "ストーマ",
		"在宅酸素", "胃ろう", "寝たきり", "車いす", "車イス", "半身まひ", "左半身", "右半身", "片まひ", "失明", "全盲", "視覚障害", "聴覚障害", "耳が聞こえ", "目が見え", "末期がん", "末期の", "余命", "緩和ケア", "ホスピス", "ワルファリン", "インスリン", "病的バリアント", "保因者", "キャリア(",
		"便潜血", "心電図異常", "心電図に異常", "尿蛋白", "尿潜血", "肝機能の異常", "ネフローゼ", "性的被害", "誤嚥", "脊柱管", "変形性", "リンパ腫", "骨髄移植", "腎移植", "肝移植", "臓器移植", "ステント", "カテーテル", "植え込み手術", "人工呼吸", "要介護認定", "要介護1", "要介護2", "要介護3", "要介護4", "要介護5", "要支援1", "要支援2", "ホルモン療法", "性別適合", "性別違和", "トランスジェンダー",
		"ギャンブル依存", "断酒", "自傷", "リストカット", "希死念慮", "過呼吸", "メニエール", "白内障", "知的な遅れ", "支援学級", "アナフィラキシー", "エピペン", "肝機能障害", "腎機能障害", "心疾患", "脳血管", "alsが", "alsの", "alsと", "レビー小体", "骨粗鬆", "顎関節", "歯周炎", "有機溶剤中毒", "熱中症"}},
	// crimes told of somebody
	{true, []string{"万引き", "痴漢", "盗撮", "覚醒剤", "覚せい剤", "大麻", "麻薬", "違法薬物", "飲酒運転", "酒気帯び", "酒酔い", "罰金刑", "鑑別所", "刑務所", "拘置所", "留置場", "仮釈放", "刑期", "受け子", "出し子", "補導され", "保釈", "詐欺罪", "詐欺容疑", "傷害罪", "傷害容疑", "窃盗罪", "窃盗容疑", "窃盗症",
		"業務上横領", "求刑", "容疑で", "の罪で", "恐喝", "強盗", "放火", "殺人", "過失致死", "指名手配", "前歴が", "懲役刑", "禁錮", "拘禁刑", "有罪判決", "捕まった", "捕まって", "捕まり"}},
	// what was done to somebody
	{true, []string{"虐待", "ネグレクト", "一時保護", "暴力を振る", "暴力を受", "日常的に暴力", "殴られ", "蹴られ", "胸を触ら", "体を触ら", "つきまとわれ", "ストーカー", "脅され", "脅迫され", "恐喝され", "レイプ", "強姦", "性的暴行", "性暴力", "わいせつ", "痴漢に遭", "盗撮され", "ひき逃げ", "刺され", "無理やりキス", "だまし取られ", "詐欺に遭", "いじめを受", "いじめに遭", "配偶者暴力", "接近禁止"}},
	// creed, descent, status
	{true, []string{"クリスチャン", "洗礼", "ラマダン", "仏教徒", "天理教", "立正佼成会", "幸福の科学", "統一教会", "モルモン", "新興宗教", "宗教団体", "カルト", "共産党", "社民党", "立憲民主党の", "自民党の党", "公明党の党", "れいわ新選組の", "参政党の", "支持政党", "活動家", "新左翼", "右翼団体", "労組", "組合の執行", "組合の青年", "組合の専従", "組合の役員", "組合の委員", "ユニオンに加入", "組合に加入",
		"在日韓国", "在日朝鮮", "在日コリアン", "部落", "アイヌ", "婚外子", "無戸籍", "同性愛", "レズビアン", "ゲイである", "バイセクシュアル"}},
	{false, []string{"mg錠", "吸入薬", "朝食後", "夕食後", "毎食後", "就寝前", "日分", "インフルエンザ", "コロナ", "感染し", "感染症", "火傷", "やけど", "捻挫", "脱臼", "打撲", "切断し", "転倒し", "転んで", "リハビリ中", "リハビリを", "ワクチン後", "副作用", "めまい", "動悸", "腰痛", "頭痛", "術後", "末期", "不妊", "出産", "詐欺", "傷害", "薬物", "万引", "非行", "公判", "被害届を", "セクハラ", "パワハラ", "盗まれ", "礼拝", "ハラール", "断食", "勤行", "仏教", "神道", "キリスト教", "支持者", "デモに", "組合の",
		"所見", "判定", "アレルギー", "処方", "主訴", "障害種別", "視覚", "聴覚", "聴力", "視力", "体調不良", "倦怠", "ひきこもり", "不登校"}},
	{true, []string{"alcohol dependence", "substance abuse", "drug dependence", "was hospitalised", "was hospitalized", "lost a leg", "lost an arm", "on warfarin", "pulmonary embolism", "charged with", "pleaded guilty", "jailed for", "jailed in", "caution for", "was cautioned", "being stalked", "stalked by", "was assaulted", "was raped", "was robbed", "was abused", "domestic violence", "survivor of", "registered blind", "profoundly deaf", "dyslexia", "dyslexic",
		"adhd", "autistic", "amputee", "prosthetic", "stillbirth", "expecting twins", "expecting a baby", "pre-eclampsia", "having ivf", "morning sickness", "panic attack", "hodgkin", "practising muslim", "practising catholic", "practising christian", "practising jew", "practicing muslim", "practicing catholic", "converted to islam", "converted to judaism", "converted to christianity", "converted to catholicism", "jehovah", "communist party", "lay preacher", "muslim", "jewish", "hindu", "sikh", "buddhist", "mormon", "roman catholic", "evangelical",
		"quaker", "atheist", "shop steward", "union rep", "transgender", "hormone therapy", "overdose", "self-harm", "suicidal", "burglary", "shoplifting", "money laundering", "perverting the course", "embezzle", "drink driving", "drunk driving", "drink-driving", "manslaughter", "out on bail", "hip replacement", "knee replacement", "spinal injury", "chemo", "mastectomy", "hysterectomy", "vasectomy", "colostomy", "pacemaker", "antidepressant", "on lithium", "methadone", "hospice", "terminally ill", "terminal cancer", "legally blind", "cerebral palsy", "down syndrome", "cystic fibrosis", "sickle cell", "long covid", "tuberculosis", "syphilis", "gonorrhoea", "chlamydia", "herpes", "in remission"}},
	{true, []string{"diagnosed with", "chemotherapy", "sex offender", "receiving dialysis", "post-traumatic stress", "multiple myeloma", "slipped disc", "herniated disc", "months pregnant", "weeks pregnant", "is pregnant", "undergoing ivf", "ivf treatment", "deep vein thrombosis", "sleep apnoea", "sleep apnea", "obsessive-compulsive", "autoimmune", "epileptic", "chronic fatigue", "kidney failure", "heart failure", "hiv positive", "hiv-positive", "hepatitis", "bipolar", "schizophrenia", "epilepsy", "depressive disorder", "major depression", "clinical depression",
		"hiv+", "dialysis", "multiple sclerosis", "convicted of", "sentenced to", "arrested for", "arrested on", "on probation", "miscarriage", "criminal record", "disability pension", "union member", "cancer treatment", "type 1 diabetes", "type 2 diabetes", "heart attack", "parkinson", "alzheimer", "autism", "ptsd", "eating disorder", "anxiety disorder", "panic disorder", "asthma", "psychiatric", "leukemia", "leukaemia", "dementia", "suicide attempt", "tested positive", "radiotherapy", "anorexia", "bulimia", "lupus", "crohn's", "colitis", "psoriasis",
		"endometriosis", "fibromyalgia", "arthritis", "cirrhosis", "lymphoma", "melanoma", "hospitalised with", "hospitalized with", "detox", "sober since", "imprisoned", "served time", "jail sentence", "restraining order", "domestic abuse"}},
	{false, []string{"diabetes", "diabetic", "cancer", "tumour", "tumor", "stroke", "pregnant", "rehab", "disability", "addiction", "surgery", "illness", "sick leave", "medication", "registered disabled", "severely disabled", "disabled person", "disabled since", "as disabled", "transplant", "amputated", "breakdown", "seizure", "insulin",
		"disease", "disorder", "syndrome", "depression", "infection", "ulcer", "pneumonia", "inhaler", "hospital", "specialist", "wheelchair", "allergy", "allergic", "injury", "fracture"}},
}

// careStates show that it is said of somebody as a fact.
var careStates = []string{"診断", "通院", "休職", "入院", "手術", "服薬", "治療中", "療養", "逮捕", "起訴", "陽性", "罹患", "既往", "発症", "受給", "判定", "認定", "交付", "取得", "所持", "患って", "患い", "抱えて",
	"要精密検査", "要治療", "再検査", "欠勤", "復職", "中です", "のため", "がある", "があり", "持っ", "受け", "執行猶予", "服役", "被害", "配慮", "病名", "備考", "所見", "級", "とのこと", "positive", "diagnosed", "undergoing",
	"treated", "receiving", "found to have", "hospitalis", "hospitaliz", "leave", "がわか", "判明", "見つか", "静養", "所見", "指導", "相談済", "時短", "お休み", "休みま", "欠席", "倒れ", "亡くな", "加療", "主治医", "薬を", "により", "because of", "due to", "recovering", "off work", "admitted", "living with", "lives with", "ですが", "起こし", "必要", "経歴", "あり", "convicted", "sentenced", "arrested", "suffer", "register", "has ", "in remission", "history of", "感染", "日分", "食後", "疑い", "使用し", "回復", "困難", "捕まっ", "搬送", "折った", "折って", "しばらく"}

// careVetoes show that the text is about the matter, not about a person.
var careVetoes = []string{"研修", "セミナー", "講座", "お知らせ", "ご案内", "案内を", "保険", "商品", "規程", "規則", "条例", "法律", "予防", "啓発", "システム障害", "システム", "障害が発生", "復旧", "電波障害",
	"通信障害", "障害報告", "ネットワーク", "サーバ", "障害者雇用促進", "検診の", "キャンペーン", "募集", "ポスター", "講演", "について説明", "第1条", "条第", "条 ", "条(", "の有無", "要配慮個人情報", "報道", "年金手帳", "母子手帳", "母子健康手帳", "システム手帳", "手帳型", "policy", "training", "seminar", "newsletter", "awareness", "webinar", "一般に", "統計", "厚生労働省", "予防接種", "説明会", "方は", "のある方", "区分", "法定", "患者数", "被験者", "名を対象", "本研究", "改正", "差別解消", "患者さま", "患者様の", "支援法", "guidance", "center", "centre", "society", "foundation", "research", "当院では", "支援しています", "お申し出ください", "ご相談ください", "罪とし", "処する", "認知件数", "検挙率", "基礎知識", "対象とした", "給付金は", "お申し込みいただけ", "多様性", "case by case", "should contact", "should speak", "applicants with", "anyone who", "employees who"}
