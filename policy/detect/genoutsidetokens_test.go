package detect

import (
	"fmt"
	"strings"
)

// nameWith labels the current person's name with something between its parts.
func nameWith(space ...string) func(*gen, string) {
	return func(g *gen, _ string) { g.label("person_name", "", g.who.full(g.pick(space...))) }
}

// from labels one of a list of names that stand in one piece.
func from(list []string) func(*gen, string) {
	return func(g *gen, _ string) { g.next(); g.label("person_name", "", g.pick(list...)) }
}

// outsideTokens stand before all others in the texts of this set.
func outsideTokens(people map[string][]string) map[string]func(g *gen, arg string) {
	months := strings.Fields("January February March April May June July August September October November December")
	return map[string]func(g *gen, arg string){
		"n":     func(g *gen, _ string) { g.next(); nameWith("", "", "", " ", "　")(g, "") },
		"ns":    func(g *gen, _ string) { g.next(); nameWith(" ", "　")(g, "") },
		"nj":    func(g *gen, _ string) { g.next(); nameWith("")(g, "") },
		"en":    func(g *gen, _ string) { g.nextEnglish(); nameWith("")(g, "") },
		"fam":   func(g *gen, _ string) { g.next(); g.label("person_name", "surname", g.who.family) },
		"famof": func(g *gen, _ string) { g.label("person_name", "surname", g.who.family) },
		"giv":   func(g *gen, _ string) { g.next(); g.label("person_name", "", g.who.given) },
		"nameof": func(g *gen, _ string) {
			g.label("person_name", "", g.who.full(g.pick("", " ", "　")))
		},
		"kat": from(people["kata"]), "zhn": from(people["zh"]), "lat": from(people["latin"]),
		"kanaof": func(g *gen, _ string) {
			g.label("person_name", "kana", g.who.familyKana+g.pick(" ", "　", "")+g.who.givenKana)
		},
		"halfof": func(g *gen, _ string) {
			g.label("person_name", "kana", halfWidth(g.who.familyKana+" "+g.who.givenKana))
		},
		"hiraof": func(g *gen, _ string) {
			g.label("person_name", "kana", hiraganaOf(g.who.familyKana)+g.pick(" ", "　")+hiraganaOf(g.who.givenKana))
		},
		"romaof": func(g *gen, _ string) {
			f, n := title(g.who.familyRoman), title(g.who.givenRoman)
			g.label("person_name", "romaji", g.pick(n+" "+f, strings.ToUpper(f)+" "+n, f+" "+n, strings.ToUpper(f+" "+n), n+" "+strings.ToUpper(f)))
		},
		"ro": func(g *gen, _ string) { // a Japanese person in English text
			g.next()
			g.label("person_name", "romaji", title(g.who.givenRoman)+" "+title(g.who.familyRoman))
		},
		"rofam":   func(g *gen, _ string) { g.label("person_name", "romaji", title(g.who.familyRoman)) },
		"famkana": func(g *gen, _ string) { g.label("person_name", "kana", g.who.familyKana) },
		"givkana": func(g *gen, _ string) { g.label("person_name", "kana", g.who.givenKana) },
		"hex32":   unseenTokens["hex32"], "awssecret": unseenTokens["awssecret"], "jwt": unseenTokens["jwt"], "gcp": unseenTokens["gcp"], "gitlab": unseenTokens["gitlab"], "npm": unseenTokens["npm"],
		"rrn": unseenTokens["rrn"], "cnid": unseenTokens["cnid"], "aadhaar": unseenTokens["aadhaar"], "pan": unseenTokens["pan"], "nric": unseenTokens["nric"], "steuer": unseenTokens["steuer"], "nir": unseenTokens["nir"], "tfn": unseenTokens["tfn"],
		"first": private("person_name", func(g *gen) string { return g.who.givenRoman }),
		"last":  private("person_name", func(g *gen) string { return g.who.familyRoman }),
		"bd":    private("birth_date", (*gen).outsideBirth),
		"bden": private("birth_date", func(g *gen) string {
			y, m, d := g.who.birth[0], g.who.birth[1], g.who.birth[2]
			return g.pick(fmt.Sprintf("%d %s %d", d, months[m-1], y), fmt.Sprintf("%s %d, %d", months[m-1], d, y), fmt.Sprintf("%02d/%02d/%d", m, d, y),
				fmt.Sprintf("%d-%02d-%02d", y, m, d), fmt.Sprintf("%d %s. %d", d, months[m-1][:3], y), fmt.Sprintf("%s %d %d", months[m-1][:3], d, y))
		}),
		"birth": private("birth_date", (*gen).outsideBirth),
		"sx": private("gender", func(g *gen) string {
			if g.who.male {
				return g.pick("男", "男性", "男", "M", "♂")
			}
			return g.pick("女", "女性", "女", "F", "♀")
		}),
		"sxen": private("gender", func(g *gen) string { return map[bool]string{true: "Male", false: "Female"}[g.who.male] }),
		"tel":  private("phone", (*gen).outsidePhone),
		"landline": private("phone", func(g *gen) string {
			area := g.pick("03", "06", "0422", "0467", "072", "0566", "0956", "098", "0154")
			d := g.pick("2", "3", "4", "5", "6", "7") + g.num(9-len(area))
			cut := len(d) - 4
			return g.pick(area+"-"+d[:cut]+"-"+d[cut:], "("+area+")"+d[:cut]+"-"+d[cut:], fullWidth(area+"-"+d[:cut]+"-"+d[cut:]), area+d, area+" "+d[:cut]+" "+d[cut:])
		}),
		"eml": private("email", func(g *gen) string {
			return g.mail(g.pick("icloud.example", "ezweb.example", "yahoo.example", "example.net", "nifty.example.org"))
		}),
		"emlw": private("email", func(g *gen) string { return fullWidth(g.mail("ezweb.example")) }),
		"zp": func(g *gen, _ string) {
			z, _ := g.place()
			g.label("postal_code", "", g.pick(z, z, fullWidth(z), strings.ReplaceAll(z, "-", ""), strings.ReplaceAll(z, "-", "−")))
		},
		"ad": func(g *gen, _ string) { _, a := g.place(); g.label("address", "", a) },
		"zpad": func(g *gen, _ string) {
			z, a := g.place()
			way := g.way
			g.write(g.pick("〒", "〒", "〒 ", "郵便番号", ""))
			g.way = ""
			g.label("postal_code", "", g.pick(z, z, fullWidth(z)))
			g.write(g.pick(" ", "　", "\n"))
			g.way = way
			g.label("address", "", a)
		},
		"my": private("my_number", func(g *gen) string { return g.dress(g.myNumber(), 4, 4) }),
		"cc": private("credit_card", (*gen).card),
		"exp": private("card_expiry", func(g *gen) string {
			m, y := 1+g.IntN(12), 26+g.IntN(6)
			return g.pick(fmt.Sprintf("%02d/%02d", m, y), fmt.Sprintf("%02d/20%02d", m, y), fmt.Sprintf("20%02d年%d月", y, m), fmt.Sprintf("%02d-%02d", m, y), fmt.Sprintf("%d/%02d", m, y), fullWidth(fmt.Sprintf("%02d/%02d", m, y)), fmt.Sprintf("20%02d/%02d", y, m), fmt.Sprintf("%02d%02d", m, y))
		}),
		"cv": private("card_cvv", func(g *gen) string { return g.num(3) }),
		"pn": private("pin", func(g *gen) string { return g.num(4) }),
		"dl": private("driver_license", func(g *gen) string {
			return g.dress(g.search(func() string { return g.pick("30", "44", "52", "62", "74", "90", "10", "97", "00") + g.num(10) }, licenceCheck), 4, 4)
		}),
		"hk": private("insurer_number", func(g *gen) string {
			return g.dress(g.search(func() string { return g.pick("01", "06", "34", "39") + fmt.Sprintf("%02d", 1+g.IntN(47)) + g.num(4) }, luhn))
		}),
		"kg": private("insured_symbol_number", func(g *gen) string {
			return g.pick("記号", "記号 ", "記号：") + g.num(3+g.IntN(5)) + g.pick(" ", "・", "、", "　／　") + g.pick("番号", "番号 ", "番号：") + g.num(1+g.IntN(6))
		}),
		"pp": private("passport_jp", func(g *gen) string {
			return g.pick("T", "M", "N") + g.letters(1, "RZKSHGLA") + g.pick("", "", " ", "-") + g.num(7)
		}),
		"rc": private("residence_card", func(g *gen) string {
			s := g.letters(2, upperABC) + g.num(8) + g.letters(2, upperABC)
			return g.pick(s, s, fullWidth(s), s[:2]+" "+s[2:10]+" "+s[10:], strings.ToLower(s), s[:2]+"-"+s[2:10]+"-"+s[10:])
		}),
		"pen": private("basic_pension_number", func(g *gen) string { return g.dress(g.pick("1", "3", "4", "6", "7")+g.num(9), 4) }),
		"jk":  private("resident_record_code", func(g *gen) string { return g.dress(g.pick("1", "3", "4", "6", "8")+g.num(10), 5) }),
		"ac":  private("bank_account", func(g *gen) string { s := g.num(7); return g.pick(s, s, s, fullWidth(s), s[:3]+"-"+s[3:]) }),
		"yu": private("bank_account", func(g *gen) string {
			return g.pick("記号", "記号 ", "記号：", "（記号）") + "1" + g.num(3) + "0" + g.pick(" ", "、", "　", "-") + g.pick("番号", "番号 ", "番号：", "（番号）") + g.num(5+g.IntN(3)) + "1"
		}),
		"emp": private("employee_id", func(g *gen) string { return g.pick("A", "EMP-", "0", "S", "2019-", "HR", "") + g.num(5) }),
		"sal": private("salary", func(g *gen) string {
			n := 190 + g.IntN(500)
			return g.pick(fmt.Sprintf("%d,%03d円", n, g.IntN(10)*100), fmt.Sprintf("%d万円", n), fmt.Sprintf("¥%d,000", n), fmt.Sprintf("%d万%d千円", n/10, 1+g.IntN(9)), fullWidth(fmt.Sprintf("%d,000", n))+"円", fmt.Sprintf("%d000円", n))
		}),
		"salnum": private("salary", func(g *gen) string { return fmt.Sprint((190 + g.IntN(400)) * 1000) }),
		"salen": private("salary", func(g *gen) string {
			return g.pick("$", "£", "€", "USD ", "JPY ") + fmt.Sprintf("%d,%03d", 48+g.IntN(200), g.IntN(10)*100)
		}),
		"cr": func(g *gen, arg string) { g.label("special_care", "", g.pick(strings.Split(arg, "/")...)) },
		"pwd": private("secret", func(g *gen) string {
			switch g.IntN(6) {
			case 0:
				return g.pick("Sakura", "Fujisan", "Welcome", "Kuma", "Momiji", "Orange") + g.pick("", "-", "_") + g.num(2+g.IntN(3)) + g.pick("!", "#", "", "@", "%")
			case 1:
				return g.letters(8+g.IntN(5), base62) + g.num(1)
			case 2:
				return g.letters(5, base62) + g.pick("&", "*", "+", "=", "?") + g.letters(4, base62) + g.num(1)
			case 3:
				return g.num(4) + g.letters(4, "abcdefghkmnpqrstuvwxyz")
			case 4:
				return g.pick("kaigi", "tokyo", "zip", "abc", "hoken", "jimu") + g.num(4+g.IntN(4))
			}
			return g.letters(3, upperABC) + g.num(3) + "-" + g.letters(3, upperABC) + g.num(3)
		}),
		"hi": func(g *gen, _ string) {
			g.expand(g.pick("件名: ", "Subject: ", "件名：") + g.pick("ご確認のお願い", "Re: 先日の件", "【至急】手続きについて", "FW: ご連絡", "共有です", "資料送付", "(無題)") + "\n\n" + g.pick(
				"{{firm3}}\n{{bizfam}}様\n\n平素は格別のお引き立てを賜り、厚く御礼申し上げます。\n{{firm3}}の{{bizfam}}です。\n\n", "{{bizfam}}課長\n\nお疲れ様です。{{bizfam}}です。\n\n", "各位\n\nお疲れさまです。{{dept2}}の{{bizfam}}です。\n",
				"{{bizfam}}様\nCc: {{bizfam}}様\n\nお世話になっております。{{firm3}}、{{dept2}}の{{bizname}}です。\n\n", "{{dept2}}御中\n\n", "{{bizfam}}さん\n\n", "おはようございます。\n"))
		},
		"bye": func(g *gen, _ string) {
			g.expand("\n" + g.pick("\nよろしくお願いいたします。\n\n----------------------------------------\n{{firm3}}\n{{dept2}}　{{bizname}}\n〒{{bizzip}} {{bizaddr}}\nTEL: {{biztel}}  FAX: {{biztel}}\nMail: {{bizmail}}\n----------------------------------------\n",
				"\n以上です。\n{{bizfam}}\n", "\nご査収ください。\n\n*************************\n{{bizname}}\n{{firm3}} {{dept2}}\nMobile {{bizmob}}\n{{bizmail}}\n*************************\n", "\n\n", "\n引き続きよろしくお願い申し上げます。\n\n{{firm3}}　{{bizname}}（{{bizmail}}）\n",
				"\n\n== == == == == ==\n　{{firm3}}\n　{{dept2}}　主任　{{bizname}}\n　電話 {{biztel}}（代表）\n== == == == == ==\n"))
		},
		"hien": func(g *gen, _ string) {
			g.expand("Subject: " + g.pick("Details as discussed", "Re: onboarding", "FYI", "Request", "Follow-up") + "\n\n" + g.pick("Dear {{bizen2}},\n\n", "Hi {{bizfirst}},\n\n", "Hello team,\n\n", "Dear Sir or Madam,\n\n", "All,\n\n"))
		},
		"byeen": func(g *gen, _ string) {
			g.expand("\n\n" + g.pick("Kind regards,\n{{bizen2}}\n", "Best regards,\n\n{{bizro}}\nGeneral Affairs Dept.\nHokusei Trading Co., Ltd.\nTel: +81-3-{{digits|0000}}-{{digits|0000}}\n{{bizmail}}\n", "Thanks,\n{{bizfirst}}\n", "Sincerely,\n{{bizen2}} | HR Operations | Brightwell plc\n"))
		},
		"bizen2": func(g *gen, _ string) {
			f := strings.Split(g.pick(g.english...), ":")
			g.label("business_contact", "name", f[0]+" "+f[1])
		},
		"bizfirst": func(g *gen, _ string) {
			f := strings.Split(g.pick(g.english...), ":")
			g.label("business_contact", "name", f[0])
		},
		"bizro": func(g *gen, _ string) {
			p := g.person()
			g.label("business_contact", "name", title(p.givenRoman)+" "+strings.ToUpper(p.familyRoman))
		},
		"firm3": func(g *gen, _ string) {
			g.write(g.pick("株式会社北星商事", "みなもと信用金庫", "（株）タチバナ建設", "社会福祉法人たんぽぽ会", "ことぶき薬局株式会社", "学校法人双葉学院", "蒼海市役所", "合資会社松風堂", "株式会社ネクサス・ラボ"))
		},
		"dept2": func(g *gen, _ string) {
			g.write(g.pick("管理部", "経理課", "カスタマーサポート", "福祉課", "教務課", "情報システム室", "採用チーム", "営業２課", "看護部", "物流センター"))
		},
		"word": func(g *gen, arg string) { g.write(g.letters(len(arg), upperABC)) },
		"d":    func(g *gen, arg string) { g.write(g.num(len(arg))) },
		// look-alikes
		"yamato": lookalike("tracking_number", func(g *gen) string {
			d := g.search(func() string { return g.num(12) }, mod7)
			return g.pick(d, d[:4]+"-"+d[4:8]+"-"+d[8:])
		}),
		"s10": lookalike("tracking_number", func(g *gen) string { return g.letters(2, upperABC) + g.num(9) + "JP" }),
		"ord": lookalike("order_number", func(g *gen) string {
			return g.pick(g.num(3)+"-"+g.num(7)+"-"+g.num(7), g.num(12), "PO-"+g.num(8), g.num(10), "25"+g.num(6)+"-"+g.num(4))
		}),
		"ord16b": lookalike("order_number", func(g *gen) string { return "4" + g.num(15) }),
		"houjin": lookalike("corporate_number", func(g *gen) string { return g.search(func() string { return g.num(13) }, corporateCheck) }),
		"invno":  lookalike("invoice_registration", func(g *gen) string { return "T" + g.search(func() string { return g.num(13) }, corporateCheck) }),
		"jan2":   lookalike("jan_code", func(g *gen) string { return g.pick("49", "45") + g.num(11) }),
		"prt": lookalike("part_number", func(g *gen) string {
			return g.pick(g.letters(2, upperABC)+g.num(7), g.letters(3, upperABC)+"-"+g.num(4)+g.letters(1, upperABC), g.letters(2, upperABC)+g.num(8)+g.letters(2, upperABC), g.num(4)+"-"+g.num(6))
		}),
		"ts": lookalike("timestamp", func(g *gen) string {
			return g.pick("20261122", "20250403") + fmt.Sprintf("%02d%02d%02d", g.IntN(24), g.IntN(60), g.IntN(60))
		}),
		"ts14": lookalike("timestamp", func(g *gen) string {
			return fmt.Sprintf("2026-11-%02dT%02d:%02d:%02d.%s+09:00", 1+g.IntN(28), g.IntN(24), g.IntN(60), g.IntN(60), g.num(3))
		}),
		"ibanlike": lookalike("iban_like", func(g *gen) string {
			return g.pick("GB", "DE", "FR") + g.num(2) + "-" + g.letters(4, upperABC) + "-" + g.num(6)
		}),
		"badmy": lookalike("mynumber_like_bad_check", func(g *gen) string {
			return g.dress(g.search(func() string { return g.num(12) }, func(s string) bool { return !myNumberCheck(s) && !licenceCheck(s) }), 4, 4)
		}),
		"badcc": lookalike("card_like_bad_luhn", func(g *gen) string {
			return g.search(func() string { return "4" + g.num(15) }, func(s string) bool { return !luhn(s) })
		}),
		"testcc": lookalike("test_card", func(g *gen) string {
			return g.pick("4111 1111 1111 1111", "4242424242424242", "5555-5555-5555-4444", "378282246310005", "3530111333300000")
		}),
		"dt": lookalike("date", func(g *gen) string { return fmt.Sprintf("%d年%d月%d日", 2024+g.IntN(4), 1+g.IntN(12), 1+g.IntN(28)) }),
		"amt": lookalike("amount", func(g *gen) string {
			return g.pick("¥", "") + fmt.Sprintf("%d,%03d,%03d", 1+g.IntN(99), g.IntN(1000), g.IntN(1000))
		}),
		"free": lookalike("toll_free_phone", func(g *gen) string { return g.pick("0120-", "0570-", "0800-") + g.num(3) + "-" + g.num(3) }),
		"zoom": lookalike("meeting_id", func(g *gen) string { return g.pick(g.num(3)+" "+g.num(4)+" "+g.num(4), g.num(11)) }),
		"tick": lookalike("ticket_id", func(g *gen) string { return g.pick("INC0", "REQ-", "#", "OPS-") + g.num(6) }),
		"ver":  lookalike("version", func(g *gen) string { return fmt.Sprintf("%d.%d.%d.%s", g.IntN(20), g.IntN(20), g.IntN(99), g.num(4)) }),
		"sha1": lookalike("hash", func(g *gen) string { return g.letters(40, hexDigits) }),
		"guid": lookalike("uuid", func(g *gen) string {
			return g.letters(8, hexDigits) + "-" + g.letters(4, hexDigits) + "-4" + g.letters(3, hexDigits) + "-b" + g.letters(3, hexDigits) + "-" + g.letters(12, hexDigits)
		}),
		"link": lookalike("url", func(g *gen) string {
			return "https://portal.example.jp/d/" + g.num(12) + "?sid=" + g.letters(24, base62)
		}),
		"sn": lookalike("serial", func(g *gen) string {
			return g.pick(g.letters(2, upperABC)+g.num(8)+g.letters(2, upperABC), "S/N "+g.num(12), g.letters(4, upperABC)+g.num(6))
		}),
		"lotno": lookalike("lot", func(g *gen) string { return g.pick("L", "", "LOT") + g.num(10) }),
		"contr": lookalike("contract_number", func(g *gen) string { return g.pick(g.num(4)+"-"+g.num(6), "第"+g.num(10)+"号", "K"+g.num(9)) }),
	}
}

func (g *gen) outsidePhone() string {
	d := "0" + g.pick("7", "8", "9") + "0" + g.pick("1", "2", "3", "4", "5", "6", "7", "8", "9") + g.num(7)
	switch g.IntN(8) {
	case 0:
		return "+81" + g.pick("-", " ", "") + d[1:3] + "-" + d[3:7] + "-" + d[7:]
	case 1:
		return d[:3] + "（" + d[3:7] + "）" + d[7:]
	case 2:
		return "(" + d[:3] + ") " + d[3:7] + "-" + d[7:]
	}
	s := g.dress(d, 3, 4)
	return strings.NewReplacer("/", "-", "\n", "").Replace(s)
}

func hiraganaOf(kana string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'ァ' && r <= 'ヶ' {
			return r - 0x60
		}
		return r
	}, kana)
}
