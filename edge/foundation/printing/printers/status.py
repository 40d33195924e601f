"""Printer status as a part's status. Pure."""

from __future__ import annotations

from drivers.roles import DeviceError, PrinterStatus
from edge.core.process.part_state import PartState
from edge.lib.i18n import ENGLISH, translate


def trouble(status: PrinterStatus) -> str:
    """Return the key of [printer] for a problem that prevents printing; "" if none."""
    if status.cover_open:
        return "cover_open"
    if status.paper == "out":
        return "paper_out"
    if status.error != "none":
        return status.error
    return "" if status.online else "offline"


def remark(status: PrinterStatus, drawer_left: bool) -> str:
    """Return the key of [printer] for a notice while the printer can print; "" if none. `drawer_left`: the drawer was
    left open."""
    if drawer_left:
        return "drawer_open"
    return "paper_near_end" if status.paper == "near_end" else ""


def state_of(status: PrinterStatus, drawer_left: bool) -> PartState:
    """Part status of a printer."""
    if key := trouble(status):
        return printer_lost_state(key)
    key = remark(status, drawer_left)
    return PartState("", "ok", *_sentences(key), f"printer.{key}") if key else PartState("", "ok")


def printer_lost_state(key: str) -> PartState:
    """Part status of a printer that can't print, with a key of [printer]."""
    return PartState("", "lost", *_sentences(key), f"printer.{key}")


def key_of(error: DeviceError) -> str:
    """Key of [printer] for a driver's error."""
    return error.code or "failed"


def _sentences(key: str) -> tuple[str, str]:
    return translate(ENGLISH, f"printer.{key}"), translate(ENGLISH, f"printer.{key}_do")
