"""Handlers of support, inside the transaction."""

from __future__ import annotations

from edge.backoffice.support.commands import (
    CASE_HOURS_MOST,
    AgreeSupport,
    AllowSupport,
    AskSupport,
    DeclineSupport,
    EndSupport,
)
from edge.backoffice.support.events import (
    SupportAgreed,
    SupportAllowed,
    SupportAsked,
    SupportDeclined,
    SupportLapsed,
    SupportSent,
)
from edge.backoffice.support.queries import SupportCase, support_case, support_leave
from edge.core.messages import Refusal
from edge.core.registry import Transaction

HOUR_US = 3600 * 1_000_000


def ask(tx: Transaction, command: AskSupport, always: bool = False) -> None:
    """Open a case. `always`: config.toml permits answers without approval."""
    if support_case(tx.db, command.case) is not None:
        return
    until_us = min(command.until_us, tx.at_us + CASE_HOURS_MOST * HOUR_US)
    if until_us <= tx.at_us:
        raise Refusal("support_over", {})
    tx.append(SupportAsked(command.case, command.question, command.reason, command.by, until_us, command.seal_to))
    if always or support_leave(tx.db).until_us > tx.at_us:
        tx.append(SupportAgreed(command.case, "", by_leave=True))


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
    if case is None or case.state not in ("asked", "agreed"):
        return
    if command.digest and case.state == "agreed":
        tx.append(SupportSent(command.case, command.size_bytes, command.digest))
    elif not command.digest and case.until_us <= tx.at_us:
        tx.append(SupportLapsed(command.case))


def _require_open(tx: Transaction, id: str) -> SupportCase:
    """A waiting case. Raises `Refusal` if there is none with that id, it's decided, or it has expired."""
    case = support_case(tx.db, id)
    if case is None or case.state != "asked":
        raise Refusal("support_decided", {})
    if case.until_us <= tx.at_us:
        raise Refusal("support_over", {})
    return case
