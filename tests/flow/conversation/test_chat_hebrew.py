"""Two hundred things that staff say in Hebrew: what moves, what is asked, and that nothing moves wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product, Source
from edge.goods.stock.commands import RecordMovement
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.shop_fixture import SYSTEM, FakeClock, done, run

SCRIPT = Path(__file__).parents[2] / "chat_he.tsv"
RIGHT = 0.95
"""Of what is said, so much is to be understood at once; nothing at all may be moved wrongly."""


def script() -> list[tuple[str, str]]:
    """What is said, and what is to come of it: movements (type, sku, boxes, thousandths), `ask`, or `none`."""
    lines = SCRIPT.read_text(encoding="utf-8").splitlines()
    return [(said, wanted) for said, _, wanted in (line.partition("\t") for line in lines)]


def test_two_hundred_hebrew_utterances(tmp_path: Path) -> None:
    async def scenario() -> None:
        missed, wrong = [], []
        async with talking_shop(tmp_path, FakeClock()) as shop:
            for sku in ("cola-can", "cola-plastic"):
                await done(shop, RecordMovement(sku, "in", 40), SYSTEM)
            for said, wanted in script():
                noa = Talker(shop, "he", BOSS)
                answer = await noa.say(said)
                moved = [f"{one.type} {one.sku} {abs(one.boxes)} {abs(one.units)}" for one in answer.movements]
                if any(one.type == "adjust" for one in answer.movements):
                    assert answer.stock
                    moved = [f"adjust {answer.product.sku} {noa.counted(wanted)}" for _ in moved if answer.product]
                asked = ["ask"] if answer.question else []
                got = " ".join([*asked, "; ".join(moved)]).strip() or "none"
                if got != wanted:
                    missed.append((said, wanted, got, answer.text))
                    if moved and not set(moved) <= set(wanted.removeprefix("ask ").split("; ")):
                        wrong.append((said, wanted, got))
                if moved:
                    await noa.say("בטל")
        assert not wrong, wrong
        assert len(missed) <= (1 - RIGHT) * len(script()), missed

    run(scenario())


def test_boxes_are_single_ones_where_the_name_says_one_of_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path, FakeClock()) as shop:
            tuna = Product("tuna-tin", {"he": "קופסת סרדינים"}, ("4006381333993",), 900, box=24)
            await done(shop, SetProducts((tuna,), Source("manager")), SYSTEM)
            await catch_up(shop)
            noa = Talker(shop, "he", BOSS)
            answer = await noa.say("קיבלתי 3 קופסאות סרדינים")
            assert [(one.boxes, one.units) for one in answer.movements] == [(0, 3_000)], answer.text

    run(scenario())


@pytest.mark.parametrize("said", ["לקחתי 3 בננות", "לקחתי 2 אבטיחים"])
def test_what_shares_an_ending_alone_with_goods_is_not_found(tmp_path: Path, said: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            answer = await Talker(shop, "he", BOSS).say(said)
            assert answer.text == f"לא מצאתי ״{said.split()[-1]}״. שום דבר לא עודכן."
            assert not answer.options

    run(scenario())
