package directory

import (
	"errors"
	"io"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Sender is one line of senders.csv: a program, a device or a mailbox that
// several people share. Absent values are zero.
type Sender struct {
	Address email.Address
	Name    string
	// Kind is Application, Shared or Printer.
	Kind policy.PartyKind
	// Owner answers for what it sends. Applications and printers have one.
	Owner email.Address
	// Members write from a shared mailbox; they need not be listed as people.
	Members []email.Address
	// Language is "ja", "en" or "".
	Language string
}

func sendersSheet() sheet[Sender] {
	return sheet[Sender]{
		columns: []column[Sender]{
			{"address", "メールアドレス", func(d *Sender, s string, _ *time.Location) error { return setAddress(&d.Address, s) }},
			{"name", "名称", func(d *Sender, s string, _ *time.Location) error { d.Name = s; return nil }},
			{"kind", "種別", func(d *Sender, s string, _ *time.Location) error { return setKind(&d.Kind, s) }},
			{"owner", "管理者", func(d *Sender, s string, _ *time.Location) error { return setAddress(&d.Owner, s) }},
			{"members", "メンバー", func(d *Sender, s string, _ *time.Location) error { return setAddresses(&d.Members, s) }},
			{"language", "言語", func(d *Sender, s string, _ *time.Location) error { return setLanguage(&d.Language, s) }},
		},
		check:     checkSender,
		addresses: func(s Sender) []email.Address { return []email.Address{s.Address} },
	}
}

func checkSender(s Sender) *LineError {
	switch {
	case s.Address.IsNull():
		return &LineError{Column: "address", Reason: "is empty"}
	case s.Kind == "":
		return &LineError{Column: "kind", Reason: "is empty; write application, shared or printer"}
	case s.Owner.Equal(s.Address):
		return &LineError{Column: "owner", Reason: "is the sender itself"}
	case s.Kind.Machine() && s.Owner.IsNull():
		return &LineError{Column: "owner", Reason: "is empty; somebody must answer for what it sends"}
	case s.Kind == policy.Shared && s.Owner.IsNull() && len(s.Members) == 0:
		return &LineError{Column: "members", Reason: "is empty, and there is no owner; name one of them"}
	}
	return nil
}

func setKind(to *policy.PartyKind, cell string) error {
	for _, k := range []struct {
		kind  policy.PartyKind
		alias string
	}{{policy.Application, "アプリ"}, {policy.Shared, "共有"}, {policy.Printer, "複合機"}} {
		if strings.EqualFold(cell, string(k.kind)) || cell == k.alias {
			*to = k.kind
			return nil
		}
	}
	return errors.New("not a kind; application, shared and printer are known")
}

// LoadSenders reads senders.csv, in the form of people.csv:
//
//	address   メールアドレス   required, unique in the file
//	name      名称
//	kind      種別             application, shared or printer
//	owner     管理者           an address; applications and printers need one
//	members   メンバー         addresses, separated by semicolons
//	language  言語             ja or en
//
// An error joins a *LineError for each bad line, at most 20.
func LoadSenders(r io.Reader) ([]Sender, error) {
	senders, _, err := sendersSheet().read(r, time.UTC)
	return senders, err
}
