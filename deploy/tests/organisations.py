#!/usr/bin/env python3
"""The secretariat's hub and two agencies, each with its own server: an agency sees and manages its own, the hub sees what
is disclosed, and each goes on alone while another is away.

  GRANARY_NATS_SERVER=/path/to/nats-server python3 deploy/tests/organisations.py
"""

import asyncio
import base64
import time

from servers import Server, free_ports, main
from streams import Names, append, following, make_all

HUB, A, B = "secretariat", "agency-a", "agency-b"


def disclosed(org):
    """The stream of what an organisation discloses."""
    config = {"storage": "file", "num_replicas": 1, "discard": "new", "deny_delete": True, "deny_purge": True}
    return {**config, "name": f"SHR_{org}", "subjects": [f"shr.{org}.>"]}


def sourced(stream, org, subject, deliver):
    """A source of what another organisation discloses."""
    external = {"api": f"JS.{org}.API", "deliver": deliver}
    return {"name": stream, "filter_subject": subject, "external": external}


async def make(client, config):
    return await client.ask_soon(f"$JS.API.STREAM.CREATE.{config['name']}", config)


async def count(client, stream, wanted, seconds=60):
    """How many messages a stream has, once it has so many or the time is over."""
    end = time.monotonic() + seconds
    found = 0
    while True:
        try:
            info = await client.ask(f"$JS.API.STREAM.INFO.{stream}", wait=2.0)
            found = info.get("state", {}).get("messages", 0)
        except Exception:
            pass
        if found >= wanted or time.monotonic() > end:
            return found
        await asyncio.sleep(0.1)


async def everything(client, stream, last):
    """The bodies of a stream."""
    bodies = []
    for seq in range(1, last + 1):
        got = await client.ask(f"$JS.API.STREAM.MSG.GET.{stream}", {"seq": seq})
        bodies.append(base64.b64decode(got["message"]["data"]).decode())
    return bodies


async def disclose(client, org, first, number):
    for index in range(first, first + number):
        await client.ask(f"shr.{org}.main.report", f"{org} {index}".encode())


async def hears(client, subject):
    """What arrives at a subject from now on."""
    got = []

    async def take(message):
        got.append(message)

    await client.nc.subscribe(subject, cb=take)
    await client.nc.flush()
    return got


class Agency:
    """An agency's server, and those who log in to it."""

    def __init__(self, world, org, hub_keys, leaf_port):
        self.org, self.names, self.keys = org, Names(org, "main"), hub_keys
        port, monitor = free_ports(2)
        values = {"ORG": org, "LEDGER": "main", "HUB": HUB, "HUB_URL": f"nats-leaf://127.0.0.1:{leaf_port}"}
        seed = {"LEAF_SEED": self.keys.seed("leaf")}
        self.server = Server(world, org, "agency.conf", self.keys, port, monitor, environment=seed, **values).start()

    async def login(self):
        self.admin, self.ledger = await self.server.login("admin"), await self.server.login("ledger")
        self.share = await self.server.login("share")


