"""`edge twin`: manages a pair of boxes."""

from __future__ import annotations

import argparse
import getpass
import json
import re
import ssl
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from edge.app.cli.output import say
from edge.backoffice.twin.follower_door import SENTENCE
from edge.backoffice.twin.membership.joining import join as join_shop
from edge.core.storage.atomic_write import write_whole
from edge.lib.errors import NeedsHuman
from edge.runtime import config
from edge.runtime.config import Config
from edge.web.token import read_token

ANSWER_S = 10.0
LACKS = {
    "version": "software is older: it can't take over.",
    "disk": "disk is too slow: it can't take over.",
    "full": "disk is full: it stores nothing and can't take over.",
}


def status(args: argparse.Namespace) -> int:
    """Show which box leads, and how far the other box has followed."""
    found = _ask(config.load(Path(args.config)), "/api/v1/twin", None)
    twin = found.get("twin", found)
    if twin is None:
        say("There is only one box.")
        return 0
    leads = f"box {twin['leader']} is active" if twin["leader"] else "no active box known"
    say(f"This is box {twin['box']}; {leads}: {twin['state'].replace('_', ' ')}.")
    if lack := twin.get("lacks"):
        whose = "This box's" if twin["state"] == "follows" else "The other box's"
        say(f"{whose} {LACKS[lack]}")
    say(f"{twin['position']} shipments; the other box has {twin['other_has']}.")
    if twin["aside"]:
        say(f"{twin['aside']} entries of this box aren't in the ledger. They are in twin/aside of its data folder.")
    if twin.get("differs"):
        say(f"Different settings on the other box: {', '.join(twin['differs'])}.")
    if twin.get("clock_s"):
        say(f"The other box's clock is {twin['clock_s']} s ahead of this one's.")
    if zones := twin.get("zones"):
        say(f"This machine is set to the time zone {zones[0]}, and the other box's to {zones[1]}.")
    if twin.get("damaged_us"):
        say("The other box's copy was damaged and has been replaced.")
    for box, devices in twin.get("plugged", {}).items():
        if devices:
            say(f"Plugged into box {box}: {', '.join(devices)}.")
    for name, ms in twin["heard_ms"].items():
        say(f"{name}: {'no contact since the start' if ms < 0 else f'last contact {ms / 1000:.1f} s ago'}")
    return 0


def promote(args: argparse.Namespace) -> int:
    """Make this box lead, after a manager's PIN and a typed confirmation."""
    loaded = config.load(Path(args.config))
    known = _ask(loaded, "/api/v1/twin", None)
    heard = [ms for ms in known.get("heard_ms", {}).values() if ms >= 0]
    ago = f"{min(heard) / 1000:.0f} s ago" if heard else "not since this box was started"
    say(f"This box has {known.get('position', 0)} shipments; last contact with another machine: {ago}.")
    for register, number in known.get("numbers", {}).items():
        say(f"Last receipt number of register {register} on it: {number}.")
    if known.get("tills"):
        say(f"Registers that just saw another active box: {', '.join(known['tills'])}. Check them first.")
    say("Later sales on the other box are missing from all totals until they are imported.")
    typed = input(f"Type: {SENTENCE}\n> ")
    answer = _ask(loaded, "/twin/promote", {"pin": getpass.getpass("A manager's PIN: "), "sentence": typed})
    say(answer["said"])
    return 0 if answer.get("ok") else 1


def join(args: argparse.Namespace) -> int:
    """Make this machine the second box of a shop."""
    file = Path(args.config)
    folder = file.parent / args.data
    page = args.page or (config.load(file).panel.port if file.exists() else 0) or _port_of(args.host)
    content = join_shop(folder, args.host, "box", args.port, page, _show, args.wifi)
    if not file.exists():
        text = re.sub(r"(?m)^port = \d+", f"port = {page}", content.config, count=1)
        write_whole(file, text.encode())
        say(f"{file} was written. Check that its devices match this box.")
    say("This box belongs to the shop. Start it: edge run")
    return 0


def _show(digits: str) -> None:
    say(f"The digits of this machine: {digits}")
    say("Compare them with those on the other box's page /manager/boxes, and approve it there.")


def _port_of(at: str) -> int:
    return int(at.rpartition(":")[2])


def _refusal_of(error: urllib.error.HTTPError) -> Any:
    """Parse a refusal of a box. Raises `NeedsHuman` if it can't be parsed."""
    try:
        said = json.load(error)
    except ValueError:
        said = None
    if isinstance(said, dict) and not {"leader"}.issuperset(said):
        return said
    raise NeedsHuman(f"This box isn't responding: HTTP {error.code}.", "See its log, and try again in a minute.")


def _ask(loaded: Config, path: str, body: Any) -> Any:
    """Return the response of this machine's appliance process."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # the connection stays on this machine
    host = "127.0.0.1" if loaded.panel.host in ("0.0.0.0", "::") else loaded.panel.host
    data = json.dumps(body).encode() if body is not None else None
    headers = {"Content-Type": "application/json"}
    with suppress(OSError, ValueError):
        headers["Grant"] = read_token(loaded.folder)[1]
    for scheme in ("http", "https"):
        asked = urllib.request.Request(f"{scheme}://{host}:{loaded.panel.port}{path}", data, headers)
        try:
            with urllib.request.urlopen(asked, timeout=ANSWER_S, context=context) as answer:  # nosec B310
                return {**json.load(answer), "ok": True}
        except urllib.error.HTTPError as error:
            return _refusal_of(error)
        except (OSError, ValueError):
            continue
    raise NeedsHuman("This box isn't running.", "Start it: edge run")
