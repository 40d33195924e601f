"""Countries and regions: postal codes and laws.

The locations of people and shops, in the detail that laws and postal services require. Pure.

Canada's postal codes are checked by Canada Post's format (`A9A 9A9`), its letters, and whether the first letter fits
the province. For an address in another country, only lengths and characters are checked, and the result is `unchecked`
instead of `ok`. A new tax rate is another line with its date; existing lines never change. Each tax is on the net
price, never on another tax. The classes of Canada are described in `taxes.py`; those of `liquor` in BC and Saskatchewan
weren't taken from the text of the law, so check them with an accountant.
"""
