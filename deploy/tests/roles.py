#!/usr/bin/env python3
"""One organisation on one server: each service can do what it needs, and nothing that is another's.

  GRANARY_NATS_SERVER=/path/to/nats-server python3 deploy/tests/roles.py
"""

import asyncio
import base64

from servers import Server, free_ports, main
from streams import Names, append, fetch, follow, following, make_all, queue_consumer, streams

FRAME = {"Granary-Format": "commands/1", "Granary-Sender": "operator"}


async def the_ledger_can_work(world, ledger, ingest, names):
    errors = await make_all(ledger, names)
    world.check("ledger: makes its streams, its bucket of leases and its consumer", not errors, errors)
    differs = []
    for wanted in streams(names):
        has = (await ledger.ask(f"$JS.API.STREAM.INFO.{wanted['name']}"))["config"]
        differs += [f"{wanted['name']}.{key}" for key, value in wanted.items() if has.get(key) != value]
    world.check("the server keeps every setting of the streams as it was asked", not differs, differs)

    one, two = await append(ledger, names, 0, b"one"), await append(ledger, names, 1, b"two")
    world.check("ledger: appends events behind the one before", (one.get("seq"), two.get("seq")) == (1, 2))
    late = await append(ledger, names, 1, b"late")
    code = late.get("error", {}).get("err_code")
    world.check("ledger: a writer that has not seen the last record is refused", code == 10071, late.get("error"))
    read = await ledger.ask(f"$JS.API.STREAM.MSG.GET.{names.event_stream}", {"seq": 2})
    world.check("ledger: reads back the record at a place", read.get("message", {}).get("seq") == 2)
    world.check("ledger: follows the commit log", await follow(ledger, names, 2) == [b"one", b"two"])

    create = {"Nats-Expected-Last-Subject-Sequence": "0"}
    first = await ledger.ask(names.lease, b"node-1", headers=create)
    second = await ledger.ask(names.lease, b"node-2", headers=create)
    held = {"Nats-Expected-Last-Subject-Sequence": str(first.get("seq"))}
    renewed = await ledger.ask(names.lease, b"node-1", headers=held)
    world.check("ledger: takes the lease, and renews it", "seq" in first and "seq" in renewed)
    world.check("ledger: the lease is not given twice", second.get("error", {}).get("err_code") == 10071)
    seen = await ledger.ask(f"$JS.API.DIRECT.GET.{names.lease_stream}.{names.lease}")
    world.check("ledger: sees who holds the lease", seen == b"node-1", seen)
    await asyncio.sleep(2.2)
    again = await ledger.ask(names.lease, b"node-2", headers=create)
    world.check("a lease that is not renewed is free after its time", "seq" in again, again)

    inbox = ingest.nc.new_inbox()
    answers = await ingest.nc.subscribe(inbox)
    put = await ingest.ask(names.commands, b"{}", headers={**FRAME, "Granary-Reply": inbox})
    world.check("ingest: puts a frame into the queue", put.get("seq") == 1, put)
    (frame,) = await fetch(ledger, names.command_stream, "ledger", 1)
    world.check("ledger: takes the frame", frame.data == b"{}" and frame.reply.startswith("$JS.ACK."))
    await ledger.nc.publish(frame.headers["Granary-Reply"], b"verdict")
    answer = await answers.next_msg(timeout=3)
    world.check("ingest: hears the ledger's answer", answer.data == b"verdict")
    await ledger.nc.publish(frame.reply, b"+ACK")
    await ledger.nc.flush()
    await asyncio.sleep(0.2)
    info = await ledger.ask(f"$JS.API.STREAM.INFO.{names.command_stream}")
    world.check("ledger: settles the frame, and it is gone", info["state"]["messages"] == 0)
    buried = await ledger.ask(names.dead, b"unreadable", headers={"Granary-Reason": "test"})
    world.check("ledger: puts aside what nobody can read", buried.get("seq") == 1)
    world.check("ledger: nothing it needs was refused", not ledger.refusals, ledger.refusals)


async def nobody_loses_history(world, ledger, names):
    """Not even by mistake of the ledger."""
    api = "$JS.API.STREAM"
    for verb in ["DELETE", "PURGE", "UPDATE", "MSG.DELETE", "RESTORE", "SNAPSHOT"]:
        allowed = await ledger.may_publish(f"{api}.{verb}.{names.event_stream}")
        world.check(f"ledger: cannot {verb} the commit log", not allowed)
    for name in [names.command_stream, names.dead_stream, names.lease_stream]:
        world.check(f"ledger: cannot delete {name}", not await ledger.may_publish(f"{api}.DELETE.{name}"))
    world.check("ledger: cannot send commands", not await ledger.may_publish(names.commands))
    world.check("ledger: cannot write another ledger's events", not await ledger.may_publish(f"evt.{names.org}.other"))
    world.check("ledger: hears no subject but its own", not await ledger.may_subscribe(">"))
    world.check("ledger: hears no answers to others", not await ledger.may_subscribe("_INBOX.ingest.>"))


