"""Parsing and validation of customer data. Pure."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from edge.core.asking import Ask
from edge.core.messages import Refusal
from edge.foundation.access.contact import PhoneNumber as PhoneNumber
from edge.foundation.access.contact import email_of as email_of
from edge.foundation.access.contact import phone_of as phone_of
from edge.lib.i18n.folding import without_marks
from edge.lib.i18n.unseen import has_control, without_unseen
from edge.lib.regions.addresses import Address, check
from edge.people.customers.customer import ADDRESSES_MOST, Consent, ConsentState
from edge.people.customers.customer import NAME_CHARS as NAME_CHARS

FIRST_YEAR = 1900
CODE_CHARS = 40
PHONE_END = 4
"""Number of last digits by which a phone number can be found."""
WORDS_INDEXED = 5
"""Number of words of a name that are indexed. Longer names are found by their first words."""
BEGINNINGS = (2, 4)
"""Lengths of word beginnings stored in the index. Further letters are compared after decryption."""
GROUP_BYTES = 2
"""Bytes at the beginning of an id that customers of a group share."""
_LETTERS = str.maketrans({**dict(zip("םןץףךøłđðı", "מנצפכolddi", strict=True)), "œ": "oe", "æ": "ae", "þ": "th"})


def name_of(text: str) -> str:
    """Normalise a name: single spaces, composed accents; empty if nothing of it is visible."""
    if has_control(text):
        raise Refusal("control_characters", {"field": "name"})
    name = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()
    if not without_unseen(name).strip():
        return ""
    if len(name) > NAME_CHARS:
        raise Refusal("name_too_long", {"limit": NAME_CHARS})
    return name


def code_of(text: str, prefix: str) -> str:
    """The member code without its card prefix."""
    code = text.strip().removeprefix(prefix)
    if len(code) > CODE_CHARS or has_control(code):
        raise Refusal("member_code_invalid", {"limit": CODE_CHARS})
    return code


def born_of(text: str, today: date, least_age: int) -> str:
    """The birth date as 1990-12-31; empty if not given."""
    if not text.strip():
        return ""
    try:
        born = date.fromisoformat(text.strip())
    except ValueError:
        raise Refusal("birth_date_invalid", {"date": text[:20]}) from None
    if born > today or born.year < FIRST_YEAR:
        raise Refusal("birth_date_invalid", {"date": text[:20]})
    if years(born, today) < least_age:
        raise Refusal("customer_too_young", {"age": least_age})
    return born.isoformat()


def years(born: date, today: date) -> int:
    """A person's age in years. A person born on 29 February turns a year older on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def addresses_of(given: Sequence[Address], ask: Ask) -> tuple[Address, ...]:
    """Normalise addresses."""
    if len(given) > ADDRESSES_MOST:
        raise Refusal("too_many_addresses", {"limit": ADDRESSES_MOST})
    made = []
    for place, address in enumerate(given, 1):
        found = check(address)
        if found.confirm:
            address = found.address
            ask("confirm_postal_province", {"postal_code": address.postal_code, "province": address.province})
            found = check(msgspec.structs.replace(address, confirmed=True))
        if found.faults:
            field, fault = next(iter(found.faults.items()))
            raise Refusal("address_wrong", {"address": place, "field": field, "why": f"address_{fault}"})
        made.append(_confirmation_if_needed(found.address))
    return tuple(made)


def _confirmation_if_needed(address: Address) -> Address:
    """Return the address with `confirmed` only if it needs confirmation, for another province's postal code."""
    plain = msgspec.structs.replace(address, confirmed=False)
    return plain if not check(plain).faults else address


def words_of(name: str) -> list[str]:
    """The words of a name for comparison: in lower case, without accents, vowel points and final letter forms.

    >>> words_of("Lebœuf"), words_of("O’Brien"), words_of("שָׁלוֹם")
    (['leboeuf'], ['o', 'brien'], ['שלומ'])
    """
    return re.findall(r"\w+", without_marks(name.casefold()).translate(_LETTERS))


def beginnings(name: str) -> dict[str, str]:
    """Index entries of a name: prefixes of its first words, by position and length."""
    return {
        f"{place} {length}": word[:length]
        for place, word in enumerate(words_of(name)[:WORDS_INDEXED])
        for length in BEGINNINGS
        if len(word) >= length
    }


def begins(name: str, typed: Sequence[str]) -> bool:
    """Whether each typed word is a prefix of a word of the name."""
    words = words_of(name)
    return all(any(word.startswith(one) for word in words) for one in typed)


def made_id(command_id: bytes, group: str = "") -> str:
    """The id of a new customer, unique to the command.

    It reveals nothing about the customer, not even how many there are. Ids of a `group` begin alike, so that the rows
    of customers who are added one after another share pages of the ledger.
    """
    own, shared = (hashlib.sha256(b"customer" + one).digest() for one in (command_id, group.encode()))
    return "c" + base64.b32encode(shared[:GROUP_BYTES] + own if group else own)[:12].decode().lower()


def made_code(command_id: bytes, attempt: int) -> str:
    """A member code of ten digits."""
    digest = hashlib.sha256(b"member %d " % attempt + command_id).digest()
    return str(10**9 + int.from_bytes(digest[:8]) % (9 * 10**9))


def consent_state(
    given_us: int, withdrawn_us: int | None, renewed_us: int | None, now_us: int, grace_us: int
) -> ConsentState:
    """The state of a consent.

    `renewed_us`: when a wording that requires renewed consent was published (None: never).
    """
    if withdrawn_us is not None:
        return "withdrawn"
    if renewed_us is None or renewed_us <= given_us:
        return "given"
    return "renew" if now_us < renewed_us + grace_us else "lapsed"


_STANDING: dict[ConsentState, int] = {"lapsed": 0, "renew": 1, "given": 2}


def merged_consents(kept: Iterable[Consent], merged: Iterable[Consent]) -> tuple[list[Consent], list[str]]:
    """Consents that the kept record takes from the merged one, and purposes that end.

    Taken are consents that are new or better; a purpose ends if either record refused it.
    """
    own = {one.purpose: one for one in kept}
    given, ended = [], []
    for one in merged:
        mine = own.get(one.purpose)
        if mine is not None and "withdrawn" in (one.state, mine.state):
            ended.append(one.purpose)
        elif one.state != "withdrawn" and (mine is None or _STANDING[one.state] > _STANDING[mine.state]):
            given.append(one)
    return given, ended
