"""Names in other languages: what a translation may not change, and files that come back as they went."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.core.journal.verify import verify
from edge.core.messages import Done, Refusal, Refused
from edge.foundation.settings.commands import SetText
from edge.foundation.settings.queries import read_texts
from edge.goods.catalog.categories.category import Attribute, Category
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER, Product, Source
from edge.goods.catalog.queries import find_by_sku
from edge.goods.promotions.commands import EndPromotion, SetPromotion
from edge.goods.promotions.promotion import PercentOff, Promotion
from edge.goods.promotions.queries import read_promotion
from edge.goods.translation.checks import findings, is_hard
from edge.goods.translation.commands import (
    AcceptTranslations,
    EndGlossaryTerm,
    ProposedText,
    ProposeTranslations,
    RefuseTranslations,
    RestoreTranslations,
    SetGlossaryTerm,
    SetTranslation,
)
from edge.goods.translation.exchange import FORMATS, TextFile, TextLine, read, write
from edge.goods.translation.glossary import GlossaryTerm
from edge.goods.translation.queries import translation_counts, translation_texts
from tests.shop_fixture import SYSTEM, done, open_shop, run


@pytest.mark.parametrize(
    ("source", "text", "language", "keep", "expected"),
    [
        ("Milk 3% 1 l", "חלב 3% 1 ליטר", "he", (), ()),
        ("Beer 2 x 330 ml", "Bière 2 × 330 ml", "fr", (), ()),
        ("Beer 2 x 330 ml", "Bière 330 × 2 ml", "fr", (), ("sizes",)),
        ("Flour 500 g", "Farine 500 kg", "fr", (), ("sizes",)),
        ("Flour 500 g", "Farine 600 g", "fr", (), ("numbers",)),
        ("Oil 0.5 l", "Huile 0,5 L", "fr", (), ()),
        ("1,000.50 pieces", "1 000,50 pièces", "fr", (), ()),
        ("Eggs 12, 500 g", "12 ביצים 500 גרם", "he", (), ()),
        ("Oven 180°", "Four -180°", "fr", (), ("numbers",)),
        ("Rice ٥ kg", "Riz 5 kg", "fr", (), ()),
        ("Coca-Cola 1.5L", "קולה 1.5 ליטר", "he", ("Coca-Cola",), ("keep",)),
        ("7UP 330 ml", "7UP 330 ml", "he", ("7UP",), ()),
        ("Bread", "Bread", "fr", (), ("same",)),
        ("Bread", "Pain", "he", (), ("script",)),
        ("Hello {name}", "Bonjour {nom}", "fr", (), ("gaps",)),
        ("From ₪5", 'החל מ-5 ש"ח', "he", (), ()),
        ("From ₪5", "À partir de 5 €", "fr", (), ("currency",)),
        ("Bread", "<b>Pain</b>", "fr", (), ("markup",)),
        ("Bread", "Pain\u202e", "fr", (), ("control",)),
        ("Bread", "Pain pain", "fr", (), ("doubled_word",)),
        ("Bread", "Pain.", "fr", (), ("end_mark",)),
        ("Bread", "  ", "fr", (), ("empty",)),
        ("Bread", "1 " * 40, "fr", (), ("numbers",)),
    ],
)
def test_what_a_translation_may_not_change(
    source: str, text: str, language: str, keep: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    found = findings(source, text, language, keep)
    assert found[: len(expected)] == expected and (expected or found == ())


LINES = (
    TextLine("product/100 0", "Milk 3% & co <1 l>", 'חלב 3% "תנובה"'),
    TextLine("product/101", "Bread"),
    TextLine("product/102", "Bread", "לחם"),
    TextLine("category/a", "A\nB", "א\nב", fuzzy=True),
    TextLine("category/=1+1", "=cmd", "-1"),
)


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_comes_back_as_it_went(format: str) -> None:
    body = write(format, TextFile("en", "he", LINES))  # type: ignore[arg-type]
    back = read(body, "en", "he")
    assert (back.source_language, back.language) == ("en", "he")
    expected = LINES if format != "csv" else tuple(TextLine(one.id, one.source, one.text) for one in LINES)
    assert back.lines == expected


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe\x00",
        b"<xliff/>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><xliff>&a;</xliff>',
        b"just a letter",
        b"id,source\n1,2\n",
        b'<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"></xliff>',
    ],
)
def test_what_is_no_file_of_texts_is_said(body: bytes) -> None:
    with pytest.raises(Refusal, match="translation_file"):
        read(body, "en", "he")


def text(key: str, source: str, called: str) -> ProposedText:
    return ProposedText(key, source, called)


def test_what_is_proposed_waits_for_approval_and_is_the_names_then(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            goods = (
                Product("p1", {"en": "Milk 1 l"}, price_minor=100),
                Product("p2", {"en": "Bread"}, price_minor=200),
            )
            await done(shop, SetProducts(goods, Source(MANAGER)), SYSTEM)
            brought = await shop.do(
                ProposeTranslations(
                    "en",
                    "fr",
                    (
                        text("product/p1", "Milk 1 l", "Lait 1 l"),
                        text("product/p2", "Bread", "Bread"),
                        text("product/p2", "Loaf", "Pain"),
                        text("product/p9", "Wine", "Vin"),
                        text("product/p1", "Milk 1 l", "Lait 2 l"),
                    ),
                ),
                SYSTEM,
            )
            assert isinstance(brought, Done)
            outcomes = [(one.outcome, one.findings) for one in brought.result]
            assert outcomes == [
                ("proposed", ()),
                ("proposed", ("same",)),
                ("outdated", ()),
                ("unknown", ()),
                ("refused", ("numbers",)),
            ]
            again = await shop.do(
                ProposeTranslations("en", "fr", (text("product/p1", "Milk 1 l", "Lait 1 l"),)), SYSTEM
            )
            assert isinstance(again, Done) and again.events == ()
            assert [one.state for one in translation_texts(shop.reader, "en", "fr")] == ["proposed", "proposed"]

            both = await shop.do(AcceptTranslations("fr", ("product/p1", "product/p2")), SYSTEM)
            assert isinstance(both, Refused) and both.code == "translation_flagged"
            await done(shop, AcceptTranslations("fr", ("product/p1",)), SYSTEM)
            await done(shop, RefuseTranslations("fr", ("product/p2",)), SYSTEM)
            milk = find_by_sku(shop.reader, "p1")
            assert milk is not None and milk.names == {"en": "Milk 1 l", "fr": "Lait 1 l"}
            assert [one.state for one in translation_texts(shop.reader, "en", "fr")] == ["accepted", "refused"]

            await done(shop, SetTranslation("en", "fr", text("product/p2", "Bread", "Pain")), SYSTEM)
            wrong = await shop.do(SetTranslation("en", "fr", text("product/p1", "Milk 1 l", "Lait 5 l")), SYSTEM)
            assert isinstance(wrong, Refused) and wrong.code == "translation_wrong"
            await done(shop, SetProducts((Product("p1", {"en": "Whole milk 1 l"}),), Source(MANAGER)), SYSTEM)
            counts = {(one.language, one.state): one.count for one in translation_counts(shop.reader, "en")}
            assert counts == {("fr", "outdated"): 1, ("fr", "accepted"): 1, ("he", "missing"): 2}
            late = await shop.do(AcceptTranslations("fr", ("product/p1",)), SYSTEM)
            assert isinstance(late, Refused) and late.code == "translation_not_waiting"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_hard_findings_are_those_that_refuse() -> None:
    assert is_hard(("same", "numbers")) and not is_hard(("same", "script"))


def test_the_same_source_in_two_ways_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            goods = tuple(Product(sku, {"en": "Goat cheese"}, price_minor=100) for sku in ("a", "b", "c"))
            await done(shop, SetProducts(goods, Source(MANAGER)), SYSTEM)

            def brought(**said: str) -> ProposeTranslations:
                texts = tuple(ProposedText(f"product/{sku}", "Goat cheese", text) for sku, text in said.items())
                return ProposeTranslations("en", "fr", texts)

            first, second = (await done(shop, brought(a="Chèvre", b="Fromage de chèvre"), SYSTEM)).result
            assert (first.findings, second.findings) == ((), ("two_ways",))
            (third,) = (await done(shop, brought(c="Chèvre"), SYSTEM)).result
            assert third.findings == (), "it is said so elsewhere, too"
            (again,) = (await done(shop, brought(b="Chèvre"), SYSTEM)).result
            assert again.findings == (), "put right"
            refused = await shop.do(brought(a="Caprin"), SYSTEM)
            assert isinstance(refused, Done) and refused.result[0].findings == ("two_ways",)
            taken = await shop.do(AcceptTranslations("fr", ("product/a",)), SYSTEM)
            assert taken == Refused("translation_flagged", {"named": "product/a"}), "it is looked at by itself"

    run(scenario())


OIL = GlossaryTerm("oil", {"en": "olive oil", "fr": "huile d'olive"})


def test_a_term_of_the_glossary_is_held_against_what_is_proposed_and_what_waits(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            goods = tuple(
                Product(sku, {"en": name}, price_minor=100)
                for sku, name in (("a", "Olive Oil 1 l"), ("b", "Olive oil soap"), ("c", "Boiled oil"))
            )
            await done(shop, SetProducts(goods, Source(MANAGER)), SYSTEM)
            await done(shop, SetGlossaryTerm(OIL), SYSTEM)
            texts = (
                text("product/a", "Olive Oil 1 l", "Huile 1 l"),
                text("product/b", "Olive oil soap", "Savon à l'Huile d'olive"),
                text("product/c", "Boiled oil", "Huile cuite"),
            )
            brought = (await done(shop, ProposeTranslations("en", "fr", texts), SYSTEM)).result
            assert [one.findings for one in brought] == [("glossary",), (), ()]
            taken = await shop.do(AcceptTranslations("fr", ("product/a",)), SYSTEM)
            assert taken == Refused("translation_flagged", {"named": "product/a"}), "somebody looks at it by itself"

            soap = GlossaryTerm("soap", {"en": "soap", "fr": "savonnette"})
            await done(shop, SetGlossaryTerm(soap), SYSTEM)
            taken = await shop.do(AcceptTranslations("fr", ("product/b",)), SYSTEM)
            assert taken == Refused("translation_flagged", {"named": "product/b"}), "the glossary is newer than it"
            await done(shop, EndGlossaryTerm("soap"), SYSTEM)
            await done(shop, AcceptTranslations("fr", ("product/b",)), SYSTEM)
            await done(shop, AcceptTranslations("fr", ("product/a",), flagged=True), SYSTEM)
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_second_word_is_as_good_and_a_word_that_is_not_to_be_used_is_found(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            goods = tuple(
                Product(sku, {"en": name}, price_minor=100)
                for sku, name in (("a", "Sofa blue"), ("b", "Couch green"), ("c", "Blue lamp"))
            )
            await done(shop, SetProducts(goods, Source(MANAGER)), SYSTEM)
            sofa = GlossaryTerm(
                "sofa",
                {"en": "sofa", "fr": "canapé"},
                also={"en": "couch", "fr": "sofa, canapé-lit"},
                avoid={"fr": "divan, lit"},
            )
            await done(shop, SetGlossaryTerm(sofa), SYSTEM)
            texts = (
                text("product/a", "Sofa blue", "Canapé bleu"),
                text("product/a", "Sofa blue", "Sofa bleu"),
                text("product/a", "Sofa blue", "Canapé-lit bleu"),
                text("product/a", "Sofa blue", "Divan bleu"),
                text("product/b", "Couch green", "Canapé vert, divan"),
                text("product/c", "Blue lamp", "Lampe de divan"),
            )
            brought = (await done(shop, ProposeTranslations("en", "fr", texts), SYSTEM)).result
            assert [one.findings for one in brought] == [(), (), (), ("glossary", "avoided"), ("avoided",), ()]
            taken = await shop.do(AcceptTranslations("fr", ("product/b",)), SYSTEM)
            assert taken == Refused("translation_flagged", {"named": "product/b"}), "somebody looks at it by itself"

    run(scenario())


def test_a_word_that_stays_refuses_a_text_without_it_and_a_term_says_two_languages(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetProducts((Product("a", {"en": "Noa bread"}, price_minor=1),), Source(MANAGER)), SYSTEM)
            lonely = await shop.do(SetGlossaryTerm(GlossaryTerm("noa", {"en": "Noa"})), SYSTEM)
            assert lonely == Refused("glossary_one_language", {})
            await done(shop, SetGlossaryTerm(GlossaryTerm("noa", {"en": "Noa"}, keep=True)), SYSTEM)
            said = (text("product/a", "Noa bread", "Pain"), text("product/a", "Noa bread", "Pain NOA"))
            brought = (await done(shop, ProposeTranslations("en", "fr", said), SYSTEM)).result
            assert [(one.outcome, one.findings) for one in brought] == [("refused", ("keep",)), ("proposed", ())]

    run(scenario())


def test_attributes_promotions_and_texts_are_translated_by_the_same_rules(tmp_path: Path) -> None:
    """What papers and screens say in the shop's own words is a text; what is over is translated no more, as it would
    begin again."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            grape = Attribute("text", names={"en": "Grape"})
            wine = Category(
                "wine", {"en": "Wine", "fr": "Vin"}, attributes={"grape": grape, "year/1": Attribute("text")}
            )
            await done(shop, SetCategories((wine,), Source(MANAGER)), SYSTEM)
            spring = Promotion("spring", {"en": "Spring 10 %"}, PercentOff(10_000))
            await done(shop, SetPromotion(spring), SYSTEM)
            await done(shop, SetPromotion(msgspec.structs.replace(spring, id="gone")), SYSTEM)
            await done(shop, EndPromotion("gone"), SYSTEM)
            said = SetText("feast", "receipt_above", {"en": "Closed on 24/12\nThank you"}, by="head office")
            await done(shop, said, SYSTEM)
            kinds = ("attribute", "promotion", "text")
            missing = [one.key for kind in kinds for one in translation_texts(shop.reader, "en", "fr", "missing", kind)]
            assert missing == ["attribute/wine/grape", "promotion/spring", "text/feast"]

            texts = (
                text("attribute/wine/grape", "Grape", "Cépage"),
                text("promotion/spring", "Spring 10 %", "Printemps 20 %"),
                text("promotion/spring", "Spring 10 %", "Printemps " + "très " * 11 + "10 %"),
                text("promotion/spring", "Spring 10 %", "Printemps 10 %"),
                text("promotion/gone", "Spring 10 %", "Printemps 10 %"),
                text("text/feast", "Closed on 24/12\nThank you", "Fermé le 24/12. Merci"),
                text("text/feast", "Closed on 24/12\nThank you", "Fermé le 24/12\nMerci"),
            )
            brought = (await done(shop, ProposeTranslations("en", "fr", texts), SYSTEM)).result
            outcomes = [one.outcome for one in brought]
            assert outcomes == ["proposed", "refused", "refused", "proposed", "unknown", "refused", "proposed"]
            assert "too_long" in brought[2].findings and "lines" in brought[5].findings
            keys = ("attribute/wine/grape", "promotion/spring", "text/feast")
            await done(shop, AcceptTranslations("fr", keys), SYSTEM)

            (category,) = (one for one in read_categories(shop.reader) if one.id == "wine")
            assert category.attributes["grape"].names == {"en": "Grape", "fr": "Cépage"}
            kept = read_promotion(shop.reader, "spring")
            assert kept is not None and kept.promotion.names == {"en": "Spring 10 %", "fr": "Printemps 10 %"}
            (notice,) = read_texts(shop.reader)
            assert (notice.by, notice.texts["fr"]) == ("head office", "Fermé le 24/12\nMerci")
            assert [one.state for one in translation_texts(shop.reader, "en", "fr", kind="text")] == ["accepted"]

            await done(
                shop, ProposeTranslations("en", "he", (text("promotion/spring", "Spring 10 %", "אביב 10 %"),)), SYSTEM
            )
            await done(shop, EndPromotion("spring"), SYSTEM)
            late = await shop.do(AcceptTranslations("he", ("promotion/spring",)), SYSTEM)
            assert late == Refused("translation_outdated", {"named": "promotion/spring"}), "it does not run again"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_degrees_stay_and_what_is_isolated_whole_is_no_control() -> None:
    assert "sizes" in findings("180° turn", "180 tour", "fr")
    assert findings("180° turn", "180° tour", "fr") == ()
    assert "control" not in findings("Milk 3%", "חלב \u20673%\u2069", "he")
    assert "control" in findings("Milk", "חלב \u2067", "he"), "it turns what stands behind it"
    assert "control" in findings("Milk", "\u2069חלב\u2067", "he")


