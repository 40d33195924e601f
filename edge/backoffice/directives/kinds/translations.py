"""`translations`: {"translations": [{"key": "product/1000", "source_language": "en", "source": "Bread", "language":
"fr", "text": "Pain"}]}: proposed translations, which a person in the shop approves; see `edge/goods/translation`."""

from __future__ import annotations

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.core.registry import Transaction
from edge.goods.translation.commands import ProposedText, ProposeTranslations
from edge.lib.i18n import Language


class NewTranslation(ProposedText, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A proposed name in another language."""

    source_language: Language
    language: Language


class NewTranslations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `translations` directive."""

    translations: tuple[NewTranslation, ...]


def _apply(tx: Transaction, _number: int, translations: tuple[NewTranslation, ...]) -> Applied:
    changed, unknown = 0, []
    for new in translations:
        text = ProposedText(new.key, new.source, new.text)
        done = attempt(tx, ProposeTranslations(new.source_language, new.language, (text,), "person"))
        outcome = done.result[0].outcome if done else "refused"
        changed += outcome == "proposed"
        if outcome not in ("proposed", "same"):
            unknown.append(f"{new.key} {new.language}: {outcome}")
    return Applied(changed, tuple(unknown))


TRANSLATIONS = Kind("translations", NewTranslations, _apply)
