"""Two flavours in one box: told apart by what can be read on them, and by nothing else."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from edge.analytics.shelf import variants
from edge.analytics.shelf.commands import SetPlanogram
from edge.analytics.shelf.events import PlanogramSet
from edge.analytics.shelf.rules import Paces
from edge.analytics.shelf.sight_process import SightError, SightProcess
from edge.analytics.shelf.variants import KnownProduct, ReadText, VariantReader, distinguish_products, words_of
from edge.core.command_bus import CommandBus
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.lib.sight.kinds import BayLayout, Facing, FrontsRead, FrontText, Look, Looked, ReadFronts, Seen
from tests.shop_fixture import SYSTEM, done, open_shop, run

PLAIN = KnownProduct("plain", words_of(["Cola", "Cola classique"]), 150)
ZERO = KnownProduct("zero", words_of(["Cola Zero", "Cola Zéro"]), 170)
NOTHING = ReadText()
SQUARE = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
LAYOUT = BayLayout(SQUARE, (1.0,), (Facing("a", 0, 0, 0, 0.5, 1, "plain"), Facing("b", 0, 0.5, 0, 1, 1, "zero")))
PICTURE = "0123456789abcdef0123"


@pytest.mark.parametrize(
    ("front", "label", "verdict"),
    [
        (NOTHING, NOTHING, ""),
        (ReadText(text="COLA"), NOTHING, ""),
        (ReadText(text="Cola ZÉRO 33cl"), NOTHING, "other"),
        (ReadText(text="COLA CLASSIQUE"), NOTHING, "planned"),
        (ReadText(frozenset({"zero"})), NOTHING, "other"),
        (ReadText(frozenset({"plain"})), ReadText(text="zero 1,70"), "planned"),
        (NOTHING, ReadText(text="Cola 1,70"), "other"),
        (NOTHING, ReadText(text="Cola 1.50"), "planned"),
        (NOTHING, ReadText(frozenset({"zero"})), "other"),
        (ReadText(text="zero classique"), NOTHING, ""),
        (ReadText(frozenset({"plain"}), "zero"), NOTHING, ""),
        (NOTHING, ReadText(text="2,20"), ""),
    ],
)
def test_a_code_a_word_or_a_price_says_which_it_is(front: ReadText, label: ReadText, verdict: str) -> None:
    assert distinguish_products(PLAIN, ZERO, front, label) == verdict


class PlayedEyes:
    """What sees, with bytes that name what is to be read of each facing."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.fails = False

    async def ask(self, question: ReadFronts, kind: Any) -> FrontsRead:
        self.asked.append(question.ids)
        if self.fails:
            raise SightError("sight_ended")
        return FrontsRead(
            tuple((FrontText((), b"front " + id.encode()), FrontText((), b"edge")) for id in question.ids)
        )


class Line(msgspec.Struct):
    text: str
    corners: tuple[tuple[int, int], ...] = ()


class Lines(msgspec.Struct):
    lines: tuple[Line, ...]


class PlayedReader:
    """Whoever reads text: it finds "ZERO" on facing a."""

    def has(self, kind: str, language: str = "") -> bool:
        return kind == "ocr"

    async def ask(self, request: Any, within_s: float) -> Lines:
        return Lines((Line("Cola ZERO"),)) if bytes(request.picture.pixels.data) == b"front a" else Lines(())


async def planned(shop: CommandBus) -> PlanogramSet:
    products = (
        Product("plain", {"en": "Cola"}, (), 150, "reduced"),
        Product("zero", {"en": "Cola Zero"}, (), 170, "reduced"),
    )
    await done(shop, SetProducts(products), SYSTEM)
    await done(shop, SetPlanogram("bay", "", "eye", LAYOUT, PICTURE), SYSTEM)
    return PlanogramSet("bay", 1, "bay", "eye", LAYOUT, PICTURE, "", "")


