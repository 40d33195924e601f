"""A completed what-if in words. The exact part and the estimate are both always given, separately."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from edge.analytics.whatif.comparison import Outside, Response, WhatifComparison
from edge.analytics.whatif.stock_scenario import FigureName, StockComparison, StockEstimate
from edge.lib.i18n import name_in, translate
from edge.lib.units.written_money import written_money

AMOUNTS = frozenset({"lost", "stock", "waste"})
"""Figures of stock that are amounts of money; the others are counts."""
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
        # Opening hours change no basket; the notes state what was sold outside them.
        demand = [] if found.scenario.weekly else [say("demand_none")]
        return [say("same", was=money(was.total)), *demand, *_notes(found, money, language)]
    lines = [say("exact", **apart(was.total, would.total), changed=found.changed, papers=found.papers)]
    if was.margin_low != was.margin_high:
        edges = {"was_low": was.margin_low, "was_high": was.margin_high, "low": would.margin_low}
        edges |= {"high": would.margin_high}
        difference = apart(was.margin, would.margin)["difference"]
        lines.append(say("margin_range", difference=difference, **{key: money(one) for key, one in edges.items()}))
    elif was.costed or would.costed:
        lines.append(say("margin", **apart(was.margin, would.margin)))
    if found.scenario.taxes and was.tax != would.tax:
        lines.append(say("tax_part", **apart(was.tax, would.tax)))
    if was.points != would.points:
        lines.append(say("points_part", was=was.points, would=would.points))
    return [*lines, *_demand(found.responses, money, say, language), *_notes(found, money, language)]


def _demand(
    responses: tuple[Response, ...], money: Callable[[int], str], say: Callable[..., str], language: str
) -> Iterator[str]:
    known = [one for one in responses if one.weeks]
    if not responses:
        yield say("demand_untried")
        return
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


def _notes(found: WhatifComparison, money: Callable[[int], str], language: str) -> Iterator[str]:
    """The notes shown below the figures on the page."""
    for key in ("unknown", "later", "unsold"):
        if skus := getattr(found, key):
            yield translate(language, f"whatif.{key}", products=", ".join(skus))
    for key in ("negative", "unsure", "ahead"):
        if number := getattr(found, key):
            yield translate(language, f"whatif.{key}", count=number)
    for key in ("closed", "small"):
        outside: Outside = getattr(found, key)
        if outside.count:
            yield translate(language, f"whatif.{key}", count=outside.count, minor=money(outside.minor))
    if found.scenario.weekly and not found.closed.count:
        yield translate(language, "copilot.whatif_never_closed")
    if found.gaps:
        yield translate(language, "whatif.gaps", count=len(found.gaps)) + "."


def stock_lines(found: StockComparison, currency: str, language: str) -> list[str]:
    """The answer about stock in sentences: each figure with its range, and notes."""

    def say(key: str, **values: object) -> str:
        return translate(language, f"copilot.whatif_{key}", **values)

    def amount(name: FigureName, value: float, plus: bool = False) -> str:
        text = _write_figure(name, value, currency, language)
        return f"+{text}" if plus and round(value) > 0 else text

    lines = [say("stock_exact", count=found.counted)]
    for one in found.figures:
        name = translate(language, f"whatif.stock_{one.name}")
        if one.base is None or one.would is None or one.difference is None:
            lines.append(say("stock_unknown", name=name))
            continue
        values = {"base": one.base, "would": one.would}
        edges = {
            f"{key}{edge}": amount(one.name, getattr(of, of_edge))
            for key, of in values.items()
            for edge, of_edge in (("", "value"), ("_low", "low"), ("_high", "high"))
        }
        apart = one.difference
        edges |= {"difference": amount(one.name, apart.value, True), "low": amount(one.name, apart.low, True)}
        lines.append(say("stock_line", name=name, high=amount(one.name, apart.high, True), **edges))
    lines.append(translate(language, "whatif.stock_range", count=found.weeks))
    for key in ("censored", "inferred", "unordered", "unkept", "uncosted", "shelf_unknown"):
        if number := getattr(found, key):
            lines.append(translate(language, f"whatif.{key}", count=number))
    if found.unknown_suppliers:
        lines.append(translate(language, "whatif.unknown_suppliers", suppliers=", ".join(found.unknown_suppliers)))
    if found.unstocked:
        lines.append(translate(language, "whatif.unstocked", products=", ".join(found.unstocked)))
    return lines


def _write_figure(name: FigureName, value: float, currency: str, language: str) -> str:
    number = round(value)
    return written_money(number, currency, language) if name in AMOUNTS else str(number)


def stock_result(found: StockComparison, currency: str, language: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The figures behind the sentences, formatted for people, with their numbers as `values`."""
    unknown = translate(language, "whatif.not_known")

    def write_range(name: FigureName, one: StockEstimate | None) -> str:
        if one is None:
            return unknown
        value, low, high = (
            _write_figure(name, number, currency, language) for number in (one.value, one.low, one.high)
        )
        return f"{value} ({low} – {high})"

    rows = [
        {
            "figure": translate(language, f"whatif.stock_{one.name}"),
            "happened": unknown if one.happened is None else _write_figure(one.name, one.happened, currency, language),
            "simulated": write_range(one.name, one.base),
            "simulated_with": write_range(one.name, one.would),
            "values": msgspec.to_builtins(one),
        }
        for one in found.figures
    ]
    return {"products": found.counted, "weeks": found.weeks}, rows


def whatif_result(found: WhatifComparison, currency: str, language: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The figures behind the sentences, and the products whose demand was estimated, formatted for people, with their
    numbers as `values`."""
    was, would = found.sums.was, found.sums.would
    figures = {
        "was_minor": was.total,
        "would_minor": would.total,
        "margin_was_minor": was.margin,
        "margin_would_minor": would.margin,
        "changed": found.changed,
        "papers": found.papers,
    }

    def write_estimate(one: Response) -> str:
        low, high = (written_money(minor, currency, language) for minor in (one.low_minor, one.high_minor))
        return f"{low} – {high}" if one.weeks else translate(language, "whatif.not_known")

    rows = [
        {
            "product": name_in(one.names, language) or one.key,
            "was": written_money(one.minor, currency, language),
            "would": write_estimate(one),
            "values": {
                "sku": one.key,
                "weeks": one.weeks,
                "was_minor": one.minor,
                "same_baskets_minor": one.would_minor,
                "low_minor": one.low_minor if one.weeks else None,
                "high_minor": one.high_minor if one.weeks else None,
            },
        }
        for one in found.responses[:ROWS]
    ]
    return figures, rows
