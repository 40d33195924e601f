"""Countries and regions: postal codes and laws.

Where people and shops are located, to the detail that law and post require. Pure.

Canada's postal codes are checked by Canada Post's format (`A9A 9A9`), its letters, and whether the first letter fits
the province. For an address in another country, only lengths and characters are checked, and the result is `unchecked`
instead of `ok`. A new tax rate is another line with its date; existing lines never change. Each tax is of the net
price, none of another tax. In Canada `standard` is all of a province's taxes, `federal` the federal part alone, for
what the province exempts or gives back at the till (books, children's clothes), and `liquor` what BC and Saskatchewan
tax at rates of its own (these two from memory: check with an accountant); what is zero-rated or exempt has none.
"""
