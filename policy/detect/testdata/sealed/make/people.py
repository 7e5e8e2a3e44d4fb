"""Private people: names in their writings, birth dates, telephone numbers, addresses."""
import os
import random
import re
import unicodedata
import checks as C
from document import field


def read_pools():
    pools = {}
    for l in open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'names.txt'), encoding='utf-8'):
        if l.startswith('['):
            pool = pools[l.strip()[1:-1]] = []
        elif l.strip() and (not l.startswith('#')):
            pool += l.split()
    return pools


POOL = read_pools()
EN_G, EN_S = (POOL['english given'], POOL['english family'])
K2R = {}


def _roma():
    rows = {
        '': 'アイウエオ', 'k': 'カキクケコ', 's': 'サシスセソ', 't': 'タチツテト', 'n': 'ナニヌネノ', 'h': 'ハヒフヘホ', 'm': 'マミムメモ', 'r': 'ラリルレロ',
        'g': 'ガギグゲゴ', 'z': 'ザジズゼゾ', 'd': 'ダヂヅデド', 'b': 'バビブベボ', 'p': 'パピプペポ',
    }
    for c, ks in rows.items():
        for k, v in zip(ks, 'aiueo'):
            K2R[k] = c + v
    K2R.update(
        {
            'ヤ': 'ya', 'ユ': 'yu', 'ヨ': 'yo', 'ワ': 'wa', 'ヲ': 'o', 'シ': 'shi', 'チ': 'chi', 'ツ': 'tsu', 'フ': 'fu',
            'ジ': 'ji', 'ヂ': 'ji', 'ヅ': 'zu',
        }
    )


_roma()


def romaji(k):
    """Return kana in Hepburn letters without long vowels."""
    o = ''
    i = 0
    while i < len(k):
        c = k[i]
        n = k[i + 1] if i + 1 < len(k) else ''
        if n in 'ャュョ' and n:
            b = K2R[c][:-1]
            v = {'ャ': 'a', 'ュ': 'u', 'ョ': 'o'}[n]
            o += b + v if b in ('sh', 'ch', 'j') else b + 'y' + v
            i += 2
            continue
        if c == 'ッ':
            o += 't' if n == 'チ' else K2R.get(n, 't')[0]
        elif c == 'ン':
            o += 'm' if n and K2R.get(n, 'x')[0] in 'bmp' else 'n'
        elif c == 'ー':
            pass
        else:
            o += K2R[c]
        i += 1
    return re.sub('oo(?=.)', 'o', o.replace('ou', 'o').replace('uu', 'u'))


_K = 'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォッャュョー・'
_H = 'ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｯｬｭｮｰ･'
_hk = dict(zip(_K, _H))
_hk.update(zip('ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ', [x + 'ﾞ' for x in 'ｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾊﾋﾌﾍﾎｳ']))
_hk.update(zip('パピプペポ', [x + 'ﾟ' for x in 'ﾊﾋﾌﾍﾎ']))


def halfkana(s):
    """Return katakana in half width."""
    return ''.join((_hk.get(c, c) for c in s))


def hira(s):
    """Return katakana as hiragana."""
    return ''.join((chr(ord(c) - 96) if 'ァ' <= c <= 'ヶ' else c for c in s))


FW = {i: i + 65248 for i in range(33, 127)}


def fw(s):
    """Return ASCII in full width."""
    return s.translate(FW)


class Person:
    pass


ADDR = []


def load_addr(path='/usr/share/skk/SKK-JISYO.zipcode'):
    """Draw three in a hundred of the towns of the postal code dictionary (public domain)."""
    pref = re.compile('^(北海道|東京都|(?:京都|大阪)府|..?.?県)(.+)$')
    city = re.compile('^(.+?市.+?区|.+?郡.+?[町村]|.+?[市区町村])(.+)$')
    rnd = random.Random(77)
    for l in open(path, encoding='euc_jis_2004', errors='replace'):
        m = re.match('(\\d{7}) /([^/]+)/', l)
        if not m or rnd.random() > 0.03:
            continue
        a = m.group(2).split(';')[0]
        p = pref.match(a)
        if not p:
            continue
        c = city.match(p.group(2))
        if c and len(c.group(2)) <= 8 and ('（' not in a) and ('以下' not in a):
            ADDR.append((m.group(1), p.group(1), c.group(1), c.group(2)))


