"""The hub's machine as scripts: this arrives, that is stored and answered."""

from itertools import pairwise
from random import Random

import msgspec
import pytest

from sync import limits, row_packing, wire
from sync.hub.gap_requests import Asking, ask
from sync.hub.handshake import answer_hello
from sync.hub.model import Block, Key, Outcome, refused_by_device
from sync.hub.row_verifier import open_rows
from sync.hub.rows import look, take
from sync.lineage import Span, acknowledged_spans, first_undone
from sync.wire import PROTOCOL, Ack, Epoch, Hello, ResendRequest, Stopped
from tests.sync_doubles import KEY, History, MemoryStore, records

CREDIT = 1000


class Hub:
    """The machine over a store in memory."""

    def __init__(self) -> None:
        self.store = MemoryStore()

    def hello(self, history: History, key: Key = KEY, **changes: object) -> Outcome:
        head, named = history.head, history.key
        hello = Hello(
            *(PROTOCOL, named.tenant, named.store, named.device, head.epoch, head.seq, head.hash),
            history.epochs,
            number=5,
        )
        hello = msgspec.structs.replace(hello, **changes)
        origin = wire.origin(key.tenant, key.store, key.device)
        return plain(self.store.run(key, answer_hello(self.store.device(key), key, origin, hello, CREDIT)))

    def rows(self, *blocks: Block) -> Outcome:
        return plain(self.store.run(KEY, take(self.store.device(KEY), blocks, CREDIT)))

    def look(self) -> Outcome:
        return self.store.run(KEY, look(self.store.device(KEY)))

    def through(self) -> int:
        return self.store.device(KEY).through


def plain(outcome: Outcome) -> Outcome:
    """Each ack without its hash, which is that of the row it speaks of."""
    acks = [reply for reply in outcome.replies if isinstance(reply, Ack)]
    assert all(ack.hash == outcome.device.through_hash for ack in acks)
    replies = [msgspec.structs.replace(reply, hash=b"") if reply in acks else reply for reply in outcome.replies]
    return msgspec.structs.replace(outcome, replies=replies)


def a_history(rows: int = 10) -> History:
    history = History()
    history.append(rows - 1)
    return history


def blocks(history: History, *stretches: tuple[int, int]) -> list[Block]:
    epoch = history.head.epoch
    return [open_rows(row_packing.pack(epoch, history.rows[first - 1 : last])) for first, last in stretches]


def stop_code(outcome: Outcome) -> str:
    (reply,) = outcome.replies
    assert isinstance(reply, Stopped)
    return reply.code


def test_a_new_device_is_welcome_and_its_rows_are_acknowledged() -> None:
    hub, history = Hub(), a_history()
    assert hub.hello(history).replies == [Ack(1, 0, CREDIT, 5)]
    assert hub.rows(*blocks(history, (1, 4), (5, 10))).replies == [Ack(1, 10, CREDIT)]
    assert hub.store.prefix(KEY) == records(history.rows)


def test_rows_in_any_order_end_as_the_same_history() -> None:
    history = a_history(60)
    stretches = [(first, min(60, first + 6)) for first in range(1, 61, 4)]
    for seed in range(20):
        hub = Hub()
        hub.hello(history)
        shuffled = Random(seed).sample(stretches * 2, k=len(stretches) * 2)
        for at in range(0, len(shuffled), 3):
            hub.rows(*blocks(history, *shuffled[at : at + 3]))
        assert hub.store.prefix(KEY) == records(history.rows)


def test_what_comes_before_a_gap_is_filled_is_kept_and_not_acknowledged() -> None:
    hub, history = Hub(), a_history()
    hub.hello(history)
    outcome = hub.rows(*blocks(history, (4, 6)))
    assert (outcome.replies, outcome.gap) == ([], (1, 3))
    outcome = hub.rows(*blocks(history, (9, 10)))
    assert (outcome.replies, outcome.gap) == ([], (1, 3))
    outcome = hub.rows(*blocks(history, (1, 3)))
    assert (outcome.replies, outcome.gap) == ([Ack(1, 6, CREDIT)], (7, 8))
    assert hub.rows(*blocks(history, (7, 8))).replies == [Ack(1, 10, CREDIT)]


