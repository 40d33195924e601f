"""Names that a model proposes, as a job: over several languages, in no one's way, and on where it stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from edge.conversation.assistant.service.translating import TranslatingPart
from edge.core.command_bus import CommandBus
from edge.core.jobs.runner import JobRunner
from edge.core.jobs.store import CancelJob, Job, read_job, read_job_notes
from edge.core.messages import Refused
from edge.counter.bulk_edit.commands import EditProducts, ProductEdit
from edge.foundation.access.queries import rights_of
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import MANAGER, Product, Source
from edge.goods.translation.commands import OrderTranslations, SetGlossaryTerm
from edge.goods.translation.glossary import GlossaryTerm
from edge.goods.translation.model_job import SILENT_MOST
from edge.goods.translation.queries import translation_texts
from models.kinds import Completed
from tests.http_client import when
from tests.shop_fixture import SYSTEM, done, open_shop, run

ORDER = OrderTranslations("en", ("fr", "he"), "product")


class SlowModel:
    """Answers by rote, as often as it is let; then it waits."""

    def __init__(self, lets: int = 10_000, says: str = "") -> None:
        self.lets, self.says = lets, says
        self.told: list[str] = []
        self.asked: list[str] = []

    def has(self, kind: str, language: str = "") -> bool:
        return True

    async def ask(self, request: Any, within_s: float) -> Any:
        system, user = request.messages
        if len(self.asked) >= self.lets:
            await asyncio.Event().wait()
        self.told.append(system.content)
        self.asked.append(user.content)
        name = self.says or f"{user.content} é" if "Français" in system.content else f"{user.content} ש"
        return Completed(msgspec.json.encode({"name": name}).decode(), 1, 1, "end")


@asynccontextmanager
async def at_work(shop: CommandBus, model: object) -> AsyncIterator[None]:
    """While both runners do what is queued."""
    parts = TranslatingPart(shop, model).run, JobRunner(shop, shop.bus, rights_of).run
    tasks = [asyncio.create_task(part(lambda: None)) for part in parts]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def ended(shop: CommandBus, job: int) -> Job:
    async def look() -> Job:
        found = read_job(shop.reader, job)
        assert found is not None
        return found

    return await when(look, lambda one: one.state not in ("queued", "running"), "the job ends")


async def stock(shop: CommandBus, count: int) -> None:
    goods = tuple(Product(f"p{number}", {"en": f"Thing {number}"}, price_minor=100) for number in range(count))
    await done(shop, SetProducts(goods, Source(MANAGER)), SYSTEM)


def test_several_languages_at_once_and_an_import_waits_for_none_of_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await stock(shop, 12)
            await done(shop, SetGlossaryTerm(GlossaryTerm("thing", {"en": "thing", "fr": "chose"})), SYSTEM)
            model = SlowModel(lets=5)
            async with at_work(shop, model):
                job = (await done(shop, ORDER, SYSTEM)).result
                assert (await done(shop, ORDER, SYSTEM)).result == job, "the same again is the same"
                edit = EditProducts(("p1",), ProductEdit(min_age=18))
                assert (await ended(shop, (await done(shop, edit, SYSTEM)).result)).state == "done", "it waits for none"
                assert (going := read_job(shop.reader, job)) and going.state == "running"
                model.lets = 10_000
                await done(shop, CancelJob(job), SYSTEM)
                assert (await ended(shop, job)).state == "cancelled"
            before = len(translation_texts(shop.reader, "en", "fr", "missing"))
            async with at_work(shop, model):
                told = await ended(shop, (await done(shop, ORDER, SYSTEM)).result)
            assert (told.state, told.total, told.cursor) == ("done", before + 12, before + 12)
            assert told.counts == {"proposed": before + 12}
            for language in ("fr", "he"):
                texts = translation_texts(shop.reader, "en", language)
                assert {one.state for one in texts} == {"proposed"}, language
            assert "Thing" in model.asked[0] and "thing is chose" in model.told[0], "the glossary is told"

    run(scenario())


def test_it_goes_on_behind_a_restart_with_what_is_still_missing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await stock(shop, 40)
            job = (await done(shop, OrderTranslations("en", ("fr",)), SYSTEM)).result
            model = SlowModel(lets=20)
            async with at_work(shop, model):

                async def proposed() -> int:
                    return len(translation_texts(shop.reader, "en", "fr", "proposed"))

                first = await when(proposed, bool, "some are there")
            model = SlowModel()
            async with at_work(shop, model):
                told = await ended(shop, job)
            assert told.state == "done" and told.cursor == told.total
            assert len(model.asked) <= 40 - first, "what waits already is not asked for again"
            assert len(translation_texts(shop.reader, "en", "fr", "proposed")) == 40

    run(scenario())


def test_what_a_model_changes_is_left_out_and_one_that_is_silent_or_away_ends_it_in_words(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await stock(shop, SILENT_MOST + 5)
            one_language = await shop.do(OrderTranslations("en", ("en", "fr")), SYSTEM)
            assert one_language == Refused("translation_one_language", {})
            wanted = OrderTranslations("en", ("fr",))
            for model, message in ((None, "translation.no_model"), (SlowModel(says=" "), "translation.model_silent")):
                async with at_work(shop, model):
                    told = await ended(shop, (await done(shop, wanted, SYSTEM)).result)
                assert (told.state, told.message) == ("failed", message)
            async with at_work(shop, SlowModel(says="Chose")):
                told = await ended(shop, (await done(shop, wanted, SYSTEM)).result)
            assert (told.state, told.counts) == ("done", {"unfit": SILENT_MOST + 5})
            note = read_job_notes(shop.reader, told.id)[0]
            assert (note.value, note.reason) == ("product/p0", "translation_unfit")
            assert note.values == {"text": "Chose", "findings": "numbers"}

    run(scenario())
