"""Reads templates/*.txt: "@@ tag kind language documents", then a text, or "table" and one line a column."""
import os
import re

import tables

HERE = os.path.dirname(os.path.abspath(__file__))


def read(name):
    """Return (language, kind, tag, body, documents) of every template of a file; a table's body can be called."""
    text = open(os.path.join(HERE, 'templates', name + '.txt'), encoding='utf-8').read()
    out = []
    for entry in re.split(r'^@@ ', text, flags=re.M)[1:]:
        head, body = entry.split('\n', 1)
        tag, kind, lang, n = head.split(' ')
        out.append((lang, kind, tag, tables.Table(body) if body.startswith('table ') else body[:-1], int(n)))
    return out
