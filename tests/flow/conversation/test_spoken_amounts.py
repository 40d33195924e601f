"""How much is said, in digits and in words, in the three languages: a thousand is a thousand, and what no one can tell
is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.reading.statement import hear_statement
from edge.core.command_bus import CommandBus
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.search.queries import Search
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.shop_fixture import SYSTEM, done, run

MORE = (
    Product("croissant", {"en": "Croissants", "fr": "Croissants", "he": "קרואסונים"}, box=0),
    Product("tuna", {"en": "Tuna", "fr": "Thon", "he": "טונה"}, container="can", box=24),
)
SAID = (
    ("en", "took 1,000 milks", 1000),
    ("en", "took 10,000 milks", 10_000),
    ("en", "received 1,234 milks", 1234),
    ("en", "took 1,500 g of tomatoes", 1500),
    ("en", "took 1,5 kg of tomatoes", 1.5),
    ("en", "took 1.250 kg of tomatoes", 1.25),
    ("en", "took 12 hundred milks", 1200),
    ("en", "took one hundred and twenty three milks", 123),
    ("en", "took two thousand five hundred milks", 2500),
    ("en", "took half a dozen milks", 6),
    ("en", "took two dozen milks", 24),
    ("en", "took 2 and a half kilos of tomatoes", 2.5),
    ("en", "took three quarters of a kilo of tomatoes", 0.75),
    ("en", "took a kilo and a quarter of tomatoes", 1.25),
    ("en", "took a box and a half of ale", 1.5),
    ("fr", "pris dix-sept laits", 17),
    ("fr", "pris dix-huit laits", 18),
    ("fr", "pris cent dix-neuf laits", 119),
    ("fr", "pris soixante et onze laits", 71),
    ("fr", "pris soixante-dix-sept laits", 77),
    ("fr", "pris quatre-vingt-dix-neuf laits", 99),
    ("fr", "pris 1 200 laits", 1200),
    ("fr", "pris 1,250 kg de tomates", 1.25),
    ("fr", "pris mille deux cents laits", 1200),
    ("fr", "pris une vingtaine de laits", 20),
    ("fr", "pris une centaine de laits", 100),
    ("fr", "pris trois quarts de kilo de tomates", 0.75),
    ("fr", "pris un kilo et quart de tomates", 1.25),
    ("fr", "pris une caisse et demie de bière", 1.5),
    ("he", "לקחתי 1,000 חלב", 1000),
    ("he", "לקחתי שתים עשרה חלב", 12),
    ("he", "לקחתי שלושה עשר חלב", 13),
    ("he", "לקחתי מאה עשרים ושלוש חלב", 123),
    ("he", "לקחתי אלף ומאתיים חלב", 1200),
    ("he", "לקחתי 3 וחצי קילו עגבניות", 3.5),
    ("he", "לקחתי קילו ורבע עגבניות", 1.25),
    ("he", "לקחתי שלושת רבעי קילו עגבניות", 0.75),
    ("he", "לקחתי ארגז וחצי בירה", 1.5),
    ("en", "received 1.000 croissants", 1000),
    ("fr", "reçu 1.000 croissants", 1000),
    ("he", "קיבלתי 1.000 קרואסונים", 1000),
    ("en", "received 1 000 croissants", 1000),
    ("he", "קיבלתי 1 000 קרואסונים", 1000),
    ("fr", "pris 1,250 laits", 1250),
    ("en", "took 12.500 milks", 12_500),
    ("fr", "pris 1.234,5 kg de tomates", 1234.5),
    ("en", "took 1,234.5 kg of tomatoes", 1234.5),
    ("en", "took 0.250 kg of tomatoes", 0.25),
    ("fr", "pris 0,250 kg de tomates", 0.25),
    ("he", "לקחתי ١٫٥ קילו עגבניות", 1.5),
    ("en", "took ١٬٢٠٠ milks", 1200),
    ("en", "took ۱۲ milks", 12),
    ("fr", "pris un kilo deux de tomates", 1.2),
    ("fr", "pris un kilo deux cents de tomates", 1.2),
    ("fr", "pris tomates, un kilo deux", 1.2),
    ("fr", "pris tomates 2 kg 300", 2.3),
    ("fr", "pris deux kilos cinquante de tomates", 2.05),
    ("en", "took tomatoes 3 kg 200", 3.2),
    ("en", "took a kilo two hundred of tomatoes", 1.2),
    ("en", "took 2 kg 300 g of tomatoes", 2.3),
    ("en", "took 2 kilos and 50 grams of tomatoes", 2.05),
    ("en", "took two kilos and three hundred of tomatoes", 2.3),
    ("he", "לקחתי 2 קילו 300 עגבניות", 2.3),
    ("he", "לקחתי עגבניות 2 קילו 300", 2.3),
    ("he", "לקחתי קילו ומאתיים עגבניות", 1.2),
    ("he", "לקחתי עגבניות קילו ומאתיים", 1.2),
    ("he", "לקחתי עגבניות, קילו ומאתיים", 1.2),
    ("he", "לקחתי קילו ושלושים גרם עגבניות", 1.03),
)
ASKED = (
    ("en", "took 1,250 kg of tomatoes"),
    ("en", "took 1.000 kg of tomatoes"),
    ("fr", "pris 1.250 kg de tomates"),
    ("he", "לקחתי 1,250 קילו עגבניות"),
    ("en", "counted 12 milks and 3 milks"),
    ("fr", "compté thon, trois caisses et deux caisses"),
)
"""What no one can tell: which of two numbers, or a thousand or one."""
COUNTED = (
    ("en", "counted tuna - one box and thirty loose tins"),
    ("en", "counted tuna – one box and thirty tins"),
    ("en", "counted tuna—1 box, 30 tins"),
    ("en", "counted tuna: 1 box - 30 tins"),
    ("en", "counted tuna one box... thirty loose tins"),
    ("en", "counted one box of tuna plus thirty tins"),
    ("fr", "compté thon - une caisse et trente pièces"),
    ("fr", "compté thon : 1 caisse – 30 pièces"),
    ("he", "ספרתי טונה – ארגז אחד ושלושים יחידות"),
    ("he", "ספרתי טונה - ארגז אחד, שלושים יחידות"),
)


OF_SEVERAL = (
    ("en", "took a kilo of tomatoes and 200 croissants", [1000, 200_000]),
    ("en", "took tomatoes 1 kg and 200 croissants", [1000, 200_000]),
    ("en", "took a kilo of tomatoes and two milks", [1000, 2000]),
    ("en", "took 2 milks, 3 colas and a dozen eggs, and threw away 1 rice", [2000, 3000, 12_000, 1000]),
    ("fr", "pris un kilo de tomates et deux laits", [1000, 2000]),
    ("he", "לקחתי קילו עגבניות ושני חלב", [1000, 2000]),
)
CORRECTED = (
    ("en", "took 3 milks, no, 4", 4),
    ("en", "took three milks sorry four", 4),
    ("en", "took 3 milk no, make it 4", 4),
    ("fr", "pris trois laits, non quatre", 4),
    ("fr", "pris trois laits, pardon, cinq", 5),
    ("fr", "pris trois laits pardon quatre", 4),
    ("he", "לקחתי 3 חלב, לא, 4", 4),
    ("he", "תרשום שהשתמשתי בשני חלב", 2),
    ("en", "ive used only 3 milk this morning", 3),
    ("fr", "jai pris 3 laits ce matin", 3),
)
UNCOUNTED = (
    ("en", "took a few milks"),
    ("en", "took several milks"),
    ("fr", "pris quelques laits"),
    ("fr", "pris plusieurs laits"),
    ("en", "took 7 up"),
    ("fr", "pris 7 up"),
    ("he", "לקחתי 7 אפ"),
)
"""How many, nobody said: a number may be of the name."""
IN_BOXES = (
    ("en", "took 3 small colas in boxes", "box"),
    ("en", "took 3 small colas, single ones", "unit"),
    ("fr", "pris 3 petit cola en caisses", "box"),
)
Read = Callable[[str, str], list[Clause]]


@asynccontextmanager
async def reading_shop(folder: Path) -> AsyncIterator[tuple[CommandBus, Read]]:
    async with talking_shop(folder) as shop:
        await done(shop, SetProducts(MORE), SYSTEM)
        await catch_up(shop)

        def read(language: str, text: str) -> list[Clause]:
            reading = hear_statement(shop.reader, Search("EUR"), text, language).reading
            return list(reading.clauses) if reading else []

        yield shop, read


def test_so_much_is_meant(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with reading_shop(tmp_path) as (_, read):
            for language, text, amount in (*SAID, *CORRECTED):
                said = [(one.amount, one.doubt) for one in read(language, text)]
                assert said == [(round(amount * 1000), "")], (text, said)
            for language, text, amounts in OF_SEVERAL:
                assert [one.amount for one in read(language, text)] == amounts, text
            for language, text, unit in IN_BOXES:
                assert [(one.amount, one.unit) for one in read(language, text)] == [(3000, unit)], text
            (bottles,) = read("fr", "pris 2 330 ml cola")
            assert bottles.amount == 2000, "two of 330 ml, not 2,330 ml"

    run(scenario())


def test_which_number_is_meant_is_asked(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with reading_shop(tmp_path) as (shop, _):
            for language, text in (*ASKED, *UNCOUNTED):
                asked = await Talker(shop, language, BOSS).say(text)
                assert asked.state == "asking_quantity" and not asked.movements, (text, asked)

    run(scenario())


def test_a_count_is_one_whatever_stands_between(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with reading_shop(tmp_path) as (_, read):
            for language, text in COUNTED:
                said = [(one.verb, one.unit, one.amount, one.loose, one.doubt) for one in read(language, text)]
                assert said == [("adjust", "box", 1000, 30_000, "")], (text, said)

    run(scenario())
