"""Folding of texts for comparison: removes diacritics. Pure."""

from __future__ import annotations

import unicodedata


def without_marks(text: str) -> str:
    """Remove accents and Hebrew points, and decompose ligatures.

    >>> without_marks("Prénom"), without_marks("שָׁלוֹם"), without_marks("½")
    ('Prenom', 'שלום', '1⁄2')
    """
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
