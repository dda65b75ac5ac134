"""Companies, the people at them, and the things installed there."""

from typing import ClassVar

from bot.autotask.entities.record import Day, Endpoint, Flag, Moment, Money, Text, WithUserDefinedFields


class Company(WithUserDefinedFields):
    """A customer, prospect or vendor; id 0 is the MSP itself."""

    endpoint: ClassVar[Endpoint] = Endpoint("Companies", "Company", modified_field="lastActivityDate")

    company_name: Text = ""
    company_number: Text = ""
    company_type: int | None = None
    company_category_id: int | None = None
    classification: int | None = None
    is_active: Flag = False
    owner_resource_id: int | None = None
    parent_company_id: int | None = None
    market_segment_id: int | None = None
    territory_id: int | None = None
    currency_id: int | None = None
    phone: Text = ""
    fax: Text = ""
    web_address: Text = ""
    address1: Text = ""
    address2: Text = ""
    city: Text = ""
    state: Text = ""
    postal_code: Text = ""
    country_id: int | None = None
    is_tax_exempt: Flag = False
    tax_id: Text = ""
    invoice_method: int | None = None
    create_date: Moment = None
    last_activity_date: Moment = None
    last_tracked_modified_date_time: Moment = None


class Contact(WithUserDefinedFields):
    """A person at a company. The API holds ``isActive`` as 0 or 1 and so filters it; here it is a bool."""

    endpoint: ClassVar[Endpoint] = Endpoint(
        "Contacts",
        "Contact",
        parent="Companies",
        child="Contacts",
        parent_field="companyID",
        modified_field="lastModifiedDate",
        external_id_field="externalID",
        deletable=True,
    )

    company_id: int | None = None
    company_location_id: int | None = None
    first_name: Text = ""
    last_name: Text = ""
    title: Text = ""
    email_address: Text = ""
    email_address2: Text = ""
    email_address3: Text = ""
    phone: Text = ""
    extension: Text = ""
    mobile_phone: Text = ""
    is_active: Flag = False
    primary_contact: Flag = False
    billing_contact: Flag = False
    receives_email_notifications: Flag = False
    external_id: Text = ""
    create_date: Moment = None
    last_activity_date: Moment = None
    last_modified_date: Moment = None


class ConfigurationItem(WithUserDefinedFields):
    """A device or other asset at a company (``InstalledProduct`` in older texts)."""

    endpoint: ClassVar[Endpoint] = Endpoint(
        "ConfigurationItems",
        "ConfigurationItem",
        modified_field="lastModifiedTime",
    )

    company_id: int | None = None
    company_location_id: int | None = None
    configuration_item_category_id: int | None = None
    configuration_item_type: int | None = None
    contact_id: int | None = None
    contract_id: int | None = None
    contract_service_id: int | None = None
    product_id: int | None = None
    parent_configuration_item_id: int | None = None
    reference_number: Text = ""
    reference_title: Text = ""
    serial_number: Text = ""
    location: Text = ""
    notes: Text = ""
    is_active: Flag = False
    install_date: Moment = None
    warranty_expiration_date: Day = None
    domain_expiration_date_time: Moment = None
    ssl_valid_until_date_time: Moment = None
    monthly_cost: Money = None
    rmm_device_audit_hostname: Text = ""
    rmm_device_audit_operating_system: Text = ""
    create_date: Moment = None
    last_modified_time: Moment = None
