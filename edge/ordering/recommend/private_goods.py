"""Goods of which nothing is ever suggested, as what somebody buys there is nobody's business: medicine, contraception,
pregnancy, incontinence. By the shop's word, and by what its categories are called.
"""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.ordering.recommend.settings import RecommendSettings

CALLED = (
    *("medicin", "medication", "contracep", "condom", "pregnan", "incontinence", "fertility", "sexual"),
    *("médica", "mÉdica", "grossesse", "préservatif", "prÉservatif", "fertilité", "fertilitÉ", "sexuel"),
    *("תרופ", "אמצעי מניעה", "קונדום", "הריון", "היריון", "ספיגה למבוגרים", "בריחת שתן", "פוריות", "בריאות מינית"),
)
"""What is in the name of such a category, in whatever language. SQLite's LIKE takes large and small letters for the
same, but for those with accents."""
_CALLED = """
    SELECT id FROM category WHERE EXISTS (SELECT 1 FROM json_each(?) j WHERE names LIKE '%' || j.value || '%')
    ORDER BY id
"""


def private_categories(db: Connection, settings: RecommendSettings) -> tuple[str, ...]:
    """Ids of categories that are, with all below them, in no list, pair, reason or profile."""
    if not settings.private_by_name:
        return settings.private
    called = [id for (id,) in db.execute(_CALLED, (json_text(CALLED),))]
    return tuple(dict.fromkeys((*settings.private, *called)))
