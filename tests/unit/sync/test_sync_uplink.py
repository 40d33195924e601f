"""The edge's uplink as scripts: this happens, that is done."""

from collections.abc import Sequence

import msgspec
import pytest

from sync import limits, row_packing
from sync.link_errors import LinkError
from sync.uplink import DeviceIdentity, Head, NextTick, Output, ReadRows, SavePosition, Send, State, Timeouts, Uplink
from sync.wire import Ack, Directives, Hello, Hint, ResendRequest, Rows, Stopped
from tests.sync_doubles import KEY, History

PATIENCE = Timeouts(answer_s=10, answer_max_s=60, stopped_s=100, stopped_max_s=400)
REFUSED = LinkError("may_not_write", {"topic": "edge/a/b/c/up"})
WHO = DeviceIdentity(*msgspec.structs.astuple(KEY), "1.0")


def an_edge(rows: int = 3, acknowledged: int = 0) -> tuple[History, Uplink]:
    history = History()
    history.append(rows - 1)
    given = (WHO, history.head, history.epochs)
    return history, Uplink(*given, random=lambda: 0.5, acknowledged=acknowledged, patience=PATIENCE)


def sent(outputs: Sequence[Output]) -> list[object]:
    return [output.message for output in outputs if isinstance(output, Send)]


def reads(outputs: Sequence[Output]) -> list[tuple[int, int]]:
    return [(output.from_seq, output.max_rows) for output in outputs if isinstance(output, ReadRows)]


def state(outputs: Sequence[Output]) -> State:
    return [output for output in outputs if isinstance(output, State)][-1]


def rows(history: History, first: int, count: int) -> Rows:
    return row_packing.pack(1, history.rows[first - 1 : first - 1 + count])


def test_it_says_hello_then_sends_what_the_hub_lacks() -> None:
    history, edge = an_edge(5)
    (hello,) = sent(edge.on_connected(0))
    assert isinstance(hello, Hello)
    assert (hello.epoch, hello.seq, hello.hash, hello.app) == (1, 5, history.head.hash, "1.0")
    outputs = edge.on_message(Ack(1, 2, 100, hello.number), 1)
    assert reads(outputs) == [(3, 3)]
    assert SavePosition(1, 2) in outputs
    message = rows(history, 3, 3)
    assert sent(edge.rows_read(3, message, 1)) == [message]
    outputs = edge.on_message(Ack(1, 5, 100), 2)
    assert SavePosition(1, 5) in outputs
    assert NextTick(None) in outputs
    assert (state(outputs).phase, state(outputs).lag, state(outputs).why) == ("flowing", 0, "")


def test_a_new_row_is_sent_at_once() -> None:
    history, edge = an_edge(1)
    edge.on_connected(0)
    edge.on_message(Ack(1, 1, 100, 1), 0)
    history.append()
    assert reads(edge.head(history.head, history.epochs, 1)) == [(2, 1)]


def test_it_sends_no_further_than_its_credit() -> None:
    history, edge = an_edge(100)
    edge.on_connected(0)
    assert reads(edge.on_message(Ack(1, 0, 10, 1), 0)) == [(1, 10)]
    assert reads(edge.rows_read(1, rows(history, 1, 10), 0)) == []
    assert reads(edge.on_message(Ack(1, 4, 10), 0)) == [(11, 4)]


def test_a_read_that_found_fewer_rows_goes_on_behind_them() -> None:
    history, edge = an_edge(100)
    edge.on_connected(0)
    edge.on_message(Ack(1, 0, 1000, 1), 0)
    assert reads(edge.rows_read(1, rows(history, 1, 30), 0)) == [(31, 70)]


def test_no_read_is_larger_than_a_block() -> None:
    _, edge = an_edge(limits.BLOCK_ROWS + 5)
    edge.on_connected(0)
    assert reads(edge.on_message(Ack(1, 0, 10**6, 1), 0)) == [(1, limits.BLOCK_ROWS)]


def test_what_the_hub_misses_is_sent_again_and_then_it_goes_on() -> None:
    history, edge = an_edge(9)
    edge.on_connected(0)
    edge.on_message(Ack(1, 0, 100, 1), 0)
    edge.rows_read(1, rows(history, 1, 6), 0)
    edge.rows_read(7, rows(history, 7, 3), 0)
    assert reads(edge.on_message(ResendRequest(1, 2, 3), 0)) == [(2, 2)]
    again = rows(history, 2, 2)
    outputs = edge.rows_read(2, again, 0)
    assert sent(outputs) == [again]
    assert reads(outputs) == []


def test_a_want_for_what_is_acknowledged_or_was_never_sent_is_nothing() -> None:
    _, edge = an_edge(9)
    edge.on_connected(0)
    outputs = edge.on_message(Ack(1, 5, 0, 1), 0)
    assert (
        reads(outputs + edge.on_message(ResendRequest(1, 2, 4), 0) + edge.on_message(ResendRequest(1, 7, 9), 0)) == []
    )


