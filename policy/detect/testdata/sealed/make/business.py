"""People who act for a company: greetings, signatures, contacts. Their labels are business_contact."""
from document import L, field
from people import ADDR, EN_G, EN_S, Person, draw_name, fixed, half, hira, mobile, romaji
from values import telstyle
COMP = """
    株式会社ノース・リンク 合同会社はれのひ 有限会社栗原鉄工所 一般社団法人みらい育成会
    社会福祉法人あさがお福祉会 医療法人社団桜樹会 学校法人清和学園 弁護士法人つばさ総合 税理士法人アクシス会計
    特定非営利活動法人こどもの森 東都トラベル株式会社 株式会社瀬戸内フーズ 株式会社クリーンライフ
    南九州運輸株式会社 株式会社ひだまり不動産 ㈱オリエント設備 株式会社YOTSUBA
    パシフィック海上損害保険株式会社 株式会社大和田製菓 株式会社アルファテック 株式会社三光電機
    (株)みやび呉服店 株式会社スカイネット 共立警備保障株式会社 株式会社ヘルスパートナーズ 北陸紙業株式会社
""".split()
COMP_EN = [
    'Larkspur Logistics Ltd', 'Meridian Dental Group', 'Cobalt Ridge Software, Inc.', 'Tidewater Insurance Co.',
    'Helvetia Precision AG', 'Orchid Bay Travel Pte Ltd', 'Redwood Staffing LLC', "St. Aldhelm's School",
    'Pinecrest Property Management',
]
DEPT = """
    総務課 人事労務グループ 業務推進室 学生支援課 医事課 住民課 子育て支援課 法人営業2課 品質保証部
    カスタマーサクセス部 賃貸管理課 損害サービス第三課 経営企画本部 情報基盤チーム 購買部 配送センター 事務局
    教務部
""".split()
ROLE = '部長 課長 係長 主任 室長 店長 支店長 次長 マネージャー 所長 理事 専務'.split()
DOM_C = """
    north-link.example harenohi.example kurihara-iron.example mirai-ikusei.example asagao-fukushi.example
    seiwa-gakuen.example tsubasa-law.example setouchi-foods.example hidamari-re.example pacific-ins.example
    alphatech.example skynet-it.example
""".split()


def newb(c, en=False):
    """Draw a person who acts for a company."""
    s, g, sex = draw_name(c)
    b = Person()
    r = c.r
    b.s, b.g = (s, g)
    b.dom = c.st('bdom%d' % r.randint(0, 9), DOM_C)
    b.dept = r.choice(DEPT)
    b.co = r.choice(COMP)
    b.role = r.choice(ROLE)
    b.tel = fixed(r)
    b.mob = mobile(r)
    b.ad = r.choice(ADDR)
    b.blk = '%d-%d-%d' % (r.randint(1, 6), r.randint(1, 20), r.randint(1, 20))
    b.mail = r.choice(['%s.%s', '%s-%s', '%s_%s']) % (romaji(g[1]), romaji(s[1])) + '@' + b.dom
    if en:
        b.en = (r.choice(half(EN_G, c.half)).split(':')[0], r.choice(half(EN_S, c.half)))
        b.mail = '%s.%s@%s' % (b.en[0].lower(), b.en[1].lower().replace("'", ''), b.dom)
        b.co = r.choice(COMP_EN)
    return b


BC = lambda v, st: L('business_contact', v, st)


def me(c, en=False):
    if c.me is None:
        c.me = newb(c, en)
    return c.me


def bz(c):
    if c.biz is None:
        c.biz = newb(c)
    return c.biz


@field
def f_B(c, a=None):
    c.biz = newb(c, a == 'en')
    return ''


@field
def f_bn(c, a=None):
    return BC(bz(c).s[0], 'name')


@field
def f_bfull(c, a=None):
    b = bz(c)
    return BC(
        ' '.join(b.en) if hasattr(b, 'en') else b.s[0] + {'0': '', None: ' ', '2': '　'}[a] + b.g[0],
        'name',
    )


@field
def f_bmail(c, a=None):
    return BC(bz(c).mail, 'email')


@field
def f_btel(c, a=None):
    return BC(telstyle(bz(c).tel, a or '-'), 'phone')


@field
def f_bmob(c, a=None):
    return BC(telstyle(bz(c).mob, a or '-'), 'phone')


@field
def f_bco(c, a=None):
    return bz(c).co


@field
def f_baddr(c, a=None):
    b = bz(c)
    return BC(b.ad[1] + b.ad[2] + b.ad[3] + b.blk, 'address')


@field
def f_bzip(c, a=None):
    z = bz(c).ad[0]
    return BC(z[:3] + '-' + z[3:], 'postal_code')


