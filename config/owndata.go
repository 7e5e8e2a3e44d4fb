package config

import "fmt"

// OwnData is what this company adds to the built-in types of findings. Rules ask
// for it by type and name: findings.exists(f, f.type == "exact_match" &&
// f.subtype == "customers").
type OwnData struct {
	// Words are lists of words; findings have the type keyword.
	Words []OwnWords `key:"words" validate:"dive"`
	// Patterns are regular expressions; findings have the type pattern.
	Patterns []OwnPattern `key:"patterns" validate:"dive"`
	// Tables are the company's own records, as sekisho edm build wrote them;
	// findings have the type exact_match.
	Tables []OwnTable `key:"tables" validate:"dive"`
	// Documents are the fingerprints of confidential documents, as sekisho
	// fingerprint build wrote them; findings have the type confidential_document.
	Documents []OwnDocuments `key:"documents" validate:"dive"`
	// CodeWords are names of projects that must not go out before a day; findings
	// have the type code_word.
	CodeWords []OwnCodeWord `key:"code_words" validate:"dive"`
}

// OwnWords is a list of words.
type OwnWords struct {
	// Name as rules write it.
	Name string `key:"name" validate:"required,word"`
	// TitleJA is what Japanese notices call it. Empty: the name.
	TitleJA string `key:"title_ja"`
	// TitleEN is what English notices call it. Empty: the name.
	TitleEN string `key:"title_en"`
	// File has one word per line, in UTF-8, where wanted with its weight behind a
	// tab (a whole number; else 1). Width and case do not matter. A line that
	// begins with # is a remark.
	File string `key:"file" path:"file" validate:"required"`
	// Threshold is the sum of the weights of different words that a part must
	// reach. 1: any word.
	Threshold int `key:"threshold" default:"1" validate:"min=1"`
}

// OwnPattern is a regular expression.
type OwnPattern struct {
	// Name as rules write it.
	Name string `key:"name" validate:"required,word"`
	// TitleJA is what Japanese notices call it. Empty: the name.
	TitleJA string `key:"title_ja"`
	// TitleEN is what English notices call it. Empty: the name.
	TitleEN string `key:"title_en"`
	// Pattern is the expression (RE2). Every match must hold a fixed text of three
	// octets or four digits in a row, since it is tried only where one stands.
	Pattern string `key:"pattern" validate:"required"`
	// Confidence in percent: 95 and more is certain, 75 likely.
	Confidence int `key:"confidence" default:"100" validate:"min=1,max=100"`
}

// OwnTable is a table of the company's own records.
type OwnTable struct {
	// Name as rules write it.
	Name string `key:"name" validate:"required,word"`
	// TitleJA is what Japanese notices call it. Empty: the name.
	TitleJA string `key:"title_ja"`
	// TitleEN is what English notices call it. Empty: the name.
	TitleEN string `key:"title_en"`
	// File was written by sekisho edm build. It holds salted hashes only.
	File string `key:"file" path:"file" validate:"required"`
	// People: each record is a person, who counts as one in the mail.
	People bool `key:"people" default:"true"`
}

// OwnDocuments are the fingerprints of confidential documents.
type OwnDocuments struct {
	// Name as rules write it.
	Name string `key:"name" validate:"required,word"`
	// TitleJA is what Japanese notices call them. Empty: the name.
	TitleJA string `key:"title_ja"`
	// TitleEN is what English notices call them. Empty: the name.
	TitleEN string `key:"title_en"`
	// File was written by sekisho fingerprint build.
	File string `key:"file" path:"file" validate:"required"`
}

// OwnCodeWord is the name of a project that is not public yet.
type OwnCodeWord struct {
	// Word as it is written; width and case do not matter.
	Word string `key:"word" validate:"required"`
	// Until is the last day on which it must not go out (2027-03-31). Empty: no end.
	Until Date `key:"until"`
}

// ownClashes: a name stands for one thing.
func ownClashes(c *Config, add func(key, format string, args ...any)) {
	seen := map[string]bool{}
	once := func(list string, i int, name string) {
		if seen[name] {
			add(fmt.Sprintf("own_data.%s[%d].name", list, i), "%s is used twice; notices and rules could not tell the two apart", name)
		}
		seen[name] = true
	}
	for i, w := range c.OwnData.Words {
		once("words", i, w.Name)
	}
	for i, p := range c.OwnData.Patterns {
		once("patterns", i, p.Name)
	}
	for i, t := range c.OwnData.Tables {
		once("tables", i, t.Name)
	}
	for i, d := range c.OwnData.Documents {
		once("documents", i, d.Name)
	}
}
