"""`./run install`: install this folder as a service of Debian or Ubuntu, or upgrade one; `--remove` uninstalls it.

Standard library only. Every step prints what it did; the ledger and the configuration are never touched.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from setup.step import ROOT, SetupError

HOME = "/opt/edge-store"
"""Where the units in `systemd/` expect the project."""
LEDGER = Path("var/lib/edge/ledger.db")
CONFIG = Path("etc/edge/config.toml")
UNIT = Path("etc/systemd/system/edge.service")
UPDATES = (Path("etc/systemd/system/edge-software.service"), Path("etc/systemd/system/edge-software.path"))
"""The units that update the software when head office rolls out a release."""
SCREEN = Path("etc/systemd/system/edge-kiosk.service")
PAGE = Path("etc/edge-kiosk/environment")
START = Path("etc/edge-kiosk/start.html")
POLICIES = Path("etc/chromium/policies/managed/edge-kiosk.json")
ACCOUNTS = Path("etc/sysusers.d/edge.conf")
RULES = Path("etc/udev/rules.d/99-edge.rules")
PROGRAMS = {"cage": "cage", "chromium": "chromium"}
"""Programs for a screen, and their Debian packages: a display server and a browser."""
VOICE = {
    Path("usr/bin/speech-dispatcher"): "speech-dispatcher",
    Path("usr/lib/speech-dispatcher-modules/sd_espeak-ng"): "speech-dispatcher-espeak-ng",
}
"""Speech synthesisers and their packages: without them a screen sells, but is silent."""
UNREADABLE = ("/home/", "/root/", "/tmp/", "/run/user/")
"""Folders that a sandboxed service (ProtectHome, PrivateTmp) can't see."""


class Target(NamedTuple):
    """The target of the installation: `root` is / or the root folder of another system. `live`: systemd runs here."""

    root: Path
    live: bool

    def at(self, path: Path) -> Path:
        return self.root / path


def main(words: list[str]) -> int:
    """Return the exit status: 0 if the service is installed or removed, 1 if a step failed."""
    args = _parser().parse_args(words)
    root = Path(args.root)
    target = Target(root, root == Path("/") and Path("/run/systemd/system").is_dir())
    try:
        if os.geteuid() != 0 and args.root == "/":
            raise SetupError("Only root can install a service.", "Run the same command with sudo.")
        remove(target) if args.remove else install(target, args)
    except SetupError as error:
        print(f"\n{error}\nWhat to do: {error.advice}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run install", description="This folder as a service.")
    parser.add_argument("--screen", metavar="PAGE", nargs="?", const="/", help="PAGE full screen at boot (the till)")
    parser.add_argument("--remove", action="store_true", help="remove the service; ledger and configuration stay")
    parser.add_argument("--prepared", action="store_true", help="skip the test: `edge upgrade --prepare` was run")
    parser.add_argument("--root", default="/", help="the root folder of the system (default: this one)")
    return parser


def install(target: Target, args: argparse.Namespace) -> None:
    """Install the service, or a newer version of it."""
    if str(ROOT).startswith(UNREADABLE):
        raise SetupError(
            f"A service can't read {ROOT}.", f"Move the project: cp -a {ROOT} {HOME}, and install from there."
        )
    again = target.at(LEDGER).exists() and target.at(CONFIG).exists()
    if args.screen:
        _packages(target, args.screen)  # do first what needs the internet, before anything is changed
    if again and not args.prepared:
        upgrade(target)
    _file(target, ACCOUNTS, "edge.sysusers.conf")
    _call(target, "the account edge", "systemd-sysusers", f"--root={target.root}")
    _file(target, RULES, "99-edge.rules")
    if target.live:
        _call(target, "rules for devices", "udevadm", "control", "--reload")
        _call(target, "devices that are plugged in", "udevadm", "trigger")
    _folder(target, CONFIG.parent)
    _file(target, UNIT, "edge.service")
    for unit in UPDATES:
        _file(target, unit, unit.name)
    if args.screen:
        _screen(target, args.screen)
    _call(
        target,
        "updates from head office",
        "systemctl",
        *_root_option(target),
        "enable",
        *(unit.name for unit in UPDATES),
    )
    _enable(target, UNIT, again)
    if target.live:
        _call(target, "search for newer versions", "systemctl", "start", UPDATES[1].name)
    if args.screen:
        _enable(target, SCREEN, again)
    _tell(target, again, bool(args.screen))


def upgrade(target: Target) -> None:
    """Back up, and rehearse the upgrade on a copy of the ledger while the old version still sells. The next start of
    this version upgrades the ledger."""
    edge = (str(ROOT / ".venv/bin/python"), "-m", "edge", "--config", str(target.at(CONFIG)))
    account = ("runuser", "-u", "edge", "--") if os.geteuid() == 0 and target.live else ()
    what = "a backup, and a test on a copy of the ledger"
    _call(target, what, *account, "nice", "-n", "15", *edge, "upgrade", "--prepare", shown=True)


def remove(target: Target) -> None:
    """Stop and remove the service; the shop's data stays."""
    for unit in (SCREEN, *reversed(UPDATES), UNIT):
        if target.at(unit).exists():
            now = ("--now",) if target.live else ()
            _call(target, f"{unit.name} off", "systemctl", *_root_option(target), "disable", *now, unit.name)
    for file in (SCREEN, PAGE, START, POLICIES, *UPDATES, UNIT, RULES, ACCOUNTS):
        if target.at(file).exists():
            target.at(file).unlink()
            _say(f"removed   /{file}")
    if target.live:
        _call(target, "systemd's units", "systemctl", "daemon-reload")
    _say(f"\nThe service was removed. Left unchanged: /{LEDGER.parent} (ledger), /{CONFIG.parent} (configuration).")


