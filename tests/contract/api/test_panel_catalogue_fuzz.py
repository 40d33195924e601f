"""Whatever the catalogue's addresses receive, they answer with what is wrong, never with a fault of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.goods.catalog.product import FIELDS
from tests.browser.calling import Caller, calling
from tests.browser.serving import serve
from tests.shop_fixture import run

SCALAR = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=8)
KEY = st.sampled_from(["en", "text", "low", "sku", "x"])
JSON = st.recursive(
    SCALAR,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["en", "text", "low", "sku", "x"]), inner)
    ),
    max_leaves=6,
)
FIELD = st.sampled_from([*FIELDS, "sku", "price_minor", "list", "begins", "ends", "parent", "id"])
BODY = st.dictionaries(FIELD, JSON, max_size=4) | JSON
QUERY = st.lists(
    st.tuples(
        st.sampled_from(["category", "brand", "retired", "attribute", "variant_of", "changed_since", "after", "limit"]),
        st.sampled_from(["", "no", "THC:1-2", "THC:-", "a:b", "-1", "9" * 18, "%", "'", "\x00"]) | st.text(max_size=6),
    ),
    max_size=3,
)
SKU = st.sampled_from(["milk", "a/b", "..", "%", "🥛"]) | st.text(min_size=1, max_size=90)
STEP = st.tuples(st.sampled_from(["PUT", "PATCH", "POST", "GET"]), SKU, BODY, QUERY)


async def step(caller: Caller, grant: str, method: str, sku: str, body: Any, query: Any) -> None:
    path = f"/api/v1/products/{quote(sku, safe='')}"
    match method:
        case "GET":
            answers = [
                await caller.get(f"/api/v1/products?{urlencode(query)}", Grant=grant),
                await caller.get(f"{path}/history", Grant=grant),
                await caller.get(f"/manager/products?{urlencode(query)}"),
            ]
        case "POST":
            answers = [await caller.call("POST", f"{path}/prices", body, Grant=grant)]
        case _:
            answers = [
                await caller.call(method, path, body, Grant=grant),
                await caller.call("PUT", f"/api/v1/categories/{quote(sku, safe='')}", body, Grant=grant),
            ]
    assert all(answer.status < 500 for answer in answers), (method, sku, body, query, answers)


@pytest.mark.slow
def test_nothing_that_is_sent_is_a_fault_of_ours(tmp_path: Path) -> None:
    steps: list[Any] = []

    @settings(max_examples=60, deadline=None)
    @given(st.lists(STEP, max_size=6))
    def collect(some: list[Any]) -> None:
        steps.extend(some)

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            for one in steps:
                await step(caller, served.site.door.token, *one)

    collect()
    run(scenario(), 120)
