"""files.py SEED OUT: writes part C as files (eml, docx, xlsx, pdf, csv, json, vcf, xml, txt) below OUT/files, and OUT/files.jsonl.

Needs python-docx, openpyxl and, for the PDFs, LibreOffice."""
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from email.headerregistry import Address
from email.message import EmailMessage

import docx
import openpyxl

import business  # the rooms of fields: importing one registers its fields
import foreign
import lookalikes
import templates
import values
from document import Ctx, out, render


def write_mail(c, kind, text, path):
    """Write a mail from the one who signs to the one who is greeted."""
    sender, to = business.me(c), c.biz or business.newb(c)
    mail = EmailMessage()
    if kind == 'htmleml':
        lines = ('<p>%s</p>' % l.replace('&', '&amp;').replace('<', '&lt;') for l in text.split('\n'))
        mail.set_content('<html><body>' + ''.join(lines) + '</body></html>', subtype='html')
    elif kind == 'jiseml':
        try:
            mail.set_content(text.replace('﨑', '崎').replace('髙', '高'), charset='iso-2022-jp')
        except UnicodeEncodeError:
            mail.set_content(text, charset='utf-8')
    else:
        mail.set_content(text, charset='utf-8')
    name = ' '.join(sender.en) if hasattr(sender, 'en') else sender.s[0] + ' ' + sender.g[0]
    mail['From'] = Address(name, *sender.mail.split('@'))
    mail['To'] = Address(to.s[0] + ' ' + to.g[0], *to.mail.split('@'))
    mail['Subject'] = c.r.choice(['ご連絡', '先日の件', '確認のお願い', 'Re: 資料について'])
    mail['Date'] = 'Fri, 20 Nov 2026 10:%02d:00 +0900' % c.r.randint(0, 59)
    with open(path, 'wb') as f:
        f.write(bytes(mail))


def write_sheet(rows, path):
    book = openpyxl.Workbook()
    book.active.title = '一覧'
    for row in rows:
        book.active.append([int(x) if x.isdigit() and len(x) < 9 and not x.startswith('0') else x for x in row])
    book.save(path)


def write_paper(text, path):
    paper = docx.Document()
    for line in text.split('\n'):
        paper.add_paragraph(line)
    paper.save(path)


def write_csv(c, lang, rows, path):
    old = c.r.random() < 0.4 and lang == 'ja'
    with open(path, 'w', newline='', encoding='cp932' if old else 'utf-8-sig', errors='replace') as f:
        csv.writer(f).writerows(rows)


def write(c, lang, kind, rows, text, path):
    """Write one document as a file and return its path."""
    if kind.endswith('eml'):
        path += '.eml'
        write_mail(c, kind, text, path)
    elif kind == 'xlsx':
        path += '.xlsx'
        write_sheet(rows, path)
    elif kind in ('docx', 'pdf'):
        path += '.docx'
        write_paper(text, path)
    elif kind == 'csv':
        path += '.csv'
        write_csv(c, lang, rows, path)
    else:
        path += '.' + kind
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)
    return path


def print_papers(papers, folder):
    """Turn .docx files into PDFs."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(['soffice', '-env:UserInstallation=file://' + profile, '--headless', '--convert-to', 'pdf',
                        '--outdir', folder] + papers, check=True, capture_output=True)
    for paper in papers:
        os.remove(paper)


def main(seed, target):
    folder = os.path.join(target, 'files')
    os.makedirs(folder, exist_ok=True)
    made, papers = [], []
    for lang, kind, tag, body, n in templates.read('files'):
        for j in range(n):
            c = Ctx(random.Random('%s/%s/%d' % (seed, tag, j)), j % 2, 'files')
            ident = 'C-%04d' % (len(made) + 1)
            rows = body.rows(c) if callable(body) else render(c, body)
            d = out(c, ident, lang, kind, [tag, 'table' if callable(body) else 'text'])
            path = write(c, lang, kind, rows, d['text'], os.path.join(folder, ident))
            if kind == 'pdf':
                papers.append(path)
                path = path[:-5] + '.pdf'
            d['file'] = os.path.basename(path)
            made.append(d)
    print_papers(papers, folder)
    with open(os.path.join(target, 'files.jsonl'), 'w', encoding='utf-8') as f:
        for d in made:
            f.write(json.dumps(d, ensure_ascii=False) + '\n')


if __name__ == '__main__':
    main(*sys.argv[1:3])
