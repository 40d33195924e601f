"""Permitted credit card surcharges by the shop's location. Pure.

Canada except Quebec: since 6 October 2022, at most 2.4 % of the payment (settlement of merchants with Visa and
Mastercard; Clover's and CFIB's public pages). Quebec's Consumer Protection Act forbids surcharges. The European Union
forbids them for consumers' cards (directive 2015/2366, article 62(4)). The law of other places isn't known here, so
none is permitted there.

Tax in Canada: none if the merchant charges it for credit cards only, by the networks' rules, and states it separately.
It is then an exempt supply of a financial service (Canada Revenue Agency, GST/HST Info Sheet GI-200, March 2023).
"""

from __future__ import annotations

from edge.lib.regions.place import CANADA

SURCHARGE_WHOLE = 100_000
"""The rate that equals the whole payment."""
_CANADA_RATE = 2_400
_FORBIDDEN = frozenset({"QC"})


def card_surcharge_rate(country: str, province: str) -> int:
    """Maximum surcharge in thousandths of a percent of the payment; 0 if forbidden or unknown."""
    return _CANADA_RATE if country == CANADA and province and province not in _FORBIDDEN else 0
