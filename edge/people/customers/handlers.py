"""Customer commands, inside the transaction: load, apply the rules, save."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.core.messages import Ciphertext, Refusal
from edge.core.people import blind_index
from edge.core.people.forgetting import ForgetPerson
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.lib.i18n.unseen import has_control
from edge.people.customers import lookup
from edge.people.customers.commands import ExportCustomer, ForgetCustomer, MergeCustomers, SetCustomer
from edge.people.customers.consent_handlers import end_consent, forget_profile, new_profile, set_preferences
from edge.people.customers.customer import WHY_CHARS, Customer
from edge.people.customers.events import ConsentGiven, CustomerSet, CustomersMerged, PersonalDataRead
from edge.people.customers.lookup import resolve
from edge.people.customers.queries import FIELDS, read_customer
from edge.people.customers.rules import (
    PhoneNumber,
    addresses_of,
    born_of,
    code_of,
    email_of,
    made_code,
    made_id,
    merged_consents,
    name_of,
    phone_of,
)
from edge.people.customers.settings import CustomerSettings

Busy = Callable[[Connection, str], str]
"""Why a customer can't be forgotten now, as a key of `words`, section `busy`; "" if nothing prevents it."""
CODE_TRIES = 20
_replace = msgspec.structs.replace
_SEALED = f"SELECT {', '.join(FIELDS)} FROM customer WHERE id = ?"


class Customers:
    """Handles customers in a store with these settings. `busy`: other capabilities' open business with a customer."""

    def __init__(self, settings: CustomerSettings, busy: tuple[Busy, ...] = ()) -> None:
        self._settings = settings
        self._busy = busy

    def set_customer(self, tx: Transaction, command: SetCustomer) -> str:
        id = made_id(tx.command_id) if command.id is None else resolve(tx.db, command.id)
        if id is None:
            raise Refusal("no_such_customer", {"id": str(command.id)})
        before = read_customer(tx.db, id, tx.at_us) or Customer(id, "store")
        if before.hidden:
            raise Refusal("customer_hidden")
        after = apply_changes(self._settings, tx, command, before)
        if not (after.name or after.phone or after.email or after.member_code):
            raise Refusal("customer_empty")
        _require_unique(tx.db, before, after)
        if after != before or command.id is None:
            _save(tx, after)
        if command.preferences is not None:
            set_preferences(tx, id, command.preferences)
        return id

    def merge_customers(self, tx: Transaction, command: MergeCustomers) -> None:
        kept_id, merged_id = resolve(tx.db, command.kept), resolve(tx.db, command.merged)
        for id, found in ((command.kept, kept_id), (command.merged, merged_id)):
            if found is None:
                raise Refusal("no_such_customer", {"id": id})
        assert kept_id and merged_id
        if kept_id == merged_id:
            raise Refusal("customer_merged_into_self", {"id": kept_id})
        kept, merged = (read_customer(tx.db, id, tx.at_us) for id in (kept_id, merged_id))
        assert kept and merged
        if kept.hidden or merged.hidden:
            raise Refusal("customer_hidden")
        tx.append(CustomersMerged(kept_id, merged_id))
        filled = _merge_fields(kept, merged)
        if filled != kept:
            _save(tx, filled)
        _take_over_consents(tx, kept, merged)

    def forget_customer(self, tx: Transaction, command: ForgetCustomer) -> None:
        id = resolve(tx.db, command.id)
        if id is None:
            raise Refusal("no_such_customer", {"id": command.id})
        for busy in self._busy:
            for one in (id, *lookup.aliases(tx.db, id)):
                if why := busy(tx.db, one):
                    raise Refusal("customer_busy", {"why": why})
        tx.do(ForgetPerson(id))

    def export_customer(self, tx: Transaction, command: ExportCustomer) -> str:
        id, why = resolve(tx.db, command.id), command.why.strip()
        if id is None:
            raise Refusal("no_such_customer", {"id": command.id})
        if not why or len(why) > WHY_CHARS or has_control(why):
            raise Refusal("export_why", {"limit": WHY_CHARS})
        tx.append(PersonalDataRead(id, Keyring(tx.db).seal(id, PersonalDataRead, "why", why)))
        return id


