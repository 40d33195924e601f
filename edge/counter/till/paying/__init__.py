"""Taking money: cash, cards, tips, coupons, gift cards and money paid ahead."""
