"""Invoices, what is on them, opportunities, and when somebody last asked for them."""

from alembic import op

from bot.db.tenancy import tenant_policies

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = (
    "invoices",
    "billing_items",
    "payment_terms",
    "currencies",
    "invoice_files",
    "fetch_turns",
    "opportunities",
)

UP = """
CREATE TABLE invoices (
    tenant_id BIGINT NOT NULL,
    autotask_id BIGINT NOT NULL,
    number TEXT DEFAULT '' NOT NULL,
    search_number TEXT DEFAULT '' NOT NULL,
    company_id BIGINT,
    invoiced_at TIMESTAMP WITH TIME ZONE,
    due_on DATE,
    from_on DATE,
    to_on DATE,
    paid_on DATE,
    payment_term INTEGER,
    total NUMERIC,
    tax NUMERIC,
    tax_region TEXT DEFAULT '' NOT NULL,
    order_number TEXT DEFAULT '' NOT NULL,
    comments TEXT DEFAULT '' NOT NULL,
    batch_id BIGINT,
    is_voided BOOLEAN NOT NULL,
    voided_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE,
    hash TEXT DEFAULT '' NOT NULL,
    synced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE,
    gone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_invoices PRIMARY KEY (tenant_id, autotask_id),
    CONSTRAINT fk_invoices_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);
CREATE INDEX ix_invoices_company ON invoices (tenant_id, company_id);
CREATE INDEX ix_invoices_newest ON invoices (tenant_id, invoiced_at, autotask_id);
CREATE INDEX ix_invoices_unpaid ON invoices (tenant_id, autotask_id)
    WHERE paid_on IS NULL AND NOT is_voided AND gone_at IS NULL;

CREATE TABLE billing_items (
    tenant_id BIGINT NOT NULL,
    autotask_id BIGINT NOT NULL,
    billing_item_type INTEGER,
    sub_type INTEGER,
    item_name TEXT DEFAULT '' NOT NULL,
    description TEXT DEFAULT '' NOT NULL,
    company_id BIGINT,
    invoice_id BIGINT,
    contract_id BIGINT,
    contract_service_id BIGINT,
    contract_service_period_id BIGINT,
    contract_service_bundle_id BIGINT,
    contract_service_bundle_period_id BIGINT,
    contract_block_id BIGINT,
    milestone_id BIGINT,
    project_id BIGINT,
    task_id BIGINT,
    ticket_id BIGINT,
    time_entry_id BIGINT,
    role_id BIGINT,
    quantity NUMERIC,
    rate NUMERIC,
    extended_price NUMERIC,
    total_amount NUMERIC,
    tax NUMERIC,
    non_billable BOOLEAN NOT NULL,
    item_date DATE,
    posted_date DATE,
    posted_on_time TIMESTAMP WITH TIME ZONE,
    hash TEXT DEFAULT '' NOT NULL,
    synced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE,
    gone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_billing_items PRIMARY KEY (tenant_id, autotask_id),
    CONSTRAINT fk_billing_items_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);
CREATE INDEX ix_billing_items_contract ON billing_items (tenant_id, contract_id);
CREATE INDEX ix_billing_items_invoice ON billing_items (tenant_id, invoice_id);
CREATE INDEX ix_billing_items_time_entry ON billing_items (tenant_id, time_entry_id);

CREATE TABLE payment_terms (
    tenant_id BIGINT NOT NULL,
    autotask_id BIGINT NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    due_in_days INTEGER,
    hash TEXT DEFAULT '' NOT NULL,
    synced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE,
    gone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_payment_terms PRIMARY KEY (tenant_id, autotask_id),
    CONSTRAINT fk_payment_terms_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE TABLE currencies (
    tenant_id BIGINT NOT NULL,
    autotask_id BIGINT NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    is_internal BOOLEAN NOT NULL,
    is_active BOOLEAN NOT NULL,
    hash TEXT DEFAULT '' NOT NULL,
    synced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE,
    gone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_currencies PRIMARY KEY (tenant_id, autotask_id),
    CONSTRAINT fk_currencies_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE TABLE invoice_files (
    tenant_id BIGINT NOT NULL,
    invoice_id BIGINT NOT NULL,
    stamp TEXT NOT NULL,
    content BYTEA NOT NULL,
    size INTEGER NOT NULL,
    fetched_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_invoice_files PRIMARY KEY (tenant_id, invoice_id),
    CONSTRAINT fk_invoice_files_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE TABLE fetch_turns (
    tenant_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    run_key TEXT DEFAULT '' NOT NULL,
    taken_by TEXT DEFAULT '' NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    succeeded_at TIMESTAMP WITH TIME ZONE,
    state TEXT DEFAULT 'running' NOT NULL,
    CONSTRAINT pk_fetch_turns PRIMARY KEY (tenant_id, kind),
    CONSTRAINT fk_fetch_turns_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE TABLE opportunities (
    tenant_id BIGINT NOT NULL,
    autotask_id BIGINT NOT NULL,
    title TEXT DEFAULT '' NOT NULL,
    search_title TEXT DEFAULT '' NOT NULL,
    company_id BIGINT,
    owner_id BIGINT,
    category_id BIGINT,
    stage INTEGER,
    status INTEGER,
    probability INTEGER,
    amount NUMERIC,
    monthly_revenue NUMERIC,
    onetime_revenue NUMERIC,
    close_on DATE,
    closed_at TIMESTAMP WITH TIME ZONE,
    lost_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE,
    last_activity TIMESTAMP WITH TIME ZONE,
    next_step TEXT DEFAULT '' NOT NULL,
    hash TEXT DEFAULT '' NOT NULL,
    synced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE,
    gone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_opportunities PRIMARY KEY (tenant_id, autotask_id),
    CONSTRAINT fk_opportunities_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);
CREATE INDEX ix_opportunities_company ON opportunities (tenant_id, company_id);
CREATE INDEX ix_opportunities_status ON opportunities (tenant_id, status, close_on)
"""


def upgrade() -> None:
    for statement in UP.split(";"):
        op.execute(statement)
    for table in TABLES:
        for statement in tenant_policies(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
