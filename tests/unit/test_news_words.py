"""News in words: in the database's currency, and without amounts where a channel is told none."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from blocks.news import Found, message
from bot.domain.money import HIDDEN, without_amounts
from bot.domain.problems import EventKind, News
from tests.factories import NOON


@dataclass(frozen=True)
class Sum:
    kind: EventKind
    count: int
    amount: Decimal | None


@dataclass(frozen=True)
class Item:
    news: News
    at = NOON


TEXT = "Contract Care of Acme 365: +€1,412.00 a month, €2,000.50 now"
SUMS = (Sum(EventKind.CONTRACTS, 1, Decimal(1412)), Sum(EventKind.TIME, 3, None))
ITEMS = (Item(News(EventKind.CONTRACTS, TEXT)),)


def test_a_channel_that_may_reads_amounts_in_the_database_s_currency():
    told = str(message(Found(SUMS, ITEMS, money=True, currency="EUR"), 1))
    assert "Contracts: 1, +€1,412.00 a month; Time entries: 3" in told
    assert TEXT in told
    assert "$" not in told


def test_a_channel_that_may_not_reads_what_happened_and_no_amount():
    told = str(message(Found(SUMS, ITEMS, currency="EUR"), 1))
    assert f"Contract Care of Acme 365: {HIDDEN} a month, {HIDDEN} now" in told
    assert "Contracts: 1; Time entries: 3" in told
    assert not any(amount in told for amount in ("1,412", "2,000"))


@pytest.mark.parametrize(
    "amount", ["$2,345.00", "-€12.50", "+$12.00", "CHF 10.00", "A$0.05", "NZ$1,000,000.00"]
)
def test_every_amount_as_we_write_it_can_be_left_out(amount):
    assert without_amounts(f"was {amount}, 12.5 h of MS 365") == f"was {HIDDEN}, 12.5 h of MS 365"
