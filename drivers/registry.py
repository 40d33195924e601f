"""Drivers by role, and creating them from options.

A new driver is one file with a class that has a `Config`, and one line in DRIVERS.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable, Mapping
from typing import Any, Literal, overload

import msgspec

from drivers.roles import (
    Camera,
    CustomerDisplay,
    Microphone,
    PaymentTerminal,
    ReceiptPrinter,
    Scale,
    Scanner,
    Speaker,
)

ROLES: Mapping[str, type] = {
    "camera": Camera,
    "customer_display": CustomerDisplay,
    "microphone": Microphone,
    "payment_terminal": PaymentTerminal,
    "receipt_printer": ReceiptPrinter,
    "scale": Scale,
    "scanner": Scanner,
    "speaker": Speaker,
}
"""The interface of each role's drivers."""

DRIVERS: Mapping[tuple[str, str], str] = {
    ("camera", "folder"): "drivers.cameras.folder:FolderCamera",
    ("camera", "mjpeg"): "drivers.cameras.mjpeg:MjpegCamera",
    ("camera", "rtsp"): "drivers.cameras.rtsp:RtspCamera",
    ("camera", "v4l2"): "drivers.cameras.v4l2:V4l2Camera",
    ("customer_display", "serial"): "drivers.displays.serial:SerialDisplay",
    ("microphone", "alsa"): "drivers.microphones.alsa:AlsaMicrophone",
    ("microphone", "wav"): "drivers.microphones.wav:WavMicrophone",
    ("payment_terminal", "clover"): "drivers.terminals.clover:CloverTerminal",
    ("payment_terminal", "nexo"): "drivers.terminals.nexo:NexoTerminal",
    ("payment_terminal", "sim"): "drivers.terminals.sim:SimTerminal",
    ("payment_terminal", "stripe_terminal"): "drivers.terminals.stripe_terminal:StripeTerminal",
    ("payment_terminal", "zvt"): "drivers.terminals.zvt:ZvtTerminal",
    ("scale", "cas"): "drivers.scales.cas:CasScale",
    ("scale", "nci"): "drivers.scales.nci:NciScale",
    ("scale", "sics"): "drivers.scales.sics:SicsScale",
    ("scanner", "camera"): "drivers.scanners.camera:CameraScanner",
    ("scanner", "hid_pos"): "drivers.scanners.hid_pos:HidPosScanner",
    ("scanner", "keyboard"): "drivers.scanners.keyboard:KeyboardScanner",
    ("scanner", "listen"): "drivers.scanners.tcp_server:ListeningScanner",
    ("scanner", "network"): "drivers.scanners.network:NetworkScanner",
    ("scanner", "phone"): "drivers.scanners.phone:PhoneScanner",
    ("scanner", "serial"): "drivers.scanners.serial:SerialScanner",
    ("scanner", "ssi"): "drivers.scanners.ssi:SsiScanner",
    ("speaker", "alsa"): "drivers.speakers.alsa:AlsaSpeaker",
    ("speaker", "wav"): "drivers.speakers.wav:WavSpeaker",
    ("receipt_printer", "bluetooth"): "drivers.printers.bluetooth:BluetoothPrinter",
    ("receipt_printer", "network"): "drivers.printers.network:NetworkPrinter",
    ("receipt_printer", "serial"): "drivers.printers.serial:SerialPrinter",
    ("receipt_printer", "file"): "drivers.printers.file:FilePrinter",
    ("receipt_printer", "usb"): "drivers.printers.usb:UsbPrinter",
    ("receipt_printer", "spool"): "drivers.printers.spool:SpoolPrinter",
}


_BESIDE: dict[tuple[str, str], str] = {}
"""Drivers of third-party packages enabled by the owner."""


def use_beside(found: Mapping[tuple[str, str], str]) -> None:
    """Set the drivers available in addition to DRIVERS. Names in DRIVERS can't be overridden."""
    _BESIDE.clear()
    _BESIDE.update({pair: place for pair, place in found.items() if pair not in DRIVERS})


def known_drivers() -> Mapping[tuple[str, str], str]:
    """Return the built-in drivers and those of enabled packages."""
    return {**DRIVERS, **_BESIDE}


