"""OpenAPI description of operations other than reads."""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from sync import limits as wire_limits
from sync.enrolment import AUTHORITY, TRADE, Enrolment, Trade
from sync.hub.api import forgotten_api
from sync.hub.api.box_codes import OpenCode
from sync.hub.api.closing_api import EXPORT, REMOVAL, AskRemoval
from sync.hub.api.enrolment_api import MAKE as MAKE_BOX
from sync.hub.api.enrolment_api import OPEN as OPEN_CODES
from sync.hub.api.enrolment_api import WITHDRAW as WITHDRAW_CODE
from sync.hub.api.enrolment_api import BoxCode, NewBox
from sync.hub.api.forgotten import PasswordLink
from sync.hub.api.forgotten_api import AskPassword, PasswordSecret, SetPassword
from sync.hub.api.invitation_api import ACCEPT, SEE, WITHDRAW, Accept, Invite, Link
from sync.hub.api.invitations import Invitation, Invited
from sync.hub.api.openapi_parts import NAME, TYPES, act, object_of, problem
from sync.hub.api.privacy_api import PATH as PRIVACY
from sync.hub.api.privacy_api import AskShops, ShopState
from sync.hub.api.product_choice_api import APPROVERS, PRODUCTS, ChooseProducts, FoundProducts, PriceLine
from sync.hub.api.product_choice_api import FILE as PRICE_FILE
from sync.hub.api.publication_api import BACK, TakeStep
from sync.hub.api.publication_api import PATH as PUBLICATION
from sync.hub.api.questions_api import PLACE as QUESTIONS
from sync.hub.api.questions_api import Answered, AnsweredRow, OfficeAnswer, OfficeQuestion
from sync.hub.api.signing_in import MAIL
from sync.hub.api.staff import PASSWORD_CHARS
from sync.hub.api.support_api import ANSWER as SUPPORT_ANSWER
from sync.hub.api.support_api import ASK as SUPPORT
from sync.hub.api.support_api import CASE as SUPPORT_CASE
from sync.hub.api.support_api import WAIT_S, AskBox, Heard
from sync.hub.api.tenant_api import Person, SetRole
from sync.hub.api.text_files_api import PATH as TEXT_FILE
from sync.hub.api.text_files_api import BroughtTexts
from sync.hub.mail_wishes import MailWish
from sync.hub.preview import Preview
from sync.hub.product_choice import ChosenProduct, PriceAt
from sync.hub.publications import STEPS, Publication
from sync.hub.removal import Removal
from sync.hub.tenants import StoreRecord
from sync.hub.text_files import BroughtLine

_TEXTS = {"type": ["array", "null"], "items": TYPES["text"]}
_MEMBERSHIP = object_of(tenant=TYPES["text"], role=TYPES["text"], stores=_TEXTS, groups=_TEXTS)
TOKEN = object_of(
    **{"token": TYPES["text"], "tenant": TYPES["text"], "expires_at": TYPES["time"]},
    memberships={"type": "array", "items": _MEMBERSHIP},
)
"""A person's token, as in responses."""


def people_paths() -> dict[str, Any]:
    """Sign-in and related operations."""
    text = TYPES["text"]
    name, token = NAME, TOKEN
    memberships = TOKEN["properties"]["memberships"]
    may = {"type": "array", "items": text}
    me = object_of(
        **{"person": TYPES["integer"], "tenant": text, "may": may, "role": text},
        **{"factor": TYPES["boolean"], "memberships": memberships},
    )
    email = {"type": "string", "minLength": 3, "maxLength": 254}
    password = {"type": "string", "minLength": 1, "maxLength": PASSWORD_CHARS[1]}
    sign_in = object_of(email=email, password=password) | {"additionalProperties": False}
    sign_in["properties"]["tenant"] = {"anyOf": [name, {"type": "null"}]}
    code = {"type": "string", "maxLength": 60}
    sign_in["properties"]["code"] = code
    proof = object_of(password=password) | {"additionalProperties": False}
    proof["properties"]["code"] = code
    begun = object_of(secret=text, address=text, picture=text)
    codes = object_of(recovery_codes={"type": "array", "items": text})
    switch = object_of(tenant=name) | {"additionalProperties": False}
    return {
        "/v1/sign-in": {"post": act("signIn", "A token of one tenant for somebody of head office.", token, sign_in)},
        "/v1/switch": {"post": act("switchTenant", "A token of another tenant in place of this one.", token, switch)},
        "/v1/sign-out": {"post": act("signOut", "The token opens nothing any more.", object_of())},
        "/v1/factor": {"post": act("beginFactor", "A secret for a phone, until its first code.", begun, proof)},
        "/v1/factor/confirm": {"post": act("confirmFactor", "It counts from now on.", codes, proof)},
        "/v1/factor/drop": {"post": act("dropFactor", "There is no second factor any more.", object_of(), proof)},
        "/v1/me": {"get": act("me", "Whose token this is, and where they may switch to.", me)},
        MAIL: _mail_path(),
    }


