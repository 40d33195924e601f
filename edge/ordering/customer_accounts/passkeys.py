"""Commands of passkeys, inside the transaction. Format checks: `webauthn.py`."""

from __future__ import annotations

import base64
import hashlib
import secrets
from urllib.parse import urlsplit

import structlog

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection, blob
from edge.ordering.customer_accounts import sessions, webauthn
from edge.ordering.customer_accounts.commands import AddPasskey, AskPasskey, RemovePasskey, SignInPasskey
from edge.ordering.customer_accounts.settings import CustomerAccountSettings
from edge.ordering.customer_accounts.webauthn import PasskeyWrong
from edge.people.customers.queries import resolve

_log = structlog.get_logger(__name__)
PASSKEYS_MOST = 10
CHALLENGE_BYTES = 32
CHALLENGE_US = 300 * 1_000_000
CHALLENGES_MOST = 500
"""Maximum open challenges at a time. Above it, the oldest is dropped."""
WAY = "passkey"
_ASK = "INSERT INTO account_challenge (challenge, purpose, customer, until_us) VALUES (?, ?, ?, ?)"
_TOO_MANY = """
    DELETE FROM account_challenge WHERE until_us <= ?1 OR challenge IN (
        SELECT challenge FROM account_challenge ORDER BY until_us DESC LIMIT -1 OFFSET ?2)
"""
_FIND = "SELECT customer, key, algorithm, count, ended FROM account_passkey WHERE credential = ?"
_ADD = """
    INSERT INTO account_passkey (credential, customer, key, algorithm, device, count, added_us, used_us)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
"""