def test_silence_makes_it_say_hello_again_later_each_time() -> None:
    _, edge = an_edge()
    outputs = edge.on_connected(0)
    assert NextTick(10) in outputs
    assert sent(edge.tick(9.9)) == []
    outputs = edge.tick(10)
    assert [type(message) for message in sent(outputs)] == [Hello]
    assert NextTick(30) in outputs
    assert state(outputs).why == "The hub isn't responding."
    assert NextTick(70) in edge.tick(30)
    assert NextTick(130) in edge.tick(70), "no wait is longer than the limit"


def test_a_hello_that_no_hub_heard_is_repeated_sooner() -> None:
    _, edge = an_edge()
    edge.on_connected(0)
    outputs = edge.unheard(LinkError("unheard"), 0, soon=True)
    assert state(outputs).trouble == LinkError("unheard")
    assert NextTick(0.5) in outputs
    outputs = edge.tick(0.5)
    assert [type(message) for message in sent(outputs)] == [Hello]
    assert NextTick(1.5) in edge.unheard(LinkError("unheard"), 0.5, soon=True)


def test_a_pull_that_no_one_heard_is_not_the_last_word_of_a_box_with_nothing_to_send() -> None:
    _, edge = an_edge(4)
    edge.on_connected(0)
    edge.on_message(Ack(1, 4, 100, 1), 0)
    outputs = edge.unheard(LinkError("unheard"), 300, soon=True)
    assert NextTick(310) in outputs
    assert [type(message) for message in sent(edge.tick(310))] == [Hello]
    assert state(edge.on_message(Ack(1, 4, 100, 2), 311)).why == ""


def test_a_box_that_hears_of_a_newer_epoch_under_its_name_asks_whether_it_still_may() -> None:
    _, edge = an_edge(4)
    edge.on_connected(0)
    edge.on_message(Ack(1, 4, 100, 1), 0)
    assert [type(message) for message in sent(edge.on_message(Ack(2, 4, 100, 1), 1))] == [Hello]
    assert state(edge.on_message(Stopped(1, "fenced", "Epoch 2 has the place of epoch 1."), 2)).phase == "stopped"
    assert sent(edge.on_message(Ack(2, 5, 100), 3)) == [], "it has its answer"


def test_a_refusal_by_the_broker_is_shown_and_stays_until_the_hub_answers() -> None:
    _, edge = an_edge()
    edge.on_connected(0)
    assert state(edge.unheard(REFUSED, 0, soon=False)).trouble == REFUSED
    edge.tick(10)
    assert state(edge.on_message(Ack(1, 3, 100, 2), 11)).why == ""


def test_rows_without_an_answer_make_it_say_hello_and_start_over() -> None:
    history, edge = an_edge(4)
    edge.on_connected(0)
    edge.on_message(Ack(1, 0, 100, 1), 0)
    edge.rows_read(1, rows(history, 1, 4), 1)
    (hello,) = sent(edge.tick(11))
    assert isinstance(hello, Hello)
    assert reads(edge.on_message(Ack(1, 2, 100, hello.number), 12)) == [(3, 2)]


def test_an_ack_for_some_rows_still_leaves_the_others_to_wait_for() -> None:
    history, edge = an_edge(4)
    edge.on_connected(0)
    edge.on_message(Ack(1, 0, 100, 1), 0)
    edge.rows_read(1, rows(history, 1, 4), 1)
    assert NextTick(18) in edge.on_message(Ack(1, 2, 100), 8)
    assert NextTick(None) in edge.on_message(Ack(1, 4, 100), 9)


def test_a_read_that_the_hub_has_overtaken_is_not_sent() -> None:
    history, edge = an_edge(9)
    edge.on_connected(0)
    edge.on_message(Ack(1, 0, 100, 1), 0)
    outputs = edge.on_message(Ack(1, 4, 100), 1)
    assert reads(outputs) == [], "one read at a time"
    outputs = edge.rows_read(1, rows(history, 1, 9), 2)
    assert sent(outputs) == []
    assert reads(outputs) == [(5, 5)]


def test_a_late_ack_counts_but_does_not_answer_the_hello() -> None:
    """The hub was slow, not deaf: what it still has is not sent twice."""
    history, edge = an_edge(4)
    edge.on_connected(0)
    edge.on_message(Ack(1, 0, 100, 1), 0)
    edge.rows_read(1, rows(history, 1, 4), 1)
    edge.tick(11)
    outputs = edge.on_message(Ack(1, 2, 100), 12)
    assert SavePosition(1, 2) in outputs
    assert reads(outputs) == []
    assert reads(edge.on_message(Ack(1, 4, 100, 2), 13)) == []


