"""The addresses of promotions, as OpenAPI has them; see `openapi.describe`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edge.panel.api import promotions
from edge.panel.api.catalogue_doc import operation_of
from edge.panel.api.promotions import PromotionPage
from edge.promotions.promotion import Promotion
from edge.promotions.queries import KeptPromotion

TYPES: tuple[type, ...] = (PromotionPage, KeptPromotion, Promotion)
"""What these addresses take and give."""

_TEXT = {"type": "string"}
_ID = {"id": _TEXT}
_PAGE = {"over": {"enum": ["no", "yes"], "default": "no"}, "after": _TEXT}


def bodies(components: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is put: a promotion whose id stands in the path, and whose moments may be said in the store's own time."""
    whole = components["Promotion"]
    moment = {**_TEXT, "description": "ISO 8601; without an offset in the store's own time; empty for none."}
    properties = {**whole["properties"], "begins": moment, "ends": moment}
    required = [field for field in whole["required"] if field != "id"]
    return {"PromotionBody": {**whole, "properties": properties, "required": required}}


def paths(of: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    """Paths and their operations; `of` is each type's schema, by its id."""
    page, kept = of[id(PromotionPage)], of[id(KeptPromotion)]
    put = operation_of(promotions.put_promotion, kept, "manage", _ID, {}, ("422",), "promotions")
    schema = {"$ref": "#/components/schemas/PromotionBody"}
    put["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    known = ("304", "404")
    return {
        "/api/v1/promotions": {
            "get": operation_of(promotions.promotions, page, "sell", {}, _PAGE, ("304",), "promotions")
        },
        "/api/v1/promotions/{id}": {
            "get": operation_of(promotions.promotion, kept, "sell", _ID, {}, known, "promotions"),
            "put": put,
        },
    }