class Passkeys:
    """Handles passkeys in a store. Their site (RP id) is the host of the page, or the shop's domain above it."""

    def __init__(self, settings: CustomerAccountSettings) -> None:
        self._settings = settings

    def ask(self, tx: Transaction, command: AskPasskey) -> str:
        if not self._settings.on:
            raise Refusal("account_signed_out")
        customer = ""
        if command.purpose != "sign_in":
            customer = sessions.require(tx, command.session, self._settings).customer
        challenge = secrets.token_bytes(CHALLENGE_BYTES)
        tx.db.execute(_TOO_MANY, (tx.at_us, CHALLENGES_MOST - 1))
        tx.db.execute(_ASK, (challenge, command.purpose, customer, tx.at_us + CHALLENGE_US))
        return webauthn_text(challenge)

    def add(self, tx: Transaction, command: AddPasskey) -> None:
        session = sessions.require(tx, command.session, self._settings)
        (count,) = tx.db.execute(
            "SELECT count(*) FROM account_passkey WHERE customer = ?", (session.customer,)
        ).fetchone()
        if count >= PASSKEYS_MOST:
            raise Refusal("too_many_passkeys", {"limit": PASSKEYS_MOST})
        try:
            client = webauthn.b64(command.client)
            self._consume_challenge(tx, client, "webauthn.create", command.origin, "add", session.customer)
            said = webauthn.authenticator(
                webauthn.b64(command.authenticator), domain_of(command.origin, self._settings.passkey_domain)
            )
            credential, key = webauthn.b64(command.credential), webauthn.b64(command.key)
            webauthn.public_key(key, command.algorithm)
            if said.credential != credential or tx.db.execute(_FIND, (credential,)).fetchone():
                raise PasskeyWrong("credential")
        except PasskeyWrong as error:
            _log.info("a passkey was rejected", why=str(error))
            raise Refusal("passkey_wrong") from None
        device = command.device[: sessions.DEVICE_CHARS]
        values = (blob(credential), session.customer, blob(key), command.algorithm, device, said.count, tx.at_us)
        tx.db.execute(_ADD, values)

    def sign_in(self, tx: Transaction, command: SignInPasskey) -> str:
        session = sessions.require(tx, command.session, self._settings) if command.session else None
        purpose = "confirm" if session else "sign_in"
        try:
            credential, client = webauthn.b64(command.credential), webauthn.b64(command.client)
            row = tx.db.execute(_FIND, (credential,)).fetchone()
            if row is None or row[4] or resolve(tx.db, row[0]) != row[0]:
                raise PasskeyWrong("unknown")
            customer, key, algorithm, before, _ = row
            if session and session.customer != customer:
                raise PasskeyWrong("of another customer")
            self._consume_challenge(
                tx, client, "webauthn.get", command.origin, purpose, session.customer if session else ""
            )
            raw = webauthn.b64(command.authenticator)
            said = webauthn.authenticator(raw, domain_of(command.origin, self._settings.passkey_domain))
            webauthn.verify(key, algorithm, raw + _digest(client), webauthn.b64(command.signature))
            if session and not said.verified:
                raise PasskeyWrong("the user wasn't verified")
        except PasskeyWrong as error:
            _log.info("a passkey was rejected", why=str(error))
            raise Refusal("passkey_wrong") from None
        if webauthn.is_clone(before, said.count):
            # "" instead of a refusal, which would undo the revocation: neither copy opens anything from now on
            tx.db.execute("UPDATE account_passkey SET ended = 1 WHERE credential = ?", (credential,))
            return ""
        used = "UPDATE account_passkey SET count = ?, used_us = ? WHERE credential = ?"
        tx.db.execute(used, (said.count, tx.at_us, credential))
        if session:
            sessions.confirm(tx, session, WAY)
            return command.session
        return sessions.begin(tx, customer, WAY, command.device)

    def remove(self, tx: Transaction, command: RemovePasskey) -> None:
        session = sessions.require(tx, command.session, self._settings)
        gone = "DELETE FROM account_passkey WHERE customer = ? AND credential = ?"
        tx.db.execute(gone, (session.customer, webauthn.b64(command.credential)))
        sessions.end(tx.db, session.customer, but=session.id)

    def _consume_challenge(
        self, tx: Transaction, client: bytes, type: str, origin: str, purpose: str, customer: str
    ) -> None:
        """Use up the challenge of this answer.

        Raises `PasskeyWrong` if it has expired, or belongs to another customer or page.
        """
        challenge = webauthn.challenge_of(client)
        taken = "DELETE FROM account_challenge WHERE challenge = ? AND purpose = ? AND customer = ? AND until_us > ?"
        if not tx.db.execute(taken, (challenge, purpose, customer, tx.at_us)).rowcount:
            raise PasskeyWrong("challenge")
        webauthn.client_data(client, type, challenge, origin)


def webauthn_text(raw: bytes) -> str:
    """Encode bytes for browser scripts (base64url)."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def domain_of(origin: str, above: str = "") -> str:
    """The page's site (RP id).

    Raises `PasskeyWrong` without HTTPS or for an IP address, because browsers have no passkeys there.
    """
    split = urlsplit(origin)
    host = split.hostname or ""
    named = any(letter.isalpha() for letter in host.rpartition(".")[2]) and ":" not in host
    if not named or (split.scheme != "https" and host != "localhost"):
        raise PasskeyWrong("origin")
    return site_of(host, above)


def site_of(host: str, above: str) -> str:
    """The page's host, or the domain `above` if it contains the host (Web Authentication 3, section 5.1.3)."""
    return above if above and f".{host}".endswith(f".{above}") else host


def read_passkeys(db: Connection, customer: str) -> list[tuple[str, str, int, int, bool]]:
    """A customer's passkeys: id, device, time added and last used, and whether it was revoked as a possible clone."""
    rows = db.execute(
        "SELECT credential, device, added_us, used_us, ended FROM account_passkey WHERE customer = ? ORDER BY added_us",
        (customer,),
    )
    return [(webauthn_text(id), device, added, used, bool(ended)) for id, device, added, used, ended in rows]


def _digest(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()
