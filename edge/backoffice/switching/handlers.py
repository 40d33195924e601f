"""Handlers of an import from another system, inside the transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from edge.accounting.accounts.account import Account
from edge.accounting.accounts.commands import EndAccount, ImportAccountBalance, SetAccount, UndoImportedBalance
from edge.accounting.accounts.entities import account_of, owing_of
from edge.accounting.accounts.queries import find_opening, imported_minor
from edge.backoffice.switching.commands import (
    MoveIn,
    PutBackCards,
    PutBackCustomers,
    PutBackStock,
    PutBackUsers,
    TakeBackMove,
    TakeCards,
    TakeCustomers,
    TakeStock,
    TakeUsers,
)
from edge.backoffice.switching.moved import ImportedCustomer, MovedCustomer, MovedUser
from edge.backoffice.switching.protocol import ShopChoices
from edge.core import ids
from edge.core.jobs import store as jobs
from edge.core.messages import Refusal
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.loyalty.commands import AdjustPoints, ImportedPoints, ImportPoints
from edge.counter.loyalty.queries import points_of
from edge.foundation.access.commands import RetireUser, SetUser
from edge.foundation.access.queries import is_active_user, next_id, read_users, roles, signs_in
from edge.goods.catalog.product import Product
from edge.goods.ingest.import_job import Opening
from edge.goods.stock.commands import OPENING_UNDONE, Moved, MoveStock
from edge.goods.stock.queries import read_place_names, read_places
from edge.lib.regions.addresses import Address
from edge.money.gift_cards.commands import LoadCard, TakeLoadBack
from edge.money.gift_cards.queries import read_card
from edge.people.customers.commands import (
    AddCustomers,
    AddedCustomer,
    ForgetCustomer,
    GiveConsent,
    NewCustomer,
    SetCustomer,
    WithdrawConsent,
)
from edge.people.customers.customer import ADDRESSES_MOST, Customer, Purpose
from edge.people.customers.events import CustomerSet
from edge.people.customers.queries import (
    all_ids,
    by_email,
    by_member_code,
    by_name_alone,
    by_phone,
    identifiers,
    known_by,
    read_customer,
    resolve,
)

MOVE_JOB, TAKE_BACK_JOB = "move_in", "take_back_move"
Busy = Callable[[Connection, str], str]
"""Returns why a customer's data can't be erased now; "" if it can."""
Issue = tuple[int, str, str]
"""A line of the file, a field, and the reason it was refused: a key of section `reason`."""
_FIELDS = ("name", "phone", "email", "born", "member_code")
_IMPORTED = "SELECT coalesce(sum(points), 0) FROM loyalty_move WHERE customer = ? AND why = 'imported'"
_SINCE = "SELECT since_us, changed_us, merged_into, forgotten FROM customer WHERE id = ?"
_BOUGHT = "SELECT 1 FROM customer_paper WHERE customer = ? LIMIT 1"
_ACCOUNT = "SELECT seq FROM account WHERE customer = ?"
_ON_HAND = "SELECT on_hand FROM stock WHERE sku = ?"
_MOVED_SINCE = "SELECT 1 FROM stock_movement WHERE sku = ? AND seq > ? LIMIT 1"
PURSE = "points"
GROUP_LINES = 60
"""Lines of a file whose new customers get ids that begin alike (`AddCustomers.group`)."""


def move_in(tx: Transaction, command: MoveIn) -> int:
    return jobs.queue(tx, MOVE_JOB, msgspec.to_builtins(command))


def take_back_move(tx: Transaction, command: TakeBackMove) -> int:
    job = jobs.read_job(tx.db, command.job)
    if job is None or job.kind != MOVE_JOB:
        raise Refusal("import_unknown", {"job": command.job})
    if job.state in ("queued", "running"):
        raise Refusal("import_running", {"job": command.job})
    return jobs.queue(tx, TAKE_BACK_JOB, msgspec.to_builtins(command))


class Moving:
    """Handlers for a store with this language. `busy`: checks other capabilities for open business with a customer,
    besides their account."""

    def __init__(self, language: str, busy: tuple[Busy, ...] = ()) -> None:
        self._language, self._busy = language, busy

    def take_customers(self, tx: Transaction, command: TakeCustomers) -> list[Issue]:
        issues: list[Issue] = []
        new, known = split_new(tx.db, command.rows)
        if new:
            self._add_customers(tx, new, issues)
        for one in known:
            self._take_customer(tx, one, issues)
        return issues

    def _add_customers(self, tx: Transaction, rows: Sequence[MovedCustomer], issues: list[Issue]) -> None:
        """Add customers who match no existing one, several at once."""
        wanted = tuple(NewCustomer(SetCustomer(**_news(tx.db, one, None)), _purposes(one)) for one in rows)
        group = f"{ids.show(tx.command_id)[:13]} {rows[0].line // GROUP_LINES}"  # by the job's time and the line
        added: list[AddedCustomer] = tx.do(AddCustomers(wanted, self._language, group), asks=False).result
        points = []
        for one, made in zip(rows, added, strict=True):
            if not made.id:
                issues.append((one.line, "", "customer_refused"))
                continue
            issues += ((one.line, purpose, "customer_consent") for purpose in made.refused)
            if one.points and one.member:
                if "loyalty" in made.refused:
                    issues.append((one.line, "points", "customer_consent"))
                else:
                    points.append(ImportedPoints(made.id, one.points))
            if one.owed_minor:
                _open_balance(tx, made.id, one, issues)
        if points:
            tx.do(ImportPoints(tuple(points)), asks=False)

    def _take_customer(self, tx: Transaction, one: MovedCustomer, issues: list[Issue]) -> None:
        id = find_customer(tx.db, one)
        before = read_customer(tx.db, id, tx.at_us) if id else None
        if before and before.hidden:
            issues.append((one.line, "", "customer_hidden"))
            return
        said = _news(tx.db, one, before)
        if before:  # a new customer shares no identifier with another customer
            issues += ((one.line, field, "customer_other") for field in _remove_others_identifiers(tx.db, said, before))
        try:
            if before is None or said:
                id = tx.do(SetCustomer(before.id if before else None, **said), asks=False).result
        except Refusal:
            issues.append((one.line, "", "customer_refused"))
            return
        assert id is not None
        had = {consent.purpose for consent in before.consents} if before else set()
        for purpose in _purposes(one):
            if purpose not in had and not self._consent(tx, id, purpose):
                issues.append((one.line, purpose, "customer_consent"))
        if one.points and one.member:
            self._give_points(tx, id, one, issues)
        if one.owed_minor:
            _open_balance(tx, id, one, issues)

    def _consent(self, tx: Transaction, id: str, purpose: Purpose) -> bool:
        try:
            tx.do(GiveConsent(id, purpose, self._language, how="import"), asks=False)
        except Refusal:
            return False
        return True

    def _give_points(self, tx: Transaction, id: str, one: MovedCustomer, issues: list[Issue]) -> None:
        """Add points up to the file's number, so that a repeated import adds nothing."""
        had = int(tx.db.execute(_IMPORTED, (id,)).fetchone()[0])
        if one.points <= had:
            return
        try:
            tx.do(AdjustPoints(id, one.points - had, "imported", PURSE), asks=False)
        except Refusal:
            issues.append((one.line, "points", "customer_consent"))

    def put_back_customers(self, tx: Transaction, command: PutBackCustomers) -> list[tuple[str, str]]:
        stay = []
        for one in command.rows:
            if why := self._put_back(tx, one):
                stay.append((one.id, why))
        return stay

    def _put_back(self, tx: Transaction, one: ImportedCustomer) -> str:
        """Restore a customer to their state before the import. Returns the reason if they must stay, else "". Customers
        who stay keep their balance."""
        row = tx.db.execute(_SINCE, (one.id,)).fetchone()
        if row is None or row[3]:
            return ""
        if why := self._why_stays(tx, one, merged_into=row[2], changed_us=row[1]):
            return why
        _put_back_account(tx, one)
        if one.before == 0:
            tx.do(ForgetCustomer(one.id))
        else:
            _undo_known_customer(tx, one)
        return ""

    def _why_stays(self, tx: Transaction, one: ImportedCustomer, merged_into: str | None, changed_us: int) -> str:
        """Why a customer can't be restored, or "". Checked before anything changes, because the effects of a refused
        `ForgetCustomer` can't be undone."""
        if merged_into is not None or changed_us != tx.read(one.last).at_us:
            return "customer_changed"
        if any(found.settled_minor for opening in one.openings if (found := find_opening(tx.db, opening))):
            return "customer_balance_used"
        if one.before:
            return ""
        is_busy = any(busy(tx.db, id) for busy in self._busy for id in all_ids(tx.db, one.id))
        is_owing = owing_of(tx.db, one.id, one.openings)
        bought = tx.db.execute(_BOUGHT, (one.id,)).fetchone()
        return "customer_bought" if bought or is_busy or is_owing else ""


