"""The protocol of the process that trains pairs: one line of JSON each way."""

from __future__ import annotations

import msgspec

from edge.ordering.recommend.commands import FinishRecommendations


class PairsRequest(msgspec.Struct, frozen=True):
    """A request to train pairs.

    `private`: categories excluded from pairs. `country`, `province`: the store's location.
    """

    ledger: str
    today: str
    at_us: int
    private: tuple[str, ...] = ()
    country: str = ""
    province: str = ""


class PairsCounted(msgspec.Struct, frozen=True, tag=True):
    """The command to run with the result. The model's file has been written."""

    command: FinishRecommendations


class PairsFailed(msgspec.Struct, frozen=True, tag=True):
    """Why there is no model: a key of section `recommend_failed`."""

    why: str
    values: dict[str, str | int] = {}


PairsAnswer = PairsCounted | PairsFailed
