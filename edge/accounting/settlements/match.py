"""Match a batch's lines to our payments and refunds. Pure.

There are four ways, the most certain first. Each skips lines matched before, and none of our records is matched twice:

1. by the provider's reference: with an equal amount, on the nearest day; else the only record with that reference
   within a day, whose amount then differs;
2. by authorisation and amount, if exactly one within a day matches;
3. by amount, day and brand, if there are as many lines as payments of ours;
4. by amount and brand, if exactly one within a day matches, and only that line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from edge.accounting.settlements.batch import BatchLine, JudgedLine, Verdict

DAY_TOLERANCE = 1
"""Maximum difference between a provider's day and ours, in days."""


class LedgerItem(NamedTuple):
    """Our payment (positive), or its refund by number (negative). `references`: those its provider may use; `settled`:
    it was already paid out."""

    payment: str
    refund: int
    amount_minor: int
    day: str
    brand: str
    authorisation: str
    references: tuple[str, ...]
    settled: bool = False


def judge(lines: Sequence[BatchLine], candidates: Sequence[LedgerItem]) -> tuple[JudgedLine, ...]:
    """A batch's lines in order, numbered from 1, with their matches."""
    return _Matching(lines, candidates).judge_lines()


class _Matching:
    """Matches lines and candidates by index. `found` maps lines to ours."""

    def __init__(self, lines: Sequence[BatchLine], candidates: Sequence[LedgerItem]) -> None:
        self._lines, self._ours = lines, candidates
        self._line_days = _ordinals(line.day for line in lines)
        self._our_days = _ordinals(one.day for one in candidates)
        self._found: dict[int, int] = {}
        self._taken = {at for at, one in enumerate(candidates) if one.settled}
        self._by_reference: dict[tuple[bool, str], list[int]] = defaultdict(list)
        for at, one in enumerate(candidates):
            for reference in set(one.references) - {""}:
                self._by_reference[bool(one.refund), reference].append(at)

    def judge_lines(self) -> tuple[JudgedLine, ...]:
        for at in self._unmatched_lines():
            self._take(at, self._match_by_reference(at))
        self._by_authorisation()
        self._by_day()
        self._alone()
        return tuple(self._judgement(at) for at in range(len(self._lines)))

    def _unmatched_lines(self) -> list[int]:
        """Unmatched payments and refunds."""
        kinds = ("payment", "refund")
        return [at for at, line in enumerate(self._lines) if line.kind in kinds and at not in self._found]

    def _free(self) -> list[int]:
        return [at for at in range(len(self._ours)) if at not in self._taken]

    def _take(self, line: int, ours: int | None) -> None:
        if ours is not None:
            self._found[line] = ours
            self._taken.add(ours)

    def _match_by_reference(self, at: int) -> int | None:
        line = self._lines[at]
        if not line.reference:
            return None
        hits = [one for one in self._by_reference[line.kind == "refund", line.reference] if one not in self._taken]
        same = [one for one in hits if self._ours[one].amount_minor == line.amount_minor]
        if same:
            nearest = min(self._apart(at, one) for one in same)
            near = [one for one in same if self._apart(at, one) == nearest]
            return near[0] if len(near) == 1 else None
        return hits[0] if len(hits) == 1 and self._apart(at, hits[0]) <= DAY_TOLERANCE else None

    def _by_authorisation(self) -> None:
        ours: dict[Hashable, list[int]] = defaultdict(list)
        for at in self._free():
            one = self._ours[at]
            ours[one.amount_minor, one.authorisation, self._our_days[at]].append(at)
        for at in self._unmatched_lines():
            line = self._lines[at]
            if line.authorisation:
                key = (line.amount_minor, line.authorisation)
                self._take(at, self._only(at, _around(ours, key, self._line_days[at])))

    def _by_day(self) -> None:
        for branded in (True, False):
            lines: dict[Hashable, list[int]] = defaultdict(list)
            ours: dict[Hashable, list[int]] = defaultdict(list)
            for at in self._unmatched_lines():
                if bool(self._lines[at].brand) == branded:
                    lines[self._sum_key(self._lines[at], self._line_days[at], branded)].append(at)
            for at in self._free():
                ours[self._sum_key(self._ours[at], self._our_days[at], branded)].append(at)
            for key, places in lines.items():
                pairs = tuple(zip(places, ours.get(key, ()), strict=False))
                if len(places) == len(ours.get(key, ())) and all(self._may(*pair) for pair in pairs):
                    for pair in pairs:
                        self._take(*pair)

    def _alone(self) -> None:
        left = self._unmatched_lines()
        lines: dict[Hashable, list[int]] = defaultdict(list)
        ours: dict[Hashable, list[int]] = defaultdict(list)
        for at in left:
            lines[self._lines[at].amount_minor, self._line_days[at]].append(at)
        for at in self._free():
            ours[self._ours[at].amount_minor, self._our_days[at]].append(at)
        for at in left:
            key = (self._lines[at].amount_minor,)
            hit = self._only(at, _around(ours, key, self._line_days[at]))
            if hit is not None:
                others = (one for one in _around(lines, key, self._our_days[hit]) if self._fits(one, hit))
                if len(tuple(islice(others, 2))) == 1:
                    self._take(at, hit)

    def _only(self, at: int, places: Iterable[int]) -> int | None:
        fit = tuple(islice((one for one in places if self._fits(at, one)), 2))
        return fit[0] if len(fit) == 1 else None

    def _fits(self, at: int, ours: int) -> bool:
        near = ours not in self._taken and at not in self._found and self._apart(at, ours) <= DAY_TOLERANCE
        brand = self._lines[at].brand.casefold()
        return near and brand in ("", self._ours[ours].brand.casefold()) and self._may(at, ours)

    def _may(self, at: int, ours: int) -> bool:
        """Whether a line and a candidate have no conflicting authorisations."""
        line, one = self._lines[at], self._ours[ours]
        said = (line.authorisation, one.authorisation)
        return not all(said) or said[0] == said[1]

    def _apart(self, at: int, ours: int) -> int:
        return abs(self._line_days[at] - self._our_days[ours])

    @staticmethod
    def _sum_key(one: BatchLine | LedgerItem, day: int, branded: bool) -> Hashable:
        return one.amount_minor, day, one.brand.casefold() if branded else ""

    def _judgement(self, at: int) -> JudgedLine:
        line = self._lines[at]
        fields = {name: getattr(line, name) for name in BatchLine.__struct_fields__}
        found = self._found.get(at)
        if line.kind == "fee":
            return JudgedLine(**fields, number=at + 1)
        if line.kind == "chargeback":
            return self._charged_back(at, fields)
        if found is not None:
            one = self._ours[found]
            verdict: Verdict = "matched" if one.amount_minor == line.amount_minor else "amount_differs"
            fields |= {"payment": one.payment, "refund": one.refund, "our_minor": one.amount_minor}
            return JudgedLine(**fields, number=at + 1, verdict=verdict)
        before = [self._ours[one] for one in self._by_reference.get((line.kind == "refund", line.reference), ())]
        twice = next((one for one in before if one.settled and one.amount_minor == line.amount_minor), None)
        if twice is None:
            return JudgedLine(**fields, number=at + 1, verdict="missing_here")
        return JudgedLine(**fields, number=at + 1, verdict="amount_differs", payment=twice.payment, refund=twice.refund)

    def _charged_back(self, at: int, fields: Mapping[str, Any]) -> JudgedLine:
        """The match of a chargeback, by reference only, whether the payment was paid out or not."""
        line = self._lines[at]
        hits = self._by_reference.get((False, line.reference), ())
        large = [one for one in hits if self._ours[one].amount_minor >= abs(line.amount_minor)]
        if len(large) != 1:
            return JudgedLine(**fields, number=at + 1, verdict="missing_here")
        one = self._ours[large[0]]
        return JudgedLine(**fields, number=at + 1, payment=one.payment, our_minor=line.amount_minor)


def _around(groups: Mapping[Hashable, list[int]], key: tuple[Hashable, ...], day: int) -> Iterator[int]:
    """Candidates with a key, on a day or an adjacent one."""
    for near in range(day - DAY_TOLERANCE, day + DAY_TOLERANCE + 1):
        yield from groups.get((*key, near), ())


@lru_cache(4096)
def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _ordinals(days: Iterable[str]) -> list[int]:
    """Days as ordinals."""
    return [_ordinal(day) for day in days]
