#!/usr/bin/env python3
"""A server whose streams have reached `max_file_store`: it refuses, loses nothing, and goes on once there is room.

  GRANARY_NATS_SERVER=/path/to/nats-server python3 deploy/tests/limits.py
"""

import os

from servers import Server, free_ports, main
from streams import Names, append, streams

BYTES = 4_000_000


async def work(world):
    port, monitor = free_ports(2)
    keys, names = world.keys("acme"), Names("acme", "main")
    server = Server(world, "full", "single.conf", keys, port, monitor, ORG="acme", LEDGER="main", STORE_MAX="64MB").start()
    admin, ledger = await server.login("admin"), await server.login("ledger")
    events = next(config for config in streams(names) if config["name"] == names.event_stream)
    await ledger.ask(f"$JS.API.STREAM.CREATE.{events['name']}", events)
    await admin.ask("$JS.API.STREAM.CREATE.OTHER", {"name": "OTHER", "subjects": ["other"], "storage": "file"})
    for _ in range(4):
        await admin.ask("other", os.urandom(BYTES))
    stored, answer = 0, {}
    while "error" not in answer and stored < 40:
        answer = await append(ledger, names, stored, os.urandom(BYTES))
        stored += "error" not in answer
    world.check("a publish beyond the limit is answered with an error", "error" in answer and stored > 0, answer.get("error"))
    info = await ledger.ask(f"$JS.API.STREAM.INFO.{names.event_stream}")
    world.check("what was acknowledged is there, and no more", info["state"]["last_seq"] == stored)
    await admin.ask("$JS.API.STREAM.PURGE.OTHER")
    answer = await append(ledger, names, stored, b"small")
    world.check("once there is room, it goes on", answer.get("seq") == stored + 1, answer)


if __name__ == "__main__":
    main(work)
