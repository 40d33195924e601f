"""HTTP API for writing publications: products of all stores, a price file, and the approvers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import msgspec
from aiohttp import web

from sync.hub import product_choice, staff_reads
from sync.hub.api.admission import Door
from sync.hub.api.bodies import body_as, read_body
from sync.hub.api.keys import Key
from sync.hub.api.problems import Problem
from sync.hub.api.reads import BadRequest, text_of
from sync.hub.product_choice import ASKED_MOST, ChosenProduct
from sync.hub.publications import REACHED
from sync.wire import Name

PRODUCTS = "/v1/publications/products"
FILE = "/v1/publications/price-file"
APPROVERS = "/v1/publications/approvers"
FILE_BYTES = 16 * 1024 * 1024
FILE_S = 120.0
"""Time for a file to arrive."""
Skus = Annotated[tuple[Annotated[str, msgspec.Meta(max_length=80)], ...], msgspec.Meta(max_length=ASKED_MOST)]
Short = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00]*$(?!\n)")]


class ChooseProducts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of `POST /v1/publications/products`.

    It selects the products with these SKUs, or, if null, those with `search` in SKU, name or brand, in a `category`
    ("": any). Prices are those in these stores and groups (null in both: all).
    """

    skus: Skus | None = None
    search: Short = ""
    category: Short = ""
    stores: tuple[Name, ...] | None = None
    groups: tuple[Short, ...] | None = None


class FoundProducts(msgspec.Struct, frozen=True):
    """The products found, and whether there are more."""

    rows: tuple[ChosenProduct, ...]
    more: bool


class PriceLine(msgspec.Struct, frozen=True):
    """A line of a file of prices, products or batches: SKU, price and other fields as written ("": not given); or the
    error."""

    line: int
    sku: str
    price: str
    fault: str = ""
    name: str = ""
    category: str = ""
    brand: str = ""
    code: str = ""
    unit: str = ""
    lot: str = ""


ReadPrices = Callable[[bytes, str, str, bool], Sequence[PriceLine]]
"""Reads a file of prices, by its name and the user's language; True: the file may have only product numbers.

Raises `ValueError` with the reason if the file is invalid.
"""


class ProductChoiceApi:
    """See the module. `read_prices`: None if files aren't supported."""

    def __init__(self, door: Door, read_prices: ReadPrices | None) -> None:
        self._door, self._read_prices = door, read_prices

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(PRODUCTS, self._choose)
        app.router.add_post(FILE, self._read_file)
        app.router.add_get(APPROVERS, self._approvers)

    async def _choose(self, request: web.Request) -> web.Response:
        async with self._door.admit(request) as key:
            if not key.may_read():
                raise Problem(403, "Not allowed", "This key may not read products.")
            asked = await body_as(request, ChooseProducts)
            async with self._door.reading(key) as connection:
                stores = await _stores(connection, key, asked)
                if asked.skus is not None:
                    found, more = await product_choice.products(connection, key.tenant, stores, asked.skus), False
                else:
                    words = asked.search, asked.category
                    found, more = await product_choice.search(connection, key.tenant, stores, *words)
            self._door.usage.read(key.tenant, "", key.who, "publications/products")
        return _json(FoundProducts(tuple(found), more))

    async def _read_file(self, request: web.Request) -> web.Response:
        async with self._door.admit(request) as key:
            _require_all_stores(key)
            if self._read_prices is None:
                raise Problem(404, "No files", "Price files aren't set up at this head office.")
            name, language = request.query.get("name", "prices"), request.query.get("language", "")
            text_of("name", name)
            if language and not (len(language) == 2 and language.isascii() and language.isalpha()):
                raise BadRequest("language is two letters, as in en")
            if (numbers := request.query.get("numbers", "false")) not in ("true", "false"):
                raise BadRequest("numbers is true or false")
            body = await read_body(request, FILE_BYTES, f"The file has more than {FILE_BYTES} bytes.", FILE_S)
            try:
                lines = await asyncio.to_thread(self._read_prices, body, name, language, numbers == "true")
            except ValueError as error:
                raise Problem(422, "Not a price file", str(error)) from error
        return _json({"rows": lines})

    async def _approvers(self, request: web.Request) -> web.Response:
        async with self._door.admit(request) as key:
            _require_all_stores(key)
            async with self._door.writing(key) as connection:
                found = await staff_reads.approvers(connection, key.tenant, key.who)
        return _json({"rows": found})


async def _stores(connection: Any, key: Key, asked: ChooseProducts) -> list[str] | None:
    """The requested stores that the key may access; None: all."""
    if asked.stores is None and asked.groups is None:
        return None if key.stores is None else list(key.stores)
    reach = [None if names is None else list(names) for names in (asked.stores, asked.groups)]
    found = [row["store"] for row in await connection.fetch(REACHED, key.tenant, *reach)]
    return [store for store in found if key.reaches(store)]


def _require_all_stores(key: Key) -> None:
    if not key.may_read() or key.stores is not None:
        raise Problem(403, "Not allowed", "Only people who can see all stores can use publications.")


def _json(body: Any) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=msgspec.json.encode(body), content_type="application/json", headers=headers)
