"""Semantic search, if the shop has a sentence model. It runs after the search index, which doesn't wait for it.

Without such a model this does nothing, and search uses words and letters only.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.core.storage.database import open_reader
from edge.runtime.inference import Inference
from models.errors import ModelError
from models.runtime.priority import Priority

if TYPE_CHECKING:  # importing numpy takes 0.1 s, which would delay the start
    from edge.goods.search.embeddings import Pending, SentenceEmbedding

_log = structlog.get_logger(__name__)

BATCH = 16
"""Number of products per request to the model, and per write."""

POLL_S = 5.0
"""Seconds between searches for products without an embedding."""

PATIENCE_S = 60.0
"""Time limit in seconds for a batch, including loading the model."""

REST_S = 30.0
"""Pause in seconds after the model has failed."""

QUESTION_S = 0.15
"""Time limit in seconds for embedding a query. After that, only words are used."""

KNOWN = 200
"""Number of recent queries whose embeddings are cached."""


class SemanticSearch:
    """Keeps product embeddings up to date (`run`) and embeds queries (`of`)."""

    def __init__(self, inference: Inference, shop: CommandBus, ledger: Path) -> None:
        self._inference = inference
        self._shop = shop
        self._ledger = ledger
        self._known: OrderedDict[str, SentenceEmbedding] = OrderedDict()
        self._wanted = asyncio.Event()

    async def of(self, text: str) -> SentenceEmbedding | None:
        """The embedding of a query; None if no model is available in time.

        A model that isn't loaded is started for later queries.
        """
        model = self._inference.embedder()
        if model is None:
            return None
        if not model.loaded:
            self._wanted.set()
            return None
        known = self._known.get(text)
        if known is None or known.model != model.name:
            try:
                (known,) = await self._senses(model.name, (text,), "query", QUESTION_S, Priority.LIVE)
            except ModelError:
                return None
            self._known[text] = known
            if len(self._known) > KNOWN:
                self._known.popitem(last=False)
        return known

    async def run(self) -> None:
        """Run until cancelled: embed indexed products that have no embedding yet."""
        while True:
            model = self._inference.embedder()
            try:
                if model is not None:
                    await self._catch_up(model.name)
                    if self._wanted.is_set():
                        await self._senses(model.name, ("",), "query", PATIENCE_S, Priority.NORMAL)
                self._wanted.clear()
                await self._wait(POLL_S)
            except ModelError as error:
                _log.info("search uses words only for now", model=error.model, why=error.what)
                self._wanted.clear()
                await asyncio.sleep(REST_S)

    async def _catch_up(self, model: str) -> None:
        from edge.goods.search.embeddings import keep

        after = 0
        while todo := await asyncio.to_thread(self._pending, model, after):
            async with self._shop.till_first.turn():
                texts = tuple(one.text for one in todo)
                senses = await self._senses(model, texts, "passage", PATIENCE_S, Priority.BACKGROUND)
                if isinstance(await self._shop.maintain(partial(keep, products=todo, senses=senses)), Refused):
                    return  # nothing can be written at the moment
                after = todo[-1].id

    def _pending(self, model: str, after: int) -> list[Pending]:
        from edge.goods.search.embeddings import pending

        db = open_reader(self._ledger)
        try:
            return pending(db, model, after, BATCH)
        finally:
            db.close()

    async def _senses(
        self, model: str, texts: tuple[str, ...], purpose: str, within_s: float, priority: Priority
    ) -> list[SentenceEmbedding]:
        from edge.goods.search.embeddings import senses_of
        from models.kinds import Embed

        request = Embed(texts, "query" if purpose == "query" else "passage")
        vectors = await self._inference.ask(request, within_s, priority, model)
        return senses_of(model, vectors.values.array())

    async def _wait(self, limit_s: float) -> None:
        try:
            async with asyncio.timeout(limit_s):
                await self._wanted.wait()
        except TimeoutError:
            return
