"""Queries of consents: current state, history, and wordings."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.people.customers.customer import PURPOSES, RENEW_US, Consent
from edge.people.customers.lookup import resolve
from edge.people.customers.rules import consent_state

BUILT_IN = ("standard-2", "standard-1")
"""The versions of the built-in wordings, newest first."""
_CONSENTS = """
    SELECT c.customer, c.purpose, c.wording, c.language, c.how, c.given_us, c.withdrawn_us,
        (SELECT max(w.at_us) FROM consent_wording w
         WHERE w.purpose = c.purpose AND w.material AND w.wording <> c.wording AND w.at_us > c.given_us)
    FROM customer_consent c WHERE c.customer = ?1 OR c.customer IN (SELECT id FROM customer WHERE merged_into = ?1)
    ORDER BY c.purpose, c.customer = ?1, c.seq
"""
_WORDINGS = "SELECT purpose, wording, texts, material, at_us FROM consent_wording ORDER BY purpose, seq DESC"


class Wording(msgspec.Struct, frozen=True):
    """A consent wording by language."""

    purpose: str
    version: str
    texts: dict[str, str]
    material: bool = False
    at_us: int = 0

    def text(self, language: str) -> str:
        """The text in a language, or else the first one available."""
        return self.texts.get(language) or next(iter(self.texts.values()), "")


def read_consents(db: Connection, customer: str, at_us: int) -> tuple[Consent, ...]:
    """A customer's latest decision on each purpose."""
    return tuple({one.purpose: one for one in consent_history(db, customer, at_us)}.values())


def consent_history(db: Connection, customer: str, at_us: Number) -> list[Consent]:
    """A customer's consent history by purpose, the latest last.

    Decisions under merged ids that weren't copied come first, then the customer's own.
    """
    rows = db.execute(_CONSENTS, (customer,)).fetchall()
    own = {(purpose, wording, given_us) for id, purpose, wording, _, _, given_us, *_ in rows if id == customer}
    return [
        Consent(
            *(purpose, consent_state(given_us, withdrawn_us, renewed_us, at_us, RENEW_US)),
            *(wording, language, how, given_us, withdrawn_us),
        )
        for id, purpose, wording, language, how, given_us, withdrawn_us, renewed_us in rows
        if id == customer or (purpose, wording, given_us) not in own
    ]


def stands(consents: Iterable[Consent], purpose: str) -> bool:
    """Whether a customer currently consents to a purpose."""
    return any(one.purpose == purpose and one.state in ("given", "renew") for one in consents)


def consents_to(db: Connection, customer: str, purpose: str, at_us: int) -> bool:
    """Whether a customer consents to a purpose at a moment. A forgotten customer never consents.

    Other capabilities check this before storing data.
    """
    return resolve(db, customer) is not None and stands(read_consents(db, customer, at_us), purpose)


def read_wordings(db: Connection) -> list[Wording]:
    """All wordings by purpose, the newest first and the built-in ones last."""
    own = [
        Wording(purpose, version, msgspec.json.decode(texts, type=dict[str, str]), bool(material), at_us)
        for purpose, version, texts, material, at_us in db.execute(_WORDINGS)
    ]
    return [one for purpose in PURPOSES for one in (*own, *_built_in()) if one.purpose == purpose]


def newest_wordings(db: Connection) -> dict[str, Wording]:
    """The current wording of each purpose."""
    newest: dict[str, Wording] = {}
    for one in read_wordings(db):
        newest.setdefault(one.purpose, one)
    return newest


def find_wording(db: Connection, purpose: str, version: str | None) -> Wording | None:
    """A purpose's wording by version, or the newest; None if unknown."""
    of_purpose = (one for one in read_wordings(db) if one.purpose == purpose)
    return next((one for one in of_purpose if version in (None, one.version)), None)


@cache
def _built_in() -> tuple[Wording, ...]:
    versions = tomllib.loads(files("edge.people.customers").joinpath("wordings.toml").read_text(encoding="utf-8"))
    return tuple(Wording(purpose, name, texts) for name in BUILT_IN for purpose, texts in versions[name].items())