async def ingest_only_sends_commands(world, ingest, names):
    first = await ingest.ask(f"$JS.API.STREAM.MSG.GET.{names.event_stream}", {"seq": 1})
    world.check("ingest: reads the record that names the ledger", first.get("message", {}).get("seq") == 1)
    world.check("ingest: cannot publish events", not await ingest.may_publish(names.events))
    world.check("ingest: cannot touch the lease", not await ingest.may_publish(names.lease))
    world.check("ingest: cannot send to another ledger", not await ingest.may_publish(f"cmd.{names.org}.other"))
    world.check("ingest: answers whoever asks", await ingest.may_publish("_INBOX.somebody.1"))
    for subject in [
        queue_consumer(names)[0],
        f"$JS.API.CONSUMER.MSG.NEXT.{names.command_stream}.ledger",
        f"$JS.ACK.{names.command_stream}.ledger.1.1.1.1.0",
        f"$JS.API.STREAM.MSG.GET.{names.command_stream}",
        f"$JS.API.STREAM.DELETE.{names.event_stream}",
        f"$JS.API.STREAM.CREATE.{names.event_stream}",
        "$JS.API.STREAM.CREATE.ANY",
    ]:
        world.check(f"ingest: may not use {subject}", not await ingest.may_publish(subject))
    for subject in [names.events, names.commands, f"q.{names.org}.{names.ledger}.>", "_INBOX.projections.>", "_INBOX.>", "$JS.>", ">"]:
        world.check(f"ingest: cannot listen to {subject}", not await ingest.may_subscribe(subject))


async def projections_only_read(world, projections, ingest, client, admin, names):
    world.check("projections: follow the commit log", await follow(projections, names, 2) == [b"one", b"two"])
    read = await projections.ask(f"$JS.API.STREAM.MSG.GET.{names.event_stream}", {"seq": 1})
    world.check("projections: read a record", read.get("message", {}).get("seq") == 1)

    async def answer(message):
        await message.respond(b"42 t")

    subject = f"q.{names.org}.{names.ledger}.projections"
    await projections.nc.subscribe(f"{subject}.*", queue="projections", cb=answer)
    await projections.nc.flush()
    world.check("projections: answer questions of ingest", await ingest.ask_soon(f"{subject}.position") == b"42 t")
    relay = f"q.{names.org}.{names.ledger}.relay"
    await projections.nc.subscribe(f"{relay}.*", queue="relay", cb=answer)
    await projections.nc.flush()
    passed_on = await ingest.ask_soon(f"{relay}.position")
    world.check("projections: answer what ingest passes on", passed_on == b"42 t")
    world.check("client: asks projections", await client.ask_soon(f"{subject}.position") == b"42 t")
    world.check("client: nothing it needs was refused", not client.refusals, client.refusals)
    world.check("projections: nothing they need was refused", not projections.refusals, projections.refusals)
    for somebody, name in [(client, "client"), (projections, "projections")]:
        refused = not await somebody.may_publish(f"{relay}.position")
        world.check(f"{name}: cannot ask in the name of others", refused)
    for subject_of_others in [names.commands, names.events, f"q.{names.org}.{names.ledger}.ledger.checkpoint", "$JS.API.INFO"]:
        world.check(f"client: may not use {subject_of_others}", not await client.may_publish(subject_of_others))
    for subject_of_others in ["_INBOX.ingest.>", "_INBOX.>", f"q.{names.org}.{names.ledger}.>", ">"]:
        world.check(f"client: cannot listen to {subject_of_others}", not await client.may_subscribe(subject_of_others))

    for subject, promise in [
        (names.commands, "publish commands"),
        (names.events, "publish events"),
        (names.lease, "touch the lease"),
        (names.dead, "write dead letters"),
        (f"$JS.API.STREAM.MSG.GET.{names.command_stream}", "read commands"),
        (queue_consumer(names)[0], "change the queue's consumer"),
        (f"$JS.API.CONSUMER.MSG.NEXT.{names.command_stream}.ledger", "take commands"),
        (f"$JS.ACK.{names.command_stream}.ledger.1.1.1.1.0", "settle commands"),
        (f"$JS.API.STREAM.DELETE.{names.event_stream}", "delete the commit log"),
        (f"$JS.API.STREAM.PURGE.{names.command_stream}", "empty the queue"),
        ("$JS.API.STREAM.CREATE.ANY", "make streams"),
    ]:
        world.check(f"projections: cannot {promise}", not await projections.may_publish(subject))
    for subject in [names.commands, f"q.{names.org}.{names.ledger}.ledger.*", "$JS.>", ">"]:
        world.check(f"projections: cannot listen to {subject}", not await projections.may_subscribe(subject))

    # A service may be talked into things that the one who talks may not do: its answer goes where the question says.
    before = (await admin.ask(f"$JS.API.STREAM.INFO.{names.event_stream}"))["state"]["last_seq"]
    for aimed in [names.events, names.commands, names.lease, names.dead, f"$JS.API.STREAM.PURGE.{names.event_stream}"]:
        await client.nc.publish(f"{subject}.position", b"{}", reply=aimed)
        await client.nc.flush()
    await asyncio.sleep(0.5)
    after = (await admin.ask(f"$JS.API.STREAM.INFO.{names.event_stream}"))["state"]["last_seq"]
    world.check("projections: cannot be talked into writing to the commit log", before == after, (before, after))
    waiting = (await admin.ask(f"$JS.API.STREAM.INFO.{names.command_stream}"))["state"]["messages"]
    world.check("projections: cannot be talked into sending commands", waiting == 0, waiting)

    # Whoever may make consumers can have records delivered anywhere in the account. What arrives in the queue that way is
    # no frame (no header names its format), and the ledger puts it aside.
    await projections.ask(*following(names, deliver_subject=names.commands))
    await asyncio.sleep(0.5)
    info = await admin.ask(f"$JS.API.STREAM.INFO.{names.command_stream}")
    first = info["state"]["first_seq"]
    got = (await admin.ask(f"$JS.API.STREAM.MSG.GET.{names.command_stream}", {"seq": first})).get("message", {})
    headers = base64.b64decode(got.get("hdrs", ""))
    is_no_frame = got.get("subject") == names.events and b"granary-format" not in headers.lower()
    world.check("projections: a consumer aimed at the queue delivers nothing that counts as a command", is_no_frame, got)
    cycle = await projections.ask(*following(names, deliver_subject=names.events))
    world.check("projections: a consumer aimed at the commit log is refused", "error" in cycle, cycle.get("error"))
    aimed = f"$JS.API.STREAM.DELETE.{names.dead_stream}"
    await projections.ask(*following(names, deliver_subject=aimed))
    await asyncio.sleep(0.5)
    left = await admin.ask(f"$JS.API.STREAM.INFO.{names.dead_stream}")
    world.check("projections: a consumer aimed at the API deletes nothing", "error" not in left)


