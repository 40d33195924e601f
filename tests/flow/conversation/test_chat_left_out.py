"""What people leave out of a sentence, or say around it: the unit of the second of two, the pieces beside their weight,
why something was taken, and what that makes in all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.goods.stock.queries import read_item
from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.shop_fixture import run

YES = {"en": "yes", "fr": "oui", "he": "כן"}
MOVED = [
    ("en", "received two boxes of mineral water and one of pale ale", {"water": (2, 0), "beer": (1, 0)}),
    ("fr", "reçu deux caisses d'eau minérale et une de bière blonde", {"water": (2, 0), "beer": (1, 0)}),
    ("fr", "Rentre-moi 3 caisses d'eau minérale et 2 de bière", {"water": (3, 0), "beer": (2, 0)}),
    ("fr", "2 caisses d'eau minérale reçues, 1 de cola en canette", {"water": (2, 0), "cola-can": (1, 0)}),
    ("fr", "J'ai jeté 5 tomates, 1,2 kg en tout", {"tomato": (0, -1_200)}),
    ("fr", "3 tomates de pourries, ça fait 400 g", {"tomato": (0, -400)}),
    ("fr", "1 kg 8 de tomates en cuisine", {"tomato": (0, 0)}),
    ("en", "binned 5 tomatoes, 1.2 kg of them", {"tomato": (0, -1_200)}),
    ("fr", "retour de la terrasse : 3 laits, je les remets au frigo", {"milk": (0, 3_000)}),
    ("fr", "2 laits pour la cuisine, Karim attend", {"milk": (0, -2_000)}),
    ("fr", "sors-moi 3 laits, on en a plus en salle", {"milk": (0, -3_000)}),
    ("fr", "Lina devait prendre 2 laits, elle en a pris 4", {"milk": (0, -4_000)}),
    ("fr", "on avait commandé 6 laits, il en est arrivé 5", {"milk": (0, 5_000)}),
    ("fr", "attends, j'ai pris 3 laits", {"milk": (0, -3_000)}),
    ("fr", "pris 3 laits, 29 € sur sa note", {"milk": (0, -3_000)}),
]
"""Boxes and thousandths, with confirmation where one is asked for."""
AT_ONCE = [
    ("fr", "2 laits pour la cuisine", -2_000),
    ("fr", "4 laits pour le séminaire salle 3", -4_000),
    ("fr", "pris 3 laits, 29 € sur sa note", -3_000),
]
STILL = [
    ("fr", "pris 3 laits, mais demain"),
    ("fr", "pris 3 laits, si Karim veut bien"),
    ("fr", "pris 3 laits, annule tout"),
    ("fr", "on devait recevoir dix laits et le camion est en panne"),
    ("fr", "3 laits pour la cuisine, non je plaisante"),
]
CHANGED = [
    ("fr", ("j'ai reçu 20 laits", "le livreur en a repris 3, donc 17"), 17_000),
    ("en", ("received 20 milks", "the driver took three back, so 17"), 17_000),
    ("he", ("קיבלתי 20 חלב", "הנהג לקח בחזרה 3, אז 17"), 17_000),
    ("fr", ("j'ai reçu 20 laits", "il en manquait 2, ce qui fait 18"), 18_000),
    ("fr", ("j'ai pris 3 laits", "deux suffisent"), -2_000),
    ("fr", ("j'ai pris 3 laits", "ajoute deux de plus"), -5_000),
    ("fr", ("j'ai pris 3 laits", "remets-en un, le client n'en voulait que deux"), -2_000),
    ("fr", ("j'ai pris 2 riz", "ah mince c'est du lait qu'il voulait, même quantité"), -2_000),
]
"""What is left of milk behind the last of these."""


async def _there(shop: CommandBus, skus: Iterable[str]) -> dict[str, tuple[int, int]]:
    found = {sku: read_item(shop.reader, sku) for sku in skus}
    return {sku: (item.boxes, item.units) if item else (0, 0) for sku, item in found.items()}


async def _say(talker: Talker, language: str, said: str) -> str:
    """What is answered in the end, where everything shown is right."""
    answer = await talker.say(said)
    while answer.state == "confirming":
        answer = await talker.say(YES[language])
    return answer.text


@pytest.mark.parametrize(("language", "said", "wanted"), MOVED)
def test_what_is_left_out_is_understood(
    tmp_path: Path, language: str, said: str, wanted: dict[str, tuple[int, int]]
) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            before = await _there(shop, wanted)
            told = await _say(Talker(shop, language, BOSS), language, said)
            after = await _there(shop, wanted)
            moved = {sku: tuple(now - was for now, was in zip(after[sku], before[sku], strict=True)) for sku in wanted}
            assert moved == wanted, told

    run(play())


@pytest.mark.parametrize(("language", "said", "moved"), AT_ONCE)
def test_what_is_plain_is_done_at_once(tmp_path: Path, language: str, said: str, moved: int) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            answer = await Talker(shop, language, BOSS).say(said)
            assert [(one.sku, one.change) for one in answer.movements] == [("milk", moved)], answer.text

    run(play())


@pytest.mark.parametrize(("language", "said"), STILL)
def test_a_plan_a_condition_and_a_joke_move_nothing(tmp_path: Path, language: str, said: str) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            before = await _there(shop, ("milk",))
            told = await _say(Talker(shop, language, BOSS), language, said)
            assert await _there(shop, ("milk",)) == before, told

    run(play())


@pytest.mark.parametrize(("language", "turns", "left"), CHANGED)
def test_what_is_said_of_it_afterwards_changes_it(
    tmp_path: Path, language: str, turns: tuple[str, ...], left: int
) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            before = await _there(shop, ("milk",))
            talker = Talker(shop, language, BOSS)
            told = [await _say(talker, language, one) for one in turns]
            assert (await _there(shop, ("milk",)))["milk"][1] - before["milk"][1] == left, told

    run(play())


def test_what_lay_in_a_box_is_no_box(tmp_path: Path) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            talker = Talker(shop, "fr", BOSS)
            said = "Dans la caisse d'eau minérale il y en avait une de cassée. Je retire juste celle-là."
            asked = await talker.say(said)
            assert not asked.movements and asked.state == "choosing_unit", asked.text
            done = await talker.say("une bouteille")
            while done.state == "confirming":
                done = await talker.say("oui")
            assert [(one.sku, one.change) for one in done.movements] == [("water", -1_000)], done.text

    run(play())


def test_a_price_is_told_where_the_goods_are_named_before_it(tmp_path: Path) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            for said in ("le lait, il est à combien ?", "les deux colas, ils sont à combien ?"):
                told = (await Talker(shop, "fr", BOSS).say(said)).text
                assert "prix" in told and "30" not in told, told

    run(play())


def test_what_has_run_out_before_it_was_fetched_is_no_count(tmp_path: Path) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            before = await _there(shop, ("milk",))
            told = await _say(Talker(shop, "fr", BOSS), "fr", "y'a plus de lait, j'en ouvre un autre")
            boxes, units = (await _there(shop, ("milk",)))["milk"]
            assert (boxes, units) in (before["milk"], (before["milk"][0], before["milk"][1] - 1_000)), told

    run(play())
