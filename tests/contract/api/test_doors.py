"""Every command and query over HTTP, by every kind of caller, from every surface and at every register.

Exactly what is declared is admitted, and nothing causes a fault of ours.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from edge.core.messages import Right
from edge.core.registry import CommandSpec, QuerySpec
from edge.foundation.access.rights import CASHIER, KIOSK, RIGHTS
from edge.web.rate_limit import Rates
from tests.browser.calling import Answer, Caller, calling
from tests.browser.serving import Served, serve
from tests.contract.api.test_panel_endpoints import filled
from tests.contract.api.test_panel_keys import key_of
from tests.contract.api.test_panel_pairing import ALWAYS, cookie_of, pair
from tests.shop_fixture import run
from tests.signing_in import bearer, hire, own_device, program

HTTP = ("cashier", "kiosk", "panel")
REGISTERS = ("", "1", "2")
NO_TEXT = b'{"code": "\xed\xa0\x80"}'
"""A lone surrogate, which isn't valid UTF-8 (RFC 3629, section 3)."""
DOORS = {"right_denied", "surface_denied", "register_denied"}
OTHERWISE = {"surface_not_paired", "register_not_paired", "register_not_of_key"}
"""Codes for callers that claim a surface or register that isn't theirs."""

Spec = CommandSpec | QuerySpec


class Asker(msgspec.Struct, frozen=True):
    """An admitted caller.

    `surfaces`: their surfaces; the first one is used if they name none. `register`: their register; "*": any that they
    name; "": none. `rights`: by surface.
    """

    name: str
    headers: dict[str, str]
    surfaces: tuple[str, ...]
    register: str
    rights: dict[str, frozenset[Right]]

    def stands(self) -> bool:
        return bool(self.register)


@asynccontextmanager
async def everybody(folder: Path) -> AsyncIterator[tuple[Served, Caller, list[Asker]]]:
    """A shop with two tills and all kinds of callers. Local callers aren't admitted automatically."""
    async with serve(folder, ALWAYS) as served, calling(served) as caller:
        served.site.door.rates = Rates(itertools.count(0, 1000).__next__)  # other tests cover rate limits
        await hire(served)
        every = dict.fromkeys(HTTP, RIGHTS)
        at_till = {"cashier": CASHIER, "panel": RIGHTS}
        managing = {"Cookie": await managed(caller)}
        askers = [
            Asker("till 1", await paired(caller, "till", "1", managing), ("cashier", "panel"), "1", at_till),
            Asker("till 2", await paired(caller, "till", "2", managing), ("cashier", "panel"), "2", at_till),
            Asker("kiosk", await paired(caller, "kiosk", "1"), ("kiosk",), "1", {"kiosk": KIOSK}),
            Asker("phone", await paired(caller, "phone", "1"), ("kiosk",), "1", {"kiosk": KIOSK}),
            Asker("manager's browser", await paired(caller, "manager", "", managing), ("panel",), "", every),
            Asker("unlocked by nobody", await paired(caller, "manager", ""), ("panel",), "", {"panel": frozenset()}),
            Asker("own device", {"Cookie": await own_device(caller)}, ("panel",), "", every),
            Asker("a person's program", {**bearer(await program(caller)), "Register": ""}, ("panel",), "", every),
            Asker("key of till 2", await key_of(served, caller, *RIGHTS, register="2"), HTTP, "2", every),
            Asker("key", await key_of(served, caller, *RIGHTS), HTTP, "*", every),
        ]
        yield served, caller, askers


async def paired(caller: Caller, kind: str, register: str, more: dict[str, str] = {}) -> dict[str, str]:  # noqa: B006
    cookies = [await pair(caller, kind, register), *more.values()]
    return {"Cookie": "; ".join(cookies)}


async def managed(caller: Caller) -> str:
    """Return the cookie of a browser in which the manager's PIN was entered."""
    browser = await pair(caller, "manager", "")
    given = await caller.call("POST", "/api/v1/grants", {"pin": "731946"}, Surface="panel", Register="", Cookie=browser)
    assert given.status == 200, given.text
    return cookie_of(given)


