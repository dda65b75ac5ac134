"""Who works here. Fields, lengths and flags from the public Swagger document and field metadata."""

from sandbox.autotask.schema import Entity, entity

RESOURCES = entity(
    "Resources",
    "Resource",
    root="PATCH PUT",
    fields="""
        id                       long        readonly
        accountingReferenceID    string(255)
        dateFormat               string(255) readonly picklist
        defaultServiceDeskRoleID long        nq ref=Role
        email                    string(254)
        email2                   string(254)
        email3                   string(254)
        emailTypeCode            string(255) picklist
        emailTypeCode2           string(255) picklist
        emailTypeCode3           string(255) picklist
        firstName                string(50)
        gender                   string(255) picklist
        greeting                 integer     picklist
        hireDate                 datetime    readonly
        homePhone                string(25)
        initials                 string(32)
        internalCost             decimal     readonly
        isActive                 boolean
        lastName                 string(50)
        licenseType              integer     readonly picklist
        locationID               integer     readonly picklist
        middleName               string(50)
        mobilePhone              string(25)
        numberFormat             string(255) picklist
        officeExtension          string(10)
        officePhone              string(25)
        payrollIdentifier        string(255)
        payrollType              integer     picklist
        resourceType             string(255) picklist
        suffix                   integer     picklist
        surveyResourceRating     decimal     readonly
        timeFormat               string(255) readonly picklist
        title                    string(50)
        travelAvailabilityPct    string(255) picklist
        userName                 string(32)
        userType                 integer     readonly picklist
    """,
)

ROLES = entity(
    "Roles",
    "Role",
    root="POST PATCH PUT",
    fields="""
        id                            long        readonly
        description                   string(200)
        hourlyFactor                  decimal     required
        hourlyRate                    decimal     required
        isActive                      boolean     required default=true
        isExcludedFromNewContracts    boolean
        isSystemRole                  boolean     readonly
        name                          string(200) required
        quoteItemDefaultTaxCategoryId integer
        roleType                      integer     readonly
    """,
)

RESOURCE_ROLES = entity(
    "ResourceRoles",
    "ResourceRole",
    under="Resources/Roles resourceID GET",
    fields="""
        id           long    readonly
        departmentID long    readonly ref=Department
        isActive     boolean readonly
        queueID      long    readonly
        resourceID   long    readonly ref=Resource
        roleID       long    readonly ref=Role
    """,
)

DEPARTMENTS = entity(
    "Departments",
    "Department",
    root="POST PATCH PUT",
    fields="""
        id                long         readonly
        description       string(1000)
        name              string(100)  required
        number            string(50)
        primaryLocationID integer
    """,
)

ENTITIES: tuple[Entity, ...] = (
    RESOURCES,
    ROLES,
    RESOURCE_ROLES,
    DEPARTMENTS,
)
