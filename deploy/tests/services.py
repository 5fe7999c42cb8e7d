#!/usr/bin/env python3
"""The services themselves, under the rights and settings of this folder: three NATS servers, a ledger with a standby, ingest
and projections, as compose.yaml and the units start them. The leader is killed, and nothing that was acknowledged is lost.

  GRANARY_NATS_SERVER=/path/to/nats-server python3 deploy/tests/services.py target/release/granary
"""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

from servers import Server, free_ports, main

GRANARY = sys.argv.pop(1) if len(sys.argv) > 1 else os.environ.get("GRANARY_BINARY", "target/release/granary")
METRICS = {
    "ledger": ["granary_ledger_leads", "granary_ledger_epoch"],
    "ingest": ["granary_commands_received_total", "granary_command_seconds_bucket"],
    "projections": ["granary_position", "granary_question_seconds_bucket"],
}


class Service:
    """A service as a unit starts it: its place by flags, the rest by the environment."""

    def __init__(self, world, name, seed, urls, *flags, makes_streams="no"):
        (self.port,) = free_ports(1)
        self.world, self.process = world, None
        self.name, self.log = name, world.folder / f"{name}.log"
        self.command = [GRANARY, *flags]
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GRANARY_")},
            "GRANARY_LISTEN": f"127.0.0.1:{self.port}",
            "GRANARY_NATS_URL": ",".join(urls),
            "GRANARY_NATS_ORG": "acme",
            "GRANARY_NATS_LEDGER": "main",
            "GRANARY_NATS_REPLICAS": "3",
            "GRANARY_NATS_SEED": str(seed),
            "GRANARY_NATS_MAKES_STREAMS": makes_streams,
        }
        world.servers.append(self)

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment
            )
        return self

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self):
        """As systemd does; gives the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self.process = None
        return code

    def keep(self):
        """As systemd does: a service that ended by itself, because NATS was not ready yet, is started again."""
        if self.process and self.process.poll() not in (None, 0, 64):
            self.start()

    def http(self, path, body=None, wait=30):
        """Status and text of an answer."""
        for service in self.world.servers:
            if isinstance(service, Service):
                service.keep()
        headers = {"Content-Type": "application/x-ndjson"} if body else {}
        base = os.environ.get("XDG_RUNTIME_DIR") or os.path.join(os.environ["HOME"], ".local/state")
        try:
            with open(os.path.join(base, "granary", f"{self.port}.token")) as token:
                headers["Authorization"] = f"Bearer {token.read().strip()}"
        except OSError:
            pass
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=wait) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    async def until(self, path, holds, seconds=60):
        end = time.monotonic() + seconds
        while True:
            status, text = await asyncio.to_thread(self.http, path)
            if status == 200 and holds(text):
                return True
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.2)


def metric(text, name):
    values = [float(line.split()[-1]) for line in text.splitlines() if line.startswith((f"{name} ", f"{name}{{"))]
    return max(values, default=None)


def events(folder):
    """How many events a ledger that is stopped has recorded, as the run books look."""
    ran = subprocess.run([GRANARY, "replay", "--dir", folder, "--format", "json"], capture_output=True, text=True)
    return json.loads(ran.stdout)["events"] if ran.returncode == 0 else ran.stderr.strip()


def party(number):
    act = {"party": "ledger", "effective": "2026-03-01", "act": "register_party", "name": "n", "role": "agency"}
    return json.dumps({**act, "id": str(uuid.uuid4()), "code": f"P{number}"}) + "\n"


async def post(ingest, commands, seconds=60):
    """Posts a frame until it has verdicts; gives their outcomes."""
    end = time.monotonic() + seconds
    while True:
        body = "".join(commands).encode()
        status, text = await asyncio.to_thread(ingest.http, "/v1/commands?deadline_ms=3000", body)
        if status == 200:
            return [json.loads(line)["outcome"] for line in text.splitlines()]
        if time.monotonic() > end:
            return [f"{status} {text[:200]}"]
        await asyncio.sleep(0.1)


async def work(world):
    keys = world.keys("acme")
    ports = free_ports(9)
    routes = ", ".join(f'"nats://127.0.0.1:{port}"' for port in ports[6:])
    nodes = []
    for index in range(3):
        values = {"CLUSTER_LISTEN": f"127.0.0.1:{ports[6 + index]}", "ROUTES": routes, "ORG": "acme", "LEDGER": "main"}
        node = Server(world, f"n{index + 1}", "node.conf", keys, ports[index], ports[3 + index], **values)
        nodes.append(node.start())
    urls = [node.url for node in nodes]
    admin = await nodes[0].login("admin", servers=urls)
    await admin.ask_soon("$JS.API.INFO")

    folder = world.folder / "one"
    subprocess.run([GRANARY, "init", "--dir", folder, "--origin", "acme.example/main"], check=True, capture_output=True)
    seed = keys.folder / "ledger.seed"
    one = Service(world, "ledger-1", seed, urls, "ledger", "--dir", folder, "--node", "ledger-1", makes_streams="yes")
    one.start()
    leads = await one.until("/metrics", lambda text: metric(text, "granary_ledger_leads") == 1)
    world.check("the ledger starts with its rights, makes its streams and leads", leads, one.log.read_text()[-300:] if not leads else "")
    two = Service(
        world, "ledger-2", seed, urls, "ledger", "--dir", world.folder / "two", "--node", "ledger-2", "--keys", folder / "keys",
        makes_streams="yes",
    ).start()
    ingest = Service(world, "ingest", keys.folder / "ingest.seed", urls, "ingest").start()
    projections = Service(
        world, "projections", keys.folder / "projections.seed", urls, "projections", "--dir", world.folder / "answers"
    ).start()
    for service in (two, ingest, projections):
        up = await service.until("/healthz", lambda text: True)
        world.check(f"{service.name} starts with its rights", up, service.log.read_text()[-300:] if not up else "")
    follows = await two.until("/metrics", lambda text: metric(text, "granary_ledger_leads") == 0)
    world.check("the second ledger follows", follows)

    commands = [party(number) for number in range(50)]
    outcomes = await post(ingest, commands)
    world.check("commands go in, and are acknowledged", outcomes == ["accepted"] * 50, outcomes[:1])
    seen = await projections.until("/metrics", lambda text: metric(text, "granary_position") == 51)
    status, _ = projections.http("/v1/positions")
    world.check("projections know them, and answer", seen and status == 200)
    for service, kind in [(one, "ledger"), (ingest, "ingest"), (projections, "projections")]:
        text = service.http("/metrics")[1]
        missing = [name for name in METRICS[kind] if metric(text, name) is None]
        world.check(f"{kind}: what the alerts and the dashboard ask for is there", not missing, missing)

    one.kill()
    began = time.monotonic()
    outcomes = await post(ingest, [party(50)])
    seconds = time.monotonic() - began
    world.check("the leader is killed: the standby leads and acknowledges", outcomes == ["accepted"], f"{seconds:.1f} s")
    again = await post(ingest, commands)
    world.check("what was acknowledged before is known to it", again == ["duplicate"] * 50, again[:1])
    one.start()
    back = await one.until("/metrics", lambda text: metric(text, "granary_ledger_leads") == 0)
    world.check("the one that was killed comes back and follows", back)

    shutil.rmtree(world.folder / "answers")
    projections.kill()
    projections.start()
    seen = await projections.until("/metrics", lambda text: metric(text, "granary_position") == 52)
    world.check("projections without their folder build it from the commit log", seen)

    # "The commit log is lost" in deploy/README.md.
    codes = [service.stop() for service in (ingest, projections, one, two)]
    world.check("all of them end when they are asked to", codes == [0, 0, 0, 0], codes)
    sizes = [events(each) for each in (folder, world.folder / "two")]
    world.check("both ledgers have recorded the same number of events", sizes == [52, 52], sizes)
    for node in nodes:
        node.kill()
        shutil.rmtree(node.folder / "js")
    for node in nodes:
        node.start()
    for service in (two, one):
        service.start()
    leads = await two.until("/metrics", lambda text: metric(text, "granary_ledger_leads") is not None)
    ingest.start()
    projections.start()
    again = await post(ingest, [*commands, party(51)], 90)
    world.check("all NATS servers lost their disks: the ledger writes its history again", again == ["duplicate"] * 50 + ["accepted"], again[:1])
    seen = await projections.until("/metrics", lambda text: metric(text, "granary_position") == 53)
    world.check("and projections go on", seen)

    # "Restore": a backup of a ledger at work, built again and started as a ledger of its own.
    copy = world.folder / "backup"
    source = folder if metric(one.http("/metrics")[1], "granary_ledger_leads") == 1 else world.folder / "two"
    script = subprocess.run(["sh", os.path.join(os.path.dirname(__file__), "..", "backup.sh"), "--with-keys", source, copy], capture_output=True, text=True)
    world.check("a backup is taken at work", script.returncode == 0, script.stdout.strip() or script.stderr.strip())
    mended = subprocess.run([GRANARY, "doctor", "--dir", copy, "--mend", "log"], capture_output=True, text=True)
    looked = subprocess.run([GRANARY, "doctor", "--dir", copy], capture_output=True, text=True)
    world.check("its log is built again, and nothing is damaged", (mended.returncode, looked.returncode) == (0, 0), looked.stdout.strip())
    one.kill()
    two.kill()
    three = Service(world, "ledger-3", seed, urls, "ledger", "--dir", copy, "--node", "ledger-3", makes_streams="yes").start()
    outcomes = await post(ingest, [*commands[:2], party(52)])
    world.check("a ledger that was restored leads and goes on", outcomes == ["duplicate", "duplicate", "accepted"], outcomes)
    world.check("and says so", await three.until("/metrics", lambda text: metric(text, "granary_ledger_leads") == 1))

    refused = [line for node in nodes for line in node.log.read_text().splitlines() if "Violation" in line]
    world.check("NATS refused nothing to any of them", not refused, refused[:2])


if __name__ == "__main__":
    main(work)
