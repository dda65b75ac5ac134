"""The picklist values of a fresh database.

`value=Label` pairs; `*` marks a system value, `!` the default, `-` an inactive one, `@n` the parent
value. System numbers are Autotask's own; the others stand for what a tenant configures.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PicklistValue:
    """One value of a picklist. `value` is always a string, even for whole-number fields."""

    value: str
    label: str
    is_default: bool = False
    sort_order: int = 0
    parent: str | None = None
    is_active: bool = True
    is_system: bool = False

    def on_the_wire(self) -> dict[str, object]:
        """As `entityInformation/fields` shows it."""
        return {
            "value": self.value,
            "label": self.label,
            "isDefaultValue": self.is_default,
            "sortOrder": self.sort_order,
            "parentValue": self.parent or "",
            "isActive": self.is_active,
            "isSystem": self.is_system,
        }


_PERIODS = "m=Monthly*, q=Quarterly*, s=Semi-Annually*, y=Yearly*"
_NOTE_TYPES = (
    "1=Task Summary*, 2=Task Detail*, 3=Task Notes*, 13=Workflow Rule Note - Task*, 15=Duplicate Ticket Note*,"
    " 16=Outsource Workflow Note*, 17=Surveys*, 18=Client Portal Note*, 19=Taskfire Note*, 91=Workflow Action Note*,"
    " 92=Forward/Modify Note*, 93=Merged Into Ticket*, 94=Absorbed Another Ticket*, 95=Copied to Project*,"
    " 99=RMM Note*, 100=BDR Note*, 101=Email*"
)
_PUBLISH = "1=All Autotask Users*!, 2=Internal Project Team*, 4=Internal & Co-Managed*"
_PERSON = "1=Resource*, 2=Contact*"
_WORK_STATUS = (
    "1=New*!, 5=Complete*, 7=Waiting Customer, 8=In Progress, 9=Waiting Materials, 10=Dispatched, 11=Escalate,"
    " 12=Waiting Vendor, 13=Waiting Approval"
)

DEFAULTS: Mapping[str, str] = {
    "Tickets.status": _WORK_STATUS,
    "Tickets.priority": "4=Critical, 1=High, 2=Medium!, 3=Low",
    "Tickets.queueID": "5=Client Portal*, 6=Post Sale*, 8=Monitoring Alert*",
    "Tickets.source": "-1=Client Portal*, 1=Other!, 2=Phone, 4=Email, 6=In Person/Onsite, 8=Monitoring Alert*",
    "Tickets.ticketType": "1=Service Request*!, 2=Incident*, 3=Problem*, 4=Change Request*, 5=Alert*",
    "Tickets.issueType": "10=Computer, 11=Network, 12=Microsoft 365, 13=Security",
    "Tickets.subIssueType": (
        "136=Hardware@10, 137=Software@10, 140=Firewall@11, 141=Wi-Fi@11, 150=Mailbox@12, 151=Licensing@12,"
        " 160=Phishing@13, 161=Multi-factor@13"
    ),
    "Tickets.changeApprovalStatus": (
        "1=Not Assigned*, 2=Assigned*, 3=Requested*, 4=Partially Approved*, 5=Approved*, 6=Rejected*"
    ),
    "Tickets.serviceLevelAgreementID": "1=Standard SLA, 2=Premium SLA",
    "Tickets.creatorType": _PERSON,
    "Tickets.lastActivityPersonType": _PERSON,
    "TicketNotes.noteType": _NOTE_TYPES,
    "TicketNotes.publish": _PUBLISH,
    "ProjectNotes.noteType": _NOTE_TYPES,
    "ProjectNotes.publish": _PUBLISH,
    "TaskNotes.noteType": _NOTE_TYPES,
    "TaskNotes.publish": _PUBLISH,
    "Companies.companyType": (
        "1=Customer*!, 2=Lead*, 3=Prospect*, 4=Dead*, 6=Cancelation*, 7=Vendor*, 8=Partner*"
    ),
    "Companies.classification": "200=Platinum, 201=Gold, 202=Silver, 203=Bronze",
    "Companies.invoiceMethod": "0=None*, 1=Print*, 2=Email*, 3=PrintAndEmail*",
    "Companies.billToAddressToUse": "1=NONE*, 2=ACCOUNT*, 3=ACCOUNTBILLING*, 4=PARENT*, 5=PARENTBILLING*",
    "Companies.marketSegmentID": "29682778=Healthcare, 29682779=Legal, 29682780=Manufacturing",
    "Companies.territoryID": "29682778=Local, 29682779=Remote",
    "CompanyNotes.actionType": "1=Phone*, 2=Meeting*, 3=General*!, 4=Email*",
    "Contacts.namePrefix": "1=Mr., 2=Mrs., 3=Ms., 4=Dr.",
    "Contacts.nameSuffix": "1=Jr., 2=Sr.",
    "Contracts.contractType": (
        "1=Time & Materials*, 3=Fixed Price*, 4=Block Hours*, 6=Retainer*, 7=Recurring Service*,"
        " 8=Per Ticket*, 9=Umbrella*"
    ),
    "Contracts.status": "1=Active*!, 0=Inactive*",
    "Contracts.contractPeriodType": _PERIODS,
    "Contracts.billingPreference": (
        "1=Immediately without review*, 2=Manually (Approve & Post)*!, 3=On timesheet approval*"
    ),
    "Contracts.timeReportingRequiresStartAndStopTimes": "0=No*!, 1=Yes*",
    "Contracts.contractCategory": "12=Managed Services, 13=Cloud, 14=Projects, 15=Pre-paid",
    "Contracts.serviceLevelAgreementID": "1=Standard SLA, 2=Premium SLA",
    "ContractMilestones.status": "0=In Progress*!, 1=Ready to Bill*, 2=Billed*",
    "Services.periodType": _PERIODS,
    "ServiceBundles.periodType": _PERIODS,
    "Opportunities.status": "0=Not Ready To Buy*, 1=Active*!, 2=Lost*, 3=Closed*, 4=Implemented*",
    "Opportunities.stage": (
        "29682778=Initial Qualification, 29682779=Needs Analysis, 29682780=Proposal, 29682781=Negotiation,"
        " 29682782=Won, 29682783=Lost"
    ),
    "Opportunities.rating": "1=Hot, 2=Warm, 3=Cold",
    "Opportunities.leadSource": "1=Referral, 2=Website, 3=Existing Client",
    "Opportunities.winReason": "1=Price, 2=Relationship",
    "Opportunities.lossReason": "1=Price, 2=Competitor, 3=No Decision",
    "Opportunities.revenueSpreadUnit": "d=Days*, m=Months*, y=Years*",
    "Projects.status": (
        "1=New*!, 0=Inactive*, 5=Complete*, 2=In Progress, 3=On Hold, 4=Change Order, 6=Waiting Parts, 7=Waiting Customer"
    ),
    "Projects.projectType": "2=Proposal*, 3=Template*, 4=Internal*, 5=Client*!, 8=Baseline*",
    "Tasks.status": _WORK_STATUS,
    "Tasks.taskType": "1=FixedWork*!, 2=FixedDuration*",
    "Tasks.priorityLabel": "4=Critical, 1=High, 2=Medium, 3=Low",
    "Tasks.completedByType": _PERSON,
    "Tasks.creatorType": _PERSON,
    "Tasks.lastActivityPersonType": _PERSON,
    "TimeEntries.timeEntryType": (
        "1=TroubleTicket*, 2=ITServiceRequest*, 3=SalesLead*, 4=ProjectRequest*, 5=Activity*, 6=ProjectTask*,"
        " 10=TravelTime*, 11=PersonalTime*, 12=VacationTime*, 13=SickTime*, 14=PaidTimeOff*"
    ),
    "BillingItems.billingItemType": (
        "1=Labor*, 2=Project Cost*, 3=Ticket Cost*, 4=Expense*, 5=Subscription*, 6=Setup Fee*, 7=Recurring Services*,"
        " 8=Recurring Services Adjustment*, 9=Recurring Service Bundle*, 10=Recurring Service Bundle Adjustment*,"
        " 11=Milestone*, 12=Contract Block*, 13=Contract Retainer*, 14=Contract Cost*, 15=Contract Incident*"
    ),
    "BillingItems.subType": (
        "1=Labor*, 2=Milestone Labor*, 3=Project Cost Deductions*, 4=Project Cost*, 5=Ticket Cost Deductions*,"
        " 6=Ticket Cost*, 7=Expense*, 8=Expense Deductions*, 9=Subscription*, 10=Subscription Cost*, 11=Setup Fee*,"
        " 12=Recurring Services*, 13=Recurring Services Adjustment*, 14=Recurring Service Bundle*,"
        " 15=Recurring Service Bundle Adjustment*, 16=Milestones*, 17=Block Purchase*, 18=Retainer Purchase*"
    ),
    "BillingCodes.useType": (
        "1=General Allocation Code*, 2=Expense Category*, 3=Internal Allocation Code*, 4=Material Cost Code*,"
        " 5=Recurring Contract Service Code*, 6=Milestone Code*, 7=Product Code*"
    ),
    "BillingCodes.billingCodeType": "0=Normal*, 1=System*, 2=Non-Billable*",
    "ConfigurationItems.configurationItemType": "1=Server, 2=Workstation, 3=Firewall, 4=Switch, 5=Printer",
    "ConfigurationItems.configurationItemCategoryID": "1=Standard*!",
    "Resources.licenseType": "1=Professional*, 2=Executive*, 7=API User (API-only)*",
    "Resources.userType": "9=Full Access*, 17=API User (system)*, 10=Sales*",
    "Resources.resourceType": "Employee=Employee*, Contractor=Contractor*",
}

FROM_ENTITY: Mapping[str, str] = {
    "Tickets.ticketCategory": "TicketCategories",
    "Opportunities.opportunityCategoryID": "OpportunityCategories",
    "Tasks.departmentID": "Departments",
    "Projects.department": "Departments",
    "Invoices.paymentTerm": "PaymentTerms",
}
"""Lists whose values are another entity's rows."""

_VALUE = re.compile(r"(?P<value>[^=]+)=(?P<label>[^*!@]*?)(?P<marks>[*!-]*)(?:@(?P<parent>-?\w+))?")


def parse(table: str) -> tuple[PicklistValue, ...]:
    """The values of one line of the table above."""
    return tuple(_value(order, text.strip()) for order, text in enumerate(table.split(", "), start=1))


def _value(order: int, text: str) -> PicklistValue:
    found = _VALUE.fullmatch(text)
    if found is None:
        raise ValueError(f"not a picklist value: {text}")
    marks = found["marks"]
    return PicklistValue(
        value=found["value"],
        label=found["label"].strip(),
        is_default="!" in marks,
        sort_order=order,
        parent=found["parent"],
        is_active="-" not in marks,
        is_system="*" in marks,
    )
