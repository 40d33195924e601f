"""The table of measures and the dimensions they support. Pure."""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal

import msgspec

from edge.conversation.copilot.meaning.model import AHEAD, DIMENSIONS, NOT, OF_A_PRODUCT, OF_DAYS, Meaning, narrows

Unit = Literal["minor", "count", "thousandths", "permille", "minutes", "none"]
CROSSED_DAYS = 92
"""The longest period, in days, for which `READ_SINGLY` measures are crossed by two dimensions."""
GOODS = ("product", "category", "brand")
READ_SINGLY = frozenset({"sales", "quantity", "receipts", "waste"})
"""Measures read row by row if two dimensions are crossed."""
SHARED = frozenset({"sales", "receipts", "refunds", "voids", "discounts", "tips", "tax", "waste", "purchases"})
"""Measures whose parts add up to a total that a share can be of."""
APART = MappingProxyType(
    {"shrinkage": ("product",), "stockouts": ("product",), "stock_value": ("place",), "cash_expected": ("register",)}
)
"""Measures with a single figure that isn't a sum, and the dimensions they can be grouped by."""
LISTED_BY_CATEGORY = frozenset({"low", "expiring", "cover_days", "stock"})


class Tellable(msgspec.Struct, frozen=True):
    """A measure: its `unit`, its dimensions (`kinds`: the kind of figure behind each, "" for the total), whether it's
    available by day, and which dimensions may be crossed. `tool`: the tool that reads it; `now`: only the current value
    exists."""

    tool: str
    unit: Unit = "minor"
    kinds: dict[str, str] = {}
    by_days: bool = True
    crossed: frozenset[str] = frozenset()
    now: bool = False
    counted: bool = False

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions it can be grouped or filtered by."""
        known = [key for key in self.kinds if key]
        known += [one for one in DIMENSIONS if one in self.crossed]
        if "product" in known:
            known += ["category", "brand"]
        return tuple(dict.fromkeys((*known, *(OF_DAYS if self.by_days else ()))))


_OF_SALES = {"": "all", "place": "place", "product": "product", "register": "register", "person": "person"}


def _tellable_reversals(kind: str) -> Tellable:
    kinds = {"": kind, "place": f"place_{kind}", "hour": f"{kind}_quarter"}
    return Tellable(
        "sales", "minor", kinds | {one: f"{kind}_{one}" for one in ("product", "register", "person")}, counted=True
    )


def _tellable_list(tool: str, narrowed: tuple[str, ...], now: bool = False) -> Tellable:
    """A measure given as a list or for one product: it can be filtered by these dimensions, not grouped."""
    return Tellable(tool, "none", {"": ""}, by_days=False, crossed=frozenset(narrowed), now=now)


_GOODS_AT = ("product", "place")
_PAPERS = frozenset({"product", "category", "register", "person", "hour"})
TABLE = MappingProxyType(
    {
        "sales": Tellable("sales", "minor", _OF_SALES | {"hour": "quarter", "tender": "tender"}, crossed=_PAPERS),
        "quantity": Tellable("sales", "thousandths", {"": "product", "product": "product"}, crossed=_PAPERS),
        "receipts": Tellable(
            "sales", "count", {"": "sales", "place": "place_sales"}, crossed=_PAPERS - {"product", "category"}
        ),
        "average_basket": Tellable("sales", "minor", {"": "sales", "place": "place_sales"}),
        "margin": Tellable("sales", "permille", _OF_SALES | {"hour": "quarter"}),
        "discounts": Tellable(
            "sales", "minor", {"": "day", "promotion": "promotion", "reason": "day", "person": "day"}
        ),
        "refunds": _tellable_reversals("refunds"),
        "voids": _tellable_reversals("voids"),
        "tips": Tellable("sales", "minor", {"": "day", "tender": "day", "person": "day"}),
        "tax": Tellable("sales", "minor", {"": "day", "rate": "day"}),
        "cash_expected": Tellable("shifts", "minor", {"": "", "register": ""}, by_days=False, now=True),
        "cash_difference": Tellable("shifts", "minor", {"": "drawer", "register": "drawer"}, counted=True),
        "waste": Tellable(
            "waste",
            "minor",
            {"": "waste_person", "person": "waste_person", "hour": "waste_quarter", "reason": "waste_cause"}
            | {"place": "waste_place", "product": "waste_product"},
            crossed=frozenset({"product", "category", "reason", "place", "person", "hour"}),
        ),
        "shrinkage": Tellable("key_figures", "minor", {"": ""}, by_days=False, crossed=frozenset(_GOODS_AT)),
        "stock": _tellable_list("query_inventory", _GOODS_AT, now=True),
        "stock_value": Tellable("key_figures", "minor", {"": "", "place": ""}, by_days=False, now=True),
        "cover_days": _tellable_list("cover_days", ("product",)),
        "low": _tellable_list("low_stock", _GOODS_AT, now=True),
        "stockouts": Tellable("key_figures", "thousandths", {"": "", "product": ""}, by_days=False),
        "expiring": _tellable_list("expiring", _GOODS_AT),
        "forecast": _tellable_list("get_forecast", _GOODS_AT),
        "risk": _tellable_list("get_risk", ("product",), now=True),
        "to_order": _tellable_list("to_order", ("supplier", "place"), now=True),
        "deliveries": _tellable_list("deliveries", ("supplier", "place")),
        "purchases": Tellable("purchases", "minor", {"": ""}, crossed=frozenset({"supplier", "product", "place"})),
        "supplier_price": _tellable_list("supplier_prices", ("product", "supplier"), now=True),
        "orders": _tellable_list("lookup_orders", ("status",), now=True),
        "alerts": _tellable_list("alerts", (), now=True),
        "hours": Tellable("worked_hours", "minutes", {"": "", "person": ""}),
        "price": _tellable_list("price", ("product",), now=True),
        "held": _tellable_list("held_prices", (), now=True),
        "movements": _tellable_list("movements", ("product", "person", "place")),
        "work": _tellable_list("work_orders", ("product", "status"), now=True),
        "can_make": _tellable_list("can_make", ("product",), now=True),
        "owed": _tellable_list("receivables", ("customer", "status"), now=True),
        "over_limit": _tellable_list("over_limit", ("customer",), now=True),
        "statement": _tellable_list("account_statement", ("customer",)),
    }
)


class CannotTell(msgspec.Struct, frozen=True):
    """Why a question can't be answered, such as an unsupported dimension, two crossed ones (`crossed`) or too many days
    of these (`long`), a list grouped (`apart`), or a past day of a current-only measure (`now`).
    `wanted`: the dimensions that aren't possible; `by`: the supported ones.
    """

    why: Literal["dimension", "crossed", "long", "now", "compare", "apart", "why", "share", "bounds"]
    wanted: tuple[str, ...] = ()
    by: tuple[str, ...] = ()


def dimensions_of(meaning: Meaning) -> tuple[str, ...]:
    """The dimensions a meaning groups or filters by, without days; categories count as products."""
    wanted = (*meaning.by, *map(narrows, meaning.filters))
    named = ("product" if one in GOODS else one for one in wanted)
    return tuple(dict.fromkeys(one for one in named if one not in OF_DAYS))


def of_each_receipt(meaning: Meaning) -> bool:
    """Whether a question limits the total of each receipt, so that receipts are read one by one."""
    return any(one.each for one in meaning.bounds)


def asks_ahead(meaning: Meaning, today: str) -> bool:
    """Whether the question is about days after `today` (ISO 8601) although the measure is only known afterwards,
    such as refunds."""
    ahead = meaning.measure in AHEAD or TABLE[meaning.measure].now
    return not ahead and meaning.period is not None and meaning.period.first > today


def lacks_product(meaning: Meaning) -> bool:
    """Whether a measure of single products is asked for without naming any product or category it can be listed by."""
    if meaning.measure not in OF_A_PRODUCT or meaning.product:
        return False
    return meaning.measure not in LISTED_BY_CATEGORY or not meaning.filters.get("category")


def cannot_tell(meaning: Meaning) -> CannotTell | None:
    """Why a meaning can't be answered; None if it can."""
    known = TABLE[meaning.measure]
    wanted = tuple(dict.fromkeys((*meaning.by, *meaning.filters)))
    by_goods = (known.unit != "none" and meaning.measure not in APART) or meaning.measure in LISTED_BY_CATEGORY
    lists = known.unit == "none" or meaning.order == "none"
    can = tuple(one for one in known.dimensions if (by_goods or one != "category") and not (lists and one == "brand"))
    missing = tuple(one for one in wanted if not _is_among(one, can, by_goods, known.unit == "none"))
    if missing:
        return CannotTell("dimension", tuple(dict.fromkeys(map(narrows, missing))), can)
    if meaning.order == "latest" and (kept := [one for one in wanted if one != "register"]):
        return CannotTell("dimension", tuple(dict.fromkeys(map(narrows, kept))), ("register",))
    if meaning.order == "none" and (apart := tuple(one for one in meaning.by if one != "product")):
        return CannotTell("dimension", apart, ("product",))
    return (
        _cannot_share(meaning, known)
        or _cannot_bound(meaning, known)
        or _cannot_list(meaning, known)
        or _cannot_hold(meaning, known)
        or _cannot_cross(meaning, known)
    )


