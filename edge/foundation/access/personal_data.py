"""Personal data stored outside events: sessions and authentications."""

from __future__ import annotations

from typing import Any

from edge.core.people.personal_export import utc
from edge.core.storage.database import Connection

_SESSIONS = """
    SELECT kind, register, label, network, begun_us FROM access_session WHERE user_id = ? ORDER BY begun_us
"""
_LOGINS = "SELECT at_us, how, result, place, network FROM access_login WHERE user_id = ? ORDER BY id"
_LOOKED_AT = "SELECT at_us, user_id, what FROM access_look WHERE of = ? ORDER BY id"
_HAS = """
    SELECT EXISTS (SELECT 1 FROM access_secret WHERE user_id = ?1),
           EXISTS (SELECT 1 FROM access_password WHERE user_id = ?1),
           EXISTS (SELECT 1 FROM access_factor WHERE user_id = ?1 AND secret <> '')
"""
"""Query whether each kind of secret exists. Exports contain no more than that."""


def personal_data_of(db: Connection, person: str) -> dict[str, Any]:
    """Return the personal data stored about a user; empty for other people."""
    has = dict(zip(("pin", "password", "second_factor"), db.execute(_HAS, (person,)).fetchone(), strict=True))
    return {
        "sessions": [
            {"kind": kind, "register": register, "label": label, "network": network, "begun": utc(begun_us)}
            for kind, register, label, network, begun_us in db.execute(_SESSIONS, (person,)).fetchall()
        ],
        "logins": [
            {"at": utc(at_us), "how": how, "result": result, "place": place, "network": network}
            for at_us, how, result, place, network in db.execute(_LOGINS, (person,)).fetchall()
        ],
        "looked_at": [
            {"at": utc(at_us), "by": user, "what": what}
            for at_us, user, what in db.execute(_LOOKED_AT, (person,)).fetchall()
        ],
        "signs_in_by": [name for name, there in has.items() if there],
    }
