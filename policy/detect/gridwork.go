package detect

import (
	"slices"
	"strings"
)

// atWork tells a table that names people by what they do at work, or by their telephones
// there, and says nothing else of them but how they are reached: rosters, tickets,
// programmes, extensions. Mobile telephones that no header calls the firm's are their own. Somebody who is named otherwise beside them is a customer whom
// they look after.
func (g *grid) atWork() bool {
	desks, roles, others := false, false, false
	meets := g.hasHeader("会議", "議題", "議事", "打合せ", "打ち合わせ", "ミーティング", "meeting", "agenda")
	for i := range g.columns {
		c := &g.columns[i]
		low := lower(c.header)
		role := aRoleHeader.in(low) || meets && anAttendee.in(low)
		desks, roles = desks || aDesk.in(low), roles || role
		switch {
		case c.kind == phone && !aFirmsPhone.in(low) && (anyOf(low, []string{"携帯", "mobile"}) || g.mostlyMobile(i)):
			return false
		case c.kind == nil || c.kind.silent || c.kind == phone || c.kind == mailAddress:
		case c.kind == personName:
			others = others || !role
		default:
			return false
		}
	}
	return (desks || roles && !others) && !g.hasHeader("自宅", "個人", "personal", "緊急連絡", "住所", "家族", "保護者", "続柄", "年齢", "生年", "会員", "顧客", "面接", "選考", "home", "emergency", "private", "age", "member", "customer")
}

// aDesk is a word of headers of how somebody is reached at work, aRoleHeader one of what
// somebody does there.
var (
	aDesk       = newAnyWord("内線", "社用", "直通", "extension", "on-call", "oncall")
	aRoleHeader = newAnyWord("当番", "一次", "二次", "オンコール", "当直", "宿直", "日直", "待機", "登壇", "講演", "講師", "発表者", "座長", "司会", "起票", "承認者", "作成者", "更新者", "検収", "査読", "レビュア", "議長", "書記", "決裁", "対応者", "点検者",
		"reporter", "assignee", "assigned", "reviewer", "approver", "speaker", "presenter", "author", "commit")
)

// anAttendee is a word of headers for those who come to meetings.
var anAttendee = newAnyWord("参加者", "出席者", "出席", "同席", "メンバー", "主催", "attendee", "participant", "organiser", "organizer", "chair")

// aFirmsPhone are words of headers of telephones that the firm gives.
var aFirmsPhone = newAnyWord("社用", "会社", "業務", "内線", "直通", "貸与", "支給", "当番用", "当直用", "公用", "company", "work", "office", "desk", "on-call phone", "duty phone")

// dutyColumns types the columns of those on duty, named by what they do, in a table that
// tells how they are reached in private.
func (g *grid) dutyColumns() {
	if g.company || !slices.ContainsFunc(g.columns, func(c column) bool { return c.kind == phone }) {
		return
	}
	for i := range g.columns {
		if c := &g.columns[i]; c.kind == nil && aRoleHeader.in(lower(c.header)) {
			if n, named := g.share(i, g.reader.d.nameLike); n > 0 && named*10 >= n*9 {
				c.kind = personName
			}
		}
	}
}

// cardColumn takes a column headed as that of payment cards for one of residence cards
// when its cells are such.
func (g *grid) cardColumn() {
	for i := range g.columns {
		c := &g.columns[i]
		if c.kind != creditCard && !(c.kind == negativeLabel && strings.Contains(c.header, "カード")) {
			continue
		}
		n, cards := g.share(i, func(s string) bool {
			_, ok := g.reader.check(residenceCard, s)
			return ok
		})
		if n > 0 && cards*10 >= n*9 {
			c.kind = residenceCard
		}
	}
}

// mostlyMobile tells a column of telephone numbers of which most are mobiles, and not all the
// same one, which is handed on.
func (g *grid) mostlyMobile(col int) bool {
	first, differ := "", false
	n, mobile := g.share(col, func(s string) bool {
		m, ok := g.reader.check(phone, s)
		if first == "" {
			first = m.norm
		}
		differ = differ || ok && m.norm != first
		return ok && m.subtype == "mobile"
	})
	return n >= 2 && differ && mobile*2 > n
}

// agencyColumns marks the columns of a list of private people that hold how those who look
// after them are reached: 代理店担当者, 代理店電話, and 担当者 beside the people's own names.
func (g *grid) agencyColumns() {
	_, others := g.inCharge()
	for i, s := range g.cells(g.header) {
		if i == len(g.columns) {
			return
		}
		if c := &g.columns[i]; c.kind == nil || businessKind(c.kind) {
			c.agency = anAgency.in(lower(s)) || others && (c.kind == personName || c.kind == nil) && aCharge.in(lower(s))
		}
	}
}

// lookedAfter tells a table of firms and of who is in charge there: 訪問先, 先方担当者. Nearly
// all cells of a column name firms, and people are named for that alone.
func (g *grid) lookedAfter() bool {
	charged, others := g.inCharge()
	return charged && !others && slices.ContainsFunc(g.columns, func(c column) bool { return c.kind == nil && c.header != "" }) && g.firmColumn()
}