def _mail_path() -> dict[str, Any]:
    """Mail preferences."""
    (wish,), schemas = msgspec.json.schema_components((MailWish,), ref_template="#/components/schemas/{name}")
    body = schemas[wish["$ref"].rpartition("/")[2]]
    found = object_of(wish=body, told=TYPES["boolean"], reached=TYPES["boolean"])
    return {
        "get": act("mailWish", "How one is told by mail of licences, limits and publications.", found),
        "put": act("putMailWish", "Set that.", found, body),
    }


def office_paths() -> dict[str, Any]:
    """Operations of owners: stores, and roles of people."""
    (store, role, person, invited), schemas = msgspec.json.schema_components(
        (StoreRecord, SetRole, Person, Invitation), ref_template="#/components/schemas/{name}"
    )
    bodies = [schemas[one["$ref"].rpartition("/")[2]] for one in (store, role, person, invited)]
    shop = {"name": "store", "in": "path", "required": True, "schema": NAME}
    who = {"name": "person", "in": "path", "required": True, "schema": TYPES["integer"]}
    put = act("putStore", "Set a store as a whole.", bodies[0], bodies[0]) | {"parameters": [shop]}
    put["responses"] = {**put["responses"], "201": {**put["responses"]["200"], "description": "It is new."}}
    put["responses"]["409"] = problem("Something was sold there in another currency.")
    refused = {
        "404": problem("No member has this number."),
        "409": problem("Nobody else is owner of all stores."),
    }
    rows, open_ones = ({"type": "array", "items": one} for one in bodies[2:])
    known = object_of(rows=rows, invited=open_ones)
    people = {"get": act("people", "Who belongs to the tenant, and who was invited.", known), "post": _invite()}
    one = {
        "put": act("setRole", "What somebody is, and for which stores.", bodies[1], bodies[1]),
        "delete": act("removePerson", "They belong here no more.", object_of()),
    }
    for way in one.values():
        way["parameters"], way["responses"] = [who], way["responses"] | refused
    return {"/v1/stores/{store}": {"put": put}, "/v1/people": people, "/v1/people/{person}": one}


def _bodies(*types: type) -> list[dict[str, Any]]:
    """The schemas of structs."""
    found, schemas = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    return [schemas[one["$ref"].rpartition("/")[2]] for one in found]


def _invite() -> dict[str, Any]:
    """Invitations."""
    answer = object_of(secret=TYPES["text"], days=TYPES["integer"], mailed=TYPES["boolean"])
    made = act(
        "invite", "Invite somebody: the secret of a link, empty where it is mailed to them.", answer, *_bodies(Invite)
    )
    made["responses"]["201"] = {**made["responses"].pop("200"), "description": "They may come."}
    made["responses"]["409"] = problem("They belong there already.")
    return made


