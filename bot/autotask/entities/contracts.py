"""Contracts with their services, units per billing period, adjustments and milestones."""

from typing import ClassVar

from bot.autotask.entities.record import (
    Day,
    Endpoint,
    Entity,
    Flag,
    Moment,
    Money,
    Number,
    Text,
    WithUserDefinedFields,
)


class Contract(WithUserDefinedFields):
    """Changes of its services and units do not move its last-modified time."""

    endpoint: ClassVar[Endpoint] = Endpoint("Contracts", "Contract", modified_field="lastModifiedDateTime")

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
    is_compliant: Flag = False
    is_default_contract: Flag = False
    opportunity_id: int | None = None
    organizational_level_association_id: int | None = None
    exclusion_contract_id: int | None = None
    renewed_contract_id: int | None = None
    purchase_order_number: Text = ""
    service_level_agreement_id: int | None = None
    time_reporting_requires_start_and_stop_times: int | None = None
    last_modified_date_time: Moment = None


class ContractService(Entity):
    """A service on a contract with its price; how many is in ``ContractServiceUnit``."""

    endpoint: ClassVar[Endpoint] = Endpoint(
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


class ContractServiceBundle(Entity):
    endpoint: ClassVar[Endpoint] = Endpoint(
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


class ContractServiceUnit(Entity):
    """One row per service and billing period: never add them up. ``price`` is the row's, not one unit's."""

    endpoint: ClassVar[Endpoint] = Endpoint(
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


class ContractServiceBundleUnit(Entity):
    """As ``ContractServiceUnit``, for bundles."""

    endpoint: ClassVar[Endpoint] = Endpoint(
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


class ContractServiceAdjustment(Entity):
    """Write-only: ``unitChange`` is added to the count, and nothing about it can be read back."""

    endpoint: ClassVar[Endpoint] = Endpoint(
        "ContractServiceAdjustments", "ContractServiceAdjustment", queryable=False
    )

    contract_id: int | None = None
    contract_service_id: int | None = None
    service_id: int | None = None
    effective_date: Day = None
    unit_change: int | None = None
    adjusted_unit_price: Money = None
    adjusted_unit_cost: Money = None
    allow_repeat_service: Flag = False


class ContractServiceBundleAdjustment(Entity):
    """Write-only, as ``ContractServiceAdjustment``."""

    endpoint: ClassVar[Endpoint] = Endpoint(
        "ContractServiceBundleAdjustments", "ContractServiceBundleAdjustment", queryable=False
    )

    contract_id: int | None = None
    contract_service_bundle_id: int | None = None
    service_bundle_id: int | None = None
    effective_date: Day = None
    unit_change: int | None = None
    adjusted_unit_price: Money = None
    allow_repeat_service_bundle: Flag = False


class ContractMilestone(Entity):
    """Fixed-price contracts only; the creation date is the only time stamp."""

    endpoint: ClassVar[Endpoint] = Endpoint(
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
    is_initial_payment: Flag = False
    status: int | None = None
    creator_resource_id: int | None = None
    create_date: Moment = None


class Service(WithUserDefinedFields):
    """A catalogue service; its price is a default, the contract's counts."""

    endpoint: ClassVar[Endpoint] = Endpoint(
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
    is_active: Flag = False
    create_date: Moment = None
    last_modified_date: Moment = None


class ServiceBundle(WithUserDefinedFields):
    endpoint: ClassVar[Endpoint] = Endpoint(
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
    is_active: Flag = False
    create_date: Moment = None
    last_modified_date: Moment = None
