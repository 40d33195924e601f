"""What follows for an alert: severities, causes, quiet, sentences, and what a watch's answer changes."""

from __future__ import annotations

import msgspec
import pytest

from edge.core.registry import Condition, Watch
from edge.foundation.alerts import rules
from edge.foundation.alerts.alert_texts import advice, one_line, title
from edge.foundation.alerts.commands import RaiseAlert, ResolveAlert
from edge.foundation.alerts.queries import Alert
from edge.foundation.alerts.service.diff import changes
from edge.lib.i18n import LANGUAGES, number, words
from edge.lib.units.written_money import written_money

MIN = rules.MINUTE_US
WATCH = Watch("stock_low", "high", lambda db, now_us, day: (), causes=("offline",))


def alert(kind: str = "stock_low", subject: str = "milk", first_us: int = 0, **more: object) -> Alert:
    said = Alert(
        *(
            1,
            kind,
            subject,
            "high",
            "high",
            "raised",
            1,
            first_us,
            first_us,
            0,
            0,
            first_us,
            "raised",
            "",
            0,
            0,
            "",
            {},
            0,
            (),
        ),
        *("system", (), (), ()),
    )
    return msgspec.structs.replace(said, **more)


def test_what_is_true_is_raised_once_and_what_is_over_ends() -> None:
    low = Condition("milk", {"left": 2}, cause_seq=7)
    first = changes(WATCH, [low], {}, {}, 0)
    assert first.commands == (RaiseAlert("stock_low", "milk", "high", {"left": 2}, 7, ("offline",)),)
    known = {"milk": alert(values={"left": 2})}
    assert changes(WATCH, [low], known, {}, MIN).commands == ()
    assert changes(WATCH, [], known, {}, 6 * MIN).commands == (ResolveAlert(1),)


def test_what_lingers_keeps_an_alert_open_and_raises_none() -> None:
    lingers, known = [Condition("milk", lingers=True)], {"milk": alert()}
    assert changes(WATCH, lingers, {}, {}, 0).commands == ()
    assert changes(WATCH, lingers, known, {}, 60 * MIN) == changes(WATCH, [Condition("milk")], known, {}, 60 * MIN)
    gone = {("stock_low", "milk"): 0}
    assert changes(WATCH, lingers, known, gone, 60 * MIN).commands == (ResolveAlert(1),), "it was over already"


def test_a_level_is_left_only_a_tenth_above_it() -> None:
    """What `stays` critical is not told as less grave, what is behind that is; and what lingers is at most so grave."""
    critical = {"milk": alert(severity="critical", worst="critical")}
    nearly = [Condition("milk", severity="high", stays="critical")]
    assert changes(WATCH, nearly, critical, {}, MIN).commands == ()
    assert changes(WATCH, nearly, {"milk": alert()}, {}, MIN).commands == (), "it is not raised to that by this"
    (less,) = changes(WATCH, [Condition("milk", severity="high")], critical, {}, MIN).commands
    assert isinstance(less, RaiseAlert) and less.severity == "high"
    lingers = [Condition("milk", severity="high", lingers=True)]
    (less,) = changes(WATCH, lingers, critical, {}, MIN).commands
    assert isinstance(less, RaiseAlert) and less.severity == "high"
    assert changes(WATCH, lingers, {"milk": alert()}, {}, MIN).commands == ()


def test_what_was_open_for_less_than_five_minutes_ends_after_five_of_quiet() -> None:
    known = {"milk": alert()}
    gone = changes(WATCH, [], known, {}, 2 * MIN)
    assert (gone.commands, gone.gone) == ((), {("stock_low", "milk"): 2 * MIN})
    assert changes(WATCH, [], known, gone.gone, 6 * MIN).commands == ()
    assert changes(WATCH, [], known, gone.gone, 7 * MIN).commands == (ResolveAlert(1),)
    (back,) = changes(WATCH, [Condition("milk")], known, gone.gone, 3 * MIN).commands
    assert isinstance(back, RaiseAlert) and back.again, "the same alert, counted once more"