def enrolment_paths() -> dict[str, Any]:
    """Enrolment of a box: an owner creates a code, which the box trades for its credentials."""
    wanted, code, trade, enrolment = _bodies(NewBox, BoxCode, Trade, Enrolment)
    shop = {"name": "store", "in": "path", "required": True, "schema": NAME}
    make = act("addBox", "Let a box be enrolled, by a code that is taken once.", code, wanted) | {"parameters": [shop]}
    take = act("enrolBox", "What the box needs to speak to the broker as itself.", enrolment, trade) | {"security": []}
    for way in (make, take):
        way["responses"]["201"] = {**way["responses"].pop("200"), "description": "It is shown this once."}
        way["responses"]["409"] = problem("Boxes are enrolled by the command there, or the code is for another box.")
    make["responses"]["404"] = problem("There is no such store, or it is closed.")
    take["responses"]["404"] = problem("The code is wrong, used or too old.")
    pem = {"content": {"application/x-pem-file": {"schema": TYPES["text"]}}, "description": "As PEM."}
    see = act("authority", "By whom head office vouches for itself.", object_of()) | {"security": []}
    see["responses"] |= {"200": pem, "404": problem("Its certificate is one that machines trust.")}
    (code,) = _bodies(OpenCode)
    codes = act("openCodes", "Codes that boxes may still bring.", object_of(rows={"type": "array", "items": code}))
    box = {"name": "device", "in": "path", "required": True, "schema": NAME}
    gone = act("withdrawCode", "Nobody may bring this box's code any more.", object_of()) | {"parameters": [shop, box]}
    gone["responses"]["404"] = problem("There is no open code for this box.")
    return {
        **{MAKE_BOX: {"post": make}, OPEN_CODES: {"get": codes}, WITHDRAW_CODE: {"delete": gone}},
        **{TRADE: {"post": take}, AUTHORITY: {"get": see}},
    }


def invitation_paths() -> dict[str, Any]:
    """Accepting and withdrawing invitations."""
    link, accept, seen = _bodies(Link, Accept, Invited)
    number = {"name": "invitation", "in": "path", "required": True, "schema": TYPES["integer"]}
    gone = act("withdrawInvitation", "The link opens nothing any more.", object_of())
    gone["responses"] |= {"404": problem("No open invitation has this number.")}
    see = act("seeInvitation", "What a link is for.", seen, link)
    come = act("acceptInvitation", "Come in by a link: a token of its tenant.", TOKEN, accept)
    for one in (see, come):
        one["security"] = []
        one["responses"] |= {"404": problem("The link was used, withdrawn or is too old.")}
    return {WITHDRAW: {"delete": gone | {"parameters": [number]}}, SEE: {"post": see}, ACCEPT: {"post": come}}


def password_paths() -> dict[str, Any]:
    """Password resets."""
    ask, secret, wish, seen = _bodies(AskPassword, PasswordSecret, SetPassword, PasswordLink)
    asked = act("askPassword", "Have a link mailed, if anybody signs in so.", object_of(mailed=TYPES["boolean"]), ask)
    see = act("seePasswordLink", "Whose password a link sets.", seen, secret)
    put = act("setPassword", "Set it: sessions and links end, the second factor stays.", object_of(), wish)
    for one in (see, put):
        one["responses"] |= {"404": problem("The link was used or is too old.")}
    for one in (asked, see, put):
        one["security"] = []
    who = {"name": "person", "in": "path", "required": True, "schema": TYPES["integer"]}
    answer = object_of(secret=TYPES["text"], minutes=TYPES["integer"])
    made = act("makePasswordLink", "The secret of a link by which somebody else sets another password.", answer)
    made["responses"]["201"] = {**made["responses"].pop("200"), "description": "Give them the link."}
    made["responses"] |= {
        "404": problem("No member has this number."),
        "409": problem("It is oneself, or they belong to other tenants as well."),
    }
    return {
        forgotten_api.ASK: {"post": asked},
        forgotten_api.SEE: {"post": see},
        forgotten_api.SET: {"post": put},
        forgotten_api.MAKE: {"post": made | {"parameters": [who]}},
    }


def text_file_paths() -> dict[str, Any]:
    """Export and import of all shops' texts for translators."""
    (brought,) = _bodies(BroughtTexts)
    (line,) = _bodies(BroughtLine)
    brought["properties"]["left"]["items"] = line
    file = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    wanted = [{"name": name, "in": "query", "required": True, "schema": NAME} for name in ("from", "into")]
    wanted += [{"name": name, "in": "query", "schema": NAME} for name in ("store", "group")]
    send = act("textFile", "What things are called, as a file: xliff, xliff2, po or csv; `show=missing`.", object_of())
    send["parameters"] = [*wanted, *({"name": name, "in": "query", "schema": NAME} for name in ("format", "show"))]
    send["responses"]["200"] = {"description": "The file.", "content": file}
    bring = act("bringTextFile", "Such a file back: each store is asked to look at its lines.", brought)
    bring |= {"parameters": wanted, "requestBody": {"required": True, "content": file}}
    bring["responses"]["422"] = problem("It cannot be read, or is of other languages.")
    return {TEXT_FILE: {"get": send, "post": bring}}


