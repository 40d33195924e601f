"""`[[device]]`: connected devices, and whether they fit together."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from drivers import registry as drivers
from edge.core.config_section import ConfigFault, Place
from edge.lib.errors import ConfigError
from edge.runtime.config.device_uses import CameraUse, MicrophoneUse, PaperOptions, Printing
from edge.runtime.config.explain import explain_fault, label, twice
from edge.runtime.config.slips import SlipEntry, faults
from edge.runtime.extensions import DRIVERS, Extensions

T = TypeVar("T")


class Device(msgspec.Struct, frozen=True):
    """`[[device]]`: a device and its register.

    A receipt printer also has paper settings (`columns`, `profile`, ...) and usage settings (`confirms`, ...); a camera
    and a microphone have their purpose. Other keys belong to the driver. `without`: the missing package of its driver.
    The device waits for the package, while the till starts.
    """

    name: str
    role: str
    driver: str
    register: str
    options: dict[str, Any]
    paper: PaperOptions = PaperOptions()
    printing: Printing = Printing()
    camera: CameraUse = CameraUse()
    microphone: MicrophoneUse = MicrophoneUse()
    without: str = ""

    def require_driver(self) -> None:
        """Raise `ConfigError` if its driver's package can't be used."""
        if self.without:
            values = {"driver": self.driver, "package": self.without}
            what = f"The driver {self.driver!r} comes from the extension {self.without}, which is off or can't be used."
            advice = "See Extensions (/manager/extensions), then restart."
            raise ConfigError(what, advice, "extensions.no_driver", values)


_ONLY = {"scale": "weigh", "microphone": "hear", "speaker": "speak", "payment_terminal": "take cards"}
"""Roles of which a register can have only one device, and their purpose."""
_PAPER = PaperOptions.__struct_fields__
_PRINTING = Printing.__struct_fields__
_CAMERA = CameraUse.__struct_fields__
_MICROPHONE = MicrophoneUse.__struct_fields__


def read_device(entry: dict[str, Any], number: int, used: Extensions | None = None) -> Device:
    """Parse a device. `used` has the drivers of third-party packages. Raises `ConfigFault`."""
    place: Place = ("device", number)
    options = dict(entry)
    for key in ("role", "driver", "name", "register"):
        if not isinstance(entry.get(key, ""), str):
            raise ConfigFault(
                (*place, key), f"{key} of {label(place)} can't be {entry[key]!r}.", "It must be text in quotes."
            )
    for key in ("role", "driver"):
        if key not in entry:
            known = {pair[0 if key == "role" else 1] for pair in drivers.known_drivers()}
            raise ConfigFault(place, f"{label(place)} has no {key!r}.", f"Use one of: {', '.join(sorted(known))}.")
    role, driver = options.pop("role"), options.pop("driver")
    name, register = options.pop("name", f"{role} {number + 1}"), options.pop("register", "1")
    printer = role == "receipt_printer"
    paper = {key: options.pop(key) for key in _PAPER if printer and key in options}
    printing = {key: options.pop(key) for key in _PRINTING if printer and key in options}
    use = {key: options.pop(key) for key in _CAMERA if role == "camera" and key in options}
    voice = {key: options.pop(key) for key in _MICROPHONE if role == "microphone" and key in options}
    owner = used.owner_of(DRIVERS, (role, driver)) if used and (role, driver) not in drivers.DRIVERS else ""
    without = _package_lacking(used, owner, role, driver, options) if used and owner else ""
    if not owner:
        try:
            drivers.create(role, driver, options)
        except drivers.BadOptions as error:
            key = error.key if error.key in entry else {role: "role", driver: "driver"}.get(error.key, "")
            raise ConfigFault((*place, key) if key else place, str(error)) from None
    of_paper, of_printing = _part(paper, PaperOptions, place), _part(printing, Printing, place)
    of_camera, of_voice = _part(use, CameraUse, place), _part(voice, MicrophoneUse, place)
    return Device(name, role, driver, register, options, of_paper, of_printing, of_camera, of_voice, without)


def _package_lacking(used: Extensions, owner: str, role: str, driver: str, options: dict[str, Any]) -> str:
    """Return `owner` if its driver can't be used, because it is turned off, fails, or rejects these options; otherwise
    "". Third-party code must not prevent a till from starting."""
    if (role, driver) not in drivers.known_drivers():
        return owner
    try:
        made = drivers.create(role, driver, options)
        if lacking := drivers.missing_members(role, made):
            raise TypeError(f"it has no {', '.join(lacking)}")
    except (Exception, SystemExit) as error:  # noqa: BLE001 - code of another publisher
        used.drop(owner, "broken", f"{role}.{driver}: {error}")
        return owner
    return ""


def _part(raw: dict[str, Any], kind: type[T], place: Place) -> T:
    """Convert some keys of a device to a settings struct."""
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        wrong = explain_fault(str(error), raw, kind)
        raise ConfigFault((*place, *wrong.place), wrong.what.replace("the file", label(place)), wrong.advice) from None


def check_devices(
    devices: tuple[Device, ...], registers: tuple[str, ...], slips: tuple[SlipEntry, ...], labels: str
) -> None:
    """Raise `ConfigFault` for conflicting devices, and for unknown registers or slips.

    `labels` is the name of the label printer.
    """
    prints: dict[str, str] = {}
    only: dict[tuple[str, str], str] = {}
    aside = _printers_aside(slips, labels, devices)
    for number, device in enumerate(devices):
        if device.role == "camera" or (not device.register and device.name in aside):
            continue  # a camera, or a printer of only slips or labels: no register needed
        if device.register not in registers:
            what = f"{device.name!r} is for register {device.register!r}, which doesn't exist."
            raise ConfigFault(("device", number, "register"), what, f"Available registers: {', '.join(registers)}.")
        other = only.setdefault((device.role, device.register), device.name)
        if device.role in _ONLY and other != device.name:
            what = f"{other!r} and {device.name!r} both {_ONLY[device.role]} for register {device.register!r}."
            advice = f"A register has one {device.role}: name another register."
            raise ConfigFault(("device", number), what, advice)
        if device.printing.stands_in_for and _covered_printer(device, number, devices).register == device.register:
            continue  # only a spare
        if (
            device.role == "receipt_printer"
            and (other := prints.setdefault(device.register, device.name)) != device.name
        ):
            what = f"{other!r} and {device.name!r} both print for register {device.register!r}."
            raise ConfigFault(("device", number), what, "Every receipt would print twice. Set another register.")
    if name := twice([device.name for device in devices]):
        last = max(number for number, device in enumerate(devices) if device.name == name)
        raise ConfigFault(("device", last, "name"), f"Two devices have the name {name!r}.", "Give each a unique name.")


def _printers_aside(slips: tuple[SlipEntry, ...], labels: str, devices: tuple[Device, ...]) -> set[str]:
    """Printers for slips and labels, and their substitutes."""
    printers = {device.name: device.printing.stands_in_for for device in devices if device.role == "receipt_printer"}
    mains = {name for name, main in printers.items() if not main}
    for wrong in faults(slips, mains):
        raise wrong
    if labels and labels not in mains:
        known = ", ".join(sorted(map(repr, mains))) or "none yet"
        what = f"The receipt printer {labels!r} for labels doesn't exist."
        raise ConfigFault(("labels", "printer"), what, f"Use one of these receipt printers in [[device]]: {known}.")
    named = {labels, *(entry.printer for entry in slips)} - {""}
    return named | {name for name, main in printers.items() if main in named}


def _covered_printer(device: Device, number: int, devices: tuple[Device, ...]) -> Device:
    """Return the printer that a device substitutes."""
    name = device.printing.stands_in_for
    others = {other.name: other for other in devices if other.role == "receipt_printer" and other is not device}
    if name not in others or others[name].printing.stands_in_for:
        what = f"{device.name!r} can't be a fallback for {name!r}."
        known = ", ".join(repr(other) for other in others if not others[other].printing.stands_in_for) or "none yet"
        raise ConfigFault(("device", number, "stands_in_for"), what, f"Other receipt printers: {known}.")
    return others[name]
