"""config.toml of two boxes: shop settings are shared, and settings specific to a box stay separate. Pure.

Settings specific to a box: the address of its pages, its data folder, its log, and attached devices.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import tomlkit
from tomlkit.items import AoT

OWN = ("panel", "data", "log")
PLUGGED = frozenset({"alsa", "bluetooth", "hid_pos", "keyboard", "serial", "spool", "ssi", "usb", "v4l2"})
"""Drivers of devices that are attached to one machine, or that only it knows."""
DIGEST_BYTES = 8
Settings = dict[str, str]
"""A digest of each setting, by its name in the file, such as "store.zone" or "device.receipt printer"."""


def settings_of(text: str) -> Settings:
    """Digests of all shared settings. Raises `tomllib.TOMLDecodeError`."""
    return {name: _digest(value) for name, value in _of_the_shop(tomllib.loads(text))}


def plugged_in(text: str) -> tuple[str, ...]:
    """The names of attached devices, in file order. Raises `tomllib.TOMLDecodeError`."""
    return tuple(_name(one) for one in _devices(tomllib.loads(text)) if is_plugged(one))


def differences(mine: Mapping[str, str], others: Mapping[str, str]) -> tuple[str, ...]:
    """The names of settings that differ."""
    return tuple(sorted(name for name in {*mine, *others} if mine.get(name) != others.get(name)))


def is_plugged(device: Mapping[str, Any]) -> bool:
    """Whether a `[[device]]` is attached to the machine and not found by network."""
    paths = any(isinstance(value, str) and value.startswith("/dev/") for value in device.values())
    return device.get("driver") in PLUGGED or paths


def merge_text(mine: str, leaders: str) -> str:
    """The leader's file with this box's specific settings. Devices attached to the leader are included, as they may be
    moved here one day; this box's settings for a device with that name take precedence. Raises `ValueError` if either
    isn't TOML."""
    file, own = tomlkit.parse(leaders), tomlkit.parse(mine)
    for key in OWN:
        file.pop(key, None)
        if key in own:
            file[key] = own[key]
    kept = {_name(one): one for one in _devices(own) if is_plugged(one)}
    if kept:
        devices = file.setdefault("device", tomlkit.aot())
        names = [_name(one) for one in devices]
        for name, device in kept.items():
            if name in names:
                devices[names.index(name)] = device
            elif isinstance(devices, AoT):
                devices.append(device)
            else:
                devices.append(dict(device))
    return tomlkit.dumps(file)


def _of_the_shop(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in raw.items():
        if key in OWN or key == "device":
            continue
        if isinstance(value, Mapping):
            yield from ((f"{key}.{name}", said) for name, said in value.items())
        else:
            yield key, value
    yield from ((f"device.{_name(one)}", one) for one in _devices(raw) if not is_plugged(one))


def _devices(raw: Mapping[str, Any]) -> list[Any]:
    found = raw.get("device", [])
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _name(device: Mapping[str, Any]) -> str:
    return str(device.get("name") or f"{device.get('role', '')} {device.get('driver', '')}".strip())


def _digest(value: Any) -> str:
    said = json.dumps(value, sort_keys=True, default=str).encode()
    return hashlib.blake2b(said, digest_size=DIGEST_BYTES).hexdigest()
