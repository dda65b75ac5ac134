"""What becomes of every mirrored time entry: decided for all of them at once, in the database."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import RowMapping, TextClause, text

from bot.db.repository import Repository
from bot.db.syncs import Syncs
from bot.domain.syncs import Group
from bot.domain.time_entries import Decision, Money, Repricing, TimeState, totals

_FOUND = """
mapped AS MATERIALIZED (
    SELECT DISTINCT company_id FROM organizations
    WHERE tenant_id = :tenant AND company_id IS NOT NULL AND archived_at IS NULL
),
items AS MATERIALIZED (
    SELECT DISTINCT ON (time_entry_id) time_entry_id, autotask_id, company_id, contract_id,
        NULLIF(invoice_id, 0) AS invoice_id
    FROM billing_items
    WHERE tenant_id = :tenant AND time_entry_id IS NOT NULL AND gone_at IS NULL
        AND (CAST(:only AS bigint) IS NULL OR time_entry_id = :only)
    ORDER BY time_entry_id, NULLIF(invoice_id, 0) NULLS LAST, autotask_id DESC
),
found AS (
    SELECT e.autotask_id AS entry_id, e.date_worked, e.contract_service_id,
        CASE WHEN e.is_non_billable THEN e.hours_worked ELSE e.hours_to_bill END AS hours,
        COALESCE(c.company_id, i.company_id) AS company_id, c.autotask_id AS contract_id,
        LEAST(c.end_date, s.ended_on) AS contract_end, i.autotask_id AS billing_item_id, i.invoice_id,
        CASE
            WHEN e.gone_at IS NOT NULL THEN 'gone'
            WHEN e.is_non_billable THEN 'not_billable'
            WHEN i.autotask_id IS NULL THEN 'not_approved'
            WHEN s.place IS DISTINCT FROM 'in' AND COALESCE(c.company_id, i.company_id) IS NOT NULL AND o.company_id IS NULL
                THEN 'unmapped'
            WHEN s.place IS DISTINCT FROM 'in' THEN 'unlinked'
            WHEN e.date_worked > LEAST(c.end_date, s.ended_on) THEN 'after_end'
            ELSE 'imported'
        END AS state,
        e.date_worked >= :usual OR (e.date_worked >= :first AND e.date_worked <= :last)
            OR COALESCE(e.autotask_id = CAST(:only AS bigint), false) AS is_inside
    FROM time_entries e
    LEFT JOIN items i ON i.time_entry_id = e.autotask_id
    LEFT JOIN time_links l ON l.tenant_id = e.tenant_id AND l.entry_id = e.autotask_id
    LEFT JOIN contracts c ON c.tenant_id = e.tenant_id AND c.gone_at IS NULL
        AND c.autotask_id = COALESCE(l.contract_id, e.contract_id, i.contract_id)
    LEFT JOIN contract_standings s ON s.tenant_id = e.tenant_id AND s.contract_id = c.autotask_id
    LEFT JOIN mapped o ON o.company_id = COALESCE(c.company_id, i.company_id)
    WHERE e.tenant_id = :tenant AND (CAST(:only AS bigint) IS NULL OR e.autotask_id = :only)
)"""
"""Every entry as it is now, by what Autotask says: a billing item of the entry proves that it was approved and posted
(autotask-api 7.11). Its contract is the one picked here, else its own, else its billing item's, and must be taken in.
Where it is not, the entry is to be linked; or its company to be mapped, if no organization has that."""

_RATES = """
rates AS MATERIALIZED (
    SELECT r.id, r.rate, r.currency, r.valid_from, r.contract_id, o.company_id,
        CASE WHEN r.contract_id IS NOT NULL THEN 2 WHEN r.organization_id IS NOT NULL THEN 1 ELSE 0 END AS closeness
    FROM time_rates r
    LEFT JOIN organizations o ON o.tenant_id = r.tenant_id AND o.id = r.organization_id
    WHERE r.tenant_id = :tenant AND r.removed_at IS NULL
)"""

_RATE = """
LEFT JOIN LATERAL (
    SELECT r.rate, r.currency FROM rates r
    WHERE f.state = 'imported' AND r.valid_from <= f.date_worked
        AND (r.closeness = 0 OR r.contract_id = f.contract_id OR (r.closeness = 1 AND r.company_id = f.company_id))
    ORDER BY r.closeness DESC, r.valid_from DESC, r.id DESC
    LIMIT 1
) p ON true"""
"""The contract's own rate, else the organization's, else the workspace's, as of the day that was worked."""

_SAME = """(old.state, old.date_worked, old.hours, old.company_id, old.contract_id, old.contract_end,
        old.contract_service_id, old.billing_item_id, old.invoice_id, old.rate, old.currency, old.late)"""
_NEW = """(f.state, f.date_worked, f.hours, f.company_id, f.contract_id, f.contract_end,
        f.contract_service_id, f.billing_item_id, f.invoice_id, f.rate, f.currency, '')"""

