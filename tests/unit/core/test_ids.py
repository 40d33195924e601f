"""Ids are UUIDs as RFC 9562 lays them out; those of children can't be a client's."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core import ids

TIMES = st.integers(0, (2**48 - 1) * 1000)
RANDOM = st.binary(min_size=10, max_size=10)


def test_the_example_of_the_standard() -> None:
    """RFC 9562, A.6: 017F22E2-79B0-7CC3-98C4-DC0C0C07398F at 2022-02-22 14:22:22.000-05:00."""
    random = bytes.fromhex("0cc318c4dc0c0c07398f")
    made = ids.command_id(1_645_557_742_000_000, random)
    assert ids.show(made) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(TIMES, RANDOM)
def test_layout(at_us: int, random: bytes) -> None:
    uuid = UUID(bytes=ids.command_id(at_us, random))
    assert (uuid.version, uuid.variant) == (7, "specified in RFC 4122")
    assert uuid.int >> 80 == at_us // 1000


@given(st.lists(TIMES, min_size=2, max_size=20), RANDOM)
def test_ids_sort_by_their_time(times: list[int], random: bytes) -> None:
    made = sorted(ids.command_id(at_us, random) for at_us in times)
    assert [int.from_bytes(id[:6]) for id in made] == sorted(at_us // 1000 for at_us in times)


@given(TIMES, RANDOM)
def test_children_are_the_same_at_every_repeat_and_never_a_clients(at_us: int, random: bytes) -> None:
    parent = ids.command_id(at_us, random)
    children = [ids.child_id(parent, index) for index in range(5)]
    assert children == [ids.child_id(parent, index) for index in range(5)]
    assert len({*children, parent}) == 6
    assert all(child[:6] == parent[:6] for child in children)
    for child in children:
        with pytest.raises(ValueError, match=r"UUID of version 8\. Send version 7"):
            ids.parse(ids.show(child))


@given(TIMES, RANDOM)
def test_a_shown_id_is_read_back(at_us: int, random: bytes) -> None:
    made = ids.command_id(at_us, random)
    assert ids.parse(ids.show(made)) == made


@pytest.mark.parametrize("text", ["", "17", "x" * 5000, "017f22e2-79b0-1cc3-98c4-dc0c0c07398f", "0" * 32])
def test_what_is_no_id_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="UUID") as caught:
        ids.parse(text)
    assert len(str(caught.value)) < 200
