"""Private goods, which are never suggested: medicine, contraception, pregnancy, incontinence. By the shop's setting and
by category names.
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
"""Parts of the names of private categories, in any language. SQLite's LIKE ignores case, except for accented
letters.
"""
_CALLED = """
    SELECT id FROM category WHERE EXISTS (SELECT 1 FROM json_each(?) j WHERE names LIKE '%' || j.value || '%')
    ORDER BY id
"""


def private_categories(db: Connection, settings: RecommendSettings) -> tuple[str, ...]:
    """Ids of categories that are excluded, with those below them, from all lists, pairs, reasons and profiles."""
    if not settings.private_by_name:
        return settings.private
    called = [id for (id,) in db.execute(_CALLED, (json_text(CALLED),))]
    return tuple(dict.fromkeys((*settings.private, *called)))