async def work(world):
    port, monitor = free_ports(2)
    keys, names = world.keys("acme"), Names("acme", "main")
    server = Server(world, "single", "single.conf", keys, port, monitor, ORG="acme", LEDGER="main").start()
    admin, ledger = await server.login("admin"), await server.login("ledger")
    ingest, projections = await server.login("ingest"), await server.login("projections")

    info = ledger.nc._server_info
    world.check("the server takes records of 8 MiB", info["max_payload"] >= 8_000_000, info["max_payload"])
    level = (await ledger.ask("$JS.API.INFO"))["api"]["level"]
    world.check("the server's JetStream API is recent enough for the ledger", level >= 2, f"level {level}")
    await the_ledger_can_work(world, ledger, ingest, names)
    await nobody_loses_history(world, ledger, names)
    await ingest_only_sends_commands(world, ingest, names)
    await projections_only_read(world, projections, ingest, await server.login("client"), admin, names)

    stranger = world.keys("stranger").seed("ledger")
    world.check("an unknown key does not get in", await server.turns_away(stranger))
    world.check("nobody gets in without a key", await server.turns_away(None))

    old = keys.rotate("ingest")
    server.reload()
    renewed = await server.login("ingest")
    answer = await renewed.ask(f"$JS.API.STREAM.INFO.{names.command_stream}")
    world.check("a key is changed while the server runs: the new one gets in", "config" in answer)
    world.check("a key is changed: the old one gets in no more", await server.turns_away(old))
    still = await append(ledger, names, 2, b"three")
    world.check("a key is changed: the other services work on", still.get("seq") == 3 and ledger.nc.is_connected)
    world.check("a key is changed: who used the old one was cut off", not ingest.nc.is_connected)

    server.kill()
    server.start()
    back = await server.login("ledger")
    info = await back.ask_soon(f"$JS.API.STREAM.INFO.{names.event_stream}")
    world.check("kill -9 and start: every acknowledged record is there", info.get("state", {}).get("last_seq") == 3)


if __name__ == "__main__":
    main(work)