async def ask(caller: Caller, spec: Spec, asker: Asker, surface: str, register: str, body: object) -> Answer:
    headers = {**asker.headers, "Surface": surface, "Register": register}
    if isinstance(spec, CommandSpec):
        return await caller.do(spec.name, body, **headers)
    return await caller.get(f"/api/v1/queries/{spec.name}?nobodys=1", **headers)


def at_the_door(spec: Spec, asker: Asker, surface: str, register: str) -> set[str]:
    """Return the codes of which the answer must have one; none if the call is admitted."""
    if not spec.surfaces.over_http:
        return {"command_unknown", "query_unknown"} | OTHERWISE
    stood = surface or asker.surfaces[0]
    if stood not in asker.surfaces or (register and asker.register not in ("", "*", register)):
        return OTHERWISE
    held = asker.rights[stood]
    # a right for one's own data suffices; the body says whose data it is
    own = spec.own if isinstance(spec, CommandSpec) else ""
    if not held & {spec.right, spec.also, own}:
        return {"right_denied"}
    if stood not in spec.surfaces.names:
        return {"surface_denied"}
    return {"register_denied"} if spec.surfaces.register == "own" and not asker.stands() else set()


def seen(spec: Spec, asker: Asker, surface: str, register: str, answer: Answer) -> str:
    """Return a description of a wrong answer; "" if it is right."""
    wanted, code = at_the_door(spec, asker, surface, register), answer.code
    wrong = answer.status >= 500 or (code not in wanted if wanted else code in DOORS | OTHERWISE)
    return f"{asker.name} {surface or '-'} {register or '-'}: {spec.name} {answer.status} {code}" if wrong else ""


def specs(served: Served) -> Iterator[Spec]:
    yield from served.shop.registry.by_name.values()
    yield from served.shop.registry.queries.values()


def test_everybody_asks_what_is_declared_for_where_they_are_and_nothing_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with everybody(tmp_path) as (served, caller, askers):
            wrong = []
            for number, spec in enumerate(specs(served)):
                for turn, asker in enumerate(askers):  # each caller takes turns with their surfaces
                    surface = (*asker.surfaces, "")[(number + turn) % (len(asker.surfaces) + 1)]
                    register = "2" if asker.register == "2" else "1"  # a caller without a register names one anyway
                    answer = await ask(caller, spec, asker, surface, register, {"nobodys": 1})
                    wrong.append(seen(spec, asker, surface, register, answer))
            assert [one for one in wrong if one] == []

    run(scenario(), 240)


@pytest.mark.slow
def test_from_every_surface_at_every_register_with_every_body(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with everybody(tmp_path) as (served, caller, askers):
            wrong = []
            for number, (spec, asker, surface) in enumerate(itertools.product(specs(served), askers, ("", *HTTP))):
                # one register at a time, so that each caller meets all of them on every surface many times
                register = REGISTERS[(number + number // len(HTTP)) % len(REGISTERS)]
                body = NO_TEXT if register == "1" else {"nobodys": 1}
                named = register or ("" if asker.register in ("1", "2") else "1")
                answer = await ask(caller, spec, asker, surface, named, body)
                if body is NO_TEXT and isinstance(spec, CommandSpec):
                    wrong.append(f"{asker.name} {spec.name}" if answer.status >= 500 or answer.status < 400 else "")
                else:
                    wrong.append(seen(spec, asker, surface, named, answer))
            assert [one for one in wrong if one] == []

    run(scenario(), 900)


def test_bytes_that_are_no_text_are_a_wrong_body_everywhere(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            console = {"Grant": served.site.door.token}
            served.access.sessions.find_by_secret = lambda *args, **kinds: None  # type: ignore[method-assign]
            for name in (name for name, spec in served.shop.registry.by_name.items() if spec.over_http):
                answer = await caller.do(name, NO_TEXT, **console)
                assert (answer.status, answer.code) == (400, "body_wrong"), name
            for one in served.site.declared.endpoints:
                if one.method != "GET" and one.takes_json and not one.streams and "{name}" not in one.path:
                    answer = await caller.call(one.method, filled(one.path), NO_TEXT, **console)
                    assert 400 <= answer.status < 500, (one.path, answer.status)

    run(scenario(), 120)