def test_an_older_ack_moves_nothing_back() -> None:
    _, edge = an_edge(4)
    edge.on_connected(0)
    edge.on_message(Ack(1, 4, 100, 1), 0)
    assert edge.on_message(Ack(1, 2, 100), 1) == []


def test_a_hub_that_was_set_back_gets_its_rows_again() -> None:
    _, edge = an_edge(4)
    edge.on_connected(0)
    edge.on_message(Ack(1, 4, 100, 1), 0)
    edge.on_disconnected(LinkError("stuck"))
    edge.on_connected(5)
    outputs = edge.on_message(Ack(1, 1, 100, 2), 6)
    assert SavePosition(1, 1) in outputs
    assert reads(outputs) == [(2, 3)]
    assert state(outputs).set_back == 3, "until it has them again it is said"
    assert state(edge.on_message(Ack(1, 4, 100), 7)).set_back == 0


def test_a_quiet_shop_hears_with_its_next_pull_that_the_hub_was_set_back() -> None:
    _, edge = an_edge(4)
    edge.on_connected(0)
    edge.on_message(Ack(1, 4, 100, 1), 0)
    assert sent(edge.on_message(Directives(0, (), 4), 300)) == []
    assert sent(edge.on_message(Directives(0, ()), 600)) == [], "a hub of before it was told"
    assert [type(message) for message in sent(edge.on_message(Directives(0, (), 1), 900))] == [Hello]


def test_less_than_was_acknowledged_before_the_last_start_is_noticed() -> None:
    _, edge = an_edge(4, acknowledged=4)
    edge.on_connected(0)
    assert state(edge.on_message(Ack(1, 1, 100, 1), 1)).set_back == 3


def test_a_stop_is_shown_and_tried_again_much_later() -> None:
    _, edge = an_edge(4)
    edge.on_connected(0)
    outputs = edge.on_message(Stopped(1, "forked", "Row 3 has another content here."), 1)
    assert state(outputs).phase == "stopped"
    assert state(outputs).why.endswith("under the same numbers as this box. Row 3 has another content here.")
    assert "Sales continue" in state(outputs).advice
    assert edge.on_message(Ack(1, 0, 100, 1), 2) == [], "an answer from before the stop"
    assert sent(edge.tick(100)) == []
    outputs = edge.tick(101)
    assert [type(message) for message in sent(outputs)] == [Hello]
    assert "Row 3 has another content here." in state(outputs).why
    assert NextTick(101 + 10) in outputs


def test_who_was_fenced_by_a_person_is_not_told_to_begin_another_epoch() -> None:
    _, edge = an_edge(4)
    edge.on_connected(0)
    replaced = state(edge.on_message(Stopped(1, "fenced", "Epoch 2 has the place of epoch 1."), 1))
    assert "edge restore --as-is" in replaced.advice
    by_hand = state(edge.on_message(Stopped(1, "fenced", "It was stolen.", by_hand=True), 2))
    assert "edge hub unfence" in by_hand.advice and "--as-is" not in by_hand.advice


def test_a_stopped_box_that_is_asked_for_rows_says_hello_soon() -> None:
    """Someone has let it in again."""
    _, edge = an_edge(4)
    edge.on_connected(0)
    edge.on_message(Stopped(1, "fenced", "It was stolen.", by_hand=True), 0)
    assert sent(edge.tick(99)) == []
    assert NextTick(60) in edge.on_message(ResendRequest(1, 1, 1), 50)
    assert edge.on_message(ResendRequest(1, 1, 1), 55) == [], "not later for being asked again"
    assert [type(message) for message in sent(edge.tick(60))] == [Hello]
    assert state(edge.on_message(Ack(1, 4, 100, 2), 61)).phase == "flowing"


def test_a_stop_for_another_epoch_is_for_another_box() -> None:
    _, edge = an_edge(4)
    edge.on_connected(0)
    assert edge.on_message(Stopped(7, "fenced", "no"), 1) == []


def test_a_journal_shorter_than_what_the_hub_holds_stops_at_both_ends() -> None:
    _, edge = an_edge(4)
    edge.on_connected(0)
    outputs = edge.on_message(Ack(1, 9, 100, 1), 1)
    (stopped,) = sent(outputs)
    assert isinstance(stopped, Stopped)
    assert stopped.code == "rolled_back"
    assert state(outputs).phase == "stopped"
    assert "The hub has 9 rows" in state(outputs).why


def test_rows_that_are_gone_stop_it() -> None:
    _, edge = an_edge(4)
    edge.on_connected(0)
    edge.on_message(Ack(1, 0, 100, 1), 0)
    outputs = edge.unreadable("missing_rows", "Row 1 is archived.", 0)
    assert state(outputs).phase == "stopped"
    assert sent(outputs) == [Stopped(1, "missing_rows", "Row 1 is archived.")]


