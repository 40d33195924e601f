"""Who asks, plans or remembers moves nothing and buys nothing; who asks politely gets it; and a basket is put right by
"cancel" and "no, four"."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.conversation.assistant.turns.dialogue import STOCK_US
from edge.core.command_bus import CommandBus
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from edge.ordering.orders.commands import SetCartLine
from edge.ordering.orders.queries import cart_at
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, GOODS, Talker, talking_shop
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.shop_fixture import SYSTEM, FakeClock, done, run

BREAD = Product("bread", {"en": "Bread", "fr": "Pain", "he": "לחם"}, (), 300, box=0)
MOVES_NOTHING = {
    "en": (
        "did you take 3 milks",
        "hey did you take 3 milks",
        "have we received 3 milks",
        "has the milk arrived",
        "were 3 milks delivered",
        "was 3 milk thrown away",
        "have 3 milks been delivered",
        "do we throw away 3 milks",
        "are 3 milks left",
        "are 3 milks expired",
        "i have to throw away 3 milks",
        "i'm about to throw away 3 milks",
        "i need to take 3 milks",
        "3 milks were supposed to be delivered",
        "i forgot to take 3 milks",
        "nobody took 3 milks",
        "how about i take 3 milks",
        "i want to know if you have bread",
    ),
    "fr": (
        "est-ce que nous avons reçu 3 laits",
        "est-ce que 3 laits sont arrivés",
        "a-t-il pris 3 laits",
        "avons-nous reçu 3 laits",
        "on aurait reçu 3 laits",
        "imagine que j'ai pris 3 laits",
    ),
    "he": ("האם קיבלנו 3 חלב", "נגיד שלקחתי 3 חלב", "תזכיר לי שלקחתי 3 חלב", "שכחתי שלקחתי 3 חלב"),
}
BUYS_NOTHING = {
    "en": (
        ("i want to know if you have bread", "Bread is in stock."),
        ("i need to know if you have bread", "Bread is in stock."),
        ("i want to see the milk", "Milk 3% 1 l: €1.50"),
        ("how do i order milk", "Milk 3% 1 l: €1.50"),
        ("should i buy milk", "Milk 3% 1 l: €1.50"),
        ("where can i get milk", "Milk 3% 1 l: €1.50"),
        ("2 milks?", "Milk 3% 1 l: €1.50"),
        ("2 milk is how much", "2 pcs Milk 3% 1 l: €3.00"),
        ("how much for 2 milk", "2 pcs Milk 3% 1 l: €3.00"),
        ("are there 2 milks left", "Milk 3% 1 l: €1.50"),
        ("2 milks and a bread?", "Milk 3% 1 l: €1.50\nBread: €3.00"),
        ("i don't want milk", "isn't in your cart"),
        ("i am 15 and want to know if you have beer", "of age"),
    ),
    "fr": (
        ("je veux savoir si vous avez du pain", "Pain est en stock."),
        ("j'ai besoin de savoir si vous avez du pain", "Pain est en stock."),
        ("je voudrais voir le lait", "Lait 3% 1 l : 1,50"),
        ("comment je commande du lait", "Lait 3% 1 l : 1,50"),
        ("combien pour 2 laits", "2 pièces Lait 3% 1 l : 3,00"),
        ("2 laits ?", "Lait 3% 1 l : 1,50"),
    ),
    "he": (
        ("אני רוצה לדעת אם יש לכם לחם", "לחם במלאי."),
        ("אפשר לשאול אם יש לחם", "לחם במלאי."),
        ("אני רוצה לראות את החלב", "חלב 3% 1 ליטר: \u200f1.50"),
        ("2 חלב?", "חלב 3% 1 ליטר: \u200f1.50"),
    ),
}
IS_BOUGHT = (
    ("en", "can you give me 2 milks"),
    ("en", "could you add 2 milks please"),
    ("en", "can i have 2 milks?"),
    ("en", "i want to buy 2 milks"),
    ("fr", "pouvez-vous me donner 2 laits"),
    ("fr", "est-ce que je peux avoir 2 laits ?"),
    ("he", "אתה יכול לתת לי 2 חלב"),
    ("he", "אפשר לקבל 2 חלב?"),
)
STILL_MOVES = (
    ("en", "have just received 3 milks", "milk", 3_000),
    ("en", "have taken 3 milks", "milk", -3_000),
    ("en", "took 2 and a half kilos of tomatoes", "tomato", -2_500),
    ("he", "לקחתי 2 וחצי קילו עגבניות", "tomato", -2_500),
    ("fr", "il me reste 3 laits", "milk", 3_000 - 30_000),
    ("en", "we lost 3 milks", "milk", -3_000),
    ("en", "3 milks were stolen", "milk", -3_000),
    ("fr", "3 laits volés", "milk", -3_000),
    ("he", "נגנבו 3 חלב", "milk", -3_000),
)


async def priced(shop: CommandBus, all_of_them: bool = False) -> None:
    prices = {one.sku: 100 for one in GOODS} if all_of_them else {"milk": 150, "beer": 300, "rice": 400}
    goods = [msgspec.structs.replace(one, price_minor=prices.get(one.sku)) for one in GOODS]
    await done(shop, SetProducts((*goods, BREAD)), SYSTEM)
    await done(shop, RecordMovement("bread", "in", units=9_000), SYSTEM)
    await catch_up(shop)


def basket(shop: CommandBus) -> dict[str, int]:
    cart = cart_at(shop.reader, CUSTOMER.register, shop.now_us())
    return {line.sku: line.quantity for line in cart.lines} if cart else {}


@pytest.mark.parametrize("language", sorted(MOVES_NOTHING))
def test_what_is_asked_planned_or_denied_moves_nothing(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for said in MOVES_NOTHING[language]:
                answer = await Talker(shop, language, BOSS).say(said)
                assert not answer.movements, (said, answer.text)

    run(scenario(), 60)


@pytest.mark.parametrize(("language", "said", "sku", "change"), STILL_MOVES)
def test_what_happened_is_entered(tmp_path: Path, language: str, said: str, sku: str, change: int) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            answer = await Talker(shop, language, BOSS).say(said)
            assert [(one.sku, one.change) for one in answer.movements] == [(sku, change)], answer.text

    run(scenario())


@pytest.mark.parametrize("language", sorted(BUYS_NOTHING))
def test_a_customers_question_is_answered_and_buys_nothing(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await priced(shop)
            for said, told in BUYS_NOTHING[language]:
                answer = await Talker(shop, language, CUSTOMER, "shopping").say(said)
                assert told in answer.text, (said, answer.text)
                assert basket(shop) == {}, said

    run(scenario(), 60)


def test_what_is_asked_for_politely_is_bought(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await priced(shop)
            for language, said in IS_BOUGHT:
                await Talker(shop, language, CUSTOMER, "shopping").say(said)
                assert basket(shop) == {"milk": 2_000}, said
                cart = cart_at(shop.reader, CUSTOMER.register, shop.now_us())
                assert cart is not None
                await done(shop, SetCartLine(cart.id, cart.lines[0].id, 0), msgspec.structs.replace(CUSTOMER))

    run(scenario(), 60)


def test_one_of_three_is_taken_out(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await priced(shop)
            guest = Talker(shop, "en", CUSTOMER, "shopping")
            for said, left in (
                ("3 milks", {"milk": 3_000}),
                ("remove one milk", {"milk": 2_000}),
                ("remove half a milk", {"milk": 2_000}),  # asked, as nobody sells half of one
                ("remove the milk", {}),
            ):
                await guest.say(said)
                assert basket(shop) == left, said

    run(scenario())


@pytest.mark.parametrize(
    ("language", "first", "corrected", "cancelled"),
    [
        ("en", "2 milks", "no, four", "undo"),
        ("fr", "2 laits", "non, quatre", "annule"),
        ("he", "2 חלב", "לא, ארבע", "בטל"),
    ],
)
def test_a_basket_is_put_right_by_word(
    tmp_path: Path, language: str, first: str, corrected: str, cancelled: str
) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await priced(shop)
            guest = Talker(shop, language, CUSTOMER, "shopping")
            for said, left in ((first, 2_000), (corrected, 4_000), (cancelled, 0), (cancelled, 0)):
                await guest.say(said)
                assert basket(shop).get("milk", 0) == left, said

    run(scenario())


def test_cancel_takes_back_the_whole_newest_sentence_once_and_nothing_that_was_changed_since(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with talking_shop(tmp_path, clock) as shop:
            await priced(shop)
            guest = Talker(shop, "en", CUSTOMER, "shopping")
            await guest.say("add a beer")
            assert "of age" in (await guest.say("i am 16")).text
            await guest.say("one milk")
            await guest.say("2 milks and a bread")
            await guest.say("cancel")
            assert basket(shop)["milk"] == 1_000
            assert "bread" not in basket(shop)
            await guest.say("cancel")
            assert basket(shop)["milk"] == 1_000, "the sentence before is not taken back as well"
            await guest.say("2 breads")
            cart = cart_at(shop.reader, CUSTOMER.register, shop.now_us())
            assert cart is not None
            line = next(line for line in cart.lines if line.sku == "bread")
            await done(shop, SetCartLine(cart.id, line.id, 5_000), CUSTOMER)  # by a tap beside it
            await guest.say("cancel")
            assert basket(shop)["bread"] == 5_000
            assert STOCK_US == 600_000_000

    run(scenario())


@pytest.mark.parametrize(
    ("language", "first", "more", "emptied", "cancelled"),
    [
        ("en", "2 milks", "two more", "empty my basket", "cancel"),
        ("fr", "2 laits", "deux de plus", "videz mon panier", "annule"),
        ("he", "2 חלב", "עוד שניים", "תרוקן את הסל", "בטל"),
    ],
)
def test_more_of_it_an_empty_basket_and_all_of_it_back(
    tmp_path: Path, language: str, first: str, more: str, emptied: str, cancelled: str
) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await priced(shop)
            guest = Talker(shop, language, CUSTOMER, "shopping")
            for said, left in ((first, 2_000), (more, 4_000), (emptied, 0), (cancelled, 4_000)):
                await guest.say(said)
                assert basket(shop).get("milk", 0) == left, said

    run(scenario())


def test_what_there_is_not_enough_of_is_named_in_the_customers_language(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await priced(shop)
            for language, said, name in (("fr", "40 laits", "Lait 3% 1 l"), ("he", "40 חלב", "חלב 3% 1 ליטר")):
                answer = await Talker(shop, language, CUSTOMER, "shopping").say(said)
                assert name in answer.text and basket(shop) == {}, answer.text

    run(scenario())


def test_show_me_the_stock_is_answered(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for said, told in (
                ("show me the stock of milk", "Milk 3% 1 l: 30 pcs"),
                ("i want to know how many milks we have", "Milk 3% 1 l: 30 pcs"),
                ("which products expire this week", "No products expire within a week."),
            ):
                assert told in (await Talker(shop, "en", BOSS).say(said)).text, said

    run(scenario())


@pytest.mark.parametrize(
    ("language", "said", "put"),
    [
        ("en", "i want bread and milk", {"bread": 1_000, "milk": 1_000}),
        ("en", "add 2 bread, milk and rice", {"bread": 2_000, "milk": 1_000, "rice": 1_000}),
        ("fr", "je veux du pain et du lait", {"bread": 1_000, "milk": 1_000}),
        ("he", "אני רוצה לחם, חלב ואורז", {"bread": 1_000, "milk": 1_000, "rice": 1_000}),
        ("en", "do you have bread and milk", {}),
        ("fr", "combien coûtent le pain et le lait", {}),
        ("he", "יש לכם לחם וחלב", {}),
        ("en", "add salt and vinegar chips", {"chips": 1_000}),
        ("en", "add 7 up and bread", {}),
    ],
)
def test_several_names_are_several_goods_unless_they_are_one(
    tmp_path: Path, language: str, said: str, put: dict[str, int]
) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await priced(shop)
            chips = Product("chips", {"en": "Salt and Vinegar Chips"}, (), 150, box=0)
            await done(shop, SetProducts((chips,)), SYSTEM)
            await done(shop, RecordMovement("chips", "in", units=9_000), SYSTEM)
            await catch_up(shop)
            answer = await Talker(shop, language, CUSTOMER, "shopping").say(said)
            assert basket(shop) == put, answer.text
            if not put and "7" not in said:
                names = {"en": ("Bread", "Milk"), "fr": ("Pain", "Lait"), "he": ("לחם", "חלב")}[language]
                assert all(name in answer.text for name in names), answer.text

    run(scenario())


def test_a_number_that_may_be_of_a_name_counts_nothing_behind_it(tmp_path: Path) -> None:
    """Whoever took 7 Up and eggs took no seven trays of eggs."""

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for language, said in (("en", "took 7 up and eggs"), ("fr", "pris 7 up et des œufs")):
                assert not (await Talker(shop, language, BOSS).say(said)).movements, said

    run(scenario())


def test_who_received_milk_and_bread_is_asked_for_what_has_no_number(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await priced(shop)
            for language, said in (
                ("en", "received 3 milks and bread"),
                ("fr", "reçu 3 laits et pain"),
                ("he", "קיבלתי 3 חלב ולחם"),
            ):
                keeper = Talker(shop, language, BOSS)
                asked = await keeper.say(said)
                assert [(one.sku, one.change) for one in asked.movements] == [("milk", 3_000)], asked.text
                name = {"en": "Bread", "fr": "Pain", "he": "לחם"}[language]
                assert asked.question and f"{name}: " in asked.text, "of which it is asked"
                answer = await keeper.say("4")
                assert [(one.sku, one.change) for one in answer.movements] == [("bread", 4_000)], answer.text

    run(scenario())


@pytest.mark.parametrize(
    ("language", "asked", "taken", "put"),
    [
        ("en", "how much is the bread", "two please", 2_000),
        ("en", "how much is the bread", "i'll take it", 1_000),
        ("fr", "combien coûte le pain", "j'en prends deux", 2_000),
        ("fr", "combien coûte le pain", "je le prends", 1_000),
        ("he", "כמה עולה לחם", "אני אקח שניים", 2_000),
    ],
)
def test_who_asked_for_a_price_takes_some(tmp_path: Path, language: str, asked: str, taken: str, put: int) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await priced(shop)
            guest = Talker(shop, language, CUSTOMER, "shopping")
            await guest.say(asked)
            assert basket(shop) == {}
            await guest.say(taken)
            assert basket(shop) == {"bread": put}

    run(scenario())
