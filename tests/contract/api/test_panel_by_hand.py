"""Faults that people found by hand on the manager's and till's pages, tested at their source without a browser."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from edge.counter.quick_keys.commands import SetQuickKeys
from edge.counter.quick_keys.layout import KeyPage
from edge.counter.till.commands import AddLine, AnswerQuestion, Pay
from edge.foundation.webhooks.pages import available_types
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product, Source
from edge.lib.codes.gtin import normal
from edge.lib.i18n import LANGUAGES, translate, words
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.fiscal_shop import FRANCE
from tests.shop_fixture import CONFIG, MILK, MYSTERY, SYSTEM, answered, done, run

PICTURE = "0123456789abcdef0123.webp"


def test_the_change_stays_in_sight_while_a_question_is_answered_with_no(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("cash", 200))
            assert 'id="change"' in (await caller.get("/")).text
            await done(served.shop, SetProducts((Product("tea", {"en": "Tea"}, (normal(MYSTERY),)),)), SYSTEM)
            asking = await done(served.shop, AddLine(MYSTERY))
            (asked,) = asking.result.questions  # the question about its price
            assert 'id="change"' in (await caller.get("/")).text, "while it is asked"
            await answered(served.shop, AnswerQuestion(asked.id, yes=False))
            assert 'id="change"' in (await caller.get("/")).text, "and when it was left out"
            await done(served.shop, AddLine(MILK))
            assert 'id="change"' not in (await caller.get("/")).text

    run(scenario())


def test_goods_are_listed_with_what_is_there_of_them_and_their_picture(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            milk = Product("milk", {"en": "Milk"}, (normal(MILK),), price_minor=120, pictures=(PICTURE,))
            await done(served.shop, SetProducts((milk,)), SYSTEM)
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("card"))
            listed = (await caller.get("/fragments/goods?text=milk")).text
            assert f"/pictures/{PICTURE}" in listed
            assert "<bdi>-1</bdi></a>" in listed.replace("\u2212", "-").replace("\u200e", "")
            page = (await caller.get("/manager/product?sku=milk")).text
            assert f'value="{MILK}"' in page, "a code is written as it stands on the goods"

    run(scenario())


def test_a_kiosk_that_waits_shows_a_picture_of_each_kind_of_goods_and_none_that_asks_for_an_age(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            kinds = ("dairy", "bakery", "bar", "snacks")
            await done(served.shop, SetCategories(tuple(Category(one, {"en": one}) for one in kinds)), SYSTEM)
            goods = [
                Product(
                    f"{kind}-{n}", {"en": f"{kind} {n}"}, (), 100, category=kind,
                    pictures=(f"{kind}-{n}.webp",), min_age=18 if kind == "bar" else None,
                )
                for kind in kinds
                for n in range(4)
            ]  # fmt: skip
            await done(served.shop, SetProducts(tuple(goods)), SYSTEM)
            page = (await caller.get("/kiosk?register=1")).text
            shown = re.findall(r'src="/pictures/([a-z]+)-', page.split('class="goods-seen"')[1].split("</p>")[0])
            assert sorted(shown) == ["bakery", "dairy", "snacks"]

    run(scenario())


def test_first_steps_name_people_and_keys_and_facts_are_called_by_words(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            first = (await caller.get("/manager")).text
            assert "/manager/users?" in first.split("</ol>")[0] and "/manager/keys?" in first.split("</ol>")[0]
            hooks = (await caller.get("/manager/webhooks?lang=fr")).text
            for type in available_types(served.shop.registry):
                assert f'value="{type}"' in hooks and f"<bdi>{type}</bdi>" not in hooks, type
            told = (await caller.get("/manager/insight")).text
            tenders = told.split('id="by-tender"')[1].split("</thead>")[0]
            assert tenders.count('class="sum"') == 1, "a way of paying has no margin"

    run(scenario())


def test_a_product_is_named_first_in_the_shops_own_language_and_by_no_raw_word(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = CONFIG.replace('language = "en"', 'language = "he"')
        assert text != CONFIG
        async with serve(tmp_path, text) as served, calling(served) as caller:
            milk = Product("milk", {"he": "חלב"}, (), price_minor=120)
            await done(served.shop, SetProducts((milk,), Source("manager")), SYSTEM)
            page = (await caller.get("/manager/product?sku=milk&lang=he")).text
            names = [page.index(f'name="names.{language}"') for language in ("he", *(set(LANGUAGES) - {"he"}))]
            assert names[0] == min(names)
            said = page.split('class="who"')[1].split("</small>")[0]
            assert "מנהל" in said and "manager" not in said
            first = (await caller.get("/manager?lang=fr")).text.split("</ol>")[0]
            assert "<s>Ajoutez vos produits</s>" in first, "what is done announces nothing more"

    run(scenario())


def test_one_is_not_called_all(tmp_path: Path) -> None:
    for language in LANGUAGES:
        assert "1" not in translate(language, "quality.yes_all", count="1"), language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_law_that_cannot_begin_says_what_is_missing_and_where(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        text = FRANCE.replace('tax_number = "123456789"\n', "")
        assert text != FRANCE
        async with serve(tmp_path, text) as served, calling(served) as caller:
            page = (await caller.get(f"/manager/fiscal?lang={language}", Grant=caller.token)).text
            assert 'data-start="fr"' in page and translate(language, "fiscal.none") not in page
            heard = {"Grant": caller.token, "Accept-Language": language}
            answer = await caller.do("StartRegime", {"regime": "fr"}, **heard)
            assert answer.code == "fiscal_identity_missing"
            assert translate(language, "office.key_store_tax_number") in answer.message

    run(scenario())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_part_of_the_settings_is_called_by_words_and_the_code_is_where_first_steps_lead(
    tmp_path: Path, language: str
) -> None:
    async def scenario() -> None:
        copies = f'[backup]\nfolder = "{tmp_path}"\nsame_disk = true\n'
        async with serve(tmp_path, CONFIG + copies) as served, calling(served) as caller:
            await caller.set_pin()
            settings = (await caller.get(f"/fragments/settings?lang={language}", Grant=caller.token)).text
            assert settings.count('href="#about-') > 5 and "settings.about_" not in settings
            steps = (await caller.get(f"/manager?lang={language}", Grant=caller.token)).text
            (place,) = re.findall(r'href="/manager/settings\?register=1#([a-z-]+)"', steps)
            assert f'id="{place}"' in settings

    run(scenario())


def test_keys_that_nothing_sold_could_fill_say_so_and_stay_as_they_were(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            await done(served.shop, SetQuickKeys((KeyPage({"en": "Mine"}, ()),)), SYSTEM)
            page = (await caller.get("/manager/keys?propose=yes", Grant=caller.token)).text
            assert 'id="nothing-sold"' in page and "Mine" in page and "data-proposed" not in page

    run(scenario())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_owners_pages_lead_to_is_found_and_asked_for_on_a_page(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            head = unescape((await caller.get(f"/manager?lang={language}", Grant=caller.token)).text)
            found = head.split('id="seek-pages"')[1].split("</template>")[0]
            for page in ("office.boxes", "recognition.title"):
                (group,) = re.findall(rf"{re.escape(translate(language, page))} <small>([^<]+)<", found)
                assert group == translate(language, "manager.group_system"), page
            others = {key: said for key, said in words(language).items() if key.startswith("seek_also.")}
            for key, said in others.items():
                assert f'data-also="{said}"' in found.replace("&#39;", "'"), (
                    f"{key}: a page is found by what people call it"
                )
            asked = unescape((await caller.get(f"/fragments/setup?lang={language}", Grant=caller.token)).text)
            for key in ("privacy_officer", "privacy_contact", "orders_phones"):
                assert translate(language, f"office.key_{key}") in asked, key

    run(scenario())


def test_what_nobody_counted_yet_is_a_dash_with_the_reason_below(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            page = (await caller.get("/manager/insight", Grant=caller.token)).text
            figures = re.findall(r'class="figure" data-kpi="\w+"><bdi>([^<]*)</bdi></p><p class="hint">([^<]*)', page)
            assert len(figures) == 6
            uncounted = [hint for figure, hint in figures if figure == "–"]
            assert uncounted and set(uncounted) == {"not calculated yet"}

    run(scenario())
