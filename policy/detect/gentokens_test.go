package detect

import (
	"fmt"
	"strings"
)

// private writes a labelled value made from the current person or at random.
func private(kind string, make func(g *gen) string) func(*gen, string) {
	return func(g *gen, _ string) { g.label(kind, "", make(g)) }
}

func lookalike(kind string, make func(g *gen) string) func(*gen, string) {
	return func(g *gen, _ string) { g.decoy(kind, make(g)) }
}

// genTokens are what templates may ask for.
var genTokens = map[string]func(g *gen, arg string){
	"new": func(g *gen, _ string) { g.next() },
	"mark": func(g *gen, arg string) { // a labelled value as it stands: type:text/other text
		kind, list, _ := strings.Cut(arg, ":")
		g.label(kind, "", g.pick(strings.Split(list, "/")...))
	},
	"newen":  func(g *gen, _ string) { g.nextEnglish() },
	"pick":   func(g *gen, arg string) { g.write(g.pick(strings.Split(arg, "/")...)) },
	"name":   func(g *gen, _ string) { g.label("person_name", "", g.who.full(g.pick("", " ", "　"))) },
	"nameS":  func(g *gen, _ string) { g.label("person_name", "", g.who.full(g.pick(" ", "　"))) },
	"family": func(g *gen, _ string) { g.label("person_name", "surname", g.who.family) },
	"given":  func(g *gen, _ string) { g.label("person_name", "", g.who.given) },
	"kana": func(g *gen, _ string) {
		g.label("person_name", "kana", g.who.familyKana+g.pick(" ", "　")+g.who.givenKana)
	},
	"roman": func(g *gen, _ string) {
		g.label("person_name", "romaji", strings.ToUpper(g.who.familyRoman)+" "+title(g.who.givenRoman))
	},
	"birth":   private("birth_date", (*gen).birthDay),
	"gender":  private("gender", func(g *gen) string { return g.sex() }),
	"mobile":  private("phone", (*gen).mobile),
	"fixed":   private("phone", (*gen).fixed),
	"mail":    private("email", func(g *gen) string { return g.mail(g.pick("gmail.example", "docomo.example", "mail.example.org")) }),
	"zip":     func(g *gen, _ string) { z, _ := g.place(); g.label("postal_code", "", z) },
	"address": func(g *gen, _ string) { _, a := g.place(); g.label("address", "", a) },
	"zipaddr": func(g *gen, _ string) {
		z, a := g.place()
		g.write(g.pick("〒", "〒 ", ""))
		g.label("postal_code", "", g.wide(z))
		g.write(" ")
		g.label("address", "", a)
	},
	"mynumber": private("my_number", func(g *gen) string { return g.dress(g.myNumber(), 4, 4) }),
	"card":     private("credit_card", (*gen).card),
	"expiry":   private("card_expiry", func(g *gen) string { return fmt.Sprintf("%02d/%02d", 1+g.IntN(12), 26+g.IntN(6)) }),
	"cvv":      private("card_cvv", func(g *gen) string { return g.num(3) }),
	"pin":      private("pin", func(g *gen) string { return g.num(4) }),
	"licence": private("driver_license", func(g *gen) string {
		return g.dress(g.search(func() string {
			return g.pick("10", "30", "40", "62", "90") + g.num(10)
		}, licenceCheck))
	}),
	"insurer": private("insurer_number", func(g *gen) string {
		return g.wide(g.search(func() string { return g.pick("01", "06", "39", "63") + fmt.Sprintf("%02d", 1+g.IntN(47)) + g.num(4) }, luhn))
	}),
	"insured": private("insured_symbol_number", func(g *gen) string {
		return "記号" + g.pick("：", " ", "　") + g.num(4+g.IntN(4)) + g.pick("　", " ", "、") + "番号" + g.pick("：", " ") + g.num(2+g.IntN(5))
	}),
	"passport":  private("passport_jp", func(g *gen) string { return g.wide("T" + g.letters(1, "RZKSH") + g.pick("", " ") + g.num(7)) }),
	"residence": private("residence_card", func(g *gen) string { return g.wide(g.letters(2, upperABC) + g.num(8) + g.letters(2, upperABC)) }),
	"pension":   private("basic_pension_number", func(g *gen) string { return g.dress(g.pick("1", "4", "5", "7")+g.num(9), 4) }),
	"juki":      private("resident_record_code", func(g *gen) string { return g.dress(g.pick("1", "2", "5", "8") + g.num(10)) }),
	"account":   private("bank_account", func(g *gen) string { return g.wide(g.num(7)) }),
	"employee":  private("employee_id", func(g *gen) string { return g.pick("S", "EMP", "B-", "") + g.num(5) }),
	"salary":    private("salary", func(g *gen) string { return g.money() }),
	"care": private("special_care", func(g *gen) string {
		return g.pick("乳がんと診断", "うつ病で休職中", "統合失調症", "身体障害者手帳2級", "前科", "てんかんの発作", "HIV陽性", "双極性障害", "透析治療", "C型肝炎")
	}),
	"careen": private("special_care", func(g *gen) string {
		return g.pick("diagnosed with bipolar disorder", "undergoing chemotherapy", "HIV positive", "convicted of theft", "diagnosed with epilepsy")
	}),
	"ssn": private("us_ssn", func(g *gen) string {
		return fmt.Sprintf("%03d-%02d-%04d", 100+g.IntN(500), 1+g.IntN(99), 1+g.IntN(9999))
	}),
	"nhs": private("uk_nhs", func(g *gen) string {
		d := g.search(func() string { return g.pick("4", "6", "7") + g.num(9) }, nhsCheck)
		return d[:3] + " " + d[3:6] + " " + d[6:]
	}),
	"nino": private("uk_nino", func(g *gen) string { return g.letters(2, "ABCEGHJKLMPRSTWXYZ") + g.num(6) + g.letters(1, "ABCD") }),
	"iban": private("iban", func(g *gen) string {
		return g.search(func() string {
			return "DE" + g.num(2) + " " + g.num(4) + " " + g.num(4) + " " + g.num(4) + " " + g.num(4) + " " + g.num(2)
		}, ibanCheck)
	}),
	"ghp":   private("secret", func(g *gen) string { return g.pick("ghp_", "gho_") + g.letters(36, base62) }),
	"aws":   private("secret", func(g *gen) string { return "AKIA" + g.letters(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") }),
	"slack": private("secret", func(g *gen) string { return "xoxb-" + g.num(11) + "-" + g.num(11) + "-" + g.letters(24, base62) }),
	"dburl": private("secret", func(g *gen) string {
		return g.pick("postgresql", "mysql", "mongodb") + "://app:" + g.letters(10, base62) + "@db.internal.example:5432/main"
	}),
	"password": private("secret", func(g *gen) string { return g.letters(6+g.IntN(5), base62) + g.pick("!", "#", "7", "x9") }),
	"pem": private("secret", func(g *gen) string {
		return "-----BEGIN EC PRIVATE KEY-----\n" + g.letters(64, base62) + "\n" + g.letters(40, base62) + "==\n-----END EC PRIVATE KEY-----"
	}),

	"bizname": func(g *gen, _ string) {
		p := g.person()
		g.label("business_contact", "name", p.full(g.pick("", " ", "　")))
	},
	"bizfam":  func(g *gen, _ string) { g.label("business_contact", "name", g.person().family) },
	"biztel":  func(g *gen, _ string) { g.label("business_contact", "phone", g.fixed()) },
	"bizmob":  func(g *gen, _ string) { g.label("business_contact", "phone", g.mobile()) },
	"bizmail": func(g *gen, _ string) { g.label("business_contact", "email", g.mail("yamabuki-kogyo.example")) },
	"bizaddr": func(g *gen, _ string) { _, a := g.place(); g.label("business_contact", "address", a) },
	"bizzip":  func(g *gen, _ string) { z, _ := g.place(); g.label("business_contact", "postal_code", z) },
	"firm": func(g *gen, _ string) {
		g.write(g.pick("株式会社山吹工業", "合同会社ノースリバー", "あけぼの精密株式会社", "(株)みどり印刷", "一般社団法人星雲会"))
	},
	"dept": func(g *gen, _ string) {
		g.write(g.pick("総務課", "法人営業部", "品質保証室", "人事グループ", "購買部"))
	},

	"order":    lookalike("order_number", func(g *gen) string { return g.num(4) + "-" + g.num(4) + "-" + g.num(4) }),
	"order16":  lookalike("order_number", func(g *gen) string { return g.num(16) }),
	"tracking": lookalike("tracking_number", func(g *gen) string { return g.search(func() string { return g.num(12) }, mod7) }),
	"corp":     lookalike("corporate_number", func(g *gen) string { return g.search(func() string { return g.num(13) }, corporateCheck) }),
	"jan":      lookalike("jan_code", func(g *gen) string { return "49" + g.num(11) }),
	"stamp": lookalike("timestamp", func(g *gen) string {
		return fmt.Sprintf("2026%02d%02d%02d%02d%02d", 1+g.IntN(12), 1+g.IntN(28), g.IntN(24), g.IntN(60), g.IntN(60))
	}),
	"ip": lookalike("ip", func(g *gen) string {
		return fmt.Sprintf("%d.%d.%d.%d", g.IntN(256), g.IntN(256), g.IntN(256), g.IntN(256))
	}),
	"uuid": lookalike("uuid", func(g *gen) string {
		h := "0123456789abcdef"
		return g.letters(8, h) + "-" + g.letters(4, h) + "-4" + g.letters(3, h) + "-a" + g.letters(3, h) + "-" + g.letters(12, h)
	}),
	"hash":    lookalike("hash", func(g *gen) string { return g.letters(40, "0123456789abcdef") }),
	"part":    lookalike("part_number", func(g *gen) string { return g.letters(2, upperABC) + g.num(7) }),
	"serial":  lookalike("serial", func(g *gen) string { return g.letters(2, upperABC) + g.num(8) + g.letters(2, upperABC) }),
	"amount":  lookalike("amount", func(g *gen) string { return fmt.Sprintf("%d,%03d,%03d円", 1+g.IntN(99), g.IntN(1000), g.IntN(1000)) }),
	"toll":    lookalike("toll_free_phone", func(g *gen) string { return "0120-" + g.num(3) + "-" + g.num(3) }),
	"meeting": lookalike("meeting_id", func(g *gen) string { return g.num(3) + " " + g.num(4) + " " + g.num(4) }),
	"url":     lookalike("url", func(g *gen) string { return "https://shop.example.com/item/" + g.num(12) + "?id=" + g.num(16) }),
	"isbn":    lookalike("isbn", func(g *gen) string { return "978-4-" + g.num(4) + "-" + g.num(4) + "-" + g.num(1) }),
	"digits":  func(g *gen, arg string) { g.write(g.num(len(arg))) },
}

func (g *gen) sex() string {
	if g.who.male {
		return g.pick("男", "男性", "M")
	}
	return g.pick("女", "女性", "F")
}

func (g *gen) money() string {
	n := 180 + g.IntN(900)
	switch g.IntN(3) {
	case 0:
		return fmt.Sprintf("%d,%03d円", n, g.IntN(10)*100)
	case 1:
		return fmt.Sprintf("%d,000", n)
	}
	return fmt.Sprintf("%d万円", n)
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
