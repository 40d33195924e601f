"""Possible uses of a device, and its configuration lines. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from drivers.discovery.udev import Node, Plugged
from drivers.known_models import DeviceModel, find_known_model

_SCANNER_WORDS = ("barcode", "bar code", "scanner", "imager")
"""Words in a device's own name that identify a scanner."""


OptionName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$(?!\n)")]


class Proposal(msgspec.Struct, frozen=True):
    """A possible use of a device. `certain`: there is no other use, so the device can be set up without asking."""

    role: str
    driver: str
    name: str
    options: Mapping[OptionName, str | int | bool]
    certain: bool


def name_of(device: Plugged) -> str:
    """Return the device's name: from the table of known models, or as reported by the device."""
    model = find_known_model(device.usb)
    own = " ".join(dict.fromkeys(part for part in (device.maker, device.product) if part))
    return model.name if model and (model.product or not own) else own or device.usb


def proposals(device: Plugged) -> list[Proposal]:
    """Return the possible uses of a device, the most likely first. A keyboard that isn't a known scanner has none."""
    model = find_known_model(device.usb)
    if model and model.note and not model.driver:
        return []
    made = [proposal for node in device.nodes if (proposal := _proposal(device, node, model))]
    if model and model.driver:
        made = [proposal for proposal in made if proposal.driver == model.driver]
    return sorted(made, key=lambda proposal: _ORDER.index(proposal.driver))


_ORDER = ("hid_pos", "serial", "keyboard", "file")
"""Preferred order of a scanner's interfaces: the one with the most data per code first."""


def _proposal(device: Plugged, node: Node, model: DeviceModel | None) -> Proposal | None:
    options = dict(model.options) if model else {}
    name = name_of(device)
    scanner = model is not None and model.role == "scanner"
    match node.kind:
        case "printer":
            return Proposal("receipt_printer", "file", name, {"path": node.path, **options}, certain=bool(model))
        case "hid_pos":
            serial = {"serial": device.serial} if device.serial else {}
            return Proposal("scanner", "hid_pos", name, {"usb": device.usb, **serial, **options}, certain=True)
        case "serial":
            return Proposal("scanner", "serial", name, {"path": node.path, **options}, certain=scanner)
        case "keyboard" if scanner:
            return Proposal("scanner", "keyboard", name, {"path": node.path, **options}, certain=True)
        case "keyboard" if any(word in f"{device.maker} {device.product}".lower() for word in _SCANNER_WORDS):
            return Proposal("scanner", "keyboard", name, {"path": node.path, "usb": device.usb}, certain=False)
    return None


def lines(proposal: Proposal, register: str = "1") -> str:
    """A section of config.toml."""
    import tomlkit

    pairs = {
        **{"name": proposal.name, "role": proposal.role, "driver": proposal.driver, "register": register},
        **proposal.options,
    }
    device = tomlkit.table()
    device.update(pairs)
    file = tomlkit.document()
    file.append("device", tomlkit.aot())
    file["device"].append(device)
    return tomlkit.dumps(file).strip()
