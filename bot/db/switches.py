"""The workspace's switches: which capabilities are off, read-only or on."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bot.db.connections import Connections
from bot.db.repository import Repository
from bot.db.tables import switches
from bot.domain.switches import Capability, Mode, Switches
from bot.errors import SwitchedOff


class SwitchBoard(Repository):
    async def all(self) -> Switches:
        rows = await self._all(select(switches).where(switches.c.tenant_id == self.tenant_id))
        known = {each.value for each in Capability}
        return Switches(
            {Capability(row["capability"]): Mode(row["mode"]) for row in rows if row["capability"] in known}
        )

    async def set(self, capability: Capability, mode: Mode, *, by: str, at: datetime) -> None:
        given = {"mode": mode.value, "changed_by": by, "changed_at": at}
        made = insert(switches).values(tenant_id=self.tenant_id, capability=capability.value, **given)
        await self._run(made.on_conflict_do_update(index_elements=["tenant_id", "capability"], set_=given))

    async def require(self, capability: Capability, *, writing: bool = True) -> None:
        """Raises ``SwitchedOff`` unless the capability may be used so, now.

        Before a write it raises ``NotConnected``, too, and keeps a removal of the connection from beginning until
        the transaction ends: what is marked as sent here is known to whoever removes.
        """
        if writing:
            await Connections(self.connection, self.tenant_id).hold_open()
        found = await self.all()
        if not (found.may_write(capability) if writing else found.may_read(capability)):
            raise SwitchedOff(capability.value, found.mode(capability).value)
