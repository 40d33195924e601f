"""How a printer is, as a part of the shop: what is said of it, and whether it can print. Pure."""

from __future__ import annotations

from drivers.roles import DeviceError, PrinterStatus
from edge.core.process.part_state import PartState
from edge.lib.i18n import ENGLISH, translate


def trouble(status: PrinterStatus) -> str:
    """Why a printer cannot print, as a key of [printer]; empty where it can."""
    if status.cover_open:
        return "cover_open"
    if status.paper == "out":
        return "paper_out"
    if status.error != "none":
        return status.error
    return "" if status.online else "offline"


def remark(status: PrinterStatus, drawer_left: bool) -> str:
    """What is worth saying of a printer that prints, as a key of [printer]. `drawer_left`: its drawer stands open."""
    if drawer_left:
        return "drawer_open"
    return "paper_near_end" if status.paper == "near_end" else ""


def state_of(status: PrinterStatus, drawer_left: bool) -> PartState:
    """A printer as it is."""
    if key := trouble(status):
        return printer_lost_state(key)
    key = remark(status, drawer_left)
    return PartState("", "ok", *_sentences(key), f"printer.{key}") if key else PartState("", "ok")


def printer_lost_state(key: str) -> PartState:
    """A printer that cannot print, for a reason of [printer]."""
    return PartState("", "lost", *_sentences(key), f"printer.{key}")


def key_of(error: DeviceError) -> str:
    """The key of [printer] for what a driver says."""
    return error.code or "failed"


def _sentences(key: str) -> tuple[str, str]:
    return translate(ENGLISH, f"printer.{key}"), translate(ENGLISH, f"printer.{key}_do")
