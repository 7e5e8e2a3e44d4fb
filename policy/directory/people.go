package directory

import (
	"io"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// peopleSheet is people.csv.
func peopleSheet() sheet[Person] {
	return sheet[Person]{
		columns: []column[Person]{
			{"address", "メールアドレス", func(p *Person, s string, _ *time.Location) error { return setAddress(&p.Address, s) }},
			{"name", "氏名", func(p *Person, s string, _ *time.Location) error { p.Name = s; return nil }},
			{"kana", "カナ", func(p *Person, s string, _ *time.Location) error { p.Kana = s; return nil }},
			{"manager", "上長", func(p *Person, s string, _ *time.Location) error { return setAddress(&p.Manager, s) }},
			{"deputy", "代理", func(p *Person, s string, _ *time.Location) error { return setAddress(&p.Deputy, s) }},
			{"away_from", "不在開始", func(p *Person, s string, z *time.Location) error { return setDay(&p.AwayFrom, s, z) }},
			{"away_to", "不在終了", func(p *Person, s string, z *time.Location) error { return setDay(&p.AwayTo, s, z) }},
			{"groups", "グループ", func(p *Person, s string, _ *time.Location) error { p.Groups = split(s); return nil }},
			{"language", "言語", func(p *Person, s string, _ *time.Location) error { return setLanguage(&p.Language, s) }},
			{"last_day", "最終日", func(p *Person, s string, z *time.Location) error { return setDay(&p.LastDay, s, z) }},
			{"further", "その他のアドレス", func(p *Person, s string, _ *time.Location) error { return setAddresses(&p.Further, s) }},
		},
		check:     checkPerson,
		addresses: func(p Person) []email.Address { return append([]email.Address{p.Address}, p.Further...) },
	}
}

func checkPerson(p Person) *LineError {
	switch {
	case p.Address.IsNull():
		return &LineError{Column: "address", Reason: "is empty"}
	case p.Manager.Equal(p.Address):
		return &LineError{Column: "manager", Reason: "is the person himself"}
	case p.Deputy.Equal(p.Address):
		return &LineError{Column: "deputy", Reason: "is the person himself"}
	case !p.AwayFrom.IsZero() && !p.AwayTo.IsZero() && p.AwayTo.Before(p.AwayFrom):
		return &LineError{Column: "away_to", Reason: "is before away_from"}
	}
	return nil
}

// Load reads people.csv: comma-separated, UTF-8 with or without byte order mark
// or CP932, the first line naming the columns:
//
//	address    メールアドレス    required, unique in the file
//	name       氏名
//	kana       カナ
//	manager    上長              an address
//	deputy     代理              an address
//	away_from  不在開始          2006-01-02 or 2006/1/2
//	away_to    不在終了          the last day of the absence
//	groups     グループ          separated by semicolons; the first is shown as department
//	language   言語              ja or en
//	last_day   最終日            the last working day
//	further    その他のアドレス  further addresses, separated by semicolons
//
// Dates are days in zone. An error joins a *LineError for each bad line, at
// most 20; the Directory is then nil.
func Load(r io.Reader, zone *time.Location) (*Directory, error) {
	people, _, err := peopleSheet().read(r, zone)
	if err != nil {
		return nil, err
	}
	return newDirectory(people, nil), nil
}
