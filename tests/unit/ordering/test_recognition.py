"""Voices as a hint: what each place asks for, what trials say, who is proposed, and what goes when."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Command, Refused
from edge.core.people.forgetting import ForgetPerson
from edge.foundation.access.commands import RetireUser
from edge.foundation.access.rights import MANAGE
from edge.lib.regions.place import Jurisdiction
from edge.ordering.privacy.nightly_part import Retention
from edge.ordering.recognition import challenge, matching, template, trials
from edge.ordering.recognition.biometric_law import Preparation, lacking, law_of
from edge.ordering.recognition.commands import EnrolVoice, NoteVoiceKnown, ReleaseVoice, SetVoiceHint, WithdrawVoice
from edge.ordering.recognition.handlers import DAY_US, let_go_all
from edge.ordering.recognition.queries import count_templates, personal_data_of, read_release
from tests.shop_fixture import CASHIER, SYSTEM, FakeClock, config, done, open_shop, run
from tests.voices import ASSESSED, MODEL, enrolled, hired, rows, shop_text, switched_on, write_trials

TODAY = date(2026, 11, 25)
READY = Preparation("Dana", "dana@corner.example", date(2026, 1, 1), date(2026, 9, 26))
"""Declared 60 days before TODAY."""
UTC = ZoneInfo("UTC")


async def code(shop: CommandBus, command: Command, actor: Actor = SYSTEM) -> str:
    """Why it is refused; "": it is not."""
    outcome = await shop.do(command, actor)
    return outcome.code if isinstance(outcome, Refused) else ""


@pytest.mark.parametrize(
    ("place", "name", "lacks"),
    [
        (("CA", "QC"), "quebec", ("officer", "assessed", "declared")),
        (("CA", "ON"), "canada", ("officer",)),
        (("US", "IL"), "illinois", ("officer",)),
        (("US", "TX"), "texas", ("officer",)),
        (("US", "WA"), "washington", ("officer",)),
        (("US", "NY"), "states", ("officer",)),
        (("FR", ""), "europe", ("officer", "assessed")),
        (("GB", ""), "europe", ("officer", "assessed")),
        (("IL", ""), "israel", ("officer",)),
    ],
)
def test_each_place_asks_for_its_own(place: tuple[str, str], name: str, lacks: tuple[str, ...]) -> None:
    law = law_of(Jurisdiction(*place))
    assert law is not None and law.name == name
    assert lacking(Jurisdiction(*place), Preparation(), TODAY) == lacks
    assert lacking(Jurisdiction(*place), READY, TODAY) == ()


@pytest.mark.parametrize("place", [("", ""), ("CA", ""), ("US", ""), ("BR", ""), ("CN", "")])
def test_where_nobody_looked_the_law_up_it_is_refused(place: tuple[str, str]) -> None:
    assert lacking(Jurisdiction(*place), READY, TODAY) == ("place",)


def test_quebec_is_told_sixty_days_before_and_not_fifty_nine() -> None:
    quebec = Jurisdiction("CA", "QC")
    late = Preparation(READY.officer, READY.contact, READY.assessed, date(2026, 9, 27))
    assert lacking(quebec, late, TODAY) == ("declared",)
    ahead = Preparation(READY.officer, READY.contact, date(2026, 11, 26), READY.declared)
    assert lacking(quebec, ahead, TODAY) == ("assessed",), "what will be assessed tomorrow is not"


@pytest.mark.parametrize(
    ("country", "province", "why"),
    [
        ("CA", "QC", "voice_declared"),
        ("", "", "voice_place"),
        ("BR", "", "voice_place"),
        ("US", "IL", ""),
        ("CA", "ON", ""),
    ],
)
def test_a_shop_refuses_what_its_law_forbids(tmp_path: Path, country: str, province: str, why: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=shop_text(country, province)) as shop:
            write_trials(tmp_path)
            assert await code(shop, SetVoiceHint(True, ASSESSED)) == why
            assert await code(shop, SetVoiceHint(False, ASSESSED, "2026-12-01")) == ""
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_quebec_switches_it_on_once_the_sixty_days_are_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()  # 15 January 2027
        async with open_shop(tmp_path, clock, text=shop_text("CA", "QC")) as shop:
            write_trials(tmp_path)
            await done(shop, SetVoiceHint(False, ASSESSED, "2027-01-15"), SYSTEM)
            clock.advance(59 * 86_400)
            assert await code(shop, SetVoiceHint(True, ASSESSED, "2027-01-15")) == "voice_declared"
            clock.advance(86_400)
            assert await code(shop, SetVoiceHint(True, ASSESSED, "2027-01-15")) == ""
            assert await code(shop, SetVoiceHint(True, "2027-02-30")) == "voice_day"

    run(scenario())


def test_without_an_officer_or_trials_it_stays_off(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path / "a", FakeClock(), text=shop_text(privacy="")) as shop:
            write_trials(tmp_path / "a")
            assert await code(shop, SetVoiceHint(True, ASSESSED)) == "voice_officer"
        async with open_shop(tmp_path / "b", FakeClock(), text=shop_text()) as shop:
            assert await code(shop, SetVoiceHint(True, ASSESSED)) == "voice_not_measured"
            assert write_trials(tmp_path / "b", speakers=8).other < trials.OTHER_LEAST
            assert await code(shop, SetVoiceHint(True, ASSESSED)) == "voice_not_measured"
            dana = await hired(shop, "u1", "Dana")
            assert await code(shop, ReleaseVoice("Dana", "en"), dana) == "voice_off"

    run(scenario())


def test_only_who_signed_for_themself_is_enrolled(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=shop_text()) as shop:
            await switched_on(shop, tmp_path)
            dana = await hired(shop, "u1", "Dana")
            enrol = EnrolVoice("u1", rows(0)[0], MODEL, 9_900)
            assert await code(shop, enrol) == "voice_not_released"
            assert await code(shop, ReleaseVoice("Dana", "en"), CASHIER) == "voice_self", "nobody in particular"
            assert await code(shop, ReleaseVoice("Dana", "en"), SYSTEM) == "voice_self"
            await done(shop, ReleaseVoice(" Dana Levi ", "he"), dana)
            assert await code(shop, enrol, dana.with_rights(MANAGE)) == "surface_denied", "only what it heard itself"
            await done(shop, enrol, SYSTEM)
            held = read_release(shop.reader, "u1")
            assert held is not None and (held.signed, held.language) == ("Dana Levi", "he")
            assert held.expires_us == shop.now_us() + 180 * DAY_US
            assert personal_data_of(shop.reader, "u1")["voice"]["vector"] == [1.0, 0.0]
            assert personal_data_of(shop.reader, "u2") == {}
            journal = shop.reader.execute("SELECT group_concat(CAST(body AS TEXT)) FROM journal").fetchone()[0]
            assert "vector" not in str(journal) and "Dana Levi" not in str(journal)
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_yes_taken_back_a_person_forgotten_and_the_switch_take_the_template_along(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=shop_text()) as shop:
            await switched_on(shop, tmp_path)
            dana = await enrolled(shop, "u1", "Dana", 0)
            await enrolled(shop, "u2", "Bo", 30)
            await enrolled(shop, "u3", "Kim", 60)
            await enrolled(shop, "u4", "Lou", 90)
            assert count_templates(shop.reader) == 4
            await done(shop, WithdrawVoice(), dana)
            assert count_templates(shop.reader) == 3 and read_release(shop.reader, "u1") is None
            assert (await done(shop, WithdrawVoice(), dana)).events == ()
            await done(shop, RetireUser("u2"), SYSTEM)
            await done(shop, ForgetPerson("u3"), SYSTEM)
            assert count_templates(shop.reader) == 1
            await done(shop, SetVoiceHint(False, ASSESSED), SYSTEM)
            assert count_templates(shop.reader) == 0
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_template_goes_after_its_last_moment_and_not_at_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=shop_text()) as shop:
            await switched_on(shop, tmp_path)
            await enrolled(shop, "u1", "Dana", 0)
            began_us = clock.at_us
            retention = Retention(shop, UTC)
            clock.advance(180 * 86_400)
            assert template.read_all(shop.reader, MODEL, clock.at_us)[0], "at its last moment it is good"
            assert await retention.let_go() == {}
            await done(shop, NoteVoiceKnown("u1", began_us), SYSTEM)
            clock.advance(170 * 86_400)
            await done(shop, NoteVoiceKnown("u1", began_us), SYSTEM)
            held = read_release(shop.reader, "u1")
            assert held is not None and held.expires_us == began_us + 365 * DAY_US, "however often it is used"
            clock.advance(15 * 86_400 + 1)
            assert template.read_all(shop.reader, MODEL, clock.at_us) == ([], [])
            assert await retention.let_go() == {"biometric_template": 1}

    run(scenario())


def test_after_a_restore_no_one_is_known_by_their_voice(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=shop_text()) as shop:
            assert let_go_all in shop.registry.on_restore
            await switched_on(shop, tmp_path)
            await enrolled(shop, "u1", "Dana", 0)
            await shop.maintain(let_go_all)
            assert count_templates(shop.reader) == 0

    run(scenario())


def test_a_damaged_template_or_one_of_another_model_is_none(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=shop_text()) as shop:
            await switched_on(shop, tmp_path)
            for number, person in enumerate(("u1", "u2", "u3", "u4")):
                await enrolled(shop, person, "Dana", number * 30)

            def spoil(db: object) -> None:
                change = "UPDATE biometric_template SET"
                db.execute(f"{change} encrypted_template = zeroblob(80) WHERE person = 'u1'")  # type: ignore[attr-defined]
                db.execute(f"{change} dimensions = 3 WHERE person = 'u2'")  # type: ignore[attr-defined]
                other = "(SELECT wrapped_key FROM biometric_template WHERE person = 'u4')"
                db.execute(f"{change} wrapped_key = {other} WHERE person = 'u3'")  # type: ignore[attr-defined]

            await shop.maintain(spoil)
            found, unreadable = template.read_all(shop.reader, MODEL, shop.now_us())
            assert ([one.person for one in found], sorted(unreadable)) == (["u4"], ["u1", "u2", "u3"])
            assert template.read_all(shop.reader, "voices@another", shop.now_us()) == ([], [])
            assert template.read_one(shop.reader, "u1") is None

    run(scenario())


def test_the_same_bytes_come_back() -> None:
    vector = tuple(math.sin(number) for number in range(192))
    data = template.pack_vector(vector)
    assert len(data) == 768 and template.pack_vector(template.unpack_vector(data, 192)) == data
    for wrong in (data[:-1], data + b"\0", b""):
        with pytest.raises(template.UnreadableTemplate):
            template.unpack_vector(wrong, 192)
    with pytest.raises(template.UnreadableTemplate):
        template.unpack_vector(template.pack_vector((math.nan,)), 1)


def test_who_is_near_and_ahead_of_all_others_is_proposed() -> None:
    def made(person: str, angle: float) -> template.Template:
        return template.Template(person, rows(angle)[0], MODEL, 9_000, 0, 0)

    people = [made("u1", 0), made("u2", 60), made("u3", 63)]
    found = matching.nearest(rows(10)[0], people, 0.9)
    assert found is not None and found.person == "u1"
    assert matching.nearest(rows(61)[0], people, 0.9) is None, "two are as near"
    assert matching.nearest(rows(30)[0], people, 0.9) is None, "nobody is near"
    assert matching.nearest(rows(0)[0], [], 0.0) is None
    assert matching.nearest((1.0, 0.0, 0.0), people, 0.0) is None, "of another length"


def test_one_who_speaks_is_told_from_two() -> None:
    one, other = rows(0)[0], rows(80)[0]
    assert matching.split_likeness((one, one, one, one)) == pytest.approx(1)
    assert matching.split_likeness((one, one, one, other)) == pytest.approx(math.cos(math.radians(80)))
    assert matching.split_likeness((one,)) == 1 and matching.split_likeness((one, other)) == 1
    mean, least = matching.middle([rows(0)[0], rows(20)[0]])
    assert mean == pytest.approx(rows(10)[0]) and least == pytest.approx(math.cos(math.radians(10)))


def test_trials_say_how_often_it_errs(tmp_path: Path) -> None:
    found = write_trials(tmp_path, speakers=10)
    assert (found.speakers, found.utterances, found.same, found.other) == (10, 30, 30, 405)
    assert found.equal == 0 and found.rejects == 0 and found.is_measured
    assert (found.low, round(found.high, 3)) == (0, 0.114), "thirty without an error may be one of nine (Wilson)"
    assert found.rejects_rare is None, "405 pairs say nothing of 0.1 %"
    assert math.cos(math.radians(9)) < found.threshold < math.cos(math.radians(1))
    folder = config(tmp_path).folder
    assert trials.read(folder) == found
    (folder / "voice-trials.json").write_text("{")
    assert trials.read(folder) is None
    with pytest.raises(ValueError, match="two people"):
        trials.try_model(MODEL, [[rows(0), rows(1)]])


def test_rates_are_counted_as_they_are_defined() -> None:
    other = sorted(number / 1_000 for number in range(1_000))
    same = sorted(0.9 + number / 1_000 for number in range(100))
    assert trials.threshold_at(other, 0.01) == pytest.approx(0.989, abs=1e-4)
    assert sum(score >= trials.threshold_at(other, 0.01) for score in other) == 10
    assert trials.equal_rate(same, other) == pytest.approx(0.09, abs=0.02)
    assert trials.wilson(0.5, 100) == pytest.approx((0.404, 0.596), abs=0.001)


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_four_of_forty_words_are_asked_for(language: str) -> None:
    words = challenge.words_of(language)
    assert len(set(words)) == 40 and all(" " not in word and word == word.casefold() for word in words)
    asked = challenge.draw_words(language, lambda below: below - 1)
    assert asked == tuple(reversed(words[-4:]))
    assert challenge.was_spoken(asked, " ".join(asked).upper())
    for wrong in (asked[:3], (*asked, asked[0]), (asked[1], asked[0], *asked[2:]), ()):
        assert not challenge.was_spoken(asked, " ".join(wrong))
    assert challenge.draw_words("de", lambda below: 0) == () and not challenge.was_spoken((), "")
