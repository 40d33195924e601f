"""Below which age a parent says yes to what is kept of a child. Pure.

| place | source, as of November 2026; no advice |
|---|---|
| Quebec | CQLR c. P-39.1, s. 4.1 and 14 (legisquebec.gouv.qc.ca): under 14, who has parental authority, or the tutor |
| elsewhere | none is known here: 0 |
"""

from __future__ import annotations

from edge.lib.regions.place import CANADA, Jurisdiction

QUEBEC = "QC"


def parents_age(place: Jurisdiction) -> int:
    """The years below which only a parent consents at a place; 0: no such age is known there.

    >>> parents_age(Jurisdiction("CA", "QC")), parents_age(Jurisdiction("CA", "ON"))
    (14, 0)
    """
    return 14 if (place.country, place.province) == (CANADA, QUEBEC) else 0
