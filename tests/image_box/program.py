"""At each start of the box, as root: says which version runs, sets the shop up once, sells, and takes an update.

The last argument is the address of the test, which holds what is to be done (`plan`) and hears what was done (`told`).
"""

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

TEST = sys.argv[-1].rpartition("/")[0]
SHOP = "http://127.0.0.1:8080/"
LIMIT_S = 600.0
BACKUP = "/mnt/edge-backup"
PYTHON = "/opt/edge-store/.venv/bin/python"
INBOX = Path("/var/lib/edge/software")
CONFIG = Path("/etc/edge/config.toml")


def tell(**said: Any) -> None:
    """To the test."""
    with urllib.request.urlopen(urllib.request.Request(f"{TEST}/told", json.dumps(said).encode())):
        pass


def fetch(name: str, target: Path) -> None:
    """A file of the test."""
    with urllib.request.urlopen(f"{TEST}/{name}") as source, target.open("wb") as out:
        shutil.copyfileobj(source, out)


def ask(path: str, body: object = None) -> bytes:
    """A page of the shop."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(SHOP + path, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        raise RuntimeError(error.read().decode()) from error


def patiently(do: Callable[[], bytes]) -> bytes:
    """As soon as the shop answers."""
    end = time.monotonic() + LIMIT_S
    while True:
        try:
            return do()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(1.0)


def up_s() -> float:
    """Since the kernel started."""
    return float(Path("/proc/uptime").read_text().split()[0])


def sell() -> None:
    """A product, a sale in cash and its receipt, by the product's own client."""
    patiently(CONFIG.read_bytes)  # which the first start writes at its end
    patiently(lambda: ask("healthz"))
    file = Path("/run/sale.py")
    fetch("sale.py", file)
    file.chmod(0o644)
    done = subprocess.run(
        ("runuser", "-u", "edge", "--", PYTHON, str(file)),
        capture_output=True,
        text=True,
        cwd="/opt/edge-store",
        check=False,
    )
    tell(sold=done.stdout.strip(), why=done.stderr[-2000:], up_s=up_s())


def look() -> None:
    """Whether the shop may write to the backup disk, and where port 80 leads."""
    writes = subprocess.run(("runuser", "-u", "edge", "--", "mkdir", "-p", f"{BACKUP}/edge/of-the-test"), check=False)
    mounted = subprocess.run(("mountpoint", "--quiet", BACKUP), check=False)
    with socket.create_connection(("127.0.0.1", 80), timeout=60) as browser:
        browser.sendall(b"GET / HTTP/1.1\r\nHost: edge.local\r\n\r\n")
        said = browser.recv(4096).decode()
    tell(backup=mounted.returncode == 0 and writes.returncode == 0, lead=said)


def take(version: str, schema: int) -> None:
    """What the shop's own process asks of the installer, at a moment when no one sells."""
    INBOX.mkdir(exist_ok=True)
    for name in ("json", "tar.gz"):
        fetch(f"edge-store-{version}.{name}", INBOX / f"{version}.{name}")
    for work in ("prepare", "swap"):
        request = {"id": f"{version}-{work}", "work": work, "release": version, "schema": schema}
        (INBOX / "request.json").write_text(json.dumps(request))
        begun = subprocess.Popen(("systemctl", "start", "edge-software.service"))
        while begun.poll() is None:  # as long as nobody sells, the shop says so every few seconds
            (INBOX / "quiet.new").write_text(json.dumps({"at_s": time.monotonic()}))
            (INBOX / "quiet.new").replace(INBOX / "quiet.json")
            time.sleep(2.0)
        outcome = Path("/var/lib/edge-software/outcome.json")
        tell(work=work, outcome=json.loads(outcome.read_text()) if outcome.exists() else None)


def main() -> None:
    """What the test's plan says."""
    version = Path("/usr/lib/os-release").read_text().partition("IMAGE_VERSION=")[2].split()[0]
    disk = subprocess.run(
        ("lsblk", "--json", "-o", "NAME,PARTLABEL,FSTYPE"), capture_output=True, text=True, check=True
    )
    tell(version=version, up_s=up_s(), disk=disk.stdout)
    with urllib.request.urlopen(f"{TEST}/plan") as plan:
        steps = json.loads(plan.read())
    for step, value in steps:
        if step == "set_up":
            patiently(lambda: ask("first/devices"))
            tell(set_up=ask("first", value).decode())
        elif step == "sell":
            sell()
        elif step == "look":
            look()
        elif step == "take":
            take(**value)


if __name__ == "__main__":
    try:
        main()
    except BaseException as error:
        tell(failed=repr(error))
        raise
