"""Prints what Python's email package shows of every mail in a folder.

One JSON object a line: {"file", "leaves": [{"by", "type", "name", "text" | "data"}]};
data is base64.
"""
import base64
import email
import email.header
import email.policy
import json
import os
import sys


def show_header(value):
    try:
        return str(email.header.make_header(email.header.decode_header(value)))
    except Exception:
        return str(value)


def leaf(by, part):
    out = {"by": by, "type": part.get_content_type(), "name": ""}
    try:
        out["name"] = part.get_filename() or ""
    except Exception:
        pass
    payload = None
    try:
        payload = part.get_payload(decode=True)
    except Exception:
        pass
    if payload is None:
        payload = part.get_payload()
        payload = payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""
    out["data"] = base64.b64encode(payload).decode()
    if part.get_content_maintype() == "text":
        try:
            out["text"] = part.get_content() if hasattr(part, "get_content") else payload.decode(part.get_content_charset() or "utf-8", "replace")
        except Exception:
            out["text"] = payload.decode("utf-8", "replace")
        out["text"] = out["text"].encode("utf-8", "replace").decode()
    return out


def leaves(by, message):
    for part in message.walk():
        for name in ("subject", "from", "to", "reply-to", "comments"):
            for value in part.get_all(name) or []:
                yield {"by": by, "type": "header", "name": name, "text": show_header(value).encode("utf-8", "replace").decode()}
        if not part.is_multipart():
            yield leaf(by, part)


def main(folder):
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as f:
            raw = f.read()
        found = []
        for by, policy in (("python", email.policy.default), ("python-compat32", email.policy.compat32)):
            try:
                found.extend(leaves(by, email.message_from_bytes(raw, policy=policy)))
            except Exception:
                pass  # it shows nothing more
        print(json.dumps({"file": name, "leaves": found}), flush=True)


main(sys.argv[1])
