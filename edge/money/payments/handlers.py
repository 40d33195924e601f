"""Commands of payments, inside the transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping

import msgspec

from drivers.terminal_outcomes import Ability, BrandTotal
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.lib.regions.card_surcharges import SURCHARGE_WHOLE
from edge.money.payments import commands, events
from edge.money.payments.day_sums import our_day
from edge.money.payments.events import BrandClose
from edge.money.payments.payment import Payment
from edge.money.payments.providers import breakers
from edge.money.payments.providers.fee_split import return_all_fees, split_fees
from edge.money.payments.providers.provider import DRIVERS
from edge.money.payments.providers.routing import PaymentWanted, choose_provider
from edge.money.payments.queries import (
    LOOK_UPS_LEAST,
    basket_charges,
    find_payment,
    find_refund,
    last_close,
    look_ups,
    offline_agreed,
    read_breaker,
    read_providers,
    read_routes,
    require_idle,
    stored_payments,
    work_of,
)
from edge.money.payments.refunds import move_card_refund, release_refunds, request_refund, resolve_refund
from edge.money.payments.settings import OfflineLimits, PaymentSettings, TerminalPlace
from edge.money.payments.states import REFUNDABLE, RUNNING, TAKEN, is_outdated, may_move

TRIAL_MINOR = 1
"""The smallest amount, used to test a terminal."""


class Payments:
    """Handles the payment commands of a store with these settings."""

    def __init__(self, settings: PaymentSettings) -> None:
        self._settings = settings

    def open_payment(self, tx: Transaction, command: commands.OpenPayment) -> str:
        return self._open(tx, command)

    def try_terminal(self, tx: Transaction, command: commands.TryTerminal) -> str:
        require_idle(tx.db, tx.actor.register)
        return self._open(tx, commands.OpenPayment(TRIAL_MINOR, "trial"))

    def _open(self, tx: Transaction, command: commands.OpenPayment) -> str:
        register, amount_minor = tx.actor.register, command.amount_minor
        place = self._place(register)
        currency = self._settings.currency
        sought = PaymentWanted(place.driver, "card_present", currency, amount_minor, self._settings.store, place.mode)
        provider = choose_provider(read_providers(tx.db), read_routes(tx.db), sought)
        if provider is None:
            raise Refusal("no_provider")
        if any(one.is_open and not (one.waits or one.is_on_hold) for one in work_of(tx.db, register)[0]):
            raise Refusal("payment_open")
        abilities = DRIVERS[provider.driver].abilities
        self._cash_back(command.cash_back_minor, abilities)
        asks_tip = command.takes_tip and self._settings.tips == "terminal" and "tip" in abilities
        offline_minor = self._offline_minor(tx.db, command, abilities)
        if command.purpose == "tip" and (self._settings.tips != "after" or "tip_adjust" not in abilities):
            raise Refusal("no_tip_after")
        asked = (provider.id, amount_minor, command.purpose, command.cash_back_minor, asks_tip, offline_minor)
        wanted = (*asked, command.order, command.due_minor)
        taken_up = None
        for one in _idle(tx.db, register):
            if "tip" in (one.purpose, command.purpose) and one.of != command.of:
                continue  # a tip waits alongside its sale
            if _payment_terms(one) == wanted and taken_up is None:
                taken_up = one
            else:
                tx.append(events.PaymentMoved(one.id, "voided", "till"))
        if taken_up is not None:
            if taken_up.code:
                tx.append(events.PaymentRetried(taken_up.id))
            _leave_alone(tx, taken_up.id, provider.id, place.name, command.purpose)
            return taken_up.id
        id = hashlib.sha256(tx.command_id).hexdigest()[:24]
        purpose: events.Purpose = "sale" if command.purpose == "tip" else command.purpose
        of = (command.of, command.order, command.due_minor)
        begun = (id, provider.id, provider.driver, provider.mode, place.name, amount_minor, currency, purpose)
        asked_for = events.PaymentBegun(*begun, command.cash_back_minor, asks_tip, offline_minor, *of)
        tx.append(self._with_pending_details(asked_for, command, abilities))
        _leave_alone(tx, id, provider.id, place.name, command.purpose)
        return id

    def _with_pending_details(
        self, begun: events.PaymentBegun, command: commands.OpenPayment, abilities: Collection[Ability]
    ) -> events.PaymentBegun:
        """Add details from the settings and the terminal's abilities to the event.

        These are whether the payment is only authorised, the surcharge that the shop may keep, and whether a tip may
        follow.
        """
        rate = self._settings.surcharge_rate if command.takes_tip else 0
        hold = self._settings.hold and command.purpose == "order" and "hold" in abilities
        tip_later = self._settings.tips == "after" and command.purpose == "sale" and "tip_adjust" in abilities
        most_minor = command.amount_minor * rate // SURCHARGE_WHOLE
        later = {"hold": hold, "surcharge_most_minor": most_minor, "tip_later": tip_later}
        return msgspec.structs.replace(begun, **later)

    def _cash_back(self, minor: int, abilities: Collection[Ability]) -> None:
        """Raises `Refusal` if the cash back exceeds the limit or the terminal doesn't support it."""
        if minor and "cash_back" not in abilities:
            raise Refusal("no_cash_back")
        if minor > self._settings.cash_back_most_minor:
            raise Refusal("cash_back_limit", {"most_minor": self._settings.cash_back_most_minor})

    def _offline_minor(self, db: Connection, command: commands.OpenPayment, abilities: Collection[Ability]) -> int:
        """The largest sum that the terminal may take offline; 0: never."""
        if "offline" not in abilities or command.purpose != "sale" or command.cash_back_minor or command.loads:
            return 0
        return self._offline(db).room_minor(stored_payments(db))

    def _offline(self, db: Connection) -> OfflineLimits:
        """The offline limits in force: zero until a person has accepted the shop's liability for them."""
        agreed, limits = offline_agreed(db), self._settings.offline
        return limits if agreed is not None and limits.within(OfflineLimits(*agreed)) else OfflineLimits()

    def agree_offline(self, tx: Transaction, command: commands.AgreeOffline) -> None:
        limits = self._settings.offline
        if not limits.most_minor:
            raise Refusal("offline_off")
        if offline_agreed(tx.db) != msgspec.structs.astuple(limits):
            tx.append(events.OfflineAgreed(*msgspec.structs.astuple(limits)))

    def move_payment(self, tx: Transaction, command: commands.MovePayment) -> Payment:
        """Change a payment's state.

        A payment that was declined because the host was down and it exceeded the shop's offline limits gets its own
        code. Raises `Refusal` if it was taken offline above the limits or with a card that doesn't allow that, or if it
        pays out cash with a card that isn't a debit card.
        """
        no_debit = command.to == "authorised" and command.approval and command.approval.is_no_debit
        if no_debit and _require_payment(tx.db, command.id).cash_back_minor:
            raise Refusal("cash_back_debit")
        if command.to == "authorised" and command.approval and command.approval.offline:
            payment = _require_payment(tx.db, command.id)
            if command.approval.is_online_alone:
                raise Refusal("not_accepted")
            if not self._offline(tx.db).takes(payment, command.approval, stored_payments(tx.db), tx.at_us):
                raise Refusal("offline_limit")
        if command.to == "declined" and command.code == "offline" and self._was_limited(tx.db, command.id):
            command = msgspec.structs.replace(command, code="offline_limit")
        return move_payment(tx, command)

    def _was_limited(self, db: Connection, id: str) -> bool:
        """Whether a payment could have been taken offline but for the limits."""
        payment, limits = _require_payment(db, id), self._offline(db)
        takes = limits.most_minor and payment.purpose == "sale" and not payment.cash_back_minor
        if not takes or "offline" not in DRIVERS[payment.driver].abilities:
            return False
        return payment.amount_minor > limits.room_minor(stored_payments(db))

    def tell_outcome(self, tx: Transaction, command: commands.TellOutcome) -> Payment:
        payment = _require_payment(tx.db, command.id)
        gone = self._is_gone(payment.register, payment.terminal)
        if gone and payment.state in RUNNING:
            payment = _append_move(tx, commands.MovePayment(payment.id, "unknown", "start", code="broke_off"))
        if payment.state != "unknown":
            raise Refusal("payment_state", {"state": payment.state})
        if not gone and look_ups(tx.db, payment.key).failed < LOOK_UPS_LEAST:
            raise Refusal("look_up_first", {"times": LOOK_UPS_LEAST})
        tx.append(events.PaymentResolved(payment.id, command.taken, command.reason))
        return _split_payment_fees(tx, _require_payment(tx.db, payment.id))

    def resolve_card_refund(self, tx: Transaction, command: commands.ResolveCardRefund) -> None:
        refund = find_refund(tx.db, command.payment, command.number)
        if refund is None:
            raise Refusal("no_such_payment")
        resolve_refund(tx, refund, command, gone=self._is_gone(refund.register, refund.terminal))

    def _is_gone(self, register: str, terminal: str) -> bool:
        """Whether a terminal, or the payment page, is no longer in config.toml; then nothing is looked up there."""
        if register == events.ONLINE:
            return self._settings.page is None
        return terminal not in {one.name for one in self._settings.terminals.values()}

    def note_terminal_close(self, tx: Transaction, command: commands.NoteTerminalClose) -> bool:
        place = self._place(command.of_register)
        before = last_close(tx.db, place.name)
        ours = our_day(tx.db, place.name, before.seq if before else 0)
        brands = _side_by_side(command.brands, ours)
        closed = events.TerminalClosed(place.name, self._settings.currency, brands)
        tx.append(closed)
        return closed.agrees

    def _place(self, register: str) -> TerminalPlace:
        place = self._settings.terminals.get(register)
        if place is None:
            raise Refusal("no_terminal")
        return place


