#!/usr/bin/env python3
"""Makes the nkeys of an organisation: one a user, as NAME.seed (secret, mode 0600) and NAME.pub.

A key that is there already is kept, so that a name that was added later gets its key and the others stay valid. To
change a key, move its two files away first; see "Rotate the keys of NATS" in deploy/README.md.

Example:
  python3 deploy/nats/keys.py keys/acme
"""

import argparse
import os
import sys
from pathlib import Path

try:
    import nkeys
except ImportError:
    sys.exit("error: the Python package `nkeys` is missing\n\nhint: python3 -m venv venv && venv/bin/pip install 'nkeys==0.2.1' pynacl")

# Who logs in: `sys` and `admin` are people, `leaf` is the agency's server at the hub, `share` writes what is disclosed,
# `client` is a program that posts and asks.
USERS = ["sys", "admin", "ledger", "ingest", "projections", "client", "share", "leaf"]


def make(folder, name):
    """Makes one key; false where it is there already."""
    seed_file, public_file = folder / f"{name}.seed", folder / f"{name}.pub"
    if seed_file.exists() and public_file.exists():
        return False
    seed = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
    # Never over a seed that somebody may still log in with.
    handle = os.open(seed_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(seed + b"\n")
    public_file.write_bytes(nkeys.from_seed(bytearray(seed)).public_key + b"\n")
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of the keys; made with mode 0700")
    parser.add_argument("names", nargs="*", default=USERS, help=f"users (default: {' '.join(USERS)})")
    arguments = parser.parse_args()
    arguments.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in arguments.names:
        print(f"{name}: {'made' if make(arguments.folder, name) else 'kept'}")


if __name__ == "__main__":
    main()
