"""Sign-in codes sent to customers: requesting and checking them. Local state; no answer reveals whether an address is
known.

Codes have six digits and are valid for ten minutes and five attempts. Requests are limited per requester, address,
network and store, together with other sent codes (`access.sent_codes`). Wrong attempts are counted in memory, because a
code is guessed within minutes or never.
"""

from __future__ import annotations

import hmac
import secrets

import msgspec

from edge.core.messages import Refusal
from edge.core.people.remarks import Remarks
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.foundation.access.credentials.sent_codes import count_customers_code
from edge.foundation.outbox.letters import queue_letter, withdraw
from edge.ordering.customer_accounts.sessions import digest
from edge.ordering.customer_accounts.settings import CustomerAccountSettings
from edge.ordering.customer_accounts.ways import Meant
from edge.ordering.orders.customers.customer_sign_in import ASKED_MOST, VALID_US, SignInTries

DISPUTED = "?"
"""Recorded as a code's customer if the address belongs to a customer who has confirmed another address."""
_KEEP = """
    INSERT OR REPLACE INTO account_code (digest, purpose, customer, way, sent_to, language, code, until_us)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_FIND = "SELECT purpose, customer, way, sent_to, language, code, until_us FROM account_code WHERE digest = ?"
_GOOD = "SELECT way, sent_to, language, code FROM account_code WHERE digest = ? AND until_us > ?"


class AccountLetter(msgspec.Struct, frozen=True):
    """A message for an account: a code, or a notice to a previous address.

    A code is identified by the request's digest (hex), because outboxes don't contain codes. A notice says that a
    customer replaced their address of this `kind`.
    """

    digest: str = ""
    customer: str = ""
    kind: str = ""


class SentCode(msgspec.Struct, frozen=True):
    """A sent code, decrypted: its purpose and recipient (`customer` "": unknown)."""

    purpose: str
    customer: str
    way: str
    to: str
    language: str


class AccountCodes:
    """Sends and checks the codes of a store."""

    def __init__(self, settings: CustomerAccountSettings) -> None:
        self._settings = settings
        self._tries = SignInTries()

    def send(self, tx: Transaction, asking: str, purpose: str, meant: Meant, language: str, network: str = "") -> None:
        """Send a code. Raises `Refusal` after too many requests, or if the channel isn't available."""
        if not self._settings.on or meant.kind not in self._settings.ways:
            raise Refusal("account_to_wrong" if self._settings.ways else "sign_in_none")
        key = digest(asking)
        self._tries.count_request(tx.at_us, **{f"asking {key.hex()}": ASKED_MOST})
        kiosk = not network and tx.actor.surface == "kiosk"
        caller = f"kiosk:{tx.actor.register}" if kiosk else network
        count_customers_code(tx.db, tx.at_us, meant.normal, caller, kiosk)
        self._tries.begin(key.hex())
        code = f"{secrets.randbelow(10**6):06}"
        sent_to = Remarks(tx.db).seal(meant.normal, tx.business_date)
        tx.db.execute("DELETE FROM account_code WHERE until_us <= ?", (tx.at_us,))
        # A disputed address gets a code like any other; a person resolves the dispute afterwards.
        customer = DISPUTED if meant.disputed else meant.customer
        values = (key, purpose, customer, meant.kind, sent_to, language, code, tx.at_us + VALID_US)
        tx.db.execute(_KEEP, values)
        about = f"account:{key.hex()}:"
        withdraw(tx.db, about, tx.at_us, "over")
        letter = AccountLetter(key.hex())
        queue_letter(tx.db, "account", f"{about}{tx.at_us}", about, meant.kind, letter, tx.at_us, life_us=VALID_US)

    def check(self, tx: Transaction, asking: str, code: str, purpose: str) -> SentCode:
        """Return a right code's purpose and recipient.

        Raises `Refusal` if the code is wrong or has expired. It stays valid until `use`.
        """
        key = digest(asking)
        row = tx.db.execute(_FIND, (key,)).fetchone()
        if row is None or row[0] != purpose or row[6] <= tx.at_us or self._tries.is_dead(key.hex()):
            raise Refusal("sign_in_over")
        if not hmac.compare_digest(row[5], code):
            self._tries.wrong(key.hex())
            raise Refusal("sign_in_code_wrong")
        return SentCode(row[0], row[1], row[2], Remarks(tx.db).read(row[3]), row[4])

    @staticmethod
    def use(tx: Transaction, asking: str) -> None:
        """Invalidate a code."""
        tx.db.execute("DELETE FROM account_code WHERE digest = ?", (digest(asking),))


def read_code(db: Connection, key: str, now_us: int) -> tuple[str, str, str, str] | None:
    """A message's channel, address, language and code; None if the code was used or has expired."""
    row = db.execute(_GOOD, (bytes.fromhex(key), now_us)).fetchone()
    if row is None:
        return None
    way, sent_to, language, code = row
    return way, Remarks(db).read(sent_to), language, code
