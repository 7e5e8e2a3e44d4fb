"""Check digits and shapes of the blind sets' numbers. Every number is drawn at random."""
import string, json, base64


def digits(r, n, nz=False):
    s = ''.join((r.choice('0123456789') for _ in range(n)))
    return r.choice('123456789') + s[1:] if nz and s[0] == '0' else s


def alnum(r, n, pool=string.ascii_letters + string.digits):
    return ''.join((r.choice(pool) for _ in range(n)))


def my_cd(d):
    s = sum((int(d[11 - n]) * (n + 1 if n <= 6 else n - 5) for n in range(1, 12))) % 11
    return 0 if s <= 1 else 11 - s


def mynumber(r):
    d = digits(r, 11, True)
    return d + str(my_cd(d))


def bad_mynumber(r):
    d = digits(r, 11, True)
    return d + str((my_cd(d) + r.randint(1, 9)) % 10)


def luhn_cd(p):
    t = 0
    for i, c in enumerate(reversed(p)):
        v = int(c) * (2 if i % 2 == 0 else 1)
        t += v - 9 if v > 9 else v
    return str((10 - t % 10) % 10)


def corp(r):
    d = r.choice(['01', '02', '03', '04', '10', '12', '14', '21', '40']) + digits(r, 10)
    return str(9 - sum((int(d[12 - n]) * (1 if n % 2 else 2) for n in range(1, 13))) % 9) + d


def licence(r):
    d = r.choice(
        '10 11 20 22 24 30 40 43 44 45 52 54 60 62 63 70 73 82 90 91 94 97'.split()
    ) + '%02d' % r.choice(list(range(75, 100)) + list(range(0, 25))) + digits(r, 6)
    c = 11 - sum((int(a) * b for a, b in zip(d, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)))) % 11
    return d + str({11: 1, 10: 0}.get(c, c)) + r.choice('00000112')


def bad_licence(r):
    v = licence(r)
    return v[:10] + str((int(v[10]) + r.randint(2, 8)) % 10) + v[11]


def insurer(r, n=8):
    d = (r.choice('01 06 31 32 33 34 39 63'.split()) if n == 8 else '') + '%02d' % r.randint(1, 47) + digits(r, 3)
    return d + luhn_cd(d)


def card(r, brand=None):
    brand = brand or r.choice('visa visa mc mc2 jcb jcb amex diners'.split())
    pre, n = {
        'visa': ('4', 16), 'mc': ('5' + r.choice('12345'), 16), 'mc2': (str(r.randint(2221, 2720)), 16),
        'jcb': (str(r.randint(3528, 3589)), 16), 'amex': ('3' + r.choice('47'), 15), 'diners': ('36', 14),
    }[brand]
    while True:
        d = pre + digits(r, n - len(pre) - 1)
        d += luhn_cd(d)
        if len(set(d)) > 4:
            return (brand, d)


def bad_card(r):
    b, c = card(r, 'visa')
    return c[:-1] + str((int(c[-1]) + r.randint(1, 9)) % 10)


def cgroups(c):
    return [4, 6, 5] if len(c) == 15 else [4, 6, 4] if len(c) == 14 else [4, 4, 4, 4]


def ean(d):
    return d + str((10 - sum((int(c) * (3 if i % 2 else 1) for i, c in enumerate(d))) % 10) % 10)


def jan(r):
    return ean(r.choice(['45', '49']) + digits(r, 10))


def isbn(r):
    return ean('9784' + digits(r, 8))


def track(r):
    d = digits(r, 11, True)
    return d + str(int(d) % 7)


def ssn(r):
    return '%03d-%02d-%04d' % (
        r.choice([r.randint(1, 665), r.randint(667, 899)]),
        r.randint(1, 99), r.randint(1, 9999),
    )


def nhs(r):
    while True:
        d = digits(r, 9, True)
        c = 11 - sum((int(x) * (10 - i) for i, x in enumerate(d))) % 11
        if c != 10:
            return d + str(c % 11)


def nino(r):
    return r.choice('ABCEGHJKLMPRSTWXY') + r.choice('ABCEGHJKLMPRSTWXY') + digits(r, 6) + r.choice('ABCD')


def nino_ok(v):
    return v[:2] not in ('BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ')


def steuer(r):
    rep = r.choice(string.digits)
    o = [x for x in string.digits if x != rep]
    r.shuffle(o)
    ds = o[:8] + [rep, rep]
    while True:
        r.shuffle(ds)
        if ds[0] != '0':
            break
    p = 10
    for c in ds:
        s = (int(c) + p) % 10 or 10
        p = s * 2 % 11
    return ''.join(ds) + str((11 - p) % 10)


