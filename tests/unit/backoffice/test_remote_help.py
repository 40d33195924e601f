"""Remote help: only by a manager's press, for an hour, for what head office itself asks, and each step is a fact."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.backoffice.directives.kinds import KINDS
from edge.backoffice.support.commands import (
    HELP_ASK_US,
    HELP_REQUESTS,
    HELP_US,
    AskHelp,
    BeginHelp,
    EndHelp,
    EndSupport,
    LapseHelp,
)
from edge.backoffice.support.events import (
    SupportAgreed,
    SupportHelpAsked,
    SupportHelpBegun,
    SupportHelpEnded,
    SupportLapsed,
    SupportRefused,
)
from edge.backoffice.support.queries import current_help, help_cases, newest_help, support_case
from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Refused
from edge.foundation.access.rights import MANAGE
from edge.runtime import directive_trust
from edge.runtime.config import parse
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, config, done, open_shop, run

CASE, SEAL, DEVICE = "c" * 32, "0" * 64, parse(CONFIG, Path("/x/config.toml")).store.device
PANEL = Actor("person-1", "panel", "", frozenset({MANAGE}))


def pin(folder: Path) -> None:
    data = config(folder).folder
    (data / directive_trust.FILE).parent.mkdir(parents=True)
    directive_trust.pin(data, "ab" * 32)


def wanted(shop: CommandBus, n: int, help: str, question: str = "status", **more: str | int) -> AskHelp:
    until_us = int(more.pop("until_us", shop.now_us() + HELP_ASK_US))
    device, subject = str(more.get("device", DEVICE)), str(more.get("subject", ""))
    said = question, subject, "person-3", until_us, SEAL
    return AskHelp(f"{n:032x}", help, device, *said)  # type: ignore[arg-type]


async def begun(shop: CommandBus) -> str:
    (event,) = (await done(shop, BeginHelp(), PANEL)).events
    assert isinstance(event, SupportHelpBegun) and event.until_us == shop.now_us() + HELP_US
    return event.help


def test_an_hour_by_a_press_and_every_step_a_fact(tmp_path: Path) -> None:
    async def scenario() -> None:
        pin(tmp_path)
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            help = await begun(shop)
            assert (await done(shop, BeginHelp(), PANEL)).events == (), "nobody prolongs it"
            events = (await done(shop, wanted(shop, 1, help, "print", subject="printer"), SYSTEM)).events
            assert [type(one) for one in events] == [SupportHelpAsked, SupportAgreed]
            assert isinstance(events[0], SupportHelpAsked) and (events[0].subject, events[0].help) == ("printer", help)
            events = (await done(shop, EndHelp(), PANEL)).events
            assert events == (SupportHelpEnded(help, "pressed"), SupportLapsed(f"{1:032x}"))
            assert current_help(shop.reader, shop.now_us()) is None
            assert (await done(shop, EndHelp(), PANEL)).events == ()
            later = await begun(shop)
            assert later != help
            clock.advance(3600)
            assert current_help(shop.reader, shop.now_us()) is None, "it ends by itself"
            assert (await done(shop, LapseHelp(later, "time"), SYSTEM)).events == (SupportHelpEnded(later, "time"),)
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_without_a_grant_or_past_its_bounds_the_box_itself_refuses_and_notes_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        pin(tmp_path)
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            asked = iter(range(1, 1000))

            async def why(help: str, question: str = "status", **more: str | int) -> str:
                n = next(asked)
                events = (await done(shop, wanted(shop, n, help, question, **more), SYSTEM)).events
                refused = [one for one in events if isinstance(one, SupportRefused)]
                case = support_case(shop.reader, f"{n:032x}")
                assert case is not None and (case.state == "refused") == bool(refused)
                return refused[0].why if refused else ""

            assert await why("f" * 32) == "off", "nobody turned it on"
            help = await begun(shop)
            assert await why("f" * 32) == "other", "another shop's, or one of before"
            assert await why(help, until_us=shop.now_us()) == "late"
            assert await why(help, "log") == ""
            assert (await done(shop, wanted(shop, 4, help, "log"), SYSTEM)).events == (), "replayed"
            elsewhere = wanted(shop, 900, help, device="till-9")
            assert (await done(shop, elsewhere, SYSTEM)).events == () and support_case(
                shop.reader, elsewhere.case
            ) is None
            for _ in range(HELP_REQUESTS - len(help_cases(shop.reader, help))):
                assert await why(help) == ""
            assert await why(help) == "many"
            clock.advance(3600)
            assert await why(help) == "off", "its hour is over, ended or not"
            clock.advance(-7300)
            assert await why(help) == "off", "nor does it come back with a clock set back"

    run(scenario())


def test_a_box_that_cannot_prove_head_office_turns_it_on_for_no_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            assert await shop.do(BeginHelp(), PANEL) == Refused("help_unproven", {})
            assert newest_help(shop.reader) is None
            pin(tmp_path)
            program = Actor("key", "panel", "", frozenset({MANAGE}), program=True)
            assert await shop.do(BeginHelp(), program) == Refused("help_by_person", {})
            for surface in ("hub", "job", "chat", "voice", "cashier"):
                actor = Actor("person-1", surface, "1", frozenset({MANAGE}))
                refused = await shop.do(BeginHelp(), actor)
                assert isinstance(refused, Refused) and refused.code == "surface_denied", surface
            help = await begun(shop)
            (config(tmp_path).folder / directive_trust.FILE).unlink()
            events = (await done(shop, wanted(shop, 1, help), SYSTEM)).events
            assert events[1:] == (SupportRefused(f"{1:032x}", "unsigned"),)

    run(scenario())


def test_what_was_sent_just_as_help_was_ended_is_a_fact_anyway(tmp_path: Path) -> None:
    async def scenario() -> None:
        pin(tmp_path)
        async with open_shop(tmp_path) as shop:
            help = await begun(shop)
            await done(shop, wanted(shop, 1, help), SYSTEM)
            await done(shop, EndHelp(), PANEL)
            await done(shop, EndSupport(f"{1:032x}", 9, "b" * 64), SYSTEM)
            case = support_case(shop.reader, f"{1:032x}")
            assert case is not None and (case.state, case.size_bytes) == ("sent", 9)

    run(scenario())


ONE = {"case": CASE, "help": CASE, "device": "till-1", "question": "log", "subject": "", "by": "person-1"}
ONE |= {"until_us": 1, "seal_to": SEAL}


WRONG: tuple[dict[str, object], ...] = (
    *({"question": "shell"}, {"question": "bundle"}),
    *({"subject": "a" * 81}, {"subject": "a\nb"}, {"command": "reboot"}, {"help": ""}),
)


@pytest.mark.parametrize("asks", [[], [ONE, ONE], *([ONE | wrong] for wrong in WRONG)])
def test_a_body_of_another_shape_or_size_is_no_request(asks: list[dict[str, object]]) -> None:
    assert KINDS["help"].fault(msgspec.json.encode({"help": asks}))
    assert KINDS["help"].fault(msgspec.json.encode({"help": [ONE]})) is None
