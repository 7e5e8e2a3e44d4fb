#!/usr/bin/env python3
"""Writes the three test mails (4 KB, 100 KB, 5 MB) used by run.sh. Usage: mkmail.py DIR
Deterministic: Japanese business text (quoted as base64 UTF-8), a CSV attachment, a 5 MB text report (readable, so that it is scanned).
No personal data: all names and numbers are made up from a seeded generator."""
import base64, os, random, sys
d = sys.argv[1]
os.makedirs(d, exist_ok=True)
rnd = random.Random(7)
FILL = ["お世話になっております。", "資料をお送りいたしますのでご確認ください。", "本件につきましては来週の打ち合わせで",
        "ご相談させていただければ幸いです。", "納期は三月末を予定しております。", "Please find the attached report. ",
        "The meeting is moved to 15:00 on Friday. ", "よろしくお願いいたします。\n"]
def text(nbytes):
    out = []; n = 0
    while n < nbytes:
        s = rnd.choice(FILL); out.append(s); n += len(s.encode())
    return "".join(out)
def csv(nbytes):
    out = ["部署,件数,金額,備考\n"]; n = 0
    while n < nbytes:
        s = "営業%d部,%d,%d,%s\n" % (rnd.randint(1, 9), rnd.randint(1, 999), rnd.randint(1, 9999999), rnd.choice(FILL).strip())
        out.append(s); n += len(s.encode())
    return "".join(out)
def b64(b):
    e = base64.b64encode(b).decode()
    return "\r\n".join(e[i:i + 76] for i in range(0, len(e), 76)) + "\r\n"
def mail(total, attach):
    head = ("From: Taro <taro@sender.example>\r\nTo: hanako@partner.example\r\n"
            "Subject: =?UTF-8?B?" + base64.b64encode("見積書の送付".encode()).decode() + "?=\r\n"
            "Date: Mon, 02 Feb 2026 10:00:00 +0900\r\nMessage-ID: <%d@sender.example>\r\nMIME-Version: 1.0\r\n" % total)
    if attach is None:
        body = text(int((total - 450) * 0.74))
        return head + "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64(body.encode())
    parts = "Content-Type: multipart/mixed; boundary=\"=_b7\"\r\n\r\n--=_b7\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64(text(2500).encode())
    raw = (csv if attach == "csv" else text)(int((total - 5000) * 0.73)).encode()
    name, ct = ("list.csv", "text/csv; charset=UTF-8") if attach == "csv" else ("report.txt", "text/plain; charset=UTF-8")
    parts += "--=_b7\r\nContent-Type: %s\r\nContent-Disposition: attachment; filename=\"%s\"\r\nContent-Transfer-Encoding: base64\r\n\r\n%s--=_b7--\r\n" % (ct, name, b64(raw))
    return head + parts
for n, t, a in (("4k", 4096, None), ("100k", 102400, "csv"), ("5m", 5 << 20, "text")):
    s = mail(t, a).encode()
    # smtp-source -F wants LF line ends
    open(os.path.join(d, n + ".eml"), "wb").write(s.replace(b"\r\n", b"\n"))
    open(os.path.join(d, n + ".crlf.eml"), "wb").write(s)
    print(n, len(s))
