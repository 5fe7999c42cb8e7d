"""Real nats-server processes on loopback, with the configurations of deploy/nats, and clients that hear what is refused."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
NATS = HERE.parent / "nats"

try:
    import nats
    from nats.errors import Error, NoRespondersError, TimeoutError
except ImportError:
    sys.exit("error: the Python package `nats-py` is missing\n\nhint: python3 -m venv venv && venv/bin/pip install 'nats-py[nkeys]==2.16.0'")


def server_program():
    """The nats-server that GRANARY_NATS_SERVER names. Never the one on PATH: a distribution's may be too old."""
    path = os.environ.get("GRANARY_NATS_SERVER")
    if not path:
        sys.exit("error: no nats-server\n\nhint: GRANARY_NATS_SERVER=/path/to/nats-server, version 2.14 or later")
    return path


def free_ports(count):
    """Ports that nobody listens on just now."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Keys:
    """The keys of an organisation, made by keys.py."""

    def __init__(self, folder):
        self.folder = folder
        subprocess.run([sys.executable, NATS / "keys.py", folder], check=True, stdout=subprocess.DEVNULL)

    def rotate(self, user):
        """A new key for a user, as deploy/README.md says it; gives the old seed."""
        old = self.seed(user)
        for ending in ("seed", "pub"):
            (self.folder / f"{user}.{ending}").rename(self.folder / f"{user}.{ending}.old")
        subprocess.run([sys.executable, NATS / "keys.py", self.folder], check=True, stdout=subprocess.DEVNULL)
        return old

    def seed(self, user):
        return (self.folder / f"{user}.seed").read_text().strip()

    def public(self, user):
        return (self.folder / f"{user}.pub").read_text().strip()


class Server:
    """A server with a configuration that fill.py writes."""

    def __init__(self, world, name, template, keys, port, monitor, *more, environment=None, **values):
        self.world, self.name, self.keys, self.port, self.monitor = world, name, keys, port, monitor
        self.folder = world.folder / name
        self.log = self.folder / "nats.log"
        self.environment = {**os.environ, "GOMEMLIMIT": "512MiB", **(environment or {})}
        self.process = None
        values = {
            "NODE": name,
            "LISTEN": f"127.0.0.1:{port}",
            "MONITOR": f"127.0.0.1:{monitor}",
            "DIR": str(self.folder / "js"),
            **values,
        }
        words = [f"{key}={value}" for key, value in values.items()]
        fill = [sys.executable, NATS / "fill.py", "--keys", keys.folder, "--out", self.folder]
        self.filling = [*fill, template, *words, *more]
        self.fill()
        world.servers.append(self)

    def fill(self):
        subprocess.run(self.filling, check=True, stdout=subprocess.DEVNULL)

    def reload(self):
        """Fills the configuration anew and has the server read it."""
        self.fill()
        self.process.send_signal(signal.SIGHUP)

    @property
    def url(self):
        return f"nats://127.0.0.1:{self.port}"

    def start(self):
        with open(self.log, "ab") as log:
            command = [server_program(), "-c", self.folder / "nats.conf"]
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment)
        end = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    sys.exit(f"error: {self.name} does not listen\n\n{self.log.read_text()[-2000:]}")
                time.sleep(0.02)

    def kill(self):
        """Without a word, as a power cut does."""
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def healthy(self):
        """What the server says of itself: its copies are as far as those of the other nodes."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.monitor}/healthz", timeout=3) as answer:
                return answer.status == 200
        except OSError:
            return False

    async def login(self, user, inbox=None, keys=None, servers=None):
        """A client that logs in with the seed of a user, and hears answers where that user may."""
        services = ("ledger", "ingest", "projections", "client")
        inbox = inbox or (f"_INBOX.{user}".encode() if user in services else b"_INBOX")
        refusals = []

        async def heard(error):
            refusals.append(str(error))

        end = time.monotonic() + 15
        while True:
            try:
                client = await nats.connect(
                    servers or self.url,
                    nkeys_seed_str=(keys or self.keys).seed(user),
                    error_cb=heard,
                    inbox_prefix=inbox,
                    connect_timeout=3,
                    reconnect_time_wait=0.2,
                    max_reconnect_attempts=150,
                )
                break
            except (Error, OSError):
                if time.monotonic() > end:
                    raise
                await asyncio.sleep(0.1)
        self.world.clients.append(client)
        return Client(client, refusals)

    async def turns_away(self, seed):
        """True when a client with this seed, or with none, does not get in."""

        async def quiet(_):
            pass

        login = {"nkeys_seed_str": seed} if seed else {}
        try:
            client = await nats.connect(self.url, allow_reconnect=False, connect_timeout=3, error_cb=quiet, **login)
        except Exception:
            return True
        await client.close()
        return False


