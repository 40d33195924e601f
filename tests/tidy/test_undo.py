"""What a manager changes can be put back: each request of a page offers Undo (toast.js), or is listed with a reason."""

from __future__ import annotations

import re
from collections import defaultdict

from tests.golden import contracts
from tests.tidy.tree import ROOT

EDGE = ROOT / "edge"
TILL = EDGE / "counter" / "till"
_REQUEST = re.compile(r"""\(\s*"(PUT|POST|PATCH|DELETE)",\s*(?:[`"]([^`"]+)[`"]|(\w+(?:\([^()]*\))?))""")
_QUOTED = re.compile(r"""["']([A-Z]\w+)["']""")
_HOLE = re.compile(r"\$\{[^}]*(\}|$)")
_UNDO = re.compile(r"""undo\w*\(|toast\("\w+", """)


def blocks(text: str) -> list[str]:
    """A script's functions and statements: a line that isn't indented begins one."""
    found: list[str] = []
    for line in text.splitlines():
        if not found or (line and line[0] not in " })]"):
            found.append("")
        found[-1] += line + "\n"
    return found


def changes(text: str, commands: frozenset[str]) -> set[str]:
    """The commands and requests in a script or a template."""
    named = {name for name in _QUOTED.findall(text) if name in commands}
    asked = {f"{method} {_HOLE.sub('*', path or name)}" for method, path, name in _REQUEST.findall(text)}
    return named | asked


def unlisted(scripts: dict[str, str], pages: dict[str, str], commands: frozenset[str]) -> dict[str, set[str]]:
    """By file: what is asked for without Undo. A command in a page's button is looked for in the scripts."""
    put_back = {
        one
        for text in scripts.values()
        for block in blocks(text)
        if _UNDO.search(block)
        for one in changes(block, commands)
    }
    found: dict[str, set[str]] = defaultdict(set)
    for name, text in scripts.items():
        for block in blocks(text):
            if "anted(" in block and not _UNDO.search(block):
                found[name] |= changes(block, commands)
    for name, text in pages.items():
        found[name] |= {one for one in changes(text, commands) if one in commands}
    return {name: rest for name, some in found.items() if (rest := some - put_back)}


