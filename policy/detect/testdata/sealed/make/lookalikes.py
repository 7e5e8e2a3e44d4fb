"""Look-alikes: numbers in the shape of personal data that are none, and small change."""
import hashlib
import string
import checks as C
from document import X, field
from people import ADDR
from business import ROLE
D = {
    'order': lambda r: r.choice(
        [
            C.digits(r, 12, True),
            '%s-%s-%s' % (C.digits(r, 3), C.digits(r, 7), C.digits(r, 7)),
            'W' + C.digits(r, 10),
            C.digits(r, 4) + '-' + C.digits(r, 4) + '-' + C.digits(r, 4),
        ]
    ),
    'track': C.track,
    'trackg': lambda r: '-'.join(C.split(C.track(r), [4, 4, 4])),
    'corp': C.corp, 'inv': lambda r: 'T' + C.corp(r), 'jan': C.jan, 'isbn': C.isbn,
    'part': lambda r: C.alnum(r, 2, string.ascii_uppercase) + C.digits(r, 7),
    'part2': lambda r: C.alnum(r, 2, string.ascii_uppercase) + C.digits(r, 8) + C.alnum(r, 2, string.ascii_uppercase),
    'ver': lambda r: '%d.%d.%d' % (r.randint(0, 25), r.randint(0, 40), r.randint(0, 9999)),
    'ts': lambda r: '2026%02d%02d%02d%02d%02d' % (
        r.randint(1, 12), r.randint(1, 28), r.randint(0, 23), r.randint(0, 59), r.randint(0, 59),
    ),
    'ts12': lambda r: '2026%02d%02d%02d%02d' % (
        r.randint(1, 12), r.randint(1, 28), r.randint(0, 23), r.randint(0, 59),
    ),
    'iso': lambda r: '2026-%02d-%02dT%02d:%02d:%02d' % (
        r.randint(1, 12), r.randint(1, 28), r.randint(0, 23), r.randint(0, 59), r.randint(0, 59),
    ),
    'unix': lambda r: '17%08d' % r.randint(0, 99999999),
    'sha': lambda r: hashlib.sha256(C.digits(r, 9).encode()).hexdigest()[:r.choice([12, 40, 64])],
    'uuid': lambda r: '-'.join((C.alnum(r, n, '0123456789abcdef') for n in (8, 4, 4, 4, 12))),
    'meet': lambda r: '%s %s %s' % (C.digits(r, 3, True), C.digits(r, 4), C.digits(r, 4)),
    'tick': lambda r: r.choice(['HD-', 'SR', 'JIRA-', '#']) + C.digits(r, r.choice([5, 6, 8]), True),
    'amt': lambda r: format(r.randrange(1000, 10 ** 8), ',') + '円',
    'free': lambda r: r.choice(
        [
            '0120-%s-%s' % (C.digits(r, 3, True), C.digits(r, 3)),
            '0570-%s-%s' % (C.digits(r, 3), C.digits(r, 3)),
            '0800-%s-%s' % (C.digits(r, 3), C.digits(r, 4)),
        ]
    ),
    'badmy': lambda r: r.choice(['-', ' ', '']).join(C.split(C.bad_mynumber(r), [4, 4, 4])),
    'badcard': lambda r: r.choice(['-', ' ', '']).join(C.split(C.bad_card(r), [4, 4, 4, 4])),
    'badlic': C.bad_licence,
    'serial': lambda r: r.choice(
        [C.digits(r, 12, True), C.alnum(r, 3, string.ascii_uppercase) + C.digits(r, 9), C.digits(r, 16, True)]
    ),
    'n8': lambda r: C.digits(r, 8, True), 'n7': lambda r: C.digits(r, 7, True),
    'n10': lambda r: C.digits(r, 10, True), 'n6': lambda r: C.digits(r, 6, True),
    'date': lambda r: '%d/%d/%d' % (r.randint(2024, 2026), r.randint(1, 12), r.randint(1, 28)),
    'datek': lambda r: '%d月%d日' % (r.randint(1, 12), r.randint(1, 28)),
    'testcard': lambda r: r.choice(
        ['4111 1111 1111 1111', '4242424242424242', '5555-5555-5555-4444', '378282246310005']
    ),
    'ip': lambda r: '10.%d.%d.%d' % (r.randint(0, 255), r.randint(0, 255), r.randint(1, 254)),
    'ipx': lambda r: '192.168.%d.%d' % (r.randint(0, 255), r.randint(1, 254)),
    'price': lambda r: format(r.randrange(10, 9999) * 10, ','),
    'qty': lambda r: str(r.randint(1, 500)),
    'hex': lambda r: C.alnum(r, 16, '0123456789ABCDEF'),
    'mac': lambda r: ':'.join((C.alnum(r, 2, '0123456789abcdef') for _ in range(6))),
    'asin': lambda r: 'B0' + C.alnum(r, 8, string.ascii_uppercase + string.digits),
    'num12g': lambda r: ' '.join(C.split(C.digits(r, 12, True), [4, 4, 4])),
}
KIND = {
    'order': 'order_number', 'track': 'tracking_number', 'trackg': 'tracking_number', 'corp': 'corporate_number',
    'inv': 'invoice_registration', 'jan': 'jan_code', 'part': 'part_number', 'part2': 'part_number', 'ver': 'version',
    'ts': 'timestamp', 'ts12': 'timestamp', 'iso': 'timestamp', 'unix': 'timestamp', 'sha': 'hash', 'uuid': 'uuid',
    'meet': 'meeting_id', 'tick': 'ticket_id', 'amt': 'amount', 'free': 'toll_free_phone',
    'badmy': 'mynumber_like_bad_check', 'badcard': 'card_like_bad_luhn', 'badlic': 'licence_like_bad_check',
    'testcard': 'test_card',
}


@field
def f_x(c, a):
    return X(KIND.get(a, a), D[a](c.r))


@field
def f_int(c, a):
    lo, hi = a.split('-')
    return str(c.r.randint(int(lo), int(hi)))


@field
def f_pick(c, a):
    return c.r.choice(a.split(','))


@field
def f_day(c, a=None):
    return '%d月%d日' % (c.r.randint(1, 12), c.r.randint(1, 28))


@field
def f_city(c, a=None):
    return c.r.choice(ADDR)[2]


@field
def f_no(c, a=None):
    return str(c.rowno) if not a else ('%0' + a + 'd') % c.rowno
