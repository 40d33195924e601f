"""A receipt whose box pauses between the receipt's mark and its first byte."""

from __future__ import annotations

from tests.simulation.twin.world import World

SEEDS, RARELY = 20, 1e-9


def test_a_box_that_stood_still_behind_the_mark_prints_nothing_late() -> None:
    """The other box leads by then. A cashier is asked about the receipt, and prints it there."""
    for seed in range(SEEDS):
        shop = World(seed)
        shop.run(2_000)
        shop.printer.stills = 1.0
        shop.ask(b"command", "a")
        while shop.nodes["a"].frozen_until <= shop.now:
            shop.run(shop.now + 10)
        shop.printer.stills = RARELY
        shop.run(shop.now + 15_000)
        assert b"again command" in shop.truth.answered, seed
        assert shop.printer.has(b"command"), seed
