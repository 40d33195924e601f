"""`texts`: {"texts": [{"text": {"id": "sale", "place": "display", "texts": {"en": "Sale today"}}}, {"ended": "old"}]}.

Places are `display`, `receipt_above`, `receipt_below` and `cashier`. `from_us` and `until_us` set the period.
"""

from __future__ import annotations

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.core.registry import Transaction
from edge.foundation.settings.commands import EndText, SetText
from edge.goods.catalog.product import HEAD_OFFICE


class NewText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of: a text, or the `id` of a text to remove."""

    text: SetText | None = None
    ended: str = ""


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `texts` directive."""

    texts: tuple[NewText, ...]


def _apply(tx: Transaction, _number: int, texts: tuple[NewText, ...]) -> Applied:
    changed, unknown = 0, []
    for new in texts:
        text = msgspec.structs.replace(new.text, by=HEAD_OFFICE) if new.text else None
        if attempt(tx, text or EndText(new.ended, HEAD_OFFICE)):
            changed += 1
        else:  # refused: already over, unknown, or too many
            unknown.append(new.text.id if new.text else new.ended)
    return Applied(changed, tuple(unknown))


TEXTS = Kind("texts", Texts, _apply)