def test_a_long_stretch_stored_out_of_order_is_followed_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LINKS", 7)
    hub, history = Hub(), a_history(100)
    hub.hello(history)
    hub.rows(*blocks(history, (2, 100)))
    assert hub.rows(*blocks(history, (1, 1))).replies == [Ack(1, 100, CREDIT)]


def test_repeated_rows_are_acknowledged_again_and_stored_once() -> None:
    hub, history = Hub(), a_history()
    hub.hello(history)
    hub.rows(*blocks(history, (1, 10)))
    assert hub.rows(*blocks(history, (3, 5), (4, 10), (4, 10))).replies == [Ack(1, 10, CREDIT)]


def test_the_hub_says_from_where_to_go_on() -> None:
    hub, history = Hub(), a_history()
    hub.hello(history)
    hub.rows(*blocks(history, (1, 7)))
    assert hub.hello(history).replies == [Ack(1, 7, CREDIT, 5)]


def test_rows_beyond_all_credit_are_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WINDOW_ROWS", 5)
    hub, history = Hub(), a_history()
    hub.hello(history)
    assert hub.rows(*blocks(history, (4, 6))).replies == []
    assert not hub.store.journal


def test_rows_before_any_hello_are_not_taken() -> None:
    hub, history = Hub(), a_history()
    assert hub.rows(*blocks(history, (1, 10))).replies == []
    assert not hub.store.journal


def test_a_row_that_came_with_another_content_stops_the_device() -> None:
    hub, history, other = Hub(), a_history(), History(seed=1)
    other.append(9)
    hub.hello(history)
    hub.rows(*blocks(history, (1, 10)))
    assert stop_code(hub.rows(*blocks(other, (2, 3)))) == "forked"
    assert stop_code(hub.rows(*blocks(history, (8, 10)))) == "forked", "until its hello is right again"
    assert hub.hello(history).replies == [Ack(1, 10, CREDIT, 5)]
    history.append()
    assert hub.rows(*blocks(history, (11, 11))).replies == [Ack(1, 11, CREDIT)]
    assert hub.store.prefix(KEY) == records(history.rows)


def test_a_break_in_the_chain_stops_the_device_and_keeps_what_is_sound() -> None:
    hub, history, other = Hub(), a_history(), History(seed=1)
    other.append(9)
    hub.hello(history)
    outcome = hub.rows(*blocks(history, (1, 4)), *blocks(other, (5, 6)))
    assert [type(reply) for reply in outcome.replies] == [Ack, Stopped]
    assert hub.through() == 4
    stopped = hub.store.device(KEY).stopped
    assert stopped is not None
    assert stopped.code == "broken_chain"
    assert "Row 5 doesn't continue row 4" in stopped.text


def test_a_break_found_when_a_gap_is_filled_stops_the_device() -> None:
    hub, history, other = Hub(), a_history(), History(seed=1)
    other.append(9)
    hub.hello(history)
    hub.rows(*blocks(other, (5, 6)))
    outcome = hub.rows(*blocks(history, (1, 4)))
    assert [type(reply) for reply in outcome.replies] == [Ack, Stopped]
    assert hub.through() == 4


def test_a_first_row_of_another_device_is_no_beginning() -> None:
    hub, other = Hub(), History(Key("acme", "corner", "till-2"))
    outcome = hub.hello(other, tenant="acme", store="corner", device="till-1")
    assert stop_code(outcome) == "bad_history"


def test_a_device_that_names_itself_otherwise_than_its_topic_is_stopped() -> None:
    hub, history = Hub(), a_history()
    assert stop_code(hub.hello(history, store="north")) == "stranger"


def test_a_newer_protocol_waits_for_the_hub_to_be_upgraded() -> None:
    hub, history = Hub(), a_history()
    assert stop_code(hub.hello(history, protocol=PROTOCOL + 1)) == "protocol"


def test_a_fresh_journal_under_a_used_name_is_stopped() -> None:
    hub, history, fresh = Hub(), a_history(), History(seed=1)
    fresh.append(3)
    hub.hello(history)
    hub.rows(*blocks(history, (1, 10)))
    assert stop_code(hub.hello(fresh)) == "forked"