def test_a_decision_is_undone_unless_the_text_changed_since(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            wine = Category("wine", {"en": "Wine"})
            await done(shop, SetCategories((wine,), Source(MANAGER)), SYSTEM)
            goods = tuple(Product(sku, {"en": name}, price_minor=100) for sku, name in (("a", "Bread"), ("b", "Tea")))
            await done(shop, SetProducts(goods, Source(MANAGER)), SYSTEM)
            said = (text("product/a", "Bread", "Pain"), text("product/b", "Tea", "The"))
            await done(shop, ProposeTranslations("en", "fr", (*said, text("category/wine", "Wine", "Vin"))), SYSTEM)

            def shown() -> dict[str, tuple[str, str, str]]:
                return {one.key: (one.state, one.now, one.text) for one in translation_texts(shop.reader, "en", "fr")}

            before = shown()
            taken = await done(shop, AcceptTranslations("fr", ("product/a", "category/wine")), SYSTEM)
            refused = await done(shop, RefuseTranslations("fr", ("product/b",)), SYSTEM)
            assert [one[0] for one in shown().values()] == ["accepted", "accepted", "refused"]
            for decision in (refused, taken):
                await done(shop, RestoreTranslations("fr", decision.result), SYSTEM)
            assert shown() == before
            again = await shop.do(RestoreTranslations("fr", refused.result), SYSTEM)
            assert again == Refused("translation_changed", {"named": "product/b"})

            by_hand = await done(shop, SetTranslation("en", "fr", text("product/b", "Tea", "Infusion")), SYSTEM)
            await done(shop, RestoreTranslations("fr", by_hand.result), SYSTEM)
            assert shown() == before
            taken = await done(shop, AcceptTranslations("fr", ("product/a", "category/wine")), SYSTEM)
            await done(shop, SetProducts((Product("a", price_minor=120),), Source(MANAGER)), SYSTEM)
            changed = await shop.do(RestoreTranslations("fr", taken.result), SYSTEM)
            assert changed == Refused("translation_changed", {"named": "product/a"})
            assert shown()["category/wine"][0] == "accepted", "all or none"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())
