package rule

import _ "embed"

// DefaultPath names the embedded default set where a path is expected.
const DefaultPath = "default"

//go:embed default.yaml
var defaultRules string

// Default is the embedded default set as a rule file, to print, copy and edit.
func Default() string { return defaultRules }
