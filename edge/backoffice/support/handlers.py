"""Handlers of support, inside the transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from edge.backoffice.support.commands import (
    CASE_HOURS_MOST,
    HELP_ASK_US,
    HELP_REQUESTS,
    HELP_US,
    AgreeSupport,
    AllowSupport,
    AskHelp,
    AskSupport,
    BeginHelp,
    DeclineSupport,
    EndHelp,
    EndSupport,
    LapseHelp,
)
from edge.backoffice.support.events import (
    HelpEnd,
    SupportAgreed,
    SupportAllowed,
    SupportAsked,
    SupportDeclined,
    SupportHelpAsked,
    SupportHelpBegun,
    SupportHelpEnded,
    SupportLapsed,
    SupportRefused,
    SupportSent,
    Why,
)
from edge.backoffice.support.queries import (
    SupportCase,
    count_help_requests,
    current_help,
    newest_help,
    open_cases,
    support_case,
    support_leave,
)
from edge.core.messages import Refusal
from edge.core.registry import Transaction

HOUR_US = 3600 * 1_000_000


class SupportTerms(msgspec.Struct, frozen=True):
    """Permissions that a box grants to support. `always`: config.toml permits answers without approval; `device`: this
    box; `is_proven`: whether it can verify that a request comes from head office."""

    always: bool
    device: str
    is_proven: Callable[[], bool]


def ask(tx: Transaction, command: AskSupport, terms: SupportTerms) -> None:
    """Open a support case, unless it's known. A standing permission approves it at once. Refused after its deadline."""
    if support_case(tx.db, command.case) is not None:
        return
    until_us = min(command.until_us, tx.at_us + CASE_HOURS_MOST * HOUR_US)
    if until_us <= tx.at_us:
        raise Refusal("support_over", {})
    tx.append(SupportAsked(command.case, command.question, command.reason, command.by, until_us, command.seal_to))
    if terms.always or support_leave(tx.db).until_us > tx.at_us:
        tx.append(SupportAgreed(command.case, "", by_leave=True))


def ask_help(tx: Transaction, command: AskHelp, terms: SupportTerms) -> None:
    """Accept a remote help request, or record that it was refused. Ignored if it's known, or for another box."""
    if command.device != terms.device or support_case(tx.db, command.case) is not None:
        return
    until_us = min(command.until_us, tx.at_us + HELP_ASK_US)
    said = (command.case, command.help, command.question, command.subject)
    tx.append(SupportHelpAsked(*said, command.by, until_us, command.seal_to))
    if why := _help_refusal(tx, command, terms):
        tx.append(SupportRefused(command.case, why))
    else:
        tx.append(SupportAgreed(command.case, "", by_leave=True))


def _help_refusal(tx: Transaction, command: AskHelp, terms: SupportTerms) -> Why | Literal[""]:
    """Why a remote help request is refused; "" if it's accepted."""
    help = current_help(tx.db, tx.at_us)
    if help is None:
        return "off"
    if command.help != help.id:
        return "other"
    if not terms.is_proven():
        return "unsigned"
    if command.until_us <= tx.at_us:
        return "late"
    return "many" if count_help_requests(tx.db, help.id) > HELP_REQUESTS else ""


def begin_help(tx: Transaction, command: BeginHelp, terms: SupportTerms) -> None:
    """Turn on remote help. No effect while it's on, so that it can't be prolonged.

    Raises `Refusal` for a program, and if head office's requests can't be verified.
    """
    if tx.actor.program:
        raise Refusal("help_by_person", {})
    if not terms.is_proven():
        raise Refusal("help_unproven", {})
    if current_help(tx.db, tx.at_us) is not None:
        return
    if stale := newest_help(tx.db):
        _end_help(tx, stale.id, "time")
    tx.append(SupportHelpBegun(tx.command_id.hex(), tx.at_us + HELP_US))


def end_help(tx: Transaction, command: EndHelp) -> None:
    if help := newest_help(tx.db):
        _end_help(tx, help.id, "pressed")


def lapse_help(tx: Transaction, command: LapseHelp) -> None:
    _end_help(tx, command.help, command.why)


def _end_help(tx: Transaction, id: str, why: HelpEnd) -> None:
    """End a period of remote help and its requests, unless it's already over."""
    help = newest_help(tx.db)
    if help is None or help.id != id or help.ended_us:
        return
    tx.append(SupportHelpEnded(id, why))
    for case in open_cases(tx.db):
        if case.help == id:
            tx.append(SupportLapsed(case.id))


def agree(tx: Transaction, command: AgreeSupport) -> None:
    _require_open(tx, command.case)
    tx.append(SupportAgreed(command.case, command.digest, by_leave=False))


def decline(tx: Transaction, command: DeclineSupport) -> None:
    _require_open(tx, command.case)
    tx.append(SupportDeclined(command.case))


def allow(tx: Transaction, command: AllowSupport) -> None:
    until_us = tx.at_us + command.hours * HOUR_US if command.hours else 0
    if command.hours or support_leave(tx.db).until_us > tx.at_us:
        tx.append(SupportAllowed(until_us))


def end(tx: Transaction, command: EndSupport) -> None:
    case = support_case(tx.db, command.case)
    if case is None or case.state not in ("asked", "agreed", "lapsed"):
        return
    if command.digest and case.state in ("agreed", "lapsed"):  # it was being sent when remote help ended
        tx.append(SupportSent(command.case, command.size_bytes, command.digest))
    elif not command.digest and case.state != "lapsed" and case.until_us <= tx.at_us:
        tx.append(SupportLapsed(command.case))


def _require_open(tx: Transaction, id: str) -> SupportCase:
    """A waiting case. Raises `Refusal` if there is none with that id, or it's decided or expired."""
    case = support_case(tx.db, id)
    if case is None or case.state != "asked":
        raise Refusal("support_decided", {})
    if case.until_us <= tx.at_us:
        raise Refusal("support_over", {})
    return case