def test_values_alone_are_news_every_five_minutes_a_severity_at_once() -> None:
    known = {"milk": alert(values={"left": 3})}
    assert changes(WATCH, [Condition("milk", {"left": 2})], known, {}, 4 * MIN).commands == ()
    assert len(changes(WATCH, [Condition("milk", {"left": 2})], known, {}, 5 * MIN).commands) == 1
    (worse,) = changes(WATCH, [Condition("milk", {"left": 0}, "critical")], known, {}, 1).commands
    assert isinstance(worse, RaiseAlert) and worse.severity == "critical"


def test_a_cause_holds_back_what_is_no_graver_than_itself() -> None:
    late = alert("sync_late", "", causes=("offline",), severity="medium")
    down = alert("offline", "", severity="medium", state="acknowledged")
    assert rules.suppressing_kind(late, [late, down]) == "offline"
    assert rules.suppressing_kind(msgspec.structs.replace(late, severity="critical"), [down]) == ""
    assert rules.suppressing_kind(late, [late]) == ""
    assert (rules.wait_us(late), rules.wait_us(down)) == (30_000_000, 0)


def test_the_longest_acknowledgement_is_of_the_least_grave() -> None:
    assert [rules.minded_us(one) // rules.HOUR_US for one in ("critical", "high", "low")] == [1, 8, 24]
    assert rules.gravest(["low", "critical", "high"]) == "critical"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_alert_in_words(language: str) -> None:
    values = {"register": "1", "number": 7, "off_minor": -250, "currency": "EUR"}
    said = title(language, "drawer_difference", values)
    assert "7" in said and "{" not in said
    assert one_line(written_money(-250, "EUR", language)) in said, "as pages of this language write a sum"
    assert "€" in said and "EUR" not in said
    assert advice(language, "drawer_difference", values)
    lacks = title(language, "work_blocked", {"quantity": "12.961", "name": "Flour", "number": 3, "more": 0})
    assert number("12.961", language) in lacks, "and an amount, whoever counted it"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_alert_that_is_based_on_imported_sales_says_so(language: str) -> None:
    for kind, values in (("stockout_risk", {"name": "Milk", "days": 2}), ("stockout_list", {"goods": 5})):
        alone = advice(language, kind, values)
        basis = words(language)["alert.imported_basis"]
        assert basis not in alone and advice(language, kind, {**values, "imported": 1}) == f"{alone} {basis}"
    assert advice(language, "no_such_kind", {"imported": 1}) == "", "without advice there is nothing to qualify"


def test_words_of_what_no_one_wrote_a_sentence_for() -> None:
    assert title("en", "cold_milk", {}) == "cold milk"
    assert title("en", "job_failed", {"job": 3}) == "Job 3 (…) failed", "a value that is lacking hides nothing"
    assert title("en", "part_lost", {"part": "sync"}).startswith("Head office ")
    assert one_line("a\r\nBcc: b\u2028c") == "a Bcc: b c"
    assert title("en", "silent_stock", {"sku": "4008", "percent": 82}).startswith("4008: "), "as it was kept once"
    assert title("en", "message", {"title": "חלב"}) == "\u2068חלב\u2069"


def test_every_kind_has_its_words() -> None:
    for language in LANGUAGES:
        known = words(language)
        kinds = [key.removeprefix("alert.kind_") for key in known if key.startswith("alert.kind_")]
        assert len(kinds) > 10
        for kind in kinds:
            assert f"alert.{kind}" in known and f"alert.{kind}_do" in known, kind


def test_goods_are_called_as_in_ones_own_language_else_as_first() -> None:
    of_two: dict[str, str | int] = {"name": "Milk", "name_he": "חלב", "total": "3"}
    assert title("en", "stock_low", of_two) == "Milk is low: 3 left", "not by whatever other name there is"
    assert title("fr", "stock_low", of_two) == "Stock bas : Milk, il reste 3"
    assert title("he", "stock_low", of_two).startswith("חלב")
