"""A few of the random histories of `tests/stock_histories.py`, which runs thousands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scheduling import one_by_day
from tests.shop_fixture import run
from tests.stock_histories import LIMIT_S, history


@pytest.mark.timeout(LIMIT_S + 60)
@pytest.mark.parametrize("seed", one_by_day(range(6)))
def test_after_any_history_the_rows_are_what_the_journal_says(tmp_path: Path, seed: int) -> None:
    run(history(tmp_path, seed), LIMIT_S)
