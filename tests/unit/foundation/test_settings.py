"""What is said of a setting holds at once, whoever said it last; what can't be is refused and changes nothing."""

from __future__ import annotations

import typing
from pathlib import Path
from typing import Any

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Command, Done, Refused
from edge.counter.till.commands import AddLine, Pay, RefundWithoutReceipt
from edge.foundation.printing.document import TemplateBlock
from edge.foundation.printing.queries import last_print_job
from edge.foundation.settings.commands import ClearSetting, EndText, SetSetting, SetText
from edge.foundation.settings.definitions import settings_by_name
from edge.foundation.settings.queries import lines_at, read_settings
from edge.foundation.settings.texts import TEXTS_LIMIT
from edge.runtime.config.capability_sections import kinds
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, config, open_shop, run

DAY_US = 86_400_000_000
WRONG: tuple[tuple[str, Any, str], ...] = (
    ("store.currency", "USD", "setting_unknown"),
    ("catalog.retired", "perhaps", "setting_wrong"),
    ("till.refunds_without_receipt", 1, "setting_wrong"),
    ("catalog.price_jump_percent", True, "setting_wrong"),
    ("store.header", "one line", "setting_wrong"),
    ("store.header", ("two\nlines",), "setting_wrong"),
)


async def do(shop: CommandBus, command: Command, actor: Any = SYSTEM) -> Done:
    outcome = await shop.do(command, actor)
    assert isinstance(outcome, Done), outcome
    return outcome


async def receipt(shop: CommandBus) -> dict[str, Any]:
    """What the paper of a sale made now says of the shop, and in which language."""
    await do(shop, AddLine(MILK), CASHIER)
    await do(shop, Pay("cash"), CASHIER)
    job = last_print_job(shop.reader, "1")
    assert job is not None
    (form,) = job.document.rows
    assert isinstance(form, TemplateBlock)
    return {**form.data["shop"], "language": job.document.language}


def test_each_setting_is_one_of_the_configuration_and_of_its_type(tmp_path: Path) -> None:
    made = config(tmp_path)
    for name, kind in ((name, setting.type) for name, setting in settings_by_name().items()):
        value = made.said_of(name)
        assert msgspec.convert(value, kind) == value, name
        if settings_by_name()[name].by_office:
            continue  # the file has no such key
        section, _, key = name.partition(".")
        kept = kinds()[section] if section in kinds() else type(getattr(made, section))
        hint = typing.get_type_hints(kept)[key]
        assert typing.get_origin(hint) in (None, tuple, typing.Literal), name
        if typing.get_origin(hint) is typing.Literal:
            assert typing.get_args(hint) == typing.get_args(kind), name


def test_a_receipt_has_what_was_said_last_and_what_the_file_says_once_it_is_cleared(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetSetting("store.footer", ("Merci",), "head office"))
            await do(shop, SetSetting("store.language", "fr"))
            shown = await receipt(shop)
            assert (list(shown["footer"]), shown["language"]) == (["Merci"], "fr")
            assert [(said.name, said.by) for said in read_settings(shop.reader)] == [
                ("store.footer", "head office"),
                ("store.language", "manager"),
            ]
            await do(shop, ClearSetting("store.footer"))
            assert list((await receipt(shop))["footer"]) == ["Thank you"]
            assert (await do(shop, ClearSetting("store.footer"))).events == (), "nothing was left to clear"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_change_holds_for_the_very_next_command(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, AddLine(MILK), CASHIER)
            assert await shop.do(RefundWithoutReceipt(), MANAGER) == Refused("receipt_needed")
            await do(shop, SetSetting("till.refunds_without_receipt", True))
            assert isinstance(await shop.do(RefundWithoutReceipt(reason="a gift"), MANAGER), Done)

    run(scenario())


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for name, value, code in WRONG:
                refused = await shop.do(SetSetting(name, value), SYSTEM)
                assert isinstance(refused, Refused) and refused.code == code, (name, value)
            denied = await shop.do(SetSetting("catalog.retired", "sell"), CASHIER)
            assert isinstance(denied, Refused) and denied.code == "right_denied"
            assert read_settings(shop.reader) == []

    run(scenario())


def test_a_text_is_read_while_its_time_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            now = clock.at_us
            await do(shop, SetText("week", "receipt_below", {"fr": "Soldes", "en": "Sale\nAll week"}, now + DAY_US))
            assert list((await receipt(shop))["footer"]) == ["Thank you"]
            clock.advance(86_400)
            assert list((await receipt(shop))["footer"]) == ["Sale", "All week", "Thank you"]
            assert lines_at(shop.reader, "receipt_below", "he", clock.at_us) == ("Soldes",), "the first there is"
            await do(shop, SetText("top", "receipt_above", {"en": "New!"}, until_us=clock.at_us + DAY_US))
            assert list((await receipt(shop))["header"]) == ["Corner Shop", "1 High Street", "New!"]
            await do(shop, EndText("week"))
            clock.advance(86_400)
            shown = await receipt(shop)
            assert (len(shown["header"]), len(shown["footer"])) == (2, 1)
            over = await shop.do(SetText("old", "display", {"en": "Over"}, 0, clock.at_us), SYSTEM)
            assert over == Refused("text_is_over", {"id": "old"})
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_texts_have_a_limit_that_those_that_are_over_do_not_count_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            for number in range(TEXTS_LIMIT):
                until_us = clock.at_us + DAY_US
                await do(shop, SetText(f"t{number}", "cashier", {"en": "x"}, until_us=until_us))
            assert await shop.do(SetText("more", "cashier", {"en": "x"}), SYSTEM) == Refused(
                "texts_full", {"limit": TEXTS_LIMIT}
            )
            await do(shop, SetText("t0", "cashier", {"en": "y"}))
            clock.advance(86_401)
            await do(shop, SetText("more", "cashier", {"en": "x"}))
            assert lines_at(shop.reader, "cashier", "en", clock.at_us) == ("y", "x")

    run(scenario())