def closing_paths() -> dict[str, Any]:
    """Export of a tenant's data, and the request for its removal."""
    (body, asked), schemas = msgspec.json.schema_components(
        (AskRemoval, Removal), ref_template="#/components/schemas/{name}"
    )
    body, asked = (schemas[one["$ref"].rpartition("/")[2]] for one in (body, asked))
    late = {"409": problem("The tenant does not close, nobody asked, or it is one's own.")}
    ask = act("askRemoval", "Ask that the tenant is removed.", asked, body)
    approve = act("approveRemoval", "Say yes to somebody else's asking.", asked)
    withdraw = act("withdrawRemoval", "It is not asked for any more.", object_of())
    for one in (ask, approve):
        one["responses"] |= late
    export = act("exportTenant", "All data of the tenant, as one file: lines of JSON, gzip.", object_of())
    file = {"application/gzip": {"schema": {"type": "string", "contentMediaType": "application/gzip"}}}
    export["responses"]["200"] = {"description": "The file.", "content": file}
    return {
        EXPORT: {"get": export},
        REMOVAL: {"post": ask, "delete": withdraw},
        f"{REMOVAL}/approve": {"post": approve},
    }


def privacy_paths() -> dict[str, Any]:
    """Privacy requests to all shops, and their state."""
    (body, state), schemas = msgspec.json.schema_components(
        (AskShops, ShopState), ref_template="#/components/schemas/{name}"
    )
    body, state = (schemas[one["$ref"].rpartition("/")[2]] for one in (body, state))
    which = {"name": "request", "in": "path", "required": True, "schema": NAME}
    rows = object_of(rows={"type": "array", "items": state})
    ask = act("askShops", "Ask all shops for what somebody asks by law; again: those that were not asked.", rows, body)
    see = act("shopsAsked", "How far each shop is with what somebody asks.", rows)
    see["responses"] |= {"404": problem("No request has this id.")}
    return {PRIVACY: {"put": ask | {"parameters": [which]}, "get": see | {"parameters": [which]}}}


def publications_paths() -> dict[str, Any]:
    """Publications and their steps."""
    (body, step), schemas = msgspec.json.schema_components(
        (Publication, TakeStep), ref_template="#/components/schemas/{name}"
    )
    body, step = (schemas[one["$ref"].rpartition("/")[2]] for one in (body, step))
    for name in ("directives", "back"):
        body["properties"][name]["items"] = schemas["Planned"]
    (seen,), parts = msgspec.json.schema_components((Preview,), ref_template="#/components/schemas/{name}")
    seen = parts[seen["$ref"].rpartition("/")[2]]
    for name, part in (("changes", "Change"), ("conflicts", "Conflict"), ("boxes", "Box")):
        seen["properties"][name]["items"] = parts[part]
    body["properties"]["gate"] = schemas["Gate"]
    which = {"name": "publication", "in": "path", "required": True, "schema": NAME}
    late = {"409": problem("It is not in a state for that, was changed since, or is one's own.")}
    put = act("putPublication", "Write a publication, which is a draft then.", object_of(digest=TYPES["text"]), body)
    put["responses"] |= {"201": {**put["responses"]["200"], "description": "It is new."}, **late}
    what = "Its `changed_at` as whoever edits it saw it: 409 where somebody else has changed it since."
    since = {"name": "If-Match", "in": "header", "required": False, "schema": TYPES["text"], "description": what}
    paths: dict[str, Any] = {PUBLICATION: {"put": put | {"parameters": [which, since]}}}
    shop = {"name": "store", "in": "query", "required": False, "schema": NAME}
    what = "What it, or taking it back, would change in a store, and which others say something else."
    see = act("previewPublication", what, seen)
    see["responses"] |= {"404": problem("There is none of that id.")}
    undone = {"name": "step", "in": "query", "required": False, "schema": {"type": "string", "enum": [BACK]}}
    paths[f"{PUBLICATION}/preview"] = {"get": see | {"parameters": [which, shop, undone]}}
    for name in STEPS:
        summary = f"{name.replace('-', ' ').capitalize()} a publication."
        step_act = act(f"{name.replace('-', '')}Publication", summary, object_of(state=TYPES["text"]), step)
        step_act["responses"] |= {"404": problem("There is none of that id."), **late}
        paths[f"{PUBLICATION}/{name}"] = {"post": step_act | {"parameters": [which]}}
    return paths


