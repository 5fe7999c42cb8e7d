#!/usr/bin/env python3
"""Three nodes with three copies of every stream: what was acknowledged outlives any one of them, and all at once.

  GRANARY_NATS_SERVER=/path/to/nats-server python3 deploy/tests/cluster.py
"""

import asyncio
import shutil
import signal
import time

from servers import Error, Server, free_ports, main
from streams import Names, append, follow, make_all, streams


class Writer:
    """Appends as the ledger does: one record on its way, and a doubt resolved by reading the place it wanted."""

    def __init__(self, client, names):
        self.client, self.names, self.behind = client, names, 0

    async def write(self, number, seconds=60):
        end = time.monotonic() + seconds
        for _ in range(number):
            record = f"record {self.behind + 1}".encode()
            while True:
                try:
                    answer = await append(self.client, self.names, self.behind, record, 2.0)
                    if answer.get("seq") == self.behind + 1 or await self._stands(self.behind + 1):
                        break
                except Error:
                    pass
                if time.monotonic() > end:
                    raise RuntimeError(f"record {self.behind + 1} was not stored in {seconds} s")
                await asyncio.sleep(0.1)
            self.behind += 1

    async def _stands(self, place):
        got = await self.client.ask(f"$JS.API.STREAM.MSG.GET.{self.names.event_stream}", {"seq": place}, 2.0)
        return got.get("message", {}).get("seq") == place


async def whole(world, client, names, count, after):
    info = await client.ask_soon(f"$JS.API.STREAM.INFO.{names.event_stream}", seconds=60)
    last = info.get("state", {}).get("last_seq")
    world.check(f"{after}: the commit log has every acknowledged record, once", last == count, f"{last} of {count}")


async def work(world):
    keys, names = world.keys("acme"), Names("acme", "main")
    ports = free_ports(9)
    routes = ", ".join(f'"nats://127.0.0.1:{port}"' for port in ports[6:])
    nodes = []
    for index in range(3):
        values = {"CLUSTER_LISTEN": f"127.0.0.1:{ports[6 + index]}", "ROUTES": routes, "ORG": "acme", "LEDGER": "main"}
        node = Server(world, f"n{index + 1}", "node.conf", keys, ports[index], ports[3 + index], **values)
        nodes.append(node.start())
    urls = [node.url for node in nodes]
    ledger = await nodes[0].login("ledger", servers=urls)
    projections = await nodes[2].login("projections", servers=urls)

    errors = await make_all(ledger, names, 3)
    world.check("ledger: makes its streams with three copies", not errors, errors)
    copies = []
    for config in streams(names, 3):
        info = await ledger.ask_soon(f"$JS.API.STREAM.INFO.{config['name']}")
        copies.append(len(info["cluster"]["replicas"]) + 1)
    world.check("every stream has a leader and two followers", copies == [3, 3, 3, 3], copies)

    writer = Writer(ledger, names)
    await writer.write(50)
    await whole(world, ledger, names, 50, "quiet")
    records = await follow(projections, names, 50)
    world.check("projections: follow through another node", len(records) == 50, len(records))

    async def leader():
        info = await ledger.ask_soon(f"$JS.API.STREAM.INFO.{names.event_stream}")
        return next(node for node in nodes if node.name == info["cluster"]["leader"])

    killed = await leader()
    killed.kill()
    began = time.monotonic()
    await writer.write(50)
    detail = f"{time.monotonic() - began:.1f} s for 50 records"
    world.check("the stream's leader is killed: the two others go on", writer.behind == 100, detail)
    await whole(world, ledger, names, 100, "one node away")

    shutil.rmtree(killed.folder / "js")
    killed.start()
    end = time.monotonic() + 60
    while True:
        info = await ledger.ask_soon(f"$JS.API.STREAM.INFO.{names.event_stream}")
        replicas = info.get("cluster", {}).get("replicas", [])
        current = len(replicas) == 2 and all(each.get("current") and not each.get("offline") for each in replicas)
        current = current and killed.healthy()
        if current or time.monotonic() > end:
            break
        await asyncio.sleep(0.2)
    world.check("a node whose disk was lost fills itself from the others", current)

    left = await leader()
    left.process.send_signal(signal.SIGUSR2)
    began = time.monotonic()
    await writer.write(50)
    detail = f"{time.monotonic() - began:.1f} s for 50 records"
    world.check("the leader is asked to leave (SIGUSR2): writing goes on", writer.behind == 150, detail)
    code = await asyncio.to_thread(left.process.wait, 60)
    world.check("and it ends by itself within a minute", code == 0, f"exit code {code}")
    left.process = None
    left.start()

    for node in nodes:
        node.kill()
    for node in nodes:
        node.start()
    ledger = await nodes[0].login("ledger", servers=urls)
    await whole(world, ledger, names, 150, "all three killed at once and started")
    writer.client = ledger
    await writer.write(10)
    await whole(world, ledger, names, 160, "and writing goes on")

    nodes[0].kill()
    nodes[1].kill()
    lonely = await nodes[2].login("ledger")
    stored = False
    try:
        stored = "seq" in await append(lonely, names, 160, b"alone", 3.0)
    except Error:
        pass
    world.check("two of three are away: nothing is acknowledged", not stored)
    nodes[0].start()
    nodes[1].start()


if __name__ == "__main__":
    main(work)
