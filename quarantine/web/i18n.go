package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/text/language"
)

//go:embed locales/*.json
var locales embed.FS

// Languages of the console.
const (
	langJA = "ja"
	langEN = "en"
)

func languages() []string { return []string{langJA, langEN} }

// catalog is everything people read, by language and key.
type catalog struct{ words map[string]map[string]string }

func loadCatalog() (*catalog, error) {
	c := &catalog{words: map[string]map[string]string{}}
	for _, lang := range languages() {
		b, err := locales.ReadFile("locales/" + lang + ".json")
		if err != nil {
			return nil, fmt.Errorf("read words: %w", err)
		}
		words := map[string]string{}
		if err := json.Unmarshal(b, &words); err != nil {
			return nil, fmt.Errorf("read words of %s: %w", lang, err)
		}
		c.words[lang] = words
	}
	return c, nil
}

// has tells whether a key exists.
func (c *catalog) has(key string) bool {
	_, ok := c.words[langEN][key]
	return ok
}

// say looks key up and replaces {name} by the value behind name in pairs. An
// unknown key shows itself, which a test keeps from happening.
func (c *catalog) say(lang, key string, pairs ...any) string {
	s, ok := c.words[lang][key]
	if !ok {
		return key
	}
	if len(pairs) == 0 {
		return s
	}
	list := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, "{"+fmt.Sprint(pairs[i])+"}", spoken(pairs[i+1]))
	}
	return strings.NewReplacer(list...).Replace(s)
}

// spoken writes a value into a sentence: a number with its thousands apart.
func spoken(v any) string {
	switch n := v.(type) {
	case int:
		return reader{}.number(n)
	case int64:
		return reader{}.number(int(n))
	}
	return fmt.Sprint(v)
}

// or looks up a key that may be missing, such as the name of a finding type
// from a newer detector.
func (r reader) or(key, otherwise string) string {
	if r.tr.has(key) {
		return r.t(key)
	}
	return otherwise
}

const langCookie = "sekisho_lang"

// languageOf picks the language of a page: what was switched to, what the
// account says, what the browser asks for.
func languageOf(r *http.Request, a *Account) string {
	if c, err := r.Cookie(langCookie); err == nil && (c.Value == langJA || c.Value == langEN) {
		return c.Value
	}
	if a != nil && a.Language != "" {
		return a.Language
	}
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return langJA
	}
	_, i, _ := language.NewMatcher([]language.Tag{language.Japanese, language.English}).Match(tags...)
	return languages()[i]
}
