"""Contracts with their services, units per billing period, adjustments and milestones."""

from typing import ClassVar

from bot.autotask.entities.record import (
    Day,
    Entity,
    Moment,
    Money,
    Number,
    Record,
    Text,
    WithUserDefinedFields,
)


class Contract(WithUserDefinedFields):
    """Changes of its services and units do not move its last-modified time."""

    entity: ClassVar[Entity] = Entity("Contracts", "Contract", modified_field="lastModifiedDateTime")

    contract_name: Text = ""
    contract_number: Text = ""
    company_id: int | None = None
    contact_id: int | None = None
    contact_name: Text = ""
    contract_category: int | None = None
    contract_type: int | None = None
    contract_period_type: int | str | None = None
    """Declared a number, seen as the letters of older days: resolve it through the picklist's labels."""
    status: int | None = None
    start_date: Day = None
    end_date: Day = None
    billing_preference: int | None = None
    bill_to_company_id: int | None = None
    description: Text = ""
    estimated_cost: Money = None
    estimated_hours: Number = None
    estimated_revenue: Money = None
    setup_fee: Money = None
    overage_billing_rate: Money = None
    is_compliant: bool | None = None
    is_default_contract: bool | None = None
    opportunity_id: int | None = None
    exclusion_contract_id: int | None = None
    renewed_contract_id: int | None = None
    purchase_order_number: Text = ""
    service_level_agreement_id: int | None = None
    time_reporting_requires_start_and_stop_times: int | None = None
    last_modified_date_time: Moment = None


class ContractService(Record):
    """A service on a contract with its price; how many is in ``ContractServiceUnit``."""

    entity: ClassVar[Entity] = Entity(
        "ContractServices", "ContractService", parent="Contracts", child="Services", parent_field="contractID"
    )

    contract_id: int | None = None
    service_id: int | None = None
    unit_price: Money = None
    unit_cost: Money = None
    internal_currency_unit_price: Money = None
    internal_currency_adjusted_price: Money = None
    invoice_description: Text = ""
    internal_description: Text = ""
    quote_item_id: int | None = None


class ContractServiceBundle(Record):
    entity: ClassVar[Entity] = Entity(
        "ContractServiceBundles",
        "ContractServiceBundle",
        parent="Contracts",
        child="ServiceBundles",
        parent_field="contractID",
    )

    contract_id: int | None = None
    service_bundle_id: int | None = None
    unit_price: Money = None
    adjusted_price: Money = None
    internal_currency_unit_price: Money = None
    internal_currency_adjusted_price: Money = None
    invoice_description: Text = ""
    internal_description: Text = ""
    quote_item_id: int | None = None


class ContractServiceUnit(Record):
    """One row per service and billing period: never add them up. ``price`` is the row's, not one unit's."""

    entity: ClassVar[Entity] = Entity(
        "ContractServiceUnits",
        "ContractServiceUnit",
        parent="Contracts",
        child="ServiceUnits",
        parent_field="contractID",
    )

    contract_id: int | None = None
    contract_service_id: int | None = None
    service_id: int | None = None
    vendor_company_id: int | None = None
    start_date: Day = None
    end_date: Day = None
    units: int | None = None
    price: Money = None
    cost: Money = None
    internal_currency_price: Money = None
    approve_and_post_date: Moment = None


class ContractServiceBundleUnit(Record):
    """As ``ContractServiceUnit``, for bundles."""

    entity: ClassVar[Entity] = Entity(
        "ContractServiceBundleUnits",
        "ContractServiceBundleUnit",
        parent="Contracts",
        child="ServiceBundleUnits",
        parent_field="contractID",
    )

    contract_id: int | None = None
    contract_service_bundle_id: int | None = None
    service_bundle_id: int | None = None
    start_date: Day = None
    end_date: Day = None
    units: int | None = None
    price: Money = None
    cost: Money = None
    internal_currency_price: Money = None
    approve_and_post_date: Moment = None


class ContractServiceAdjustment(Record):
    """Write-only: ``unitChange`` is added to the count, and nothing about it can be read back."""

    entity: ClassVar[Entity] = Entity(
        "ContractServiceAdjustments", "ContractServiceAdjustment", queryable=False
    )

    contract_id: int | None = None
    contract_service_id: int | None = None
    service_id: int | None = None
    effective_date: Day = None
    unit_change: int | None = None
    adjusted_unit_price: Money = None
    adjusted_unit_cost: Money = None
    allow_repeat_service: bool | None = None


class ContractServiceBundleAdjustment(Record):
    """Write-only, as ``ContractServiceAdjustment``."""

    entity: ClassVar[Entity] = Entity(
        "ContractServiceBundleAdjustments", "ContractServiceBundleAdjustment", queryable=False
    )

    contract_id: int | None = None
    contract_service_bundle_id: int | None = None
    service_bundle_id: int | None = None
    effective_date: Day = None
    unit_change: int | None = None
    adjusted_unit_price: Money = None
    allow_repeat_service_bundle: bool | None = None


class ContractMilestone(Record):
    """Fixed-price contracts only; the creation date is the only time stamp."""

    entity: ClassVar[Entity] = Entity(
        "ContractMilestones",
        "ContractMilestone",
        parent="Contracts",
        child="Milestones",
        parent_field="contractID",
    )

    contract_id: int | None = None
    title: Text = ""
    description: Text = ""
    amount: Money = None
    internal_currency_amount: Money = None
    billing_code_id: int | None = None
    date_due: Day = None
    is_initial_payment: bool | None = None
    status: int | None = None
    creator_resource_id: int | None = None
    create_date: Moment = None


class Service(WithUserDefinedFields):
    """A catalogue service; its price is a default, the contract's counts."""

    entity: ClassVar[Entity] = Entity(
        "Services", "Service", modified_field="lastModifiedDate", external_id_field="externalID"
    )

    name: Text = ""
    description: Text = ""
    invoice_description: Text = ""
    billing_code_id: int | None = None
    period_type: int | str | None = None
    unit_price: Money = None
    unit_cost: Money = None
    markup_rate: Number = None
    vendor_company_id: int | None = None
    sku: Text = ""
    internal_id: Text = ""
    external_id: Text = ""
    is_active: bool | None = None
    create_date: Moment = None
    last_modified_date: Moment = None


class ServiceBundle(WithUserDefinedFields):
    entity: ClassVar[Entity] = Entity(
        "ServiceBundles",
        "ServiceBundle",
        modified_field="lastModifiedDate",
        external_id_field="externalID",
        deletable=True,
    )

    name: Text = ""
    description: Text = ""
    invoice_description: Text = ""
    billing_code_id: int | None = None
    period_type: int | str | None = None
    unit_price: Money = None
    unit_cost: Money = None
    unit_discount: Money = None
    percentage_discount: Number = None
    sku: Text = ""
    internal_id: Text = ""
    external_id: Text = ""
    is_active: bool | None = None
    create_date: Moment = None
    last_modified_date: Moment = None
