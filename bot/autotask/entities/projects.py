"""Opportunities, and the projects, phases and tasks that follow from them."""

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


class Opportunity(WithUserDefinedFields):
    """Whether a plain edit moves ``lastActivity`` is not certain: pass over the open ones nightly as well."""

    endpoint: ClassVar[Endpoint] = Endpoint("Opportunities", "Opportunity", modified_field="lastActivity")

    title: Text = ""
    description: Text = ""
    next_step: Text = ""
    company_id: int | None = None
    contact_id: int | None = None
    owner_resource_id: int | None = None
    creator_resource_id: int | None = None
    opportunity_category_id: int | None = None
    product_id: int | None = None
    stage: int | None = None
    status: int | None = None
    rating: int | None = None
    lead_source: int | None = None
    win_reason: int | None = None
    loss_reason: int | None = None
    probability: int | None = None
    amount: Money = None
    cost: Money = None
    onetime_revenue: Money = None
    onetime_cost: Money = None
    monthly_revenue: Money = None
    monthly_cost: Money = None
    quarterly_revenue: Money = None
    quarterly_cost: Money = None
    semiannual_revenue: Money = None
    semiannual_cost: Money = None
    yearly_revenue: Money = None
    yearly_cost: Money = None
    total_amount_months: int | None = None
    use_quote_totals: Flag = False
    create_date: Moment = None
    start_date: Day = None
    projected_close_date: Day = None
    closed_date: Moment = None
    lost_date: Moment = None
    last_activity: Moment = None


class OpportunityCategory(Entity):
    endpoint: ClassVar[Endpoint] = Endpoint("OpportunityCategories", "OpportunityCategory")

    name: Text = ""
    nickname: Text = ""
    is_active: Flag = False
    is_global_default: Flag = False


class Project(WithUserDefinedFields):
    endpoint: ClassVar[Endpoint] = Endpoint(
        "Projects", "Project", modified_field="lastActivityDateTime", external_id_field="extProjectNumber"
    )

    project_name: Text = ""
    project_number: Text = ""
    ext_project_number: Text = ""
    description: Text = ""
    company_id: int | None = None
    contract_id: int | None = None
    opportunity_id: int | None = None
    project_lead_resource_id: int | None = None
    department: int | None = None
    project_type: int | None = None
    status: int | None = None
    status_detail: Text = ""
    status_date_time: Moment = None
    start_date_time: Moment = None
    end_date_time: Moment = None
    completed_date_time: Moment = None
    completed_percentage: int | None = None
    actual_hours: Number = None
    actual_billed_hours: Number = None
    estimated_time: Number = None
    labor_estimated_revenue: Money = None
    labor_estimated_costs: Money = None
    original_estimated_revenue: Money = None
    create_date_time: Moment = None
    last_activity_date_time: Moment = None


class Phase(Entity):
    endpoint: ClassVar[Endpoint] = Endpoint(
        "Phases",
        "Phase",
        parent="Projects",
        child="Phases",
        parent_field="projectID",
        modified_field="lastActivityDateTime",
        external_id_field="externalID",
    )

    project_id: int | None = None
    parent_phase_id: int | None = None
    phase_number: Text = ""
    title: Text = ""
    description: Text = ""
    external_id: Text = ""
    start_date: Moment = None
    due_date: Moment = None
    estimated_hours: Number = None
    is_scheduled: Flag = False
    create_date: Moment = None
    last_activity_date_time: Moment = None


class Task(WithUserDefinedFields):
    """The time part of its end is without meaning; whether it is billable follows its work type and contract."""

    endpoint: ClassVar[Endpoint] = Endpoint(
        "Tasks",
        "Task",
        parent="Projects",
        child="Tasks",
        parent_field="projectID",
        modified_field="lastActivityDateTime",
        external_id_field="externalID",
    )

    project_id: int | None = None
    phase_id: int | None = None
    task_number: Text = ""
    title: Text = ""
    description: Text = ""
    external_id: Text = ""
    status: int | None = None
    priority: int | None = None
    priority_label: int | None = None
    task_type: int | None = None
    task_category_id: int | None = None
    department_id: int | None = None
    billing_code_id: int | None = None
    assigned_resource_id: int | None = None
    assigned_resource_role_id: int | None = None
    start_date_time: Moment = None
    end_date_time: Day = None
    completed_date_time: Moment = None
    estimated_hours: Number = None
    remaining_hours: Number = None
    is_task_billable: Flag = False
    is_visible_in_client_portal: Flag = False
    create_date_time: Moment = None
    last_activity_date_time: Moment = None