def apply_changes(settings: CustomerSettings, tx: Transaction, command: SetCustomer, before: Customer) -> Customer:
    """Return the customer with the command's changes."""
    today = datetime.fromtimestamp(tx.at_us / 1e6, ZoneInfo(settings.zone)).date()  # birthdays start at midnight
    readers: dict[str, Callable[[Any], Any]] = {
        "name": name_of,
        "phone": lambda text: phone_of(text, settings.region),
        "email": email_of,
        "born": lambda text: born_of(text, today, settings.least_age),
        "language": str,
        "price_list": str,
        "member_code": lambda text: code_of(text, settings.member_prefix),
        "addresses": lambda given: addresses_of(given, tx.ask),
    }
    said: dict[str, Any] = {}
    for field, read in readers.items():
        if (given := getattr(command, field)) is None:
            continue
        value = read(given)
        said |= (
            {"phone": value.e164, "extension": value.extension} if isinstance(value, PhoneNumber) else {field: value}
        )
    if command.new_code:
        said["member_code"] = _new_code(tx)
    return _replace(before, **said)


def forget_customer(tx: Transaction, person: str) -> bool:
    """Forget a person's aliases and data kept only with consent (`people.forgetting.Forgetter`)."""
    row = tx.db.execute("SELECT forgotten FROM customer WHERE id = ?", (person,)).fetchone()
    if row is None:
        return False
    for alias in lookup.aliases(tx.db, person):
        tx.do(ForgetPerson(alias))
    forget_profile(tx, person)
    return True


def _new_code(tx: Transaction) -> str:
    codes = (made_code(tx.command_id, attempt) for attempt in range(CODE_TRIES))
    return next(code for code in codes if not blind_index.find(tx.db, lookup.CODE, code))


def _require_unique(db: Connection, before: Customer, after: Customer) -> None:
    """Raise `Refusal` if another customer has a value that must be unique."""
    for kind, field, code in (
        (lookup.PHONE, "phone", "customer_exists"),
        (lookup.EMAIL, "email", "customer_exists"),
        (lookup.CODE, "member_code", "member_code_taken"),
    ):
        text = getattr(after, field)
        if text and text != getattr(before, field):
            other = lookup.by_exactly(db, kind, text)
            if other and other != after.id:
                raise Refusal(code, {"id": other})


def _save(tx: Transaction, after: Customer) -> None:
    """Save the customer. Unchanged fields keep their ciphertext."""
    ring = Keyring(tx.db)
    before = tx.db.execute(_SEALED, (after.id,)).fetchone() or ("",) * len(FIELDS)
    texts = texts_of(after)
    sealed: dict[str, Ciphertext] = {}
    for field, was in zip(FIELDS, before, strict=True):
        same = texts[field] == ring.open(after.id, CustomerSet, field, was)
        sealed[field] = was if same else ring.seal(after.id, CustomerSet, field, texts[field])
    tx.append(CustomerSet(after.id, after.price_list, **sealed))
    lookup.enter(tx.db, after.id, after.phone, after.email, after.member_code, after.name)


def texts_of(customer: Customer) -> dict[str, str]:
    """A customer's texts before encryption, by field."""
    addresses = msgspec.json.encode(customer.addresses).decode() if customer.addresses else ""
    return {**{field: getattr(customer, field) for field in FIELDS}, "addresses": addresses}


def _merge_fields(kept: Customer, merged: Customer) -> Customer:
    """Return the kept record with its missing fields from the other record, and the better price list."""
    empty = {field: getattr(merged, field) for field in FIELDS if not getattr(kept, field)}
    if kept.phone:
        empty.pop("extension", None)
    price_list = "member" if "member" in (kept.price_list, merged.price_list) else kept.price_list
    return _replace(kept, **empty, price_list=price_list)


def _take_over_consents(tx: Transaction, kept: Customer, merged: Customer) -> None:
    given, ended = merged_consents(kept.consents, merged.consents)
    for one in given:
        profile = new_profile(tx, kept.id, one.purpose)
        tx.append(ConsentGiven(kept.id, one.purpose, one.wording, one.language, one.how, profile, one.given_us))
    for purpose in ended:
        end_consent(tx, kept.id, purpose, "counter")
    if merged.preferences and not kept.preferences:
        with suppress(Refusal):  # the kept customer hasn't consented
            set_preferences(tx, kept.id, merged.preferences)
