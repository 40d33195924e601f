"""What a shop notices of modifiers: asked, priced, sent, sold, taken from the stock, given back."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Command, Refusal, Refused
from edge.counter.basket.basket import Basket, BasketLine
from edge.counter.kitchen.events import SlipsPrinted
from edge.counter.reports.queries import BEHIND, modifiers_sold
from edge.counter.till.commands import (
    AddLine,
    AnswerQuestion,
    LineSold,
    OverridePrice,
    Pay,
    RefundSale,
    SellBasket,
    SendToKitchen,
    TenderGiven,
    UsePriceList,
    VoidLastSale,
)
from edge.counter.till.events import SaleCompleted
from edge.counter.till.lines.line_modifiers import SetModifiers
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import last_print_job
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import BundlePart, Product
from edge.goods.modifiers.commands import EndModifierGroup, SetModifierGroup
from edge.goods.modifiers.events import ModifierGroupSet
from edge.goods.modifiers.modifier import Modifier, ModifierGroup, SizePrice
from edge.goods.modifiers.queries import modifier_groups
from edge.goods.modifiers.rules import choose, fit
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_stock
from edge.ordering.orders.commands import AddToCart, OpenCart
from tests.shop_fixture import BAR, CASHIER, CONFIG, MANAGER, MILK, SYSTEM, agreed, done, open_shop, run

SIZE = ModifierGroup(
    "size",
    {"en": "Size", "fr": "Taille"},
    (Modifier("small", {"en": "Small", "fr": "Petit"}), Modifier("large", {"en": "Large", "fr": "Grand"}, 100)),
    categories=("coffee",),
    least=1,
)
EXTRA = ModifierGroup(
    "extra",
    {"en": "Extras"},
    (
        Modifier("shot", {"en": "Extra shot"}, 80, adds=(BundlePart("beans", 10),)),
        Modifier("oat", {"en": "Oat milk"}, 50, sizes=(SizePrice("size/large", 70),), adds=(BundlePart("oat", 200),)),
        Modifier("no-milk", {"en": "No milk"}, omits=(BundlePart("cow", 200),)),
    ),
    products=("latte",),
    most=2,
    place=1,
)
GOODS = (
    Product(
        "latte",
        {"en": "Latte", "fr": "Café latte"},
        price_minor=300,
        category="hot",
        parts=(BundlePart("beans", 20), BundlePart("cow", 200)),
    ),
    Product("beans", {"en": "Beans"}, price_minor=2000, unit="kg"),
    Product("cow", {"en": "Milk"}, price_minor=150, unit="litre"),
    Product("oat", {"en": "Oat drink"}, price_minor=250, unit="litre"),
)


async def cafe(shop: CommandBus) -> None:
    """A coffee that is asked its size and may have extras, and something of each of its parts."""
    await done(
        shop, SetCategories((Category("coffee", {"en": "Coffee"}), Category("hot", {"en": "Hot"}, "coffee"))), SYSTEM
    )
    await done(shop, SetProducts(GOODS), SYSTEM)
    for sku in ("beans", "cow", "oat"):
        await done(shop, RecordMovement(sku, "in", units=10_000), SYSTEM)
    for group in (SIZE, EXTRA):
        await done(shop, SetModifierGroup(group), SYSTEM)


async def line_after(shop: CommandBus, command: Command) -> BasketLine:
    basket = (await done(shop, command)).result
    assert isinstance(basket, Basket)
    return basket.lines[-1]


def test_the_till_asks_and_a_tap_makes_the_line(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await cafe(shop)
            asked = (await done(shop, AddLine(sku="latte"))).result
            assert not asked.lines
            assert [question.kind for question in asked.questions] == ["modifiers"]
            id = asked.questions[0].id
            refused = await shop.do(AnswerQuestion(id), CASHIER)
            assert isinstance(refused, Refused)
            assert refused.code == "modifier_missing"
            assert (refused.values["group_fr"], refused.values["choices_fr"]) == ("Taille", "Petit, Grand")
            line = await line_after(shop, AnswerQuestion(id, modifiers=("size/large", "extra/oat")))
            assert (line.price_minor, [one.ref for one in line.modifiers]) == (470, ["size/large", "extra/oat"])
            again = await line_after(shop, AddLine(sku="latte", modifiers=("size/large", "extra/oat")))
            assert (again.id, again.quantity) == (line.id, 2000)
            other = await line_after(shop, AddLine(sku="latte", modifiers=("size/small",)))
            assert (other.id != line.id, other.price_minor) == (True, 300)
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_what_is_sold_leaves_the_stock_by_its_recipe_and_comes_back_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await cafe(shop)
            wanted = ("size/small", "extra/shot", "extra/no-milk")
            await done(shop, AddLine(sku="latte", quantity=2000, modifiers=wanted))
            paid = await done(shop, Pay("cash"))
            sale = next(event for event in paid.events if isinstance(event, SaleCompleted))
            assert (sale.total_minor, sale.lines[0].modifiers_minor) == (760, 80)
            assert [read_stock(shop.reader, sku) for sku in ("beans", "cow", "oat")] == [9_940, 10_000, 10_000]
            paper = last_print_job(shop.reader, "1")
            assert paper is not None
            text = plain_text(paper.document)
            assert "+ Extra shot" in text
            assert "+ No milk" in text
            await caught_up(shop, *BEHIND)
            assert [(one.ref, one.quantity, one.minor) for one in modifiers_sold(shop.reader, "2020-01-01")] == [
                ("extra/no-milk", 2000, 0),
                ("extra/shot", 2000, 160),
                ("size/small", 2000, 0),
            ]
            await done(shop, RefundSale(sale.number), MANAGER)
            assert [read_stock(shop.reader, sku) for sku in ("beans", "cow")] == [10_000, 10_000]
            await done(shop, VoidLastSale(), MANAGER)
            assert read_stock(shop.reader, "beans") == 9_940
            spilt = (BundlePart("beans", 20), BundlePart("cow", 200, loss_permille=200))
            await done(shop, SetProducts((msgspec.structs.replace(GOODS[0], parts=spilt),)), SYSTEM)
            await done(shop, AddLine(sku="latte", quantity=1000, modifiers=wanted))
            await done(shop, Pay("cash"))
            assert read_stock(shop.reader, "cow") == 10_000, "nothing is lost of what is left out"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_void_takes_back_what_was_sold_of_modifiers(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await cafe(shop)
            await done(shop, AddLine(sku="latte", modifiers=("size/large",)))
            await done(shop, Pay("cash"))
            await done(shop, VoidLastSale(), MANAGER)
            await caught_up(shop, *BEHIND)
            assert modifiers_sold(shop.reader, "2020-01-01") == []
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_program_that_leaves_out_what_is_required_is_refused_in_words(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await cafe(shop)
            cash = (TenderGiven("cash"),)
            refused = await shop.do(SellBasket((LineSold(MILK), LineSold(sku="latte")), cash), CASHIER)
            assert isinstance(refused, Refused)
            assert (refused.code, refused.values["line"]) == ("modifier_missing", 2)
            strange = await shop.do(SellBasket((LineSold(sku="latte", modifiers=("size/huge",)),), cash), CASHIER)
            assert isinstance(strange, Refused)
            assert strange.code == "modifier_unknown"
            sale = await done(shop, SellBasket((LineSold(sku="latte", modifiers=("size/large",)),), cash))
            assert sale.result.total_minor == 400

    run(scenario())


def test_what_is_preset_is_taken_where_no_one_can_be_asked(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await cafe(shop)
            small, large = SIZE.modifiers
            preset = (msgspec.structs.replace(small, preset=True), large)
            await done(shop, SetModifierGroup(msgspec.structs.replace(SIZE, modifiers=preset, ask=True)), SYSTEM)
            sale = await done(shop, SellBasket((LineSold(sku="latte"),), (TenderGiven("cash"),)))
            assert [one.ref for one in sale.result.lines[0].modifiers] == ["size/small"]
            assert (await done(shop, AddLine(sku="latte"))).result.questions  # at the till somebody can be

    run(scenario())


def test_a_cart_holds_the_recipe_and_keeps_lines_apart(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await cafe(shop)
            cart = (await done(shop, OpenCart("kiosk"))).result
            refused = await shop.do(AddToCart(cart.id, sku="latte"), CASHIER)
            assert isinstance(refused, Refused)
            assert refused.code == "modifier_missing"
            for modifiers in (("size/small",), ("size/small",), ("size/small", "extra/oat")):
                cart = (await done(shop, AddToCart(cart.id, sku="latte", modifiers=modifiers))).result
            assert [(line.quantity, line.price_minor) for line in cart.lines] == [(2000, 300), (1000, 350)]
            await agreed(shop, RecordMovement("oat", "adjust", units=200), SYSTEM)
            lacking = await shop.do(AddToCart(cart.id, sku="latte", modifiers=("size/small", "extra/oat")), CASHIER)
            assert isinstance(lacking, Refused)
            assert lacking.code == "not_enough"

    run(scenario())


def test_another_choice_changes_the_price_but_not_one_that_someone_typed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await cafe(shop)
            line = await line_after(shop, AddLine(sku="latte", modifiers=("size/small",)))
            line = await line_after(shop, SetModifiers(line.id, ("size/large",)))
            assert line.price_minor == 400
            await done(shop, OverridePrice(line.id, 250), MANAGER)
            line = await line_after(shop, SetModifiers(line.id, ("size/small", "extra/shot")))
            assert (line.price_minor, line.listed_minor) == (250, 380)
            too_many = ("size/small", "extra/shot", "extra/oat", "extra/no-milk")
            refused = await shop.do(SetModifiers(line.id, too_many), CASHIER)
            assert isinstance(refused, Refused)
            assert (refused.code, refused.values["most"]) == ("modifier_too_many", 2)

    run(scenario())


def test_a_customers_list_leaves_what_is_on_top(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await cafe(shop)
            await done(shop, AddLine(sku="latte", modifiers=("size/large",)))
            line = await line_after_as_manager(shop, UsePriceList("member"))
            assert line.price_minor == 400

    run(scenario())


async def line_after_as_manager(shop: CommandBus, command: Command) -> BasketLine:
    basket = (await done(shop, command, MANAGER)).result
    assert isinstance(basket, Basket)
    return basket.lines[-1]


def test_kitchens_are_told_and_what_they_know_stays(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=CONFIG + BAR) as shop:
            await cafe(shop)
            line = await line_after(shop, AddLine(sku="latte", modifiers=("size/large", "extra/shot")))
            await done(shop, SendToKitchen())
            slip = next(
                fact.event for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, SlipsPrinted)
            )
            assert slip.slips[0].entries[0].modifiers == ({"en": "Large", "fr": "Grand"}, {"en": "Extra shot"})
            refused = await shop.do(SetModifiers(line.id, ("size/small",)), CASHIER)
            assert isinstance(refused, Refused)
            assert refused.code == "modifiers_sent"

    run(scenario())


def test_an_age_is_asked_first_and_what_was_chosen_is_kept(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await cafe(shop)
            irish = Product("irish", {"en": "Irish coffee"}, price_minor=700, category="coffee", min_age=18)
            await done(shop, SetProducts((irish,)), SYSTEM)
            asked = (await done(shop, AddLine(sku="irish", modifiers=("size/large",)))).result
            assert asked.questions[0].kind == "age"
            line = await line_after(shop, AnswerQuestion(asked.questions[0].id))
            assert (line.price_minor, line.modifiers[0].ref) == (800, "size/large")

    run(scenario())


def test_groups_are_master_data(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await cafe(shop)
            assert [group.id for group in modifier_groups(shop.reader, "latte")] == ["size", "extra"]
            assert modifier_groups(shop.reader, "beans") == ()
            again = await done(shop, SetModifierGroup(SIZE), SYSTEM)
            assert again.events == ()
            strange = msgspec.structs.replace(SIZE, id="other", products=("nothing",))
            assert await shop.do(SetModifierGroup(strange), SYSTEM) == Refused("unknown_sku", {"sku": "nothing"})
            strange = msgspec.structs.replace(SIZE, id="other", categories=("nothing",))
            refused = await shop.do(SetModifierGroup(strange), SYSTEM)
            assert refused == Refused("modifier_category_unknown", {"category": "nothing"})
            changed = await done(shop, SetModifierGroup(msgspec.structs.replace(SIZE, place=9)), SYSTEM)
            assert isinstance(changed.events[0], ModifierGroupSet)
            assert [group.id for group in modifier_groups(shop.reader, "latte")] == ["extra", "size"]
            await done(shop, EndModifierGroup("size"), SYSTEM)
            assert (await line_after(shop, AddLine(sku="latte"))).price_minor == 300
            assert await shop.do(EndModifierGroup("size"), SYSTEM) == Refused(
                "no_such_modifier_group", {"group": "size"}
            )

    run(scenario())


@pytest.mark.parametrize(
    ("group", "code"),
    [
        (msgspec.structs.replace(SIZE, modifiers=(SIZE.modifiers[0],) * 2), "modifier_twice"),
        (msgspec.structs.replace(SIZE, least=2), "modifier_bounds"),
        (msgspec.structs.replace(SIZE, most=3), "modifier_bounds"),
        (
            msgspec.structs.replace(
                SIZE, modifiers=tuple(msgspec.structs.replace(one, preset=True) for one in SIZE.modifiers)
            ),
            "modifier_presets",
        ),
    ],
)
def test_groups_that_no_one_could_answer_are_refused(group: ModifierGroup, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        fit((group,))
    assert refusal.value.code == code


def test_said_twice_counts_once() -> None:
    choice = choose((SIZE,), ("size/large", "size/large"), {"en": "Latte"})
    assert ([one.ref for one in choice.chosen], choice.price_minor) == (["size/large"], 100)
