"""A completed what-if in words: always both the exact part and the estimate, kept apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from edge.analytics.whatif.comparison import Response, WhatifComparison
from edge.lib.i18n import name_in, translate
from edge.lib.units.written_money import written_money

SAID = 3
ROWS = 20


def whatif_lines(found: WhatifComparison, currency: str, language: str) -> list[str]:
    """The answer in sentences: the same baskets' total, the estimated change in demand, and notes."""

    def money(minor: int) -> str:
        return written_money(minor, currency, language)

    def say(key: str, **values: object) -> str:
        return translate(language, f"copilot.whatif_{key}", **values)

    def apart(was: int, would: int) -> dict[str, str]:
        sign = "+" if would > was else ""
        return {"was": money(was), "would": money(would), "difference": f"{sign}{money(would - was)}"}

    was, would = found.sums.was, found.sums.would
    if not found.changed:
        return [say("same", was=money(was.total)), say("demand_none"), *_notes(found, language)]
    lines = [say("exact", **apart(was.total, would.total), changed=found.changed, papers=found.papers)]
    if was.margin_low != was.margin_high:
        edges = {"was_low": was.margin_low, "was_high": was.margin_high, "low": would.margin_low}
        edges |= {"high": would.margin_high}
        difference = apart(was.margin, would.margin)["difference"]
        lines.append(say("margin_range", difference=difference, **{key: money(one) for key, one in edges.items()}))
    elif was.costed or would.costed:
        lines.append(say("margin", **apart(was.margin, would.margin)))
    return [*lines, *_demand(found.responses, money, say, language), *_notes(found, language)]


def _demand(
    responses: tuple[Response, ...], money: Callable[[int], str], say: Callable[..., str], language: str
) -> Iterator[str]:
    known = [one for one in responses if one.weeks]
    if not known:
        yield say("demand_unknown")
        return
    told = (
        say(
            "demand_line",
            name=name_in(one.names, language) or one.key,
            low=money(one.low_minor),
            high=money(one.high_minor),
            was=money(one.minor),
        )
        for one in known[:SAID]
    )
    yield say("demand", products="; ".join(told))
    if rest := len(responses) - len(known):
        yield say("demand_rest", n=rest)


def _notes(found: WhatifComparison, language: str) -> Iterator[str]:
    """The notes shown below the figures on the page."""
    for key in ("unknown", "later", "unsold"):
        if skus := getattr(found, key):
            yield translate(language, f"whatif.{key}", products=", ".join(skus))
    for key in ("negative", "unsure"):
        if number := getattr(found, key):
            yield translate(language, f"whatif.{key}", count=number)
    if found.gaps:
        yield translate(language, "whatif.gaps", count=len(found.gaps)) + "."


def whatif_result(found: WhatifComparison) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The figures behind the sentences, and the products whose demand was estimated."""
    was, would = found.sums.was, found.sums.would
    figures = {
        "was_minor": was.total,
        "would_minor": would.total,
        "margin_was_minor": was.margin,
        "margin_would_minor": would.margin,
        "changed": found.changed,
        "papers": found.papers,
    }
    rows = [
        {
            "sku": one.key,
            "weeks": one.weeks,
            "was_minor": one.minor,
            "same_baskets_minor": one.would_minor,
            "low_minor": one.low_minor if one.weeks else None,
            "high_minor": one.high_minor if one.weeks else None,
        }
        for one in found.responses[:ROWS]
    ]
    return figures, rows