def test_a_restored_journal_says_hello_with_its_new_epoch() -> None:
    history, edge = an_edge(4)
    edge.on_connected(0)
    edge.on_message(Ack(1, 4, 100, 1), 0)
    history.restore(2)
    (hello,) = sent(edge.head(history.head, history.epochs, 1))
    assert isinstance(hello, Hello)
    assert (hello.epoch, hello.seq) == (2, 3)
    assert edge.on_message(Ack(1, 4, 100, 1), 2) == [], "of the epoch before"
    assert reads(edge.on_message(Ack(2, 2, 100, hello.number), 2)) == [(3, 1)]


def test_a_read_from_before_the_connection_broke_is_not_sent() -> None:
    history, edge = an_edge(4)
    edge.on_connected(0)
    edge.on_message(Ack(1, 0, 100, 1), 0)
    edge.on_disconnected(LinkError("stuck"))
    edge.on_connected(1)
    assert sent(edge.rows_read(1, rows(history, 1, 4), 2)) == []
    assert reads(edge.on_message(Ack(1, 2, 100, 2), 3)) == [(3, 2)]


def test_an_empty_journal_waits_for_its_first_row() -> None:
    edge = Uplink(WHO, Head(0, 0, bytes(32)), (), random=lambda: 0.5)
    outputs = edge.on_connected(0)
    assert sent(outputs) == []
    assert "empty" in state(outputs).why
    history = History()
    assert [type(message) for message in sent(edge.head(history.head, history.epochs, 1))] == [Hello]


def test_a_connection_lost_is_said_with_its_reason() -> None:
    _, edge = an_edge()
    edge.on_connected(0)
    outputs = edge.on_disconnected(LinkError("wrong_password", {"place": "x:1"}))
    assert (state(outputs).phase, state(outputs).why) == (
        "offline",
        "The broker at x:1 rejected the user name or password.",
    )
    assert NextTick(None) in outputs


def acknowledged() -> Uplink:
    """Five rows, all acknowledged."""
    _, edge = an_edge(5)
    edge.on_connected(0)
    edge.on_message(Ack(1, 5, 100, 1), 0)
    return edge


def test_a_hub_that_wants_what_it_acknowledged_is_greeted_and_gets_it() -> None:
    """Its database is another one now, that lacks rows."""
    edge = acknowledged()
    edge.on_message(ResendRequest(1, 4, 4), 20)
    assert [type(message) for message in sent(edge.tick(20 + PATIENCE.answer_s))] == [Hello]
    outputs = edge.on_message(Ack(1, 3, 100, 2), 31)
    assert SavePosition(1, 3) in outputs
    assert reads(outputs) == [(4, 2)]


@pytest.mark.parametrize("message", [ResendRequest(1, 6, 6), ResendRequest(1, 4, 4)])
def test_a_want_of_nothing_or_that_an_ack_overtook_is_no_reason_for_a_hello(message: ResendRequest) -> None:
    edge = acknowledged()
    edge.on_message(message, 20)
    edge.on_message(Ack(1, 5, 100), 21)
    assert sent(edge.tick(20 + PATIENCE.answer_s)) == []


@pytest.mark.parametrize("message", [Hint(3), ResendRequest(1, 1, 2), Ack(9, 1, 1)])
def test_what_is_not_for_it_changes_nothing(message: Hint | ResendRequest | Ack) -> None:
    _, edge = an_edge()
    edge.on_connected(0)
    assert edge.on_message(message, 1) == []


def test_a_row_that_the_broker_has_no_room_for_stops_the_box_until_another_broker_has() -> None:
    history, edge = an_edge(5)
    edge.on_connected(0, 1000)
    (read,) = [output for output in edge.on_message(Ack(1, 0, 100, 1), 1) if isinstance(output, ReadRows)]
    assert (read.room, read.max_bytes) == (1000, limits.BLOCK_READ_BYTES * 1000 // limits.MESSAGE_BYTES)
    edge.rows_read(1, rows(history, 1, 2), 1)
    outputs = edge.row_too_long(3, 2000, 2)
    trouble = LinkError("row_too_long", {"row": "3", "size": "2000", "limit": "1000"})
    assert sent(outputs) == [Stopped(1, "row_too_long", trouble.why)]
    assert (state(outputs).phase, state(outputs).trouble) == ("stopped", trouble)
    outputs = edge.on_message(Ack(1, 2, 100), 3)
    assert SavePosition(1, 2) in outputs, "what went before is held"
    assert state(outputs).phase == "stopped"
    (hello,) = sent(edge.on_connected(4))
    assert isinstance(hello, Hello)
    assert reads(edge.on_message(Ack(1, 2, 100, hello.number), 5)) == [(3, 3)]
