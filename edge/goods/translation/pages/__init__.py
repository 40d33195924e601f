"""The manager's page of translations: progress by language, proposals, and files for translators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from functools import partial
from typing import Any

from aiohttp import web
from msgspec.structs import replace

from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.goods.translation.checks import term_findings
from edge.goods.translation.entities import TERMS
from edge.goods.translation.events import TextKind
from edge.goods.translation.exchange import FORMATS
from edge.goods.translation.glossary import TermPair, terms_in
from edge.goods.translation.pages.model_choice import has_model
from edge.goods.translation.queries import (
    TranslationText,
    read_terms,
    terms_for,
    translation_counts,
    translation_texts,
)
from edge.lib.i18n import LANGUAGES
from edge.web.context import SITE
from edge.web.live.entity_form import form_fields
from edge.web.pages.shell import page

SHOWN = 50
FIELDS = form_fields(TERMS.struct)
KINDS: tuple[TextKind, ...] = ("", "product", "category", "attribute", "promotion", "text")
STATES = ("proposed", "missing", "outdated", "refused", "accepted", "given")


async def translation_page(request: web.Request) -> web.Response:
    """`GET /manager/translation`: texts of `?kind=` from `?from=` into `?into=` in state `?state=`, paged by
    `?after=`."""
    query, own = request.query, request.app[SITE].config.store.language
    source = query.get("from", own) if query.get("from") in LANGUAGES else own
    others = [code for code in LANGUAGES if code != source]
    into = query["into"] if query.get("into") in others else others[0]
    state = query["state"] if query.get("state") in STATES else ""
    kind: TextKind = next((one for one in KINDS if one == query.get("kind")), "")
    read = partial(_read, source=source, into=into, state=state, kind=kind, after=query.get("after", "")[:200])
    found = await request.app[SITE].asker.read(read)
    chosen = {"from_language": source, "into": into, "state": state, "states": STATES, "formats": tuple(FORMATS)}
    chosen |= {"of_kind": kind, "kinds": KINDS}
    return page(request, "translation", by_model=has_model(request), fields=FIELDS, **chosen, **found)


def _read(db: Connection, source: str, into: str, state: Any, kind: TextKind, after: str) -> dict[str, Any]:
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys((*STATES, "all", "flagged"), 0))
    for one in translation_counts(db, source):
        if kind not in ("", one.kind):
            continue
        row = sums[one.language]
        row[one.state] += one.count
        row["all"] += one.count
        row["flagged"] += one.flagged
    wanted: Any = state or ("proposed" if sums[into]["proposed"] else "missing")
    found = translation_texts(db, source, into, wanted, kind, after=after, limit=SHOWN)
    more = found[-1].key if len(found) == SHOWN else ""
    terms, pairs = read_terms(db), terms_for(db, source, into)
    texts = [_with_findings(text, pairs) for text in found]
    called = {text.key: terms_in(text.source, pairs) for text in texts if {"glossary", "avoided"} & {*text.findings}}
    return {"sums": dict(sums), "texts": texts, "more": more, "wanted": wanted, "terms": terms, "called": called}


def _with_findings(text: TranslationText, pairs: Collection[TermPair]) -> TranslationText:
    """A proposal with its findings by the current glossary."""
    if text.state != "proposed":
        return text
    said = tuple(one for one in text.findings if one not in ("glossary", "avoided"))
    return replace(text, findings=(*said, *term_findings(text.source, text.text, pairs)))


PAGES = (
    Page(
        path="/manager/translation",
        name="translation",
        handler=translation_page,
        right=MANAGE,
        fragments=("alerts", "clock", "jobs"),
        menu="translation.title",
        group="goods",
        place=70,
    ),
)