def _packages(target: Target, page: str) -> None:
    """Install the Debian packages for a screen. Raises `SetupError` if there is no screen or no browser; reports a
    voice that isn't available."""
    if not page.startswith("/"):
        raise SetupError(
            f"{page} isn't a page of the box.", "Use a page such as / (the till) or /kiosk?register=kiosk."
        )
    if not target.live:
        return
    _apt(target, [name for program, name in PROGRAMS.items() if shutil.which(program) is None])
    silent = [name for file, name in VOICE.items() if not target.at(file).exists()]
    try:
        _apt(target, silent)
    except SetupError as error:
        _say(f"skipped   the text-to-speech voice: {error}\n          later: apt-get install {' '.join(silent)}")


def _apt(target: Target, packages: list[str]) -> None:
    if packages:
        _call(target, " and ".join(packages), "apt-get", "install", "-y", "--no-install-recommends", *packages)


def _screen(target: Target, page: str) -> None:
    """Set up a full-screen browser on the box's own screen."""
    address = f"EDGE_KIOSK=http://localhost:8080{page}\n"
    _write(target, PAGE, address.encode())
    _write(target, START, (ROOT / "systemd" / "kiosk-start.html").read_bytes())
    _write(target, POLICIES, _policies(page))
    _file(target, SCREEN, "edge-kiosk.service")


def _policies(page: str) -> bytes:
    """Return the browser's policies: a kiosk may open only its own page, a till all of the box's pages."""
    known = json.loads((ROOT / "systemd" / "kiosk-policy.json").read_text())
    if not page.startswith("/kiosk"):
        known["URLAllowlist"] = [one.removesuffix("/kiosk") for one in known["URLAllowlist"]]
        known["PrintingEnabled"] = known["AllowFileSelectionDialogs"] = True
    return (json.dumps(known, indent=2) + "\n").encode()


def _file(target: Target, path: Path, name: str) -> None:
    """Write one of our systemd files, with this folder's path in place of the default."""
    text = (ROOT / "systemd" / name).read_text().replace(HOME, str(ROOT))
    _write(target, path, text.encode())


def _write(target: Target, path: Path, body: bytes) -> None:
    file = target.at(path)
    if file.exists() and file.read_bytes() == body:
        _say(f"unchanged /{path}")
        return
    word = "changed  " if file.exists() else "written  "
    _attempt_write(path, lambda: file.parent.mkdir(parents=True, exist_ok=True))
    _attempt_write(path, lambda: file.write_bytes(body))
    file.chmod(0o644)
    _say(f"{word} /{path}")


def _folder(target: Target, path: Path) -> None:
    """Create the configuration's folder, which the appliance must be able to write to."""
    folder = target.at(path)
    if not folder.exists():
        folder.mkdir(parents=True)
        _say(f"made      /{path}")
    folder.chmod(0o750)
    if target.live:
        shutil.chown(folder, "edge", "edge")
        if target.at(CONFIG).exists():
            shutil.chown(target.at(CONFIG), "edge", "edge")


def _attempt_write(path: Path, do: Callable[[], object]) -> None:
    try:
        do()
    except OSError as error:
        raise SetupError(f"/{path} can't be written: {error.strerror}.", "Check whether the disk is full.") from error


def _enable(target: Target, unit: Path, again: bool) -> None:
    if target.live:
        _call(target, "systemd's units", "systemctl", "daemon-reload")
    _call(target, f"{unit.name} at boot", "systemctl", *_root_option(target), "enable", unit.name)
    if target.live:
        _call(target, f"{unit.name} now", "systemctl", "restart" if again else "start", unit.name)


def _root_option(target: Target) -> tuple[str, ...]:
    return () if target.root == Path("/") else (f"--root={target.root}",)


def _call(target: Target, what: str, *argv: str, shown: bool = False) -> None:
    """Run a system command, and print its purpose (`what`) when it is done. Raises `SetupError` if it fails, with its
    output unless that was `shown`."""
    out = None if shown else subprocess.PIPE
    try:
        done = subprocess.run(argv, cwd=ROOT, stdout=out, stderr=out, text=True, check=False)
    except FileNotFoundError:
        raise SetupError(f"{argv[0]} isn't installed.", "Install on Debian or Ubuntu.") from None
    if done.returncode:
        said = "" if shown else (done.stderr or done.stdout or "").strip()[-600:]
        advice = "The running shop hasn't been changed." if shown else "See its output, and try again."
        raise SetupError(f"`{' '.join(argv)}` ended with status {done.returncode}. {said}", advice)
    _say(f"done      {what}")


def _tell(target: Target, again: bool, screen: bool) -> None:
    if not target.live:
        _say("\nsystemd isn't running here: the service starts with the system.")
    _say("\nThe shop now runs this version." if again else "\nThe service is installed, and starts at every boot.")
    if not target.at(CONFIG).exists():
        _say("Open http://localhost:8080/ on the box to set up the shop, or scan the QR code on that page or on paper.")
        if not screen:
            _say("From another computer: ssh -L 8080:localhost:8080 THIS-BOX, and the same address there.")
    _say("Status: systemctl status edge. Problems: ./run edge --config /etc/edge/config.toml check")


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
