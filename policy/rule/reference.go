package rule

import (
	"fmt"
	"reflect"
	"strings"

	"cel.dev/cel-go/cel"
)

const referenceHead = `# Rules

<!-- Generated from policy/rule; do not edit. -->

A rule is a condition and what happens when it is true. Of all rules that match
a mail the strongest action wins, recipient by recipient (pass, delay, hold,
reject); all reasons are shown. Rule files are YAML; without any, the embedded
default set below judges.

` + "```yaml\n%s```" + `

A file with a mistake is never loaded: the error names file, line and column,
and the rules that were live stay live. Check files before with
` + "`sekisho rules test FILE...`" + `.

## What happens when something is not known

A fact that could not be found out (a history that is away, a parser that died)
is *unknown* in conditions, never false. When the truth of a condition hangs on
it, on_unknown decides; when it does not (` + "`false && unknown`" + `), nothing happens.
An evaluation that fails, takes more than %s steps or more than %s
holds the mail, with the sender and a copy to admin. In a matching condition a
recipient about whom nothing is known counts as matching.

Automatic mail (null sender, Auto-Submitted, list mail) and invitations are not
judged by rules of kind recipients and are never delayed; hold and reject rules
of kind content judge them like any other mail.

`

// exampleRules is the example of the reference; a test loads and runs it.
const exampleRules = `rules:
  - name: estimates-need-a-manager
    title: {ja: 見積書の社外送信, en: Estimate to an outside address}
    when: attachments.exists(a, a.name.contains("見積")) && recipients.exists(r, r.external && !r.trusted)
    then: hold
    hold: {approvers: [manager], deadline: 4 working hours, on_expiry: reject}
    reason: {ja: "見積書({f})が{n}社に送られます。", en: "An estimate ({f}) goes to {n} companies."}
    fill: {f: attachments.names(), n: groups.companies}
    tests:
      - {facts: {attachments: [{name: 見積書.pdf}]}, expect: hold}
      - {facts: {attachments: [{name: 地図.pdf}]}, expect: pass}
  - name: free-mail-waits
    when: recipients.exists(r, r.external && r.free_mail)
    then: delay
    delay: 5m
    applies_to: matching
    matching: r.external && r.free_mail
    tests:
      - {facts: {recipients: [{address: a@gmail.com, external: true, free_mail: true}]}, expect: delay}
`

// Reference is docs/rules.md: fields, variables, functions and the default set.
func Reference() string {
	var b strings.Builder
	fmt.Fprintf(&b, referenceHead, exampleRules, thousands(costLimit), evalTime)
	for _, t := range []struct {
		title string
		spec  reflect.Type
	}{
		{"The file", reflect.TypeFor[fileSpec]()},
		{"A rule", reflect.TypeFor[ruleSpec]()},
		{"hold", reflect.TypeFor[holdSpec]()},
		{"A test", reflect.TypeFor[caseSpec]()},
	} {
		fmt.Fprintf(&b, "## %s\n\n| field | meaning |\n|---|---|\n", t.title)
		for i := range t.spec.NumField() {
			if f := t.spec.Field(i); f.Tag.Get("yaml") != "" {
				fmt.Fprintf(&b, "| `%s` | %s |\n", f.Tag.Get("yaml"), cell(f.Tag.Get("doc")))
			}
		}
		b.WriteString("\n")
	}
	writeVariables(&b)
	writeFunctions(&b)
	b.WriteString("## The default set\n\n```yaml\n" + Default() + "```\n")
	return b.String()
}

func writeVariables(b *strings.Builder) {
	b.WriteString("## Variables\n\nRules that name a variable about content are of kind content; about recipients and nothing of the content, of kind recipients.\n\n" +
		"| variable | type | about | meaning |\n|---|---|---|---|\n")
	for _, v := range vocabulary.variables {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", v.name, cel.FormatCELType(v.typ), v.about, cell(v.doc))
	}
	fmt.Fprintf(b, "\nNot available yet: `%s`.\n\n", strings.Join(laterVariables, "`, `"))
	seen := map[string]bool{}
	for _, v := range vocabulary.variables {
		if v.object == nil || seen[v.object.name] {
			continue
		}
		seen[v.object.name] = true
		fmt.Fprintf(b, "### %s\n\n| field | type | meaning |\n|---|---|---|\n", v.object.name)
		for _, f := range v.object.fields {
			fmt.Fprintf(b, "| `%s` | %s | %s |\n", f.name, cel.FormatCELType(f.typ), cell(f.doc))
		}
		b.WriteString("\n")
	}
}

func writeFunctions(b *strings.Builder) {
	b.WriteString("## Functions\n\nCEL's own operators and functions (`&&`, `||`, `!`, `in`, `exists`, `all`, `filter`, `map`, `size`, `contains`, `startsWith`, `endsWith`, `matches`, " +
		"`getHours`, ...; not `has`), and:\n\n| function | gives | meaning |\n|---|---|---|\n")
	for _, f := range functions() {
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", f.signature, cel.FormatCELType(f.overloads[0].result), cell(f.doc))
	}
	b.WriteString("\n")
}

// cell keeps a text inside a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }
