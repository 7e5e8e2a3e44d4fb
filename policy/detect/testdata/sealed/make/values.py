"""What is written of a private person: every field returns a label."""
import string
import checks as C
from document import L, field
from people import cur, fw, halfkana, hira, romaji, birth
MON = 'January February March April May June July August September October November December'.split()


@field
def f_name(c, a=None):
    p = cur(c)
    if p.kind != 'ja':
        return L('person_name', p.full)
    sep = {'0': '', '1': ' ', '2': '　', None: None}[a]
    if sep is None:
        sep = c.st('sep', ['', '', ' ', '　'])
    return L('person_name', p.s[0] + sep + p.g[0])


@field
def f_sur(c, a=None):
    p = cur(c)
    return L('person_name', p.s[0] if p.kind == 'ja' else p.sur if p.kind == 'en' else p.full, 'surname')


@field
def f_given(c, a=None):
    p = cur(c)
    return L('person_name', p.g[0] if p.kind == 'ja' else p.given)


@field
def f_kana(c, a=None):
    p = cur(c)
    if p.kind != 'ja':
        return L(
            'person_name',
            p.kana if getattr(p, 'kana', None) else p.full,
            'kana' if getattr(p, 'kana', None) else None,
        )
    v = p.s[1] + c.st('ksep', [' ', '　', ' ']) + p.g[1]
    return L(
        'person_name',
        {
            'h': halfkana(v.replace('　', ' ')), 'i': hira(v),
            None: v,
            '0': v.replace(' ', '').replace('　', ''),
        }[a],
        'kana',
    )


@field
def f_roma(c, a=None):
    p = cur(c)
    if p.kind != 'ja':
        return L('person_name', p.full)
    s, g = (romaji(p.s[1]), romaji(p.g[1]))
    return L(
        'person_name',
        {
            '1': g.capitalize() + ' ' + s.capitalize(), '2': s.upper() + ' ' + g.upper(),
            '3': s.upper() + ', ' + g.capitalize(), '4': s.capitalize() + ' ' + g.capitalize(),
            '5': s.upper() + ' ' + g.capitalize(),
        }[a or c.st('roma', list('1245'))],
        'romaji',
    )


def era(y, m, d):
    """Return the Japanese era and year."""
    if (y, m, d) >= (2019, 5, 1):
        return ('R', y - 2018)
    return ('H', y - 1988) if (y, m, d) >= (1989, 1, 8) else ('S', y - 1925)


def date(c, b, a):
    """Write a date."""
    y, m, d = b
    e, n = era(*b)
    E = {'R': '令和', 'H': '平成', 'S': '昭和'}[e]
    a = a or c.st('bd', ['slash', 'dash', 'kanji', 'wareki', 'short', 'iso8', 'dot'])
    return {
        'slash': '%d/%02d/%02d' % (y, m, d), 'slash1': '%d/%d/%d' % (y, m, d), 'dash': '%d-%02d-%02d' % (y, m, d),
        'kanji': '%d年%d月%d日' % (y, m, d), 'kanji0': '%d年%02d月%02d日' % (y, m, d),
        'wareki': '%s%s年%d月%d日' % (E, n if n > 1 else '元', m, d),
        'short': '%s%d.%d.%d' % (e, n, m, d), 'short0': '%s%02d.%02d.%02d' % (e, n, m, d),
        'eslash': '%s%d/%d/%d' % (e, n, m, d), 'kshort': '%s%d.%d.%d' % (E[0], n, m, d), 'iso8': '%d%02d%02d' % b,
        'dot': '%d.%d.%d' % (y, m, d),
        'fwk': fw('%d' % y) + '年' + fw('%d' % m) + '月' + fw('%d' % d) + '日',
        'fww': E + fw('%d' % n) + '年' + fw('%d' % m) + '月' + fw('%d' % d) + '日',
        'spaced': '%d 年 %2d 月 %2d 日' % (y, m, d), 'en': '%d %s %d' % (d, MON[m - 1], y),
        'us': '%s %d, %d' % (MON[m - 1], d, y), 'mdy': '%02d/%02d/%d' % (m, d, y), 'dmy': '%02d.%02d.%d' % (d, m, y),
        'eng3': '%02d-%s-%d' % (d, MON[m - 1][:3].upper(), y),
    }[a]


@field
def f_bd(c, a=None):
    return L('birth_date', date(c, cur(c).b, a))


@field
def f_bdkid(c, a=None):
    cur(c).b = birth(c.r, 2010, 2021)
    return L('birth_date', date(c, cur(c).b, a))


@field
def f_sex(c, a=None):
    x = {
        'ja': ('男', '女'), 'ja2': ('男性', '女性'), 'm': ('M', 'F'), 'en': ('Male', 'Female'), 'en2': ('male', 'female'),
        'kid': ('男', '女'),
    }[a or 'ja']
    return L('gender', x[cur(c).sex == 'F'])


def telstyle(t, a):
    """Write a telephone number."""
    return {
        '-': '-'.join(t), '': ''.join(t), 'fw': fw('-'.join(t)), 'par': '%s(%s)%s' % tuple(t),
        'par0': '(%s)%s-%s' % tuple(t), 'sp': ' '.join(t), 'dot': '.'.join(t),
        'intl': '+81-' + t[0][1:] + '-' + t[1] + '-' + t[2],
        'intls': '+81 %s %s %s' % (t[0][1:], t[1], t[2]),
        'bar': 'ー'.join((fw(x) for x in t)), 'nb': '‐'.join(t), 'en': '–'.join(t),
        'intl0': '+81 (0)%s %s %s' % (t[0][1:], t[1], t[2]),
        'fwpar': fw('%s(%s)%s' % tuple(t)), 'minus': '−'.join(t),
    }[a]


@field
def f_tel(c, a=None):
    return L(
        'phone',
        telstyle(cur(c).tel, a if a is not None else c.st('tel', ['-', '-', '-', '', 'fw', 'sp', 'nb'])),
        'mobile',
    )


@field
def f_fix(c, a=None):
    return L(
        'phone',
        telstyle(cur(c).fix, a if a is not None else c.st('fix', ['-', '-', '-', 'par', 'fw'])),
        'fixed',
    )


@field
def f_mail(c, a=None):
    return L('email', cur(c).mail)


@field
def f_zip(c, a=None):
    z = cur(c).zip
    v = z[:3] + '-' + z[3:]
    return L(
        'postal_code',
        {'-': v, '0': z, 'fw': fw(v), 'bar': fw(z[:3]) + 'ー' + fw(z[3:])}[a or c.st('zip', ['-', '-', 'fw', '-'])],
    )


BLD = """
    メゾン青葉 ハイツ和光 コーポ泉 グランドール駅前 サンライズ壱番館 パークハイム グリーンハイツ
    リバーサイド緑 レジデンス桜台 市営住宅 県営団地 シャトー南
""".split()


def addr_parts(c, p, a=None):
    r = c.r
    x = p.blk
    k = a or c.st('blk', ['d', 'd', 'k', 'kd', 'fw', 'ban', 'kan'])
    b = {
        'd': '%d-%d-%d' % x, 'd2': '%d-%d' % x[:2], 'k': '%d丁目%d番%d号' % x, 'kd': '%d丁目%d-%d' % x,
        'fw': fw('%d-%d-%d' % x),
        'ban': '%d番地%s' % (x[0] * x[1] + 7, r.choice(['', '%d' % x[2], 'の%d' % x[2]])),
        'kan': ''.join('〇一二三四五六七八九'[x[0]]) + '丁目' + '%d番%d号' % x[1:],
        'nb': '%d‐%d‐%d' % x,
    }[k]
    t = '' if r.random() < 0.6 else r.choice([' ', '　', '']) + r.choice(BLD) + r.choice(
        [
            '%d号室' % r.randint(101, 1205), '%d' % r.randint(101, 905),
            ' %d-%d' % (r.randint(1, 9), r.randint(101, 506)),
            'B%d' % r.randint(101, 305),
        ]
    )
    return (b, t)


@field
def f_addr(c, a=None):
    p = cur(c)
    b, t = addr_parts(c, p, None if a in (None, 'nopref', 'short') else a)
    pre = '' if a == 'nopref' else p.pref
    return L('address', pre + p.city + p.town + b + t)


