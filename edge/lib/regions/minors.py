"""Age below which a parent must consent to storing a child's data. Pure.

Source, as of November 2026; not legal advice. Quebec: 14, by CQLR c. P-39.1, s. 4.1 and 14 (legisquebec.gouv.qc.ca),
which require the consent of the person with parental authority or of the tutor. Elsewhere no such age is known here
(0).
"""

from __future__ import annotations

from edge.lib.regions.place import CANADA, Jurisdiction

QUEBEC = "QC"


def parents_age(place: Jurisdiction) -> int:
    """Return the age below which only a parent can consent at a place; 0 if none is known.

    >>> parents_age(Jurisdiction("CA", "QC")), parents_age(Jurisdiction("CA", "ON"))
    (14, 0)
    """
    return 14 if (place.country, place.province) == (CANADA, QUEBEC) else 0
