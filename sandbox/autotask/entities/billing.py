"""Time, what is billed for it, and invoices. Fields, lengths and flags from the public Swagger document and field metadata."""

from sandbox.autotask.schema import Entity, entity

INVOICES = entity(
    "Invoices",
    "Invoice",
    root="PATCH PUT",
    fields="""
        id                           long         readonly
        batchID                      integer      readonly
        comments                     string(2000) readonly
        companyID                    integer      readonly ref=Company
        createDateTime               datetime     readonly
        creatorResourceID            integer      readonly ref=Resource
        dueDate                      datetime     readonly nq
        fromDate                     datetime     readonly date
        invoiceDateTime              datetime     readonly
        invoiceEditorTemplateID      integer      readonly
        invoiceNumber                string(100)
        invoiceStatus                integer      readonly
        invoiceTaxMethodExternalCode string(255)  readonly
        invoiceTotal                 decimal      readonly
        isVoided                     boolean      readonly default=false
        orderNumber                  string(20)   readonly
        paidDate                     datetime     date
        paymentTerm                  integer      readonly picklist
        taxGroup                     integer      readonly nq
        taxRegionName                string(200)  readonly
        toDate                       datetime     readonly date
        totalTaxValue                decimal      readonly
        voidedByResourceID           integer      readonly ref=Resource
        voidedDate                   datetime     readonly
        webServiceDate               datetime
    """,
)

BILLING_ITEMS = entity(
    "BillingItems",
    "BillingItem",
    root="PATCH PUT",
    fields="""
        id                                long         readonly
        accountManagerWhenApprovedID      integer      readonly ref=Resource
        billingCodeID                     integer      readonly ref=BillingCode
        billingItemType                   integer      readonly picklist
        companyID                         integer      readonly ref=Company
        configurationItemID               long         readonly ref=ConfigurationItem
        contractBlockID                   integer      readonly
        contractChargeID                  long         readonly
        contractID                        integer      readonly ref=Contract
        contractServiceAdjustmentID       integer      readonly ref=ContractServiceAdjustment
        contractServiceBundleAdjustmentID integer      readonly ref=ContractServiceBundleAdjustment
        contractServiceBundleID           integer      readonly ref=ContractServiceBundle
        contractServiceBundlePeriodID     integer      readonly ref=ContractServiceBundleUnit
        contractServiceID                 integer      readonly ref=ContractService
        contractServicePeriodID           integer      readonly ref=ContractServiceUnit
        description                       string(2000) readonly
        expenseItemID                     integer      readonly
        extendedPrice                     decimal      readonly
        internalCurrencyExtendedPrice     decimal      readonly
        internalCurrencyRate              decimal      readonly
        internalCurrencyTaxDollars        decimal      readonly
        internalCurrencyTotalAmount       decimal      readonly
        invoiceID                         integer      readonly ref=Invoice default=0
        itemApproverID                    integer      readonly ref=Resource
        itemDate                          datetime     readonly date
        itemName                          string(255)  readonly
        lineItemFullDescription           string(255)  readonly nq
        lineItemGroupDescription          string(255)  readonly nq
        milestoneID                       long         readonly ref=ContractMilestone
        nonBillable                       integer      readonly
        organizationalLevelAssociationID  integer      readonly
        ourCost                           decimal      readonly
        postedDate                        datetime     readonly date
        postedOnTime                      datetime     readonly
        projectChargeID                   long         readonly
        projectID                         integer      readonly ref=Project
        purchaseOrderNumber               string(50)   readonly
        quantity                          decimal      readonly
        rate                              decimal      readonly
        roleID                            integer      readonly ref=Role
        serviceBundleID                   long         readonly ref=ServiceBundle
        serviceID                         long         readonly ref=Service
        sortOrderID                       long         readonly
        subType                           integer      readonly picklist
        taskID                            integer      readonly ref=Task
        taxCategoryID                     integer      readonly
        taxDollars                        decimal      readonly
        ticketChargeID                    long         readonly
        ticketID                          integer      readonly ref=Ticket
        timeEntryID                       integer      readonly ref=TimeEntry
        totalAmount                       decimal      readonly
        vendorID                          long         readonly ref=Company
        webServiceDate                    datetime
    """,
)

