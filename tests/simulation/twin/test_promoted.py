"""A person lets one box lead, and the old leader is not as much off as they said."""

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
    """It was one of a pair as it was cut off, or stood still, and the witness was off, too. It hears the promoted box
    before the witness: with that one alone it would be the only heir, which is a manager's to sort out."""
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
    """What that one sold is put aside for a manager: it is never the promoted box that gives way."""
    shop = World(1)
    shop.run(1_000)
    shop.cut = _links("b", "a", "w")
    shop.run(4_000)
    for number in range(4):
        shop.ask(b"sold alone %d" % number, "a")
    shop.run(5_000)
    assert len(shop.truth.answered) == 4
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
