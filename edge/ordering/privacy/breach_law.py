"""Legal duties after a personal data breach: who must be notified, how soon, and how long the record must be kept.
Pure.

| place | source, as read in November 2026; not legal advice |
|---|---|
| Canada | PIPEDA s. 10.1: as soon as feasible; SOR/2018-64, s. 6: 24 months |
| Alberta | Personal Information Protection Act, s. 34.1: its Commissioner, without unreasonable delay; s. 37.1 |
| Quebec | P-39.1, s. 3.5 to 3.8 (Law 25): promptly; A-2.1, r. 3.1, s. 8: the register five years |
| European Union | GDPR art. 33 (72 hours, to the authority), art. 34 (data subjects, if the risk is high) |
| Illinois | 815 ILCS 530/10: no delay without reason; above 500 people the Attorney General when they are |
| Texas | Bus. & Com. Code 521.053: people in 60 days; from 250 the Attorney General in 30 (S.B. 768, 2023) |
| Washington | RCW 19.255.010: people in 30 days; above 500 the Attorney General, too |
| Israel | Privacy (Data Security) Regulations, 2017, reg. 11: at once, to the authority, which decides about people |

Records without a statutory period are kept for five years, the longest known here.
"""

from __future__ import annotations

import msgspec

from edge.lib.regions.place import Jurisdiction

HOUR_US = 3_600_000_000
_EUROPEAN = """
    AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO GB
"""
EUROPEAN = frozenset(_EUROPEAN.split())
"""Countries under the GDPR, or the UK's version with the same deadlines."""
_DAY_HOURS = 24
_KEPT = 60
_STATES = {"IL": ("authority_il", 501, 0), "TX": ("authority_tx", 250, 30), "WA": ("authority_wa", 501, 30)}
"""The authority of a US state.

With the number of affected residents from which it must be notified, and within how many days (0: at once).
"""


class BreachDuty(msgspec.Struct, frozen=True):
    """Duties after a breach.

    `authority`: a key of `words`, section `privacy` ("": none known here). `within_hours` after discovery (0: at once).
    `tell_people`: the people must be notified too. `kept_months`: how long the record must be kept.
    """

    authority: str
    within_hours: int
    tell_people: bool
    kept_months: int

    def due_us(self, noticed_us: int) -> int:
        """The deadline for notifying the authority."""
        return noticed_us + self.within_hours * HOUR_US


def duty(place: Jurisdiction, people: int, harm: bool) -> BreachDuty:
    """The legal duties at a place for a breach that affects this many people. `harm`: real harm is possible."""
    if place.country == "CA":
        told = {"QC": "authority_cai", "AB": "authority_ab"}.get(place.province, "authority_opc")
        return BreachDuty(told if harm else "", 0, harm, _KEPT if place.province == "QC" else 24)
    if place.country in EUROPEAN:
        return BreachDuty("authority_eu", 72, harm, _KEPT)
    if place.country == "US" and place.province in _STATES:
        told, many, days = _STATES[place.province]
        return BreachDuty(told if people >= many else "", days * _DAY_HOURS, True, _KEPT)
    if place.country == "IL":
        return BreachDuty("authority_ppa", 0, False, _KEPT)
    return BreachDuty("", 0, harm, _KEPT)
