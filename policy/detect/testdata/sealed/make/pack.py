"""pack.py FROM TO: gzips the sets for the repository: two documents a template (three of the late part), and what a test does not need left out."""
import gzip
import json
import os
import sys


def packed(path):
    seen = {}
    for line in open(path, encoding='utf-8'):
        d = json.loads(line)
        tag, form = d['tags']
        seen[tag] = seen.get(tag, 0) + 1
        if seen[tag] > (1 if 'big1000' in tag else 3 if tag.startswith('d-') else 2) or len(d['labels']) > 150 and 'big' not in tag:
            continue
        for place in d['labels'] + d['decoys']:
            del place['value']
        d.pop('file', None)
        if form == 'table':
            d['kind'] = 'attachment_csv'
        elif d['kind'].endswith('eml'):
            d['kind'] = 'mail'
        elif not d['kind'].startswith(('attachment', 'mail')):
            d['kind'] = 'attachment_' + d['kind']
        yield json.dumps(d, ensure_ascii=False, separators=(',', ':')) + '\n'


source, target = sys.argv[1:3]
for part in ('learned', 'blind', 'files', 'late'):
    with open(os.path.join(target, part + '.jsonl.gz'), 'wb') as f, gzip.GzipFile('', 'wb', 9, f, 0) as g:
        g.write(''.join(packed(os.path.join(source, part + '.jsonl'))).encode())