@field
def f_role(c, a=None):
    return c.r.choice(ROLE)


@field
def f_co(c, a=None):
    return c.r.choice(COMP)


@field
def f_dept(c, a=None):
    return c.r.choice(DEPT)


@field
def f_men(c, a=None):
    return BC(me(c).s[0], 'name')


@field
def f_meco(c, a=None):
    return me(c).co


@field
def f_greet(c, a=None):
    r = c.r
    b = c.biz = newb(c)
    m = me(c)
    k = c.half + 2 * r.randint(0, 2)
    o = [
        [b.co, '\n', b.dept, '\n', BC(b.s[0], 'name'), '様\n\n'],
        [BC(b.s[0], 'name'), r.choice(['さん', 'さま', ' 様']), '\n\n'],
        [b.co, '　', b.role, '　', BC(b.s[0] + ' ' + b.g[0], 'name'), '　様\n\n'],
        ['関係者各位\n\n'],
        ['(', BC(b.s[0], 'name'), r.choice(['課長', '部長', '先生', '主任']), '、CC: 関係者)\n\n'],
        [''],
    ][k]
    return o + [
        r.choice(
            half(
                ['お世話になっております。', 'いつもありがとうございます。', 'お疲れさまです。', '平素は格別のお引き立てを賜り、厚く御礼申し上げます。', '突然のご連絡失礼いたします。', ''],
                c.half,
            )
        ),
        r.choice(
            [
                [m.co, r.choice(['の', '　']), BC(m.s[0], 'name'), r.choice(['です。', 'でございます。', 'と申します。'])],
                [m.dept, r.choice(['の', '、']), BC(m.s[0], 'name'), 'です。'],
                [BC(m.s[0], 'name'), '＠', m.dept, 'です。'], [''],
            ]
        ),
        '\n\n',
    ]


@field
def f_sig(c, a=None):
    r = c.r
    m = me(c)
    k = c.half + 2 * r.randint(0, 4)
    B = BC
    nm = B(m.s[0] + r.choice([' ', '　', '']) + m.g[0], 'name')
    ad = [B(m.ad[0][:3] + '-' + m.ad[0][3:], 'postal_code'), ' ', B(m.ad[1] + m.ad[2] + m.ad[3] + m.blk, 'address')]
    t = '-'.join(m.tel)
    fx = '-'.join(m.tel[:2] + ['%04d' % ((int(m.tel[2]) + 1) % 10000)])
    if k == 0:
        return [
            '\n',
            r.choice(['=' * 30, '- - - - - - - - -', '◆◇' * 8, '_' * 24]),
            '\n', m.co, '\n', m.dept, '  ', nm, '\n〒', ad, '\nTEL ', B(t, 'phone'), ' / FAX ', B(fx, 'phone'), '\n',
            B(m.mail, 'email'), '\n',
        ]
    if k == 1:
        return [
            '\n-- \n', nm, '\n', m.co, ' ', m.dept, '\n', r.choice(['T: ', '電話 ', '☎ ']), B(t, 'phone'), '\n',
            r.choice(['M: ', 'Mobile ', '携帯 ']), B('-'.join(m.mob), 'phone'), '\n', B(m.mail, 'email'), '\n',
        ]
    if k == 2:
        return [
            '\n', m.co, '　', m.dept, '\n', m.role, '　', nm, '（',
            B(hira(m.s[1]) + ' ' + hira(m.g[1]), 'name'),
            '）\n', 'Tel:', B(t, 'phone'), '　E-mail:', B(m.mail, 'email'), '\n',
        ]
    if k == 3:
        return [
            '\n＊', '＊' * 15, '\n　', m.co, '\n　担当：', nm, '\n　所在地：〒', ad, '\n　電話：',
            B(telstyle(m.tel, 'fw'), 'phone'), '（代表）\n　メール：', B(m.mail, 'email'), '\n', '＊' * 16, '\n',
        ]
    if k == 4:
        return [
            '\n以上、よろしくお願いいたします。\n\n', nm, ' | ', m.dept, ' | ', m.co, '\n', B(m.mail, 'email'), ' | ', B(t, 'phone'),
            '\n',
        ]
    if k == 6:
        return [
            '\n', '─' * 20, '\n■会社名　', m.co, '\n■担当者　', m.dept, '　', nm, '\n■連絡先　', B(t, 'phone'),
            '（直通）\n■メール　', B(m.mail, 'email'), '\n', '─' * 20, '\n',
        ]
    if k == 7:
        return [
            '\n----\n', B(m.s[0], 'name'), '（', nm, ' / ', B(m.mail, 'email'), ' / ', B('-'.join(m.mob), 'phone'),
            '）\n',
        ]
    if k == 8:
        return [
            '\nどうぞよろしくお願い申し上げます。\n\n', m.co, '\n代表取締役　', nm, '\n〒', ad, '\nTel: ', B(t, 'phone'), ' | Fax: ',
            B(fx, 'phone'), ' | https://www.', m.dom, '\n',
        ]
    if k == 9:
        return [
            '\n\n', nm, ' / ',
            B(romaji(m.g[1]).capitalize() + ' ' + romaji(m.s[1]).upper(), 'name'),
            '\n', m.dept, ', ', m.co, '\nTel ', B('+81-' + t[1:], 'phone'), '\nMail ', B(m.mail, 'email'), '\n',
        ]
    return [
        '\n',
        r.choice(['以上', '草々', 'よろしくお願いします。', '取り急ぎご連絡まで。']),
        '\n\n', m.dept, '　', B(m.s[0], 'name'), '（内線', str(r.randint(100, 9999)), '）\n',
    ]


