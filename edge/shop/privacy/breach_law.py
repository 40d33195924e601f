"""Whom the law has told of an incident with data of people, how soon, and how long the note of it is kept. Pure.

| place | source, as read in 2026; no advice |
|---|---|
| Canada | PIPEDA s. 10.1; Breach of Security Safeguards Regulations, SOR/2018-64, s. 6: soon; 24 months |
| Quebec | P-39.1, s. 3.5 to 3.8 (Law 25): promptly; Regulation respecting confidentiality incidents, s. 8: five years |
| European Union | GDPR art. 33 (72 hours, to the authority), art. 34 (people, where the risk is high) |
| Illinois | 815 ILCS 530/10: without unreasonable delay; the Attorney General too, of more than 500 residents |
"""

from __future__ import annotations

import msgspec

from edge.lib.regions.place import Jurisdiction

HOUR_US = 3_600_000_000
_EUROPEAN = """
    AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO GB
"""
EUROPEAN = frozenset(_EUROPEAN.split())
"""Where the GDPR holds, or the United Kingdom's, which has the same hours."""
_MANY_IN_ILLINOIS = 500


class BreachDuty(msgspec.Struct, frozen=True):
    """`authority`: a key of `words`, section `privacy` ("": none that is known here); `within_hours` after it was
    noticed (0: at once); `tell_people`: they are told, too; `kept_months`: how long the note of it must be kept."""

    authority: str
    within_hours: int
    tell_people: bool
    kept_months: int

    def due_us(self, noticed_us: int) -> int:
        """Until when the authority must know."""
        return noticed_us + self.within_hours * HOUR_US


def duty(place: Jurisdiction, people: int, harm: bool) -> BreachDuty:
    """What the law of a place asks for, of an incident of so many people, where `harm` may really come of it."""
    if place.country == "CA":
        quebec = place.province == "QC"
        told = "authority_cai" if quebec else "authority_opc"
        return BreachDuty(told if harm else "", 0, harm, 60 if quebec else 24)
    if place.country in EUROPEAN:
        return BreachDuty("authority_eu", 72, harm, 60)  # art. 33(5) has no time: as long as the longest known here
    if place.country == "US" and place.province == "IL":
        return BreachDuty("authority_il" if people > _MANY_IN_ILLINOIS else "", 0, True, 60)
    return BreachDuty("", 0, harm, 60)