def product_choice_paths() -> dict[str, Any]:
    """Product choice for publications."""
    asked, found, line, product, price = _bodies(ChooseProducts, FoundProducts, PriceLine, ChosenProduct, PriceAt)
    found["properties"]["rows"]["items"] = product
    product["properties"]["prices"]["items"] = price
    text = TYPES["text"]
    choose = act("chooseProducts", "Products of all stores, with what each costs where.", found, asked)
    read = act("readPrices", "A file of prices, line by line.", object_of(rows={"type": "array", "items": line}))
    read["requestBody"] = {"required": True, "content": {"application/octet-stream": {}}}
    read["responses"]["422"] = problem("It is no file of prices; `detail` says why, in the language that was asked.")
    read["parameters"] = [
        {"name": name, "in": "query", "required": False, "schema": text, "description": what}
        for name, what in (("name", "What the file is called."), ("language", "Two letters, as in en."))
    ]
    who = act("approvers", "Who may approve what one writes.", object_of(rows={"type": "array", "items": text}))
    return {PRODUCTS: {"post": choose}, PRICE_FILE: {"post": read}, APPROVERS: {"get": who}}


def question_paths() -> dict[str, Any]:
    """Questions in natural language."""
    asked, found, answered, row = _bodies(OfficeQuestion, OfficeAnswer, Answered, AnsweredRow)
    found["properties"]["answers"]["items"] = answered
    answered["properties"]["rows"]["items"] = row
    return {QUESTIONS: {"post": act("askQuestion", "A question in words about all stores.", found, asked)}}


def support_paths() -> dict[str, Any]:
    """Diagnostics of a store's boxes."""
    ((body,), schemas) = msgspec.json.schema_components((AskBox,), ref_template="#/components/schemas/{name}")
    shop, case, device = (
        {"name": one, "in": "path", "required": True, "schema": NAME} for one in ("store", "case", "device")
    )
    asked = act(
        "askBox",
        "Ask the boxes of a store how they are.",
        object_of(case=NAME),
        schemas[body["$ref"].rpartition("/")[2]],
    )
    asked["responses"]["201"] = {**asked["responses"].pop("200"), "description": "It is asked."}
    asked["responses"]["409"] = problem("The store takes no directives now.")
    answer = act("answerOfBox", "What a box answered, with its shop's yes.", object_of(question=TYPES["text"]))
    answer["responses"]["404"] = problem("The box hasn't answered, or its answer is older than 14 days.")
    box = object_of(device=NAME, state=TYPES["text"], answered=TYPES["boolean"])
    said = {"type": "string", "enum": list(get_args(Heard))}
    heard_case = object_of(said=said, boxes={"type": "array", "items": box})
    heard = act("heardOfBoxes", "How far what was asked is, as soon as there is something to tell.", heard_case)
    heard["responses"]["404"] = problem("This store has no request with this id.")
    seconds = {"type": "integer", "minimum": 0, "maximum": WAIT_S, "default": 0}
    wait = {"name": "wait_s", "in": "query", "required": False, "schema": seconds, "description": "How long to wait."}
    return {
        SUPPORT_CASE: {"get": heard | {"parameters": [shop, case, wait]}},
        SUPPORT: {"post": asked | {"parameters": [shop]}},
        SUPPORT_ANSWER: {"get": answer | {"parameters": [shop, case, device]}},
    }


def order_status_paths() -> dict[str, Any]:
    """Order status, open to holders of an order's QR code."""
    name = {"type": "string", "maxLength": wire_limits.NAME_CHARS}
    digest = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of what the QR holds."}
    text, time = TYPES["text"], TYPES["time"]
    no_time = {**time, "type": ["string", "null"]}
    status = object_of(
        **{"said": text, "state": text, "fulfilment": text, "slot_from": no_time, "slot_until": no_time},
        **{"late": TYPES["boolean"], "changed_at": time, "store_name": text, "zone": text},
        as_of={**time, "description": "Until when this is known to hold."},
        now={**time, "description": "Head office's clock."},
    )
    asked = object_of(tenant=name, store=name, digest=digest) | {"additionalProperties": False}
    described = act("orderStatus", "How far an order is, for who holds its QR.", status, asked)
    refused = {
        "404": problem("There is nothing to show, whyever."),
        "429": problem("Too many requests of this address, or of all. See Retry-After."),
    }
    return {**described, "security": [], "responses": {**described["responses"], **refused}}
