"""The simulator notices planted bugs. If it no longer notices one, it has a gap."""

from __future__ import annotations

import pytest

from tests.simulation import world
from tests.simulation.mutations import MUTATIONS, planted
from tests.simulation.run import main
from tests.simulation.seed import run_seed

pytestmark = pytest.mark.slow

SEEDS = 40
"""Maximum seeds within which each bug must be noticed."""
CALM_S = 3_000.0
"""A shorter calm period, after which unfinished work counts as stuck: twice the longest wait of a sound run."""


@pytest.mark.nightly
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_planted_bug_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "CALM_S", CALM_S)
    mutation = MUTATIONS[name]
    with planted(mutation):
        for seed in range(SEEDS):
            result = run_seed(seed, only=mutation.troubles)
            if result.invariant:
                break
    assert result.invariant, f"{SEEDS} seeds held with it"
    assert not mutation.noticed_by or result.invariant in mutation.noticed_by, result.what


def test_a_failure_says_what_did_not_hold_and_how_to_see_it_again(capsys: pytest.CaptureFixture[str]) -> None:
    with planted(MUTATIONS["money_rounded_on_the_hub"]):
        assert main(["--seed", "0"]) == 1
    said = capsys.readouterr().out
    assert "seed 0: NOT SO: the money agrees" in said
    assert "again: ./run simulate --seed 0 --trace" in said
    assert said.splitlines()[-1] == "0 of 1 seeds held"
