"""Amounts in words."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "AUD": "A$", "CAD": "C$", "NZD": "NZ$"}


def money(amount: Decimal, currency: str = "USD") -> str:
    """``$2,345.00``, ``-€12.50``, ``CHF 10.00``; without an ISO code the dollar, Autotask's own currency."""
    rounded = amount.quantize(CENT, ROUND_HALF_UP)
    unit = _SIGNS.get(currency.upper() or "USD", f"{currency} ")
    return f"{'-' if rounded < 0 else ''}{unit}{abs(rounded):,.2f}"


def change_of(amount: Decimal, currency: str = "USD") -> str:
    """The same with its sign, as differences are told: ``+$12.00``."""
    return f"{'+' if amount > 0 else ''}{money(amount, currency)}"
