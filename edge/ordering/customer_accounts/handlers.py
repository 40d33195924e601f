"""Commands of accounts, inside the transaction: sign-in, addresses, sessions."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.outbox.letters import queue_letter
from edge.ordering.customer_accounts import sessions, ways
from edge.ordering.customer_accounts.codes import DISPUTED, AccountCodes, AccountLetter, SentCode
from edge.ordering.customer_accounts.commands import (
    AskAccountCode,
    AskOwnCode,
    AskOwnWay,
    ConfirmOwnCode,
    EndOwnSession,
    ProveOwnWay,
    RemoveOwnWay,
    SignInAccount,
)
from edge.ordering.customer_accounts.passkeys import WAY as PASSKEY
from edge.ordering.customer_accounts.sessions import CustomerSession
from edge.ordering.customer_accounts.settings import CustomerAccountSettings
from edge.people.customers.commands import GiveConsent, SetCustomer
from edge.people.customers.customer import ASKED_FOR
from edge.people.customers.queries import read_customer, resolve, years_old

_NOTICE_LIFE_US = ways.RECLAIM_US


class Accounts:
    """Handles accounts in a store."""

    def __init__(self, settings: CustomerAccountSettings) -> None:
        self._settings = settings
        self._codes = AccountCodes(settings)

    def ask_code(self, tx: Transaction, command: AskAccountCode) -> None:
        meant = ways.address_owner(tx.db, command.to, self._settings.region, tx.at_us)
        if meant is None:
            raise Refusal("account_to_wrong")
        self._codes.send(tx, command.asking, "sign_in", meant, command.language, command.network)

    def sign_in(self, tx: Transaction, command: SignInAccount) -> str:
        """Sign in; returns a session's secret."""
        sent = self._codes.check(tx, command.asking, command.code, "sign_in")
        if sent.customer == DISPUTED:
            raise Refusal("account_settle")
        # look up the owner again: the customer may have been forgotten or merged since the code was sent
        meant = ways.address_owner(tx.db, sent.to, self._settings.region, tx.at_us)
        if meant is None or meant.disputed:
            raise Refusal("account_settle")
        if meant.before:
            customer = self._return_address(tx, command, meant)
        elif meant.customer:
            customer = meant.customer
            ways.prove(tx, customer, meant.kind, meant.normal)
        else:
            customer = self._new(tx, command, sent)
        self._codes.use(tx, command.asking)
        return sessions.begin(tx, customer, sent.way, command.device, command.program)

    def _new(self, tx: Transaction, command: SignInAccount, sent: SentCode) -> str:
        """Create a new customer with the consents that they ticked."""
        if not command.name.strip() or (self._settings.least_age and not command.born.strip()):
            raise Refusal("account_new", {"age": self._settings.least_age})
        phone, email = (sent.to, None) if sent.way == "sms" else (None, sent.to)
        born, language = command.born or None, command.language
        said = SetCustomer(name=command.name, phone=phone, email=email, born=born, language=language)
        customer = str(tx.do(said, asks=False).result)
        age = years_old(tx.db, customer, tx.at_us, tx.business_date)
        if age is not None and age < self._settings.alone_age:
            raise Refusal("customer_too_young", {"age": self._settings.alone_age})  # this rolls back the customer
        ways.prove(tx, customer, sent.way, sent.to)
        for purpose in dict.fromkeys(command.consents):
            if purpose in ASKED_FOR:
                tx.do(GiveConsent(customer, purpose, command.language, how="page"), asks=False)
        return customer

    def _return_address(self, tx: Transaction, command: SignInAccount, meant: ways.Meant) -> str:
        """Return an address to its previous owner.

        The person who replaced it is signed out, and their newer passkeys are revoked.
        """
        if not command.take_back:
            raise Refusal("account_take_back")
        customer, found = meant.before, ways.read_before(tx.db, meant.before, meant.kind)
        kept = resolve(tx.db, customer)
        if found is None or kept is None:
            raise Refusal("sign_in_over")
        ways.drop_before(tx, customer, meant.kind)
        ways.remove(tx, kept, meant.kind, taken_back=True)
        ways.prove(tx, kept, meant.kind, meant.normal)
        tx.db.execute("DELETE FROM account_passkey WHERE customer = ? AND added_us >= ?", (kept, found[1]))
        sessions.end(tx.db, kept)
        return kept

    def ask_own_code(self, tx: Transaction, command: AskOwnCode) -> str:
        """Send a confirmation code; returns its channel. With two addresses, it isn't the channel used to sign in."""
        session = sessions.require(tx, command.session, self._settings)
        own = [way for way in ways.read_ways(tx.db, session.customer) if way.kind in self._settings.ways]
        if not own:
            raise Refusal("sign_in_none")
        way = next((one for one in own if one.kind != session.way), own[0])
        meant = ways.Meant(way.kind, way.value, session.customer)
        known = read_customer(tx.db, session.customer, tx.at_us)
        self._codes.send(tx, command.session, "confirm", meant, known.language if known else "")
        return way.kind

    def confirm(self, tx: Transaction, command: ConfirmOwnCode) -> None:
        session = sessions.require(tx, command.session, self._settings)
        sent = self._codes.check(tx, command.session, command.code, "confirm")
        if sent.customer != session.customer:
            raise Refusal("sign_in_over")
        self._codes.use(tx, command.session)
        sessions.confirm(tx, session, sent.way)

    def ask_way(self, tx: Transaction, command: AskOwnWay) -> None:
        session = sessions.require(tx, command.session, self._settings)
        meant = ways.address_owner(tx.db, command.to, self._settings.region, tx.at_us)
        if meant is None:
            raise Refusal("account_to_wrong")
        require_fresh(tx, session)
        known = read_customer(tx.db, session.customer, tx.at_us)
        self._codes.send(tx, f"{command.session}.way"[-64:], "way", meant, known.language if known else "")

    def prove_way(self, tx: Transaction, command: ProveOwnWay) -> None:
        session = sessions.require(tx, command.session, self._settings)
        asking = f"{command.session}.way"[-64:]
        sent = self._codes.check(tx, asking, command.code, "way")
        meant = ways.address_owner(tx.db, sent.to, self._settings.region, tx.at_us)
        owner = meant.customer or meant.before if meant else DISPUTED
        if meant is None or meant.disputed or owner not in ("", session.customer):
            raise Refusal("account_settle")  # it belongs to someone else, which the answer must not reveal
        self._codes.use(tx, asking)
        before = next((way for way in ways.read_ways(tx.db, session.customer) if way.kind == sent.way), None)
        ways.prove(tx, session.customer, sent.way, sent.to)
        if before is not None and before.value != sent.to:
            ways.keep_before(tx, session.customer, sent.way, before.value)
            self._tell_before(tx, session.customer, sent.way)
        sessions.end(tx.db, session.customer, but=session.id)

    def _tell_before(self, tx: Transaction, customer: str, kind: str) -> None:
        """Notify the previous address that it was replaced."""
        if kind in self._settings.ways:
            key, letter = f"account:before {customer} {kind}:", AccountLetter("", customer, kind)
            queue_letter(tx.db, "account", f"{key}{tx.at_us}", key, kind, letter, tx.at_us, life_us=_NOTICE_LIFE_US)

    def remove_way(self, tx: Transaction, command: RemoveOwnWay) -> None:
        session = sessions.require(tx, command.session, self._settings)
        require_fresh(tx, session)
        own = ways.read_ways(tx.db, session.customer)
        if not any(way.kind == command.kind for way in own):
            return
        if len(own) < 2:
            raise Refusal("account_last_way")
        ways.remove(tx, session.customer, command.kind)
        sessions.end(tx.db, session.customer, but=session.id)

    def end_session(self, tx: Transaction, command: EndOwnSession) -> None:
        session = sessions.require(tx, command.session, self._settings)
        if command.others:
            sessions.end(tx.db, session.customer, but=session.id)
        else:
            sessions.end(tx.db, session.customer, command.id or session.id)


def require_fresh(tx: Transaction, session: CustomerSession) -> None:
    """Require a code confirmed in the last five minutes.

    With two addresses, it must be from the one not used to sign in. A verifying passkey also counts.
    """
    own = ways.read_ways(tx.db, session.customer)
    enough = session.fresh_way == PASSKEY or len(own) < 2 or session.fresh_way != session.way
    if tx.at_us - session.fresh_us > sessions.FRESH_US or not enough:
        raise Refusal("account_code_first")
