package directory

import (
	"errors"
	"io"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Sender is one line of senders.csv: a program, a device, a mailbox that several
// people share, or a mailing list. Absent values are zero.
type Sender struct {
	Address email.Address
	Name    string
	// Kind is Application, Shared, Printer or List.
	Kind policy.PartyKind
	// Owner answers for what it sends. All but shared mailboxes have one.
	Owner email.Address
	// Members write from a shared mailbox, or have the mail of a list; they need
	// not be listed as people.
	Members []email.Address
	// Outside is how many members of a list are outside the organisation, or
	// UnknownOutside; OutsideSaid tells that the file says so.
	Outside     int
	OutsideSaid bool
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
			{"outside", "社外人数", func(d *Sender, s string, _ *time.Location) error {
				d.OutsideSaid = true
				return setOutside(&d.Outside, s)
			}},
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
		return &LineError{Column: "kind", Reason: "is empty; write application, shared, printer or list"}
	case s.Owner.Equal(s.Address):
		return &LineError{Column: "owner", Reason: "is the sender itself"}
	case s.Kind.Machine() && s.Owner.IsNull():
		return &LineError{Column: "owner", Reason: "is empty; somebody must answer for what it sends"}
	case s.Kind != policy.List && s.OutsideSaid:
		return &LineError{Column: "outside", Reason: "is for lists only"}
	case s.Kind == policy.Shared && s.Owner.IsNull() && len(s.Members) == 0:
		return &LineError{Column: "members", Reason: "is empty, and there is no owner; name one of them"}
	}
	return nil
}

func setKind(to *policy.PartyKind, cell string) error {
	for _, k := range []struct {
		kind  policy.PartyKind
		alias string
	}{{policy.Application, "アプリ"}, {policy.Shared, "共有"}, {policy.Printer, "複合機"}, {policy.List, "メーリングリスト"}} {
		if strings.EqualFold(cell, string(k.kind)) || cell == k.alias {
			*to = k.kind
			return nil
		}
	}
	return errors.New("not a kind; application, shared, printer and list are known")
}

// LoadSenders reads senders.csv, in the form of people.csv:
//
//	address   メールアドレス   required, unique in the file
//	name      名称
//	kind      種別             application, shared, printer or list
//	owner     管理者           an address; all but shared mailboxes need one
//	members   メンバー         addresses, separated by semicolons
//	outside   社外人数         how many members of a list are outside, or unknown
//	language  言語             ja or en
//
// An error joins a *LineError for each bad line, at most 20.
func LoadSenders(r io.Reader) ([]Sender, error) {
	senders, _, err := sendersSheet().read(r, time.UTC)
	return senders, err
}
