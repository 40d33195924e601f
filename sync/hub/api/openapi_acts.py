"""OpenAPI description of operations other than reads."""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from sync import limits as wire_limits
from sync.enrolment import AUTHORITY, TRADE, Enrolment, Trade
from sync.hub.api import forgotten_api, limits
from sync.hub.api.box_codes import OpenCode
from sync.hub.api.closing_api import EXPORT, REMOVAL, AskRemoval
from sync.hub.api.employees_api import ALL as EMPLOYEES
from sync.hub.api.employees_api import ONE as EMPLOYEE
from sync.hub.api.employees_api import UNDO as UNDO_EMPLOYEE
from sync.hub.api.employees_api import UndoChange
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
from sync.hub.api.support_api import HELP as SUPPORT_HELP
from sync.hub.api.support_api import WAIT_S, AskBox, AskHelp, Heard
from sync.hub.api.tenant_api import Person, SetRole
from sync.hub.api.text_files_api import PATH as TEXT_FILE
from sync.hub.api.text_files_api import BroughtTexts
from sync.hub.api.transfers_api import PATH as TRANSFERS
from sync.hub.api.transfers_api import AskTransfer, WantedGoods
from sync.hub.employees import Employee, EmployeeRow, StoreAnswer
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
        "/v1/sign-in": {"post": act("signIn", "Sign in and get a token for one tenant.", token, sign_in)},
        "/v1/switch": {"post": act("switchTenant", "Exchange the token for one of another tenant.", token, switch)},
        "/v1/sign-out": {"post": act("signOut", "End the session.", object_of())},
        "/v1/factor": {"post": act("beginFactor", "Begin setting up a second factor.", begun, proof)},
        "/v1/factor/confirm": {
            "post": act("confirmFactor", "Activate the second factor with its first code.", codes, proof)
        },
        "/v1/factor/drop": {"post": act("dropFactor", "Remove the second factor.", object_of(), proof)},
        "/v1/me": {"get": act("me", "Show the signed-in person and their tenants.", me)},
        MAIL: _mail_path(),
    }


def _mail_path() -> dict[str, Any]:
    """Mail preferences."""
    (wish,), schemas = msgspec.json.schema_components((MailWish,), ref_template="#/components/schemas/{name}")
    body = schemas[wish["$ref"].rpartition("/")[2]]
    found = object_of(wish=body, told=TYPES["boolean"], reached=TYPES["boolean"])
    return {
        "get": act("mailWish", "Show email notification preferences.", found),
        "put": act("putMailWish", "Set email notification preferences.", found, body),
    }


def office_paths() -> dict[str, Any]:
    """Operations of owners: stores, and roles of people."""
    (store, role, person, invited), schemas = msgspec.json.schema_components(
        (StoreRecord, SetRole, Person, Invitation), ref_template="#/components/schemas/{name}"
    )
    bodies = [schemas[one["$ref"].rpartition("/")[2]] for one in (store, role, person, invited)]
    shop = {"name": "store", "in": "path", "required": True, "schema": NAME}
    who = {"name": "person", "in": "path", "required": True, "schema": TYPES["integer"]}
    put = act("putStore", "Create or replace a store.", bodies[0], bodies[0]) | {"parameters": [shop]}
    put["responses"] = {**put["responses"], "201": {**put["responses"]["200"], "description": "Created."}}
    put["responses"]["409"] = problem("The store already has sales in another currency.")
    refused = {
        "404": problem("No member has this number."),
        "409": problem("There must be another owner of all stores."),
    }
    rows, open_ones = ({"type": "array", "items": one} for one in bodies[2:])
    known = object_of(rows=rows, invited=open_ones)
    people = {"get": act("people", "List members and open invitations.", known), "post": _invite()}
    one = {
        "put": act("setRole", "Set a member's role and stores.", bodies[1], bodies[1]),
        "delete": act("removePerson", "Remove a member.", object_of()),
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
        "invite", "Invite a person. Returns the link's secret; empty if the link is emailed.", answer, *_bodies(Invite)
    )
    made["responses"]["201"] = {**made["responses"].pop("200"), "description": "The invitation was created."}
    made["responses"]["409"] = problem("The person is already a member.")
    return made


