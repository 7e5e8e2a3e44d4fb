package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/go-playground/validator/v10"
)

// test is one word of the validate tags that is ours.
type test struct {
	tag  string
	good func(v reflect.Value, param string) bool
	// say is the sentence about a bad value: %v is the value, %s the parameter.
	say string
}

var tests = []test{
	{"bind", func(v reflect.Value, _ string) bool { return goodHostPort(v.String(), true) },
		`"%v" is not an address to listen on; write it like "127.0.0.1:2525", "[::1]:2525" or ":25"`},
	{"dial", func(v reflect.Value, _ string) bool { return goodHostPort(v.String(), false) },
		`"%v" is not an address; write host and port: "mail.example.co.jp:25", "[2001:db8::1]:25"`},
	{"domain", func(v reflect.Value, _ string) bool { return goodDomain(v.String()) },
		`"%v" is not a domain; write the bare name: example.co.jp`},
	{"route_domain", func(v reflect.Value, _ string) bool {
		d := v.String()
		return d == "*" || goodDomain(strings.TrimPrefix(d, "."))
	}, `"%v" is not a domain; write example.co.jp, .example.co.jp for everything below it, or "*"`},
	{"mail_address", func(v reflect.Value, _ string) bool { return goodAddress(v.String()) },
		`"%v" is not a mail address; write it like admin@example.co.jp`},
	{"web_url", func(v reflect.Value, _ string) bool { return goodURL(v.String()) },
		`"%v" is not a web address; write it like https://mail-guard.example.co.jp`},
	{"ldap_url", func(v reflect.Value, _ string) bool { return goodLDAPURL(v.String()) },
		`"%v" is not an LDAP server; write it like ldaps://ldap.example.co.jp`},
	{"word", func(v reflect.Value, _ string) bool { return goodWord(v.String(), "-_.") },
		`"%v" is not a name; use letters, digits and hyphens only`},
	{"header_name", func(v reflect.Value, _ string) bool { return goodWord(v.String(), "-_") },
		`"%v" is not the name of a header field; use letters, digits and hyphens only`},
	{"host", func(v reflect.Value, _ string) bool { return goodWord(v.String(), "-.") && goodDomain(v.String()) },
		`"%v" is not a host name; write it like mail.example.co.jp`},
	{"time_zone", func(v reflect.Value, _ string) bool {
		_, err := time.LoadLocation(v.String())
		return err == nil && v.String() != "" && v.String() != "Local"
	}, `"%v" is not a time zone; write an IANA name like Asia/Tokyo or UTC`},
	{"not_built", func(v reflect.Value, _ string) bool { return v.IsZero() },
		"is not available yet; leave it out"},
	{"least", func(v reflect.Value, p string) bool { return v.Int() >= bound(v.Type(), p) }, tooSmall},
	{"most", func(v reflect.Value, p string) bool { return v.Int() <= bound(v.Type(), p) }, tooLarge},
}

const (
	tooSmall = "%v is too small; the least is %s"
	tooLarge = "%v is too large; the most is %s"
)

// bound reads the parameter of least and most as the field's own type.
func bound(t reflect.Type, param string) int64 {
	v, err := parseScalar(t, param)
	if err != nil {
		panic("config: bad bound in a validate tag: " + err.Error())
	}
	return reflect.ValueOf(v).Int()
}

func goodHostPort(s string, mayListen bool) bool {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 && !mayListen {
		return false
	}
	if host == "" {
		return mayListen
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return goodWord(host, "-.") && !strings.Contains(host, "..")
}

func goodDomain(s string) bool {
	if len(s) == 0 || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.Contains(label, "*") {
			return false
		}
		for _, r := range label {
			if r < 0x80 && !goodWord(string(r), "-_") {
				return false
			}
		}
	}
	return true
}

func goodURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" &&
		u.RawQuery == "" && u.Fragment == "" && u.User == nil
}

func goodWord(s, also string) bool {
	for _, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && !strings.ContainsRune(also, r) {
			return false
		}
	}
	return s != ""
}

func newValidator() (*validator.Validate, error) {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("key") })
	for _, t := range tests {
		check := func(fl validator.FieldLevel) bool { return t.good(fl.Field(), fl.Param()) }
		if err := v.RegisterValidation(t.tag, check, true); err != nil {
			return nil, fmt.Errorf("register %s: %w", t.tag, err)
		}
	}
	return v, nil
}

// validate runs the tags, then the rules between settings.
func (t *tree) validate(c *Config) {
	v, err := newValidator()
	if err != nil {
		t.object("", err.Error())
		return
	}
	var found validator.ValidationErrors
	if err := v.Struct(c); errors.As(err, &found) {
		for _, f := range found {
			t.object(strings.TrimPrefix(f.Namespace(), "Config."), sentence(f))
		}
	} else if err != nil {
		t.object("", err.Error())
	}
	for _, clash := range clashes(c) {
		t.object(clash.Key, clash.Text)
	}
}

// object complains about a value, unless it has been complained about already.
func (t *tree) object(key, text string) {
	if t.wrong[key] || t.wrong[base(key)] && key != base(key) {
		return
	}
	t.wrong[key] = true
	t.problems = append(t.problems, Problem{Source: t.where(key), Key: key, Text: text, Level: Error})
}

// sentence says what a validate tag found and what to do.
func sentence(f validator.FieldError) string {
	switch f.Tag() {
	case "required":
		return "is missing; give it a value"
	case "required_with":
		return "is missing; " + needed(f)
	case "min":
		if reflect.ValueOf(f.Value()).Kind() == reflect.Slice {
			return "is empty or missing; name at least " + f.Param()
		}
		return fmt.Sprintf(tooSmall, f.Value(), f.Param())
	case "max":
		return fmt.Sprintf(tooLarge, f.Value(), f.Param())
	case "unique":
		return "names the same thing twice; keep one of them"
	case "oneof":
		return oneOf(fmt.Sprint(f.Value()), strings.Fields(f.Param()))
	}
	for _, t := range tests {
		if t.tag == f.Tag() {
			text := strings.Replace(t.say, "%s", f.Param(), 1)
			return strings.Replace(text, "%v", fmt.Sprint(f.Value()), 1)
		}
	}
	return fmt.Sprintf("%v is not allowed here (%s)", f.Value(), f.Tag())
}

func needed(f validator.FieldError) string {
	switch f.Field() {
	case "cert_file":
		return "a private key needs its certificate"
	case "name":
		return "write the name of the header field that carries one of the values"
	case "client_id":
		return "a client's secret needs its client_id"
	case "search_secret_file":
		return "name the file that holds the password of search_dn"
	case "user", "secret_file":
		return "a log-in needs user and secret_file"
	case "values_file":
		return "name the file that holds the accepted values"
	case "key_file":
		return "a certificate needs its private key"
	case "client_ca_file":
		return "client_names needs the authorities that client certificates are checked against"
	default:
		return "the setting beside it needs it"
	}
}

func oneOf(value string, known []string) string {
	text := fmt.Sprintf("%q is not known; write one of %s", value, strings.Join(known, ", "))
	if near := meant(value, known); near != "" {
		text += "; did you mean " + near + "?"
	}
	return text
}
