"""Manager page of runtime settings, texts and the recovery code (`recovery_code_api.py`). Requires a PIN."""

from __future__ import annotations

import typing
from typing import Any

import msgspec
from aiohttp import web

from edge.core.endpoints import Page
from edge.core.endpoints import fragment as piece
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE, SETTINGS
from edge.foundation.settings.control import SettingControl, control_of
from edge.foundation.settings.definitions import settings_by_name
from edge.foundation.settings.pages import recovery_code_api
from edge.foundation.settings.pages.beside import CATEGORY_NAMES, CategoryNames
from edge.foundation.settings.queries import SettingOverride, lines_at, read_settings, read_texts
from edge.foundation.settings.texts import ALWAYS_US, Place
from edge.runtime.backup_state import status
from edge.runtime.config import CONFIG, Config
from edge.web.actors import viewer_of
from edge.web.context import SITE
from edge.web.live.fragments import FACTS, TICK, Fragment, FragmentSource, Values
from edge.web.live.localizer import Localizer
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of


class SettingRow(msgspec.Struct, frozen=True):
    """A setting on the page: effective value, config.toml's value, and its override (None: none).

    `called`: names of the items to pick from.
    """

    name: str
    control: SettingControl
    value: Any
    filed: Any
    said: SettingOverride | None
    called: dict[str, str] = {}

    @property
    def about(self) -> str:
        """The setting's group on the page: the section of config.toml."""
        return self.name.partition(".")[0]


async def settings_page(request: web.Request) -> web.Response:
    """`GET /manager/settings`: the page; its content requires a PIN."""
    return page(request, "settings")


async def fragment(request: web.Request) -> web.Response:
    """`GET /fragments/settings`: settings and texts, to view and change."""
    site = request.app[SITE]

    def read(db: Connection) -> dict[str, Any]:
        entries = rows_of(db, site.services.of(CONFIG), texts_of(request), site.services.of(CATEGORY_NAMES))
        return {"entries": entries, "texts": read_texts(db)}

    found = await site.asker.read(read)
    language = texts_of(request).language
    found |= {"places": typing.get_args(Place), "always_us": ALWAYS_US, "kept": status.load(site.config.folder)}
    found |= {"may_manage": viewer_of(request).may(MANAGE), "past": site.past}
    return html(site.renderer.render("settings_rows.html", language, **found))


def rows_of(db: Connection, config: Config, texts: Localizer, category_names: CategoryNames) -> list[SettingRow]:
    """All settings editable on this page, with current values."""
    said = {word.name: word for word in read_settings(db)}
    categories = {id: texts.name(names) for id, names in category_names(db).items()}
    rows = []
    for name, setting in settings_by_name().items():
        if setting.has_page or setting.by_office:
            continue
        filed, word = config.said_of(name), said.get(name)
        control = control_of(setting)
        called = categories if control.kind == "picked" else {}
        rows.append(SettingRow(name, control, word.value if word else filed, filed, word, called))
    return rows


def notices(views: FragmentSource, register: str) -> Values:
    """The shop's notices for cashiers."""
    now_us = views.shop.now_us()
    return {"lines": lambda language: lines_at(views.shop.reader, "cashier", language, now_us)}


ENDPOINTS = (piece("/fragments/settings", fragment, MANAGE, also=SETTINGS), *recovery_code_api.ENDPOINTS)
PAGES = (
    Page(
        path="/manager/settings",
        name="settings",
        group="system",
        place=10,
        handler=settings_page,
        right=MANAGE,
        also=SETTINGS,
        fragments=("alerts", "clock"),
        menu="settings.title",
        past=True,
        changed_by=("settings",),
    ),
)
FRAGMENTS = (Fragment("notices", notices, follows=(FACTS, TICK)),)