def enrolment_paths() -> dict[str, Any]:
    """Enrolment of a box: an owner creates a code, and the box trades it for its credentials."""
    wanted, code, trade, enrolment = _bodies(NewBox, BoxCode, Trade, Enrolment)
    shop = {"name": "store", "in": "path", "required": True, "schema": NAME}
    make = act("addBox", "Create a single-use code to enrol a box.", code, wanted) | {"parameters": [shop]}
    take = act("enrolBox", "Exchange a code for the box's broker credentials.", enrolment, trade) | {"security": []}
    for way in (make, take):
        way["responses"]["201"] = {**way["responses"].pop("200"), "description": "It is shown only once."}
        way["responses"]["409"] = problem("Boxes are enrolled by command there, or the code belongs to another box.")
    make["responses"]["404"] = problem("The store doesn't exist or is closed.")
    take["responses"]["404"] = problem("The code is wrong, used or expired.")
    pem = {"content": {"application/x-pem-file": {"schema": TYPES["text"]}}, "description": "As PEM."}
    see = act("authority", "Show head office's certificate authority.", object_of()) | {"security": []}
    see["responses"] |= {
        "200": pem,
        "404": problem("The certificate was issued by an authority that machines already trust."),
    }
    (code,) = _bodies(OpenCode)
    codes = act("openCodes", "List open enrolment codes.", object_of(rows={"type": "array", "items": code}))
    box = {"name": "device", "in": "path", "required": True, "schema": NAME}
    gone = act("withdrawCode", "Withdraw a box's enrolment code.", object_of()) | {"parameters": [shop, box]}
    gone["responses"]["404"] = problem("There is no open code for this box.")
    return {
        **{MAKE_BOX: {"post": make}, OPEN_CODES: {"get": codes}, WITHDRAW_CODE: {"delete": gone}},
        **{TRADE: {"post": take}, AUTHORITY: {"get": see}},
    }


def invitation_paths() -> dict[str, Any]:
    """Accepting and withdrawing invitations."""
    link, accept, seen = _bodies(Link, Accept, Invited)
    number = {"name": "invitation", "in": "path", "required": True, "schema": TYPES["integer"]}
    gone = act("withdrawInvitation", "Withdraw an invitation.", object_of())
    gone["responses"] |= {"404": problem("No open invitation has this number.")}
    see = act("seeInvitation", "Show an invitation.", seen, link)
    come = act("acceptInvitation", "Accept an invitation and get a token for its tenant.", TOKEN, accept)
    for one in (see, come):
        one["security"] = []
        one["responses"] |= {"404": problem("The link was used, withdrawn or has expired.")}
    return {WITHDRAW: {"delete": gone | {"parameters": [number]}}, SEE: {"post": see}, ACCEPT: {"post": come}}


