package detect

import "strings"

// honorific tells that rest begins with the honorific of a name that ends where
// rest begins.
func honorific(name, rest string) bool {
	return hasAnyPrefix(rest, honorifics) && !compound(name, rest)
}

// compound tells that an honorific is none: it is part of a word (仕様, 氏名).
func compound(before, rest string) bool {
	if hasAnyPrefix(rest, noHonorifics) {
		return true
	}
	return strings.HasPrefix(rest, "様") && len(before) >= 3 && strings.Contains("仕同多模異有", before[len(before)-3:])
}

// noHonorifics begin like an honorific.
var noHonorifics = []string{"氏名", "様式", "様々", "様子", "様相", "君主", "殿堂"}
