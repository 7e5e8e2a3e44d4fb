"""Tables in the formats people keep lists in."""
import unicodedata

from document import render
from people import newp

SEPARATORS = {
    'csv': ',', 'csvq': ',', 'tsv': '\t', 'cells': '\t', 'semi': ';', 'pipe': '|', 'md': ' | ', 'fixed': '', 'block': '',
}
FOREIGN = ['vn', 'vnk', 'brk', 'cn', 'kr', 'wk', 'en']


def width(s):
    """Return how many columns of a terminal s takes."""
    return sum(2 if unicodedata.east_asian_width(x) in 'WFA' else 1 for x in s)


class Table:
    """A table of a template: "table FORMAT LEAST-MOST [noheader] [mix]", then lines before, after and below it,
    and a line "header<TAB>cell" for every column."""

    def __init__(self, body):
        head, *lines = body.rstrip('\n').split('\n')
        _, self.format, rows, *options = head.split(' ')
        self.least, self.most = map(int, rows.split('-'))
        self.header, self.mix = 'noheader' not in options, 'mix' in options
        self.around = {'before': '', 'after': '', 'total': ''}
        self.columns = []
        for line in lines:
            key, _, rest = line.partition(' ')
            if '\t' not in line and key in self.around:
                self.around[key] = rest.replace('\\n', '\n').replace('\\t', '\t')
            else:
                self.columns.append(line.split('\t', 1))

    def __call__(self, c):
        n = c.r.randint(self.least, self.most)
        render(c, self.around['before'])
        mark = c.r.choice(['：', ': ', '\t']) if self.format != 'cells' else ''
        if self.header and self.format != 'block':
            self.row(c, [h for h, _ in self.columns], heading=True)
        if self.header and self.format == 'md':
            c.w('|' + '|'.join([' --- '] * len(self.columns)) + '|\n')
        rows = []
        for i in range(n):
            c.cur, c.rowno = None, i + 1
            if self.mix:
                newp(c, c.r.choice(['ja'] * 3 + FOREIGN))
            rows.append(self.block(c, mark) if self.format == 'block' else self.row(c, [x for _, x in self.columns]))
        c.w(self.around['total'].replace('N', str(n)))
        render(c, self.around['after'])
        return rows

    def rows(self, c):
        """Write the table and return all its rows, the heading first."""
        return [[h for h, _ in self.columns]] + self(c)

    def block(self, c, mark):
        """Write a record as lines of label and value."""
        for head, cell in self.columns:
            lead = '{p}' if cell.startswith('{p}') else ''
            render(c, lead)
            c.w(head, mark)
            render(c, cell[len(lead):])
            c.w('\n')
        c.w('\n')

    def row(self, c, cells, heading=False):
        """Write a row and return its cells."""
        out = []
        if self.format == 'md':
            c.w('| ')
        for i, cell in enumerate(cells):
            c.w(SEPARATORS[self.format] if i else '')
            quote = '"' if self.format == 'csvq' else ''
            c.w(quote)
            first = len(c.b)
            c.w(cell) if heading else render(c, cell)
            value = ''.join(c.b[first:])
            c.w(quote)
            out.append(value)
            if self.format == 'fixed' and i < len(cells) - 1:
                c.w(' ' * max(2, self.room(i) - width(value)))
        c.w(' |\n' if self.format == 'md' else '\n')
        return out

    def room(self, i):
        """Return the width of a column of blanks."""
        cell = self.columns[i][1]
        return 26 if any(x in cell for x in ('name', 'kana', 'mail', 'bd')) else 70 if 'addr' in cell else 18