_DECIDE = f"""
WITH {_RATES}, {_FOUND},
priced AS (
    SELECT f.*,
        CASE WHEN k.invoice_id IS NOT NULL AND k.rate IS NOT NULL AND f.state = 'imported' THEN k.rate ELSE p.rate END AS rate,
        CASE WHEN k.invoice_id IS NOT NULL AND k.rate IS NOT NULL AND f.state = 'imported' THEN k.currency ELSE p.currency END
            AS currency
    FROM found f
    LEFT JOIN time_imports k ON k.tenant_id = :tenant AND k.entry_id = f.entry_id {_RATE}
    WHERE f.is_inside
),
inside AS (
    SELECT f.*, '' AS late, old.state AS old_state, old.hours AS old_hours, old.date_worked AS old_date,
        old.contract_id AS old_contract
    FROM priced f LEFT JOIN time_imports old ON old.tenant_id = :tenant AND old.entry_id = f.entry_id
    WHERE (old.entry_id IS NULL AND f.state <> 'gone') OR (old.entry_id IS NOT NULL AND {_SAME} IS DISTINCT FROM {_NEW})
),
outside AS (
    SELECT f.entry_id, COALESCE(old.date_worked, f.date_worked) AS date_worked, COALESCE(old.hours, f.hours) AS hours,
        CASE WHEN old.entry_id IS NULL THEN f.contract_service_id ELSE old.contract_service_id END AS contract_service_id,
        COALESCE(old.company_id, f.company_id) AS company_id,
        CASE WHEN old.entry_id IS NULL THEN f.contract_id ELSE old.contract_id END AS contract_id,
        CASE WHEN old.entry_id IS NULL THEN f.contract_end ELSE old.contract_end END AS contract_end,
        COALESCE(old.billing_item_id, f.billing_item_id) AS billing_item_id, f.invoice_id,
        COALESCE(old.state, CASE WHEN f.state = 'not_billable' THEN f.state ELSE 'outside' END) AS state,
        f.is_inside, old.rate, old.currency,
        CASE WHEN old.entry_id IS NULL OR f.said = f.stood THEN COALESCE(old.late, '') ELSE f.said END AS late,
        old.state AS old_state, old.hours AS old_hours, old.date_worked AS old_date, old.contract_id AS old_contract
    FROM (
        SELECT f.*,
            trim_scale(f.hours) || ' h on ' || f.date_worked || ', '
                || CASE WHEN f.state IN ('imported', 'unlinked', 'unmapped', 'after_end') THEN 'approved'
                        ELSE replace(f.state, '_', ' ') END AS said,
            trim_scale(k.hours) || ' h on ' || k.date_worked || ', '
                || CASE WHEN k.state = 'outside' AND f.state IN ('imported', 'unlinked', 'unmapped', 'after_end') THEN 'approved'
                        WHEN k.state = 'outside' THEN replace(f.state, '_', ' ')
                        WHEN k.state IN ('imported', 'unlinked', 'unmapped', 'after_end') THEN 'approved'
                        ELSE replace(k.state, '_', ' ') END AS stood
        FROM found f LEFT JOIN time_imports k ON k.tenant_id = :tenant AND k.entry_id = f.entry_id
        WHERE NOT f.is_inside
    ) f
    LEFT JOIN time_imports old ON old.tenant_id = :tenant AND old.entry_id = f.entry_id
    WHERE (old.entry_id IS NULL AND f.state <> 'gone')
        OR (f.said <> f.stood AND f.said <> old.late) OR old.invoice_id IS DISTINCT FROM f.invoice_id
),
changed AS (
    SELECT entry_id, state, date_worked, hours, company_id, contract_id, contract_end, contract_service_id,
        billing_item_id, invoice_id, rate, currency, hours * rate AS amount, late,
        old_state, old_hours, old_date, old_contract FROM inside
    UNION ALL
    SELECT entry_id, state, date_worked, hours, company_id, contract_id, contract_end, contract_service_id,
        billing_item_id, invoice_id, rate, currency, hours * rate AS amount, late,
        old_state, old_hours, old_date, old_contract FROM outside
),
written AS (
    INSERT INTO time_imports AS t (tenant_id, entry_id, state, date_worked, hours, company_id, contract_id, contract_end,
        contract_service_id, billing_item_id, invoice_id, rate, currency, amount, late, since)
    SELECT :tenant, entry_id, state, date_worked, hours, company_id, contract_id, contract_end,
        contract_service_id, billing_item_id, invoice_id, rate, currency, amount, late, :now FROM changed
    ON CONFLICT (tenant_id, entry_id) DO UPDATE SET
        state = excluded.state, date_worked = excluded.date_worked, hours = excluded.hours,
        company_id = excluded.company_id, contract_id = excluded.contract_id, contract_end = excluded.contract_end,
        contract_service_id = excluded.contract_service_id, billing_item_id = excluded.billing_item_id,
        invoice_id = excluded.invoice_id, rate = excluded.rate, currency = excluded.currency,
        amount = excluded.amount, late = excluded.late,
        since = CASE WHEN t.state = excluded.state THEN t.since ELSE excluded.since END
),
numbered AS (
    SELECT c.*, late <> '' AS is_late,
        row_number() OVER same AS n, count(*) OVER (PARTITION BY state, COALESCE(old_state, ''), late <> '') AS alike,
        sum(hours) OVER (PARTITION BY state, COALESCE(old_state, ''), late <> '') AS alike_hours
    FROM changed c
    WINDOW same AS (PARTITION BY state, COALESCE(old_state, ''), late <> '' ORDER BY date_worked DESC, entry_id)
)
SELECT c.*, r.name AS resource, k.name AS contract, o.id AS organization_id
FROM numbered c
LEFT JOIN time_entries e ON e.tenant_id = :tenant AND e.autotask_id = c.entry_id
LEFT JOIN resources r ON r.tenant_id = :tenant AND r.autotask_id = e.resource_id
LEFT JOIN contracts k ON k.tenant_id = :tenant AND k.autotask_id = c.contract_id
LEFT JOIN LATERAL (
    SELECT min(o.id) AS id FROM organizations o
    WHERE o.tenant_id = :tenant AND o.company_id = c.company_id AND o.archived_at IS NULL
) o ON true
WHERE c.n <= :most
ORDER BY c.date_worked, c.entry_id
"""

