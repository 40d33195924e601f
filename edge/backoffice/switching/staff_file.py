"""Staff in another system's file. Their PINs are never imported, as everyone gets a new one here. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from edge.backoffice.switching.columns import LeftOuts, Reopen, columns_of
from edge.backoffice.switching.customer_file import person_name
from edge.backoffice.switching.headings import STAFF, find_columns
from edge.backoffice.switching.kinds import system_of
from edge.backoffice.switching.moved import MovedUser
from edge.backoffice.switching.protocol import (
    ASK_ROLE,
    LEAVE,
    FileLook,
    FileQuestion,
    MoveQuestion,
    ProposedUser,
    answers_to,
)
from edge.core.messages import Refusal
from edge.people.customers.rules import email_of, phone_of

SHOWN = 200
ROLES_ASKED = 12
"""Maximum roles of a file that are each asked about; with more, one answer applies to all."""
_MANAGERS = re.compile(
    r"manag|owner|admin|supervis|gérant|propriétaire|responsable|directeur|directrice|מנהל|בעלים", re.IGNORECASE
)
_LEFT = re.compile(
    r"inactive|disabled|terminated|deactivated|archived|former|locked|^(?:no|false|0|non|nein|לא)$|inactif|לא פעיל",
    re.IGNORECASE,
)


class StaffFile:
    """The users of a file, by name and role; PINs, wages and former staff are left out."""

    def __init__(self, ask: FileQuestion, reopen: Reopen) -> None:
        self._ask = ask
        self.left = LeftOuts(ask.currency)
        self.lines = 0
        self._people: dict[str, tuple[int, ProposedUser]] = {}
        with reopen() as table:
            self.header, self.what = tuple(table.header), table.what
        self.columns = columns_of(reopen, find_columns(self.header, STAFF), (), (), ask.form)
        with reopen() as table:
            for row in table.rows:
                self.lines += 1
                if not self.left.add_unread(row):
                    self._take(row.line, row.cells)
        if len(self._people) > SHOWN:
            self.left.add("staff_many")
            self._people = dict(islice(self._people.items(), SHOWN))
        self._asks = [said for said in self._roles_there() if self._role(said) == ""]
        for _, one in self._people.values():
            if one.said in self._asks:
                self.left.add("role_asked")
            elif not one.role:
                self.left.add("not_wanted")

    def look(self) -> FileLook:
        """A summary of the file."""
        headings = {field: heading for field, heading in self.columns.headings.items() if field != "pin"}
        return FileLook(
            "staff",
            *(system_of(self.header), self.what, self.header, self.lines),
            {"staff": len(self._people)} if self._people else {},
            *(headings, self.columns.free_headings),
            left=self.left.rows,
            questions=tuple(self._questions()),
            rules=("staff",),
            staff=tuple(one for _, one in self._people.values()),
        )

    def rows(self) -> Iterator[MovedUser]:
        """The users whose role the user chose."""
        for line, one in self._people.values():
            if one.role:
                yield MovedUser(line, one.name, one.role, one.email, one.phone)

    def _roles_there(self) -> Counter[str]:
        return Counter(one.said for _, one in self._people.values())

    def _role(self, said: str) -> str:
        """The chosen role of people with a role of the file, or `LEAVE`; "": not chosen."""
        ask = self._ask
        role = answers_to(ask.answers, ASK_ROLE).get(said) or ask.answers.get("role", "")
        return role if role in (*ask.choices.roles, LEAVE) else ""

    def _questions(self) -> Iterator[MoveQuestion]:
        """A question for each role of the file, with the likely one first."""
        roles, said = self._ask.choices.roles, self._roles_there()
        if len(self._asks) > ROLES_ASKED:
            yield MoveQuestion("role", (*roles, LEAVE), sum(said[one] for one in self._asks))
            return
        for one in self._asks:
            likely = "manager" if _MANAGERS.search(one) else "cashier"
            first = tuple(role for role in roles if role == likely)
            choices = (*first, *(role for role in roles if role not in first), LEAVE)
            yield MoveQuestion(f"{ASK_ROLE}{one}", choices, said[one], one)

    def _take(self, line: int, cells: Sequence[str]) -> None:
        one = self._person(cells)
        key = one.email or one.name.casefold()
        if not one.name:
            self.left.add("nobody")
        elif _LEFT.search(self.columns.text(cells, "status")) or self.columns.text(cells, "ended"):
            self.left.add("staff_gone")
        elif key in self._people:
            self.left.add("staff_twice")
        else:
            self._people[key] = line, one

    def _person(self, cells: Sequence[str]) -> ProposedUser:
        text = self.columns.text
        name, said = person_name(self.columns, cells)[:60], text(cells, "role")[:60]
        if text(cells, "pin"):
            self.left.add("staff_pin")
        email = phone = ""
        try:
            email = email_of(text(cells, "email")) if text(cells, "email") else ""
            phone = phone_of(text(cells, "phone"), self._ask.region).e164 if text(cells, "phone") else ""
        except (Refusal, ValueError):
            self.left.add("staff_contact")
        role = self._role(said)
        return ProposedUser(name, said, "" if role == LEAVE else role, email, phone)
