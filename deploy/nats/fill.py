#!/usr/bin/env python3
"""Fills the configurations of this folder: @NAME@ is replaced by what NAME=VALUE says, and @LEDGER_NKEY@ and the like by
the public keys in the folder that keys.py made. Lines between `# for each MEMBER` and `# end` are written once for each
--member. A name that nothing fills, or a value that nothing uses, is an error.

Examples:
  python3 deploy/nats/fill.py --keys keys/acme --out /etc/nats single.conf ORG=acme LEDGER=main
  python3 deploy/nats/fill.py --keys keys/secretariat --out /etc/nats hub.conf ORG=secretariat LEDGER=reserve \\
      --member agency-a=keys/agency-a/leaf.pub --member agency-b=keys/agency-b/leaf.pub
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
# As in crates/bus/src/names.rs: anything else could be more than one word of a subject.
WORD = re.compile(r"[a-z0-9-]{1,32}")


def stop(problem, hint):
    sys.exit(f"error: {problem}\n\nhint: {hint}")


def repeated(text, members):
    """The lines between `for each` and `end`, once a member."""

    def block(match):
        filled = (match.group(1).replace("@MEMBER@", name).replace("@MEMBER_NKEY@", key) for name, key in members)
        return "".join(filled)

    return re.sub(r"^ *# for each MEMBER\n(.*?)^ *# end\n", block, text, flags=re.DOTALL | re.MULTILINE)


def fill(template, values, members):
    """The text of a template, and the names it used."""
    # Comments explain the names: they are no place for values, and none is asked for.
    lines = repeated((HERE / template).read_text(), members).split("\n")
    used = set()

    def value(match):
        name = match.group(1)
        if name not in values:
            stop(f"`{template}` needs {name}", f"add {name}=... or --keys with a folder that has it")
        used.add(name)
        return values[name]

    lines = [line if line.lstrip().startswith("#") else re.sub(r"@([A-Z_]+)@", value, line) for line in lines]
    return "\n".join(lines), used


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=Path, required=True, help="folder that keys.py made")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--member", action="append", default=[], metavar="NAME=FILE.pub", help="an agency, for hub.conf")
    parser.add_argument("template", choices=["single.conf", "node.conf", "hub.conf", "agency.conf"])
    parser.add_argument("values", nargs="*", metavar="NAME=VALUE")
    arguments = parser.parse_intermixed_args()

    said = {}
    for pair in arguments.values:
        name, equals, value = pair.partition("=")
        if not equals:
            stop(f"`{pair}` is not NAME=VALUE", "for example ORG=acme")
        said[name] = value
    keys = {f"{file.stem.upper()}_NKEY": file.read_text().strip() for file in arguments.keys.glob("*.pub")}
    if not keys:
        stop(f"`{arguments.keys}` holds no keys", f"python3 deploy/nats/keys.py {arguments.keys}")
    members = []
    for pair in arguments.member:
        name, _, file = pair.partition("=")
        members.append((name, Path(file).read_text().strip()))
    for word in [said.get("ORG", ""), said.get("LEDGER", ""), said.get("HUB", "hub"), *(name for name, _ in members)]:
        if not WORD.fullmatch(word):
            stop(f"`{word}` is not a word of a-z, 0-9 and `-`, of at most 32 characters", "see ORG, LEDGER, HUB and --member")

    values = {**DEFAULTS, **keys, **said, "MEMBERS": ", ".join(f'"{name}"' for name, _ in members)}
    texts, used = {}, set()
    for template in [arguments.template, "users.conf"]:
        texts[template], names = fill(template, values, members)
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
