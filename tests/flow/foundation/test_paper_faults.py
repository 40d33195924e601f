"""`bench paper` in small: jobs through random faults of the printer; none is lost, none doubled."""

from pathlib import Path

import pytest

from tests.bench.paper import faults_run
from tests.shop_fixture import run

pytestmark = pytest.mark.slow

JOBS = 300
SEED = 11


def test_none_is_lost_and_none_doubled_whatever_befalls_the_printer(tmp_path: Path) -> None:
    states, faults, wrong = run(faults_run(tmp_path, JOBS, SEED), 120)
    assert wrong == []
    assert sum(states.values()) == JOBS
    assert states["printed"] > JOBS * 0.8
    assert sum(faults.values()) > 10