def test_a_device_that_says_it_was_set_back_shows_so_until_it_has_caught_up() -> None:
    hub, history = Hub(), a_history()
    hub.hello(history)
    hub.rows(*blocks(history, (1, 10)))
    short = History()
    short.append(3)
    assert hub.hello(short).replies == [Ack(1, 10, CREDIT, 5)], "it may be an old message: the device must judge"
    device = hub.store.device(KEY)
    told = refused_by_device(device, Stopped(1, "rolled_back", "The hub holds more."))
    hub.store.devices[KEY] = told.device
    assert stop_code(hub.hello(short)) == "rolled_back"
    assert hub.hello(history).replies == [Ack(1, 10, CREDIT, 5)]


# ---- epochs ------------------------------------------------------------------------------------


def synced(history: History) -> Hub:
    hub = Hub()
    hub.hello(history)
    hub.rows(*blocks(history, (1, history.head.seq)))
    return hub


def test_a_restored_backup_takes_the_prefix_back_and_fences_the_old_epoch() -> None:
    history = a_history()
    hub, old_rows, old = synced(history), records(history.rows), a_history()
    history.restore(6)
    history.append(2)
    outcome = hub.hello(history)
    assert (outcome.replies, outcome.branched_at) == ([Ack(2, 6, CREDIT, 5)], 6)
    assert outcome.orphans == (Span(1, 7, 10),), "what was acknowledged behind it stays in the books"
    assert hub.rows(*blocks(history, (7, 9))).replies == [Ack(2, 9, CREDIT)]
    assert hub.store.prefix(KEY) == records(history.rows)
    assert all(hub.store.journal[KEY, 1, seq] == old_rows[seq - 1] for seq in range(1, 11)), "nothing is lost"
    assert stop_code(hub.hello(old)) == "fenced"
    assert stop_code(hub.rows(*blocks(old, (9, 10)))) == "fenced"
    assert hub.store.device(KEY).stopped is None, "the new box is not to blame"
    assert hub.store.prefix(KEY) == records(history.rows)


def test_the_books_are_in_the_order_in_which_things_happened_and_have_no_row_twice() -> None:
    """A backup of row 6 is restored, then one of row 12 that holds rows which were never sent, then that of row 6."""
    lineage = (Epoch(1, 1, 0, 0, bytes(32)), Epoch(4, 7, 1, 6, bytes(32)))
    orphans = (Span(3, 13, 14), Span(1, 7, 12), Span(2, 7, 9), Span(1, 7, 10))
    books = acknowledged_spans(lineage, 8, orphans)
    assert books == [Span(1, 1, 12), Span(2, 7, 9), Span(3, 13, 14), Span(4, 7, 8)]
    assert first_undone(books, {}) == Span(1, 1, 12)
    assert first_undone(books, {1: 10, 2: 9, 3: 14}) == Span(1, 11, 12), "they came to be acknowledged after epoch 2"
    assert first_undone(books, {1: 12, 2: 9, 3: 14, 4: 7}) == Span(4, 8, 8)
    assert first_undone(books, {1: 12, 2: 9, 3: 14, 4: 8}) is None
    assert acknowledged_spans((), 0) == []


def test_a_backup_newer_than_the_hub_is_simply_ahead() -> None:
    history = a_history()
    hub = Hub()
    hub.hello(history)
    hub.rows(*blocks(history, (1, 4)))
    history.restore(8)
    outcome = hub.hello(history)
    assert (outcome.replies, outcome.branched_at, outcome.orphans) == ([Ack(2, 4, CREDIT, 5)], None, ())
    assert hub.rows(*blocks(history, (5, 9))).replies == [Ack(2, 9, CREDIT)]
    assert hub.store.prefix(KEY) == records(history.rows)


def test_many_restores_at_once_and_one_to_an_epoch_seen_before() -> None:
    history = a_history()
    hub = synced(history)
    history.restore(8)
    history.append(4)
    history.restore(10)
    history.append(1)
    hub.hello(history)
    hub.rows(*blocks(history, (1, 12)))
    assert hub.store.prefix(KEY) == records(history.rows)
    first = a_history()
    first.restore(9, epoch=7)
    assert [epoch.epoch for epoch in first.epochs] == [1, 7]
    assert hub.hello(first).replies == [Ack(7, 8, CREDIT, 5)], "epoch 2 branched off after row 8"
    assert hub.rows(*blocks(first, (9, 10))).replies == [Ack(7, 10, CREDIT)]
    assert hub.store.prefix(KEY) == records(first.rows)


