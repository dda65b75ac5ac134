"""Tickets and what belongs to them, and the people and roles that work on them."""

from typing import ClassVar

from pydantic import Field

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


class Ticket(WithUserDefinedFields):
    """Statuses 1 (New) and 5 (Complete) are the same everywhere; every other picklist number is the tenant's."""

    endpoint: ClassVar[Endpoint] = Endpoint(
        "Tickets", "Ticket", modified_field="lastActivityDate", external_id_field="externalID"
    )

    ticket_number: Text = ""
    title: Text = ""
    description: Text = ""
    resolution: Text = ""
    company_id: int | None = None
    company_location_id: int | None = None
    contact_id: int | None = None
    contract_id: int | None = None
    contract_service_id: int | None = None
    configuration_item_id: int | None = None
    project_id: int | None = None
    opportunity_id: int | None = None
    problem_ticket_id: int | None = Field(default=None, alias="problemTicketId")
    status: int | None = None
    priority: int | None = None
    queue_id: int | None = None
    source: int | None = None
    issue_type: int | None = None
    sub_issue_type: int | None = None
    ticket_category: int | None = None
    ticket_type: int | None = None
    billing_code_id: int | None = None
    assigned_resource_id: int | None = None
    assigned_resource_role_id: int | None = None
    creator_resource_id: int | None = None
    created_by_contact_id: int | None = None
    completed_by_resource_id: int | None = None
    impersonator_creator_resource_id: int | None = None
    estimated_hours: Number = None
    external_id: Text = ""
    purchase_order_number: Text = ""
    create_date: Moment = None
    due_date_time: Moment = None
    completed_date: Moment = None
    first_response_date_time: Moment = None
    resolved_date_time: Moment = None
    last_activity_date: Moment = None
    last_customer_visible_activity_date_time: Moment = None
    last_tracked_modification_date_time: Moment = None
    service_level_agreement_id: int | None = None
    service_level_agreement_has_been_met: bool | None = None


class TicketNote(Entity):
    endpoint: ClassVar[Endpoint] = Endpoint(
        "TicketNotes",
        "TicketNote",
        parent="Tickets",
        child="Notes",
        parent_field="ticketID",
        modified_field="lastActivityDate",
    )

    ticket_id: int | None = None
    title: Text = ""
    description: Text = ""
    note_type: int | None = None
    publish: int | None = None
    creator_resource_id: int | None = None
    created_by_contact_id: int | None = None
    impersonator_creator_resource_id: int | None = None
    create_date_time: Moment = None
    last_activity_date: Moment = None


class TicketCategory(Entity):
    endpoint: ClassVar[Endpoint] = Endpoint("TicketCategories", "TicketCategory")

    name: Text = ""
    nickname: Text = ""
    is_active: Flag = False
    is_api_only: Flag = False
    is_global_default: Flag = False


class TimeEntry(Entity):
    """Worked time on a ticket or a task; ``hours_to_bill`` follows the contract and cannot be written."""

    endpoint: ClassVar[Endpoint] = Endpoint(
        "TimeEntries", "TimeEntry", modified_field="lastModifiedDateTime", deletable=True
    )

    resource_id: int | None = None
    role_id: int | None = None
    ticket_id: int | None = None
    task_id: int | None = None
    contract_id: int | None = None
    contract_service_id: int | None = None
    contract_service_bundle_id: int | None = None
    billing_code_id: int | None = None
    internal_billing_code_id: int | None = None
    time_entry_type: int | None = None
    date_worked: Day = None
    start_date_time: Moment = None
    end_date_time: Moment = None
    hours_worked: Number = None
    hours_to_bill: Number = None
    offset_hours: Number = None
    is_non_billable: Flag = False
    show_on_invoice: Flag = False
    summary_notes: Text = ""
    internal_notes: Text = ""
    billing_approval_date_time: Moment = None
    billing_approval_resource_id: int | None = None
    billing_approval_level_most_recent: int | None = None
    creator_user_id: int | None = None
    create_date_time: Moment = None
    last_modified_date_time: Moment = None


class Resource(Entity):
    """A user of Autotask; API users appear too. Match people by any of the three addresses or the user name."""

    endpoint: ClassVar[Endpoint] = Endpoint("Resources", "Resource")

    first_name: Text = ""
    middle_name: Text = ""
    last_name: Text = ""
    user_name: Text = ""
    email: Text = ""
    email2: Text = ""
    email3: Text = ""
    title: Text = ""
    is_active: Flag = False
    license_type: int | None = None
    user_type: int | None = None
    resource_type: Text = ""
    location_id: int | None = None
    office_phone: Text = ""
    mobile_phone: Text = ""
    internal_cost: Money = None
    default_service_desk_role_id: int | None = None


class Role(Entity):
    endpoint: ClassVar[Endpoint] = Endpoint("Roles", "Role")

    name: Text = ""
    description: Text = ""
    hourly_rate: Money = None
    hourly_factor: Number = None
    is_active: Flag = False
    is_system_role: Flag = False


class ResourceRole(Entity):
    """The roles that a resource holds, by department or by queue; needed to assign a ticket."""

    endpoint: ClassVar[Endpoint] = Endpoint("ResourceRoles", "ResourceRole")

    resource_id: int | None = None
    role_id: int | None = None
    department_id: int | None = None
    queue_id: int | None = None
    is_active: Flag = False


class Department(Entity):
    endpoint: ClassVar[Endpoint] = Endpoint("Departments", "Department")

    name: Text = ""
    number: Text = ""
    description: Text = ""
    primary_location_id: int | None = None