def _open_balance(tx: Transaction, id: str, one: MovedCustomer, issues: list[Issue]) -> None:
    """Import a customer's balance, debt or credit, once. Customers without an account get one: without a limit if they
    continue to buy on account, else for their credit only."""
    known = imported_minor(tx.db, id)
    if known:
        if known != one.owed_minor:
            issues.append((one.line, "balance", "customer_balance_known"))
        return
    try:
        if account_of(tx.db, id) is None:
            tx.do(SetAccount(Account(id, None if one.pays_later else 0)), asks=False)
        tx.do(ImportAccountBalance(id, one.owed_minor))
    except Refusal:
        issues.append((one.line, "balance", "customer_balance"))


def _purposes(one: MovedCustomer) -> tuple[Purpose, ...]:
    """Purposes to which the customer consented in the other system."""
    said: tuple[tuple[Purpose, bool], ...] = (("marketing", one.marketing), ("loyalty", one.member))
    return tuple(purpose for purpose, agreed in said if agreed)


def split_new(db: Connection, rows: Sequence[MovedCustomer]) -> tuple[Sequence[MovedCustomer], Sequence[MovedCustomer]]:
    """Split rows into customers who match no one, and customers who match someone here or in an earlier row."""
    exact = [_exact_keys(one) for one in rows]
    taken = set[tuple[str, str]](known_by(db, (pair for pairs in exact for pair in pairs)))
    new, known = list[MovedCustomer](), list[MovedCustomer]()
    for one, own in zip(rows, exact, strict=True):
        keys = own or {("", one.name)}
        is_new = not keys & taken and (bool(own) or not by_name_alone(db, one.name))
        (new if is_new else known).append(one)
        taken |= keys
    return new, known


