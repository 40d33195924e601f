"""Staff in another system's file, as a proposal. No user is imported, as everyone chooses a PIN here. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from edge.backoffice.switching.columns import Columns, LeftOuts, Reopen, columns_of
from edge.backoffice.switching.customer_file import person_name
from edge.backoffice.switching.headings import STAFF, find_columns
from edge.backoffice.switching.kinds import system_of
from edge.backoffice.switching.protocol import FileLook, FileQuestion, ProposedUser
from edge.core.messages import Refusal
from edge.people.customers.rules import email_of, phone_of

SHOWN = 200
_MANAGERS = re.compile(
    r"manag|owner|admin|supervis|gérant|propriétaire|responsable|directeur|directrice|מנהל|בעלים", re.IGNORECASE
)
_LEFT = re.compile(
    r"inactive|disabled|terminated|deactivated|archived|former|locked|^(?:no|false|0|non|nein|לא)$|inactif|לא פעיל",
    re.IGNORECASE,
)


def look_at_staff(ask: FileQuestion, reopen: Reopen) -> FileLook:
    """Staff by name and role; PINs, wages and former staff are left out."""
    with reopen() as table:
        header, what = tuple(table.header), table.what
    columns = columns_of(reopen, find_columns(header, STAFF), (), (), ask.form)
    left, people, lines = LeftOuts(ask.currency), dict[str, ProposedUser](), 0
    with reopen() as table:
        for row in table.rows:
            lines += 1
            if row.fault:
                left.add("row")
                continue
            one = _person(columns, row.cells, ask.region, left)
            if not one.name:
                left.add("nobody")
            elif _LEFT.search(columns.text(row.cells, "status")) or columns.text(row.cells, "ended"):
                left.add("staff_gone")
            elif (one.email or one.name.casefold()) in people:
                left.add("staff_twice")
            else:
                people[one.email or one.name.casefold()] = one
    if len(people) > SHOWN:
        left.add("staff_many")
    unused = tuple(columns.free_headings)
    return FileLook(
        "staff",
        *(system_of(header), what, header, lines),
        {"staff": len(people)} if people else {},
        *({field: heading for field, heading in columns.headings.items() if field != "pin"}, unused),
        left=left.rows,
        staff=tuple(people.values())[:SHOWN],
    )


def _person(columns: Columns, cells: Sequence[str], region: str, left: LeftOuts) -> ProposedUser:
    text = columns.text
    name = person_name(columns, cells)
    if text(cells, "pin"):
        left.add("staff_pin")
    said = text(cells, "role")
    role: Literal["cashier", "manager"] = "manager" if _MANAGERS.search(said) else "cashier"
    email = phone = ""
    try:
        email = email_of(text(cells, "email")) if text(cells, "email") else ""
        phone = phone_of(text(cells, "phone"), region).text if text(cells, "phone") else ""
    except (Refusal, ValueError):
        left.add("staff_contact")
    return ProposedUser(name[:60], said[:60], role, email, phone)