def test_an_epoch_whose_parent_the_hub_holds_otherwise_is_stopped() -> None:
    history, other = a_history(), History(seed=1)
    hub = synced(history)
    other.append(9)
    other.restore(6)
    outcome = hub.hello(other)
    assert stop_code(outcome) == "unknown_parent"
    assert "row 6 of epoch 1" in outcome.replies[0].text  # type: ignore[union-attr]
    assert hub.through() == 10


def test_a_restore_to_an_archived_row_is_told_what_head_office_must_do_and_then_goes_on() -> None:
    history = a_history()
    hub = synced(history)
    history.restore(6)
    away = {place: hub.store.journal.pop(place) for place in list(hub.store.journal) if place[2] <= 7}
    seqs = hub.store._seqs[KEY, 1]
    hub.store._seqs[KEY, 1] = [seq for seq in seqs if seq > 7]
    outcome = hub.hello(history)
    assert stop_code(outcome) == "unknown_parent"
    assert "edge hub bring-back" in outcome.replies[0].text  # type: ignore[union-attr]
    assert hub.through() == 10
    hub.store.journal |= away
    hub.store._seqs[KEY, 1] = seqs
    assert hub.hello(history).replies == [Ack(2, 6, CREDIT, 5)]


def test_two_restores_with_the_same_number_are_told_apart() -> None:
    one, two = a_history(), a_history()
    hub = synced(one)
    one.restore(6)
    hub.hello(one)
    two.restore(5)
    assert stop_code(hub.hello(two)) == "forked"


def test_an_epoch_that_begins_with_an_ordinary_row_is_stopped() -> None:
    history = a_history()
    hub = synced(history)
    history.restore(6)
    row = history.rows.pop()
    history._add("SaleCompleted", row.body)
    hub.hello(history)
    assert hub.rows(*blocks(history, (7, 7))).device.stopped is not None


def test_rows_of_an_epoch_not_announced_for_them_are_stopped() -> None:
    history = a_history()
    hub = synced(history)
    history._epoch = 2
    history.append(2)
    (strange,) = blocks(history, (11, 12))
    assert stop_code(hub.rows(msgspec.structs.replace(strange, epoch=1))) == "broken_chain"


@pytest.mark.parametrize(
    "epochs",
    [
        lambda e: e[1:],
        lambda e: (e[1], e[0]),
        lambda e: (e[0], msgspec.structs.replace(e[1], first_seq=9)),
        lambda e: (e[0], msgspec.structs.replace(e[1], parent_epoch=4)),
        lambda e: (e[0], msgspec.structs.replace(e[1], epoch=1)),
        lambda e: (msgspec.structs.replace(e[0], parent_hash=bytes(32)), e[1]),
    ],
)
def test_epochs_that_do_not_fit_together_are_stopped(epochs: object) -> None:
    history = a_history()
    history.restore(6)
    assert callable(epochs)
    assert stop_code(Hub().hello(history, epochs=epochs(history.epochs))) == "bad_history"


# ---- asking ------------------------------------------------------------------------------------


def test_a_gap_is_asked_for_when_it_stays_a_few_times_and_less_and_less_often() -> None:
    asking, want = ask(Asking(), 1, (5, 9), 0.0)
    assert want is None
    asked = []
    while asking.next_at is not None:
        now = asking.next_at
        asking, want = ask(asking, 1, (5, 9), now)
        assert want == ResendRequest(1, 5, 9)
        asked.append(now)
    assert len(asked) == limits.WANTS
    waits = [later - sooner for sooner, later in pairwise(asked)]
    assert waits == sorted(waits)


def test_a_gap_that_closed_or_moved_is_not_asked_for_at_once() -> None:
    asking, _ = ask(Asking(), 1, (5, 9), 0.0)
    assert ask(asking, 1, None, 9.0) == (Asking(), None)
    moved, want = ask(asking, 1, (7, 9), 9.0)
    assert want is None
    assert moved.next_at == 9.0 + limits.WANT_S
