"""Contracts with their services, units and milestones, how each stands with us, and what companies are classified as."""

from alembic import op

from bot.db.tenancy import tenant_policies

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NEW_TABLES = (
    "contracts",
    "services",
    "service_bundles",
    "contract_services",
    "contract_service_bundles",
    "contract_service_units",
    "contract_service_bundle_units",
    "contract_milestones",
    "contract_standings",
    "customer_requests",
)

UP = """
ALTER TABLE companies ADD COLUMN classification INTEGER;

CREATE TABLE contracts (
    tenant_id BIGINT NOT NULL,
    autotask_id BIGINT NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    search_name TEXT DEFAULT '' NOT NULL,
    number TEXT DEFAULT '' NOT NULL,
    company_id BIGINT,
    contract_type INTEGER,
    category INTEGER,
    period_type TEXT DEFAULT '' NOT NULL,
    status INTEGER,
    start_date DATE,
    end_date DATE,
    is_default BOOLEAN NOT NULL,
    line_of_business BIGINT,
    renewed_contract_id BIGINT,
    hash TEXT DEFAULT '' NOT NULL,
    synced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE,
    gone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_contracts PRIMARY KEY (tenant_id, autotask_id),
    CONSTRAINT fk_contracts_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE INDEX ix_contracts_company ON contracts (tenant_id, company_id);

CREATE TABLE services (
    tenant_id BIGINT NOT NULL,
    autotask_id BIGINT NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    search_name TEXT DEFAULT '' NOT NULL,
    sku TEXT DEFAULT '' NOT NULL,
    period_type TEXT DEFAULT '' NOT NULL,
    internal_id TEXT DEFAULT '' NOT NULL,
    external_id TEXT DEFAULT '' NOT NULL,
    is_active BOOLEAN NOT NULL,
    hash TEXT DEFAULT '' NOT NULL,
    synced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE,
    gone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_services PRIMARY KEY (tenant_id, autotask_id),
    CONSTRAINT fk_services_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE TABLE service_bundles (
    tenant_id BIGINT NOT NULL,
    autotask_id BIGINT NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    search_name TEXT DEFAULT '' NOT NULL,
    sku TEXT DEFAULT '' NOT NULL,
    period_type TEXT DEFAULT '' NOT NULL,
    internal_id TEXT DEFAULT '' NOT NULL,
    external_id TEXT DEFAULT '' NOT NULL,
    is_active BOOLEAN NOT NULL,
    hash TEXT DEFAULT '' NOT NULL,
    synced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE,
    gone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_service_bundles PRIMARY KEY (tenant_id, autotask_id),
    CONSTRAINT fk_service_bundles_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE TABLE contract_services (
    tenant_id BIGINT NOT NULL,
    autotask_id BIGINT NOT NULL,
    contract_id BIGINT,
    service_id BIGINT,
    unit_price NUMERIC,
    invoice_description TEXT DEFAULT '' NOT NULL,
    internal_description TEXT DEFAULT '' NOT NULL,
    identifier TEXT DEFAULT '' NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    hash TEXT DEFAULT '' NOT NULL,
    synced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE,
    gone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_contract_services PRIMARY KEY (tenant_id, autotask_id),
    CONSTRAINT fk_contract_services_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE INDEX ix_contract_services_contract ON contract_services (tenant_id, contract_id);

CREATE INDEX ix_contract_services_identifier ON contract_services (tenant_id, identifier);

CREATE TABLE contract_service_bundles (
    tenant_id BIGINT NOT NULL,
    autotask_id BIGINT NOT NULL,
    contract_id BIGINT,
    service_bundle_id BIGINT,
    unit_price NUMERIC,
    invoice_description TEXT DEFAULT '' NOT NULL,
    internal_description TEXT DEFAULT '' NOT NULL,
    identifier TEXT DEFAULT '' NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    hash TEXT DEFAULT '' NOT NULL,
    synced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE,
    gone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_contract_service_bundles PRIMARY KEY (tenant_id, autotask_id),
    CONSTRAINT fk_contract_service_bundles_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE INDEX ix_contract_service_bundles_contract ON contract_service_bundles (tenant_id, contract_id);

CREATE INDEX ix_contract_service_bundles_identifier ON contract_service_bundles (tenant_id, identifier);

CREATE TABLE contract_service_units (
    tenant_id BIGINT NOT NULL,
    autotask_id BIGINT NOT NULL,
    contract_id BIGINT,
    contract_service_id BIGINT,
    start_date DATE,
    end_date DATE,
    units INTEGER DEFAULT '0' NOT NULL,
    price NUMERIC DEFAULT '0' NOT NULL,
    posted_at TIMESTAMP WITH TIME ZONE,
    hash TEXT DEFAULT '' NOT NULL,
    synced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE,
    gone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_contract_service_units PRIMARY KEY (tenant_id, autotask_id),
    CONSTRAINT fk_contract_service_units_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE INDEX ix_contract_service_units_contract ON contract_service_units (tenant_id, contract_id, start_date);

CREATE TABLE contract_service_bundle_units (
    tenant_id BIGINT NOT NULL,
    autotask_id BIGINT NOT NULL,
    contract_id BIGINT,
    contract_service_bundle_id BIGINT,
    start_date DATE,
    end_date DATE,
    units INTEGER DEFAULT '0' NOT NULL,
    price NUMERIC DEFAULT '0' NOT NULL,
    posted_at TIMESTAMP WITH TIME ZONE,
    hash TEXT DEFAULT '' NOT NULL,
    synced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE,
    gone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_contract_service_bundle_units PRIMARY KEY (tenant_id, autotask_id),
    CONSTRAINT fk_contract_service_bundle_units_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE INDEX ix_contract_service_bundle_units_contract ON contract_service_bundle_units (tenant_id, contract_id, start_date);

CREATE TABLE contract_milestones (
    tenant_id BIGINT NOT NULL,
    autotask_id BIGINT NOT NULL,
    contract_id BIGINT,
    title TEXT DEFAULT '' NOT NULL,
    description TEXT DEFAULT '' NOT NULL,
    amount NUMERIC DEFAULT '0' NOT NULL,
    due_date DATE,
    status INTEGER,
    is_initial BOOLEAN NOT NULL,
    hash TEXT DEFAULT '' NOT NULL,
    synced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE,
    gone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_contract_milestones PRIMARY KEY (tenant_id, autotask_id),
    CONSTRAINT fk_contract_milestones_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE INDEX ix_contract_milestones_contract ON contract_milestones (tenant_id, contract_id);

CREATE TABLE contract_standings (
    tenant_id BIGINT NOT NULL,
    contract_id BIGINT NOT NULL,
    place TEXT DEFAULT '' NOT NULL,
    monthly NUMERIC,
    terms JSONB DEFAULT '{}' NOT NULL,
    cut_short BOOLEAN DEFAULT 'false' NOT NULL,
    ended_on DATE,
    ended_by TEXT DEFAULT '' NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_contract_standings PRIMARY KEY (tenant_id, contract_id),
    CONSTRAINT fk_contract_standings_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE TABLE customer_requests (
    tenant_id BIGINT NOT NULL,
    id BIGINT GENERATED BY DEFAULT AS IDENTITY,
    company_id BIGINT NOT NULL,
    contract_id BIGINT NOT NULL,
    state TEXT DEFAULT 'asked' NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_by TEXT DEFAULT '' NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_customer_requests PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_customer_requests_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE INDEX ix_customer_requests_state ON customer_requests (tenant_id, state, id);

CREATE UNIQUE INDEX uq_customer_requests_company ON customer_requests (tenant_id, company_id)
"""


def upgrade() -> None:
    for statement in UP.split(";"):
        op.execute(statement)
    for table in NEW_TABLES:
        for statement in tenant_policies(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(NEW_TABLES):
        op.execute(f"DROP TABLE {table}")
    op.execute("ALTER TABLE companies DROP COLUMN classification")
