//go:build ignore

// Command build makes the embedded dictionaries of package detect from two
// Debian packages:
//
//	mecab-ipadic   Noun.name.csv (family and given names with their readings;
//	               Copyright 2000-2003 Nara Institute of Science and Technology,
//	               redistributable with the notice in NOTICE.ipadic), and the
//	               other Noun*.csv for words that look like names and are none
//	skkdic-extra   SKK-JISYO.zipcode (postal codes of Japan Post; public domain)
//
// Run in this folder:
//
//	iconv -f EUC-JP -t UTF-8 /usr/share/mecab/dic/ipadic/Noun.name.csv > /tmp/names.csv
//	iconv -f EUC-JISX0213 -t UTF-8 /usr/share/skk/SKK-JISYO.zipcode > /tmp/zip.txt
//	for f in Noun Noun.place Noun.org Noun.proper Noun.verbal Noun.adjv Noun.adverbal; do
//	  iconv -c -f EUC-JP -t UTF-8 /usr/share/mecab/dic/ipadic/$f.csv; done > /tmp/nouns.csv
//	go run build.go /tmp/names.csv /tmp/zip.txt /tmp/nouns.csv
//
// names.txt.gz: a line per name, "f" or "g", the written form and its readings
// (katakana). places.txt.gz: a line per municipality, prefecture, name, and its
// postal codes, each as the difference from the one before. notnames.txt.gz: other
// nouns that a family and a given name would make, and common nouns that begin
// with a family name.
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"log"
	"os"
	"sort"
	"strconv"
	"strings"
)

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: build NAMES.csv ZIP.txt NOUNS.csv")
	}
	list := names(os.Args[1])
	write("names.txt.gz", list)
	write("notnames.txt.gz", notNames(os.Args[3], list))
	write("places.txt.gz", places(os.Args[2]))
}

func lines(path string, f func(string)) {
	file, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	sc := bufio.NewScanner(file)
	for sc.Scan() {
		f(sc.Text())
	}
	if err := sc.Err(); err != nil {
		log.Fatal(err)
	}
}

func write(path string, lines []string) {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	for _, l := range lines {
		fmt.Fprintln(z, l)
	}
	if err := z.Close(); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

func names(path string) []string {
	readings := map[string]map[string]bool{}
	lines(path, func(l string) {
		f := strings.Split(l, ",")
		if len(f) < 12 || f[6] != "人名" {
			return
		}
		kind := map[string]string{"姓": "f", "名": "g"}[f[7]]
		if kind == "" || strings.ContainsAny(f[0], "・＝") {
			return
		}
		key := kind + "\t" + f[0]
		if readings[key] == nil {
			readings[key] = map[string]bool{}
		}
		readings[key][f[11]] = true
	})
	var out []string
	for k, r := range readings {
		var list []string
		for s := range r {
			list = append(list, s)
		}
		sort.Strings(list)
		out = append(out, k+"\t"+strings.Join(list, ","))
	}
	sort.Strings(out)
	return out
}

func places(path string) []string {
	generic := map[string]bool{}
	type entry struct {
		zip  int
		full string
	}
	var all []entry
	lines(path, func(l string) {
		zip, rest, ok := strings.Cut(l, " /")
		n, err := strconv.Atoi(zip)
		if !ok || err != nil || len(zip) != 7 {
			return
		}
		for _, full := range strings.Split(strings.Trim(rest, "/"), "/") {
			full, _, _ = strings.Cut(full, ";")
			full = strings.ReplaceAll(full, "ヶ", "ケ")
			all = append(all, entry{n, full})
			if strings.HasSuffix(zip, "00") {
				generic[full] = true
			}
		}
	})
	zips := map[string][]int{}
	for _, e := range all {
		if pref, city := split(e.full, generic); city != "" {
			key := pref + "\t" + city
			zips[key] = append(zips[key], e.zip)
		}
	}
	var out []string
	for k, list := range zips {
		sort.Ints(list)
		var b strings.Builder
		last := 0
		for _, z := range list {
			if z != last {
				fmt.Fprintf(&b, " %d", z-last)
			}
			last = z
		}
		out = append(out, k+"\t"+strings.TrimSpace(b.String()))
	}
	sort.Strings(out)
	return out
}

// split cuts an address into prefecture and municipality. The municipality is
// the shortest prefix that has a general postal code of its own.
func split(full string, generic map[string]bool) (pref, city string) {
	for _, n := range []int{3, 4} {
		r := []rune(full)
		if len(r) > n && strings.ContainsRune("都道府県", r[n-1]) && (n == 3 && r[2] != '山' || n == 4 && r[3] == '県') {
			pref = string(r[:n])
			break
		}
	}
	if pref == "" {
		return "", ""
	}
	rest := []rune(full[len(pref):])
	for i := 2; i <= len(rest); i++ {
		if !strings.ContainsRune("市区町村", rest[i-1]) {
			continue
		}
		if c := string(rest[:i]); generic[pref+c] {
			return pref, c
		}
	}
	return pref, ""
}

// notNames are the nouns of two to five kanji that look like a name.
func notNames(path string, names []string) []string {
	family, given := map[string]bool{}, map[string]bool{}
	for _, l := range names {
		f := strings.Split(l, "\t")
		if f[0] == "f" {
			family[f[1]] = true
		} else {
			given[f[1]] = true
		}
	}
	found := map[string]bool{}
	lines(path, func(l string) {
		f := strings.Split(l, ",")
		r := []rune(f[0])
		if len(f) < 8 || len(r) < 2 || len(r) > 5 {
			return
		}
		for _, c := range r {
			if (c < 0x4e00 || c > 0x9fff) && c != '々' {
				return
			}
		}
		for i := 1; i < len(r) && i < 5; i++ {
			if family[string(r[:i])] && (given[string(r[i:])] || f[5] != "固有名詞") {
				found[f[0]] = true
			}
		}
	})
	var out []string
	for w := range found {
		out = append(out, w)
	}
	sort.Strings(out)
	return out
}
