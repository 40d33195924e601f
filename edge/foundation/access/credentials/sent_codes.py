"""Limits for sent codes, which cost money. One persistent count covers staff and customers. Above the limit, staff use
paper codes and customers wait."""

from __future__ import annotations

import hashlib

from edge.core.messages import Refusal
from edge.core.storage.database import Connection, blob

QUARTER_US, HOUR_US, DAY_US = 900_000_000, 3_600_000_000, 86_400_000_000
LIMITS = (("user_id", QUARTER_US, 3), ("caller", HOUR_US, 10), ("", DAY_US, 200))
"""Maximum codes to one person or number in a quarter of an hour, for one caller in an hour, and for the shop in a
day.
"""
KIOSK_HOUR = 30
"""Codes per hour from one kiosk, which many people use in turn."""
CUSTOMERS_DAY = 150
"""Codes per day for customers; the rest of the shop's limit is reserved for staff."""
CUSTOMER = "customer:"
_COUNT = "SELECT count(*), min(made_us) FROM access_sent_code WHERE made_us > ?"
_NOTE = "INSERT INTO access_sent_code (user_id, caller, hash, made_us, wrong) VALUES (?, ?, ?, ?, 0)"


def count_customers_code(db: Connection, now_us: int, to: str, caller: str, kiosk: bool = False) -> None:
    """Count a code requested by a customer. Raises `Refusal` above the limit per recipient, per `caller` (network,
    kiosk or session; "": unknown) or per shop."""
    person = CUSTOMER + hashlib.sha256(to.encode()).hexdigest()[:32]
    hour = KIOSK_HOUR if kiosk else LIMITS[1][2]
    for field, value, span_us, most in (
        ("user_id = ?", person, *LIMITS[0][1:]),
        *([("caller = ?", caller, HOUR_US, hour)] if caller else []),
        ("user_id GLOB ?", f"{CUSTOMER}*", DAY_US, CUSTOMERS_DAY),
        ("? = ''", "", *LIMITS[2][1:]),
    ):
        count, first_us = db.execute(f"{_COUNT} AND {field}", (now_us - span_us, value)).fetchone()
        if count >= most:
            raise Refusal("sign_in_wait", {"minutes": max(1, -(-(first_us + span_us - now_us) // 60_000_000))})
    db.execute("DELETE FROM access_sent_code WHERE made_us < ?", (now_us - DAY_US,))
    db.execute(_NOTE, (person, caller, blob(b""), now_us))  # the code itself is kept elsewhere