_REPRICE = f"""
WITH {_RATES},
f AS (
    SELECT entry_id, state, date_worked, hours, company_id, contract_id, rate AS old_rate, currency AS old_currency
    FROM time_imports
    WHERE tenant_id = :tenant AND state = 'imported' AND (invoice_id IS NULL OR rate IS NULL)
),
differing AS (
    SELECT f.*, p.rate AS new_rate, p.currency AS new_currency
    FROM f {_RATE}
    WHERE (f.old_rate, f.old_currency) IS DISTINCT FROM (p.rate, p.currency)
),
written AS (
    UPDATE time_imports t SET rate = d.new_rate, currency = d.new_currency, amount = t.hours * d.new_rate
    FROM differing d WHERE t.tenant_id = :tenant AND t.entry_id = d.entry_id
)
SELECT old_currency, new_currency, count(*) AS entries, sum(hours * old_rate) AS before, sum(hours * new_rate) AS after
FROM differing GROUP BY old_currency, new_currency
"""


class TimeImports(Repository):
    async def decide(
        self, usual: date, asked_for: tuple[date, date] | None, at: datetime, *, most: int
    ) -> list[Decision]:
        """Decides every entry worked since ``usual`` or on the days asked for; what changed, ``most`` of each kind.

        What was worked earlier stays as it was decided; where Autotask says otherwise by now, that is noted.
        """
        await Syncs(self.connection, self.tenant_id).alone(Group.TIME)  # or two runs would tell what is new
        first, last = asked_for or (usual, usual)
        values = {"usual": usual, "first": first, "last": last, "now": at, "most": most, "only": None}
        return [_decision(row) for row in await self._rows(text(_DECIDE), values)]

    async def decide_one(self, entry_id: int, at: datetime) -> list[Decision]:
        """The same for one entry, whatever day it was worked on."""
        never = date.max
        values = {"usual": never, "first": never, "last": never, "now": at, "most": 1, "only": entry_id}
        return [_decision(row) for row in await self._rows(text(_DECIDE), values)]

    async def reprice(self) -> Repricing:
        """Gives every imported entry the rate of its day, but those on an invoice; what that changed."""
        rows = await self._rows(text(_REPRICE), {})
        return Repricing(
            sum(int(row["entries"]) for row in rows),
            totals(Money(row["before"], row["old_currency"]) for row in rows if row["old_currency"]),
            totals(Money(row["after"], row["new_currency"]) for row in rows if row["new_currency"]),
        )

    async def _rows(self, statement: TextClause, values: dict[str, object]) -> Sequence[RowMapping]:
        found = await self.connection.execute(statement, {"tenant": self.tenant_id, **values})
        return found.mappings().all()


def _decision(row: RowMapping) -> Decision:
    return Decision(
        entry_id=row["entry_id"],
        state=TimeState(row["state"]),
        before=TimeState(row["old_state"]) if row["old_state"] else None,
        worked_on=row["date_worked"],
        hours=row["hours"],
        old_hours=row["old_hours"],
        old_day=row["old_date"],
        contract_id=row["contract_id"],
        old_contract=row["old_contract"],
        contract=row["contract"] or "",
        contract_end=row["contract_end"],
        resource=row["resource"] or "",
        organization_id=row["organization_id"],
        late=row["late"],
        alike=row["alike"],
        alike_hours=row["alike_hours"],
        is_first_alike=row["n"] == 1,
    )
