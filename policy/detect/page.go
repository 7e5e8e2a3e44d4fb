package detect

import (
	"bytes"
	"fmt"
)

// severityWords explain the severity classes.
var severityWords = []string{"", "business contact", "single item (name, phone, mail)", "contact record", "government id, HR data, listed by the administrator", "My Number, card, credential, special care, own records"}

// FindingsPage writes docs/findings.md: all types of findings.
func FindingsPage() []byte {
	var b bytes.Buffer
	b.WriteString("# Findings\n\n<!-- Generated; do not edit. -->\n\nThe types that the detectors report, as rules (`findings.exists(f, f.type == \"...\")`) and\n`sekisho scan --json` name them. Confidence is at least 0.95 for certain, 0.75 for likely values; values that\nare only possible count when ten of a kind stand in one part. Samples are always masked.\n\n")
	b.WriteString("| type | 日本語 | English | severity |\n|---|---|---|---|\n")
	for _, t := range Types() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %d |\n", t.Name, t.Title.JA, t.Title.EN, t.Severity)
	}
	b.WriteString("\n## Severity\n\n")
	for i, w := range severityWords[1:] {
		fmt.Fprintf(&b, "%d. %s\n", i+1, w)
	}
	b.WriteString("\n## Subtypes\n\n| type | subtypes |\n|---|---|\n")
	for _, s := range subtypes {
		fmt.Fprintf(&b, "| `%s` | %s |\n", s[0], s[1])
	}
	b.WriteString("\n" + dutyText)
	return b.Bytes()
}

var subtypes = [][2]string{
	{"business_contact", "the type the value would have if it were private"},
	{"person_name", "`kana`, `romaji`, `surname`, `family`, `given`"},
	{"phone", "`fixed`, `mobile`, `foreign`"},
	{"bank_account", "`yucho` for the savings bank"},
	{"secret", "`password`, `netbank` (login of an online bank), `private_key`, `connection_string`, `jwt`, `aws_access_key`, `aws_secret_key`, `github_token`, `gitlab_token`, `slack_token`, `stripe_key` and others by provider"},
	{"keyword, pattern, exact_match, confidential_document", "the name that the administrator gave the list, pattern, table or document"},
	{"biometric", "`face`, `fingerprint`, `iris`, `vein`, `identity_document`; none for a column of templates"},
	{"vehicle_registration", "`uk`, `in`, `tr`"},
	{"password_sent_alongside", "`opened` when the password did open the file"},
	{"sensitivity_label", "the label's name in lower case"},
}

const dutyText = `## Reporting duty

Which items of the Japanese reporting duty the content would hit if it leaked is an estimate from the content alone
(Act on the Protection of Personal Information, article 26; enforcement rule article 7, as in force since
1 April 2022): ` + "`rule7-1`" + ` special-care information, ` + "`rule7-2`" + ` property damage (card number, login of an online bank),
` + "`rule7-4`" + ` more than 1,000 people; ` + "`mynumber`" + ` and ` + "`mynumber-over-100`" + ` for Individual Numbers. Wrongful purpose
(item 3) cannot be read from content. What is encrypted counts as unencrypted when its password travels in the same message.
`
