"""Invoices, the items on them and the codes behind them. Autotask makes them; we read and stamp."""

from typing import ClassVar

from bot.autotask.entities.record import Day, Endpoint, Entity, Flag, Moment, Money, Number, Text


class Invoice(Entity):
    """Writable are the number, the paid date and the web service date. ``dueDate`` can be read, not filtered."""

    endpoint: ClassVar[Endpoint] = Endpoint("Invoices", "Invoice")

    invoice_number: Text = ""
    batch_id: int | None = None
    company_id: int | None = None
    creator_resource_id: int | None = None
    comments: Text = ""
    order_number: Text = ""
    invoice_date_time: Moment = None
    from_date: Day = None
    to_date: Day = None
    due_date: Day = None
    paid_date: Day = None
    payment_term: int | None = None
    invoice_total: Money = None
    total_tax_value: Money = None
    tax_region_name: Text = ""
    is_voided: Flag = False
    voided_date: Moment = None
    voided_by_resource_id: int | None = None
    create_date_time: Moment = None
    web_service_date: Moment = None

    @property
    def number(self) -> str:
        """The number that Autotask shows: its own, or the id when none was given."""
        return self.invoice_number or str(self.id)


class BillingItem(Entity):
    """Exists only after approve and post. ``invoice_id`` is 0 or None until it is invoiced."""

    endpoint: ClassVar[Endpoint] = Endpoint("BillingItems", "BillingItem")

    billing_item_type: int | None = None
    sub_type: int | None = None
    item_name: Text = ""
    description: Text = ""
    company_id: int | None = None
    invoice_id: int | None = None
    contract_id: int | None = None
    contract_service_id: int | None = None
    contract_service_period_id: int | None = None
    contract_service_adjustment_id: int | None = None
    contract_service_bundle_id: int | None = None
    contract_service_bundle_period_id: int | None = None
    contract_service_bundle_adjustment_id: int | None = None
    contract_block_id: int | None = None
    milestone_id: int | None = None
    service_id: int | None = None
    service_bundle_id: int | None = None
    project_id: int | None = None
    task_id: int | None = None
    ticket_id: int | None = None
    time_entry_id: int | None = None
    billing_code_id: int | None = None
    role_id: int | None = None
    quantity: Number = None
    rate: Money = None
    extended_price: Money = None
    total_amount: Money = None
    tax_dollars: Money = None
    our_cost: Money = None
    internal_currency_total_amount: Money = None
    non_billable: Flag = False
    item_date: Day = None
    posted_date: Day = None
    posted_on_time: Moment = None
    web_service_date: Moment = None


class BillingCode(Entity):
    """Work types are the codes with use type 1; there is no entity of their own."""

    endpoint: ClassVar[Endpoint] = Endpoint("BillingCodes", "BillingCode")

    name: Text = ""
    description: Text = ""
    billing_code_type: int | None = None
    use_type: int | None = None
    department: int | None = None
    external_number: Text = ""
    unit_price: Money = None
    unit_cost: Money = None
    is_active: Flag = False


class PaymentTerm(Entity):
    endpoint: ClassVar[Endpoint] = Endpoint("PaymentTerms", "PaymentTerm")

    name: Text = ""
    description: Text = ""
    payment_due_in_days: int | None = None
    is_active: Flag = False


class Currency(Entity):
    """``name`` is the ISO code; one is the internal currency, in which reports add up."""

    endpoint: ClassVar[Endpoint] = Endpoint("Currencies", "Currency", modified_field="lastModifiedDateTime")

    name: Text = ""
    description: Text = ""
    is_active: Flag = False
    is_internal_currency: Flag = False
    last_modified_date_time: Moment = None
