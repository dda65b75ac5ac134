"""Amounts in words."""

import re
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
HIDDEN = "(amount)"
"""What stands for an amount where none is shown."""
_AMOUNT = re.compile(r"[+-]?(?:[A-Z]{0,2}\$|€|£|\b[A-Z]{3} )\d{1,3}(?:,\d{3})*\.\d\d\b")
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "AUD": "A$", "CAD": "C$", "NZD": "NZ$"}


def money(amount: Decimal, currency: str = "USD") -> str:
    """``$2,345.00``, ``-€12.50``, ``CHF 10.00``; without an ISO code the dollar, Autotask's own currency."""
    rounded = amount.quantize(CENT, ROUND_HALF_UP)
    unit = _SIGNS.get(currency.upper() or "USD", f"{currency} ")
    return f"{'-' if rounded < 0 else ''}{unit}{abs(rounded):,.2f}"


def change_of(amount: Decimal, currency: str = "USD") -> str:
    """The same with its sign, as differences are told: ``+$12.00``."""
    return f"{'+' if amount > 0 else ''}{money(amount, currency)}"


def without_amounts(text: str) -> str:
    """A sentence for places that are told no amounts; numbers without a currency stay."""
    return _AMOUNT.sub(HIDDEN, text)
