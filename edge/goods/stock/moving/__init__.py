"""Stock movements: posting, carrying, pours, corrections of receipts, and cost."""
