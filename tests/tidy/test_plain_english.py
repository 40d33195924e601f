"""What people read in English has none of the turns that make it sound translated.

The list grows: a turn is a pattern, with what to write instead. Labels are nouns or verbs with an object, and documents
have sentences that can be read aloud in one breath.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.tidy.texts import texts
from tests.tidy.tree import ROOT, files, packages, parsed, text_of

TURNS = {
    r"\b(nobody|somebody|whoever|anybody)\b": "name the person, or write no one, someone, anyone",
    r"\b(that|this|it) is no\b(?! longer)": "what was wrong and what to enter: Enter a date like 2026-01-31",
    r"\ball the same\b": "anyway",
    r"\b(anew|thereby)\b": "again, also, or nothing",
    r"\bby (itself|themselves)\b": "automatically",
    r"\bof its own\b": "its own, or nothing",
    r"\ba yes\b": "approval",
    r"\b(gives?|given|give it) up\b": "cancel, discard, discontinue",
    r"\bput (it )?right\b": "correct",
    r"\b(is|are|was|were) told (of|by|that)\b": "is notified",
    r"\b(stands|lies) (on|in|at|there|here|open)\b": "is",
    r"\bas far as\b": "nothing",
    r"\bno more\b(?! [\w{])": "no longer",
    r"\bwhat (became|came) of\b": "result, delivery log",
    r"\bso (much|many) (of|as|more)\b": "a number",
    r"\bselling goes on\b": "sales continue",
    r"\bmeanwhile:": "the change in a sentence",
    r"\bcannot\b": "can't",
    r"\be-mail": "email",
    r"\bturnover\b": "revenue",
    r"\brivals?\b": "competitor",
    r"\bstrike\b|\bstruck\b": "void, remove",
    r"\bpromised\b": "reserved",
    r"\bcolor\b": "colour",
    r"\bcancel(ed|ing)\b": "cancelled, cancelling",
    r"\blog(ged)? ?in\b": "sign in",
    r"\bcatalog\b": "catalogue",
    r"\bPIN codes?\b": "PIN",
    r"\bpric(ed|ing) again\b|\bprinted again\b": "recalculated, reprinted",
    r"\bbring back\b|\bbrought back\b": "restore",
    r"\bmeanwhile\.": "for now, in the meantime",
    r"\bdays without goods\b": "days out of stock",
    r"\bworked out from\b": "calculated from",
    r"’": "the straight apostrophe of all other texts",
    r"\bexpiration\b": "expiry date",
    r"[\d}] %(?![\w])": "no space before the percent sign in English",
    r"'\{\w+\}'": "the quotation marks of all other texts: “{name}”",
    r"\bno column says\b|\byour shop (doesn't )?knows?\b": "there is no … column; don't exist in your shop",
    r"\bbring (your|the|them|their|at most)\b|\bleave (it|them) out\b": "add, import; don't import",
    r"\bbackup codes?\b": "recovery code",
    r"\b(judged|worded)\b": "reviewed, changed",
    r"\bit isn.t known\b": "may have, might: The card may have been charged",
    r"\b(isn.t|aren.t) shown again\b": "won't be shown again",
    r"(?-i:(?<![{`\w])ids?\b(?![}`]))": "ID, IDs",
    r"\bbook(ed)?\b": "record, confirm, report",
    r"\bdoesn.t know (the|this|one)\b": "not found",
    r"\btill comes first\b": "registers have priority",
    r"\b(which|change) stays?\b(?! \w)": "is kept",
    r"\bpage \d+ for owners\b": "page 13 of the owner's guide",
    r"\boff and on\b(?! again)": "off and on again",
    r"\([^)]*\b0: ": "(0 = never)",
    r"\benter why\b": "enter the reason for",
    r"\bif it is right\b": "if it's correct",
}

FRAGMENT = re.compile(
    r"(what|who|whose|whom|where|when|which|how|with|of)\b(?!.*[?.:…])|.*\b(what|which|whom)$", re.IGNORECASE
)
LABEL_WORDS = 3
FRAGMENTS = {
    "What if": "the page's own name, as spreadsheets call it",
    "When to notify": "the heading over severities and hours, each with its own label",
    "With member prices": "counts of customers, below the heading Customers",
}
"""Labels that begin like a fragment, with why they may."""

SENTENCE_WORDS = 35
LONG_SENTENCES = 3
"""Sentences of documents that are longer: split one, and lower the number."""
NO_PROSE = re.compile(r"```.*?```|<[^>]*>|\]\([^)]*\)", re.DOTALL)
BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*|#>]|\d+\.))")
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`*\"“(])|[;:]\s")

IN_DOCSTRINGS = re.compile(
    r"\b(nobody|somebody|anybody|everybody|whoever|anew|thereby|cannot)\b|\ba yes\b|\ball the same\b|\bas far as\b"
    r"|\bby (itself|themselves)\b|\bno more\b(?! than)|\bwhat became of\b|\bso (much|many) of\b"
    r"|\b(stands|lies) (on|in|at|there|here)\b|^\.\.\.|^(those|these|whom|whose) (of|that|whose|among)\b"
    r"|^(what\b(?!-)|who\b)|^(the )?same (for|as|with)\b|^as `|^(its|their) |^until cancelled|^since when\b"
    r"|; whether (?!a look|its |it was |the first )|\blets? out\b",
    re.IGNORECASE,
)
DOCSTRING = re.compile(r'^[ \t]*r?"""(.*?)"""', re.DOTALL | re.MULTILINE)
QUOTED = re.compile(r'`[^`]*`|"[^"\n]*"')
TURNED_DOCSTRINGS = 0
"""Docstrings with such a turn, in the product: none is left, and none comes back."""


@pytest.mark.parametrize("turn", TURNS)
def test_no_text_has_a_turn_that_sounds_translated(turn: str) -> None:
    pattern = re.compile(turn, re.IGNORECASE)
    assert [f"{key}: {text}" for key, text in texts() if pattern.search(text)] == [], TURNS[turn]


PAGE_NAMED = re.compile(r"\b(?:[Tt]he|its|own) (“[^”]+”|[A-Z][\w-]*(?: [a-z]+)*?) page\b")
MENU = re.compile(r'\bmenu="([\w.]+)"')


def test_a_page_is_called_by_its_title() -> None:
    menu = {key for path in files(".py", under="edge") for key in MENU.findall(text_of(path))}
    keys = {key.rpartition(".toml.")[2]: text for key, text in texts()}
    titles = {text for key, text in keys.items() if key in menu or key.endswith(".title") or ".area_" in key}
    wrong = [
        f"{key}: {text}" for key, text in texts() for name in PAGE_NAMED.findall(text) if name.strip("“”") not in titles
    ]
    assert len(titles) > 100
    assert wrong == [], "the words of its menu entry"


OF_CUSTOMERS = re.compile(r"/(kiosk|customer_accounts|web_orders)/|/assistant/words/en\.toml\.chat\.shop_")
"""Keys of what a customer reads at a kiosk, on a phone or in a web shop."""


def test_what_customers_fill_is_called_a_cart() -> None:
    of_tills = [f"{key}: {text}" for key, text in texts() if OF_CUSTOMERS.search(key) and "basket" in text.lower()]
    assert of_tills == [], "a basket is a till's, a cart a customer's"


def test_a_label_is_no_fragment_of_a_sentence() -> None:
    wrong = [
        f"{key}: {text}"
        for key, text in texts()
        if len(text.split()) <= LABEL_WORDS and text not in FRAGMENTS and text[:1].isupper() and FRAGMENT.match(text)
    ]
    assert wrong == [], "a noun, or a verb with its object: Payment method, Add product"


def long_sentences() -> Iterator[str]:
    """Each sentence of the English documents that is too long to be read aloud, with its file."""
    for path in sorted((ROOT / "docs").rglob("*.md")):
        if path.parent.name in ("fr", "he") or path.name == "tree.md":  # a listing of folders
            continue
        for block in BLOCK.split(NO_PROSE.sub(" ", text_of(path))):
            if not block.lstrip().startswith("|") and not block.startswith("    "):  # a table, or code
                for sentence in SENTENCE.split(" ".join(block.split())):
                    if len(sentence.split()) > SENTENCE_WORDS:
                        yield f"{path.relative_to(ROOT)}: {sentence}"


def test_documents_write_percent_as_the_pages_do() -> None:
    wrong = [
        f"{path}: {line}"
        for path in files(".md")
        if path.parent.name not in ("fr", "he")
        for line in text_of(path).splitlines()
        if re.search(r"\d %(?![\w{(])", line)
    ]
    assert wrong == [], "85%, without a space"


def test_documents_have_sentences_that_are_read_in_one_breath() -> None:
    found = list(long_sentences())
    assert len(found) <= LONG_SENTENCES, "\n".join(found)


IN_ERRORS = re.compile(
    r"^(it |that |this |… )?is no (?!longer)|\b(it|that|this|which|what) is no (?!longer)|\bcannot\b|\bnobody\b"
    r"|\bmend\b|\bheard of\b|\bby itself\b|\bis none\b|\bdoes not\b|\bfor want of\b|\bis to be\b"
)
LOGGED = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
PRINTED = frozenset({"say", "_say", "print"})
TOLD = frozenset({"what", "text", "advice", "said", "held", "asked"})
"""Variables that the product's errors and commands are put together in."""
SIGNED = ("edge/lib/fiscal/es256.py", "edge/lib/fiscal/france", "edge/lib/fiscal/austria/receipt.py")
"""Code that signs: its texts change only with the version of what is signed."""