load_addr()
AREA = """
    03:4 06:4 011:3 022:3 025:3 026:3 027:3 028:3 029:3 042:3 043:3 044:3 045:3 046:3 047:3 048:3 052:3 053:3
    054:3 055:3 058:3 059:3 072:3 073:3 075:3 076:3 077:3 078:3 079:3 082:3 083:3 084:3 086:3 087:3 088:3
    089:3 092:3 093:3 095:3 096:3 097:3 098:3 099:3 0166:2 0172:2 0178:2 0185:2 0198:2 0220:2 0235:2 0246:2
    0256:2 0263:2 0274:2 0285:2 0299:2 0422:2 0463:2 0466:2 0475:2 0480:2 0532:2 0545:2 0566:2 0586:2 0595:2
    0721:2 0735:2 0742:2 0748:2 0761:2 0776:2 0790:2 0823:2 0835:2 0848:2 0853:2 0877:2 0884:2 0895:2 0940:2
    0956:2 0968:2 0977:2 0985:2 0994:2
""".split()


def fixed(r):
    a, n = r.choice(AREA).split(':')
    return [a, r.choice('2345678') + C.digits(r, int(n) - 1), C.digits(r, 4)]


def mobile(r):
    return [r.choice(['090', '080', '070', '080', '060']), r.choice('123456789') + C.digits(r, 3), C.digits(r, 4)]


DOM_P = """
    gmail.com yahoo.co.jp outlook.jp icloud.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp hotmail.com nifty.com
    biglobe.ne.jp example.com example.net mail.example.org
""".split()


def half(pool, h):
    """Return the names a half of the set may use: the other half has other ones."""
    return pool[h::2]


def draw_name(c):
    """Draw family name, given name (both with reading) and sex."""
    r = c.r
    if c.part == 'files':
        s = r.choice(POOL['family common']) if r.random() < 0.4 else r.choice(POOL['family files'])
        sex = r.choice('MF')
        given = POOL['given male files' if sex == 'M' else 'given female files']
        return (s.split(':'), r.choice(given).split(':'), sex)
    rare = half(POOL['family rare'], c.half)
    s = r.choice(POOL['family common']) if r.random() < 0.55 else r.choice(rare)
    sex = r.choice('MF')
    g = r.choice(half(POOL['given male'] if sex == 'M' else POOL['given female'], c.half))
    return (s.split(':'), g.split(':'), sex)


def birth(r, lo=1938, hi=2006):
    return (r.randint(lo, hi), r.randint(1, 12), r.randint(1, 28))


def person(c, kind='ja'):
    """Draw a private person."""
    r = c.r
    p = Person()
    p.kind = kind
    p.b = birth(r)
    p.tel = mobile(r)
    p.fix = fixed(r)
    if kind == 'ja':
        for _ in range(50):
            s, g, p.sex = draw_name(c)
            if s[0] + g[0] not in c.seen:
                break
        c.seen.add(s[0] + g[0])
        p.s, p.g = (s, g)
        p.full = s[0] + g[0]
        rs, rg = (romaji(s[1]), romaji(g[1]))
    else:
        p.s = p.g = None
        pool = POOL.get(kind)
        for _ in range(50):
            if kind == 'en':
                g, p.sex = r.choice(half(EN_G, c.half)).split(':')
                sn = r.choice(half(EN_S, c.half))
                p.full = g + ' ' + sn
                p.given, p.sur = (g, sn)
            else:
                t = r.choice(half(pool, c.half)).split(':')
                p.full = t[0].replace('_', ' ')
                p.sex = t[1]
                p.kana = t[2] if len(t) > 2 else None
            if p.full not in c.seen or kind != 'en':
                break
        c.seen.add(p.full)
        a = re.sub('[^a-z]', '', unicodedata.normalize('NFKD', p.full).lower())
        rs, rg = ((a or 'user')[:8], r.choice('kmtyas'))
    p.mail = r.choice(
        ['%s.%s%d', '%s_%s%d', '%s%s.%d', '%s-%s%d']
    ) % (rg, rs, r.randint(1, 999)) + '@' + r.choice(DOM_P)
    p.mail = p.mail.replace("'", '')
    p.zip, p.pref, p.city, p.town = r.choice(ADDR)
    p.blk = (r.randint(1, 8), r.randint(1, 29), r.randint(1, 25))
    p.my = C.mynumber(r)
    p.emp = None
    return p


def cur(c):
    """Return the person the template speaks of."""
    if c.cur is None:
        newp(c)
    return c.cur


def newp(c, kind='ja'):
    """Begin a new person and count it."""
    c.cur = person(c, kind)
    c.people.add(id(c.cur))
    c.keep.append(c.cur)
    return c.cur


@field
def f_p(c, a=None):
    if a == 'mix':
        a = c.r.choice(['ja'] * 6 + ['vn', 'vnk', 'br', 'brk', 'cn', 'kr', 'wk', 'en'])
    newp(c, a or 'ja')
    return ''


@field
def f_back(c, a=None):
    c.cur = c.keep[int(a or 0)]
    return ''