async def the_hub_sees_what_is_disclosed(world, hub, share, a, b):
    for agency in (a, b):
        errors = await make_all(agency.ledger, agency.names)
        made = await make(agency.share, disclosed(agency.org))
        world.check(f"{agency.org}: makes its streams, and one for what it discloses", not errors and "error" not in made)
        for index in range(20):
            await append(agency.ledger, agency.names, index, f"{agency.org} secret {index}".encode())
        await disclose(agency.share, agency.org, 0, 50)
    sources = [sourced(f"SHR_{each.org}", each.org, f"shr.{each.org}.>", f"sync.{each.org}") for each in (a, b)]
    made = await make(share, {"name": "DISCLOSED", "storage": "file", "sources": sources})
    found = await count(share, "DISCLOSED", 100)
    bodies = await everything(share, "DISCLOSED", found)
    in_order = all([body for body in bodies if body.startswith(org)] == [f"{org} {i}" for i in range(50)] for org in (A, B))
    world.check("the hub has what both disclosed, in order", "error" not in made and found == 100 and in_order, found)

    for name, subject in [(a.names.event_stream, a.names.events), (a.names.event_stream, ""), (f"SHR_{A}", "")]:
        greedy = {"name": "GREEDY", "storage": "file", "sources": [sourced(name, A, subject, f"sync.{A}")]}
        await make(share, greedy)
        taken = await count(share, "GREEDY", 1, 3)
        await share.ask("$JS.API.STREAM.DELETE.GREEDY")
        world.check(f"the hub cannot source {name} filtered by {subject or 'nothing'}", taken == 0, taken)
    for who, client in [("share", share), ("admin", hub)]:
        silent = [
            await client.silence(f"{prefix}.API.{verb}", b"{}")
            for prefix in (f"JS.{A}", f"$JS.{A}")
            for verb in (
                "INFO",
                "STREAM.NAMES",
                f"STREAM.INFO.{a.names.event_stream}",
                f"STREAM.INFO.SHR_{A}",
                f"STREAM.DELETE.SHR_{A}",
                f"STREAM.MSG.GET.{a.names.event_stream}",
                f"CONSUMER.CREATE.{a.names.event_stream}.x.{a.names.events}",
            )
        ]
        world.check(f"the hub's `{who}` gets no answer from {A}'s JetStream but to what is exported", all(silent))
    # A consumer delivers wherever its maker says: what the hub makes lies in an account in which there is nothing else.
    body = {"stream_name": f"SHR_{A}", "config": {"deliver_subject": a.names.commands, "ack_policy": "none"}, "action": ""}
    body["config"]["filter_subject"] = f"shr.{A}.>"
    body["config"]["name"] = "aimed"
    aimed = await share.ask(f"JS.{A}.API.CONSUMER.CREATE.SHR_{A}.aimed.shr.{A}.>", body)
    await asyncio.sleep(0.5)
    queued = await count(a.admin, a.names.command_stream, 1, 0.5)
    world.check(f"a consumer of the hub aimed at {A}'s queue reaches nothing", "error" not in aimed and queued == 0, aimed.get("error"))


async def agencies_are_apart(world, hub, share, a, b):
    heard_by_a = [await hears(client, ">") for client in (a.admin, a.share)]
    heard_by_b = [await hears(client, ">") for client in (b.admin, b.share)]
    heard_by_hub = [await hears(client, ">") for client in (hub, share)]
    await asyncio.sleep(0.5)
    before = await count(b.admin, b.names.event_stream, 0)
    await append(b.ledger, b.names, 20, b"B at work")
    await disclose(b.share, B, 50, 1)
    await hub.nc.publish("evt.secretariat.reserve", b"the hub at work")
    for client in (a.admin, a.share):
        for subject in (b.names.events, b.names.commands, f"shr.{B}.main.report", f"sync.{B}.x", f"sync.{HUB}.{B}.x"):
            await client.nc.publish(subject, b"forged")
        await client.nc.publish("evt.secretariat.reserve", b"forged")
        await client.nc.flush()
    await asyncio.sleep(1.0)
    leaked = [m.subject for got in heard_by_a for m in got if b"at work" in m.data or B in m.subject and m.data != b"forged"]
    world.check(f"{A} hears nothing of {B} and of the hub", not leaked, leaked[:3])
    forged = [m.subject for got in heard_by_b + heard_by_hub for m in got if m.data == b"forged"]
    world.check(f"nothing that {A} publishes under others' names arrives there", not forged, forged[:3])
    private = [m.subject for got in heard_by_hub for m in got if m.subject.startswith(("evt.agency", "cmd.agency", "$KV."))]
    world.check("the hub hears no private subject of an agency", not private, private[:3])
    after = await count(b.admin, b.names.event_stream, 0)
    shared = await count(b.share, f"SHR_{B}", 0)
    world.check(f"{B}'s streams hold what {B} wrote and nothing else", (before, after, shared) == (20, 21, 51))

    for who, client in [("share", a.share), ("admin", a.admin)]:
        silent = [
            await client.silence(f"{prefix}.{verb}", b"{}")
            for prefix in (f"$JS.{B}.API", f"JS.{B}.API", f"$JS.{HUB}.API", f"JS.{HUB}.API")
            for verb in (
                "STREAM.NAMES",
                f"STREAM.INFO.{b.names.event_stream}",
                f"STREAM.INFO.SHR_{B}",
                f"STREAM.DELETE.SHR_{B}",
                "STREAM.DELETE.DISCLOSED",
                f"CONSUMER.CREATE.SHR_{B}.x.shr.{B}.>",
                f"CONSUMER.CREATE.SHR_{HUB}.x.shr.{HUB}.*.{B}.>",
                "CONSUMER.CREATE.DISCLOSED.x.shr.>",
            )
        ]
        world.check(f"{A}'s `{who}` can neither look at nor manage the streams of {B} and of the hub", all(silent))


