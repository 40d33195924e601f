"""Questions of what was are no questions of what is there; packs, sizes and goods that came back unopened."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.shop_fixture import SYSTEM, done, run

WAS = {
    "en": (
        "how many rice went out last night",
        "who took the milk on saturday",
        "how's this week looking against last week",
    ),
    "fr": (
        "combien de riz hier soir",
        "qui a sorti le lait samedi soir",
        "compare-moi cette semaine à la semaine passée",
    ),
    "he": ("כמה אורז יצא אתמול", "מי לקח את החלב", "תשווה לי את השבוע לשבוע שעבר"),
}
SAYS = {"en": "past figures", "fr": "chiffres passés", "he": "נתוני העבר"}


@pytest.mark.parametrize("language", sorted(WAS))
def test_what_was_is_not_answered_with_what_is_there(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for said in WAS[language]:
                answer = await Talker(shop, language, BOSS).say(said)
                assert SAYS[language] in answer.text and not answer.movements, (said, answer.text)
                assert not any(letter.isdigit() for letter in answer.text), (said, answer.text)

    run(scenario())


def test_what_is_there_is_still_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for language, said in (
                ("en", "how many rice are there"),
                ("fr", "donne-moi le stock de riz"),
                ("he", "כמה אורז יש"),
            ):
                assert "9" in (await Talker(shop, language).say(said)).text, said

    run(scenario())


def test_what_expires_and_runs_low_is_still_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for said in ("which products expire this week", "what expires this week"):
                assert "expire within a week" in (await Talker(shop, "en").say(said)).text, said

    run(scenario())


def test_sizes_packs_and_unopened_goods(tmp_path: Path) -> None:
    large = Product("milk-large", {"en": "Milk 3% 2 l", "fr": "Lait 3% 2 l", "he": "חלב 3% 2 ליטר"}, box=0)

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts((large,)), SYSTEM)
            for sku in (large.sku, "rice"):
                await done(shop, RecordMovement(sku, "in", 0, 30_000), SYSTEM)
            await catch_up(shop)
            for language, said, moves in (
                ("en", "took two little milks", ("milk", -2_000)),
                ("en", "sold a six pack of rice", ("rice", -6_000)),
                ("he", "לקחתי שתי שישיות אורז", ("rice", -12_000)),
                ("fr", "rapporté un riz pas ouvert", ("rice", 1_000)),
            ):
                talker = Talker(shop, language)
                answer = await talker.say(said)
                if answer.state == "confirming":
                    answer = await talker.say({"en": "yes", "fr": "oui", "he": "כן"}[language])
                assert [(one.sku, one.change) for one in answer.movements] == [moves], (said, answer.text)
            one_milk = await Talker(shop, "he").say("לקחתי חלב אחד גדול")
            moved = [(one.sku, one.change) for one in one_milk.movements]
            assert moved == [("milk-large", -1_000)], "one of the big milk, and not the one of one litre"

    run(scenario())


def test_closing_time_that_is_only_mentioned_asks_for_no_hours(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            told = await Talker(shop, "fr").say("pfiou quelle journée, vivement la fermeture")
            assert "horaires" not in told.text
            assert "horaires" in (await Talker(shop, "fr").say("vous êtes ouverts jusqu'à quelle heure")).text

    run(scenario())


def test_an_and_behind_an_oh_takes_nothing_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for language, first, more in (
                ("en", "sold one rice", "oh and a milk with it"),
                ("fr", "vendu un riz", "oh et un lait"),
            ):
                talker = Talker(shop, language)
                assert (await talker.say(first)).state == "done"
                moved = (await talker.say(more)).movements
                assert [(one.sku, one.change, one.undone) for one in moved] == [("milk", -1_000, False)], more

    run(scenario())


def test_the_only_product_that_is_proposed_is_taken_by_its_name(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            talker = Talker(shop, "en")
            shown = await talker.say("took 2 basmaty rise")
            assert shown.state == "confirming" and not shown.movements
            answer = await talker.say("basmati rice")
            if answer.state == "confirming":
                answer = await talker.say("yes")
            assert [(one.sku, one.change) for one in answer.movements] == [("rice", -2_000)], answer.text

    run(scenario())


def test_what_comes_by_the_dozen_is_asked(tmp_path: Path) -> None:
    dozen = Product(
        "eggs-dozen", {"en": "Free range (dozen)", "fr": "Plein air (douzaine)", "he": "חופש (תריסר)"}, box=0
    )

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts((dozen,)), SYSTEM)
            await catch_up(shop)
            talker = Talker(shop, "en")
            asked = await talker.say("received six dozen free range")
            assert asked.state == "asking_quantity" and [one.id for one in asked.options] == ["72", "6"], asked.text

    run(scenario())


def test_hebrew_in_latin_letters_waits_for_approval(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for said, moves in (
                ("lakachti 4 orez", ("rice", -4_000)),
                ("zarakti shtei orez", ("rice", -2_000)),
                ("kibalti shalosh orez", ("rice", 3_000)),
            ):
                talker = Talker(shop, "en")
                asked = await talker.say(said)
                assert asked.state == "confirming" and not asked.movements, (said, asked.text)
                moved = (await talker.say("yes")).movements
                assert [(one.sku, one.change) for one in moved] == [moves], said
            for said in ("lo lakachti 4 orez", "we sell lacquer orez"):
                assert not (await Talker(shop, "en").say(said)).movements, said

    run(scenario())


ORDERED = {
    "en": "put bagels down for thursdays delivery, 30",
    "fr": "rajoute trente bagels pour la livraison de jeudi",
    "he": "תוסיף שלושים בייגל למשלוח של יום חמישי",
}


@pytest.mark.parametrize("language", sorted(ORDERED))
def test_what_is_for_a_delivery_to_come_is_ordered_and_moves_nothing(tmp_path: Path, language: str) -> None:
    """Of a shop that has no supplier yet it says so."""

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            bagel = Product("bagel", {"en": "Bagels", "fr": "Bagels", "he": "בייגל"}, (), 300, "reduced")
            await done(shop, SetProducts((bagel,)), SYSTEM)
            await catch_up(shop)
            answer = await Talker(shop, language, BOSS).say(ORDERED[language])
            assert not answer.movements and answer.state == "cancelled", answer
            assert {"en": "no suppliers", "fr": "Aucun fournisseur", "he": "אין עדיין ספקים"}[language] in answer.text

    run(scenario())


def test_a_count_that_wants_a_confirmation_says_that_it_is_all_there_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts((Product("bagel", {"en": "Bagels"}, (), 300, "reduced"),)), SYSTEM)
            await done(shop, RecordMovement("bagel", "in", units=9_000), SYSTEM)
            await catch_up(shop)
            answer = await Talker(shop, "en", BOSS).say("found 3 bagels behind the freezer that werent on the books")
            assert answer.state != "done" and "3 pcs in total" in answer.text, answer

    run(scenario())
