"""The document being written, with its labels, and the language of the templates.
{field} and {field:arg} are filled in, ‹a¦b¦c› is one of a, b and c, {rep:3-6}...{end} repeats what is
between them; {p} begins a new private person, {B} a new business person. Labels are those of the
labelled samples: type, start, end (code points) and subtype."""
import re


class L:
    def __init__(s, type, value, subtype=None, norm=None):
        s.type, s.value, s.subtype, s.norm = (type, value, subtype, norm)


class X:
    def __init__(s, kind, value):
        s.kind, s.value = (kind, value)


class Ctx:
    def __init__(s, r, half, part=''):
        s.r, s.half, s.part = (r, half, part)
        s.b = []
        s.n = 0
        s.labels = []
        s.decoys = []
        s.people = set()
        s.cur = None
        s.biz = None
        s.me = None
        s.seen = set()
        s.style = {}
        s.keep = []
        s.rowno = 0

    def st(s, k, opts):
        if k not in s.style:
            s.style[k] = s.r.choice(opts)
        return s.style[k]

    def w(s, *items):
        for it in items:
            if isinstance(it, (list, tuple)):
                s.w(*it)
                continue
            v = it if isinstance(it, str) else it.value
            if isinstance(it, L):
                o = {'type': it.type, 'start': s.n, 'end': s.n + len(v), 'value': v}
                if it.subtype:
                    o['subtype'] = it.subtype
                s.labels.append(o)
            elif isinstance(it, X):
                s.decoys.append({'kind': it.kind, 'start': s.n, 'end': s.n + len(v), 'value': v})
            s.b.append(v)
            s.n += len(v)


F = {}


def field(f):
    F[f.__name__[2:]] = f
    return f


ALT = re.compile('‹([^‹›]*)›')
TOK = re.compile('\\{([a-zA-Z_0-9]+)(?::([^{}]*))?\\}')
REP = re.compile('\\{rep:(\\d+)-(\\d+)\\}(.*?)\\{end\\}\\n?', re.S)


def expand(t, r):
    """Choose the alternatives and repeat the repetitions."""

    def rep(m):
        return ''.join((m.group(3) for _ in range(r.randint(int(m.group(1)), int(m.group(2))))))
    t = REP.sub(rep, t)
    while True:
        t2 = ALT.sub(lambda m: r.choice(m.group(1).split('¦')), t)
        if t2 == t:
            return t
        t = t2


def render(c, tpl):
    """Fill a template in."""
    t = expand(tpl, c.r)
    i = 0
    for m in TOK.finditer(t):
        if m.group(1) not in F:
            raise KeyError(m.group(0) + ' in ' + tpl[:60])
        c.w(t[i:m.start()])
        v = F[m.group(1)](c) if m.group(2) is None else F[m.group(1)](c, m.group(2))
        c.w(v)
        i = m.end()
    c.w(t[i:])


def out(c, id, lang, kind, tags):
    """Return the document with its truth: people, and items of the reporting duty."""
    text = ''.join(c.b)
    ty = [o['type'] for o in c.labels]
    appi = []
    for o in c.labels + c.decoys:
        assert text[o['start']:o['end']] == o['value'], o
    if 'special_care' in ty:
        appi.append('rule7-1')
    if 'credit_card' in ty or any((o.get('subtype') == 'netbank' for o in c.labels)):
        appi.append('rule7-2')
    if len(c.people) > 1000:
        appi.append('rule7-4')
    if 'my_number' in ty:
        appi.append('mynumber')
        if ty.count('my_number') > 100:
            appi.append('mynumber-over-100')
    return {
        'id': id, 'lang': lang, 'kind': kind, 'tags': tags, 'text': text, 'labels': c.labels, 'decoys': c.decoys,
        'persons': len(c.people), 'appi': appi,
    }
