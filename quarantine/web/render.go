package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/sekisho-mail/sekisho/quarantine"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static/*
var staticFiles embed.FS

// pages are the templates by language and name, and the files that go with them.
// A template is compiled when its page is first asked for: all of them together
// take 8 MB, and a guard whose console nobody opens needs none.
type pages struct {
	sets   map[string]map[string]func() (*template.Template, error)
	static map[string]asset
}

var errNoTemplate = errors.New("there is no such template")

// find compiles a page's template or gives the one that is.
func (p *pages) find(lang, name string) (*template.Template, error) {
	compiled, ok := p.sets[lang][name]
	if !ok {
		return nil, fmt.Errorf("find template %s: %w", name, errNoTemplate)
	}
	return compiled()
}

// add makes the page of a template file known.
func (p *pages) add(tr *catalog, lang, name string, files ...string) {
	if p.sets[lang] == nil {
		p.sets[lang] = map[string]func() (*template.Template, error){}
	}
	p.sets[lang][name] = sync.OnceValues(func() (*template.Template, error) {
		t, err := template.New(name).Funcs(p.funcs(tr, lang)).ParseFS(templateFiles, files...)
		if err != nil {
			return nil, fmt.Errorf("parse template %s: %w", name, err)
		}
		return t, nil
	})
}

type asset struct {
	hash, kind string
	data       []byte
}

// partials are the templates that every page may use.
var partials = []string{"templates/layout.html", "templates/parts.html", "templates/evidence.html"} //nolint:gochecknoglobals // a constant list

func loadPages(tr *catalog) (*pages, error) {
	p := &pages{sets: map[string]map[string]func() (*template.Template, error){}, static: map[string]asset{}}
	if err := p.loadStatic(); err != nil {
		return nil, err
	}
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	for _, lang := range languages() {
		for _, file := range names {
			name := strings.TrimSuffix(path.Base(file), ".html")
			if strings.HasPrefix(name, "decide_") {
				continue // the decision pages load theirs themselves
			}
			p.add(tr, lang, name, append(slices.Clone(partials), file)...)
		}
	}
	return p, nil
}

func (p *pages) loadStatic() error {
	entries, err := staticFiles.ReadDir("static")
	if err != nil {
		return fmt.Errorf("list static files: %w", err)
	}
	kinds := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	for _, e := range entries {
		b, err := staticFiles.ReadFile("static/" + e.Name())
		if err != nil {
			return fmt.Errorf("read static file: %w", err)
		}
		sum := sha256.Sum256(b)
		p.static[e.Name()] = asset{hash: hex.EncodeToString(sum[:8]), kind: kinds[path.Ext(e.Name())], data: b}
	}
	return nil
}

// serveStatic answers with a file of ours; its address changes with its content.
func (p *pages) serveStatic(w http.ResponseWriter, r *http.Request) {
	a, ok := p.static[r.PathValue("file")]
	if !ok || a.hash != r.PathValue("hash") {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.data)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.data) // the browser has gone away if not
	}
}

var errOddPairs = errors.New("pairs of name and value are expected")

func (p *pages) funcs(tr *catalog, lang string) template.FuncMap {
	return template.FuncMap{
		"t":    func(key string, pairs ...any) string { return tr.say(lang, key, pairs...) },
		"lang": func() string { return lang },
		"static": func(name string) (string, error) {
			a, ok := p.static[name]
			if !ok {
				return "", fmt.Errorf("no static file %q", name)
			}
			return "/static/" + a.hash + "/" + name, nil
		},
		"dict": func(pairs ...any) (map[string]any, error) {
			out := map[string]any{}
			for i := 0; i+1 < len(pairs); i += 2 {
				name, ok := pairs[i].(string)
				if !ok {
					return nil, errOddPairs
				}
				out[name] = pairs[i+1]
			}
			return out, nil
		},
		// link is a path of ours with a query string and further parameters; empty
		// ones are left out.
		"link": func(path, query string, pairs ...string) string {
			v, err := url.ParseQuery(query)
			if err != nil {
				v = url.Values{}
			}
			for i := 0; i+1 < len(pairs); i += 2 {
				if pairs[i+1] != "" {
					v.Set(pairs[i], pairs[i+1])
				}
			}
			if len(v) == 0 {
				return path
			}
			return path + "?" + v.Encode()
		},
		"number": func(n any) string { return reader{}.number(asInt(n)) },
		"join":   strings.Join,
	}
}

func asInt(n any) int {
	switch v := n.(type) {
	case int:
		return v
	case int64:
		return int(v)
	}
	return 0
}