class BadOptions(ValueError):
    """An unknown or invalid role, driver or option.

    `key`: the option (or role or driver), `allowed`: its valid values, `nearest`: the most similar valid name.
    """

    def __init__(self, message: str, key: str, allowed: str, nearest: str | None = None) -> None:
        hint = f" Did you mean {nearest!r}?" if nearest else ""
        super().__init__(f"{message} Allowed: {allowed}.{hint}")
        self.key = key
        self.allowed = allowed
        self.nearest = nearest


def drivers_of(role: str) -> list[str]:
    """The names of the drivers for `role`. Raises BadOptions for an unknown role."""
    names = [name for known, name in known_drivers() if known == role]
    if not names:
        raise _unknown("role", role, dict.fromkeys(known for known, _ in DRIVERS))
    return names


def driver_class(role: str, driver: str) -> Any:
    """A driver's class, imported now. Raises BadOptions if unknown."""
    names = drivers_of(role)
    if driver not in names:
        raise _unknown(f"driver for the role {role!r}", driver, names)
    module, _, name = known_drivers()[role, driver].partition(":")
    return getattr(importlib.import_module(module), name)


def missing_members(role: str, made: object) -> list[str]:
    """Return the names in the role's interface that the driver doesn't define."""
    has = set(dir(made))
    return [name for name in dir(ROLES[role]) if not name.startswith("_") and name not in has]


def options_type(role: str, driver: str) -> type[msgspec.Struct]:
    """The struct of a driver's options, to validate a configuration."""
    config: type[msgspec.Struct] = driver_class(role, driver).Config
    return config


@overload
def create(role: Literal["scanner"], driver: str, options: Mapping[str, object]) -> Scanner: ...
@overload
def create(role: Literal["camera"], driver: str, options: Mapping[str, object]) -> Camera: ...
@overload
def create(role: Literal["receipt_printer"], driver: str, options: Mapping[str, object]) -> ReceiptPrinter: ...
@overload
def create(role: Literal["microphone"], driver: str, options: Mapping[str, object]) -> Microphone: ...
@overload
def create(role: Literal["speaker"], driver: str, options: Mapping[str, object]) -> Speaker: ...
@overload
def create(role: Literal["scale"], driver: str, options: Mapping[str, object]) -> Scale: ...
@overload
def create(role: Literal["payment_terminal"], driver: str, options: Mapping[str, object]) -> PaymentTerminal: ...
@overload
def create(role: str, driver: str, options: Mapping[str, object]) -> object: ...
def create(role: str, driver: str, options: Mapping[str, object]) -> object:
    """Create a device without opening it. Raises BadOptions, naming the wrong option."""
    made = driver_class(role, driver)
    config = made.Config
    known = {field.encode_name: field for field in msgspec.structs.fields(config)}
    for key in options:
        if key not in known:
            raise _unknown(f"option for the {driver} {role}", key, known)
    try:
        return made(msgspec.convert(dict(options), config))
    except msgspec.ValidationError as err:
        reason, _, path = str(err).partition(" - at `$.")
        key = path.rstrip("`") or reason.split("`")[-2]
        why = "" if "matching regex" in reason else f": {reason}"  # the list of allowed values explains it
        message = f"The option {key!r} for the {driver} {role} isn't valid{why}."
        raise BadOptions(message, key, _allowed_values(config, key)) from err


def _unknown(kind: str, wrong: str, valid: Iterable[str]) -> BadOptions:
    names = list(valid)
    nearest = next(iter(difflib.get_close_matches(wrong, names, n=1)), None)
    return BadOptions(f"{kind.capitalize()} not found: {wrong!r}.", wrong, ", ".join(names), nearest)


def _allowed_values(config: type[msgspec.Struct], key: str) -> str:
    """The valid values of `key`, from the struct's types and limits."""
    _, parts = msgspec.json.schema_components([config])
    schema = parts[config.__name__]["properties"][key]
    if "enum" in schema:
        return ", ".join(repr(value) for value in schema["enum"])
    if "pattern" in schema and "description" in schema:
        return str(schema["description"])
    limits = [f"{word} {schema[name]}" for name, word in _LIMITS.items() if name in schema]
    return " ".join([_KINDS.get(schema.get("type", ""), "a value"), *limits])


_KINDS = {
    "integer": "a whole number",
    "string": "a text",
    "boolean": "true or false",
    "number": "a number",
    "array": "a list",
}
_LIMITS = {
    "minimum": "from",
    "maximum": "to",
    "minLength": "of at least this many characters:",
    "maxLength": "of at most this many characters:",
}
