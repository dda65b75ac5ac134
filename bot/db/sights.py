"""What of the mirror a list may show: the person's organizations, and the companies that the data filters let in."""

from bot.db.contracts import Contracts
from bot.db.repository import Repository
from bot.db.settings import SettingsStore
from bot.domain.contract_rules import FilterField, rules_of
from bot.domain.invoices import Sight


class Sights(Repository):
    async def of(self, *, mapped_only: bool) -> Sight:
        """``mapped_only``: for people who see some organizations."""
        preferences = await SettingsStore(self.connection, self.tenant_id).preferences()
        chosen = rules_of(preferences).filters or {}
        companies = await Contracts(self.connection, self.tenant_id).companies_let_in(
            chosen.get(FilterField.COMPANY_TYPE, ()), chosen.get(FilterField.CLASSIFICATION, ())
        )
        return Sight(mapped_only, None if companies is None else tuple(companies))
