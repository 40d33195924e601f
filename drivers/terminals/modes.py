"""Whether what a terminal is reached by moves money, or is for tests alone, and what it takes alone. Pure.

Sources: Adyen's terminals are boarded in an environment; Stripe's keys say it themselves (https://docs.stripe.com/keys);
Clover's sandbox has an address of its own (https://docs.clover.com/docs/making-rest-api-calls). Of ZVT nothing says it.
"""

from __future__ import annotations

from collections.abc import Mapping

from drivers.terminal_outcomes import TerminalMode

_SANDBOX = ".dev.clover.com"


def mode_of_key(key: str) -> TerminalMode:
    """That of a key of Stripe's; "": it is none, or stands elsewhere."""
    if key.startswith(("sk_test_", "rk_test_")):
        return "test"
    return "live" if key.startswith(("sk_live_", "rk_live_")) else ""


def mode_of_host(host: str) -> TerminalMode:
    """That of an address of Clover's; a device's own says nothing."""
    return "test" if host.lower().endswith(_SANDBOX) else ""


def mode_and_currency_of(driver: str, options: Mapping[str, object]) -> tuple[TerminalMode, str]:
    """That, and the one currency that a terminal takes as config.toml has it; "": whatever it is asked for."""
    currency = str(options.get("currency", "EUR")) if driver == "zvt" else ""
    return mode_of(driver, options), currency


def mode_of(driver: str, options: Mapping[str, object]) -> TerminalMode:
    """What a device's options in config.toml say; "": nothing, also where a key is kept elsewhere."""
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
