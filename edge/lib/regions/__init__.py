"""Countries and regions: postal codes and laws.

Where people and shops are located, to the detail that law and post require. Pure.

Canada's postal codes are checked as Canada Post writes them (`A9A 9A9`): the letters that there are, and whether
the first fits the province. Of an address in another country only lengths and characters are looked at, and it is
called `unchecked`, not `ok`. A new tax rate is one more line with its day; none is ever changed. Each tax is of
the net price, none of another tax. In Canada `standard` is all of a province's taxes, `federal` the federal part
alone, for what the province exempts or gives back at the till (books, children's clothes), and `liquor` what BC
and Saskatchewan tax at rates of its own (these two from memory: check with an accountant); what is zero-rated or
exempt has none.
"""