@field
def f_addren(c, a=None):
    r = c.r
    return L(
        'address',
        '%d %s %s, %s' % (
            r.randint(2, 980),
            r.choice('Maple Alder Station Church Harbour Linden Kingsway Cedar'.split()),
            r.choice(['Street', 'Road', 'Avenue', 'Lane']),
            r.choice(
                [
                    'Portland, OR 97204', 'Leeds LS2 7EW', 'Austin, TX 78701', 'Bristol BS1 4DJ', 'Dublin 4',
                    'Sydney NSW 2000', 'Toronto, ON M5V 2T6',
                ]
            ),
        ),
    )


def num(c, v, g, a, key):
    """Write a number in groups, in one of the ways people write it."""
    a = a or c.st(key, ['-', '-', ' ', '', 'fw', 'nb'])
    q = C.split(v, g)
    return {
        '-': '-'.join(q), ' ': ' '.join(q), '': v, 'fw': fw(v), 'fw-': fw('-'.join(q)), 'nb': '‐'.join(q),
        'idsp': '　'.join((fw(x) for x in q)), 'dot': '.'.join(q), 'bar': 'ー'.join(q), '1': ' '.join(v),
        'en': '–'.join(q), 'sl': '/'.join(q), 'minus': '－'.join(q), 'fwsp': ' '.join((fw(x) for x in q)),
        'nl': q[0] + '-\n' + '-'.join(q[1:]),
    }[a]


@field
def f_my(c, a=None):
    return L('my_number', num(c, cur(c).my, [4, 4, 4], a, 'my'))


@field
def f_lic(c, a=None):
    return L(
        'driver_license',
        num(c, C.licence(c.r), [4, 4, 4], a if a is not None else c.st('lic', ['', '', 'fw', ' ', '-']) or '', 'lic'),
    )


@field
def f_pen(c, a=None):
    return L(
        'basic_pension_number',
        num(c, C.digits(c.r, 4, True) + C.digits(c.r, 6), [4, 6], a or c.st('pen', ['-', '-', 'fw-', 'nb']), 'pen'),
    )


@field
def f_pass(c, a=None):
    r = c.r
    v = r.choice(['TR', 'TS', 'TK', 'TZ', 'TT', 'MU', 'MZ', 'NA', 'XS']) + C.digits(r, 7)
    return L(
        'passport_jp',
        {'': v, 'fw': fw(v), 'sp': v[:2] + ' ' + v[2:], 'lo': v.lower()}[a or c.st('pass', ['', '', 'fw', 'sp'])],
    )


@field
def f_zai(c, a=None):
    r = c.r
    U = string.ascii_uppercase
    v = C.alnum(r, 2, U) + C.digits(r, 8) + C.alnum(r, 2, U)
    return L(
        'residence_card',
        {'': v, 'fw': fw(v), 'sp': v[:2] + ' ' + v[2:10] + ' ' + v[10:]}[a or c.st('zai', ['', '', 'fw', 'sp'])],
    )


@field
def f_juki(c, a=None):
    v = C.digits(c.r, 11, True)
    return L(
        'resident_record_code',
        {
            '': v, 'fw': fw(v), '-': v[:5] + '-' + v[5:], 'g': ' '.join(C.split(v, [4, 4, 3])),
        }[a or c.st('juki', ['', 'fw', ''])],
    )


@field
def f_ins(c, a=None):
    v = C.insurer(c.r, c.r.choice([8, 8, 6]) if a not in ('6', '8') else int(a))
    return L('insurer_number', v if a in ('6', '8', '') else c.st('ins', [str, fw])(v))


@field
def f_insno(c, a=None):
    r = c.r
    s = r.choice([C.digits(r, 4, True), C.digits(r, 8, True), '神' + C.digits(r, 2), C.digits(r, 3, True)])
    n = C.digits(r, r.randint(2, 7), True)
    e = '%02d' % r.randint(0, 3)
    return L(
        'insured_symbol_number',
        {
            'a': '記号%s 番号%s' % (s, n), 'b': '記号：%s　番号：%s' % (s, n), 'c': '記号 %s・番号 %s（枝番）%s' % (s, n, e),
            'd': '被保険者証記号 %s 番号 %s' % (s, n), 'e': '記号・番号：%s・%s' % (s, n), 'f': '記号番号 %s-%s 枝番 %s' % (s, n, e),
        }[a or 'a'],
    )


@field
def f_sym(c, a=None):
    return L('insured_symbol_number', C.digits(c.r, c.r.choice([3, 4, 8]), True))