def _is_among(dimension: str, can: tuple[str, ...], by_goods: bool, is_list: bool) -> bool:
    """Whether a dimension is supported; lists can exclude products only."""
    if dimension == f"{NOT}product":
        return by_goods and "product" in can
    return narrows(dimension) in can and not (dimension.startswith(NOT) and is_list)


def _cannot_share(meaning: Meaning, known: Tellable) -> CannotTell | None:
    """Why a share of the total can't be given: it needs a sum and exactly one dimension. None if it can be, or isn't
    asked for.
    """
    if meaning.show != "share":
        return None
    sums = meaning.measure in SHARED and meaning.measure not in APART and known.unit in ("minor", "count")
    of_one = set(meaning.by) | set(meaning.filters)
    whole = not (meaning.compare or meaning.order or meaning.bounds or any(one.startswith(NOT) for one in of_one))
    return None if sums and whole and len(of_one) == 1 else CannotTell("share")


def _cannot_bound(meaning: Meaning, known: Tellable) -> CannotTell | None:
    """Return the reason why figures can't be limited by the question's amounts. None if they can, or if it has none."""
    if not meaning.bounds:
        return None
    kinds = {one.each for one in meaning.bounds}
    of_receipts = kinds == {True} and meaning.measure == "receipts" and not meaning.compare
    of_groups = kinds == {False} and bool(meaning.by) and known.unit != "none" and meaning.measure not in APART
    rest = "brand" in meaning.filters and any(one.kind in ("under", "most") for one in meaning.bounds)
    told = of_receipts or (of_groups and not rest and not meaning.compare and meaning.show != "why")
    return None if told and meaning.order not in ("none", "latest") else CannotTell("bounds")


