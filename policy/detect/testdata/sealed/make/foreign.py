"""Identifiers of other countries, passwords and keys."""
import string
import checks as C
from document import F, L, field
from people import cur
INTL = {
    'ssn': ('us_ssn', lambda c, p: C.ssn(c.r)), 'iban': ('iban', lambda c, p: C.iban(c.r)),
    'nhs': ('uk_nhs', lambda c, p: C.nhs(c.r)),
    'steuer': ('de_steuer_id', lambda c, p: C.steuer(c.r)),
    'nir': ('fr_nir', lambda c, p: C.nir(c.r, p.sex, *p.b[:2])),
    'rrn': ('kr_rrn', lambda c, p: C.rrn(c.r, p.sex, *p.b)),
    'cnid': ('cn_id', lambda c, p: C.cnid(c.r, p.sex, *p.b)),
    'aadhaar': ('in_aadhaar', lambda c, p: C.aadhaar(c.r)),
    'pan': ('in_pan', lambda c, p: C.pan(c.r)),
    'nric': ('sg_nric', lambda c, p: C.nric(c.r)),
    'tfn': ('au_tfn', lambda c, p: C.tfn(c.r)),
}
GRP = {
    'iban': [4] * 9, 'nhs': [3, 3, 4], 'steuer': [2, 3, 3, 3], 'nir': [1, 2, 2, 2, 3, 3, 2], 'rrn': [6, 7],
    'aadhaar': [4, 4, 4], 'tfn': [3, 3, 3],
}


def _intl(k):

    def f(c, a=None):
        t, g = INTL[k]
        v = g(c, cur(c))
        if k == 'ssn':
            v = v if not a else v.replace('-', ' ') if a == 'sp' else v.replace('-', '')
        elif a == 'sp':
            v = ' '.join((x for x in C.split(v, GRP[k]) if x))
        elif a == '-' or k == 'rrn':
            v = '-'.join((x for x in C.split(v, GRP[k]) if x))
        return L(t, v)
    return f


for _k in INTL:
    F[_k] = _intl(_k)


@field
def f_nino(c, a=None):
    while True:
        v = C.nino(c.r)
        if C.nino_ok(v):
            break
    return L('uk_nino', '%s %s %s %s %s' % (v[:2], v[2:4], v[4:6], v[6:8], v[8]) if a == 'sp' else v)


WORDS = 'tanuki kawara Sendai orbit yuzu Maple kitsune anchor tombo Violet hachi glacier Nagare pepper'.split()


def password(r, a=None):
    k = a or r.choice(['r8', 'r12', 'word', 'sym', 'leet'])
    return {
        'r8': lambda: C.alnum(r, 6) + r.choice('23456789') + r.choice('abcdeXYZ'),
        'r12': lambda: C.alnum(r, 11) + r.choice('3456789'),
        'r16': lambda: C.alnum(r, 15) + '7',
        'word': lambda: r.choice(WORDS) + C.digits(r, r.choice([2, 3, 4])),
        'sym': lambda: C.alnum(r, 5) + r.choice('!#%&@$') + C.alnum(r, 4) + r.choice('0123456789'),
        'leet': lambda: r.choice(
            ['K@wagoe', 'Fuj1san', '0kinawa', 'S@kura', 'N1ppon', 'Harb0ur']
        ) + r.choice('_-!.#') + C.digits(r, r.choice([2, 4])),
        'num8': lambda: C.digits(r, 8, True),
    }[k]()


@field
def f_pw(c, a=None):
    return L('secret', password(c.r, a), 'password')


@field
def f_netbank(c, a=None):
    return L('secret', password(c.r), 'netbank')


SEC = {
    'aws_id': (
        'aws_access_key',
        lambda r: r.choice(['AKIA', 'AKIA', 'ASIA']) + C.alnum(r, 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'),
    ),
    'aws_sec': (
        'aws_secret_key',
        lambda r: C.alnum(r, 18, string.ascii_letters + string.digits) + '/' + C.alnum(
            r, 21, string.ascii_letters + string.digits + '+',
        ),
    ),
    'gcp': ('gcp_api_key', lambda r: 'AIza' + C.alnum(r, 35, string.ascii_letters + string.digits + '-_')),
    'ghp': ('github_token', lambda r: r.choice(['ghp_', 'gho_', 'ghs_']) + C.alnum(r, 36)),
    'ghpat': ('github_token', lambda r: 'github_pat_' + C.alnum(r, 22) + '_' + C.alnum(r, 59)),
    'jwt': ('jwt', C.jwt), 'pem': ('private_key', C.pem),
    'pg': (
        'connection_string',
        lambda r: 'postgres://%s:%s@%s:5432/%s' % (
            r.choice(['svc_app', 'batch', 'readonly']), C.alnum(r, 14),
            r.choice(['db01.internal.example', '10.20.3.14', 'pg-primary.example']),
            r.choice(['sales', 'crm_prod']),
        ),
    ),
    'mysql': ('connection_string', lambda r: 'mysql://root:%s@127.0.0.1:3306/shop' % C.alnum(r, 12)),
    'mongo': (
        'connection_string',
        lambda r: 'mongodb+srv://admin:%s@cluster0.example.net/?retryWrites=true' % C.alnum(r, 16),
    ),
    'adonet': (
        'connection_string',
        lambda r: 'Server=tcp:sql01.example.net,1433;Database=hr;User ID=hr_app;Password=%s;Encrypt=true' % (C.alnum(r, 10) + '!9'),
    ),
    'amqp': ('connection_string', lambda r: 'amqp://queue:%s@mq.example:5672/prod' % C.alnum(r, 13)),
    'redis': ('connection_string', lambda r: 'redis://:%s@cache.example:6379/0' % C.alnum(r, 20)),
}


def _sec(k):
    return lambda c, a=None: L('secret', SEC[k][1](c.r), SEC[k][0])


for _k in SEC:
    F[_k] = _sec(_k)