WITHOUT = {
    "It shows something, or proposes it for review: nothing is saved.": """
        POST shelf/checks, POST shelf/labels, POST shelf/proposals, POST shelf/recognitions, POST */proposal, POST
        shelf/cameras/*/look, POST connectors/*/test, POST inventory/scan, POST */export, TryTerminal, POST pictures,
        POST backups/look, DELETE path
    """,
    "It prints, or sends, what already is.": """
        PrintCoupons, PrintGiftReceipt, PrintLabels, PrintShift, PrintWorkLabel, ReprintReceipt, SendBooksAgain, POST
        purchase-orders/*/*, RetryHook, POST fiscal/files, POST fiscal/user-reports
    """,
    "It starts a job: the page shows it with its own way back, or a second run replaces the first.": """
        CancelJob, EditProducts, EnrichProducts, ImportCatalog, ImportHistory, MoveIn, OrderTranslations, POST
        backups, POST ingest, POST master-data/*.csv, POST moves/odoo, DELETE moves/odoo, SyncStock, TakeBackImport,
        TakeBackMove, TakeBackUpdate, TakeRelease
    """,
    "Money moved, or a document was issued: another document corrects it, which the page offers.": """
        AddReceiptCost, AgreeOffline, AnswerDispute, AssignPayout, CloseBatch, EndDispute, GiveBackAdvance,
        GiveRefundInCash, JudgeAgain, LeaveBooksDocument, LoseStored, MoveCash, OpenDispute, POST commands/*, POST
        terminal/close, RecordAllocation, ResolveCardRefund, RetryCardRefund, StartRegime, TakeBottles, UndoBottles
    """,
    "It goes from state to state: the next step, or cancelling, stands on the same page.": """
        ApprovePurchaseOrder, CancelCount, CancelPurchaseOrder, ClosePurchaseOrder, CountLine, CreatePurchaseOrder,
        DraftTransfer, DropDraft, DropHook, DropWebOrder, OrderSuggested, PostCount, ReceivePurchaseOrder,
        ReceiveTransfer, RefuseTransfer, ReturnToSupplier, SendDraft, SendPurchaseOrder, StartCount, TakeBackTransfer,
        TakeWebOrder, POST customers
    """,
    "Goods moved: a movement stays in the journal, and its opposite is entered where it was.": """
        CorrectReceipt, RecallLot, RecordMovement
    """,
    "Posting an invoice is reversed by its own button, which needs a reason.": "PostInvoice, UnpostInvoice",
    "The answer is given again on the same row.": """
        AcceptTranslations, AnswerFinding, JudgeAnomaly, LeaveProposedPrices, POST shelf/bays/*/corners, POST
        shelf/bays/*/reference*, POST vision/bottle-types, PublishReview, PUT address, RefuseTranslations,
        SetTranslation, TakeProposedPrices, UndoAnswer, WithdrawReview
    """,
    "A key, session or secret is made anew: it's shown once, and destroyed after a question.": """
        DELETE path(remove), EndPairing, POST auth/codes, POST keys, POST recovery-code, POST secrets/rotate, POST
        sessions/end, PUT secrets/*, RetireUser, RevokeKey, RevokeMethod, SuspendUser, TakeCouponKey
    """,
    "A person's consent or request is evidence: it's withdrawn or answered, never unmade.": """
        AnswerRequest, GiveConsent, MergeCustomers, NoteBreach, NoteRequest, PublishWording, WithdrawConsent,
        WordRelease
    """,
    "It ends by itself, or by its own button beside it.": "EndHelp, POST chat/recording",
    "The whole shop changes: it asks for the shop's name or a yes, and what was there can be brought back.": """
        POST backups/restore, POST backups/left-out
    """,
    "Files too large to keep for an undo: the question before says what is in them, their size and age.": """
        DELETE backups/replaced/*
    """,
    "A basket at the till: its customer and lines have their own buttons.": """
        SetCustomer, TakeWishes, UseCustomer, UsePriceList
    """,
    "The callers of this helper set the Undo.": "PATCH here",
}
"""Why, and what."""


def read_pages() -> tuple[dict[str, str], dict[str, str]]:
    """The scripts of managers' pages that ask for something, and the templates beside them."""
    texts = {
        path: path.read_text() for path in EDGE.rglob("*.js") if "vendor" not in path.parts and TILL not in path.parents
    }
    scripts = {path: text for path, text in texts.items() if "anted(" in text}
    pages = {path for folder in {path.parent for path in scripts} for path in folder.glob("*.html")}
    return {str(path): text for path, text in scripts.items()}, {str(path): path.read_text() for path in pages}


def test_each_change_offers_undo_or_says_why_not() -> None:
    commands = frozenset(command.__name__ for command in contracts.registry().commands)
    found = unlisted(*read_pages(), commands)
    named = {" ".join(one.split()) for names in WITHOUT.values() for one in names.split(",")}
    missing = {name: rest for name, some in found.items() if (rest := some - named)}
    assert not missing, "give it Undo (`undoBy` in edge/web/static/toast.js), or a reason"
    assert named <= set().union(*found.values()), "reasons that are needed no more"


def test_the_rule_notices() -> None:
    scripts = {
        "a.js": 'async function end() {\n  undoBy(command("Reopen", {}));\n  await sendGranted("End", {});\n}\n'
        'const drop = () => askGranted("DELETE", `things/${id}`, {});\nconst sell = () => sendGranted("Sell", {});\n'
    }
    pages = {"a.html": '<button data-command="End"></button><button data-command="Sell"></button>'}
    found = unlisted(scripts, pages, frozenset({"End", "Reopen", "Sell"}))
    assert found == {"a.js": {"DELETE things/*", "Sell"}, "a.html": {"Sell"}}
