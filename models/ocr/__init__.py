"""Lines of text on a page, in reading order.

Lines on a page, with their corners, in the order in which one reads them.

Weak: finding lines (RapidOCR) is one step of about a second that nothing interrupts: see `rapidocr.py`.
"""
