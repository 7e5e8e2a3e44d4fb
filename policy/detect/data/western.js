// Writes western.txt.gz: given (g) and family (f) names of languages in Latin
// letters, in lower case without accents, from @faker-js/faker 9.9.0 (MIT licence,
// see NOTICE.faker). Run in this folder after `npm install @faker-js/faker@9.9.0`:
//
//	node western.js
const zlib = require("node:zlib"), fs = require("node:fs");
const { allLocales } = require("@faker-js/faker");
const list = x => x == null ? [] : Array.isArray(x) ? x : Object.values(x).flatMap(list);
const bits = new Map();
const add = (names, bit) => {
  for (const n of list(names)) {
    const s = String(n).normalize("NFD").replace(/\p{M}/gu, "").replace(/ø/gi, "o").replace(/ł/gi, "l").replace(/ß/g, "ss").toLowerCase();
    if (/^[a-z']{3,16}$/.test(s)) bits.set(s, (bits.get(s) || 0) | bit);
  }
};
for (const l of ["en", "en_AU", "en_IN", "en_NG", "en_ZA", "de", "fr", "es", "es_MX", "it", "nl", "pt_BR", "pt_PT", "sv", "pl", "nb_NO", "da", "fi", "tr", "cs_CZ", "ro", "hr"]) {
  const p = allLocales[l].person;
  add(p.first_name, 1);
  add(p.last_name, 2);
}
const lines = [...bits].sort((a, b) => a[0] < b[0] ? -1 : 1).map(([n, b]) => (b & 1 ? "g" : "") + (b & 2 ? "f" : "") + "\t" + n);
fs.writeFileSync("western.txt.gz", zlib.gzipSync(lines.join("\n") + "\n", { level: 9 }));