@field
def f_sigen(c, a=None):
    r = c.r
    m = me(c, True)
    if not hasattr(m, 'en'):
        m.en = (r.choice(half(EN_G, c.half)).split(':')[0], r.choice(half(EN_S, c.half)))
        m.co = r.choice(COMP_EN)
        m.mail = '%s.%s@%s' % (m.en[0].lower(), m.en[1].lower().replace("'", ''), m.dom)
    nm = BC(' '.join(m.en), 'name')
    t = BC(
        r.choice(
            [
                '+44 20 7946 0%03d' % r.randint(0, 999), '+1 415 555 01%02d' % r.randint(0, 99),
                '(503) 555-01%02d' % r.randint(0, 99), '+65 6555 %04d' % r.randint(0, 9999),
            ]
        ),
        'phone',
    )
    return [
        [
            '\n',
            r.choice(['Regards,', 'Best,', 'Cheers,', 'Sincerely,']),
            '\n', nm, '\n',
            r.choice(['Payroll Administrator', 'Practice Manager', 'Claims Handler', 'Head of Operations']),
            '\n', m.co, '\n', r.choice(['Tel ', 'Phone: ', 'Direct ']), t, '\n', BC(m.mail, 'email'), '\n',
        ],
        ['\n-- \n', nm, ', ', m.co, '\n', BC(m.mail, 'email'), ' · ', t, '\n'],
        ['\nMany thanks\n\n', BC(m.en[0], 'name'), '\n'],
    ][r.randint(0, 2)]


@field
def f_sc(c, a=None):
    r = c.r
    m = me(c)
    nm = BC(m.s[0] + r.choice([' ', '　']) + m.g[0], 'name')
    t = '-'.join(m.tel)
    o = r.randint(0, 4)
    if o == 0:
        return ['\n\n', m.co, '\n', m.dept, '\n', nm, '\n', BC(t, 'phone'), '\n', BC(m.mail, 'email'), '\n']
    if o == 1:
        return [
            '\n\n┏', '━' * 16, '\n┃', m.co, ' ', m.dept, '\n┃', nm, '\n┃電話：', BC(t, 'phone'), '\n┃',
            BC(m.mail, 'email'), '\n┗', '━' * 16, '\n',
        ]
    if o == 2:
        return ['\n\n', BC(m.s[0], 'name'), '拝\n', m.co, '（', BC(t, 'phone'), '）\n']
    if o == 3:
        return [
            '\n\n::::::::::::::::::::::\n', nm, '（', m.role, '）\n', m.co, '\n', '〒',
            BC(m.ad[0][:3] + '-' + m.ad[0][3:], 'postal_code'),
            '　',
            BC(m.ad[1] + m.ad[2] + m.ad[3] + m.blk, 'address'),
            '\nTEL:', BC(t, 'phone'), ' MOBILE:', BC('-'.join(m.mob), 'phone'), '\nmailto:', BC(m.mail, 'email'),
            '\n',
        ]
    return ['\n\n--\n', m.co, ' ', nm, '\n']


@field
def f_hi(c, a=None):
    r = c.r
    b = bz(c)
    m = me(c)
    return r.choice(
        [
            [BC(b.s[0], 'name'), '様　いつも助けていただきありがとうございます。', BC(m.s[0], 'name'), 'です。\n\n'],
            [
                b.co, ' ', BC(b.s[0] + b.g[0], 'name'), '様\n', m.co, 'で', m.dept, 'を担当しております', BC(m.s[0], 'name'),
                'です。\n\n',
            ],
            ['担当の皆さま\n\n', m.dept, BC(m.s[0], 'name'), 'より連絡です。\n\n'],
            [BC(b.s[0], 'name'), '部長\n\nお疲れ様です、', BC(m.s[0], 'name'), 'です。\n\n'],
        ]
    )
