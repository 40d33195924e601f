"""What is said at a till is understood by the names of the catalogue: espeak-ng says them, PocketSphinx hears them."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.messages import Done
from edge.core.process.parts import Part, Supervisor
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import RetireProducts, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.search.service.speech_phrases import Grammar
from edge.goods.search.spoken import PHRASES, as_said, order_words, phrases
from edge.runtime import inference
from edge.runtime.inference import Inference
from tests.catch_up import catch_up
from tests.importing import ean
from tests.shop_fixture import CONFIG, SYSTEM, config, open_shop, run
from tests.speech import said_by_espeak
from tests.sync_doubles import until

NAMES = {"pickles": "Sour pickles 670 g", "noodles": "Rice noodles (gluten free)", "soap": "Olive oil soap, 4 x 100g"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Milk 3% 1 l", "milk"),
        ("Coca-Cola Zero 6x330ml (cans)", "coca cola zero"),
        ("7UP 330 ml", "7up"),
        ("M&M's peanut", "m and m's peanut"),
        ("1/4 ounce of tea", "ounce of tea"),
        ('יין אדום יבש 750 מ"ל', "יין אדום יבש"),
        ("Pain d’épices 500 g", "pain d'épices"),
        ("12", ""),
    ],
)
def test_a_name_is_said_without_what_is_only_printed(name: str, said: str) -> None:
    assert as_said(name) == said


def test_phrases_are_of_a_language_and_of_what_is_sold_the_best_of_it_first(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            grammar = Grammar(shop_ledger(tmp_path))
            around = len(order_words("en"))
            assert await grammar.phrases("de") == (), "a language in which nothing has a name"
            many = tuple(Product(f"p{n}", {"en": f"Thing {chr(97 + n)}x"}, (ean(n),), 100) for n in range(20))
            assert isinstance(await shop.do(SetProducts(many), SYSTEM), Done)
            assert isinstance(await shop.do(RetireProducts(("p3",)), SYSTEM), Done)
            for command in (AddLine(sku="p7", quantity=2000), Pay("cash")):
                assert isinstance(await shop.do(command, SYSTEM), Done)
            await catch_up(shop)
            found = await grammar.phrases("en")
            assert found[around] == "thing hx"
            assert "thing dx" not in found and "milk" in found
            assert (await grammar.phrases("he"))[len(order_words("he")) :] == ("חלב",)
            assert await grammar.phrases("en") is found, "nothing has changed"
            assert len(phrases(shop.reader, "en", around + 2)) == around + 2 < PHRASES

    run(scenario())


@pytest.mark.needs("espeak-ng")
def test_the_names_of_the_catalogue_are_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pocketsphinx")
    monkeypatch.setattr(inference, "START_S", 0.0)

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            products = tuple(Product(sku, {"en": name}) for sku, name in NAMES.items())
            assert isinstance(await shop.do(SetProducts(products), SYSTEM), Done)
            supervisor, models = (
                Supervisor(shop.bus),
                Inference(config(tmp_path), shop, Grammar(config(tmp_path).ledger)),
            )
            supervisor.start(Part("models", models.run))
            try:
                await until(lambda: models.has("stt", "en"), "the models part runs")
                for sentence in ("two sour pickles", "olive oil soap", "add rice noodles"):
                    answer = await models.listen("en", 22_050, 60)
                    answer.feed(said_by_espeak(sentence))
                    answer.end()
                    heard = (await answer).text.replace("\n", " ")
                    assert " ".join(sentence.split()[-2:]) in heard
            finally:
                await supervisor.stop()

    run(scenario(), 120)


def shop_ledger(folder: Path) -> Path:
    return config(folder, CONFIG).ledger
