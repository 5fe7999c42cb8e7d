#!/usr/bin/env python3
"""Fills the configurations of this folder: @NAME@ is replaced by what NAME=VALUE says, and @LEDGER_NKEY@ and the like by
the public keys in the folder that keys.py made. Lines between `# for each MEMBER` and `# end` are written once for each
--member, and those between `# for each LEDGER` and `# end` once for LEDGER and once for each --ledger. A name that nothing fills, or a value that nothing uses, is an error.

Examples:
  python3 deploy/nats/fill.py --keys keys/acme --out /etc/nats single.conf ORG=acme LEDGER=main
  python3 deploy/nats/fill.py --keys keys/secretariat --out /etc/nats hub.conf ORG=secretariat LEDGER=reserve \\
      --member agency-a=keys/agency-a/leaf.pub --member agency-b=keys/agency-b/leaf.pub
  python3 deploy/nats/fill.py --keys keys/acme --out /etc/nats single.conf ORG=acme LEDGER=main --ledger second=keys/second
"""

import argparse
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEFAULTS = {
    "NODE": "nats",
    "CLUSTER": "granary",
    "LISTEN": "127.0.0.1:4222",
    "MONITOR": "127.0.0.1:8222",
    "CLUSTER_LISTEN": "0.0.0.0:6222",
    "LEAF_LISTEN": "0.0.0.0:7422",
    "DIR": "/var/lib/nats",
    "STORE_MAX": "50GB",
}
# Who logs in for one ledger and no other.
SERVICES = {"LEDGER_NKEY", "INGEST_NKEY", "PROJECTIONS_NKEY", "CLIENT_NKEY"}
# As in crates/bus/src/names.rs: anything else could be more than one word of a subject.
WORD = re.compile(r"[a-z0-9-]{1,32}")


def stop(problem, hint):
    sys.exit(f"error: {problem}\n\nhint: {hint}")


def repeated(text, kind, each):
    """The lines between `for each KIND` and `end`, once for each set of values."""

    def block(match):
        def filled(values):
            return re.sub(r"@([A-Z_]+)@", lambda name: values.get(name.group(1), name.group(0)), match.group(1))

        return "".join(filled(values) for values in each)

    return re.sub(rf"^ *# for each {kind}\n(.*?)^ *# end\n", block, text, flags=re.DOTALL | re.MULTILINE)


def fill(template, values, members, ledgers):
    """The text of a template, and the names it used."""
    text = (HERE / template).read_text()
    # Comments explain the names: they are no place for values, and none is asked for.
    plain = [line for line in text.split("\n") if not line.lstrip().startswith("#")]
    used = set(re.findall(r"@([A-Z_]+)@", "\n".join(plain)))
    lines = repeated(repeated(text, "MEMBER", members), "LEDGER", ledgers).split("\n")

    def value(match):
        name = match.group(1)
        if name not in values:
            stop(f"`{template}` needs {name}", f"add {name}=... or --keys with a folder that has it")
        return values[name]

    lines = [line if line.lstrip().startswith("#") else re.sub(r"@([A-Z_]+)@", value, line) for line in lines]
    return "\n".join(lines), used


def keys_in(folder):
    """The public keys in a folder, by the names of the templates."""
    keys = {f"{file.stem.upper()}_NKEY": file.read_text().strip() for file in folder.glob("*.pub")}
    if not keys:
        stop(f"`{folder}` holds no keys", f"python3 deploy/nats/keys.py {folder}")
    return keys


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=Path, required=True, help="folder that keys.py made")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--member", action="append", default=[], metavar="NAME=FILE.pub", help="an agency, for hub.conf")
    parser.add_argument("--ledger", action="append", default=[], metavar="NAME=KEYS", help="a further ledger and its keys' folder")
    parser.add_argument("template", choices=["single.conf", "node.conf", "hub.conf", "agency.conf"])
    parser.add_argument("values", nargs="*", metavar="NAME=VALUE")
    arguments = parser.parse_intermixed_args()

    said = {}
    for pair in arguments.values:
        name, equals, value = pair.partition("=")
        if not equals:
            stop(f"`{pair}` is not NAME=VALUE", "for example ORG=acme")
        said[name] = value
    keys = keys_in(arguments.keys)
    members = []
    for pair in arguments.member:
        name, _, file = pair.partition("=")
        members.append({"MEMBER": name, "MEMBER_NKEY": Path(file).read_text().strip()})
    ledgers = [{"LEDGER": said.get("LEDGER", "")}]
    for pair in arguments.ledger:
        name, _, folder = pair.partition("=")
        own = {user: key for user, key in keys_in(Path(folder)).items() if user in SERVICES}
        # Keys of its own: whoever may post to one ledger may not post to the other.
        if len(own) < len(SERVICES) or {*own.values()} & {*keys.values()}:
            stop(f"`{folder}` has no keys of its own for all services of `{name}`", f"python3 deploy/nats/keys.py {folder}")
        ledgers.append({**own, "LEDGER": name})
    for called in ["ORG", "LEDGER"]:
        if not said.get(called):
            stop(f"{called} is not said", f"add {called}=..., for example {called}={'acme' if called == 'ORG' else 'main'}")
    named = [said["ORG"], said.get("HUB", "hub"), *(one["LEDGER"] for one in ledgers), *(one["MEMBER"] for one in members)]
    for word in named:
        if not WORD.fullmatch(word):
            stop(f"`{word}` is not a word of a-z, 0-9 and `-`, of at most 32 characters", "see ORG, LEDGER, HUB, --ledger and --member")
    if len({one["LEDGER"] for one in ledgers}) < len(ledgers):
        stop("two ledgers have one name", "see LEDGER and --ledger")
    members_list = ", ".join(f'"{one["MEMBER"]}"' for one in members)
    values = {**DEFAULTS, **keys, **said, "MEMBERS": members_list}
    texts, used = {}, set()
    for template in [arguments.template, "users.conf"]:
        texts[template], names = fill(template, values, members, ledgers)
        used |= names
    unused = set(said) - used
    if unused:
        stop(f"nothing in `{arguments.template}` is called {', '.join(sorted(unused))}", "check the spelling")
    arguments.out.mkdir(parents=True, exist_ok=True)
    for template, text in texts.items():
        name = "users.conf" if template == "users.conf" else "nats.conf"
        (arguments.out / name).write_text(text)
        print(arguments.out / name)


if __name__ == "__main__":
    main()
