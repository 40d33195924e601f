"""A person promotes one box although the old leader isn't as switched off as they said."""

from __future__ import annotations

import pytest

from tests.simulation.twin.world import PEERS, World

SEEDS = 100
Links = set[tuple[str, str]]


def _links(box: str, *others: str) -> Links:
    return {(box, other) for other in others} | {(other, box) for other in others}


def _promote(shop: World, name: str) -> None:
    node = shop.nodes[name]
    assert node.box is not None
    shop.do(node, node.box.promote(shop.clock(node)))


def _leads(shop: World, name: str) -> bool:
    box = shop.nodes[name].box
    return box is not None and box.leadership is not None


@pytest.mark.parametrize("how", ["cut off", "frozen"])
def test_an_old_leader_lets_nothing_out_when_it_is_back_however_late(how: str) -> None:
    """The leader and the other box were a pair. The leader is cut off or frozen, and the witness is off too.

    The old leader hears the promoted box before the witness. With the witness alone, it would become the only heir, and
    a manager would have to decide.
    """
    for seed in range(SEEDS):
        shop = World(seed)
        shop.slow_ms = shop.random.choice(((1, 5), (1, 40)))
        shop.run(2_000)
        for number in range(3):
            shop.ask(b"before %d" % number, "a")
        shop.run(3_000)
        back_ms = shop.now + shop.random.uniform(2_500, 27_000)
        shop.kill("w")
        if how == "frozen":
            shop.nodes["a"].frozen_until = back_ms
        else:
            shop.cut = _links("a", "b", "w")
        for number in range(3):
            shop.ask(b"meanwhile %d" % number, "a")
        shop.run(shop.now + shop.random.uniform(1_300, 2_400))
        shop.truth.has_heirs_of_a_person = True
        old = shop.nodes["a"].let_out
        _promote(shop, "b")
        shop.run(back_ms)
        shop.cut = set()
        shop.run(back_ms + 1_000)
        shop.start("w")
        assert shop.nodes["a"].let_out in (old, 0), seed
        shop.run(back_ms + 12_000)
        assert _leads(shop, "b") and not _leads(shop, "a"), seed
        shop.truth.is_whole({name: shop.nodes[name].disk for name in PEERS.boxes}, 6)


def test_who_was_promoted_goes_on_where_the_old_leader_sold_more_meanwhile() -> None:
    """The old leader's sales are set aside for a manager. The promoted box never gives way."""
    shop = World(1)
    shop.run(1_000)
    shop.cut = _links("b", "a", "w")
    shop.run(4_000)
    for number in range(4):
        shop.ask(b"sold alone %d" % number, "a")
    shop.run(5_000)
    assert len(shop.truth.answered) == 4
    shop.has_uplink = False
    shop.truth.leaves = lambda *_: None  # type: ignore[method-assign]  # both give the same numbers, as a person had it
    _promote(shop, "b")
    node = shop.nodes["b"]
    assert node.box is not None
    shop.do(node, node.box.commit(b"sold by hand", shop.clock(node)))
    shop.run(6_000)
    shop.cut = set()
    shop.run(16_000)
    assert _leads(shop, "b") and not _leads(shop, "a")
    for name in PEERS.boxes:
        assert [one.body for one in shop.nodes[name].disk.shipments] == [b"sold by hand"]


def _commits(shop: World, name: str, command: bytes) -> None:
    node = shop.nodes[name]
    assert node.box is not None
    shop.do(node, node.box.commit(command, shop.clock(node)))


def _both_give_the_same_numbers(shop: World) -> None:
    """Allow duplicate numbers, because a person let a box lead while another one was leading."""
    shop.has_uplink = False
    shop.truth.leaves = lambda *_: None  # type: ignore[method-assign]
    shop.truth.has_heirs_of_a_person = True


def test_of_two_boxes_that_were_promoted_unknown_to_each_other_one_leads() -> None:
    for seed in range(SEEDS):
        shop = World(seed)
        shop.run(2_000)
        shop.kill("w")
        shop.cut = _links("a", "b", "w")
        shop.run(5_000)
        _both_give_the_same_numbers(shop)
        for name in PEERS.boxes:
            shop.kill(name)
            shop.start(name)
        shop.run(7_000)
        for name in PEERS.boxes:
            _promote(shop, name)
            _commits(shop, name, b"sold at " + name.encode())
        shop.run(8_000)
        shop.cut = set()
        shop.start("w")
        shop.run(20_000)
        leading = [name for name in PEERS.boxes if _leads(shop, name)]
        assert len(leading) == 1, seed
        (other,) = set(PEERS.boxes) - set(leading)
        for name in PEERS.boxes:
            assert [one.body for one in shop.nodes[name].disk.shipments] == [b"sold at " + leading[0].encode()], seed
        assert [one.body for one in shop.nodes[other].disk.aside] == [b"sold at " + other.encode()], seed


def test_an_old_leader_that_meets_the_witness_alone_gives_way_to_the_promoted_box_at_last() -> None:
    """Until then, it may consider itself the only heir. Its sales are set aside for a manager."""
    for seed in range(SEEDS):
        shop = World(seed)
        shop.run(2_000)
        shop.kill("w")
        shop.cut = _links("a", "b", "w")
        shop.run(4_500)
        _both_give_the_same_numbers(shop)
        _promote(shop, "b")
        _commits(shop, "b", b"sold by hand")
        shop.run(6_000)
        shop.start("w")
        shop.cut = _links("b", "a", "w")
        shop.run(14_000)
        _commits(shop, "a", b"sold by the old leader")
        assert shop.nodes["a"].let_out == 1, seed
        shop.cut = set()
        shop.run(26_000)
        assert _leads(shop, "b") and not _leads(shop, "a"), seed
        for name in PEERS.boxes:
            assert [one.body for one in shop.nodes[name].disk.shipments] == [b"sold by hand"], seed
        assert [one.body for one in shop.nodes["a"].disk.aside] == [b"sold by the old leader"], seed


@pytest.mark.parametrize("was_alone", [False, True])
def test_an_old_leader_stops_where_the_witness_heard_of_the_promotion(was_alone: bool) -> None:
    """This holds even if the promoted box has ended meanwhile: the old leader sells nothing until that box is back."""
    for seed in range(SEEDS):
        shop = World(seed)
        shop.run(2_000)
        if was_alone:
            shop.cut = _links("b", "a", "w")
            shop.run(4_000)
        shop.kill("w")
        shop.cut = _links("a", "b", "w")
        shop.run(5_500)
        _both_give_the_same_numbers(shop)
        _promote(shop, "b")
        _commits(shop, "b", b"sold by hand")
        shop.start("w")
        shop.run(7_000)
        shop.kill("b")
        shop.run(7_100)
        shop.cut = set()
        shop.run(8_000)
        shop.ask(b"sold by the old leader", "a")
        shop.run(14_000)
        assert not shop.truth.answered and not _leads(shop, "a"), seed
        shop.start("b")
        shop.run(26_000)
        assert _leads(shop, "b") and not _leads(shop, "a"), seed
        assert shop.nodes["a"].disk.shipments[0].body == b"sold by hand", seed
        assert shop.truth.answered == {b"sold by the old leader": 2}, seed
