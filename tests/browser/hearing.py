"""What a screen reader is told: Chromium's accessibility tree (Chrome DevTools Protocol, domain Accessibility)."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page


async def heard(page: Page) -> str:
    """What is said of where the focus is: the option that the focused field points to, else its own name."""
    wire = await page.context.new_cdp_session(page)
    try:
        tree = (await wire.send("Accessibility.getFullAXTree"))["nodes"]
    finally:
        await wire.detach()
    focused = [one for one in tree if _properties(one).get("focused", {}).get("value") and _role(one) != "RootWebArea"]
    assert focused, "nothing has the focus"
    pointed = _properties(focused[-1]).get("activedescendant", {}).get("relatedNodes", [])
    if not pointed:
        return _name(focused[-1])
    found = [one for one in tree if one.get("backendDOMNodeId") == pointed[0]["backendDOMNodeId"]]
    assert _role(found[0]) == "option", found
    assert _properties(found[0])["selected"]["value"] is True
    return _name(found[0])


def _properties(node: dict[str, Any]) -> dict[str, Any]:
    return {one["name"]: one["value"] for one in node.get("properties", [])}


def _role(node: dict[str, Any]) -> str:
    return str(node.get("role", {}).get("value", ""))


def _name(node: dict[str, Any]) -> str:
    return str(node.get("name", {}).get("value", ""))


async def announced(page: Page) -> dict[str, str]:
    """What live regions say: how they are announced ("polite" or "assertive"), of each text in them."""
    wire = await page.context.new_cdp_session(page)
    try:
        tree = (await wire.send("Accessibility.getFullAXTree"))["nodes"]
    finally:
        await wire.detach()
    by_id = {one["nodeId"]: one for one in tree}
    found: dict[str, str] = {}
    for one in tree:
        how = _properties(one).get("live", {}).get("value", "off")
        if how != "off" and not one.get("ignored"):
            found[" ".join(_texts(one, by_id))] = how
    return found


def _texts(node: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> list[str]:
    if _role(node) == "StaticText":
        return [_name(node)]
    return [text for id in node.get("childIds", ()) if id in by_id for text in _texts(by_id[id], by_id)]