// Frame is what the layout shows around a page.
type Frame struct {
	Lang    string
	Title   string
	Name    string // of the page's template
	Path    string
	Org     string
	Account *Account
	// Who is the person's name, or his address.
	Who  string
	CSRF string
	Nav  []NavItem
	// Fresh: no password is needed for what needs a fresh one.
	Fresh bool
	// Notice is a sentence about what was just done, "" for none.
	Notice string
	Banner *BannerView
	Body   any
}

// NavItem is a link of the main menu.
type NavItem struct {
	Path, Label string
	Here        bool
}

// BannerView warns on every page while mail passes unheld.
type BannerView struct {
	Text string
	Link string
}

// menu is the main menu in its order; what a person may not open is left out.
func menu() []struct {
	path, key string
	action    Action
} {
	return []struct {
		path, key string
		action    Action
	}{
		{"/holds", "nav.holds", ActQueue},
		{"/mine", "nav.mine", ActMine},
		{"/forwards", "nav.forwards", ActForwards},
		{"/rules", "nav.rules", ActRules},
		{"/unread", "nav.unread", ActUnread},
		{"/figures", "nav.figures", ActOwnFigures},
		{"/audit", "nav.audit", ActAudit},
		{"/system", "nav.system", ActSystem},
		{"/users", "nav.users", ActUsers},
	}
}

// render answers with a page.
func (c *call) render(name, title string, body any) error {
	return c.renderStatus(http.StatusOK, name, title, body)
}

func (c *call) renderStatus(status int, name, title string, body any) error {
	page, err := c.s.pages.find(c.words.lang, name)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := page.ExecuteTemplate(&b, "layout", c.around(name, title, body)); err != nil {
		return fmt.Errorf("render page %s: %w", name, err)
	}
	c.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	c.w.Header().Set("Content-Language", c.words.lang)
	c.w.WriteHeader(status)
	_, _ = c.w.Write(b.Bytes()) // the browser has gone away if not
	return nil
}

func (c *call) around(name, title string, body any) Frame {
	f := Frame{Lang: c.words.lang, Title: title, Name: name, Path: c.r.URL.RequestURI(), Org: c.s.o.Organization, Account: c.account, Body: body}
	if unsafeMethod(c.r.Method) {
		f.Path = "/"
	}
	if c.state != nil {
		f.CSRF = c.state.CSRF
	}
	if c.account == nil {
		return f
	}
	f.Fresh = c.fresh()
	if f.Who = c.nameOf(c.account); f.Who == "" {
		f.Who = c.account.Address.String()
	}
	if done := c.r.URL.Query().Get("done"); done != "" {
		f.Notice = c.words.or("done."+done, "")
	}
	for _, m := range menu() {
		if MayAtAll(m.action, c.account.Roles) && !c.account.Temporary {
			here := c.r.URL.Path == m.path || strings.HasPrefix(c.r.URL.Path, m.path+"/")
			f.Nav = append(f.Nav, NavItem{Path: m.path, Label: c.t(m.key), Here: here})
		}
	}
	if b, err := c.s.o.Bypasses.CurrentBypass(c.ctx(), c.s.o.Now()); err == nil && c.account.Is(RoleAdmin) {
		f.Banner = &BannerView{Text: c.t("bypass.banner", "until", c.words.when(b.Until).Text, "who", c.who(b.By)), Link: "/system"}
	} else if c.account.Is(RoleAdmin) && c.s.o.Tripped != nil {
		f.Banner = c.trippedBanner(c.s.o.Tripped())
	}
	return f
}

// who names an actor for people.
func (c *call) who(a quarantine.Actor) string { return c.words.who(a, c.s.o.Person) }

func (r reader) who(a quarantine.Actor, person Person) string {
	if a.Kind == quarantine.ActorSystem {
		return r.t("actor.system")
	}
	name := a.Name
	if addr, err := parseAddress(a.Name); err == nil && person != nil {
		if p, ok := person(addr); ok && p.Name != "" {
			name = p.Name
		}
	}
	return r.t("actor.named", "name", name, "kind", r.or("actor."+string(a.Kind), string(a.Kind)))
}

// trippedBanner warns of accounts whose mail is parked.
func (c *call) trippedBanner(list []TrippedAccount) *BannerView {
	parked := 0
	for _, t := range list {
		if t.Enforced {
			parked++
		}
	}
	if parked == 0 {
		return nil
	}
	return &BannerView{Text: c.t("breaker.banner", "n", parked), Link: "/holds?rule=" + breakerRule + "&state=waiting"}
}

// breakerRule is the rule that parks mail of such accounts.
const breakerRule = "account-breaker"
