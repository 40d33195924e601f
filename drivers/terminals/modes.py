"""Whether a terminal's configuration is for tests or moves money, and its only currency. Pure.

Sources: Adyen's terminals are boarded in an environment; Stripe's keys have a prefix (https://docs.stripe.com/keys);
Clover's sandbox has its own address (https://docs.clover.com/docs/making-rest-api-calls). ZVT doesn't state it.
"""

from __future__ import annotations

from collections.abc import Mapping

from drivers.terminal_outcomes import TerminalMode

_SANDBOX = ".dev.clover.com"


def mode_of_key(key: str) -> TerminalMode:
    """Return the mode of a Stripe key; "" if it isn't a key, or the key is stored elsewhere."""
    if key.startswith(("sk_test_", "rk_test_")):
        return "test"
    return "live" if key.startswith(("sk_live_", "rk_live_")) else ""


def mode_of_host(host: str) -> TerminalMode:
    """The mode of a Clover address; a device's own address doesn't tell."""
    return "test" if host.lower().endswith(_SANDBOX) else ""


def mode_and_currency_of(driver: str, options: Mapping[str, object]) -> tuple[TerminalMode, str]:
    """Return the mode and the only currency a terminal accepts, according to config.toml.

    The currency is "" if it accepts any.
    """
    currency = str(options.get("currency", "EUR")) if driver == "zvt" else ""
    return mode_of(driver, options), currency


def mode_of(driver: str, options: Mapping[str, object]) -> TerminalMode:
    """Return the mode according to a device's options in config.toml; "" if unknown, for example because its key is
    stored elsewhere."""
    match driver:
        case "sim":
            return "test"
        case "nexo":
            return "test" if options.get("environment") == "test" else "live"
        case "stripe_terminal":
            return mode_of_key(str(options.get("key", "")))
        case "clover":
            return mode_of_host(str(options.get("host", "")))
    return ""
