#!/usr/bin/env python3
"""Prepares `deploy/run` for the compose file: keys of NATS, configurations of three servers, a token of the operator, a
password for Grafana. What is there already is kept. Needs the Python package `nkeys`; see deploy/nats/README.md.

Example:
  python3 deploy/prepare.py --org acme --ledger main && sudo chown -R 10001:10001 deploy/run
"""

import argparse
import hashlib
import os
import secrets
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUN = HERE / "run"


def write_new(path, text):
    """Writes a secret file; one that is there is kept."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w") as file:
        file.write(text)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--org", default="acme", help="organisation, as subjects name it")
    parser.add_argument("--ledger", default="main", help="ledger, as subjects name it")
    arguments = parser.parse_args()
    python, keys = sys.executable, RUN / "keys"
    subprocess.run([python, HERE / "nats" / "keys.py", keys], check=True)
    nodes = ["nats-1", "nats-2", "nats-3"]
    routes = ", ".join(f'"nats://{node}:6222"' for node in nodes)
    for node in nodes:
        values = [f"NODE={node}", "LISTEN=0.0.0.0:4222", "DIR=/data", f"ROUTES={routes}"]
        values += [f"ORG={arguments.org}", f"LEDGER={arguments.ledger}"]
        fill = [python, HERE / "nats" / "fill.py", "--keys", keys, "--out", RUN / node, "node.conf", *values]
        subprocess.run(fill, check=True)
    # As `granary token --party operator` makes it: the services keep only the hash.
    token = secrets.token_urlsafe(32)
    if write_new(RUN / "operator.token", token + "\n"):
        digest = hashlib.sha256(token.encode()).hexdigest()
        (RUN / "settings.toml").unlink(missing_ok=True)
        write_new(RUN / "settings.toml", f'[log]\nformat = "json"\n\n[[token]]\nparty = "operator"\nsha256 = "{digest}"\n')
        print(f"{RUN / 'operator.token'}: the token of the operator; settings.toml has its hash")
    write_new(RUN / "grafana.password", secrets.token_urlsafe(18) + "\n")
    (RUN / "compose.env").write_text(f"GRANARY_ORG={arguments.org}\nGRANARY_LEDGER={arguments.ledger}\n")


if __name__ == "__main__":
    main()
