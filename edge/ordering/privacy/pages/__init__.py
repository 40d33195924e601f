"""`/privacy`, for everyone: stored data with its purpose. And the manager's page of incidents, with notifications."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from edge.core.endpoints import ANYBODY, Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.lib.i18n import LANGUAGES, translate
from edge.ordering.customer_accounts.settings import CustomerAccountsSection
from edge.ordering.privacy.breach_law import duty
from edge.ordering.privacy.retention import kinds_now
from edge.ordering.privacy.settings import PrivacySection
from edge.ordering.recognition.pages.hearing import are_customer_faces_open, are_faces_open, is_open_here
from edge.people.customers.consents import newest_wordings
from edge.people.customers.customer import ASKED_FOR
from edge.people.customers.kept_days import read_kept_days
from edge.people.customers.privacy_requests import read_breaches, read_requests
from edge.runtime.config import CONFIG
from edge.web.context import SITE
from edge.web.pages.shell import page
from edge.web.pairing import OpenTo
from edge.web.responses import texts_of

PATH = "/privacy"
SHOWN = 20


async def privacy(request: web.Request) -> web.Response:
    """`GET /privacy`: the responsible person, each purpose in its wording, each kind of data with its retention, and
    processors."""
    site, language = request.app[SITE], texts_of(request).language
    config = site.services.of(CONFIG)
    section, newest = config.of(PrivacySection), newest_wordings(site.shop.reader)
    kept = read_kept_days(site.shop.registry, site.shop.reader)
    return page(
        request,
        "privacy",
        officer=section.officer,
        contact=section.contact,
        purposes={purpose: newest[purpose].text(language) for purpose in ASKED_FOR},
        kinds=kinds_now(kept),
        untouched_days=kept.untouched_days,
        processors=_processors(config),
        biometrics=_biometrics(request),
        accounts=config.of(CustomerAccountsSection).on,
    )


def _biometrics(request: web.Request) -> tuple[str, ...]:
    """Biometrics in use for customers and staff: keys of the page's texts."""
    voices, faces, customers = is_open_here(request), are_faces_open(request), are_customer_faces_open(request)
    if not (voices or faces or customers):
        return ("off",)
    staff = "both" if voices and faces else "face" if faces else "voice" if voices else ""
    return ("customer" if customers else "no_customer", *((staff,) if staff else ()))


def _processors(config: Any) -> list[str]:
    """Processors in the configuration that receive personal data, as keys of `words`."""
    found = {
        "head_office": config.has_head_office,
        "email": config.notify.email is not None,
        "sms": config.notify.sms is not None,
        "whatsapp": getattr(config.notify, "whatsapp", None) is not None,
    }
    return [name for name, there in found.items() if there]


async def incidents(request: web.Request) -> web.Response:
    """`GET /manager/privacy`: legal requests with their deadlines; incidents, notifications due, and letters."""
    site = request.app[SITE]
    place, now_us = site.settings.place, site.shop.now_us()
    shop, section = site.config.store.name(site.settings.header), site.services.of(CONFIG).of(PrivacySection)

    def read(db: Connection) -> dict[str, Any]:
        told = []
        for one in read_breaches(db, SHOWN):
            owed = duty(place, one.people, one.harm)
            due_us = owed.due_us(one.noted_us)
            told.append({"breach": one, "duty": owed, "due_us": due_us, "late": not one.told and due_us < now_us})
        waiting = [one for one in read_requests(db, SHOWN) if one.answered_us is None]
        return {"incidents": told, "requests": waiting}

    found = await site.asker.read(read)
    named = {"shop": shop, "officer": section.officer or "…", "contact": section.contact or "…"}
    letters = {
        language: {kind: translate(language, f"privacy.letter_{kind}", **named) for kind in ("people", "authority")}
        for language in LANGUAGES
    }
    return page(request, "incidents", letters=letters, now_us=now_us, **found)


PAGES = (
    Page(path=PATH, name="privacy", handler=privacy, right=ANYBODY, group="people"),
    Page(path="/manager/privacy", name="incidents", handler=incidents, right=MANAGE, group="people", under="customers"),
)
ENDPOINTS = ()
OPEN_TO = (OpenTo(pages=frozenset({PATH})),)
