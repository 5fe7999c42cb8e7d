"""A client of another ecosystem: nats-py, nkeys and plain HTTP, knowing nothing but the manual and the schemas.

  client.py NATS_URL INGEST_URL PROJECTIONS_URL ORIGIN SHARED_RESERVE
"""

import asyncio
import base64
import datetime
import io
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

import cbor2
import nats
import nkeys

NATS_URL, INGEST, PROJECTIONS, ORIGIN, SHARED_RESERVE = sys.argv[1:6]
COMMANDS = "q.granary.main.ingest.commands"
POSITIONS = "q.granary.main.projections.positions"


def check(what, is_so, found=""):
    print(("PASS " if is_so else "FAIL ") + what, "" if is_so else found)
    if not is_so:
        sys.exit(1)


def start_up(url):
    """The token of a service that this user started: where there are no others, it speaks for whoever runs the service."""
    base = os.environ.get("XDG_RUNTIME_DIR") or os.path.join(os.environ["HOME"], ".local/state")
    port = url.split("/")[2].rsplit(":", 1)[1]
    with open(os.path.join(base, "granary", f"{port}.token"), encoding="utf-8") as token:
        return {"Authorization": f"Bearer {token.read().strip()}"}


def http(url, body=None, headers=None):
    request = urllib.request.Request(url, data=body, headers={**start_up(url), **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def command(party, act, **fields):
    return {"id": str(uuid.uuid4()), "party": party, "effective": "2026-03-10", "act": act, **fields}


def expires(seconds):
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return until.strftime("%Y-%m-%dT%H:%M:%SZ")


def signed(pair, what, body, until, origin=ORIGIN):
    text = f"{what}\n{origin}\n{until}\n".encode() + body
    signature = base64.urlsafe_b64encode(pair.sign(text)).rstrip(b"=").decode()
    return {"Granary-Key": pair.public_key.decode(), "Granary-Signature": signature, "Granary-Expires": until}


def frame(*commands):
    return "\n".join(json.dumps(one) for one in commands).encode()


async def main():
    pair = nkeys.from_seed(nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER))
    other = nkeys.from_seed(nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER))

    # Plain HTTP, by the description that the service gives of itself.
    status, text = http(f"{INGEST}/openapi.json")
    described = json.loads(text)
    check("OpenAPI 3.1 describes the way in", status == 200 and "/v1/commands" in described["paths"], text[:200])
    key = pair.public_key.decode()
    proof = base64.urlsafe_b64encode(pair.sign(f"granary-key/1\n{ORIGIN}\nDESK\n{key}\n".encode())).rstrip(b"=").decode()
    register = command("ledger", "register_party", code="DESK", name="A desk", role="agency", keys=[key], proofs=[proof])
    status, text = http(f"{INGEST}/v1/commands", json.dumps(register).encode(), {"content-type": "application/json"})
    check("a party with a key is registered over HTTP", status == 200, text)

    client = await nats.connect(NATS_URL)

    async def ask(subject, body, headers):
        service = INGEST if subject == COMMANDS else PROJECTIONS
        named = headers if "Granary-Key" in headers else {**start_up(service), **headers}
        reply = await client.request(subject, body, timeout=20, headers=named)
        return int(reply.headers["granary-status"]), reply.data

    site = command("DESK", "register_site", code="Dock", name="A dock", country="JP", area="bulk")
    lot = command("DESK", "deposit", lot="D1", site="Dock", material="NdPr", quantity="5 t")
    body = frame(site, lot)
    headers = signed(pair, "granary-frame/1", body, expires(60))
    status, text = await ask(COMMANDS, body, headers)
    verdicts = [json.loads(line) for line in text.splitlines()]
    check("a signed frame over NATS is recorded, one verdict a command",
          status == 200 and [one["outcome"] for one in verdicts] == ["accepted", "accepted"], text)
    status, text = await ask(COMMANDS, body, headers)
    again = [json.loads(line) for line in text.splitlines()]
    check("the same frame again changes nothing",
          [one["outcome"] for one in again] == ["duplicate"] * 2
          and [one["seq"] for one in again] == [one["seq"] for one in verdicts], text)

    # The same frame in CBOR, written by a library that nobody here wrote.
    def cbor(one):
        fields = {key: value for key, value in one.items() if key not in ("id", "party", "maker", "effective", "act")}
        head = [uuid.UUID(one["id"]).bytes, one["party"], one.get("maker"), one["effective"], one["act"]]
        return cbor2.dumps(head + [fields])

    mark = bytes.fromhex("d9d9f7")
    packed = mark + cbor(site) + cbor(lot)
    status, text = await ask(COMMANDS, packed, signed(pair, "granary-frame/1", packed, expires(60)))
    answer = io.BytesIO(text[3:])
    short = [cbor2.load(answer), cbor2.load(answer)] if text[:3] == mark else text
    check("the same commands in CBOR are the same commands",
          status == 200 and short == [[1, one["seq"]] for one in verdicts], text)

    forged = dict(headers)
    changed = body.replace(b"5 t", b"9 t")
    status, text = await ask(COMMANDS, changed, forged)
    check("a signature over other bytes is refused", status == 401 and b"bad_signature" in text, text)
    status, text = await ask(COMMANDS, body, signed(pair, "granary-frame/1", body, expires(-1)))
    check("an expired signature is refused", status == 401 and b"signature_expired" in text, text)
    status, text = await ask(COMMANDS, body, signed(pair, "granary-frame/1", body, expires(60), "example.org/other"))
    check("a signature for another ledger is refused", status == 401 and b"bad_signature" in text, text)
    more = frame(command("DESK", "deposit", lot="D2", site="Dock", material="NdPr", quantity="1 t"))
    status, text = await ask(COMMANDS, more, signed(other, "granary-frame/1", more, expires(60)))
    check("a key that is not the party's is refused", b"unknown_key" in text, text)
    foreign = frame(command("AGENCY", "deposit", lot="A1", site="North", material="NdPr", quantity="1 t"))
    status, text = await ask(COMMANDS, foreign, signed(pair, "granary-frame/1", foreign, expires(60)))
    check("a key posts for its own party only", b"unknown_key" in text or status == 403, text)

    # An answer, over NATS and over HTTP, is the same; and a member sees its own.
    question = json.dumps({"by": ["material"]}).encode()
    # Method, what is asked and the header Accept are signed, too.
    asked = signed(pair, "granary-question/2", b"ASK positions\n\n" + question, expires(60))
    asked["granary-after"] = str(verdicts[-1]["seq"])
    status, text = await ask(POSITIONS, question, asked)
    found = json.loads(text)["positions"]
    check("a signed question over NATS is answered", status == 200 and found[0]["on_hand"] == "5", text)
    status, text = http(f"{PROJECTIONS}/v1/positions?by=material&party=DESK")
    check("HTTP gives the same answer", json.loads(text)["positions"][0]["on_hand"] == "5", text)

    # A shared reserve of three members, from its agreement to its debts, as one frame of its operator.
    with open(SHARED_RESERVE, "rb") as file:
        shared = file.read()
    status, text = await ask(COMMANDS, shared, {})
    verdicts = [json.loads(line) for line in text.splitlines()]
    outcomes = {one["outcome"] for one in verdicts}
    check("a shared reserve is kept over NATS", status == 200 and "accepted" in outcomes and "invalid" not in outcomes, text)
    last = max(one["seq"] for one in verdicts if "seq" in one)
    call = next(json.loads(line)["call"] for line in shared.splitlines() if b'"act":"call"' in line)
    for name, fields in [("reserve", {}), ("members", {"reserve": "G7-NdPr"}), ("entitlements", {"reserve": "G7-NdPr"}),
                         ("call_board", {"call": call}), ("debts", {}), ("promises", {}), ("orders", {}), ("rights", {})]:
        subject = f"q.granary.main.projections.{name}"
        status, text = await ask(subject, json.dumps(fields).encode(), {"granary-after": str(last)})
        query = "&".join(f"{key}={value}" for key, value in fields.items())
        code, same = http(f"{PROJECTIONS}/v1/{name}?{query}")
        check(f"`{name}` says the same over NATS and HTTP, and says something",
              status == 200 and code == 200 and json.loads(text) == json.loads(same) and len(text) > 20, text[:300])
    await client.close()


asyncio.run(main())