def keys_of(one: MovedCustomer) -> set[tuple[str, str]]:
    """A customer's identifying keys: phone, email and code, or the name alone."""
    return _exact_keys(one) or {("", one.name)}


def _exact_keys(one: MovedCustomer) -> set[tuple[str, str]]:
    return identifiers(_without_extension(one.phone), one.email, one.code)


def find_customer(db: Connection, one: MovedCustomer) -> str | None:
    """The shop's customer who is this person: found by email, phone or code, or by name if neither has other data."""
    for text, known in ((one.email, by_email), (_without_extension(one.phone), by_phone), (one.code, by_member_code)):
        if text and (found := known(db, text)):
            return found
    return None if one.email or one.phone or one.code else by_name_alone(db, one.name)


def _without_extension(phone: str) -> str:
    """A phone number without its extension, for lookup."""
    return phone.partition(" ext.")[0]


def _news(db: Connection, one: MovedCustomer, before: Customer | None) -> dict[str, Any]:
    """Data of a customer that the shop doesn't have yet."""
    said: dict[str, Any] = {
        field: text
        for field in _FIELDS
        if (text := one.code if field == "member_code" else getattr(one, field))
        and not (before and getattr(before, field))
    }
    held: tuple[Address, ...] = before.addresses if before else ()
    if one.address and one.address not in held and len(held) < ADDRESSES_MOST:
        said["addresses"] = (*held, one.address)
    return said


def _remove_others_identifiers(db: Connection, said: dict[str, Any], before: Customer | None) -> list[str]:
    """Remove identifiers from `said` that belong to another customer. Returns the removed fields."""
    own = before.id if before else None
    found = []
    for field, known in (("phone", by_phone), ("email", by_email), ("member_code", by_member_code)):
        if field in said and (other := known(db, _without_extension(said[field]))) and other != own:
            del said[field]
            found.append(field)
    return found


def take_stock(opening: Opening, tx: Transaction, command: TakeStock) -> bool:
    if gone := next((one.location for one in command.places if read_place_names(tx.db, one.location) is None), ""):
        raise Refusal("no_location", {"location": gone})
    total = sum(one.thousandths for one in command.places)
    if not isinstance(found := opening(tx.db, Product(command.sku), total), MoveStock):
        return False
    for one in command.places:
        moves = (Moved(command.sku, one.thousandths),)
        tx.do(msgspec.structs.replace(found, moves=moves, location=one.location))
    return True