def _leave_alone(tx: Transaction, id: str, provider: str, place: str, purpose: str) -> None:
    """Ask the terminal, unless it is paused after several failures; then record that the payment wasn't sent.

    Cash and manual card entry still work. A test payment is always sent.
    """
    if purpose != "trial" and read_breaker(tx.db, provider, place).left_us(tx.at_us):
        tx.append(events.PaymentNotSent(id, "resting"))
    else:
        breakers.ask(tx, provider, place)


def _side_by_side(theirs: Iterable[BrandTotal], ours: Mapping[str, tuple[int, int]]) -> tuple[BrandClose, ...]:
    """Combine the terminal's totals and ours by brand, ignoring differences in the spelling of brand names."""
    names: dict[str, str] = {}
    counted: dict[str, list[int]] = {}
    for place, brand, count, minor in (
        *((0, one.brand, one.count, one.amount_minor) for one in theirs),
        *((2, brand, count, minor) for brand, (count, minor) in ours.items()),
    ):
        sums = counted.setdefault(names.setdefault(brand.casefold(), brand), [0, 0, 0, 0])
        sums[place] += count
        sums[place + 1] += minor
    return tuple(BrandClose(brand, *sums) for brand, sums in sorted(counted.items()))


def move_payment(tx: Transaction, command: commands.MovePayment) -> Payment:
    """Apply news of a payment if it's possible and new; returns the updated payment."""
    payment = _require_payment(tx.db, command.id)
    command = _copy_card(tx.db, payment, command)
    minor = command.approval.amount_minor if command.approval else 0
    if payment.resolved and not payment.answered and command.by == "look_up" and command.to != "unknown":
        return _record_look_up(tx, payment, command)
    if payment.state == "stored" and command.by == "look_up" and command.to == "declined":
        return payment if payment.code else _append_move(tx, _refused_afterwards(command))
    if may_move(payment.state, command.to, command.by) and not _is_pointless_send(payment, command):
        moved = _split_payment_fees(tx, _append_move(tx, command))
        if moved.state == "voided":
            return_all_fees(tx, moved)
        if payment.state == "disputed":
            release_refunds(tx, moved)
        if payment.state == "stored":
            _return_unwanted(tx, moved)
        return _require_payment(tx.db, command.id)
    same = is_outdated(payment.state, command.to) and (not minor or minor == payment.taken_minor)
    if not same and payment.contradicted != command.to:
        tx.append(events.PaymentContradicted(payment.id, command.to, command.by, minor))
        return _require_payment(tx.db, command.id)
    return payment


