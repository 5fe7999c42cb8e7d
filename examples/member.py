#!/usr/bin/env python3
"""How a member's program talks to a Granary server: post a command, ask what is held, keep a receipt and check it.

Nothing but Python's standard library. Copy it and change it.

  member.py URL LOG_KEY COMMAND      URL      such as https://granary.reserve.example
                                     LOG_KEY  the log's public key: a line you were given, not one you fetched from the server
                                     COMMAND  one command as JSON; `id` and `effective` are filled in where they are missing

The token that says who you are is taken from GRANARY_TOKEN.
"""

import base64
import datetime
import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid


class Granary:
    """A server, and who we are there."""

    def __init__(self, url, token=None):
        self.url = url.rstrip("/")
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, path, body=None, content=None):
        """Sends a request again while the server says that it may be sent again. An id makes that safe: the same command
        is recorded once, and answered the same each time."""
        headers = dict(self.headers, **({"Content-Type": content} if content else {}))
        for attempt in range(10):
            request = urllib.request.Request(self.url + path, data=body, headers=headers)
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return answer.read()
            except urllib.error.HTTPError as error:
                wait = error.headers.get("Retry-After")
                if error.code not in (429, 503) or wait is None:
                    raise SystemExit(f"{error.code}: {error.read().decode()}") from None
                time.sleep(float(wait))
            except urllib.error.URLError:
                if attempt == 9:
                    raise
                time.sleep(min(2**attempt, 30))
        raise SystemExit("the server is busy: try again later")

    def post(self, command):
        """Posts one command and waits until answers know of it; gives its verdict."""
        body = json.dumps(command).encode()
        return json.loads(self.call("/v1/commands?wait=projected", body, "application/json"))

    def ask(self, question, **fields):
        return json.loads(self.call(f"/v1/{question}?{urllib.parse.urlencode(fields)}"))

    def receipt(self, event):
        return self.call(f"/v1/receipts/{event}").decode()


# Checking a receipt: C2SP tlog-proof over an RFC 6962 tree, signed as C2SP signed-note says. Nothing of the server is believed.


def check_receipt(receipt, key_line, command_id):
    """Raises where the receipt does not prove that the log took an event with this command's id; gives the size of its tree."""
    head, _, note = receipt.partition("\n\n")
    lines = head.split("\n")
    require(lines.pop(0) == "c2sp.org/tlog-proof@v1", "this is no receipt")
    entry = base64.b64decode(lines.pop(0).removeprefix("extra "), validate=True)
    index = int(lines.pop(0).removeprefix("index "))
    proof = [base64.b64decode(line, validate=True) for line in lines]
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    name, key_id, key = key_line.strip().split("+", 2)
    key = base64.b64decode(key, validate=True)
    require(key[:1] == b"\x01", "the key is no Ed25519 key of a log")
    origin, size, root = text.split("\n")[:3]
    require(origin == name, f"the checkpoint is of {origin}")
    prefix = f"\u2014 {name} "
    given = [base64.b64decode(line.removeprefix(prefix)) for line in signatures.split("\n") if line.startswith(prefix)]
    ours = [one[4:] for one in given if one[:4].hex() == key_id]
    require(any(ed25519(key[1:], text.encode(), one) for one in ours), "the checkpoint is not signed by the log's key")
    found = root_of(hashlib.sha256(b"\x00" + entry).digest(), index, int(size), proof)
    require(found == base64.b64decode(root), "the event is not in the tree that the log signed")
    require(uuid.UUID(command_id).bytes in entry, "the event is of another command")
    return int(size)


def require(holds, otherwise):
    if not holds:
        raise ValueError(otherwise)


def root_of(leaf, index, size, proof):
    """RFC 9162, 2.1.3.2."""
    require(index < size, "the event is outside of the tree")
    at, last, found, rest = index, size - 1, leaf, list(proof)
    while last > 0:
        require(rest, "the proof is too short")
        sibling = rest.pop(0)
        if at % 2 or at == last:
            found = hashlib.sha256(b"\x01" + sibling + found).digest()
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            found = hashlib.sha256(b"\x01" + found + sibling).digest()
        at, last = at // 2, last // 2
    require(not rest, "the proof is too long")
    return found


# Ed25519 after RFC 8032, 5.1.7: short, slow, and enough for a receipt. A library of your choice does it faster.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e, f = (y1 - x1) * (y2 - x2), (y1 + x1) * (y2 + x2)
    g, h = 2 * t1 * t2 * D, 2 * z1 * z2
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def point_of(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x % 2 != sign else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519(public, message, signature):
    key, r = point_of(public), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or len(signature) != 64 or s >= ORDER:
        return False
    hashed = hashlib.sha512(signature[:32] + public + message).digest()
    one, other = times(s, BASE), add(r, times(int.from_bytes(hashed, "little") % ORDER, key))
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


def main():
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    url, key, command = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    # Keep the id with the order it is for: whoever sends the same id twice has sent once.
    command.setdefault("id", str(uuid.uuid4()))
    command.setdefault("effective", datetime.date.today().isoformat())
    granary = Granary(url, os.environ.get("GRANARY_TOKEN"))

    verdict = granary.post(command)
    print(f"{verdict['outcome']}: event {verdict.get('seq', '-')}")
    if verdict["outcome"] not in ("accepted", "duplicate"):
        raise SystemExit(f"{verdict['code']}: {verdict['message']}")

    answer = granary.ask("positions", by="material,site", after=verdict["seq"])
    for row in answer["positions"]:
        print(f"{row['site']}: {row.get('on_hand', 'withheld')} {row['unit']} of {row['material']}")

    receipt = granary.receipt(verdict["seq"])
    size = check_receipt(receipt, key, command["id"])
    file = f"{verdict['seq']}.tlog-proof"
    with open(file, "w", encoding="utf-8") as out:
        out.write(receipt)
    print(f"receipt in {file}: event {verdict['seq']} of {size}, signed by the log")


if __name__ == "__main__":
    main()
