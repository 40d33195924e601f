"""Adds customers from another system, several per command. Shared data is read and written once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from edge.core.ids import CommandId, child_id
from edge.core.messages import Refusal
from edge.core.people import blind_index
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.people.customers import lookup
from edge.people.customers.commands import AddCustomers, AddedCustomer, SetCustomer
from edge.people.customers.consent_handlers import new_profile
from edge.people.customers.consents import Wording, newest_wordings
from edge.people.customers.customer import Customer, Purpose
from edge.people.customers.events import ConsentGiven, CustomerSet
from edge.people.customers.handlers import apply_changes, texts_of
from edge.people.customers.rules import made_id, years
from edge.people.customers.settings import CustomerSettings


def add_customers(settings: CustomerSettings, tx: Transaction, command: AddCustomers) -> list[AddedCustomer]:
    """Add each customer whose data is valid and not used by another customer."""
    ring, wordings = Keyring(tx.db), newest_wordings(tx.db)
    read = [_read_customer(settings, tx, command.group, place, row.customer) for place, row in enumerate(command.rows)]
    identifiers = [lookup.identifiers(one.phone, one.email, one.member_code) if one else set() for one in read]
    taken = set(lookup.known_by(tx.db, (one for own in identifiers for one in own)))
    entries: dict[str, tuple[Mapping[str, str], Mapping[str, str]]] = {}
    added = []
    for one, own, row in zip(read, identifiers, command.rows, strict=True):
        if one is None or own & taken:
            added.append(AddedCustomer())
            continue
        taken |= own
        indexed = lookup.entries(one.phone, one.email, one.member_code, one.name)
        indexed = {kind: text for kind, text in indexed.items() if text}
        sealed = ring.seal_kinds(one.id, {CustomerSet: texts_of(one), blind_index.TABLE: indexed})
        tx.append(CustomerSet(one.id, one.price_list, **sealed[CustomerSet]))
        entries[one.id] = indexed, sealed[blind_index.TABLE]
        is_child = _is_child(settings, tx, one)
        refused = (purpose for purpose in row.consents if is_child or not _consent(tx, wordings, command, one, purpose))
        added.append(AddedCustomer(one.id, tuple(refused)))
    blind_index.enter_sealed(tx.db, ring, entries)
    return added


def _read_customer(
    settings: CustomerSettings, tx: Transaction, group: str, place: int, given: SetCustomer
) -> Customer | None:
    """The new customer; None if the data isn't valid."""
    before = Customer(made_id(child_id(CommandId(tx.command_id), place), group), "store")
    try:
        one = apply_changes(settings, tx, given, before)
    except Refusal:
        return None
    return one if one.name or one.phone or one.email or one.member_code else None


def _is_child(settings: CustomerSettings, tx: Transaction, one: Customer) -> bool:
    """Whether only a parent can consent for the customer."""
    born = date.fromisoformat(one.born) if one.born else None
    return born is not None and years(born, date.fromisoformat(tx.business_date)) < settings.parents_age


def _consent(
    tx: Transaction, wordings: Mapping[str, Wording], command: AddCustomers, one: Customer, purpose: Purpose
) -> bool:
    """Record a consent given in the other system. Returns False if there is no wording in the language."""
    wording = wordings.get(purpose)
    if wording is None or command.language not in wording.texts:
        return False
    profile = new_profile(tx, one.id, purpose)
    tx.append(ConsentGiven(one.id, purpose, wording.version, command.language, "import", profile))
    return True