def password_paths() -> dict[str, Any]:
    """Password resets."""
    ask, secret, wish, seen = _bodies(AskPassword, PasswordSecret, SetPassword, PasswordLink)
    asked = act("askPassword", "Request a password link by email.", object_of(mailed=TYPES["boolean"]), ask)
    see = act("seePasswordLink", "Show whose password a link sets.", seen, secret)
    put = act(
        "setPassword", "Set a new password. Ends all sessions and links; the second factor stays.", object_of(), wish
    )
    for one in (see, put):
        one["responses"] |= {"404": problem("The link was used or has expired.")}
    for one in (asked, see, put):
        one["security"] = []
    who = {"name": "person", "in": "path", "required": True, "schema": TYPES["integer"]}
    answer = object_of(secret=TYPES["text"], minutes=TYPES["integer"])
    made = act("makePasswordLink", "Create a password link for another member.", answer)
    made["responses"]["201"] = {**made["responses"].pop("200"), "description": "Pass on the link."}
    made["responses"] |= {
        "404": problem("No member has this number."),
        "409": problem("You can't do this for yourself or for members of other tenants."),
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
    send = act(
        "textFile",
        "Export texts for translation as xliff, xliff2, po or csv. `show=missing`: only untranslated ones.",
        object_of(),
    )
    send["parameters"] = [*wanted, *({"name": name, "in": "query", "schema": NAME} for name in ("format", "show"))]
    send["responses"]["200"] = {"description": "The file.", "content": file}
    bring = act("bringTextFile", "Import translated texts. Each store is asked to review them.", brought)
    bring |= {"parameters": wanted, "requestBody": {"required": True, "content": file}}
    bring["responses"]["422"] = problem("The file can't be read, or its languages don't match.")
    return {TEXT_FILE: {"get": send, "post": bring}}


def closing_paths() -> dict[str, Any]:
    """Export of a tenant's data, and the request for its removal."""
    (body, asked), schemas = msgspec.json.schema_components(
        (AskRemoval, Removal), ref_template="#/components/schemas/{name}"
    )
    body, asked = (schemas[one["$ref"].rpartition("/")[2]] for one in (body, asked))
    late = {"409": problem("The tenant isn't closing, no one requested removal, or you requested it yourself.")}
    ask = act("askRemoval", "Request removal of the tenant.", asked, body)
    approve = act("approveRemoval", "Approve another person's removal request.", asked)
    withdraw = act("withdrawRemoval", "Withdraw the removal request.", object_of())
    for one in (ask, approve):
        one["responses"] |= late
    export = act("exportTenant", "Export all data of the tenant as gzipped JSON lines.", object_of())
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
    ask = act(
        "askShops",
        "Send a data subject request to all shops. Repeating it sends it only to shops not asked yet.",
        rows,
        body,
    )
    see = act("shopsAsked", "Show each shop's progress with a data subject request.", rows)
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
    late = {"409": problem("Its state doesn't allow this, it was changed since, or you are its author.")}
    put = act("putPublication", "Create or change a draft publication.", object_of(digest=TYPES["text"]), body)
    put["responses"] |= {"201": {**put["responses"]["200"], "description": "Created."}, **late}
    what = "The `changed_at` of the edited version. Returns 409 if someone else has changed it since."
    since = {"name": "If-Match", "in": "header", "required": False, "schema": TYPES["text"], "description": what}
    paths: dict[str, Any] = {PUBLICATION: {"put": put | {"parameters": [which, since]}}}
    shop = {"name": "store", "in": "query", "required": False, "schema": NAME}
    what = "Preview what it, or reverting it, would change in a store, with conflicting publications."
    see = act("previewPublication", what, seen)
    see["responses"] |= {"404": problem("Nothing has this id.")}
    undone = {"name": "step", "in": "query", "required": False, "schema": {"type": "string", "enum": [BACK]}}
    paths[f"{PUBLICATION}/preview"] = {"get": see | {"parameters": [which, shop, undone]}}
    for name in STEPS:
        summary = f"{name.replace('-', ' ').capitalize()} a publication."
        step_act = act(f"{name.replace('-', '')}Publication", summary, object_of(state=TYPES["text"]), step)
        step_act["responses"] |= {"404": problem("Nothing has this id."), **late}
        paths[f"{PUBLICATION}/{name}"] = {"post": step_act | {"parameters": [which]}}
    return paths


def product_choice_paths() -> dict[str, Any]:
    """Product choice for publications."""
    asked, found, line, product, price = _bodies(ChooseProducts, FoundProducts, PriceLine, ChosenProduct, PriceAt)
    found["properties"]["rows"]["items"] = product
    product["properties"]["prices"]["items"] = price
    text = TYPES["text"]
    choose = act("chooseProducts", "Search products of all stores, with prices by store.", found, asked)
    lines = object_of(rows={"type": "array", "items": line})
    read = act("readPrices", "Read a file of prices, products or batches.", lines)
    read["requestBody"] = {"required": True, "content": {"application/octet-stream": {}}}
    read["responses"]["422"] = problem("This isn't a price file; `detail` says why, in the requested language.")
    read["parameters"] = [
        {"name": name, "in": "query", "required": False, "schema": schema, "description": what}
        for name, schema, what in (
            ("name", text, "File name."),
            ("language", text, "Language, such as en."),
            ("numbers", TYPES["boolean"], "Whether the file may have only product numbers."),
        )
    ]
    who = act(
        "approvers", "List people who can approve your publications.", object_of(rows={"type": "array", "items": text})
    )
    return {PRODUCTS: {"post": choose}, PRICE_FILE: {"post": read}, APPROVERS: {"get": who}}


def question_paths() -> dict[str, Any]:
    """Questions in natural language."""
    asked, found, answered, row = _bodies(OfficeQuestion, OfficeAnswer, Answered, AnsweredRow)
    found["properties"]["answers"]["items"] = answered
    answered["properties"]["rows"]["items"] = row
    return {QUESTIONS: {"post": act("askQuestion", "Ask a question about all stores.", found, asked)}}


def support_paths() -> dict[str, Any]:
    """Diagnostics of a store's boxes."""
    ((body, wanted), schemas) = msgspec.json.schema_components(
        (AskBox, AskHelp), ref_template="#/components/schemas/{name}"
    )
    shop, case, device = (
        {"name": one, "in": "path", "required": True, "schema": NAME} for one in ("store", "case", "device")
    )
    asked = act(
        "askBox",
        "Request diagnostics from the boxes of a store.",
        object_of(case=NAME),
        schemas[body["$ref"].rpartition("/")[2]],
    )
    asked["responses"]["201"] = {**asked["responses"].pop("200"), "description": "Requested."}
    asked["responses"]["409"] = problem("The store isn't accepting directives now.")
    helped = act(
        "helpBox",
        "Send a remote help request to a box.",
        object_of(case=NAME),
        schemas[wanted["$ref"].rpartition("/")[2]],
    )
    helped["responses"]["201"] = {**helped["responses"].pop("200"), "description": "Requested."}
    helped["responses"]["409"] = problem("Remote help is off, or this period has had its requests.")
    answer = act("answerOfBox", "Show a box's answer that its shop approved.", object_of(question=TYPES["text"]))
    answer["responses"]["404"] = problem("The box hasn't answered, or its answer is older than 14 days.")
    box = object_of(device=NAME, state=TYPES["text"], answered=TYPES["boolean"], why=TYPES["text"])
    said = {"type": "string", "enum": list(get_args(Heard))}
    heard_case = object_of(said=said, boxes={"type": "array", "items": box})
    heard = act("heardOfBoxes", "Wait for progress of a support request.", heard_case)
    heard["responses"]["404"] = problem("This store has no request with this ID.")
    seconds = {"type": "integer", "minimum": 0, "maximum": WAIT_S, "default": 0}
    wait = {
        "name": "wait_s",
        "in": "query",
        "required": False,
        "schema": seconds,
        "description": "Maximum waiting time.",
    }
    return {
        SUPPORT_CASE: {"get": heard | {"parameters": [shop, case, wait]}},
        SUPPORT_HELP: {"post": helped | {"parameters": [shop, device]}},
        SUPPORT: {"post": asked | {"parameters": [shop]}},
        SUPPORT_ANSWER: {"get": answer | {"parameters": [shop, case, device]}},
    }


def employee_paths() -> dict[str, Any]:
    """Employees of many stores."""
    body, undone, row, answer = _bodies(Employee, UndoChange, EmployeeRow, StoreAnswer)
    row["properties"]["stores"]["items"] = answer
    page = object_of(rows={"type": "array", "items": row}, next={"type": ["string", "null"]})
    listed = act("employees", "List employees, with each store's answer.", page)
    after = {"name": "after", "in": "query", "required": False, "schema": TYPES["text"]}
    listed["parameters"] = [after | {"description": "`next` of the page before."}]
    late = {"409": problem("Someone else changed this employee, a store is unknown, or they still work somewhere.")}
    gone = {"404": problem("There is no employee with this ID.")}
    put = act("putEmployee", "Add or change an employee. Their stores are notified; no PIN is sent.", body, body)
    put["responses"] |= {"201": {**put["responses"]["200"], "description": "Added."}, **late}
    undo = act("undoEmployee", "Undo the last change of an employee.", object_of(), undone)
    delete = act("deleteEmployee", "Delete an employee who left all stores.", object_of())
    for one in (undo, delete):
        one["responses"] |= late | gone
    which = {"name": "employee", "in": "path", "required": True, "schema": NAME}
    what = "The `changed_at` of the edited version. Returns 409 if someone else has changed it since."
    since = {"name": "If-Match", "in": "header", "required": False, "schema": TYPES["text"], "description": what}
    return {
        EMPLOYEES: {"get": listed},
        EMPLOYEE: {"put": put | {"parameters": [which, since]}, "delete": delete | {"parameters": [which]}},
        UNDO_EMPLOYEE: {"post": undo | {"parameters": [which]}},
    }


def transfer_paths() -> dict[str, Any]:
    """Requests for transfers between stores."""
    body, line = _bodies(AskTransfer, WantedGoods)
    body["properties"]["lines"]["items"] = line
    asked = act("askTransfer", "Ask a store for goods for another store.", object_of(version=TYPES["integer"]), body)
    asked["responses"]["201"] = {**asked["responses"].pop("200"), "description": "The store is asked to draft it."}
    asked["responses"]["404"] = problem("One of the stores was not found.")
    once = {"name": "Idempotency-Key", "in": "header", "required": False}
    once |= {"schema": {"type": "string", "maxLength": limits.REQUEST_CHARS}, "description": "Repeating it asks once."}
    shop = {"name": "store", "in": "path", "required": True, "schema": NAME}
    return {TRANSFERS: {"post": asked | {"parameters": [shop, once]}}}


def order_status_paths() -> dict[str, Any]:
    """Order status, open to anyone with an order's QR code."""
    name = {"type": "string", "maxLength": wire_limits.NAME_CHARS}
    digest = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of the QR code's content."}
    text, time = TYPES["text"], TYPES["time"]
    no_time = {**time, "type": ["string", "null"]}
    status = object_of(
        **{"said": text, "state": text, "fulfilment": text, "slot_from": no_time, "slot_until": no_time},
        **{"late": TYPES["boolean"], "changed_at": time, "store_name": text, "zone": text},
        as_of={**time, "description": "Time until which this is known to be current."},
        now={**time, "description": "Head office's clock."},
    )
    asked = object_of(tenant=name, store=name, digest=digest) | {"additionalProperties": False}
    described = act("orderStatus", "Show an order's status to anyone with its QR code.", status, asked)
    refused = {
        "404": problem("There is nothing to show."),
        "429": problem("Too many requests from this address or overall. See Retry-After."),
    }
    return {**described, "security": [], "responses": {**described["responses"], **refused}}
