"""Face recognition in a customer's account, `/me`: consent, three pictures, withdrawal."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, Endpoint
from edge.core.messages import Refusal, Refused
from edge.core.storage.database import Connection
from edge.ordering.customer_accounts.pages.browser_session import session_here
from edge.ordering.recognition.biometric_law import MOST_DAYS, UNUSED_DAYS
from edge.ordering.recognition.commands import EnrolCustomerFace
from edge.ordering.recognition.handlers import may_be_known
from edge.ordering.recognition.means import CUSTOMER_FACE
from edge.ordering.recognition.pages.hearing import are_customer_faces_open, recognition_settings, threshold_trials
from edge.ordering.recognition.pages.person_hint import refusing
from edge.ordering.recognition.pages.seeing import CUSTOMER_FACES, PICTURE, face_enrolled
from edge.ordering.recognition.queries import Release, read_release, wording_now
from edge.ordering.recognition.voice_desk import UTTERANCES
from edge.web.context import SITE
from edge.web.responses import answer_outcome, texts_of


class FaceCard(msgspec.Struct, frozen=True):
    """The section on face recognition in an account.

    `release` None: the customer hasn't consented. `may_enrol`: they signed the current text. `text`: the shop's own
    consent text; "": the standard one.
    """

    release: Release | None
    may_enrol: bool
    is_open: bool
    text: str
    shop: str
    officer: str
    contact: str
    unused_days: int = UNUSED_DAYS
    most_days: int = MOST_DAYS
    needed: int = UTTERANCES


async def card_of(request: web.Request, customer: str) -> FaceCard | None:
    """A customer's section; None if the shop has no face recognition and the customer hasn't consented to it."""
    site, is_open = request.app[SITE], are_customer_faces_open(request)
    header, settings, language = site.settings.header, recognition_settings(request), texts_of(request).language
    at_us = site.shop.now_us()

    def read(db: Connection) -> FaceCard | None:
        release = read_release(db, customer, CUSTOMER_FACE)
        if release is None and not is_open:
            return None
        may_enrol = is_open and may_be_known(db, customer, CUSTOMER_FACE, at_us)
        text, shop = wording_now(db, CUSTOMER_FACE)[1].get(language, ""), header[0] if header else ""
        return FaceCard(release, may_enrol, is_open, text, shop, settings.officer, settings.contact)

    return await site.asker.read(read)


@refusing
async def picture(request: web.Request) -> web.Response:
    """`POST /me/face/picture`: one of three pictures (JPEG or PNG, 1 MiB), which aren't stored."""
    site, session = request.app[SITE], session_here(request)
    if session is None:
        return answer_outcome(Refused("account_signed_out"), texts_of(request), {"account_signed_out": 401})
    customer, at_us = session.customer, site.shop.now_us()
    trials = await threshold_trials(request, CUSTOMER_FACE)
    if not await site.asker.read(lambda db: may_be_known(db, customer, CUSTOMER_FACE, at_us)):  # not processed yet
        raise Refusal("face_not_released")
    desk = site.services.of(CUSTOMER_FACES)
    return await face_enrolled(request, desk, customer, trials, EnrolCustomerFace, CUSTOMER_FACE)


ENDPOINTS = (Endpoint(method="POST", path="/me/face/picture", handler=picture, right=ANYBODY, body=PICTURE),)
