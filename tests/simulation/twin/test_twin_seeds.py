"""Two boxes and a witness. Whatever fails, no answered command is lost or duplicated, and nothing is sent twice."""

from __future__ import annotations

import statistics

import pytest

import twin.box
import twin.leadership
from edge.backoffice.twin.copy import promises
from tests.simulation.twin import seed, world
from tests.simulation.twin.planted import PLANTED
from tests.simulation.twin.seed import run_seed
from tests.simulation.twin.world import PEERS, World
from twin.messages import Voted
from twin.records import GONE_MS, WITNESS_TIMEOUT_MS, Heirs, Peers

SEEDS = 10_000
PARTS = 40


@pytest.mark.parametrize("part", (0, *(pytest.param(part, marks=pytest.mark.nightly) for part in range(1, PARTS))))
def test_seeds_hold(part: int) -> None:
    broken = {seed: said for seed in range(part, SEEDS, PARTS) if (said := run_seed(seed)[0])}
    assert not broken


def test_with_three_witnesses_one_may_be_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other two witnesses and the follower are a majority of five: the follower leads without a person's help."""
    five = Peers(("a", "b", "w", "w2", "w3"), ("a", "b"))
    for module in (world, seed):
        monkeypatch.setattr(module, "PEERS", five)
    shop = World(1)
    shop.run(1_000)
    shop.kill("w2")
    shop.run(1_000 + 2 * WITNESS_TIMEOUT_MS)
    leads = shop.nodes["a"].box
    assert leads is not None and leads.leadership is not None
    assert leads.leadership.heirs.proposed_heirs.boxes == ("a", "b")
    shop.kill("a")
    shop.ask(b"sold on", "b")
    shop.run(shop.now + 4_000)
    assert shop.truth.answered == {b"sold on": 1}
    assert not {number: said for number in range(40) if (said := run_seed(number)[0])}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, planted, within = PLANTED[name]
    for module in (twin.box, twin.leadership, world):
        if hasattr(module, kind.__name__):
            monkeypatch.setattr(module, kind.__name__, planted)
    assert any(run_seed(seed)[0] for seed in range(within))


def test_a_seed_is_the_same_run_every_time() -> None:
    assert run_seed(3) == run_seed(3)
    assert run_seed(3)[1] != run_seed(4)[1]


def _away_ms(seed: int, ends: str) -> float:
    """Return the milliseconds from the leader's end until the next answer, while commands keep arriving."""
    shop = World(seed)
    shop.run(3_000 + seed % 250)
    began = shop.now
    if ends == "kill":
        shop.kill("a")
    else:
        leader = shop.nodes["a"].box
        assert leader is not None and leader.leadership is not None
        leader.leadership.hand_over()
    while not shop.truth.answered and shop.now < began + 10_000:
        shop.ask(f"command {shop.now}".encode(), "b")
        shop.run(shop.now + 20)
    return shop.now - began


@pytest.mark.parametrize(("ends", "p95_ms"), [("kill", 1_500), ("hand over", 500)])
def test_the_other_box_answers_soon(ends: str, p95_ms: int) -> None:
    """Times are of the machines' own clocks. Disk and network add to them."""
    away = [_away_ms(seed, ends) for seed in range(100)]
    assert statistics.quantiles(away, n=20)[-1] <= p95_ms


def test_a_leader_need_not_wait_for_a_box_whose_process_ended() -> None:
    """That box's kernel reports the end. After a cut cable there is no report, so the leader would wait."""
    shop = World(1)
    shop.run(2_000)
    shop.kill("b")
    shop.ask(b"alone", "a")
    shop.run(2_000 + GONE_MS / 2)
    assert shop.truth.answered == {b"alone": 1}


def test_one_box_goes_on_alone_when_the_other_and_then_the_witness_end() -> None:
    shop = World(1)
    for at, ended in ((1_000, "b"), (4_000, "w")):
        shop.run(at)
        shop.kill(ended)
    shop.run(6_000)
    shop.ask(b"alone", "a")
    shop.kill("a")
    shop.run(6_100)
    shop.start("a")
    shop.run(8_000)
    assert shop.truth.answered == {b"alone": 1}, "also over a restart"


def test_a_pair_that_lost_the_witness_and_each_other_lets_nothing_out() -> None:
    shop = World(1)
    shop.run(1_000)
    shop.kill("b")
    shop.kill("w")
    shop.ask(b"held", "a")
    shop.run(9_000)
    assert shop.truth.answered == {} and shop.truth.let_out == {}
    shop.start("b")
    shop.run(12_000)
    assert shop.truth.answered == {b"held": 1}, "it was waited for, and is done once"


def test_no_one_is_an_heir_by_a_witness_that_was_never_heard() -> None:
    """Until the witness is admitted and answers, pages say that the other box only leads if a person promotes it."""
    shop = World(1)
    for name in PEERS.voters:
        shop.kill(name)
    first = promises.of_the_first("a")
    for name, stored in (("a", first), ("b", promises.joining_promises(first))):
        shop.nodes[name].disk.stored = stored
        shop.start(name)
    leads = shop.nodes["a"].box
    assert leads is not None and leads.leadership is not None
    heirs = set()
    for at in range(0, 9_000, 50):
        shop.run(at)
        heirs |= {leads.leadership.heirs.proposed_heirs.boxes}
    assert heirs == {("a",)}
    shop.start("w")
    shop.run(14_000)
    assert leads.leadership.heirs.proposed_heirs.boxes == ("a", "b")


def test_who_remembers_nothing_takes_a_late_answer_for_no_memory() -> None:
    """Otherwise it would have a file after a restart, and vote again in terms in which it has already voted."""
    shop = World(1)
    shop.run(1_000)
    shop.kill("a")
    node = shop.nodes["a"]
    node.disk.stored = None
    shop.start("a")
    assert node.box is not None
    shop.do(node, node.box.receive("b", Voted(7, False, True, 7, Heirs(7, 1, PEERS.boxes)), shop.clock(node)))
    assert node.disk.stored is None


def test_what_was_never_let_out_is_put_aside() -> None:
    shop = World(1)
    shop.run(1_000)
    shop.cut = {("a", "b"), ("b", "a"), ("a", "w"), ("w", "a")}
    shop.ask(b"cut off", "a")
    shop.run(1_500)
    assert shop.nodes["a"].disk.position_of(b"cut off") == 1
    shop.kill("a")
    shop.cut = set()
    shop.ask(b"elsewhere", "b")
    shop.run(6_000)
    shop.start("a")
    shop.run(10_000)
    assert shop.truth.answered[b"elsewhere"] in (1, 2) and len(shop.truth.let_out) == len(shop.truth.answered)
    assert shop.nodes["a"].disk.image() == shop.nodes["b"].disk.image()


def test_a_box_that_is_not_fit_follows_and_never_leads() -> None:
    """For example, its software is older than the leader's."""
    shop = World(1)
    shop.run(1_000)
    box = shop.nodes["b"].box
    assert box is not None
    shop.nodes["a"].version = 2
    shop.run(2_000)
    shop.ask(b"followed", "a")
    shop.run(3_000)
    assert shop.nodes["b"].disk.position_of(b"followed"), "it has all"
    shop.kill("a")
    shop.run(9_000)
    assert shop.nodes["b"].box is box and box.leadership is None
    shop.nodes["b"].version = 2  # it was upgraded
    shop.start("a")
    shop.run(12_000)
    shop.kill("a")
    shop.run(15_000)
    assert box.leadership is not None