@field
def f_symno(c, a=None):
    return L('insured_symbol_number', C.digits(c.r, c.r.randint(2, 7), True))


@field
def f_bank(c, a=None):
    v = C.digits(c.r, 7)
    return L('bank_account', {'': v, 'fw': fw(v)}[a or c.st('bank', ['', '', 'fw'])], 'account')


@field
def f_yucho(c, a=None):
    r = c.r
    s, n = ('1' + C.digits(r, 3) + '0', C.digits(r, r.choice([6, 7]), True) + '1')
    return L(
        'bank_account',
        {
            'a': '記号%s 番号%s' % (s, n), 'b': '記号：%s　番号：%s' % (s, n), 'c': '%s-%s' % (s, n),
            'd': '記号 %s ／ 番号 %s' % (fw(s), fw(n)),
        }[a or 'a'],
        'yucho',
    )


@field
def f_card(c, a=None):
    b, v = C.card(c.r)
    return L(
        'credit_card',
        num(c, v, C.cgroups(v), a if a is not None else c.st('card', ['-', ' ', ' ', '', 'fw-', 'nb']), 'card'),
        b,
    )


@field
def f_exp(c, a=None):
    m, y = (c.r.randint(1, 12), c.r.randint(27, 32))
    return L(
        'card_expiry',
        {
            'sl': '%02d/%d' % (m, y), 'k': '20%d年%d月' % (y, m), '4': '%02d/20%d' % (m, y),
            'fw': fw('%02d/%d' % (m, y)), 'k2': '%d月/%d年' % (m, y), 'sp': '%02d / %d' % (m, y),
        }[a or 'sl'],
    )


@field
def f_cvv(c, a=None):
    return L('card_cvv', C.digits(c.r, int(a or 3)))


@field
def f_pin(c, a=None):
    v = C.digits(c.r, 4)
    return L('pin', fw(v) if a == 'fw' else v)


@field
def f_emp(c, a=None):
    p = cur(c)
    r = c.r
    if not p.emp:
        k = c.st('emp', ['n6', 'S-', 'L5', 'y', 'n4']) if a is None else a
        p.emp = {
            'n6': C.digits(r, 6, True),
            'S-': r.choice('SPK') + '-' + C.digits(r, 4),
            'L5': r.choice('NHT') + C.digits(r, 5),
            'y': '20%02d-%s' % (r.randint(5, 25), C.digits(r, 3)),
            'n4': C.digits(r, 4, True),
        }[k]
    return L('employee_id', p.emp)


@field
def f_sal(c, a=None):
    r = c.r
    v = r.randrange(185, 720) * 1000 + r.randrange(0, 10) * 100
    a = a or c.st('sal', ['en', 'en', 'yen', 'n'])
    return L(
        'salary',
        {
            'en': '%s円' % format(v, ','), 'yen': '¥%s' % format(v, ','), 'n': format(v, ','),
            'man': '%d万円' % (v // 10000), 'man1': '%.1f万円' % (v / 10000), 'sen': '%s千円' % format(v // 1000, ','),
            'raw': str(v), 'nen': '%d万円' % r.randrange(280, 1500, 5),
            'bonus': '%s円' % format(r.randrange(200, 1900) * 1000, ','),
            'hour': '%s円' % format(r.randrange(1050, 1900, 10), ','),
            'usd': '$%s' % format(r.randrange(38, 210) * 1000, ','),
            'gbp': '£%s' % format(r.randrange(22, 120) * 1000, ','),
            'eur': 'EUR %s' % format(r.randrange(30, 110) * 1000, ','),
            'fw': fw(format(v, ',')) + '円',
        }[a],
    )


@field
def f_care(c, a=None):
    return L('special_care', a)


@field
def f_famcell(c, a=None):
    return L('person_name', cur(c).s[0], 'surname')


@field
def f_givcell(c, a=None):
    return L('person_name', cur(c).g[0])


@field
def f_kfam(c, a=None):
    return L('person_name', cur(c).s[1], 'kana')


@field
def f_kgiv(c, a=None):
    return L('person_name', cur(c).g[1], 'kana')


@field
def f_my4(c, a):
    return L('my_number', cur(c).my[int(a) * 4:int(a) * 4 + 4])


@field
def f_pref(c, a=None):
    return L('address', cur(c).pref)
