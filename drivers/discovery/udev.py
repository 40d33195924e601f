"""Devices plugged into this machine, from udev. Read-only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from drivers.known_models import find_known_model
from drivers.scanners.decoding.hid_pos import is_scanner

if TYPE_CHECKING:
    import pyudev

Kind = Literal["serial", "keyboard", "hid_pos", "printer", "camera"]
MAX_DEVICES = 256
"""Maximum devices; a shop has fewer."""

_KEY_A, _KEY_ENTER = 30, 28
_HUB = "09"
_BLUETOOTH = "0005"
_LINKS = ("/dev/edge/", "/dev/serial/by-id/", "/dev/input/by-id/", "/dev/v4l/by-id/", "")


class Node(msgspec.Struct, frozen=True):
    """A device's interface: its kind, and its most stable path."""

    kind: Kind
    path: str


class Plugged(msgspec.Struct, frozen=True):
    """A device. `usb` is vendor:product, also for Bluetooth, and empty for a built-in serial port."""

    usb: str
    maker: str
    product: str
    serial: str
    nodes: tuple[Node, ...]


def find_plugged() -> list[Plugged]:
    """All devices useful in a shop; hubs, disks etc. are omitted. May be slow: call it in a thread."""
    import pyudev  # imported late, as it loads libudev; most importers of `Plugged` never search for devices

    context = pyudev.Context()
    found = [*_on_usb(context), *_on_bluetooth(context), *_on_board(context)]
    return found[:MAX_DEVICES]


def _on_usb(context: pyudev.Context) -> Iterator[Plugged]:
    for device in context.list_devices(subsystem="usb", DEVTYPE="usb_device"):
        if _text(device, "bDeviceClass") == _HUB:
            continue
        nodes = tuple(dict.fromkeys(node for child in device.children if (node := _node(child))))
        usb = f"{_text(device, 'idVendor')}:{_text(device, 'idProduct')}".lower()
        if nodes or find_known_model(usb):
            maker, product, serial = (_text(device, name) for name in ("manufacturer", "product", "serial"))
            yield Plugged(usb, maker, product, serial, nodes)


def _on_bluetooth(context: pyudev.Context) -> Iterator[Plugged]:
    for device in context.list_devices(subsystem="input"):
        node = _node(device)
        parent = device.parent
        if node and parent is not None and _text(parent, "id/bustype") == _BLUETOOTH:
            usb = f"{_text(parent, 'id/vendor')}:{_text(parent, 'id/product')}"
            yield Plugged(usb, "", _text(parent, "name"), _text(parent, "uniq"), (node,))


def _on_board(context: pyudev.Context) -> Iterator[Plugged]:
    """Built-in RS-232 ports; type 0 are unconnected ports of the chipset."""
    for device in context.list_devices(subsystem="tty"):
        if device.sys_name.startswith("ttyS") and _text(device, "type") not in ("", "0") and device.device_node:
            yield Plugged("", "", f"serial port {device.sys_name}", "", (Node("serial", _path(device)),))


def _node(device: pyudev.Device) -> Node | None:
    """Return the use of a kernel device; None if it has none here."""
    if device.subsystem == "hid":
        return Node("hid_pos", "") if is_scanner(_report_descriptor(device)) else None
    if device.device_node is None:
        return None
    if device.subsystem == "input" and device.sys_name.startswith("event"):
        return Node("keyboard", _path(device)) if _types(device) else None
    kinds: dict[str, Kind] = {"tty": "serial", "video4linux": "camera"}
    if device.subsystem == "usbmisc" and device.sys_name.startswith("lp"):
        return Node("printer", _path(device))
    kind = kinds.get(device.subsystem or "")
    return Node(kind, _path(device)) if kind else None


def _types(device: pyudev.Device) -> bool:
    """Whether an input device has letter keys and Enter, as scanners do, unlike buttons and remote controls."""
    parent = device.parent
    words = _text(parent, "capabilities/key").split() if parent is not None else []
    try:
        keys = int("".join(word.rjust(16, "0") for word in words) or "0", 16)
    except ValueError:
        return False
    return bool(keys >> _KEY_A & 1 and keys >> _KEY_ENTER & 1)


def _path(device: pyudev.Device) -> str:
    """Return the most stable path of a device: by port if there is one, else by identity, else the current one."""
    links = {*device.device_links, *str(device.properties.get("DEVLINKS", "")).split()}
    paths: list[str] = [*sorted(links), str(device.device_node)]
    return min(paths, key=lambda path: next(rank for rank, start in enumerate(_LINKS) if path.startswith(start)))


def _report_descriptor(device: pyudev.Device) -> bytes:
    """Read from the file: udev cuts bytes at the first zero."""
    try:
        return (Path(device.sys_path) / "report_descriptor").read_bytes()
    except OSError:  # just unplugged
        return b""


def _text(device: pyudev.Device, name: str) -> str:
    """An attribute; empty if missing, or the device was just unplugged."""
    try:
        return bytes(device.attributes.get(name) or b"").decode("utf-8", "replace").strip()
    except (KeyError, OSError):
        return ""


def same_device(one: str, other: str) -> bool:
    """Whether two paths currently lead to the same device."""
    return bool(one) and bool(other) and Path(one).resolve() == Path(other).resolve()
