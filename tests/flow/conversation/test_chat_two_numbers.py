"""Sentences with two numbers, of which one counts: the other is of a size, a time, a table, the books, or what was
asked for; and corrections of a part."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.flow.conversation.test_chat_understanding import LANGUAGES
from tests.shop_fixture import SYSTEM, done, run

GOODS = (
    Product(
        "small",
        {"en": "Ginger beer 330 ml", "fr": "Bière de gingembre 330 ml", "he": 'בירת זנגוויל 330 מ"ל'},
        price_minor=500,
    ),
    Product(
        "big",
        {"en": "Ginger beer 500 ml", "fr": "Bière de gingembre 500 ml", "he": 'בירת זנגוויל 500 מ"ל'},
        price_minor=700,
    ),
    Product("roll", {"en": "Rolls", "fr": "Petits pains", "he": "לחמניות"}, price_minor=300),
    Product("pita", {"en": "Pitas", "fr": "Pitas", "he": "פיתות"}, price_minor=200),
    Product("jam", {"en": "Jam", "fr": "Confiture", "he": "ריבה"}, price_minor=2_000, box=10),
)
TOLD = {
    "en": (
        ("he asked for five rolls so I gave him four", {"roll": -4}),
        ("the system says 40 rolls but there are actually 37", {"roll": 37}),
        ("we should have 40 rolls but there are 37", {"roll": 37}),
        ("took a dozen rolls for the buffet and two for myself", {"roll": -14}),
        ("put two rolls out for the chef, not the whole box", {"roll": -2}),
        ("received 8 pitas / 3 were rolls, not pitas", {"pita": 5, "roll": 3}),
        ("took 2 rolls and 2 pitas / no, 3 pitas and no rolls", {"pita": -3}),
    ),
    "fr": (
        ("le système dit 40 petits pains mais en réalité il y en a 37", {"roll": 37}),
        ("on devrait avoir 40 petits pains mais il y en a 37", {"roll": 37}),
        ("pris une douzaine de petits pains pour le buffet et deux pour moi", {"roll": -14}),
        ("reçu 8 pitas / 3 étaient des petits pains, pas des pitas", {"pita": 5, "roll": 3}),
    ),
    "he": (
        ("תעדכן לחמניות ל-30", {"roll": 30}),
        ("דני ביקש חמש לחמניות אז נתתי לו ארבע", {"roll": -4}),
        ("במחשב כתוב 40 לחמניות, בפועל ספרתי 37", {"roll": 37}),
        ("קיבלנו 8 פיתות / שלוש היו לחמניות ולא פיתות", {"pita": 5, "roll": 3}),
        ("לקחתי 2 לחמניות ו-2 פיתות / הפוך, 3 פיתות ובלי לחמניות", {"pita": -3}),
        ("לקחתי 2 לחמניות / לקחתי 3 פיתות / תמחק את שתי הפעולות, סתם ניסיתי", {}),
        ("הוצאתי בירת זנגוויל, שתיים של 500", {"big": -2}),
        ("בשבע וחצי הגיעו 12 לחמניות", {"roll": 12}),
        ("נתתי לשולחן 3 פיתה אחת ולשולחן 6 שתי לחמניות", {"roll": -2, "pita": -1}),
        ("אני מוציאה שלוש, סליחה, ארבע לחמניות", {"roll": -4}),
        ("תתקן את הריבה על ארגז ועוד שלוש", {"jam": 13}),
        ("תתקן ריבה לארגז אחד ו-3 צנצנות", {"jam": 13}),
        ("לקחתי תריסר לחמניות לבופה ועוד שתיים לעצמי", {"roll": -14}),
        ("קיבלנו 2 ארגזים ריבה / זה לא ארגזים, שתי יחידות בלבד", {"jam": 2}),
    ),
}
CASES = [(language, said, moved) for language in LANGUAGES for said, moved in TOLD[language]]
THERE = 50_000


@pytest.mark.parametrize(("language", "said", "moved"), CASES, ids=[one[1] for one in CASES])
def test_one_of_two_numbers_counts(tmp_path: Path, language: str, said: str, moved: dict[str, int]) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts(GOODS), SYSTEM)
            counted = any(one > 12 for one in moved.values())  # a count says what is there
            for product in GOODS:
                await done(shop, RecordMovement(product.sku, "in", 0, THERE), SYSTEM)
            await catch_up(shop)
            talker = Talker(shop, language, BOSS)
            for turn in said.split(" / "):
                if (await talker.say(turn)).state == "confirming":
                    await talker.say({"en": "yes", "fr": "oui", "he": "כן"}[language])
            before = {one: 0 if counted and one in moved else THERE for one in (each.sku for each in GOODS)}
            changes = {sku: (talker.stock(sku) - there) // 1000 for sku, there in before.items()}
            assert {sku: count for sku, count in changes.items() if count} == moved

    run(scenario())