def _copy_card(db: Connection, payment: Payment, command: commands.MovePayment) -> commands.MovePayment:
    """Copy the payment's card to a tip added later, because some protocols don't repeat it."""
    approval, base = command.approval, find_payment(db, payment.of) if payment.of else None
    if approval is None or approval.brand or base is None or base.approval is None:
        return command
    card = {"brand": base.approval.brand, "last4": base.approval.last4}
    return msgspec.structs.replace(command, approval=msgspec.structs.replace(approval, **card))


def _split_payment_fees(tx: Transaction, payment: Payment) -> Payment:
    """Return the payment, with its fees if it was just captured."""
    split_fees(tx, payment)
    return _require_payment(tx.db, payment.id)


def _refused_afterwards(command: commands.MovePayment) -> commands.MovePayment:
    """Return the move for an offline payment that the bank declined: it stays stored until a person writes it off."""
    return commands.MovePayment(command.id, "stored", command.by, code="offline_declined")


def _is_pointless_send(payment: Payment, command: commands.MovePayment) -> bool:
    """Whether to skip a send, because the payment no longer waits to be sent."""
    return command.to == "sent" and not payment.waits


def _record_look_up(tx: Transaction, payment: Payment, command: commands.MovePayment) -> Payment:
    """Record the result of looking up a payment that a person has already resolved."""
    took, said = command.to in TAKEN, payment.resolved == "taken"
    minor = command.approval.amount_minor if command.approval else payment.amount_minor
    if took or not said:  # an undisputed decline is recorded too, so that it isn't looked up again
        to = command.to if took and not said else payment.state
        tx.append(events.PaymentMoved(payment.id, to, "look_up", code=command.code, approval=command.approval))
    if took != said or (took and minor != payment.taken_minor):
        tx.append(events.PaymentContradicted(payment.id, command.to, "look_up", minor))
    return _split_payment_fees(tx, _require_payment(tx.db, payment.id))


