"""What the ledger asks of JetStream, byte for byte as crates/bus/src/nats/{check,follow}.rs has it sent."""

from nats.errors import TimeoutError

SECOND = 1_000_000_000


class Names:
    """As in crates/bus/src/names.rs."""

    def __init__(self, org, ledger):
        self.org, self.ledger = org, ledger
        self.commands, self.events, self.dead = (f"{kind}.{org}.{ledger}" for kind in ("cmd", "evt", "dlq"))
        self.command_stream, self.event_stream, self.dead_stream = (
            f"{kind}_{org}_{ledger}" for kind in ("CMD", "EVT", "DLQ")
        )
        self.lease_stream, self.lease = f"KV_LEASES_{org}", f"$KV.LEASES_{org}.{ledger}"


def streams(names, replicas=1):
    """The configurations of the four streams."""
    common = {"storage": "file", "num_replicas": replicas, "discard": "new", "retention": "limits"}
    return [
        {
            **common,
            "name": names.command_stream,
            "subjects": [names.commands],
            "retention": "workqueue",
            "max_msgs": 4096,
            "max_bytes": 1 << 30,
        },
        {**common, "name": names.dead_stream, "subjects": [names.dead]},
        {**common, "name": names.event_stream, "subjects": [names.events], "deny_delete": True, "deny_purge": True},
        {
            **common,
            "name": names.lease_stream,
            "subjects": [f"$KV.LEASES_{names.org}.>"],
            "max_msgs_per_subject": 1,
            "max_age": 3 * SECOND // 2,
            "allow_rollup_hdrs": True,
            "deny_delete": True,
            "allow_direct": True,
        },
    ]


def queue_consumer(names, replicas=1):
    """Subject and body with which the ledger makes its consumer on the queue."""
    config = {
        "durable_name": "ledger",
        "deliver_policy": "all",
        "ack_policy": "explicit",
        "ack_wait": 4 * SECOND,
        "max_ack_pending": 256,
        "num_replicas": replicas,
    }
    body = {"stream_name": names.command_stream, "config": config, "action": ""}
    return f"$JS.API.CONSUMER.CREATE.{names.command_stream}.ledger", body


def following(names, **more):
    """Subject and body with which whoever follows makes its consumer on the commit log."""
    config = {
        "deliver_policy": "all",
        "ack_policy": "none",
        "inactive_threshold": 30 * SECOND,
        "num_replicas": 1,
        "mem_storage": True,
        **more,
    }
    body = {"stream_name": names.event_stream, "config": config, "action": ""}
    return f"$JS.API.CONSUMER.CREATE.{names.event_stream}", body


async def make_all(client, names, replicas=1):
    """Makes the streams and the queue's consumer; gives the errors."""
    errors = []
    for config in streams(names, replicas):
        answer = await client.ask_soon(f"$JS.API.STREAM.CREATE.{config['name']}", config)
        errors += [answer["error"]] if "error" in answer else []
    answer = await client.ask_soon(*queue_consumer(names, replicas))
    return errors + ([answer["error"]] if "error" in answer else [])


async def append(client, names, behind, record, wait=5.0):
    """One fenced publish."""
    return await client.ask(names.events, record, wait, headers={"Nats-Expected-Last-Sequence": str(behind)})


async def fetch(client, stream, consumer, count, wait=5.0):
    """The next messages of a consumer, as many as come in time."""
    inbox = client.nc.new_inbox()
    coming = await client.nc.subscribe(inbox)
    body = b'{"batch":%d,"expires":%d}' % (count, int(wait * SECOND))
    await client.nc.publish(f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}", body, reply=inbox)
    messages = []
    try:
        while len(messages) < count:
            message = await coming.next_msg(timeout=wait)
            if message.headers and "Status" in message.headers:
                break
            messages.append(message)
    except TimeoutError:
        pass
    await coming.unsubscribe()
    return messages


async def follow(client, names, count):
    """The first records, as a follower fetches them."""
    made = await client.ask(*following(names))
    messages = [] if "error" in made else await fetch(client, names.event_stream, made["name"], count)
    return [message.data for message in messages]
