"""The row policies that migrations give to tables: one tenant, and the organizations a person may see."""

TENANT = "NULLIF(current_setting('app.tenant_id', true), '')::bigint"
SEEN = "NULLIF(current_setting('app.organizations', true), '')"


def tenant_policies(table: str) -> tuple[str, ...]:
    """Statements that hide every other tenant's rows, from the table's owner, too."""
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant_only ON {table} USING (tenant_id = {TENANT})",
    )


def organization_policy(table: str, column: str = "organization_id") -> str:
    """The statement that hides rows of organizations outside the person's groups; unbound units see all.

    ``app.organizations`` is an array literal such as ``{1,5}``, or empty. The sub-selects are worked out once
    per query, not once per row.
    """
    return (
        f"CREATE POLICY organizations_seen ON {table} AS RESTRICTIVE USING ((SELECT {SEEN}) IS NULL"
        f" OR {column} = ANY ((SELECT {SEEN}::bigint[])::bigint[]))"
    )
