"""What a store's configuration says of its payment terminals."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from edge.shop.payments.provider import Driver


class TerminalPlace(msgspec.Struct, frozen=True):
    """A payment terminal: the name of its device, and what speaks with it."""

    name: str
    driver: Driver


class PaymentSettings(msgspec.Struct, frozen=True):
    """The store's currency, and which register has which terminal."""

    currency: str
    terminals: Mapping[str, TerminalPlace] = MappingProxyType({})
