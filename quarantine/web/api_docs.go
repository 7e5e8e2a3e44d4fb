package web

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// apiPage lists all operations; it needs no file of anybody's.
const apiPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>Sekisho API</title></head><body><main><h1>Sekisho API</h1><p>{{.Description}}</p>
<p>The whole description for programs: <a href="/api/openapi.json">OpenAPI 3.1</a>.</p>
<p>Calls carry a token: <code>Authorization: Bearer sekisho_…</code>. A token belongs to an account, has scopes and never more rights than the account.</p>
{{range .Groups}}<h2>{{.Tag}}</h2><dl>{{range .Ops}}<dt><code>{{.Method}} {{.Path}}</code></dt><dd>{{.Summary}} – scope <code>{{.Scope}}</code>{{range .Parameters}}<br><code>{{.Name}}</code> ({{.In}}{{if .Required}}, required{{end}}){{with .Description}} {{.}}{{end}}{{end}}</dd>{{end}}</dl>{{end}}
</main></body></html>`

type apiGroup struct {
	Tag string
	Ops []apiOperation
}

type apiOperation struct {
	*huma.Operation
	Scope string
}

// apiDocs renders the page from the description once.
func apiDocs(doc *huma.OpenAPI) (http.HandlerFunc, error) {
	var paths []string
	for path := range doc.Paths {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	var groups []apiGroup
	for _, path := range paths {
		item := doc.Paths[path]
		for _, o := range []*huma.Operation{item.Get, item.Post, item.Delete} {
			if o == nil {
				continue
			}
			g, _ := o.Metadata[guardKey].(guarded)
			i := slices.IndexFunc(groups, func(g apiGroup) bool { return g.Tag == o.Tags[0] })
			if i < 0 {
				i = len(groups)
				groups = append(groups, apiGroup{Tag: o.Tags[0]})
			}
			groups[i].Ops = append(groups[i].Ops, apiOperation{o, g.scope})
		}
	}
	t, err := template.New("api").Parse(apiPage)
	if err != nil {
		return nil, fmt.Errorf("parse API page: %w", err)
	}
	var page bytes.Buffer
	if err := t.Execute(&page, map[string]any{"Description": doc.Info.Description, "Groups": groups}); err != nil {
		return nil, fmt.Errorf("render API page: %w", err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page.Bytes()) // the browser has gone away if not
	}, nil
}
