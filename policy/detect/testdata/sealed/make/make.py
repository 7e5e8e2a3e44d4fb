"""make.py SEED OUT: writes OUT/learned.jsonl (even templates), OUT/blind.jsonl (odd templates) and OUT/late.jsonl.

Neighbouring templates share a subject, so that both halves hold every type, and no layout, no rare name,
no greeting and no signature stands in both."""
import json
import os
import random
import sys

import business  # the rooms of fields: importing one registers its fields
import foreign
import lookalikes
import templates
import values
from document import Ctx, out, render


def documents(seed, half, entries, prefix, part=''):
    """Return the documents of the templates, whose people come from a half or part of the names."""
    made = []
    for lang, kind, tag, body, n in entries:
        for j in range(n):
            c = Ctx(random.Random('%s/%s/%d' % (seed, tag, j)), half, part)
            body(c) if callable(body) else render(c, body)
            made.append(out(c, '%s-%04d' % (prefix, len(made) + 1), lang, kind, [tag, 'table' if callable(body) else 'text']))
    return made


def write(path, made):
    with open(path, 'w', encoding='utf-8') as f:
        for d in made:
            f.write(json.dumps(d, ensure_ascii=False) + '\n')
    labels = sum(len(d['labels']) for d in made)
    clean = sum(all(l['type'] == 'business_contact' for l in d['labels']) for d in made)
    print(path, len(made), 'documents', labels, 'labels', clean, 'clean')


if __name__ == '__main__':
    seed, target = sys.argv[1:3]
    os.makedirs(target, exist_ok=True)
    entries = templates.read('ja') + templates.read('tables') + templates.read('other')
    write(os.path.join(target, 'learned.jsonl'), documents(seed, 0, entries[::2], 'A'))
    write(os.path.join(target, 'blind.jsonl'), documents(seed, 1, entries[1::2], 'B'))
    write(os.path.join(target, 'late.jsonl'), documents(seed, 1, templates.read('late'), 'D', 'files'))
