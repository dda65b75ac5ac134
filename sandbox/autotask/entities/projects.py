"""Projects. Fields, lengths and flags from the public Swagger document and field metadata."""

from sandbox.autotask.schema import Entity, entity

PROJECTS = entity(
    "Projects",
    "Project",
    root="POST PATCH PUT",
    udf=True,
    bumps="companyID",
    fields="""
        id                                   long         readonly
        actualBilledHours                    decimal      readonly
        actualHours                          decimal      readonly
        changeOrdersBudget                   decimal      readonly nq
        changeOrdersRevenue                  decimal      readonly
        companyID                            integer      required create ref=Company
        companyOwnerResourceID               integer      readonly ref=Resource
        completedDateTime                    datetime
        completedPercentage                  integer      readonly default=0
        contractID                           integer      ref=Contract company
        createDateTime                       datetime     readonly created
        creatorResourceID                    integer      readonly ref=Resource author
        department                           integer      picklist
        description                          string(8000)
        duration                             integer      readonly
        endDateTime                          datetime     required
        estimatedSalesCost                   decimal
        estimatedTime                        decimal      readonly
        extProjectNumber                     string(50)
        extProjectType                       integer      nq
        impersonatorCreatorResourceID        integer      readonly ref=Resource impersonator
        laborEstimatedCosts                  decimal
        laborEstimatedMarginPercentage       decimal      readonly
        laborEstimatedRevenue                decimal
        lastActivityDateTime                 datetime     readonly activity
        lastActivityPersonType               integer      readonly
        lastActivityResourceID               integer      readonly ref=Resource editor
        opportunityID                        integer      ref=Opportunity
        organizationalLevelAssociationID     integer
        originalEstimatedRevenue             decimal
        projectCostEstimatedMarginPercentage decimal      readonly
        projectCostsBudget                   decimal
        projectCostsRevenue                  decimal
        projectLeadResourceID                integer      ref=Resource
        projectName                          string(100)  required
        projectNumber                        string(50)   readonly
        projectType                          integer      required picklist
        purchaseOrderNumber                  string(50)
        sgda                                 decimal
        startDateTime                        datetime     required
        status                               integer      required picklist
        statusDateTime                       datetime
        statusDetail                         string(2000)
    """,
)

PROJECT_NOTES = entity(
    "ProjectNotes",
    "ProjectNote",
    under="Projects/Notes projectID GET POST PATCH PUT",
    bumps="projectID",
    fields="""
        id                            long          readonly
        createDateTime                datetime      readonly created
        createdByContactID            integer       ref=Contact
        creatorResourceID             integer       readonly ref=Resource author
        description                   string(32000) required
        impersonatorCreatorResourceID integer       readonly ref=Resource impersonator
        impersonatorUpdaterResourceID integer       readonly ref=Resource reimpersonator
        isAnnouncement                boolean       required
        lastActivityDate              datetime      readonly activity
        noteType                      integer       required picklist
        projectID                     integer       required create ref=Project
        publish                       integer       required picklist
        title                         string(250)   required
    """,
)

PHASES = entity(
    "Phases",
    "Phase",
    under="Projects/Phases projectID GET POST PATCH PUT",
    bumps="projectID",
    fields="""
        id                   long         readonly
        createDate           datetime     readonly created
        creatorResourceID    integer      readonly ref=Resource author
        description          string(8000)
        dueDate              datetime
        estimatedHours       decimal      readonly
        externalID           string(50)
        isScheduled          boolean      readonly
        lastActivityDateTime datetime     readonly activity
        parentPhaseID        integer      ref=Phase
        phaseNumber          string(50)   readonly
        projectID            integer      required create ref=Project
        startDate            datetime
        title                string(255)  required
    """,
)

TASKS = entity(
    "Tasks",
    "Task",
    under="Projects/Tasks projectID GET POST PATCH PUT",
    udf=True,
    bumps="projectID",
    fields="""
        id                              long         readonly
        assignedResourceID              integer      ref=Resource
        assignedResourceRoleID          integer      ref=Role
        billingCodeID                   integer      ref=BillingCode
        canClientPortalUserCompleteTask boolean
        companyLocationID               integer      ref=CompanyLocation
        completedByResourceID           integer      readonly ref=Resource
        completedByType                 integer      readonly picklist
        completedDateTime               datetime     readonly
        createDateTime                  datetime     readonly created
        creatorResourceID               integer      readonly ref=Resource author
        creatorType                     integer      readonly picklist
        departmentID                    integer      picklist
        description                     string(8000)
        endDateTime                     datetime     date
        estimatedHours                  decimal
        externalID                      string(50)
        hoursToBeScheduled              decimal      readonly
        isTaskBillable                  boolean      readonly
        isVisibleInClientPortal         boolean
        lastActivityDateTime            datetime     readonly activity
        lastActivityPersonType          integer      readonly picklist
        lastActivityResourceID          integer      readonly ref=Resource editor
        phaseID                         integer      ref=Phase
        priority                        integer      default=0
        priorityLabel                   integer      picklist
        projectID                       integer      required create ref=Project
        purchaseOrderNumber             string(50)
        remainingHours                  decimal      nq
        startDateTime                   datetime
        status                          integer      required picklist
        taskCategoryID                  integer      picklist
        taskNumber                      string(50)   readonly
        taskType                        integer      required picklist
        title                           string(255)  required
    """,
)

TASK_NOTES = entity(
    "TaskNotes",
    "TaskNote",
    under="Tasks/Notes taskID GET POST PATCH PUT",
    bumps="taskID",
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
        taskID                        integer       required create ref=Task
        title                         string(250)   required
    """,
)

ENTITIES: tuple[Entity, ...] = (
    PROJECTS,
    PROJECT_NOTES,
    PHASES,
    TASKS,
    TASK_NOTES,
)
