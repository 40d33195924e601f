"""`edge devices`: lists connected and network devices with their config.toml entries."""

from __future__ import annotations

import argparse
import asyncio
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import msgspec

from drivers.discovery import mdns
from drivers.discovery.match import Proposal, lines, name_of, proposals
from drivers.discovery.udev import Plugged, find_plugged
from drivers.known_models import find_known_model
from edge.app.cli.output import progress, say
from edge.lib.errors import ConfigError, EdgeError, NeedsHuman
from edge.runtime import config
from edge.runtime.config import Device
from edge.runtime.hotplug import used_by
from edge.web.client import Client

_WAYS = {
    "serial": "a serial line",
    "keyboard": "types like a keyboard",
    "hid_pos": "HID POS scanner",
    "printer": "a printer",
    "camera": "a camera",
}


class DeviceListing(msgspec.Struct, frozen=True):
    """A listed device. `used` is its configured name; `said` is the running appliance's information, such as a
    printer's model."""

    title: str
    ways: tuple[str, ...]
    proposals: tuple[Proposal, ...]
    used: str = ""
    note: str = ""
    said: str = ""


def run(args: argparse.Namespace) -> int:
    configured = _configured_devices(Path(args.config))
    try:
        shown = [_local(device, configured) for device in find_plugged()]
    except (ImportError, OSError) as error:
        raise EdgeError(f"This machine can't list its devices ({error}).", "Install libudev1.") from error
    if args.seconds:
        progress(f"Searching the network for {args.seconds:g} s ...")
        shown += asyncio.run(_network(args.seconds, configured))
        progress("")
    said = _device_states(Path(args.config)) if any(device.used for device in shown) else {}
    shown = [msgspec.structs.replace(device, said=said.get(device.used, "")) for device in shown]
    for device in shown:
        _show(device)
    if not shown:
        say("No devices found, neither connected nor on the network.")
    _propose([proposal for device in shown if not device.used for proposal in device.proposals[:1]], args.register)
    if args.phone:
        say("\n# A phone as a scanner: open /scan/ and the pairing at this machine's address in its browser.")
        options: dict[str, str | int | bool] = {"pairing": secrets.token_urlsafe(18)}
        say(lines(Proposal("scanner", "phone", "phone", options, certain=True), args.register))
    return 0


def _configured_devices(path: Path) -> tuple[Device, ...]:
    """Return the configured devices; empty without a valid configuration."""
    try:
        return config.load(path).devices
    except ConfigError as error:
        if path.exists():
            say(f"# {error}")
        return ()


def _device_states(path: Path) -> dict[str, str]:
    """Return device status from the running appliance, by name; empty if no appliance is running."""
    try:
        return {state.name: state.what for state in Client(config.load(path)).parts()}
    except NeedsHuman:
        return {}


def _local(device: Plugged, configured: Sequence[Device]) -> DeviceListing:
    model = find_known_model(device.usb)
    ways = tuple(f"{_WAYS[node.kind]}{f': {node.path}' if node.path else ''}" for node in device.nodes)
    note = model.note if model else ""
    found = tuple(proposals(device))
    if not found and not note:
        note = _no_use(device)
    title = f"{name_of(device)}{f' ({device.usb})' if device.usb else ''}"
    return DeviceListing(title, ways, found, used_by(device, configured), note)


def _no_use(device: Plugged) -> str:
    kinds = {node.kind for node in device.nodes}
    if "camera" in kinds:
        return "To scan with it, stream it with ustreamer (a Debian package), and set the stream's address."
    return f'Not used. If it is a scanner, set its path and usb = "{device.usb}" with driver = "keyboard".'


async def _network(seconds: float, configured: Sequence[Device]) -> list[DeviceListing]:
    try:
        found = await mdns.find_announced(seconds)
    except OSError as error:
        raise EdgeError(f"The network can't be searched ({error}).", "Skip it with --seconds 0.") from error
    hosts = {str(entry.options["host"]): entry.name for entry in configured if "host" in entry.options}
    return [_listing_of(device, hosts.get(device.host, "")) for device in found]


def _listing_of(device: mdns.Announced, used: str) -> DeviceListing:
    made = mdns.proposal(device)
    note = "" if made else "To scan with it, set the address of its MJPEG stream."
    if made and not made.certain and device.kind == "printer":
        note = "It is a printer, possibly for receipts."
    title = " ".join(dict.fromkeys(part for part in (device.name, device.model) if part))
    return DeviceListing(title, (f"on the network: {device.host}:{device.port}",), (made,) if made else (), used, note)


def _show(device: DeviceListing) -> None:
    say(device.title)
    for line in _lines(device):
        say(f"    {line}")


def _lines(device: DeviceListing) -> Iterator[str]:
    yield from device.ways
    if device.used:
        yield f"in use as {device.used!r}{f': {device.said}' if device.said else ''}"
    elif device.note:
        yield device.note


def _propose(made: Sequence[Proposal], register: str) -> None:
    """Print likely entries ready to paste, and others as comments."""
    if not made:
        return
    times = Counter(proposal.name for proposal in made)
    numbers = {name: count(1) for name in times}
    made = [
        msgspec.structs.replace(one, name=f"{one.name} {next(numbers[one.name])}") if times[one.name] > 1 else one
        for one in made
    ]
    say("\n# Lines for config.toml:")
    for proposal in sorted(made, key=lambda proposal: not proposal.certain):
        text = lines(proposal, register)
        say()
        say(text if proposal.certain else "# Perhaps:\n" + "\n".join(f"#{line}" for line in text.splitlines()))
