"""Names that a model of the shop's proposes, a few at a time, where there is one. Each waits for a person's yes, like
what a file brings, and is refused by the same checks: a model that changes "2 x 330 ml" proposes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Annotated

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.messages import Done
from edge.core.storage.database import Connection
from edge.lib.i18n import Language, own_name
from edge.shop.access.rights import MANAGE
from edge.shop.translation.commands import ProposedText, ProposeTranslations
from edge.shop.translation.glossary import TermPair, has_word, wanted_in
from edge.shop.translation.queries import Key, TranslationText, names_of, terms_for, translation_texts
from edge.shop.translation.rules import NAME_CHARS, BroughtText, TextNames
from edge.shop.turn_reading.language_models import MODELS, AskedModels, answer_of
from edge.web.actors import actor_of
from edge.web.context import SITE
from edge.web.problem import Problem, body_wrong
from edge.web.responses import answer_json, answer_outcome, texts_of

AT_ONCE = 5
"""Names of one request: whoever waits for it sees how far it is."""
WITHIN_S = 15.0
"""For one name, on a machine that sells meanwhile."""
TOKENS = 160
_TOLD = (
    "Translate the name of what a shop sells from {source} into {target}. Keep every number, size, unit, percentage, "
    "price and code as it is{keep}{terms}. Answer with the name alone, in at most {most} letters."
)


class TranslationBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST translation-batch`: names that are missing in a language, those behind the text `after`."""

    source_language: Language
    language: Language
    after: Key = ""


class ModelName(msgspec.Struct, frozen=True):
    """What a model answers."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_CHARS)]


class ModelBatch(msgspec.Struct, frozen=True):
    """How many names by what became of them (`unanswered`: the model said nothing in time), those that were not taken,
    and the text `after` which the next ones are; "": there are no more."""

    counts: dict[str, int]
    left: tuple[BroughtText, ...]
    after: str


def has_model(request: web.Request) -> bool:
    """Whether a model may be asked."""
    models = request.app[SITE].services.of(MODELS)
    return isinstance(models, AskedModels) and models.has("llm")


async def propose_by_model(request: web.Request) -> web.Response:
    """`POST translation-batch`: five names at most. 422: no model runs."""
    site = request.app[SITE]
    try:
        asked = msgspec.json.decode(await request.read(), type=TranslationBatch)
    except msgspec.MsgspecError as error:
        raise body_wrong(error) from error
    models = site.services.of(MODELS)
    if not has_model(request):
        raise Problem(422, "translation_no_model")

    def read(db: Connection) -> tuple[list[TranslationText], dict[str, TextNames], tuple[TermPair, ...]]:
        pair = asked.source_language, asked.language
        found = translation_texts(db, *pair, "missing", after=asked.after, limit=AT_ONCE)
        return found, names_of(db, [one.key for one in found]), terms_for(db, *pair)

    texts, things, terms = await site.asker.read(read)
    proposed = []
    for one in texts:
        keep = [word for word in things[one.key].keep if has_word(one.source, word)]
        told = told_of(asked.source_language, asked.language, keep, wanted_in(one.source, terms))
        said = await answer_of(models, ModelName, told, one.source, TOKENS, WITHIN_S)
        if said is not None and said.name.strip():
            proposed.append(ProposedText(one.key, one.source, said.name.strip()))
    brought: tuple[BroughtText, ...] = ()
    if proposed:
        command = ProposeTranslations(asked.source_language, asked.language, tuple(proposed), "model")
        outcome = await site.shop.do(command, actor_of(request))
        if not isinstance(outcome, Done):
            return answer_outcome(outcome, texts_of(request))
        brought = outcome.result
    counts = Counter({"unanswered": len(texts) - len(proposed)}) + Counter(str(one.outcome) for one in brought)
    left = tuple(one for one in brought if one.outcome in ("unknown", "outdated", "refused"))
    return answer_json(ModelBatch(dict(counts), left, texts[-1].key if len(texts) == AT_ONCE else ""))


def told_of(source_language: str, language: str, keep: Collection[str], terms: Collection[TermPair] = ()) -> str:
    """What a model is told to do; nothing of it is a shop's but the words that stay as they are, and its terms."""
    kept = f", and these words: {', '.join(keep)}" if keep else ""
    called = "; ".join(f"{theirs} is {ours}" for theirs, ours in terms)
    said = {"keep": kept, "terms": f". Call things as the shop does: {called}" if called else "", "most": NAME_CHARS}
    return _TOLD.format(source=own_name(source_language), target=own_name(language), **said)


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/translation-batch",
        handler=propose_by_model,
        name="translationBatch",
        right=MANAGE,
        tag="translation",
        body=Body(TranslationBatch),
        answer=Answer(ModelBatch),
        statuses=(422,),
    ),
)
