"""What is offered over HTTP, declared once: routing, rights, OpenAPI, rate classes and tests all derive from it.

Pure: no HTTP in here. A capability declares its endpoints and pages beside their handlers; the web framework serves
them. One without a right cannot be made, nor one of the API without an answer.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

import msgspec

from edge.core.messages import Actor, Right, Surface

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Group = Literal["today", "counter", "goods", "stock", "orders", "people", "insight", "system"]
"""The eight places of the manager's pages, in the order of their menu."""
Rate = Literal["read", "command", "sign_in", "webhook", "none", "feed", "people"]
"""Which limit a caller's requests count against; registers' own pages are exempt."""
Handler = Callable[[Any], Awaitable[Any]]
Schema = Mapping[str, Any]
"""A JSON schema (json-schema.org, 2020-12), where a type of Python does not say it."""

SELL: Right = "sell"
"""Scan, change quantities, void lines, take money, reprint."""
REPORTS: Right = "reports"
CUSTOMER_TOKEN = "edgec_"
"""How the token of a customer's program begins."""
ANYBODY: Right = "anybody"
"""The right of what is open to whoever reaches the page: said outright, so that nothing is open by being forgotten."""
PAGES: tuple[Surface, ...] = ("cashier", "kiosk", "panel")
"""The surfaces that come over HTTP."""
API = "/api/"
JSON = "application/json"
_FIELD = re.compile(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}")


class Body(msgspec.Struct, frozen=True):
    """What a request brings. `without`: fields of `type` that stand in the path instead; `more`: fields beside its own;
    `partly`: none has to be there.

    Without a `type`, bytes of that `media` type (several are separated by ", "), at most `limit_bytes` (0: the server's
    own limit).
    """

    type: Any = None
    without: tuple[str, ...] = ()
    more: Mapping[str, Schema] = {}
    partly: bool = False
    media: str = JSON
    limit_bytes: int = 0


class Answer(msgspec.Struct, frozen=True):
    """What a request is answered with; `under`: the name under which it stands in an object; `status`: of success;
    `media`: several are separated by ", "."""

    type: Any = None
    under: str = ""
    schema: Schema = {}
    media: str = JSON
    status: int = 200


DONE = Answer(schema={"$ref": "#/components/schemas/CommandDone"})
"""What a command made, as every command is answered."""
NOTHING = Answer(schema={"type": "object", "maxProperties": 0})
"""It is so, and there is nothing to say: an empty object."""
RESULT = Answer(schema={"type": "object", "required": ["result"]})
"""What a query answers, as its own description says."""
NO_CONTENT = Answer(status=204)
"""The same without a body."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An address, who may ask it from which surfaces, what it takes and what it gives; `also` is a finer right that is
    enough for it.

    `query` and `path_types`: a JSON schema by name (in the path: text, where nothing is said). `statuses`: what it may
    answer beside 200, 400, 401, 403, 429 and 503. What the handler's docstring says behind its colon is the summary.
    `programs`: whether a program with a key may ask it. `reauthenticate`: a page asks for the PIN once more, unless it
    was entered lately, and no program may ask it. `alias`: another address, at which it is the same. `at_register`: it
    is for whoever stands at a register, and for no device of somebody's own nor a manager's browser. `own`: it is for a
    customer's program, with a token of theirs, which its handler reads, and which opens no other address.
    """

    method: Method
    path: str
    handler: Handler
    right: Right
    also: Right = ""
    surfaces: tuple[Surface, ...] = PAGES
    tag: str = "panel"
    name: str = ""
    query: Mapping[str, Schema] = {}
    path_types: Mapping[str, Schema] = {}
    body: Body | None = None
    answer: Answer | None = None
    statuses: tuple[int, ...] = ()
    rate: Rate | None = None
    programs: bool = True
    reauthenticate: bool = False
    alias: str = ""
    at_register: bool = False
    own: bool = False

    def __post_init__(self) -> None:
        if not self.right:
            raise ValueError(f"{self.method} {self.path} has no permission: set one, or ANYBODY")
        if not self.surfaces:
            raise ValueError(f"{self.method} {self.path} has no surface")
        if self.is_api and self.answer is None:
            raise ValueError(f"{self.method} {self.path} has no answer type: set one, DONE or NOTHING")

    def allows(self, actor: Actor) -> bool:
        return actor.may(self.right) or actor.may(self.also)

    @property
    def is_api(self) -> bool:
        """Whether programs ask it, so that it stands in the API's description."""
        return self.path.startswith(API)

    @property
    def streams(self) -> bool:
        """Whether its handler reads the body itself, piece by piece, and looks at the right once more behind it."""
        return self.body is not None and self.body.limit_bytes > 0

    @property
    def takes_json(self) -> bool:
        """Whether a body, where it brings one, is JSON: all are, but those that say which other media they are of."""
        return self.body is None or self.body.media == JSON

    @property
    def id(self) -> str:
        return self.name or self.handler.__name__

    @property
    def rate_class(self) -> Rate:
        return self.rate or ("read" if self.method == "GET" else "command")

    @property
    def path_names(self) -> list[str]:
        return _FIELD.findall(self.path)

    @property
    def plain_path(self) -> str:
        """The path without the patterns of its fields, as OpenAPI writes it."""
        return _FIELD.sub(r"{\1}", self.path)


