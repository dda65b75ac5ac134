"""Contracts, the services on them, and how their units change."""

from dataclasses import dataclass

from sandbox.autotask.errors import rejected
from sandbox.autotask.rules.shared import Rules
from sandbox.autotask.table import moment, number
from sandbox.autotask.units import (
    BUNDLES,
    RECURRING,
    SERVICES,
    Adjustment,
    Family,
    adjust,
    check_contract,
    check_end,
    generate_units,
    generic_failure,
    move_end,
    reprice,
    unit_price,
)
from sandbox.autotask.values import Row
from sandbox.autotask.write import Write

FIXED_PRICE = 3
_BILLED = 2


def before_contract(write: Write) -> None:
    """Dates in order; recurring contracts have a period; no end before a posted period."""
    start, end = moment(write.row, "startDate"), moment(write.row, "endDate")
    if start is not None and end is not None and start >= end:
        raise rejected("The startDate must be earlier than the endDate.")
    if write.row.get("contractType") == RECURRING and write.row.get("contractPeriodType") is None:
        raise rejected("Missing Required Field: contractPeriodType")
    if write.changed("endDate") and end is not None:
        check_end(write.database, write.row, end)


def after_contract(write: Write) -> None:
    """Moving the end deletes or adds future periods."""
    if write.changed("endDate"):
        move_end(write.database, write.row)


@dataclass(frozen=True, slots=True)
class LineRules:
    """Services or bundles on a contract."""

    family: Family

    def before(self, write: Write) -> None:
        """Recurring contracts only, each service once; prices default to the catalogue's."""
        if not write.creating:
            return
        contract = write.referenced("contractID") or {}
        if contract.get("contractType") != RECURRING:
            raise rejected("Services can only be added to contracts of type Recurring Service.")
        if self.existing(write):
            raise rejected(f"The {self.family.product_key} already exists on this contract.")
        self.complete(write)

    def complete(self, write: Write) -> None:
        """Fill prices and description from the catalogue."""
        product = write.referenced(self.family.product_key) or {}
        fields = ("unitPrice", "unitCost") if self.family is SERVICES else ("unitPrice",)
        for name in (*fields, "invoiceDescription"):
            if write.row.get(name) is None:
                write.row[name] = product.get(name)
        write.row["internalCurrencyUnitPrice"] = write.row.get("unitPrice")
        write.row["internalCurrencyAdjustedPrice"] = unit_price(write.row)

    def existing(self, write: Write) -> list[Row]:
        """The lines of the same service on the same contract."""
        table = write.database.table(self.family.lines)
        rows = (table.rows[each] for each in table.having("contractID", write.row.get("contractID")))
        return [
            row for row in rows if row.get(self.family.product_key) == write.row.get(self.family.product_key)
        ]

    def after(self, write: Write) -> None:
        """A new line has rows of zero units for every period."""
        if write.creating:
            generate_units(write.database, write.record_id, units=0, family=self.family)
            _note(write, number(write.row, "contractID"), "A service was added to the contract.")


@dataclass(frozen=True, slots=True)
class AdjustmentRules:
    """Adjustments of services or bundles: a signed change of units from a day on."""

    family: Family

    def before(self, write: Write) -> None:
        """Apply the adjustment; a missing line is created, as the API does."""
        effective = moment(write.row, "effectiveDate")
        assert effective is not None
        line_id = self._line_id(write)
        contract_id = number(write.database.row(self.family.lines, line_id) or {}, "contractID")
        change = number(write.row, "unitChange") or 0
        adjust(write.database, Adjustment(line_id, effective, change, self.family))
        if self._price(write, line_id):
            reprice(write.database, line_id, self.family, effective)
        write.row[self.family.line_key] = line_id
        _note(write, contract_id, f"Units were adjusted by {change:+d} from {effective:%Y-%m-%d}.")

    def _line_id(self, write: Write) -> int:
        given = number(write.row, self.family.line_key)
        if given is not None:
            return given
        found = LineRules(self.family).existing(write)
        if write.row.get(self.family.repeat) is True or not found:
            return self._new_line(write)
        if len(found) > 1:
            raise rejected(f"More than one service was found. Supply a {self.family.line_key}.")
        return number(found[0], "id") or 0

    def _new_line(self, write: Write) -> int:
        contract, product = write.referenced("contractID"), write.referenced(self.family.product_key)
        effective = moment(write.row, "effectiveDate")
        if contract is None or product is None or effective is None:
            raise generic_failure()
        check_contract(write.database, contract, effective)
        if (number(write.row, "unitChange") or 0) < 0:
            raise rejected("The adjustment would result in a negative number of units.")
        line_id = write.database.insert(self.family.lines, _line_of(self.family, contract, product))
        generate_units(write.database, line_id, units=0, family=self.family)
        return line_id

    def _price(self, write: Write, line_id: int) -> bool:
        """Take over an adjusted price; tells whether there is one."""
        price, cost = write.row.get("adjustedUnitPrice"), write.row.get("adjustedUnitCost")
        changes: dict[str, object] = {}
        if price is not None:
            changes["internalCurrencyAdjustedPrice"] = price
            if self.family is BUNDLES:
                changes["adjustedPrice"] = price
        if cost is not None and self.family is SERVICES:
            changes["unitCost"] = cost
        write.database.update(self.family.lines, line_id, changes)
        return bool(changes)


def _line_of(family: Family, contract: Row, product: Row) -> dict[str, object]:
    price = product.get("unitPrice")
    row: dict[str, object] = {
        "contractID": contract["id"],
        family.product_key: product["id"],
        "unitPrice": price,
        "internalCurrencyUnitPrice": price,
        "internalCurrencyAdjustedPrice": price,
        "invoiceDescription": product.get("invoiceDescription"),
    }
    if family is SERVICES:
        row["unitCost"] = product.get("unitCost")
    return row


def before_milestone(write: Write) -> None:
    """Fixed-price contracts only; Billed is for the initial payment, and final."""
    contract = write.referenced("contractID") or {}
    if contract.get("contractType") != FIXED_PRICE:
        raise rejected("Milestones can only be added to contracts of type Fixed Price.")
    if write.before is not None and write.before.get("status") == _BILLED and write.changed("status"):
        raise rejected("The status of a billed milestone cannot be changed.")
    if write.becomes("status", _BILLED) and write.row.get("isInitialPayment") is not True:
        raise rejected("The status of a milestone cannot be set to Billed unless it is the initial payment.")


def _note(write: Write, contract_id: int | None, words: str) -> None:
    """The note that every change of services leaves on the contract."""
    note = {
        "contractID": contract_id,
        "title": "Contract Service Change",
        "description": words,
        "creatorResourceID": write.identity.author,
    }
    write.database.insert("ContractNotes", note)


_SERVICE, _BUNDLE = LineRules(SERVICES), LineRules(BUNDLES)
CONTRACTS = {
    "Contracts": Rules(before=before_contract, after=after_contract),
    "ContractServices": Rules(before=_SERVICE.before, after=_SERVICE.after),
    "ContractServiceBundles": Rules(before=_BUNDLE.before, after=_BUNDLE.after),
    "ContractServiceAdjustments": Rules(before=AdjustmentRules(SERVICES).before),
    "ContractServiceBundleAdjustments": Rules(before=AdjustmentRules(BUNDLES).before),
    "ContractMilestones": Rules(before=before_milestone),
}
