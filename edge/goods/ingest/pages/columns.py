"""Field names for people: `pack.1.code` is "Case 1: Barcode". Pure."""

from __future__ import annotations

from functools import partial

from edge.goods.catalog.fields import FIELD_OF
from edge.goods.ingest.mapping.fields import FIELDS, GROUPS, SEVERAL
from edge.lib.i18n import LANGUAGES, words
from edge.web.live.localizer import Localizer
from edge.web.live.rendering import Words

_EXPORTED = "category_tree"
"""A column that only exports have and that can't be mapped."""


def choices() -> list[str]:
    """Fields offered for a column, in addition to an attribute with its own name."""
    named = [field for field in FIELDS if "." not in field and field not in ("name", _EXPORTED)]
    return [*(f"name.{language}" for language in LANGUAGES), *named]


def label(field: str, texts: Localizer) -> str:
    """Localised label of a field: `field.NAME`, or the form's."""
    head, _, rest = field.partition(".")
    own = f"field.{head}"
    called = texts.say(own if own in words(texts.language) or head not in FIELD_OF else FIELD_OF[head].word)
    if head in GROUPS:
        number, _, part = rest.partition(".")
        return f"{called} {number}: {texts.say(f'field.{part}')}"
    if not rest or head in SEVERAL or head in ("attribute", "exact", "axis", "share"):
        return f"{called} {rest}".strip()
    return f"{called} ({rest})"


TEMPLATE_WORDS = (Words(lambda renderer: lambda texts: {"column": partial(label, texts=texts)}),)
