package extract

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// openTestMail stands for the MIME room: one reading by the standard library.
func openTestMail(_ context.Context, f File) ([]File, []policy.Part) {
	m, err := mail.ReadMessage(bytes.NewReader(f.Data))
	if err != nil {
		return nil, []policy.Part{{Path: f.Path + "/1", Problem: policy.Malformed}}
	}
	return openTestPart(f.Path, map[string][]string(m.Header), m.Body)
}

func openTestPart(path string, h map[string][]string, body io.Reader) ([]File, []policy.Part) {
	get := func(k string) string {
		if v := h[k]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	typ, params, _ := mime.ParseMediaType(get("Content-Type"))
	if strings.HasPrefix(typ, "multipart/") {
		var files []File
		var parts []policy.Part
		mr := multipart.NewReader(body, params["boundary"])
		for i := 1; ; i++ {
			p, err := mr.NextRawPart()
			if err != nil {
				return files, parts
			}
			fs, ps := openTestPart(path+"/"+strconv.Itoa(i), map[string][]string(p.Header), p)
			files, parts = append(files, fs...), append(parts, ps...)
		}
	}
	switch strings.ToLower(get("Content-Transfer-Encoding")) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	data, _ := io.ReadAll(body)
	_, disp, _ := mime.ParseMediaType(get("Content-Disposition"))
	name := disp["filename"]
	if name == "" {
		name = params["name"]
	}
	kind := policy.FileText
	if name == "" && strings.HasPrefix(typ, "text/") || typ == "" {
		kind = policy.BodyText
	}
	return []File{{Path: path + "/1", Name: name, DeclaredType: typ, Charset: params["charset"], Kind: kind, Data: data, Attachment: name != ""}}, nil
}
