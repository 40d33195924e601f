"""A manager's question as a measure, dimensions, filters and a period.

A manager's question becomes a `Meaning`: a measure, told apart by dimensions, narrowed by filters, of a period,
perhaps beside another, in an order. No topic words: a grammar of phrases, whose words are data, and the names of
the shop.

Invariants. A word that nothing owns stops the answer: it is named, no figure is told, and the confidence is 0.4
at most. What is said is applied, or the answer says what can be told instead; never the shop's total in its
place. The longest phrase wins, in the language that has most of the words; words of another are read where that
has none. A name of the shop goes before a phrase as long as it. Figures are those of insight and reports; two
dimensions at once are read paper by paper, of 92 days at most. Weeks begin on Monday, in Israel on Sunday.

One more measure: its phrases (`[measures]`), a row of `TABLE`, its name in `../../assistant/words/`
(`meaning_measure`), who reads it (`../copilot_tools.py`). One more way to say a time: a pattern in `[times]`.
`tests/flow/conversation/test_meanings.py` makes a family of each.
"""
