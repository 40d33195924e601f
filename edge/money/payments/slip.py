"""Lines of a card payment on our own receipt. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from edge.lib.i18n import translate
from edge.lib.units.money import show_minor
from edge.money.payments.card import CardApproval
from edge.money.payments.payment import CardRefund, Payment

TO_SIGN_ON = "____"
"""Marks a signature line."""


def slip_lines(payment: Payment, language: str, for_shop: bool = False) -> tuple[str, ...]:
    """The lines of a payment's slip.

    They're the terminal's slip for the customer or `for_shop`, or if it has none, the card's data. A test payment says
    so first. Only the shop's slip has a signature line.
    """
    lines = _lines(payment, language, for_shop)
    return (translate(language, "card.test"), *lines) if payment.mode == "test" else tuple(lines)


def _lines(payment: Payment, language: str, for_shop: bool) -> tuple[str, ...]:
    approval = payment.approval
    if approval is None:
        return ()
    told = (for_shop and approval.merchant_slip) or approval.slip or tuple(_default_lines(payment, language))
    if approval.converted and not any(approval.converted.partition(" ")[0] in line for line in told):
        told = (*told, *_converted_lines(approval, language))  # schemes require both amounts on the customer's copy
    if approval.offline:
        told = (*told, translate(language, "card.offline"))
    if approval.cvm not in ("signature", "pin_signature"):
        return told
    if payment.signature == "matches" and not for_shop:
        return (*told, translate(language, "card.signature_compared"))
    has_line = any(TO_SIGN_ON in line for line in told)  # the terminal's own slip may have a signature line
    return (*told, translate(language, "card.signature"), "", "X " + "_" * 24) if for_shop and not has_line else told


def _converted_lines(approval: CardApproval, language: str) -> Iterator[str]:
    """Lines with the sum in the card's own currency, if the terminal's slip doesn't contain it."""
    markup = f"{approval.markup} %" if approval.markup else ""
    for key, value in (("converted", approval.converted), ("rate", approval.rate), ("markup", markup)):
        if value:
            yield f"{translate(language, 'card.' + key)} {value}"


def refund_lines(refund: CardRefund, payment: Payment, language: str) -> tuple[str, ...]:
    """The lines of a refund's slip: the terminal's, or if it has none, data of the refund's or the payment's card."""
    approval = refund.approval
    told = approval.slip if approval else ()
    if not told:
        card = approval if approval and approval.last4 else payment.approval
        say = partial(_beside if card and card.is_interac else translate, language)
        sum_text = f"{say('card.total')} {show_minor(refund.amount_minor, refund.currency)} {refund.currency}"
        named = approval.reference if approval else ""
        told = (say("card.type_refund"), sum_text, *(_card_lines(card, say, named) if card else ()))
    return (translate(language, "card.test"), *told) if payment.mode == "test" else tuple(told)


def _default_lines(payment: Payment, language: str) -> Iterator[str]:
    approval = payment.approval
    assert approval is not None
    say = partial(_beside if approval.is_interac else translate, language)
    yield say("card.type_tip" if payment.purpose == "tip" else "card.type_payment")
    for key, minor in _sums(payment):
        yield f"{say('card.' + key)} {show_minor(minor, payment.currency)} {payment.currency}"
    yield from _card_lines(approval, say, approval.reference)
    if approval.cvm in ("pin", "pin_signature"):
        yield say("card.pin_verified")


def _card_lines(approval: CardApproval, say: Callable[[str], str], reference: str) -> Iterator[str]:
    """Lines with the card's data and its `reference`."""
    if approval.last4:
        yield f"{approval.brand} **** {approval.last4}".lstrip()
    if approval.is_interac and approval.account:
        yield say(f"card.account_{approval.account}")
    if approval.entry:
        yield say(f"card.entry_{approval.entry}")
    for key, value in (
        ("application", approval.application),
        ("aid", approval.aid),
        ("tvr", approval.tvr),
        ("tsi", approval.tsi),
        ("authorisation", approval.authorisation),
        ("terminal", approval.terminal),
        ("merchant", approval.merchant),
        ("reference", reference),
        ("at", approval.at),
    ):
        if value:
            yield f"{say('card.' + key)} {value}"


def _sums(payment: Payment) -> Iterator[tuple[str, int]]:
    """The amount paid and its parts, in minor units."""
    parts = (("tip", payment.tip_minor), ("surcharge", payment.surcharge_minor), ("cash_back", payment.cash_out_minor))
    if any(minor for _, minor in parts):
        yield "amount", payment.paid_minor
        yield from ((key, minor) for key, minor in parts if minor)
    if payment.taken_minor:
        yield "total", payment.taken_minor


def _beside(language: str, key: str) -> str:
    """A word in English and French, as Canada's debit network requires; the shop's language first."""
    words = [translate(one, key) for one in (("fr", "en") if language == "fr" else ("en", "fr"))]
    return " / ".join(dict.fromkeys(words))
