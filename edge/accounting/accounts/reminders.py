"""Selects customers to remind, and their items: stages after the due date, one letter per customer. Pure, except for
the command."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from edge.accounting.accounts.commands import RemindCustomers
from edge.accounting.accounts.entities import account_of
from edge.accounting.accounts.events import AccountReminded
from edge.accounting.accounts.queries import AccountItem, overdue_items
from edge.accounting.accounts.settings import AccountSettings
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.foundation.outbox.letters import queue_letter
from edge.foundation.outbox.messages import ONE_MAIL, Message
from edge.lib.regions.countries import weekend
from edge.lib.regions.public_holidays import holidays_of
from edge.people.customers.queries import read_customer, resolve

AT_ONCE = 20
"""Maximum customers to remind per command; the rest wait for the next one."""
PLACE = ("account_reminder", "address")
"""The field that an address's encryption is bound to."""


class ReminderLetter(msgspec.Struct, frozen=True):
    """A customer's reminder letter at a stage (1 is the first), as of a day. It lists all overdue items."""

    customer: str
    stage: int
    day: str


class Reminder(msgspec.Struct, frozen=True):
    """A customer's reminder. `items` reached their `stages` for the first time; the letter has the highest stage,
    `stage`."""

    customer: str
    stage: int
    items: tuple[int, ...]
    stages: tuple[int, ...]


def stage_of(due: str, today: str, days: Sequence[int]) -> int:
    """The reminder stage of an item: how many of the `days` thresholds have passed since its due date; 0: none."""
    late = (date.fromisoformat(today) - date.fromisoformat(due)).days
    return sum(late >= one for one in days)


def reminders_of(items: Iterable[AccountItem], today: str, days: Sequence[int]) -> list[Reminder]:
    """A reminder for each customer with an item at a new stage. Its stage is the highest of all overdue items."""
    found: dict[str, list[tuple[int, AccountItem]]] = {}
    for one in items:
        if stage := stage_of(one.due_on, today, days):
            found.setdefault(one.customer, []).append((stage, one))
    made = []
    for customer, rows in found.items():
        fresh = [(stage, one.seq) for stage, one in rows if stage > one.stage]
        if fresh:
            top = max(stage for stage, _ in rows)
            made.append(Reminder(customer, top, tuple(seq for _, seq in fresh), tuple(at for at, _ in fresh)))
    return made


class Reminders:
    """Reminders of a store. `mails`: whether it can send mail."""

    def __init__(self, settings: AccountSettings, mails: bool, country: str, province: str = "") -> None:
        self._settings = settings
        self._mails = mails
        self._place = (country, province)

    def due(self, db: Connection, today: str) -> list[Reminder]:
        """Reminders due now."""
        found = self._due_reminders(db, today)
        return found if found and is_working_day(today, *self._place) else []

    def get_ready(self, db: Connection, today: str) -> None:
        """Load the holidays if reminders are due. Call it on a background thread."""
        if self._due_reminders(db, today):
            is_working_day(today, *self._place)

    def _due_reminders(self, db: Connection, today: str) -> list[Reminder]:
        """Reminders that would be due on a working day."""
        if not self._settings.remind_days:
            return []
        items = [
            msgspec.structs.replace(one, customer=account.customer)
            for one in overdue_items(db, today)
            if (account := account_of(db, one.customer)) and account.dunning
        ]
        return reminders_of(items, today, self._settings.remind_days)

    def remind(self, tx: Transaction, command: RemindCustomers) -> int:
        """Send reminders; returns the number of customers."""
        todo = self.due(tx.db, tx.business_date)[:AT_ONCE]
        for one in todo:
            tx.append(AccountReminded(one.customer, one.stage, one.items, one.stages))
            self._write(tx, one)
        return len(todo)

    def _write(self, tx: Transaction, one: Reminder) -> None:
        """Queue a mail if the customer has an address. The page offers the document for all customers."""
        known = read_customer(tx.db, resolve(tx.db, one.customer) or one.customer, tx.at_us)
        if known is None or known.hidden or not known.email or not self._mails:
            return
        person = f"{ONE_MAIL}{secrets.token_hex(8)}"
        kept = Keyring(tx.db).seal(person, *PLACE, known.email)
        about = ReminderLetter(one.customer, one.stage, tx.business_date)
        key = f"reminder:{one.customer}:{tx.business_date}"
        queue_letter(tx.db, "reminder", key, person, "email", about, tx.at_us, kept)


def address_of(db: Connection, mail: Message) -> str | None:
    """A reminder's mail address; None if the mail is done or its key is gone."""
    return Keyring(db).open(mail.person, *PLACE, mail.body) if mail.body else None


def is_working_day(day: str, country: str, province: str = "") -> bool:
    """Whether reminders are sent on a day: not on the country's weekend or a public holiday there."""
    found = date.fromisoformat(day)
    if found.weekday() in weekend(country):
        return False
    return found not in holidays_of(country, province, found.year)
