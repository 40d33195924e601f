"""A worker that ends is started again; one that only ends is left alone, the longer the more often. Pure."""

from __future__ import annotations

import pytest

from models.limits import ENDS, FAULTS_IN_A_ROW, REST_S
from models.runtime.restart_policy import Recovery


@pytest.fixture
def recovery() -> Recovery:
    return Recovery("toy")


def end(recovery: Recovery, now_s: float = 0.0, loaded: bool = True) -> bool:
    """Whether it rests behind this."""
    return recovery.note_end("crashed", "its process crashed (SIGSEGV)", "", loaded, now_s).resting


def test_an_answer_between_ends_makes_them_count_again(recovery: Recovery) -> None:
    for _ in range(10):
        assert [end(recovery) for _ in range(ENDS - 1)] == [False] * (ENDS - 1)
        recovery.note_answer()
    assert recovery.restarts == 10 * (ENDS - 1)


def test_one_that_is_loaded_again_says_so_once_and_its_ends_count_on_until_it_answers(recovery: Recovery) -> None:
    assert recovery.note_load() is None
    for rests in [False] * (ENDS - 1) + [True]:
        assert end(recovery) is rests
        notice = recovery.note_load()
        assert notice
        assert notice.code == "back"
        assert recovery.note_load() is None


def test_one_that_only_ends_rests_longer_each_time(recovery: Recovery) -> None:
    now_s = 100.0
    for rest_s in (*REST_S, REST_S[-1]):
        assert [end(recovery, now_s) for _ in range(ENDS)] == [False] * (ENDS - 1) + [True]
        assert recovery.left_s(now_s) == rest_s
        assert str(rest_s)[0] in recovery.refusal(now_s).advice
        now_s += rest_s
        assert recovery.left_s(now_s) == 0


def test_one_that_never_loaded_rests_at_once(recovery: Recovery) -> None:
    assert end(recovery, loaded=False)
    assert recovery.refusal(0).code == "crashed"


def test_faults_one_after_another_end_the_worker_and_refusals_do_not(recovery: Recovery) -> None:
    for _ in range(FAULTS_IN_A_ROW - 1):
        assert recovery.note_failure("failed") is None
    assert recovery.note_failure("refused") is None
    for _ in range(FAULTS_IN_A_ROW - 1):
        assert recovery.note_failure("failed") is None
    assert recovery.note_failure("failed") == ("crashed", "it failed on 3 consecutive requests")
    assert recovery.note_failure("memory")
