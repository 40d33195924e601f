"""The meaning of a manager's question: a measure, dimensions, filters and a period.

A question becomes a `Meaning`: a measure, grouped by dimensions, narrowed by filters, over a period, perhaps compared
with another, in an order. It's read by a grammar of phrases, which are data, and by the shop's names.

Invariants. An unknown word stops the answer: it is quoted, no figure is given, and confidence is at most 0.4. Every
condition is applied, or the answer says what is possible instead; it never falls back to the shop's total. The longest
phrase wins, in the language of most words; other languages fill gaps. A shop's name beats a phrase of the same length.
Figures come from insight and reports; two dimensions at once are read receipt by receipt, for 92 days at most. Weeks
begin on Monday, in Israel on Sunday.

To add a measure: its phrases (`[measures]`), a row of `TABLE`, its name in `../../assistant/words/`
(`meaning_measure`), and its reader (`../copilot_tools.py`). To add a time expression: a pattern in `[times]`.
`tests/flow/conversation/test_meanings.py` generates a family of tests for each.
"""
