"""Customer lookup: the blind index, and uniqueness of phone, email and code."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from edge.core.messages import Refusal
from edge.core.people import blind_index
from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection
from edge.people.customers.customer import CustomerMatch
from edge.people.customers.events import CustomerSet
from edge.people.customers.rules import (
    BEGINNINGS,
    PHONE_END,
    WORDS_INDEXED,
    beginnings,
    begins,
    email_of,
    phone_of,
    words_of,
)
from edge.people.customers.settings import CustomerSettings

PHONE, PHONE_LAST, EMAIL, CODE, NAME = (
    *("customer phone", "customer phone end", "customer email"),
    *("customer code", "customer name"),
)
FOUND_MOST = 20
NAME_LETTERS = 3
"""Number of letters by which the beginnings of names are indexed."""
_CANDIDATES = 500
"""Maximum number of customers whose names are decrypted per search. If more match, only the first are searched."""
_ALONE = """
    SELECT name FROM customer WHERE id = ? AND phone = '' AND email = '' AND member_code = ''
        AND merged_into IS NULL AND NOT forgotten
"""
_ROW = "SELECT price_list, name, phone, member_code, merged_into, forgotten FROM customer WHERE id = ?"


def resolve(db: Connection, id: str) -> str | None:
    """The customer that an id belongs to, which may be an alias; None if unknown or forgotten."""
    for _ in range(8):  # the customer they were merged into may have been merged later
        row = db.execute("SELECT merged_into, forgotten FROM customer WHERE id = ?", (id,)).fetchone()
        if row is None or row[1]:
            return None
        if row[0] is None:
            return id
        id = row[0]
    return None


def aliases(db: Connection, id: str) -> tuple[str, ...]:
    """Ids merged into a customer, directly or indirectly."""
    found: list[str] = []
    wave = [id]
    while wave:
        wave = [
            alias
            for one in wave
            for (alias,) in db.execute(
                "SELECT id FROM customer WHERE merged_into = ? AND NOT forgotten ORDER BY id", (one,)
            )
        ]
        found += wave
    return tuple(found)


def all_ids(db: Connection, id: str) -> list[str]:
    """A customer's id and all ids merged into it. An unknown id is returned alone."""
    kept = resolve(db, id)
    return [kept, *aliases(db, kept)] if kept else [id]


def once_of(db: Connection, id: str) -> list[str]:
    """All ids that a customer ever had, even after they were forgotten."""
    row = db.execute("SELECT coalesce(merged_into, id) FROM customer WHERE id = ?", (id,)).fetchone()
    kept = row[0] if row else id
    return [kept, *(one for (one,) in db.execute("SELECT id FROM customer WHERE merged_into = ?", (kept,)))]


def by_exactly(db: Connection, kind: str, text: str) -> str | None:
    """The customer with exactly this phone, email or code."""
    return known_by(db, ((kind, text),)).get((kind, text))


