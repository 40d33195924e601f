"""What people read in Hebrew has none of the turns that make it sound translated, and one term for one thing.

The list grows: a turn is a pattern, with what to write instead. Terms are those of docs/translation-notes.md.
"""

import json
import re
import tomllib
from collections.abc import Iterator

import pytest

from edge.lib.i18n import ENGLISH
from tests.tidy.tree import ROOT, files, text_of

HEBREW = "he"
TURNS = {
    r"[במלכ]- \(": "a noun before the brackets: תוקף (ימים)",
    r"במקום[.,]": "במקום זאת, or what can be done: אפשר להדפיס אותה",
    r"\bהזו\b|\b(גרסה|מדינה) זו\b": "הזאת",
    r"\bמדולג": "מדלגים על",
    r"סטטוס": "מצב",
    r"אסמכתה": "אסמכתא",
    r"\bPIN\b": "קוד אישי",
    r"דפי הניהול": "דפי המנהל",
    r"(^|\s)[במל]$": "a hyphen before the value: ב-",
    r"אל מתחת ל": "אל תוך",
    r"או שבקשו\b": "או בקשו",
    r"^(מחפש|קולט|טוען|שומר|בודק)(…| )": "a noun or a plural: מתבצע חיפוש…, שומעים אתכם",
    r"(יכול|יוכל)(ה|ים)? להחליף[.,]": "להיכנס לפעולה",
    r"\b(אחד|אחת) קודם\b": "קודם אחד מהם: אחד קודם reads as the previous one",
    r"[(,] ?0: ": "0 = ללא הגבלה",
    r'(^|[\s(])"(?=[א-ת])': "the marks ״…״ of all other texts",
    r"אישור ה?אבטחה": "תעודת אבטחה",
    r"שעות שמחות": "האפי אוור",
    r"שיגור": "שליחה",
    r"\b(הינו|הינה|הנך|בכדי|על מנת|במידה ו)\b": "הוא, כדי, אם",
    r"לא ניתן ל(?!מסירה)": "אי אפשר",
    r"אותו/ה|שלך\b|\bאתה\b|\bאת/ה\b": "the plural: אותם, שלכם, אתם",
    r"^(מחק|הוסף|בחר|הקלד|סרוק|לחץ|הזן|שלח|הצג|חפש)(?![א-ת])": "a noun: שמירה, מחיקה, הוספה",
}
OF_CUSTOMERS = re.compile(r"/(kiosk|customer_accounts|web_orders)/|/assistant/words\.chat\.shop_|/mira\.toml\.")
"""Keys of what a customer reads at a kiosk, on a phone or in a web shop."""
SYNONYMS = ".seek_also."
"""Keys of words that people type into the search, in any spelling."""
PAGE_AS_SUBJECT = re.compile(r"(?:^|[.:;] )\*\*[^*]+\*\* (?:מציג|מראה|מוצא|מחשב|משווה|מפיק|מייבא|בודק)ה?\b")
BUTTONS = ("**חיפוש", "**תצוגה", "**הדפס", "**הצעה", "**בדיקה")
"""Names of buttons are nouns that a verb agrees with; names of pages are not."""


def walk(value: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from walk(inner, f"{key}.{name}")


def texts(language: str = HEBREW) -> dict[str, str]:
    """Each key with its text: words of every capability, what personas say, built-in consents, head office's page."""
    said: dict[str, str] = {}
    for path in files(".toml", under="edge"):
        if path.name == f"{language}.toml" and "vocabulary" not in path.parts:
            said |= walk(tomllib.loads(text_of(path)), str(path.parent))
        elif path.parent.name == "personalities":
            persona = tomllib.loads(text_of(path))
            for part in ("names", "greeting", "sentences"):
                said |= walk(persona.get(part, {}).get(language), f"{path}.{part}")
    consents = tomllib.loads((ROOT / "edge/people/customers/wordings.toml").read_text())
    newest = next(iter(consents.values()))
    said |= {f"wordings.toml.{purpose}": by_language[language] for purpose, by_language in newest.items()}
    return said | dict(walk(json.loads((ROOT / "sync/hub/api/page/words.json").read_text())[language], "words.json"))


def guide() -> Iterator[tuple[str, str]]:
    """Each line of the owner's guide, with its page; commands are left out."""
    for path in files(".md", under=f"docs/owner/{HEBREW}"):
        for line in re.sub(r"`[^`]*`|<[^>]*>", "", text_of(path)).splitlines():
            yield str(path), line


@pytest.mark.parametrize("turn", TURNS)
def test_no_text_has_a_turn_that_sounds_translated(turn: str) -> None:
    pattern = re.compile(turn)
    said = [(key, text) for key, text in texts().items() if SYNONYMS not in key] + list(guide())
    assert [f"{key}: {text}" for key, text in said if pattern.search(text)] == [], TURNS[turn]


def test_what_customers_fill_is_called_a_cart() -> None:
    theirs = {key: text for key, text in texts().items() if OF_CUSTOMERS.search(key)}
    assert any("עגלה" in text for text in theirs.values())
    wrong = [f"{key}: {text}" for key, text in theirs.items() if re.search(r"\b(ב|ל|ה|מה)?סל\b", text)]
    assert wrong == [], "סל is a till's, עגלה a customer's"


def test_a_refund_is_no_store_credit() -> None:
    english, hebrew = texts(ENGLISH), texts()
    refunds = {key for key, text in english.items() if re.search(r"\brefund", text, re.I) and "credit" not in text}
    wrong = [f"{key}: {hebrew[key]}" for key in refunds if SYNONYMS not in key and re.search("זיכו|זוכ", hebrew[key])]
    assert wrong == [], "refund: החזר; store credit: זיכוי"


def test_the_guide_calls_a_page_a_page() -> None:
    wrong = [
        f"{path}: {found[0]}"
        for path, line in guide()
        for found in PAGE_AS_SUBJECT.finditer(line)
        if not any(button in found[0] for button in BUTTONS)
    ]
    assert wrong == [], "הדף **מכירות** מציג, or בדף **מכירות** רואים: a page's name alone agrees with no verb"
