"""The demo's payment page: phones pay their orders with one button, and no money moves."""

from __future__ import annotations

from contextlib import AsyncExitStack

from edge.money.payments.commands import SetPaymentRoute, SetProvider
from edge.money.payments.providers.provider import Provider
from edge.money.payments.providers.routing import PaymentRoute
from sim.checkout.stripe_checkout import KEY, SimStripeCheckout

_SECTION = """
[payments]
page = "stripe_checkout"
page_key = "{key}"
page_api = "http://127.0.0.1:{port}"
page_back = "http://127.0.0.1:{panel}/shop"
"""
WHO = (
    SetProvider(Provider("main", "stripe_checkout", "test", ("ILS",), credential="secret:main-pages")),
    SetProvider(Provider("pages", "stripe_checkout", "test", ("ILS",), priority=1)),
    SetPaymentRoute(PaymentRoute("online", ("main", "pages"), method="card_online")),
)
"""Providers of the payment page in a new demo. The first choice has no key yet, so the second is used."""


async def switched_on(stack: AsyncExitStack) -> SimStripeCheckout:
    """Run a simulated Stripe for the lifetime of the stack."""
    stripe = SimStripeCheckout()
    await stripe.start()
    stack.push_async_callback(stripe.stop)
    return stripe


def section(stripe: SimStripeCheckout, panel: int) -> str:
    """Return the provider's section for config.toml. `panel`: the port of the shop's pages."""
    return _SECTION.format(key=KEY, port=stripe.port, panel=panel)
