"""The edge's downlink as scripts: directives are pulled, applied in order, once, and never skipped."""

from collections.abc import Sequence

from sync.downlink import Apply, Downlink, DownOutput, DownState
from sync.uplink import NextTick, Send, Timeouts
from sync.wire import Ack, Directive, Directives, Hint, Pull

PATIENCE = Timeouts(answer_s=10, answer_max_s=60, pull_s=300)


def a_link(version: int = 0) -> Downlink:
    return Downlink(version, random=lambda: 0.5, patience=PATIENCE)


def directive(version: int) -> Directive:
    return Directive(version, "prices", b"%d" % version)


def answer(from_version: int, *versions: int) -> Directives:
    return Directives(from_version, tuple(directive(version) for version in versions))


def done(outputs: Sequence[DownOutput]) -> list[object]:
    return [output for output in outputs if isinstance(output, Send | Apply)]


def test_it_pulls_from_its_version_and_applies_one_after_the_other() -> None:
    link = a_link(3)
    assert done(link.on_connected(0)) == [Send(Pull(3))]
    assert done(link.on_message(answer(3, 4, 5), 1)) == [Apply(directive(4))]
    assert done(link.on_applied(4, 2)) == [Apply(directive(5))]
    assert done(link.on_applied(5, 3)) == [Send(Pull(5))], "there may be more"
    outputs = link.on_message(answer(5), 4)
    assert done(outputs) == []
    assert NextTick(304) in outputs, "hints may be lost"


def test_a_hint_makes_it_pull_unless_it_has_that_already() -> None:
    link = a_link(3)
    link.on_connected(0)
    link.on_message(answer(3), 1)
    assert done(link.on_message(Hint(3), 2)) == []
    assert done(link.on_message(Hint(4), 2)) == [Send(Pull(3))]
    assert done(link.on_message(Hint(4), 2)) == []


def test_a_pull_says_of_which_epoch_it_is() -> None:
    link = Downlink(3, 2, random=lambda: 0.5, patience=PATIENCE)
    assert done(link.on_connected(0)) == [Send(Pull(3, 2))]
    link.epoch = 7
    assert done(link.on_message(Hint(4), 1)) == []
    assert done(link.tick(11)) == [Send(Pull(3, 7))]


def test_a_hint_during_a_pull_is_answered_by_the_next() -> None:
    link = a_link(3)
    link.on_connected(0)
    link.on_message(Hint(5), 1)
    assert done(link.on_message(answer(3, 4), 2)) == [Apply(directive(4))]
    assert done(link.on_applied(4, 3)) == [Send(Pull(4))]


def test_a_repeated_or_late_answer_changes_nothing() -> None:
    link = a_link(3)
    link.on_connected(0)
    link.on_message(answer(3, 4), 1)
    assert done(link.on_message(answer(3, 4), 1)) == []
    link.on_applied(4, 2)
    assert done(link.on_message(answer(3, 4), 3)) == [Send(Pull(4))], "the old answer ends the pull: pull again"


def test_an_answer_from_a_later_version_would_skip_some() -> None:
    link = a_link(3)
    link.on_connected(0)
    assert done(link.on_message(answer(9, 10), 1)) == []


def test_a_directive_that_fails_is_tried_again_and_none_passes_it() -> None:
    link = a_link(3)
    link.on_connected(0)
    link.on_message(answer(3, 4, 5), 1)
    outputs = link.on_failed("There is no tax class 'B'.", 2)
    assert done(outputs) == []
    assert DownState(3, 2, "There is no tax class 'B'.") in outputs
    assert NextTick(12) in outputs
    assert done(link.on_message(Hint(9), 3)) == []
    assert done(link.tick(12)) == [Apply(directive(4))]
    outputs = link.on_applied(4, 13)
    assert done(outputs) == [Apply(directive(5))]
    assert DownState(4, 1, "") in outputs


def test_one_that_is_not_head_offices_is_passed_over_and_its_number_counts_for_nothing() -> None:
    link = a_link(3)
    link.on_connected(0)
    link.on_message(answer(3, 4, 2**60), 1)
    outputs = link.passed_over(2)
    assert done(outputs) == [Apply(directive(2**60))], "those behind it are not held up"
    assert DownState(3, 1, "", 4) in outputs
    outputs = link.passed_over(3)
    assert done(outputs) == [], "asked at once, it would come again, without an end"
    assert DownState(3, 0, "", 2**60) in outputs and NextTick(303) in outputs
    assert done(link.on_message(Hint(5), 4)) == [Send(Pull(3))], "from what was applied, not from what was made up"
    assert done(link.on_message(answer(3, 4, 5), 5)) == [Apply(directive(4))]
    link.passed_over(6)
    assert DownState(5, 0, "") in link.on_applied(5, 7), "a proven one has passed it for good"


def test_when_the_hub_has_no_unproven_one_any_more_nothing_is_said_of_it() -> None:
    link = a_link(3)
    link.on_connected(0)
    link.on_message(answer(3, 4), 1)
    link.passed_over(2)
    link.tick(400)
    assert DownState(3, 0, "") in link.on_message(answer(3), 401)


def test_a_pull_without_an_answer_is_repeated_later_each_time() -> None:
    link = a_link()
    assert NextTick(10) in link.on_connected(0)
    outputs = link.tick(10)
    assert done(outputs) == [Send(Pull(0))]
    assert NextTick(30) in outputs


def test_what_came_is_applied_without_a_connection() -> None:
    link = a_link()
    link.on_connected(0)
    link.on_message(answer(0, 1, 2), 1)
    link.on_disconnected()
    assert done(link.on_applied(1, 2)) == [Apply(directive(2))]
    assert done(link.on_applied(2, 3)) == []
    assert done(link.on_connected(4)) == [Send(Pull(2))]


def test_a_connection_during_an_apply_begins_no_second_one() -> None:
    link = a_link()
    link.on_connected(0)
    link.on_message(answer(0, 1, 2), 1)
    link.on_disconnected()
    assert done(link.on_connected(2)) == []
    assert done(link.on_applied(1, 3)) == [Apply(directive(2))]


def test_the_uplinks_messages_are_not_for_it() -> None:
    link = a_link()
    link.on_connected(0)
    assert link.on_message(Ack(1, 1, 1), 1) == []
