#!/usr/bin/env python3
"""What can be said of the other files of deploy/ without running them: they can be read, name only what exists, and agree.
With a binary of granary as its argument, also that every flag they use is one of its flags.

  python3 deploy/tests/files.py [target/release/granary]
"""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import yaml
except ImportError:
    sys.exit("error: the Python package `pyyaml` is missing\n\nhint: python3 -m venv venv && venv/bin/pip install pyyaml")

DEPLOY = Path(__file__).resolve().parent.parent
ROOT = DEPLOY.parent
failed = 0


def check(promise, kept, detail=""):
    global failed
    failed += not kept
    print(f"{'PASS' if kept else 'FAIL'}  {promise}" + (f"  [{detail}]" if detail else ""))


def read(path):
    return yaml.safe_load((DEPLOY / path).read_text())


def expressions(node):
    """Every expression of Prometheus in a dashboard or in rules."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from [value] if key == "expr" else expressions(value)
    elif isinstance(node, list):
        for value in node:
            yield from expressions(value)


def compose():
    found = read("compose.yaml")
    services, secrets, volumes = found["services"], found["secrets"], found["volumes"]
    for name, service in services.items():
        given = [secret if isinstance(secret, str) else secret["source"] for secret in service.get("secrets", [])]
        targets = [secret if isinstance(secret, str) else secret["target"] for secret in service.get("secrets", [])]
        unknown = set(given) - set(secrets)
        named = {volume.split(":")[0] for volume in service.get("volumes", [])}
        unknown |= {volume for volume in named if not volume.startswith(".")} - set(volumes)
        unknown |= set(service.get("networks", [])) - set(found["networks"])
        unknown |= set(service.get("depends_on", [])) - set(services)
        check(f"compose: what `{name}` names exists", not unknown, sorted(unknown))
        ports = [port for port in service.get("ports", []) if not port.startswith("127.0.0.1:")]
        check(f"compose: `{name}` is published on loopback only", not ports, ports)
        for volume in named:
            if volume.startswith("./") and not volume.startswith("./run"):
                check(f"compose: `{volume}` is there", (DEPLOY / volume).exists())
        for variable, value in (service.get("environment") or {}).items():
            if str(value).startswith("/run/secrets/"):
                check(f"compose: `{name}` is given what {variable} names", value.removeprefix("/run/secrets/") in targets)
    prepared = (DEPLOY / "prepare.py").read_text()
    for name, secret in secrets.items():
        file = Path(secret["file"])
        made = file.parent.name == "keys" or file.name in prepared
        check(f"compose: the file of secret `{name}` is made by prepare.py", made, file)
    targets = [t for job in read("prometheus/prometheus.yml")["scrape_configs"] for c in job["static_configs"] for t in c["targets"]]
    strangers = [target for target in targets if target.split(":")[0] not in services]
    check("prometheus: every target is a service of the compose file", not strangers, strangers)
    return [(f"compose `{name}`", [str(word) for word in service["command"]]) for name, service in services.items() if name in ("ledger-1", "ledger-2", "ingest", "projections")]


def headings():
    """The headings of the run books, as links name them."""
    titles = re.findall(r"^#+ (.+)$", (DEPLOY / "README.md").read_text(), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}


def metrics():
    source = "\n".join(file.read_text() for file in (ROOT / "crates").rglob("*.rs"))
    counted = set(re.findall(r'(?:counter|gauge|histogram)!\(\s*"(granary_[a-z_]+)"', source))
    for path in ["prometheus/alerts.yml", "grafana/dashboards/granary.json"]:
        used = set()
        for expression in expressions(read(path)):
            used |= set(re.findall(r"\bgranary_[a-z_]+", expression))
            balanced = all(expression.count(a) == expression.count(b) for a, b in ("()", "[]", "{}"))
            check(f"{path}: brackets match in `{expression[:60]}`", balanced)
        unknown = {name for name in used if re.sub(r"_(bucket|count|sum)$", "", name) not in counted}
        check(f"{path}: every metric is one that a service exports", not unknown, sorted(unknown))
    known = headings()
    for rule in (rule for group in read("prometheus/alerts.yml")["groups"] for rule in group["rules"]):
        file, _, anchor = rule["annotations"]["runbook"].partition("#")
        check(f"alert {rule['alert']}: its run book exists", file == "deploy/README.md" and anchor in known, anchor)


def grafana():
    dashboard = json.loads((DEPLOY / "grafana/dashboards/granary.json").read_text())
    source = read("grafana/provisioning/datasources/prometheus.yaml")["datasources"][0]["uid"]
    uids = set(re.findall(r'"type": "prometheus",\s*"uid": "([^"]+)"', json.dumps(dashboard)))
    check("grafana: the dashboard asks the source that is provisioned", uids == {source}, uids)
    boxes = [panel["gridPos"] for panel in dashboard["panels"]]
    cells = [(x, y) for b in boxes for x in range(b["x"], b["x"] + b["w"]) for y in range(b["y"], b["y"] + b["h"])]
    check("grafana: panels do not lie upon each other", len(cells) == len(set(cells)))


def units():
    """The units, with programs that exist here in the place of those that they start."""
    program = shutil.which("true")
    commands = []
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for unit in sorted((DEPLOY / "systemd").glob("*.service")):
            text = unit.read_text()
            start = re.search(r"^ExecStart=(.+)$", text, re.MULTILINE)[1]
            words = shlex.split(start)
            if words[0].endswith("/granary"):
                commands.append((unit.name, words[1:]))
            files.append(Path(folder) / unit.name)
            files[-1].write_text(text.replace(words[0], program).replace("/bin/kill", program))
            check(f"{unit.name}: ends in its own time", "TimeoutStopSec=" in text and "Restart=always" in text)
        if shutil.which("systemd-analyze"):
            for file in files:
                ran = subprocess.run(["systemd-analyze", "verify", "--man=no", file], capture_output=True, text=True)
                check(f"{file.name}: systemd reads it without a word", ran.returncode == 0 and not ran.stderr, ran.stderr[:300])
    return commands


def variables():
    """Every variable of the environment that sets something is that of a setting."""
    source = (ROOT / "crates/shell/src/settings.rs").read_text()
    known = {"GRANARY_" + name.replace(".", "_").upper() for name in re.findall(r'name: "([a-z_.]+)"', source)}
    known |= {"GRANARY_SETTINGS", "GRANARY_ORG", "GRANARY_LEDGER"}  # the latter two are of the compose file itself
    for file in [DEPLOY / "compose.yaml", DEPLOY / "README.md", DEPLOY / "nats/README.md", DEPLOY / "kubernetes/granary.yaml", *(DEPLOY / "systemd").glob("*.service")]:
        unknown = set(re.findall(r"\bGRANARY_[A-Z_]+", file.read_text())) - known - {"GRANARY_NATS_SERVER"}
        check(f"{file.name}: every variable is that of a setting", not unknown, sorted(unknown))


def kubernetes():
    """The manifests are of their schemas, ask for health by its paths, and lose nothing when a pod is asked to go."""
    try:
        import kubernetes_validate
    except ImportError:
        sys.exit("error: the Python package `kubernetes-validate` is missing")
    settings = {}
    for document in yaml.safe_load_all((DEPLOY / "kubernetes/granary.yaml").read_text()):
        name = f"{document['kind']} {document['metadata']['name']}"
        problem = ""
        try:
            kubernetes_validate.validate(document, "1.31", strict=True)
        except Exception as error:
            problem = str(error)
        check(f"{name}: is of its schema", not problem, problem[:200])
        settings.update(document.get("data", {}))
        pod = document.get("spec", {}).get("template", {}).get("spec", {})
        for container in pod.get("containers", []):
            live, ready = (container[probe]["httpGet"] for probe in ["livenessProbe", "readinessProbe"])
            wanted = {"ledger": "/readyz", "ingest": "/readyz?for=write", "projections": "/readyz?for=read"}[container["name"]]
            check(f"{name}: health is asked for what it does", (live["path"], ready["path"]) == ("/healthz", wanted))
            drain = int(settings["GRANARY_HTTP_DRAIN_MS"]) / 1000
            check(f"{name}: it is given the time that it needs", pod["terminationGracePeriodSeconds"] >= drain + 30)
            yield f"{name}", container["args"]


def flags(commands, binary):
    """Every flag that a command line uses is one of its help."""
    for where, words in commands:
        ran = subprocess.run([binary, words[0], "--help"], capture_output=True, text=True)
        used = {word.split("=")[0] for word in words[1:] if word.startswith("--")}
        unknown = {flag for flag in used if not re.search(rf"{flag}\b", ran.stdout)}
        check(f"{where}: `granary {words[0]}` takes its flags", ran.returncode == 0 and not unknown, sorted(unknown))


def main():
    commands = compose()
    variables()
    metrics()
    grafana()
    commands += units()
    commands += kubernetes()
    if len(sys.argv) > 1:
        flags(commands, sys.argv[1])
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
