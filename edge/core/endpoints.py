"""HTTP endpoints, declared once: routing, rights, OpenAPI, rate limits and tests derive from the declaration.

Pure: no HTTP here. A capability declares its endpoints and pages beside their handlers; the web framework serves them.
An endpoint without a right, or an API endpoint without an answer, can't be constructed.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

import msgspec

from edge.core.messages import Actor, Right, Surface

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Group = Literal["today", "counter", "goods", "stock", "orders", "people", "insight", "system"]
"""Sections of the manager's menu, in order."""
Rate = Literal["read", "command", "sign_in", "webhook", "none", "feed", "people"]
"""The rate limit that a caller's requests count towards. Registers' own pages are exempt."""
Handler = Callable[[Any], Awaitable[Any]]
Schema = Mapping[str, Any]
"""A JSON schema (json-schema.org, 2020-12), for types that Python can't express."""

SELL: Right = "sell"
"""Scan, change quantities, void lines, take money, reprint."""
REPORTS: Right = "reports"
CUSTOMER_TOKEN = "edgec_"
"""Prefix of tokens for a customer's programs."""
ANYBODY: Right = "anybody"
"""The right of pages open to everyone. It must be stated, so that no page is made public by omission."""
PAGES: tuple[Surface, ...] = ("cashier", "kiosk", "panel")
"""Surfaces that connect over HTTP."""
API = "/api/"
JSON = "application/json"
_FIELD = re.compile(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}")


class Body(msgspec.Struct, frozen=True):
    """Request body. `without`: fields of `type` that come from the path; `more`: additional fields; `partly`: all
    fields are optional.

    Without a `type`, the body is bytes of `media` (several separated by ", ") up to `limit_bytes` (0: the server's own
    limit).
    """

    type: Any = None
    without: tuple[str, ...] = ()
    more: Mapping[str, Schema] = {}
    partly: bool = False
    media: str = JSON
    limit_bytes: int = 0


class Answer(msgspec.Struct, frozen=True):
    """Response to a request. `under`: the key that wraps it in an object; `status`: on success; `media`: several
    separated by ", "."""

    type: Any = None
    under: str = ""
    schema: Schema = {}
    media: str = JSON
    status: int = 200


DONE = Answer(schema={"$ref": "#/components/schemas/CommandDone"})
"""The answer to every command: its result."""
NOTHING = Answer(schema={"type": "object", "maxProperties": 0})
"""An empty object: success without data."""
RESULT = Answer(schema={"type": "object", "required": ["result"]})
"""The answer to a query, as its description specifies."""
NO_CONTENT = Answer(status=204)
"""Success without a body."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP endpoint: its address, who may call it from which surfaces, its request and its response. `also` is a
    narrower right that also grants access.

    `query` and `path_types` map names to JSON schemas (path fields default to text). `statuses`: further status codes
    besides 200, 400, 401, 403, 429 and 503. The summary is the handler's docstring, after its colon. `programs`:
    whether a program with an API key may call it. `reauthenticate`: a page asks for the PIN again unless it was entered
    recently, and programs may not call it. `alias`: another address for the same endpoint. `at_register`: only for
    users at a register, not for personal devices or a manager's browser. `own`: for a customer's program with a
    customer token, which the handler checks and which opens no other address.
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
        """Whether programs call it, so that it appears in the API description."""
        return self.path.startswith(API)

    @property
    def streams(self) -> bool:
        """Whether its handler reads the body as a stream and checks the right again afterwards."""
        return self.body is not None and self.body.limit_bytes > 0

    @property
    def takes_json(self) -> bool:
        """Whether the body, if any, is JSON: the default unless another media type is declared."""
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
        """The path without field patterns, as OpenAPI writes it."""
        return _FIELD.sub(r"{\1}", self.path)


class HttpAddress(msgspec.Struct, frozen=True):
    """An address below `/api/v1/` that a command or query has in addition to the one made from its name (`http=` of its
    spec, which also declares the right).

    `path`: names in braces are fields, or the fields that `of` maps them to. Other fields of a command come in the body
    (also under `synonyms`), other fields of a query in the query string. `answer`: the response type of a command,
    either its result or the value that `shows(db, command, done, actor)` reads afterwards; None: the standard command
    outcome. A query returns its result (`answer`: the type where that may be None), under the key `under` if given;
    None becomes 404 with `missing`. `status`: on success; `statuses`: further ones. `name` and `tag` appear in the
    description and default to the command or query and its capability.
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
        """Maps each name in the path to its field."""
        return {name: self.of.get(name, name) for name in _FIELD.findall(self.path)}


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A whole page: its address, the name shared by its template, styles and script, and its fragments in the order
    they are pushed.

    `menu`: the key of its title in the manager's menu; `under`: its parent page there; `group` and `place`: its section
    and position. `alias`: another address for it. `at_register`, `rate`: as for `Endpoint`. `past`: its content comes
    from events alone, so it can show an earlier moment. `changed_by`: the projections that it shows; steps through the
    past lead to their events (empty: any).
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
    changed_by: tuple[str, ...] = ()
    rate: Rate | None = None

    @property
    def endpoint(self) -> Endpoint:
        who = {"right": self.right, "also": self.also, "surfaces": self.surfaces, "at_register": self.at_register}
        return Endpoint(method="GET", path=self.path, handler=self.handler, rate=self.rate, **who)  # type: ignore[arg-type]


class Finder(msgspec.Struct, frozen=True, kw_only=True):
    """A source of results for the manager's search, besides page names (`static/seek.js`).

    `title`: the key of its heading; `asks`: an address that returns HTML for the appended search text; `rows`: the
    selector of one result. A result is a link, or has `data-sku` or similar, which is appended to `opens`. `pattern`: a
    JavaScript regular expression that the text must match before it is queried.
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
    """Declare a fragment that a page loads."""
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
    """Declare `GET /api/v1/PATH` with a struct or `Answer` as its response; `more` are further fields of `Endpoint`."""
    said = {"query": dict(query), "answer": answer if isinstance(answer, Answer) else Answer(answer), **more}
    return Endpoint(method="GET", path=f"{API}v1/{path}", handler=handler, right=right, tag=tag, **said)