class HttpAddress(msgspec.Struct, frozen=True):
    """An address below `/api/v1/` at which a command or a query is asked, beside the one by its name (`http=` of its
    spec, which says the right, too).

    `path`: what stands there in braces is the field of that name, or the one that `of` says for it; what else a command
    has stands in the body, by `synonyms` too, and what else a query takes behind the "?". `answer`: the type of what a
    command is answered with, its result or what `shows(db, command, done, actor)` reads where it was done; None: as
    each command is. A query is answered with what it reads (`answer`: where that may be None, what else), `under`
    a name if one is given; None is 404, `missing`.
    `status`: of success; `statuses`: what it may answer besides. `name` and `tag`, in the description: by the command
    or query and its capability, where nothing is said.
    """

    method: Method
    path: str
    of: Mapping[str, str] = {}
    name: str = ""
    tag: str = ""
    synonyms: Mapping[str, str] = {}
    answer: Any = None
    shows: Callable[..., Any] | None = None
    under: str = ""
    missing: str = ""
    status: int = 200
    statuses: tuple[int, ...] = (422,)

    @property
    def fields_of_path(self) -> dict[str, str]:
        """What stands in the path, and the field that it is."""
        return {name: self.of.get(name, name) for name in _FIELD.findall(self.path)}


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A whole page: its address, its template, styles and script (all called `name`), and the fragments it holds,
    in the order in which they are pushed.

    `menu`: the key of its name among the manager's pages, where it is listed; `under`: the page it belongs to there;
    `group`: what it is listed with, and `place`: where among these. `alias`: another address, at which it is the same.
    `at_register`, `rate`: as of an `Endpoint`. `past`: it shows nothing but what facts say, so it can show an earlier
    moment.
    """

    path: str
    name: str
    handler: Handler
    right: Right
    also: Right = ""
    fragments: tuple[str, ...] = ()
    surfaces: tuple[Surface, ...] = PAGES
    menu: str = ""
    under: str = ""
    group: Group = "system"
    place: int = 50
    alias: str = ""
    at_register: bool = False
    past: bool = False
    rate: Rate | None = None

    @property
    def endpoint(self) -> Endpoint:
        who = {"right": self.right, "also": self.also, "surfaces": self.surfaces, "at_register": self.at_register}
        return Endpoint(method="GET", path=self.path, handler=self.handler, rate=self.rate, **who)  # type: ignore[arg-type]


class Finder(msgspec.Struct, frozen=True, kw_only=True):
    """What the search of the manager's head asks beside the pages' names (`static/seek.js`).

    `title`: the key of what it finds; `asks`: an address that what was typed is put behind, whose answer is HTML;
    `rows`: what there is one thing found. It is a link, or says by `data-sku` and the like what is put behind `opens`.
    `pattern`: what must be typed for it to be asked, as JavaScript's regular expressions say it.
    """

    title: str
    asks: str
    rows: str
    right: Right
    opens: str = ""
    pattern: str = "."


def fragment(
    path: str, handler: Handler, right: Right, method: Method = "GET", also: Right = "", reauthenticate: bool = False
) -> Endpoint:
    """A piece of a page, which the page asks for."""
    return Endpoint(method=method, path=path, handler=handler, right=right, also=also, reauthenticate=reauthenticate)


def get(
    path: str,
    handler: Handler,
    answer: type | Answer,
    query: Mapping[str, Schema] = {},
    *,
    right: Right,
    tag: str,
    **more: Any,
) -> Endpoint:
    """`GET /api/v1/PATH`, which answers with a struct or as `answer` says; `more`: further fields of its `Endpoint`."""
    said = {"query": dict(query), "answer": answer if isinstance(answer, Answer) else Answer(answer), **more}
    return Endpoint(method="GET", path=f"{API}v1/{path}", handler=handler, right=right, tag=tag, **said)