def _append_move(tx: Transaction, command: commands.MovePayment) -> Payment:
    tx.append(
        events.PaymentMoved(
            *(command.id, command.to, command.by, command.key, command.attempt, command.mark, command.sent_us),
            code=command.code,
            approval=command.approval,
            charged_back_minor=command.charged_back_minor,
        )
    )
    return _require_payment(tx.db, command.id)


def hold_payment(tx: Transaction, command: commands.HoldPayment) -> None:
    if command.number:
        refund = find_refund(tx.db, command.id, command.number)
        if refund and refund.waits:
            tx.append(events.CardRefundNotSent(command.id, command.number, command.code))
    elif _require_payment(tx.db, command.id).waits:
        tx.append(events.PaymentNotSent(command.id, command.code))


def wish_cancel(tx: Transaction, command: commands.WishCancel) -> None:
    payment = _require_payment(tx.db, command.id)
    if payment.state == "created":
        tx.append(events.PaymentMoved(payment.id, "voided", "till", code="cancelled"))
    elif payment.state in RUNNING and not payment.cancel_wished:
        tx.append(events.PaymentCancelWished(payment.id))


def ask_capture(tx: Transaction, command: commands.AskCapture) -> Payment:
    payment = _require_payment(tx.db, command.id)
    if not payment.is_held or payment.capture_minor:
        raise Refusal("payment_state", {"state": payment.state})
    if command.amount_minor > payment.held_minor:
        raise Refusal("over_captured", {"left_minor": payment.held_minor})
    tx.append(events.CaptureAsked(payment.id, command.amount_minor))
    return _require_payment(tx.db, payment.id)