async def the_hub_discloses_to_one(world, share, a, b):
    await make(share, disclosed(HUB))
    for index in range(10):
        for member in (A, B):
            await share.ask(f"shr.{HUB}.reserve.{member}.position", f"{member} {index}".encode())
    own = sourced(f"SHR_{HUB}", HUB, f"shr.{HUB}.*.{A}.>", f"sync.{HUB}.{A}")
    await make(a.share, {"name": "RECEIVED", "storage": "file", "sources": [own]})
    others = sourced(f"SHR_{HUB}", HUB, f"shr.{HUB}.*.{B}.>", f"sync.{HUB}.{A}")
    await make(a.share, {"name": "SPY", "storage": "file", "sources": [others]})
    found = await count(a.share, "RECEIVED", 10)
    bodies = await everything(a.share, "RECEIVED", found)
    world.check(f"{A} receives what the hub addressed to it", bodies == [f"{A} {i}" for i in range(10)], found)
    spied = await count(a.share, "SPY", 1, 3)
    world.check(f"{A} receives nothing that is addressed to {B}", spied == 0, spied)


async def each_goes_on_alone(world, hub, a, b):
    hub.kill()
    await append(a.ledger, a.names, 20, b"alone")
    await disclose(a.share, A, 50, 10)
    events = await count(a.admin, a.names.event_stream, 21, 2)
    world.check(f"the hub is killed: {A} records and discloses as before", events == 21, events)
    hub.start()
    share = await hub.login("share")
    began = time.monotonic()
    found = await count(share, "DISCLOSED", 111, 90)
    detail = f"{found}, {time.monotonic() - began:.0f} s after it is back"
    world.check("the hub is back: it has what was disclosed meanwhile, once", found == 111, detail)

    a.server.kill()
    await disclose(b.share, B, 51, 10)
    found = await count(share, "DISCLOSED", 121)
    world.check(f"{A}'s server is killed: {B}'s disclosures reach the hub", found == 121, found)
    a.server.start()
    await a.login()
    events = await count(a.admin, a.names.event_stream, 21)
    world.check(f"{A} is back with every event it recorded", events == 21, events)
    await disclose(a.share, A, 60, 10)
    began = time.monotonic()
    found = await count(share, "DISCLOSED", 131, 90)
    detail = f"{found}, {time.monotonic() - began:.0f} s after it is back"
    world.check(f"{A} is back: the hub catches up", found == 131, detail)
    bodies = await everything(share, "DISCLOSED", found)
    whole = all([x for x in bodies if x.startswith(org)] == [f"{org} {i}" for i in range(n)] for org, n in ((A, 70), (B, 61)))
    world.check("after all of it: no gap, no duplicate, in order", whole)


async def work(world):
    port, monitor, leaf = free_ports(3)
    keys = {name: world.keys(name) for name in (HUB, A, B)}
    members = [word for org in (A, B) for word in ("--member", f"{org}={keys[org].folder / 'leaf.pub'}")]
    values = {"ORG": HUB, "LEDGER": "reserve", "LEAF_LISTEN": f"127.0.0.1:{leaf}"}
    hub = Server(world, HUB, "hub.conf", keys[HUB], port, monitor, *members, **values).start()
    a, b = Agency(world, A, keys[A], leaf), Agency(world, B, keys[B], leaf)
    await a.login()
    await b.login()
    admin, share = await hub.login("admin"), await hub.login("share")

    await the_hub_sees_what_is_disclosed(world, admin, share, a, b)
    await agencies_are_apart(world, admin, share, a, b)
    await the_hub_discloses_to_one(world, share, a, b)
    for user in ("leaf", "admin"):
        stranger = await hub.turns_away(keys[A].seed(user))
        world.check(f"nobody logs in to the hub with the `{user}` key of {A}", stranger)
    await each_goes_on_alone(world, hub, a, b)
    # The server names what it refuses: a right that is missing would show here.
    for server in (a.server, b.server):
        missing = [line for line in server.log.read_text().splitlines() if "Violation" in line and "sync." in line]
        world.check(f"{server.name}: nothing the exchange needs was refused", not missing, missing[:2])


if __name__ == "__main__":
    main(work)
