"""Page of the box's certificate: the one in use and its expiry, how devices trust it, and setting a custom one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from aiohttp import web

from edge.backoffice.office.commands import NoteConfiguration
from edge.core.addresses import is_loopback
from edge.core.endpoints import DONE, NOTHING, Body, Endpoint, Page
from edge.core.messages import Refused
from edge.foundation.access.rights import MANAGE
from edge.lib.errors import EdgeError
from edge.web.actors import actor_of
from edge.web.context import SITE
from edge.web.pages.shell import page
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of
from edge.web.trust import picture, trust_address

if TYPE_CHECKING:  # loaded only if other machines can connect
    from edge.core.tls.certificates import Certificates

CHAIN_CHARS, KEY_CHARS = 65_536, 16_384
_NOTED = "panel.certificate"


class SetCertificate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Use a custom certificate: its chain and its private key, as PEM."""

    chain: Annotated[str, msgspec.Meta(min_length=1, max_length=CHAIN_CHARS)]
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=KEY_CHARS)]


async def show_certificate(request: web.Request) -> web.Response:
    """`GET /manager/certificate`."""
    certificates = request.app[SITE].door.certificates
    if certificates is None:
        return page(request, "certificate", shown=None)
    return page(request, "certificate", **await asyncio.to_thread(_state, request, certificates))


def _state(request: web.Request, certificates: Certificates) -> dict[str, Any]:
    """The page's values for the certificate in use."""
    address = trust_address(request)
    own = certificates.authority is not None
    return {
        "shown": certificates,
        "ends_us": int(certificates.ends.timestamp() * 1_000_000) if certificates.ends else 0,
        "names": sorted(name for name in certificates.names if not is_loopback(name)),
        "address": address if own else "",
        "picture": picture(address) if own else "",
    }


async def renew(request: web.Request) -> web.Response:
    """`POST certificate/renewal`: issue the certificate again now. Devices that trust the box aren't affected."""
    await asyncio.to_thread(_certificates(request).renew)
    return answer_json({})


async def set_custom(request: web.Request) -> web.Response:
    """`PUT certificate`: use a custom certificate, effective at once."""
    body, certificates = await body_of(request, SetCertificate), _certificates(request)
    return await _change(request, partial(certificates.set_custom, body.chain, body.key))


async def remove_custom(request: web.Request) -> web.Response:
    """`DELETE certificate`: delete the custom certificate and use the box's own."""
    return await _change(request, _certificates(request).remove_custom)


async def _change(request: web.Request, work: Callable[[], None]) -> web.Response:
    from edge.core.tls.custom import CustomCertificateError  # only for shops that are reached from outside

    site, texts = request.app[SITE], texts_of(request)
    try:
        await asyncio.to_thread(work)
    except CustomCertificateError as error:
        return answer_outcome(Refused(error.fault), texts)
    except (OSError, EdgeError) as error:
        why = error.what if isinstance(error, EdgeError) else str(error.strerror or error)
        return answer_outcome(Refused("certificate_not_stored", {"why": why}), texts)
    return answer_outcome(await site.shop.do(NoteConfiguration((_NOTED,)), actor_of(request)), texts)


def _certificates(request: web.Request) -> Certificates:
    """The box's certificates. Raises `Problem` 404 if pages can be opened only on this machine."""
    certificates = request.app[SITE].door.certificates
    if certificates is None:
        raise Problem(404, "no_certificate")
    return certificates


_endpoint = partial(
    Endpoint, right=MANAGE, tag="office", programs=False, reauthenticate=True, answer=DONE, statuses=(404, 422)
)
_PATH = "/api/v1/certificate"
ENDPOINTS = (
    _endpoint(method="PUT", path=_PATH, handler=set_custom, name="setCertificate", body=Body(SetCertificate)),
    _endpoint(method="DELETE", path=_PATH, handler=remove_custom, name="removeCertificate"),
    _endpoint(
        method="POST",
        path=f"{_PATH}/renewal",
        handler=renew,
        name="renewCertificate",
        reauthenticate=False,
        answer=NOTHING,
    ),
)
PAGES = (
    Page(
        path="/manager/certificate",
        name="certificate",
        handler=show_certificate,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="certificate.title",
        place=18,
    ),
)