def test_what_is_read_on_goods_makes_them_wrong_and_is_not_read_at_every_look(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            plan, eyes = await planned(shop), PlayedEyes()
            look = Look(b"", LAYOUT, "full")
            alike = Looked("ok", (Seen("a", "present", 90, "zero"), Seen("b", "present", 90)))
            reader = VariantReader(shop, cast(SightProcess, eyes), PlayedReader())
            for _ in range(3):
                seen = (await reader.told_apart(plan, look, alike)).facings
                assert [(one.id, one.state, one.instead) for one in seen] == [
                    ("a", "wrong", "zero"),
                    ("b", "present", ""),
                ]
            assert eyes.asked == [("a",)], "once an hour, and only of what nobody can tell by its look"
            emptied = Looked("ok", (Seen("a", "gap", 90), Seen("b", "present", 90)))
            assert await reader.told_apart(plan, look, emptied) == emptied
            await reader.told_apart(plan, look, alike)
            assert eyes.asked == [("a",), ("a",)], "and again once something else may stand there"
            nobody = VariantReader(shop, cast(SightProcess, eyes))
            assert await nobody.told_apart(plan, look, alike) == alike, "without a reader, and without a code, it stays"
            eyes.fails = True
            broken = VariantReader(shop, cast(SightProcess, eyes), PlayedReader())
            assert await broken.told_apart(plan, look, alike) == alike
            many = Looked("ok", tuple(Seen("a", "present", 90, f"other-{at}") for at in range(variants.AT_ONCE + 3)))
            eyes.asked.clear()
            await broken.told_apart(plan, look, many)
            assert [len(ids) for ids in eyes.asked] == [variants.AT_ONCE]

    run(scenario())


class SlowReader(PlayedReader):
    """Whoever reads text, once they are let."""

    def __init__(self) -> None:
        self.asked = 0
        self.awake = asyncio.Event()

    async def ask(self, request: Any, within_s: float) -> Lines:
        self.asked += 1
        await self.awake.wait()
        return await super().ask(request, within_s)


def test_text_that_takes_too_long_holds_up_no_look_and_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variants, "LOOK_S", 0.05)
    monkeypatch.setattr(variants, "UNREAD_S", 0.0)

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            plan, eyes, slow = await planned(shop), PlayedEyes(), SlowReader()
            look, alike = Look(b"", LAYOUT, "full"), Looked("ok", (Seen("a", "present", 90, "zero"),))
            reader = VariantReader(shop, cast(SightProcess, eyes), slow)
            async with asyncio.timeout(5.0):
                assert await reader.told_apart(plan, look, alike) == alike
            assert slow.asked == 1, "one wait for all of it"
            slow.awake.set()
            monkeypatch.setattr(variants, "LOOK_S", 10.0)
            [seen] = (await reader.told_apart(plan, look, alike)).facings
            assert seen.state == "wrong", "and it is read again"

    run(scenario())


class ExchangedReader(PlayedReader):
    """Whoever reads text, while someone puts the goods right."""

    def __init__(self) -> None:
        self.says = ["Cola ZERO", "Cola 1.50"]

    async def ask(self, request: Any, within_s: float) -> Lines:
        of_a = bytes(request.picture.pixels.data) == b"front a"
        return Lines((Line(self.says.pop(0)),)) if of_a else Lines(())


def test_what_stands_elsewhere_is_read_again_before_it_becomes_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert variants.HOLDS_S["other"] * 5 < Paces().wrong.minutes * 60 < variants.HOLDS_S["planned"] * 2
    monkeypatch.setitem(variants.HOLDS_S, "other", 0.0)

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            plan, eyes = await planned(shop), PlayedEyes()
            look, alike = Look(b"", LAYOUT, "full"), Looked("ok", (Seen("a", "present", 90, "zero"),))
            reader = VariantReader(shop, cast(SightProcess, eyes), ExchangedReader())
            seen = [(await reader.told_apart(plan, look, alike)).facings[0] for _ in range(3)]
            assert [(one.state, one.instead) for one in seen] == [("wrong", "zero"), ("present", ""), ("present", "")]
            assert len(eyes.asked) == 2, "what belongs there is not read at every look"

    run(scenario())
