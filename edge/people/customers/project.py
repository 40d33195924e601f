"""Projects customer events to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.people.forgetting import PersonForgotten
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.people.customers.events import (
    ConsentGiven,
    ConsentWithdrawn,
    CustomerSet,
    CustomersMerged,
    PersonalDataRead,
    PreferencesSet,
    RequestAnswered,
    RequestNoted,
    WishAdded,
    WishRemoved,
    WordingPublished,
)

_SET = """
    INSERT INTO customer
        (id, price_list, name, phone, extension, email, born, language, member_code, addresses, since_us, changed_us)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11)
    ON CONFLICT (id) DO UPDATE SET price_list = ?2, name = ?3, phone = ?4, extension = ?5, email = ?6, born = ?7,
        language = ?8, member_code = ?9, addresses = ?10, changed_us = ?11
"""
_FACT = "INSERT OR IGNORE INTO customer_fact (customer, seq) VALUES (?, ?)"
_CONSENT = """
    INSERT INTO customer_consent (customer, purpose, seq, wording, language, how, given_us) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_WITHDRAW = """
    UPDATE customer_consent SET withdrawn_us = ?3
    WHERE (customer = ?1 OR customer IN (SELECT id FROM customer WHERE merged_into = ?1))
    AND purpose = ?2 AND withdrawn_us IS NULL
"""
_WISH = """
    INSERT INTO customer_wish (customer, sku, person, note, added_us, price_minor, on_hand)
    VALUES (?1, ?2, ?1, ?3, ?4, ?5, ?6)
    ON CONFLICT (customer, sku) DO UPDATE SET note = ?3, person = ?1
"""
_WISHES_MERGED = """
    INSERT OR IGNORE INTO customer_wish (customer, sku, person, note, added_us, price_minor, on_hand)
    SELECT ?1, sku, person, note, added_us, price_minor, on_hand FROM customer_wish WHERE customer = ?2
"""
_FORGET = """
    UPDATE customer SET forgotten = 1, name = '', phone = '', extension = '', email = '', born = '', language = '',
        member_code = '', addresses = '', preferences = '', profile = '' WHERE id = ?
"""


def _set(db: Connection, fact: RecordedEvent, event: CustomerSet) -> None:
    sealed = (event.name, event.phone, event.extension, event.email, event.born, event.language, event.member_code)
    db.execute(_SET, (event.id, event.price_list, *sealed, event.addresses, fact.at_us))
    _about(db, fact, event.id)


def _preferences(db: Connection, fact: RecordedEvent, event: PreferencesSet) -> None:
    db.execute("UPDATE customer SET preferences = ? WHERE id = ?", (event.preferences, event.customer))
    _about(db, fact, event.customer)


def _merge_customers(db: Connection, fact: RecordedEvent, event: CustomersMerged) -> None:
    kept, merged = event.kept, event.merged
    db.execute("UPDATE customer SET merged_into = ?1 WHERE id = ?2 OR merged_into = ?2", (kept, merged))
    db.execute(_WISHES_MERGED, (kept, merged))
    db.execute("DELETE FROM customer_wish WHERE customer = ?", (merged,))
    _about(db, fact, kept, merged)


def _link_event(db: Connection, fact: RecordedEvent, event: PersonalDataRead | RequestNoted | RequestAnswered) -> None:
    _about(db, fact, event.customer)


def _wording(db: Connection, fact: RecordedEvent, event: WordingPublished) -> None:
    texts = msgspec.json.encode(event.texts).decode()
    values = (event.purpose, event.wording, texts, event.material, fact.at_us, fact.seq)
    db.execute(
        "INSERT OR REPLACE INTO consent_wording (purpose, wording, texts, material, at_us, seq)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        values,
    )


def _save_consent(db: Connection, fact: RecordedEvent, event: ConsentGiven) -> None:
    said = (event.customer, event.purpose, fact.seq, event.wording, event.language, event.how)
    db.execute(_CONSENT, (*said, event.since_us or fact.at_us))
    if event.profile:
        db.execute("UPDATE customer SET profile = ? WHERE id = ?", (event.profile, event.customer))
    _about(db, fact, event.customer)


def _withdrawn(db: Connection, fact: RecordedEvent, event: ConsentWithdrawn) -> None:
    db.execute(_WITHDRAW, (event.customer, event.purpose, fact.at_us))
    _about(db, fact, event.customer)


def _save_wish(db: Connection, fact: RecordedEvent, event: WishAdded) -> None:
    values = (event.customer, event.sku, event.note, fact.at_us, event.price_minor, event.on_hand)
    db.execute(_WISH, values)
    _about(db, fact, event.customer)


def _delete_wish(db: Connection, fact: RecordedEvent, event: WishRemoved) -> None:
    db.execute("DELETE FROM customer_wish WHERE customer = ? AND sku = ?", (event.customer, event.sku))
    _about(db, fact, event.customer)


def _forget_person(db: Connection, fact: RecordedEvent, event: PersonForgotten) -> None:
    person = event.person
    db.execute(_FORGET, (person,))
    db.execute("DELETE FROM customer_wish WHERE customer = ?1 OR person = ?1", (person,))
    db.execute("UPDATE customer SET profile = '', preferences = '' WHERE profile = ?", (person,))


def _about(db: Connection, fact: RecordedEvent, *customers: str) -> None:
    db.executemany(_FACT, [(customer, fact.seq) for customer in customers])


projector = Projector(
    name="customers",
    version=1,
    tables=("customer", "customer_consent", "consent_wording", "customer_wish", "customer_fact"),
    on={
        CustomerSet: _set,
        PreferencesSet: _preferences,
        CustomersMerged: _merge_customers,
        PersonalDataRead: _link_event,
        RequestNoted: _link_event,
        RequestAnswered: _link_event,
        WordingPublished: _wording,
        ConsentGiven: _save_consent,
        ConsentWithdrawn: _withdrawn,
        WishAdded: _save_wish,
        WishRemoved: _delete_wish,
        PersonForgotten: _forget_person,
    },
)