class Client:
    """A connection, and what the server refused to it."""

    def __init__(self, nc, refusals):
        self.nc, self.refusals = nc, refusals

    async def ask(self, subject, body=b"", wait=5.0, headers=None):
        """What comes back, as JSON where it is; an error of JetStream comes back like anything else."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        message = await self.nc.request(subject, body, timeout=wait, headers=headers)
        try:
            return json.loads(message.data)
        except ValueError:
            return message.data

    async def ask_soon(self, subject, body=b"", seconds=30):
        """The same of a cluster that elects, or a leaf that connects: asked until it answers without an error."""
        end = time.monotonic() + seconds
        while True:
            try:
                answer = await self.ask(subject, body, 2.0)
                if not isinstance(answer, dict) or "error" not in answer:
                    return answer
            except Error:
                answer = "no answer"
            if time.monotonic() > end:
                return {"error": answer}
            await asyncio.sleep(0.1)

    async def silence(self, subject, body=b"", wait=0.6):
        """True when nobody answers."""
        try:
            return await self.ask(subject, body, wait) is None
        except (NoRespondersError, TimeoutError):
            return True

    async def may_publish(self, subject, body=b"x"):
        """Whether the server takes it; it answers a refusal before the next pong."""
        return await self._allowed(f'publish to "{subject}"', self.nc.publish(subject, body))

    async def may_subscribe(self, subject):
        """Likewise for what is sent to a subject."""
        return await self._allowed(f'subscription to "{subject}"', self.nc.subscribe(subject))

    async def _allowed(self, words, work):
        before = len(self.refusals)
        await work
        await self.nc.flush(timeout=5)
        await asyncio.sleep(0.02)
        return not any(words.lower() in refusal.lower() for refusal in self.refusals[before:])


class World:
    """The servers and clients of one script, and what it found."""

    def __init__(self):
        self.servers, self.clients, self.failed = [], [], 0
        self.folder = Path(tempfile.mkdtemp(prefix="granary-deploy-"))

    def keys(self, name):
        return Keys(self.folder / "keys" / name)

    def check(self, promise, kept, detail=""):
        """One line for each promise."""
        self.failed += not kept
        print(f"{'PASS' if kept else 'FAIL'}  {promise}" + (f"  [{detail}]" if detail else ""), flush=True)

    async def close(self):
        for client in self.clients:
            try:
                await asyncio.wait_for(client.close(), 3)
            except Exception:
                pass
        for server in self.servers:
            server.kill()
        if self.failed:
            print(f"the folder is kept: {self.folder}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


def main(work):
    """Runs a script of checks; its exit code says whether every promise was kept."""

    async def run():
        world = World()
        try:
            await work(world)
        except BaseException:
            world.failed += 1
            raise
        finally:
            await world.close()
        return world.failed

    if len(sys.argv) > 1:
        os.environ["GRANARY_NATS_SERVER"] = sys.argv[1]
    server_program()
    failed = asyncio.run(run())
    sys.exit(1 if failed else 0)
