"""By what customers are found: the blind index, and who has a phone, an e-mail or a code already."""

from __future__ import annotations

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
"""Letters by which the beginning of a name is looked for."""
_CANDIDATES = 500
"""Customers whose names are opened for one search; of more, the first."""
_ALONE = """
    SELECT name FROM customer WHERE id = ? AND phone = '' AND email = '' AND member_code = ''
        AND merged_into IS NULL AND NOT forgotten
"""
_ROW = "SELECT price_list, name, phone, member_code, merged_into, forgotten FROM customer WHERE id = ?"


def resolve(db: Connection, id: str) -> str | None:
    """The customer that an id leads to, which may be an alias; None: nobody has it, or they were forgotten."""
    for _ in range(8):  # who was merged may have been merged into before
        row = db.execute("SELECT merged_into, forgotten FROM customer WHERE id = ?", (id,)).fetchone()
        if row is None or row[1]:
            return None
        if row[0] is None:
            return id
        id = row[0]
    return None


def aliases(db: Connection, id: str) -> tuple[str, ...]:
    """The ids that were merged into a customer, and into those."""
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
    """The id under which a customer answers, and those that were merged into it; of nobody known, the id itself."""
    kept = resolve(db, id)
    return [kept, *aliases(db, kept)] if kept else [id]


def once_of(db: Connection, id: str) -> list[str]:
    """All ids under which a customer was ever known, also once they are forgotten."""
    row = db.execute("SELECT coalesce(merged_into, id) FROM customer WHERE id = ?", (id,)).fetchone()
    kept = row[0] if row else id
    return [kept, *(one for (one,) in db.execute("SELECT id FROM customer WHERE merged_into = ?", (kept,)))]


def by_exactly(db: Connection, kind: str, text: str) -> str | None:
    """The customer that is known by this phone, e-mail or code."""
    found = (resolve(db, one) for one in blind_index.find(db, kind, text))
    return next((one for one in found if one), None)


def by_member_code(db: Connection, code: str) -> str | None:
    """The customer with a member's code, as it is without its prefix."""
    return by_exactly(db, CODE, code)


def by_name_alone(db: Connection, name: str) -> str | None:
    """The customer of exactly this name of whom nothing else is known by which people are told apart."""
    for id in _by_name(db, words_of(name)):
        row = db.execute(_ALONE, (id,)).fetchone()
        if row and Keyring(db).open(id, CustomerSet, "name", row[0]) == name:
            return id
    return None


def phone_known(db: Connection, id: str) -> str:
    """The phone that a customer is found by; "": none."""
    found = db.execute("SELECT sealed FROM person_index WHERE person = ? AND kind = ?", (id, PHONE)).fetchone()
    return (Keyring(db).open(id, blind_index.TABLE, PHONE, found[0]) or "") if found else ""


def enter(db: Connection, id: str, phone: str, email: str, code: str, name: str) -> None:
    """Let a customer be found by this, and no longer by what was before."""
    blind_index.enter(db, id, PHONE, phone)
    blind_index.enter(db, id, PHONE_LAST, phone[-PHONE_END:])
    blind_index.enter(db, id, EMAIL, email)
    blind_index.enter(db, id, CODE, code)
    wanted = beginnings(name)
    for place in range(WORDS_INDEXED):
        for length in BEGINNINGS:
            blind_index.enter(db, id, f"{NAME} {place} {length}", wanted.get(f"{place} {length}", ""))


def search(db: Connection, text: str, settings: CustomerSettings) -> list[CustomerMatch]:
    """Customers by a member's code, an e-mail, a phone or its last digits, or the beginning of names."""
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
    """Customers as lists have them; those that cannot be shown are left out."""
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
    """As what else than a name a text can be meant."""
    ways = [(CODE, text.removeprefix(settings.member_prefix))]
    with suppress(Refusal):  # it is no such thing
        if "@" in text:
            ways.append((EMAIL, email_of(text)))
        elif sum(one.isdigit() for one in text) > PHONE_END and (phone := phone_of(text, settings.region).e164):
            ways.append((PHONE, phone))
    return ways


def _by_phone_end(db: Connection, text: str) -> list[str]:
    """Those whose phone ends as these digits do."""
    digits = "".join(one for one in text if one.isdigit())
    if len(digits) < PHONE_END or any(one.isalpha() for one in text):
        return []
    ids, ring = blind_index.find(db, PHONE_LAST, digits[-PHONE_END:]), Keyring(db)
    kept = ((id, db.execute("SELECT phone FROM customer WHERE id = ?", (id,)).fetchone()) for id in ids)
    return [id for id, row in kept if row and (ring.open(id, CustomerSet, "phone", row[0]) or "").endswith(digits)]


def _by_name(db: Connection, words: list[str]) -> list[str]:
    """Those of whose names each typed word begins one; of the O of O'Brien alone nobody is looked up. Of less than
    three letters in all only those are meant of whose names each is a whole word (Li): two letters would list all."""
    longest = max(words, key=len, default="")
    if sum(len(word) for word in words) < NAME_LETTERS:
        return _beginning(db, longest, words, whole=True) if len(longest) in BEGINNINGS else []
    found: list[str] = []
    # a name that was kept under an older spelling of its letters is still found by the shorter beginning
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