BILLING_CODES = entity(
    "BillingCodes",
    "BillingCode",
    legacy="AllocationCode",
    fields="""
        id                         long        readonly
        afterHoursWorkType         integer     readonly
        billingCodeType            integer     readonly picklist
        department                 integer     readonly
        description                string(500) readonly
        externalNumber             string(100) readonly
        generalLedgerAccount       integer     readonly picklist
        isActive                   boolean     readonly
        isExcludedFromNewContracts boolean     readonly
        markupRate                 decimal     readonly
        name                       string(200) readonly
        taxCategoryID              integer     readonly
        unitCost                   decimal     readonly
        unitPrice                  decimal     readonly
        useType                    integer     readonly picklist
    """,
)

TIME_ENTRIES = entity(
    "TimeEntries",
    "TimeEntry",
    root="POST PATCH PUT",
    item="GET DELETE",
    fields="""
        id                                long          readonly
        billingApprovalDateTime           datetime
        billingApprovalLevelMostRecent    integer       readonly
        billingApprovalResourceID         integer       ref=Resource
        billingCodeID                     integer       ref=BillingCode
        contractID                        integer       ref=Contract company
        contractServiceBundleID           long          ref=ContractServiceBundle
        contractServiceID                 long          ref=ContractService
        createDateTime                    datetime      readonly created
        creatorUserID                     integer       readonly ref=Resource author
        dateWorked                        datetime      date
        endDateTime                       datetime
        hoursToBill                       decimal       readonly
        hoursWorked                       decimal
        impersonatorCreatorResourceID     integer       readonly ref=Resource impersonator
        impersonatorUpdaterResourceID     integer       readonly ref=Resource reimpersonator
        internalBillingCodeID             integer       ref=BillingCode
        internalNotes                     string(32000)
        isInternalNotesVisibleToComanaged boolean
        isNonBillable                     boolean       default=false
        lastModifiedDateTime              datetime      readonly modified
        lastModifiedUserID                integer       readonly ref=Resource editor
        offsetHours                       decimal
        resourceID                        integer       required ref=Resource
        roleID                            integer       ref=Role
        showOnInvoice                     boolean       default=true
        startDateTime                     datetime
        summaryNotes                      string(32000)
        taskID                            integer       ref=Task
        ticketID                          integer       ref=Ticket
        timeEntryType                     integer       readonly picklist
    """,
)

BILLING_ITEM_APPROVAL_LEVELS = entity(
    "BillingItemApprovalLevels",
    "BillingItemApprovalLevel",
    root="POST",
    fields="""
        id                 long     readonly
        approvalDateTime   datetime required create
        approvalLevel      integer  required create
        approvalResourceID integer  required create ref=Resource
        timeEntryID        integer  required create ref=TimeEntry
    """,
)

PAYMENT_TERMS = entity(
    "PaymentTerms",
    "PaymentTerm",
    root="POST PATCH PUT",
    fields="""
        id               long         readonly
        description      string(2000)
        isActive         boolean
        name             string(100)  required
        paymentDueInDays integer
    """,
)

CURRENCIES = entity(
    "Currencies",
    "Currency",
    root="PATCH PUT",
    fields="""
        id                     long        readonly
        currencyNegativeFormat string(10)  readonly
        currencyPositiveFormat string(10)  readonly
        description            string(100) readonly
        displaySymbol          integer     readonly picklist
        exchangeRate           decimal
        isActive               boolean     readonly
        isInternalCurrency     boolean     readonly
        lastModifiedDateTime   datetime    readonly modified
        name                   string(3)   readonly
        updateResourceId       integer     readonly ref=Resource editor
    """,
)

ENTITIES: tuple[Entity, ...] = (
    INVOICES,
    BILLING_ITEMS,
    BILLING_CODES,
    TIME_ENTRIES,
    BILLING_ITEM_APPROVAL_LEVELS,
    PAYMENT_TERMS,
    CURRENCIES,
)
