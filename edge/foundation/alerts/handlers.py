"""Alert commands, inside the transaction."""

from __future__ import annotations

from edge.core import ids
from edge.core.messages import Refusal
from edge.core.registry import Severity, Transaction
from edge.foundation.access.queries import is_active_user, role_of
from edge.foundation.access.roles import read_role
from edge.foundation.alerts.commands import (
    AcknowledgeAlert,
    CloseAlert,
    LapseAcknowledgement,
    RaiseAlert,
    ResolveAlert,
    SendAlert,
    UnacknowledgeAlert,
)
from edge.foundation.alerts.events import (
    AlertAcknowledged,
    AlertRaised,
    AlertRepeated,
    AlertResolved,
    AlertUnacknowledged,
    AlertWorsened,
)
from edge.foundation.alerts.queries import Alert, alert_itself, find_open, read_alert
from edge.foundation.alerts.rules import HOUR_US, REPEAT_US, SAID, graver, minded_us

OPEN_LIMIT = 20_000
"""Most open alerts. The next one is refused, because more wouldn't help users."""
_COUNT = "SELECT count(*) FROM alert WHERE state <> 'resolved'"


def raise_alert(tx: Transaction, command: RaiseAlert) -> int:
    """Raise or repeat the alert with this key; return its id."""
    known = find_open(tx.db, command.kind, command.subject)
    if known is None:
        key = (command.kind, command.subject, command.severity)
        return _raise(tx, AlertRaised(*key, command.values, command.cause_seq, command.causes))
    _say_again(tx, known, command.severity, command.values, command.again)
    return known.id


def send_alert(tx: Transaction, command: SendAlert) -> int:
    """Raise a manual alert, with a generated key if none is given."""
    for person in command.people:
        if role_of(tx.db, person) is None or not is_active_user(tx.db, person):
            raise Refusal("no_such_user", {"id": person})
    for role in command.roles:
        if read_role(tx.db, role) is None:
            raise Refusal("no_such_role", {"role": role})
    subject = command.dedupe or ids.show(ids.CommandId(tx.command_id))
    values: dict[str, str | int] = {"title": command.title, "message": command.message}
    known = find_open(tx.db, SAID, subject)
    if known is not None:
        _say_again(tx, known, command.severity, values, again=True)
        return known.id
    whom = (command.people, command.roles, command.channels)
    return _raise(tx, AlertRaised(SAID, subject, command.severity, values, 0, (), *whom))


def resolve_alert(tx: Transaction, command: ResolveAlert) -> None:
    alert = _open(tx, command.id)
    tx.append(AlertResolved(alert.id, "fact"))


def close_alert(tx: Transaction, command: CloseAlert) -> None:
    alert = _open(tx, command.id)
    if alert.kind != SAID:
        raise Refusal("alert_ends_itself", {"id": alert.id})
    tx.append(AlertResolved(alert.id, "person"))


def acknowledge_alert(tx: Transaction, command: AcknowledgeAlert) -> Alert | None:
    """Acknowledge an alert and return it. A second or late acknowledgement is recorded with the same answer."""
    known, said_us = alert_itself(tx.db, command.id), min(command.said_us, tx.at_us)
    if known is not None and said_us >= known.first_us and (not known.is_open or _graver_since(known, said_us)):
        if (known.late_by, known.late_us) != (tx.actor.name, said_us):
            tx.append(AlertAcknowledged(known.id, 0, command.note, again=True, via=command.via, late_us=said_us))
        return read_alert(tx.db, known.id)
    alert = _open(tx, command.id)
    us = command.hours * HOUR_US if command.hours else minded_us(alert.severity)
    again = alert.state == "acknowledged"
    if not again or alert.acked_by != tx.actor.name:
        tx.append(AlertAcknowledged(alert.id, tx.at_us + us, command.note, again, command.via))
    return read_alert(tx.db, alert.id)


def _graver_since(known: Alert, said_us: int) -> bool:
    """Whether an open alert got worse after `said_us`; a withdrawn or expired acknowledgement doesn't matter."""
    return said_us < known.worse_us


def unacknowledge_alert(tx: Transaction, command: UnacknowledgeAlert) -> None:
    _give_back(tx, command.id, AlertUnacknowledged(command.id, "person"))


def lapse_acknowledgement(tx: Transaction, command: LapseAcknowledgement) -> None:
    _give_back(tx, command.id, AlertUnacknowledged(command.id, command.why))


def forget_holder(tx: Transaction, person: str) -> bool:
    """Handle a forgotten person (`people.forgetting.Forgetter`): release their acknowledgements."""
    query = "SELECT id FROM alert WHERE state = 'acknowledged' AND acked_by = ?"
    held = tx.db.execute(query, (person,)).fetchall()
    for (id,) in held:
        tx.append(AlertUnacknowledged(id, "gone"))
    return bool(held)


def _raise(tx: Transaction, event: AlertRaised) -> int:
    (count,) = tx.db.execute(_COUNT).fetchone()
    if count >= OPEN_LIMIT:
        raise Refusal("too_many_alerts", {"limit": OPEN_LIMIT})
    return tx.append(event).seq


def _say_again(
    tx: Transaction, known: Alert, severity: Severity, values: dict[str, str | int], again: bool = False
) -> None:
    """Append an event only for news: worse than ever while open, another severity, or new values after some time. A
    return to an earlier severity shows only on the page."""
    if graver(severity, known.worst):
        tx.append(AlertWorsened(known.id, severity, values))
        return
    news = values != known.values and abs(tx.at_us - known.last_us) >= REPEAT_US
    if again or news or severity != known.severity:
        tx.append(AlertRepeated(known.id, severity, values))


def _open(tx: Transaction, id: int) -> Alert:
    alert = read_alert(tx.db, id)
    if alert is None:
        raise Refusal("no_such_alert", {"id": id})
    if not alert.is_open:
        raise Refusal("alert_over", {"id": id})
    return alert


def _give_back(tx: Transaction, id: int, event: AlertUnacknowledged) -> None:
    alert = _open(tx, id)
    if alert.state != "acknowledged":
        raise Refusal("alert_not_acknowledged", {"id": id})
    tx.append(event)
