"""Handlers of extensions, inside the transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from edge.backoffice.extensions.commands import TurnOffExtension, TurnOnExtension
from edge.backoffice.extensions.events import ExtensionTurnedOff, ExtensionTurnedOn
from edge.backoffice.extensions.queries import extensions_on, find_extension
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.runtime.extensions import DRIVERS, Extension, Provided

Installed = Callable[[], tuple[Extension, ...]]
DevicesByDriver = Mapping[tuple[str, str], str]
"""Names of the shop's devices, by role and driver."""


def turn_on(tx: Transaction, command: TurnOnExtension, installed: Installed) -> None:
    """Enable a package.

    Raises `Refusal` if it isn't installed, can't be used, has another publisher than the one shown, or provides
    something that an enabled package already provides.
    """
    known = {one.package: one for one in installed()}
    found = known.get(command.package)
    if found is None:
        raise Refusal("extension_not_installed", {"package": command.package})
    if found.publisher != command.publisher:
        raise Refusal("extension_publisher", {"package": command.package, "publisher": found.publisher})
    if found.why:
        raise Refusal("extension_unusable", {"package": command.package, "why": found.why})
    provides = tuple(f"{one.group}:{one.name}" for one in found.provides)
    for other in extensions_on(tx.db):
        if other.package != command.package and (same := set(other.provides) & set(provides)):
            name = min(same).partition(":")[2]
            raise Refusal("extension_name_taken", {"name": name, "other": other.package})
    before = find_extension(tx.db, command.package)
    now = ExtensionTurnedOn(found.package, found.publisher, found.version, provides)
    if before is None or (before.publisher, before.version, before.provides) != (now.publisher, now.release, provides):
        tx.append(now)


def turn_off(tx: Transaction, command: TurnOffExtension, devices: DevicesByDriver) -> None:
    """Disable a package. Raises `Refusal` if a device needs it."""
    before = find_extension(tx.db, command.package)
    if before is None:
        return
    for key in before.provides:
        group, _, name = key.partition(":")
        device = devices.get(Provided(group, name, "").pair) if group == DRIVERS else None
        if device:
            raise Refusal("extension_in_use", {"package": command.package, "device": device})
    tx.append(ExtensionTurnedOff(command.package))
