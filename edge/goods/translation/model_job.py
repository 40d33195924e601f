"""Job in which the shop's model proposes names, one language after the other.

After an interruption, it continues with names still missing.

Proposals wait for approval and are checked like those from a file: if the model changes "2 x 330 ml", no name is
proposed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Any, Protocol

import msgspec

from edge.core.jobs.store import queue
from edge.core.messages import Refusal
from edge.core.registry import Chunk, JobIssue, Transaction
from edge.core.storage.database import Connection
from edge.goods.translation.checks import findings, is_hard
from edge.goods.translation.commands import OrderTranslations, ProposedText, ProposeTranslations
from edge.goods.translation.glossary import TermPair, has_word, terms_in
from edge.goods.translation.queries import (
    PAGE_LIMIT,
    TranslationText,
    names_of,
    terms_for,
    translation_counts,
    translation_texts,
)
from edge.goods.translation.rules import NAME_CHARS, TEXT_CHARS, TextNames
from edge.lib.errors import EdgeError
from edge.lib.i18n import own_name

TRANSLATE_JOB = "translate_names"
SILENT_MOST = 10
"""Number of consecutive names without an answer after which the model's process is stopped; it can be started again."""
_TOLD = (
    "Translate {what} from {source} into {target}. Keep every number, size, unit, percentage, "
    "price and code as it is{keep}{terms}. Answer with the translation alone, in at most {most} letters."
)
_WHAT = {
    "attribute": "the name of a property of goods",
    "promotion": "the name of a shop's promotion",
    "text": "what a shop lets its customers read",
}
"""The prompt's description of the text to translate, if it isn't a product."""
_UNDER_WAY = "SELECT id FROM job WHERE kind = ? AND state IN ('queued', 'running') AND params = ?"


class ModelName(msgspec.Struct, frozen=True):
    """A model's answer."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_CHARS)]


class NameModel(Protocol):
    """A language model for names, called outside the event loop's thread."""

    def is_there(self) -> bool: ...

    def name_of(self, told: str, source: str) -> str:
        """The model's translation of a source text; "" if it didn't answer in time."""
        ...

    def stop(self) -> None:
        """Stop waiting for answers."""
        ...


def order(tx: Transaction, command: OrderTranslations) -> int:
    """Start the job and return its number; an unfinished job with equal parameters is reused.

    Raises `Refusal` if a text would be translated into its own language.
    """
    languages = tuple(dict.fromkeys(command.languages))
    if command.source_language in languages:
        raise Refusal("translation_one_language", {})
    wanted = msgspec.structs.replace(command, languages=languages)
    under_way = tx.db.execute(_UNDER_WAY, (TRANSLATE_JOB, msgspec.json.encode(wanted))).fetchone()
    return int(under_way[0]) if under_way else queue(tx, TRANSLATE_JOB, wanted)


def no_model(db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
    """The job's function if there is no model; it raises an error that says so."""
    raise EdgeError("No language model is running.", key="translation.no_model")


class ModelNames:
    """The chunks of a job for `edge/core/jobs`, one name each.

    Its cursor counts names; each start or resumption works on the names missing then. `stop` ends it from another
    thread.
    """

    def __init__(self, model: NameModel, db: Connection, params: Any, cursor: int) -> None:
        self._model, self._db, self._at = model, db, cursor
        self._wanted = msgspec.convert(params, OrderTranslations)
        self._silent = 0
        self._chunks = self._all()

    def __iter__(self) -> ModelNames:
        return self

    def __next__(self) -> Chunk:
        return next(self._chunks)

    def stop(self) -> None:
        self._model.stop()

    def _all(self) -> Iterator[Chunk]:
        if not self._model.is_there():
            raise EdgeError("No language model is running.", key="translation.no_model")
        yield Chunk((), self._at, total=self._at + self._lacking())
        for language in self._wanted.languages:
            yield from self._into(language)

    def _lacking(self) -> int:
        wanted = self._wanted
        return sum(
            one.count
            for one in translation_counts(self._db, wanted.source_language)
            if one.state == "missing" and one.language in wanted.languages and wanted.kind in ("", one.kind)
        )

    def _into(self, language: Any) -> Iterator[Chunk]:
        source_language, kind, after = self._wanted.source_language, self._wanted.kind, ""
        while True:
            texts = translation_texts(self._db, source_language, language, "missing", kind, after=after)
            things = names_of(self._db, [one.key for one in texts])
            pairs = terms_for(self._db, source_language, language)
            for one in texts:
                self._at += 1
                if one.key in things:
                    yield self._ask_of(one, language, things[one.key], pairs)
            if len(texts) < PAGE_LIMIT:
                return
            after = texts[-1].key

    def _ask_of(self, one: TranslationText, language: Any, thing: TextNames, pairs: Collection[TermPair]) -> Chunk:
        keep = [word for word in thing.keep if has_word(one.source, word)]
        told = instruction_for(
            *(self._wanted.source_language, language, keep, terms_in(one.source, pairs)),
            *(one.key.partition("/")[0], thing.most),
        )
        name = self._model.name_of(told, one.source).strip()
        self._silent = 0 if name else self._silent + 1
        if self._silent >= SILENT_MOST:
            raise EdgeError("The model returned no text.", key="translation.model_silent")
        if not name:
            return Chunk((), self._at, counts={"unanswered": 1})
        found = findings(one.source, name, language, thing.keep, thing.most)
        if is_hard(found):
            said: dict[str, str | int] = {"text": name, "findings": " ".join(found)}
            why = JobIssue(self._at, language, one.key, "translation_unfit", said)
            return Chunk((), self._at, (why,), counts={"unfit": 1})
        text = (ProposedText(one.key, one.source, name),)
        command = ProposeTranslations(self._wanted.source_language, language, text, "model")
        return Chunk((command,), self._at, counts={"proposed": 1})


def instruction_for(
    source_language: str,
    language: str,
    keep: Collection[str],
    terms: Collection[TermPair] = (),
    kind: str = "product",
    most: int = NAME_CHARS,
) -> str:
    """The instruction to the model for a kind of text of at most `most` characters.

    The only shop data in it are the words to keep and the terms.
    """
    kept = f", and these words: {', '.join(keep)}" if keep else ""
    called = "; ".join(
        f"{term.theirs} is {term.ours}" + (f", never {', '.join(term.avoid)}" if term.avoid else "") for term in terms
    )
    said = {"keep": kept, "terms": f". Call things as the shop does: {called}" if called else "", "most": most}
    said["what"] = _WHAT.get(kind, "the name of what a shop sells")
    return _TOLD.format(source=own_name(source_language), target=own_name(language), **said)
