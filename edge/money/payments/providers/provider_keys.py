"""Checks of providers' API keys whose form shows the mode.

A live key isn't accepted for tests, nor a test key for live payments. Stripe's keys show their mode
(`drivers/terminals/modes.py`). Adyen's API keys and passphrases and Clover's tokens don't. Only Adyen's client key has
such a prefix, and it isn't used for requests (https://docs.adyen.com/development-resources/client-side-authentication).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from drivers.terminal_outcomes import TerminalMode
from drivers.terminals.modes import mode_of_key
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.lib.errors import EdgeError
from edge.lib.grouping import values_by_key
from edge.money.payments.providers.provider import PAYS_BY_API, Provider
from edge.money.payments.settings import PAGE_DRIVERS, PaymentsSection

NO_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class ConfiguredDevice(Protocol):
    """A device in config.toml."""

    @property
    def role(self) -> str: ...

    @property
    def driver(self) -> str: ...

    @property
    def options(self) -> Mapping[str, Any]: ...


def keys_of(said: PaymentsSection, devices: Iterable[ConfiguredDevice]) -> Mapping[str, tuple[str, ...]]:
    """The keys in config.toml by driver: the terminals' and the payment page's."""
    terminals = (one for one in devices if one.role == "payment_terminal")
    keys = ((one.driver, str(one.options.get("key", ""))) for one in terminals)
    page = ((PAGE_DRIVERS[said.page], said.page_key),) if said.page else ()
    return values_by_key((*keys, *page))


class ProviderKeys:
    """Checks keys.

    `open_key` resolves a key from config.toml or a provider: `secret:NAME`, or the key itself. `by_driver`: the keys in
    config.toml (`keys_of`), for providers without their own.
    """

    def __init__(
        self, open_key: Callable[[str], str] = lambda text: text, by_driver: Mapping[str, tuple[str, ...]] = NO_KEYS
    ) -> None:
        self._open, self._by_driver = open_key, by_driver

    def require_mode(self, tx: Transaction, wanted: Provider, known: Provider | None) -> Provider:
        """Return the provider.

        Raises `Refusal` if a key's form shows the other mode. A key that isn't entered yet is checked when it's first
        used.
        """
        if PAYS_BY_API.get(wanted.driver) != "stripe":
            return wanted
        named = (wanted.credential,) if wanted.credential else self._by_driver.get(wanted.driver, ())
        modes = {self._mode(text) for text in named} - {""}
        if modes and wanted.mode not in modes:
            raise Refusal("wrong_mode", {"driver": wanted.driver})
        return wanted

    def _mode(self, text: str) -> TerminalMode:
        try:
            return mode_of_key(self._open(text))
        except (EdgeError, OSError, ValueError):
            return ""
