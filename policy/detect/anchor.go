package detect

import "slices"

// Kinds that carry the anchors of finders in the lexicon.
var (
	passwordWord = &kind{name: "password_word", silent: true}
	tokenPrefix  = &kind{name: "token_prefix", silent: true}
	keyHeader    = &kind{name: "key_header", silent: true}
	urlMark      = &kind{name: "url_mark", silent: true}
	genderMark   = &kind{name: "gender_mark", silent: true}
	nameMark     = &kind{name: "name_mark", silent: true}
	symbolMark   = &kind{name: "symbol_mark", silent: true}
	assignMark   = &kind{name: "assign_mark", silent: true}
	inputMark    = &kind{name: "input_mark", silent: true}
	accessMark   = &kind{name: "access_mark", silent: true}
)

// addAnchors puts what the finders look for into the lexicon, so that one pass
// over the text serves all of them.
func addAnchors(x *lexicon) {
	for _, t := range careTerms {
		k := careWeak
		if t.strong {
			k = careStrong
		}
		for _, w := range t.words {
			x.add(lexWord{text: w, kind: k, anchor: true, edge: true})
		}
	}
	for _, w := range slices.Concat(passwordWords, passwordHints) {
		x.add(lexWord{text: w, kind: passwordWord, anchor: true, edge: true})
	}
	for _, w := range []string{"db_password", "_password", "_passwd", "_pwd", "_pw"} {
		x.add(lexWord{text: w, kind: passwordWord, anchor: true})
	}
	for i := range tokenShapes {
		x.add(lexWord{text: lower(tokenShapes[i].prefix), kind: tokenPrefix, anchor: true})
	}
	x.add(lexWord{text: "eyj", kind: tokenPrefix, anchor: true})
	for _, w := range awsSecretWords {
		x.add(lexWord{text: w, kind: tokenPrefix, anchor: true})
	}
	for _, w := range []string{"-----begin ", "putty-user-key-file-"} {
		x.add(lexWord{text: w, kind: keyHeader, anchor: true})
	}
	x.add(lexWord{text: "://", kind: urlMark, anchor: true})
	for _, w := range []string{"男", "女"} {
		x.add(lexWord{text: w, kind: genderMark, anchor: true})
	}
	for _, w := range append([]string{"mr", "mrs", "ms", "dr", "miss", "prof", "株式会社", "部長", "課長"}, honorifics...) {
		x.add(lexWord{text: w, kind: nameMark, anchor: true, edge: true})
	}
	for _, w := range inputWords {
		x.add(lexWord{text: w, kind: inputMark, anchor: true})
	}
	for _, w := range slices.Concat(accessWords, doorWords) {
		x.add(lexWord{text: w, kind: accessMark, anchor: true, edge: true})
	}
	for _, w := range slices.Concat(commandWords, assignedWords) {
		x.add(lexWord{text: w, kind: assignMark, anchor: true})
	}
	x.add(lexWord{text: "記号", kind: symbolMark, anchor: true})
}
