"""Tickets. Fields, lengths and flags from the public Swagger document and field metadata."""

from sandbox.autotask.schema import Entity, entity

TICKETS = entity(
    "Tickets",
    "Ticket",
    root="POST PATCH PUT",
    udf=True,
    webhooks=True,
    bumps="companyID",
    fields="""
        id                                        long          readonly
        apiVendorID                               integer       create picklist
        assignedResourceID                        integer       ref=Resource
        assignedResourceRoleID                    integer       ref=Role
        billingCodeID                             integer       ref=BillingCode
        changeApprovalBoard                       integer       picklist
        changeApprovalStatus                      integer       picklist
        changeApprovalType                        integer       picklist
        changeInfoField1                          string(8000)
        changeInfoField2                          string(8000)
        changeInfoField3                          string(8000)
        changeInfoField4                          string(8000)
        changeInfoField5                          string(8000)
        companyID                                 integer       required ref=Company
        companyLocationID                         integer       ref=CompanyLocation
        completedByResourceID                     integer       readonly ref=Resource
        completedDate                             datetime      readonly
        configurationItemID                       integer       ref=ConfigurationItem company
        contactID                                 integer       ref=Contact company
        contractID                                integer       ref=Contract company
        contractServiceBundleID                   long          ref=ContractServiceBundle
        contractServiceID                         long          ref=ContractService
        createDate                                datetime      readonly created
        createdByContactID                        integer       ref=Contact
        creatorResourceID                         integer       readonly ref=Resource author
        creatorType                               integer       readonly nq picklist default=1
        currentServiceThermometerRating           integer       readonly picklist
        description                               string(8000)
        dueDateTime                               datetime
        estimatedHours                            decimal
        externalID                                string(50)
        firstResponseAssignedResourceID           integer       readonly ref=Resource
        firstResponseDateTime                     datetime      readonly
        firstResponseDueDateTime                  datetime      readonly
        firstResponseInitiatingResourceID         integer       readonly ref=Resource
        hoursToBeScheduled                        decimal       readonly
        impersonatorCreatorResourceID             integer       readonly ref=Resource impersonator
        isAssignedToComanaged                     boolean
        issueType                                 integer       picklist
        isVisibleToComanaged                      boolean
        lastActivityDate                          datetime      readonly activity
        lastActivityPersonType                    integer       readonly nq picklist
        lastActivityResourceID                    integer       readonly ref=Resource editor
        lastCustomerNotificationDateTime          datetime      readonly
        lastCustomerVisibleActivityDateTime       datetime      readonly
        lastTrackedModificationDateTime           datetime      readonly modified
        monitorID                                 long
        monitorTypeID                             integer       picklist
        opportunityID                             integer       ref=Opportunity
        organizationalLevelAssociationID          integer
        previousServiceThermometerRating          integer       readonly picklist
        priority                                  integer       required picklist
        problemTicketId                           integer       ref=Ticket
        projectID                                 integer       ref=Project
        purchaseOrderNumber                       string(50)
        queueID                                   integer       picklist
        resolution                                string(32000)
        resolutionPlanDateTime                    datetime      readonly
        resolutionPlanDueDateTime                 datetime      readonly
        resolvedDateTime                          datetime      readonly
        resolvedDueDateTime                       datetime      readonly
        rmaStatus                                 integer       picklist
        rmaType                                   integer       picklist
        rmmAlertID                                string(50)    create
        serviceLevelAgreementHasBeenMet           boolean       readonly
        serviceLevelAgreementID                   integer       picklist
        serviceLevelAgreementPausedNextEventHours decimal       readonly nq
        serviceThermometerTemperature             integer       readonly
        source                                    integer       picklist default=1
        status                                    integer       required picklist
        subIssueType                              integer       picklist parent=issueType
        ticketCategory                            integer       picklist
        ticketNumber                              string(50)    readonly
        ticketType                                integer       picklist
        title                                     string(255)   required
    """,
)

TICKET_NOTES = entity(
    "TicketNotes",
    "TicketNote",
    under="Tickets/Notes ticketID GET POST PATCH PUT",
    webhooks=True,
    bumps="ticketID",
    fields="""
        id                            long          readonly
        createDateTime                datetime      readonly created
        createdByContactID            integer       ref=Contact
        creatorResourceID             integer       readonly ref=Resource author
        description                   string(32000) required
        impersonatorCreatorResourceID integer       readonly ref=Resource impersonator
        impersonatorUpdaterResourceID integer       readonly ref=Resource reimpersonator
        lastActivityDate              datetime      readonly activity
        noteType                      integer       required picklist
        publish                       integer       required picklist
        ticketID                      integer       required create ref=Ticket
        title                         string(250)    required
    """,
)

TICKET_CATEGORIES = entity(
    "TicketCategories",
    "TicketCategory",
    root="PATCH PUT",
    fields="""
        id              long       readonly
        displayColorRGB integer    picklist
        isActive        boolean    default=true
        isApiOnly       boolean
        isGlobalDefault boolean    readonly
        name            string(30)
        nickname        string(3)
    """,
)

ENTITIES: tuple[Entity, ...] = (
    TICKETS,
    TICKET_NOTES,
    TICKET_CATEGORIES,
)