def ask_signature(tx: Transaction, command: commands.AskSignature) -> Payment:
    payment = _require_payment(tx.db, command.id)
    if payment.state not in TAKEN or payment.used or not payment.wants_signature:
        raise Refusal("payment_state", {"state": payment.state})
    tx.append(events.SignatureAsked(payment.id))
    return _require_payment(tx.db, payment.id)


def note_signature(tx: Transaction, command: commands.NoteSignature) -> Payment:
    payment = _require_payment(tx.db, command.id)
    if not payment.waits_for_signature:
        raise Refusal("payment_state", {"state": payment.state})
    tx.append(events.SignatureAnswered(payment.id, command.matches))
    return _require_payment(tx.db, payment.id)


def use_payment(tx: Transaction, command: commands.UsePayment) -> None:
    payment = _require_payment(tx.db, command.id)
    if payment.used or command.amount_minor > payment.taken_minor:
        raise Refusal("payment_state", {"state": payment.state})
    if command.cash_back_minor > payment.cash_out_minor:
        raise Refusal("payment_state", {"state": payment.state})
    tx.append(events.PaymentUsed(payment.id, command.amount_minor, command.cash_back_minor))
    surplus_minor = payment.taken_minor - command.amount_minor
    if surplus_minor and payment.state in REFUNDABLE:
        request_refund(tx, payment, surplus_minor, "surplus")


def _return_unwanted(tx: Transaction, payment: Payment) -> None:
    """Request the refunds that had to wait while a payment was stored.

    All of it is refunded if the signature differs; otherwise the amount that its basket didn't use.
    """
    if payment.state not in REFUNDABLE:
        return
    if payment.signature == "differs":
        request_refund(tx, payment, payment.taken_minor, "signature")
    elif payment.used and payment.taken_minor > payment.used_minor:
        request_refund(tx, payment, payment.taken_minor - payment.used_minor, "surplus")


def note_settled(tx: Transaction, command: commands.NoteSettled) -> None:
    for id in command.payments:
        if _require_payment(tx.db, id).state == "stored":  # a payout confirms it
            captured = _append_move(tx, commands.MovePayment(id, "captured", "person"))
            _return_unwanted(tx, _split_payment_fees(tx, captured))
    known = [_require_payment(tx.db, id) for id in command.payments]
    tips = [tip for one in known for tip in (*one.earlier_tips, one.added_tip) if tip]
    tx.append(events.PaymentsSettled(command.on, (*command.payments, *tips), command.fees_minor))


def note_look_up(tx: Transaction, command: commands.NoteLookUp) -> int:
    """Record a failed look-up; returns their number."""
    failed = look_ups(tx.db, command.key).failed + 1
    tx.db.execute(
        "INSERT OR REPLACE INTO payment_look_up (key, failed, last_us) VALUES (?, ?, ?)",
        (command.key, failed, tx.at_us),
    )
    return failed


def doubt_payments(tx: Transaction, command: commands.DoubtPayments) -> int:
    """Mark a register's payments and refunds in progress as unknown; returns their number."""
    payments, refunds = work_of(tx.db, command.of_register)
    doubted = 0
    for payment in payments:
        if payment.state in RUNNING and not payment.is_on_hold:
            tx.append(events.PaymentMoved(payment.id, "unknown", "start", code="broke_off"))
            doubted += 1
    for refund in refunds:
        if refund.state == "sent":
            news = commands.MoveCardRefund(refund.payment, refund.number, "unknown", "start", code="broke_off")
            move_card_refund(tx, news)
            doubted += 1
    return doubted


def _require_payment(db: Connection, id: str) -> Payment:
    payment = find_payment(db, id)
    if payment is None:
        raise Refusal("no_such_payment")
    return payment


def _payment_terms(one: Payment) -> tuple[object, ...]:
    asked = (one.provider, one.amount_minor, one.purpose, one.cash_back_minor, one.asks_tip, one.offline_most_minor)
    return *asked, one.order, one.due_minor


def _idle(db: Connection, register: str) -> list[Payment]:
    """A register's payments that haven't begun, including those that couldn't be sent."""
    found = (*work_of(db, register)[0], *basket_charges(db, register))
    return [one for one in found if one.state == "created"]
