"""Handlers of software updates, inside the transaction."""

from __future__ import annotations

from edge.backoffice.software.commands import AskSoftware, MoveSoftware, TakeBackUpdate, TakeRelease
from edge.backoffice.software.events import SoftwareAsked, SoftwareMoved
from edge.backoffice.software.queries import find_update, least_number, open_update, update_to_take_back
from edge.backoffice.software.rules import ASKED_BACK, NEXT
from edge.core.messages import Refusal
from edge.core.registry import Transaction


def ask(tx: Transaction, command: AskSoftware) -> None:
    if find_update(tx.db, command.directive) is not None:
        return
    before = open_update(tx.db)
    if before is not None and (before.step == "swapping" or before.directive > command.directive):
        tx.append(SoftwareAsked(command.directive, command.release, command.digest))
        tx.append(SoftwareMoved(command.directive, command.release, "refused", "another"))
        return
    if before is not None:
        tx.append(SoftwareMoved(before.directive, before.release, "refused", "replaced"))
    tx.append(SoftwareAsked(command.directive, command.release, command.digest))


def take(tx: Transaction, command: TakeRelease) -> None:
    """Start an update from a USB stick. Raises `Refusal` if another update is in progress."""
    if (before := open_update(tx.db)) is not None:
        raise Refusal("software_under_way", {"release": before.release})
    tx.append(SoftwareAsked(least_number(tx.db), command.release, command.digest))


def take_back(tx: Transaction, command: TakeBackUpdate) -> None:
    """Begin to return to the previous version. Raises `Refusal` if it's too late, or an update is in progress."""
    update = update_to_take_back(tx.db, tx.at_us)
    if update is None or update.release != command.release:
        raise Refusal("no_way_back", {"release": command.release})
    tx.append(SoftwareMoved(update.directive, update.release, "swapping", ASKED_BACK))


def move(tx: Transaction, command: MoveSoftware) -> None:
    update = find_update(tx.db, command.directive)
    if update is None:
        raise Refusal("no_software_asked", {})
    if command.step in NEXT.get(update.step, ()):
        tx.append(SoftwareMoved(update.directive, update.release, command.step, command.reason))