// inCharge tells whether columns name people as being in charge of something, and whether
// others name people otherwise.
func (g *grid) inCharge() (charged, others bool) {
	for i := range g.columns {
		if c := &g.columns[i]; c.kind == personName || c.kind == nil {
			charge := aCharge.in(lower(c.header))
			charged, others = charged || charge, others || !charge && c.kind == personName
		}
	}
	return charged, others
}

// aCharge is a word of headers for somebody in charge.
var aCharge = newAnyWord("担当", "先方", "窓口", "代表者", "応対者", "来訪者", "contact person", "person in charge", "account manager", "handled by", "case worker")

// firmColumn tells that nearly all cells of a column name a firm.
func (g *grid) firmColumn() bool {
	for col := range g.columns {
		if n, firms := g.share(col, func(s string) bool { return organisation(lower(s)) }); n >= 2 && firms*10 >= n*9 {
			return true
		}
	}
	return false
}

// ofFirms tells a table without headers that lists firms: nearly all cells of a column
// name one, those of another a department, and nothing tells of private people.
func (g *grid) ofFirms() bool {
	desks, firms := 0, 0
	for col := range g.columns {
		switch g.columns[col].kind {
		case address, birthDate, gender, salary, specialCare:
			return false
		}
		desks += b2i(g.begins(col, ofDesk))
	}
	if desks == 0 { // most
		return false
	}
	for col := range g.columns {
		if g.begins(col, func(s string) bool { return organisation(lower(s)) }) {
			firms++
			desks -= b2i(g.begins(col, ofDesk))
		}
	}
	return firms > 0 && desks > 0
}

func ofDesk(s string) bool { return deskEnd.ends(s) || aDepartment.ends(s) }

// begins tells that nearly all of the first cells of a column are of some kind.
func (g *grid) begins(col int, kind func(string) bool) bool {
	n, good := 0, 0
	g.each(col, func(_ int, s string) bool {
		n++
		good += b2i(kind(s))
		return n < sampleRows/4
	})
	return n >= 2 && good*10 >= n*9
}

// anAgency is a word of headers for a firm.
var anAgency = newAnyWord("代理店", "仕入先", "施工業者", "施工店", "工務店", "販売店", "取扱店", "管理会社", "不動産会社", "仲介会社", "保険会社", "紹介会社", "派遣元", "ディーラー", "弊社担当", "当社担当", "弊社窓口", "当社窓口", "貴社窓口", "御社窓口", "自社窓口", "貴社担当", "御社担当", "営業担当", "agency", "broker", "dealer", "account manager")

// aPaper is a word of headers of columns with ids of people of several countries.
var aPaper = newAnyWord("national id", "nationalid", "national_id", "identity", "citizen id", "government id", "id document", "身分証", "本人確認書類")

// mobiles tells a column of a list of people in which nearly all cells are eleven digits
// as those of mobile telephones begin, whatever its header: 09012345678.
func (g *grid) mobiles(col int) bool {
	if !g.people() {
		return false
	}
	n, good := g.share(col, func(s string) bool {
		return len(s) == len("09012345678") && s[0] == '0' && s[1] >= '6' && s[2] == '0' && s[3] != '0' && digitsIn(s) == len(s)
	})
	return good >= lateCells && good*10 >= n*9
}

// splitBirths types three columns of a list of people headed year, month and day, with
// years in which people of all ages were born, for dates of birth.
func (g *grid) splitBirths() {
	if !g.people() {
		return
	}
	for i := 0; i+2 < len(g.columns); i++ {
		c := &g.columns[i]
		if c.kind != nil && !c.kind.silent && !c.voted || !yearHeaders[lower(c.header)] || !monthHeaders[lower(g.columns[i+1].header)] || !dayHeaders[lower(g.columns[i+2].header)] {
			continue
		}
		n, good, first, last := 0, 0, 9999, 0
		g.each(i, func(row int, s string) bool {
			n++
			cells := g.row(row)
			if y := atoi(s); i+2 < len(cells) && shortDigits(s) && y >= 1910 && y <= 2025 {
				if _, ok := g.reader.check(birthDate, s+"-"+g.cell(cells[i+1])+"-"+g.cell(cells[i+2])); ok {
					good++
					first, last = min(first, y), max(last, y)
				}
			}
			return n < sampleRows
		})
		if n >= 2 && good*10 >= n*9 && first <= 2012 && (last-first >= 5 || n < voteRows) {
			c.kind, c.voted = birthDate, true
			g.columns[i+1].kind, g.columns[i+2].kind = nil, nil
			i += 2
		}
	}
}

var (
	yearHeaders  = wordSet("年 西暦 年(西暦) 生年 year yyyy y yr")
	monthHeaders = wordSet("月 month mm m")
	dayHeaders   = wordSet("日 day dd d")
)

// somebody tells a heading that says what those below it did or are: 署名者, 出場者. No name
// ends so.
func somebody(s string) bool {
	return len(s) >= len("署名者") && len(s) <= len("大会出場者") && strings.HasSuffix(s, "者") && kanjiWord(s, 5)
}

// aTotal are the first cells of a last row that only counts the others.
var aTotal = wordSet("合計 計 小計 総計 件数 total sum")