def stock_moved(db: Connection, sku: str, last: int, thousandths: int) -> bool:
    """Whether a product's stock isn't, or isn't only, an import's opening stock, last booked by row `last`."""
    if db.execute(_ON_HAND, (sku,)).fetchone() != (thousandths,):
        return True
    return db.execute(_MOVED_SINCE, (sku, last)).fetchone() is not None


def put_back_stock(tx: Transaction, command: PutBackStock) -> bool:
    if stock_moved(tx.db, command.sku, command.last, sum(one.thousandths for one in command.places)):
        return False
    for one in command.places:
        moves = (Moved(command.sku, -one.thousandths),)
        tx.do(MoveStock("counted", moves, one.location, document=f"{OPENING_UNDONE}{command.job}"))
    return True


def shop_choices(db: Connection) -> ShopChoices:
    """The shop's locations and roles, which answers about files may name."""
    return ShopChoices(tuple(read_places(db)), tuple(role.id for role in roles(db)))


def find_user(db: Connection, one: MovedUser) -> str | None:
    """The shop's user with this email address or, if one of both has none, this name."""
    for user in read_users(db):
        if one.email and user.email:
            if one.email.casefold() == user.email.casefold():
                return user.id
        elif one.name.casefold() == user.name.casefold():
            return user.id
    return None


def take_users(tx: Transaction, command: TakeUsers) -> list[Issue]:
    issues: list[Issue] = []
    for one in command.rows:
        if find_user(tx.db, one):
            continue
        user = SetUser(next_id(tx.db), one.name, one.role, email=one.email or None, phone=one.phone or None)
        try:
            tx.do(user, asks=False)
        except Refusal:
            issues.append((one.line, "", "user_refused"))
    return issues


def put_back_users(tx: Transaction, command: PutBackUsers) -> list[tuple[str, str]]:
    stay = []
    for id in command.ids:
        if signs_in(tx.db, id):
            stay.append((id, "user_signs_in"))
        elif is_active_user(tx.db, id):
            tx.do(RetireUser(id), asks=False)
    return stay


def take_cards(tx: Transaction, command: TakeCards) -> list[Issue]:
    issues: list[Issue] = []
    for one in command.rows:
        if read_card(tx.db, one.card):
            issues.append((one.line, one.tail, "card_known"))
        else:
            tx.do(LoadCard(one.card, one.tail, one.minor, imported=True, expires_on=one.expires_on))
    return issues


def put_back_cards(tx: Transaction, command: PutBackCards) -> list[tuple[str, str]]:
    stay = []
    for one in command.rows:
        try:
            tx.do(TakeLoadBack(one.card, one.minor))
        except Refusal:
            stay.append((one.tail, "card_used"))
    return stay


def _put_back_account(tx: Transaction, one: ImportedCustomer) -> None:
    """Remove unused imported balances from an account, and end the account if the import created it."""
    for opening in one.openings:
        if find_opening(tx.db, opening):
            tx.do(UndoImportedBalance(opening))
    row = tx.db.execute(_ACCOUNT, (one.id,)).fetchone()
    if one.account and row == (one.account,) and not owing_of(tx.db, one.id):
        tx.do(EndAccount(one.id), asks=False)


def _undo_known_customer(tx: Transaction, one: ImportedCustomer) -> None:
    """Remove an import's points, consents and data from a customer who existed before it."""
    if one.points:
        points = min(one.points, points_of(tx.db, one.id, PURSE))
        if points:
            tx.do(AdjustPoints(one.id, -points, "imported", PURSE))
    for purpose in one.purposes:
        tx.do(WithdrawConsent(one.id, purpose, "import"))  # type: ignore[arg-type]
    before = tx.read(one.before).event
    assert isinstance(before, CustomerSet)
    ring = Keyring(tx.db)
    texts: dict[str, Any] = {
        field: ring.open(one.id, CustomerSet, field, getattr(before, field)) or "" for field in _FIELDS
    }
    if extension := ring.open(one.id, CustomerSet, "extension", before.extension):
        texts["phone"] += f" ext. {extension}"
    sealed = ring.open(one.id, CustomerSet, "addresses", before.addresses)
    addresses = msgspec.json.decode(sealed, type=tuple[Address, ...]) if sealed else ()
    if resolve(tx.db, one.id) == one.id:
        tx.do(SetCustomer(one.id, **texts, addresses=addresses), asks=False)
