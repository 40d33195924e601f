"""The customer signed in in a browser, found by the secret in its cookie."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from edge.core.endpoints import CUSTOMER_TOKEN
from edge.ordering.customer_accounts import sessions
from edge.ordering.customer_accounts.sessions import CustomerSession
from edge.ordering.customer_accounts.settings import DAY_US, MOST_DAYS, CustomerAccountSettings, CustomerAccountsSection
from edge.runtime.config import CONFIG
from edge.web.context import SITE
from edge.web.cookies import Cookie

ME = Cookie("me", MOST_DAYS * DAY_US // 1_000_000)
"""The cookie with a customer session's secret."""


def is_on(config: Any) -> bool:
    """Whether customers have accounts here."""
    return bool(config.of(CustomerAccountsSection).on)


def account_settings(request: web.Request) -> CustomerAccountSettings:
    """The shop's account settings. Raises `HTTPNotFound` if it has no accounts."""
    config = request.app[SITE].services.of(CONFIG)
    if not is_on(config):
        raise web.HTTPNotFound
    section = config.of(CustomerAccountsSection)
    return CustomerAccountSettings(
        True,
        ways=frozenset(config.customer_channels()),
        idle_us=section.idle_days * DAY_US,
        passkey_domain=section.passkey_domain,
    )


def session_here(request: web.Request) -> CustomerSession | None:
    """The session of this browser; None if there is none."""
    site, secret, settings = request.app[SITE], ME.read(request), account_settings(request)
    if not secret or secret.startswith(CUSTOMER_TOKEN):  # a program's token isn't valid in browsers
        return None
    return sessions.find(site.shop.reader, secret, site.shop.now_us(), settings)
