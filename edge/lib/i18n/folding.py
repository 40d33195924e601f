"""Texts as they are compared: without the marks of their letters. Pure."""

from __future__ import annotations

import unicodedata


def without_marks(text: str) -> str:
    """A text without accents, and without the points of Hebrew; letters that are written as one are apart.

    >>> without_marks("Prénom"), without_marks("שָׁלוֹם"), without_marks("½")
    ('Prenom', 'שלום', '1⁄2')
    """
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