def told(node: ast.AST) -> list[ast.expr]:
    """Texts of an exception, a log line, a line or the help of a command."""
    match node:
        case ast.Raise(exc=ast.Call(args=args)):
            return args
        case ast.Call(func=ast.Attribute(attr=name), args=args) if name in LOGGED:
            return args
        case ast.Call(func=ast.Name(id=name), args=args) if name in PRINTED:
            return args
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in TOLD:
            return [value]
        case ast.keyword(arg="help", value=value):
            return [value]
    return []


def errors() -> Iterator[tuple[str, str]]:
    """Each text that an exception, a log line or a command of the product tells, with its file, without values."""
    for package in packages():
        for path in files(".py", under=str(package)):
            if str(path).startswith(SIGNED):
                continue
            for node in ast.walk(parsed(path)):
                for text in told(node):
                    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
                    values = [part.value if isinstance(part, ast.Constant) else "…" for part in parts]
                    yield str(path), "".join(value for value in values if isinstance(value, str))


def test_no_error_or_log_line_sounds_translated() -> None:
    assert [f"{path}: {text}" for path, text in errors() if IN_ERRORS.search(text)] == [], "isn't a …, can't, no one"


def turned_docstrings() -> Iterator[str]:
    """Docstrings of the product that sound translated: file, and the turn."""
    for package in packages():
        for path in files(".py", under=str(package)):
            if str(path).startswith(SIGNED):
                continue
            for match in DOCSTRING.finditer(text_of(path)):
                if turn := IN_DOCSTRINGS.search(QUOTED.sub("", match[1])):
                    yield f"{path}: {turn[0]}"


def test_no_more_docstrings_have_a_turn_that_sounds_translated() -> None:
    found = list(turned_docstrings())
    assert len(found) <= TURNED_DOCSTRINGS, "\n".join(found)
