"""Commands of consents, their wordings, and data kept only with consent, inside the transaction."""

from __future__ import annotations

import base64
import hashlib
from contextlib import suppress

import msgspec

from edge.core.messages import Refusal
from edge.core.people.forgetting import ForgetPerson
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.people.customers.commands import GiveConsent, PublishWording, WithdrawConsent
from edge.people.customers.consents import BUILT_IN, find_wording, read_consents, stands
from edge.people.customers.customer import WORDING_CHARS, WORDINGS_MOST, Preferences
from edge.people.customers.events import ConsentGiven, ConsentWithdrawn, PreferencesSet, WordingPublished
from edge.people.customers.lookup import aliases, resolve
from edge.people.customers.queries import years_old

PROFILE = "profile"
"""The purpose that allows preferences to be kept."""


def publish_wording(tx: Transaction, command: PublishWording) -> None:
    texts = {language: text.strip() for language, text in command.texts.items() if text.strip()}
    if not texts or any(len(text) > WORDING_CHARS for text in texts.values()):
        raise Refusal("wording_wrong", {"limit": WORDING_CHARS})
    count = tx.db.execute("SELECT count(*) FROM consent_wording WHERE purpose = ?", (command.purpose,)).fetchone()[0]
    if count >= WORDINGS_MOST:
        raise Refusal("too_many_wordings", {"limit": WORDINGS_MOST})
    if command.version in BUILT_IN or _is_published(tx, command):
        raise Refusal("wording_version_taken", {"version": command.version})
    tx.append(WordingPublished(command.purpose, command.version, texts, command.material))


class Consenting:
    """Handles consents in a store. Below `parents_age` years (0: none), only a parent can give consent."""

    def __init__(self, parents_age: int) -> None:
        self._parents_age = parents_age

    def give(self, tx: Transaction, command: GiveConsent) -> None:
        age = years_old(tx.db, command.customer, tx.at_us, tx.business_date)
        if age is not None and age < self._parents_age and command.how != "parent":
            raise Refusal("consent_parent", {"age": self._parents_age})
        give_consent(tx, command)


def give_consent(tx: Transaction, command: GiveConsent) -> None:
    id = resolve(tx.db, command.customer)
    if id is None:
        raise Refusal("no_such_customer", {"id": command.customer})
    wording = find_wording(tx.db, command.purpose, command.wording)
    if wording is None or command.language not in wording.texts:
        raise Refusal("no_such_wording", {"version": command.wording or BUILT_IN[0], "language": command.language})
    held = next((one for one in read_consents(tx.db, id, tx.at_us) if one.purpose == command.purpose), None)
    if held and held.state == "given" and held.wording == wording.version:
        return
    profile = new_profile(tx, id, command.purpose)
    tx.append(ConsentGiven(id, command.purpose, wording.version, command.language, command.how, profile))


def withdraw_consent(tx: Transaction, command: WithdrawConsent) -> None:
    id = resolve(tx.db, command.customer)
    if id is None:
        raise Refusal("no_such_customer", {"id": command.customer})
    held = next((one for one in read_consents(tx.db, id, tx.at_us) if one.purpose == command.purpose), None)
    if held is None or held.state == "withdrawn":
        return
    end_consent(tx, id, command.purpose, command.how)


def end_consent(tx: Transaction, id: str, purpose: str, how: str) -> None:
    """Withdraw consent to a purpose. For `profile`, destroy the keys of its data, including those of aliases."""
    tx.append(ConsentWithdrawn(id, purpose, how))
    if purpose == PROFILE:
        for one in (id, *aliases(tx.db, id)):
            forget_profile(tx, one)


def forget_profile(tx: Transaction, id: str) -> None:
    """Destroy the key of data kept only with consent."""
    (profile,) = tx.db.execute("SELECT profile FROM customer WHERE id = ?", (id,)).fetchone()
    if profile:
        with suppress(Refusal):  # nothing was encrypted with it yet, so there's nothing to destroy
            tx.do(ForgetPerson(profile))


def set_preferences(tx: Transaction, id: str, wanted: Preferences) -> None:
    """Save a customer's preferences under their profile key; refused without consent."""
    if not stands(read_consents(tx.db, id, tx.at_us), PROFILE):
        raise Refusal("consent_missing")
    profile, sealed = tx.db.execute("SELECT profile, preferences FROM customer WHERE id = ?", (id,)).fetchone()
    ring, text = Keyring(tx.db), msgspec.json.encode(wanted).decode()
    if ring.open(profile, PreferencesSet, "preferences", sealed) != text:
        tx.append(PreferencesSet(id, profile, ring.seal(profile, PreferencesSet, "preferences", text)))


def new_profile(tx: Transaction, id: str, purpose: str) -> str:
    """A new id for the key of data kept only with this consent.

    "" if the purpose needs none or the customer has one.
    """
    if purpose != PROFILE:
        return ""
    if tx.db.execute("SELECT 1 FROM customer WHERE id = ? AND profile <> ''", (id,)).fetchone():
        return ""
    digest = hashlib.sha256(b"profile" + id.encode() + tx.command_id).digest()
    return "p" + base64.b32encode(digest)[:12].decode().lower()


def _is_published(tx: Transaction, command: PublishWording) -> bool:
    where = (command.purpose, command.version)
    return bool(tx.db.execute("SELECT 1 FROM consent_wording WHERE purpose = ? AND wording = ?", where).fetchone())
