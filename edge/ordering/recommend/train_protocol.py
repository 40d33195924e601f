"""What the process that counts pairs is asked, and how it answers: JSON, a line each."""

from __future__ import annotations

import msgspec

from edge.ordering.recommend.commands import FinishRecommendations


class PairsRequest(msgspec.Struct, frozen=True):
    """`private`: categories that are in no pair; `country`, `province`: where the store is."""

    ledger: str
    today: str
    at_us: int
    private: tuple[str, ...] = ()
    country: str = ""
    province: str = ""


class PairsCounted(msgspec.Struct, frozen=True, tag=True):
    """What is to be done with what it came to; its file is written."""

    command: FinishRecommendations


class PairsFailed(msgspec.Struct, frozen=True, tag=True):
    """Why there is no model: a key of section `recommend_failed`."""

    why: str
    values: dict[str, str | int] = {}


PairsAnswer = PairsCounted | PairsFailed