def nir(r, sex, y, m):
    d = ('1' if sex == 'M' else '2') + '%02d%02d%02d%03d%03d' % (
        y % 100, m, r.randint(1, 95), r.randint(1, 990), r.randint(1, 999),
    )
    return d + '%02d' % (97 - int(d) % 97)


def rrn(r, sex, y, m, d):
    v = '%02d%02d%02d' % (y % 100, m, d) + (
        ('1' if sex == 'M' else '2') if y < 2000 else '3' if sex == 'M' else '4'
    ) + digits(r, 5)
    return v + str((11 - sum((int(c) * w for c, w in zip(v, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)))) % 11) % 10)


def cnid(r, sex, y, m, d):
    v = r.choice(
        '110101 310115 440106 510104 330102 420106 210102'.split()
    ) + '%04d%02d%02d' % (y, m, d) + '%02d' % r.randint(0, 99) + r.choice('13579' if sex == 'M' else '02468')
    return v + '10X98765432'[
        sum((int(c) * x for c, x in zip(v, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)))) % 11
    ]


_D = [
    [
        (a + b) % 5 if a < 5 and b < 5 else (a + b) % 5 + 5 if a < 5 else (a - b) % 5 + 5 if b < 5 else (a - b) % 5 for b in range(10)
    ] for a in range(10)
]


def aadhaar(r):
    d = r.choice('23456789') + digits(r, 10)
    P = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    c = 0
    for i, x in enumerate(reversed(d)):
        v = int(x)
        for _ in range((i + 1) % 8):
            v = P[v]
        c = _D[c][v]
    return d + str([0, 4, 3, 2, 1, 5, 6, 7, 8, 9][c])


def pan(r):
    return alnum(
        r, 3, string.ascii_uppercase,
    ) + 'P' + alnum(r, 1, string.ascii_uppercase) + '%04d' % r.randint(1, 9999) + alnum(r, 1, string.ascii_uppercase)


def nric(r):
    f = r.choice('STFG')
    d = digits(r, 7)
    s = sum((int(a) * b for a, b in zip(d, (2, 7, 6, 5, 4, 3, 2)))) + (4 if f in 'TG' else 0)
    return f + d + ('JZIHGFEDCBA' if f in 'ST' else 'XWUTRQPNMLK')[s % 11]


def tfn(r):
    while True:
        d = digits(r, 9, True)
        if sum((int(a) * b for a, b in zip(d, (1, 4, 3, 7, 5, 8, 6, 9, 10)))) % 11 == 0:
            return d


def iban(r):
    cc = r.choice('DE FR GB NL ES IT CH AT BE PL SE'.split())
    b = {
        'DE': lambda: digits(r, 18), 'FR': lambda: digits(r, 23),
        'GB': lambda: r.choice(['MIDL', 'BARC', 'HBUK']) + digits(r, 14),
        'NL': lambda: r.choice(['TRIO', 'SNSB']) + digits(r, 10),
        'ES': lambda: digits(r, 20), 'IT': lambda: 'X' + digits(r, 22), 'CH': lambda: digits(r, 17),
        'AT': lambda: digits(r, 16), 'BE': lambda: digits(r, 12), 'PL': lambda: digits(r, 24),
        'SE': lambda: digits(r, 20),
    }[cc]()
    return cc + '%02d' % (98 - int(''.join((str(int(c, 36)) for c in b + cc + '00'))) % 97) + b


def split(d, groups):
    out, i = ([], 0)
    for g in groups:
        out.append(d[i:i + g])
        i += g
    return out


def pem(r):
    k = r.choice(['RSA PRIVATE KEY', 'PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'EC PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])
    P = string.ascii_letters + string.digits + '+/'
    return '-----BEGIN %s-----\n' % k + '\n'.join(
        (alnum(r, 64, P) for _ in range(r.randint(3, 12)))
    ) + '\n' + alnum(r, 22, P) + '==\n-----END %s-----' % k


def jwt(r):
    f = lambda o: base64.urlsafe_b64encode(json.dumps(o).encode()).decode().rstrip('=')
    return f({'typ': 'JWT', 'alg': r.choice(['RS256', 'ES256', 'HS512'])}) + '.' + f(
        {'iss': 'auth.example', 'uid': r.randint(1000, 99999), 'exp': 1790000000 + r.randint(0, 9999999)}
    ) + '.' + alnum(r, r.choice([43, 86]), string.ascii_letters + string.digits + '-_')


assert my_cd('12345678901') == 8 and luhn_cd('3312001') == '5'
