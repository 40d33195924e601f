"""The keys by which a store's providers are asked, as far as their form says what they are for: no live one is set up
for tests, nor the reverse. Stripe's say it (`drivers/terminals/modes.py`). Adyen's API keys and passphrases and
Clover's tokens do not: of Adyen's, the client key alone has such a prefix, and that asks nothing
(https://docs.adyen.com/development-resources/client-side-authentication)."""

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
from edge.money.payments.provider import PAYS_BY_API, Provider
from edge.money.payments.settings import PAGE_DRIVERS, PaymentsSection

NO_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class ConfiguredDevice(Protocol):
    """A device as config.toml has it."""

    @property
    def role(self) -> str: ...

    @property
    def driver(self) -> str: ...

    @property
    def options(self) -> Mapping[str, Any]: ...


def keys_of(said: PaymentsSection, devices: Iterable[ConfiguredDevice]) -> Mapping[str, tuple[str, ...]]:
    """The keys that config.toml names, by the driver of whose providers they are: terminals' and the pay page's."""
    terminals = (one for one in devices if one.role == "payment_terminal")
    keys = ((one.driver, str(one.options.get("key", ""))) for one in terminals)
    page = ((PAGE_DRIVERS[said.page], said.page_key),) if said.page else ()
    return values_by_key((*keys, *page))


class ProviderKeys:
    """`open_key` gives the key that a text of config.toml or of a provider stands for: `secret:NAME`, or itself;
    `by_driver`: those that config.toml names (`keys_of`), for providers that have none of their own."""

    def __init__(
        self, open_key: Callable[[str], str] = lambda text: text, by_driver: Mapping[str, tuple[str, ...]] = NO_KEYS
    ) -> None:
        self._open, self._by_driver = open_key, by_driver

    def require_mode(self, tx: Transaction, wanted: Provider, known: Provider | None) -> Provider:
        """`Refusal`: what of its keys says a mode says the other one. A key that nobody has entered yet says nothing,
        and is looked at by its first use."""
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
