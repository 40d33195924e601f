"""What a card payment says on our own receipt. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from edge.lib.i18n import translate
from edge.shop.payments.payment import Payment

TO_SIGN_ON = "____"
"""Of a line that somebody signs on."""


def slip_lines(payment: Payment, language: str, for_shop: bool = False) -> tuple[str, ...]:
    """The lines: what the terminal would print for the customer, or `for_shop`, or where it gives none, what it says of
    the card; that of a test, first of all, that it is one. Only the shop's is to be signed."""
    lines = _lines(payment, language, for_shop)
    return (translate(language, "card.test"), *lines) if payment.mode == "test" else tuple(lines)


def _lines(payment: Payment, language: str, for_shop: bool) -> tuple[str, ...]:
    approval = payment.approval
    if approval is None:
        return ()
    told = (for_shop and approval.merchant_slip) or approval.slip or tuple(_composed(payment, language))
    if approval.offline:
        told = (*told, translate(language, "card.offline"))
    if approval.cvm not in ("signature", "pin_signature"):
        return told
    if payment.signature == "matches" and not for_shop:
        return (*told, translate(language, "card.signature_compared"))
    has_line = any(TO_SIGN_ON in line for line in told)  # the terminal's own slip has one
    return (*told, translate(language, "card.signature"), "", "X " + "_" * 24) if for_shop and not has_line else told


def _composed(payment: Payment, language: str) -> Iterator[str]:
    approval = payment.approval
    assert approval is not None
    if approval.last4:
        yield f"**** {approval.last4}"
    if approval.entry:
        yield translate(language, f"card.entry_{approval.entry}")
    for key, value in (
        ("application", approval.application),
        ("aid", approval.aid),
        ("authorisation", approval.authorisation),
        ("terminal", approval.terminal),
        ("reference", approval.reference),
        ("at", approval.at),
    ):
        if value:
            yield f"{translate(language, 'card.' + key)} {value}"
    if approval.cvm in ("pin", "pin_signature"):
        yield translate(language, "card.pin_verified")