def known_by(db: Connection, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Customers with exactly these phones, emails or codes, given as pairs of kind and text."""
    found = {
        one: next(filter(None, (resolve(db, id) for id in ids)), "")
        for one, ids in blind_index.find_all(db, wanted).items()
    }
    return {one: id for one, id in found.items() if id}


def identifiers(phone: str, email: str, code: str) -> set[tuple[str, str]]:
    """Data that identifies a single customer, as pairs of kind and text, as `known_by` takes them."""
    return {(kind, text) for kind, text in ((PHONE, phone), (EMAIL, email), (CODE, code)) if text}


def by_member_code(db: Connection, code: str) -> str | None:
    """The customer with a member code, given without its prefix."""
    return by_exactly(db, CODE, code)


def by_name_alone(db: Connection, name: str) -> str | None:
    """The customer with exactly this name and no other identifying data."""
    for id in _by_name(db, words_of(name)):
        row = db.execute(_ALONE, (id,)).fetchone()
        if row and Keyring(db).open(id, CustomerSet, "name", row[0]) == name:
            return id
    return None


def indexed_phone(db: Connection, id: str) -> str:
    """The indexed phone of a customer; "" if there is none."""
    found = db.execute("SELECT sealed FROM person_index WHERE person = ? AND kind = ?", (id, PHONE)).fetchone()
    return (Keyring(db).open(id, blind_index.TABLE, PHONE, found[0]) or "") if found else ""


def enter(db: Connection, id: str, phone: str, email: str, code: str, name: str) -> None:
    """Replace a customer's index entries."""
    ways = [f"{place} {length}" for place in range(WORDS_INDEXED) for length in BEGINNINGS]
    blind_index.enter_all(
        db, id, dict.fromkeys((f"{NAME} {way}" for way in ways), "") | entries(phone, email, code, name)
    )


def entries(phone: str, email: str, code: str, name: str) -> dict[str, str]:
    """A customer's index entries, by kind."""
    exact = {PHONE: phone, PHONE_LAST: phone[-PHONE_END:], EMAIL: email, CODE: code}
    return exact | {f"{NAME} {way}": begin for way, begin in beginnings(name).items()}


def search(db: Connection, text: str, settings: CustomerSettings) -> list[CustomerMatch]:
    """Find customers by member code, email, phone or its last digits, or name prefixes."""
    text = text.strip()
    if not text:
        return []
    ids: list[str] = []
    for kind, normal in _exact(text, settings):
        ids += blind_index.find(db, kind, normal)
    ids = ids or _by_phone_end(db, text) or _by_name(db, words_of(text))
    kept = dict.fromkeys(one for one in (resolve(db, id) for id in ids) if one)
    return customer_rows(db, list(kept)[:FOUND_MOST])


def customer_rows(db: Connection, ids: list[str]) -> list[CustomerMatch]:
    """Customers for lists. Hidden customers are omitted."""
    ring, found = Keyring(db), []
    for id in ids:
        row = db.execute(_ROW, (id,)).fetchone()
        if row is None or row[4] is not None or row[5]:
            continue
        name, phone, code = (
            ring.open(id, CustomerSet, field, sealed)
            for field, sealed in zip(("name", "phone", "member_code"), row[1:4], strict=True)
        )
        if name is not None:
            found.append(CustomerMatch(id, name, (phone or "")[-PHONE_END:], row[0], code or ""))
    return found


def _exact(text: str, settings: CustomerSettings) -> list[tuple[str, str]]:
    """Ways to read a text other than as a name: kind and normal form."""
    ways = [(CODE, text.removeprefix(settings.member_prefix))]
    with suppress(Refusal):  # not an email address or phone number after all
        if "@" in text:
            ways.append((EMAIL, email_of(text)))
        elif sum(one.isdigit() for one in text) > PHONE_END and (phone := phone_of(text, settings.region).e164):
            ways.append((PHONE, phone))
    return ways


def _by_phone_end(db: Connection, text: str) -> list[str]:
    """Customers whose phone ends with the text's digits."""
    digits = "".join(one for one in text if one.isdigit())
    if len(digits) < PHONE_END or any(one.isalpha() for one in text):
        return []
    ids, ring = blind_index.find(db, PHONE_LAST, digits[-PHONE_END:]), Keyring(db)
    kept = ((id, db.execute("SELECT phone FROM customer WHERE id = ?", (id,)).fetchone()) for id in ids)
    return [id for id, row in kept if row and (ring.open(id, CustomerSet, "phone", row[0]) or "").endswith(digits)]


def _by_name(db: Connection, words: list[str]) -> list[str]:
    """Customers with a name that has a word starting with each typed word.

    A single letter, such as the O of O'Brien, isn't looked up. With fewer than three letters only whole names match
    (Li), because prefixes would list everyone.
    """
    longest = max(words, key=len, default="")
    if sum(len(word) for word in words) < NAME_LETTERS:
        return _beginning(db, longest, words, whole=True) if len(longest) in BEGINNINGS else []
    found: list[str] = []
    # names stored with an older normalisation are still found by a shorter prefix
    for length in sorted((one for one in BEGINNINGS if one <= len(longest)), reverse=True):
        if found := _beginning(db, longest[:length], words):
            break
    return found


def _beginning(db: Connection, first: str, words: list[str], whole: bool = False) -> list[str]:
    ids: dict[str, None] = {}
    for place in range(WORDS_INDEXED):
        ids |= dict.fromkeys(blind_index.find(db, f"{NAME} {place} {len(first)}", first))
    ring, found = Keyring(db), []
    for id in list(ids)[:_CANDIDATES]:
        row = db.execute("SELECT name FROM customer WHERE id = ?", (id,)).fetchone()
        name = ring.open(id, CustomerSet, "name", row[0]) if row else None
        meant = name and (set(words) <= set(words_of(name)) if whole else begins(name, words))
        if name and meant:
            found.append((words_of(name), id))
    return [id for _, id in sorted(found)]