def _cannot_list(meaning: Meaning, known: Tellable) -> CannotTell | None:
    """Why a list or a single figure can't be grouped or ordered as asked; None if it can."""
    apart = APART.get(meaning.measure, () if known.unit == "none" else meaning.by)
    if not set(meaning.by) <= set(apart):
        return CannotTell("apart", meaning.by)
    if known.unit == "none" or meaning.measure in APART:
        if meaning.order in ("most", "least", "none"):
            return CannotTell("apart", ("amount",))
        if meaning.show == "why":
            return CannotTell("why")
    return None


def _cannot_hold(meaning: Meaning, known: Tellable) -> CannotTell | None:
    if meaning.period is not None and (known.now or meaning.order == "latest"):
        return CannotTell("now")
    if meaning.compare and (known.unit == "none" or not known.by_days):
        return CannotTell("compare")
    return None


def _cannot_cross(meaning: Meaning, known: Tellable) -> CannotTell | None:
    dimensions = dimensions_of(meaning)
    alone = dimensions[0] if dimensions else ""
    plain = len(dimensions) < 2 and alone in known.kinds and not of_each_receipt(meaning)
    if not plain and not set(dimensions) <= {*known.crossed}:
        return CannotTell("crossed", dimensions, known.dimensions)
    spans = [span for span in (meaning.period, meaning.compare) if span]
    if not plain and meaning.measure in READ_SINGLY and any(span.days > CROSSED_DAYS for span in spans):
        return CannotTell("long")
    return None
