"""The names of the settings that decide which contracts are taken in, and what people call them."""

from collections.abc import Mapping
from enum import StrEnum

NAMESPACE = "contracts_"
"""How the names of these settings begin."""
PREFIXES, MATCHED, CUSTOMERS = "contracts_prefixes", "contracts_matched", "contracts_customers"


class FilterField(StrEnum):
    """What may narrow the data; the value is the setting's name. Nothing chosen: all data."""

    COMPANY_TYPE = "contracts_filter_company_type"
    CLASSIFICATION = "contracts_filter_classification"
    LINE_OF_BUSINESS = "contracts_filter_line_of_business"
    STATUS = "contracts_filter_status"
    CATEGORY = "contracts_filter_category"

    @property
    def label(self) -> str:
        return {
            FilterField.COMPANY_TYPE: "Company type",
            FilterField.CLASSIFICATION: "Company classification",
            FilterField.LINE_OF_BUSINESS: "Line of business",
            FilterField.STATUS: "Contract status",
            FilterField.CATEGORY: "Contract category",
        }[self]

    @property
    def source(self) -> tuple[str, str]:
        """Autotask's entity and field whose picklist offers the values; none for lines of business."""
        return {
            FilterField.COMPANY_TYPE: ("Companies", "companyType"),
            FilterField.CLASSIFICATION: ("Companies", "classification"),
            FilterField.LINE_OF_BUSINESS: ("", ""),
            FilterField.STATUS: ("Contracts", "status"),
            FilterField.CATEGORY: ("Contracts", "contractCategory"),
        }[self]


LABELS: Mapping[str, str] = {
    PREFIXES: "SKU prefixes of contracts",
    MATCHED: "What SKU prefixes are matched against",
    CUSTOMERS: "Customers of matching contracts",
    **{each.value: f"Filter: {each.label.lower()}" for each in FilterField},
}
