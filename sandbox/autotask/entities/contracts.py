"""Contracts, their services and the numbers of units by billing period. Fields, lengths and flags from the public Swagger document and field metadata."""

from sandbox.autotask.schema import Entity, entity

CONTRACTS = entity(
    "Contracts",
    "Contract",
    root="POST PATCH PUT",
    udf=True,
    fields="""
        id                                     long         readonly
        billingPreference                      integer      picklist default=2
        billToCompanyContactID                 integer      ref=Contact
        billToCompanyID                        integer      ref=Company
        companyID                              integer      required create ref=Company
        contactID                              integer      ref=Contact company
        contactName                            string(250)
        contractCategory                       integer      picklist
        contractExclusionSetID                 integer
        contractName                           string(100)  required
        contractNumber                         string(50)
        contractPeriodType                     string(1)    create picklist
        contractType                           integer      required create picklist
        description                            string(2000)
        endDate                                datetime     required date
        estimatedCost                          decimal
        estimatedHours                         decimal
        estimatedRevenue                       decimal
        exclusionContractID                    long         create ref=Contract
        internalCurrencyOverageBillingRate     decimal      readonly
        internalCurrencySetupFee               decimal      readonly
        isCompliant                            boolean      default=true
        isDefaultContract                      boolean      default=false
        lastModifiedDateTime                   datetime     readonly modified
        opportunityID                          integer      ref=Opportunity
        organizationalLevelAssociationID       integer
        overageBillingRate                     decimal
        purchaseOrderNumber                    string(50)
        renewedContractID                      long         ref=Contract
        serviceLevelAgreementID                integer      picklist
        setupFee                               decimal
        setupFeeBillingCodeID                  long         ref=BillingCode
        startDate                              datetime     required date
        status                                 integer      required picklist
        timeReportingRequiresStartAndStopTimes integer      required picklist
    """,
)

CONTRACT_NOTES = entity(
    "ContractNotes",
    "ContractNote",
    under="Contracts/Notes contractID GET POST PATCH PUT",
    fields="""
        id                            long         readonly
        contractID                    integer      required create ref=Contract
        createDateTime                datetime     readonly created
        creatorResourceID             integer      readonly ref=Resource author
        description                   string(2000) required
        impersonatorCreatorResourceID integer      readonly ref=Resource impersonator
        impersonatorUpdaterResourceID integer      readonly ref=Resource reimpersonator
        lastActivityDate              datetime     readonly activity
        title                         string(250)  required
    """,
)

CONTRACT_SERVICES = entity(
    "ContractServices",
    "ContractService",
    under="Contracts/Services contractID GET POST PATCH PUT",
    fields="""
        id                            long         readonly
        contractID                    integer      required create ref=Contract
        internalCurrencyAdjustedPrice decimal      readonly
        internalCurrencyUnitPrice     decimal      readonly
        internalDescription           string(100)
        invoiceDescription            string(1000)
        quoteItemID                   long         create ref=QuoteItem
        serviceID                     integer      required create ref=Service
        unitCost                      decimal
        unitPrice                     decimal      create
    """,
)

CONTRACT_SERVICE_BUNDLES = entity(
    "ContractServiceBundles",
    "ContractServiceBundle",
    under="Contracts/ServiceBundles contractID GET POST PATCH PUT",
    fields="""
        id                            long         readonly
        adjustedPrice                 decimal
        contractID                    integer      required create ref=Contract
        internalCurrencyAdjustedPrice decimal      readonly
        internalCurrencyUnitPrice     decimal      readonly
        internalDescription           string(100)
        invoiceDescription            string(1000)
        quoteItemID                   long         create ref=QuoteItem
        serviceBundleID               integer      required create ref=ServiceBundle
        unitPrice                     decimal
    """,
)

CONTRACT_SERVICE_UNITS = entity(
    "ContractServiceUnits",
    "ContractServiceUnit",
    under="Contracts/ServiceUnits contractID GET",
    fields="""
        id                               long     readonly
        approveAndPostDate               datetime readonly date
        contractID                       integer  readonly ref=Contract
        contractServiceID                integer  readonly ref=ContractService
        cost                             decimal  readonly
        endDate                          datetime readonly date
        internalCurrencyPrice            decimal  readonly
        organizationalLevelAssociationID integer  readonly
        price                            decimal  readonly
        serviceID                        integer  readonly ref=Service
        startDate                        datetime readonly date
        units                            integer  readonly
        vendorCompanyID                  integer  readonly ref=Company
    """,
)

CONTRACT_SERVICE_BUNDLE_UNITS = entity(
    "ContractServiceBundleUnits",
    "ContractServiceBundleUnit",
    under="Contracts/ServiceBundleUnits contractID GET",
    fields="""
        id                               long     readonly
        approveAndPostDate               datetime readonly date
        contractID                       integer  readonly ref=Contract
        contractServiceBundleID          integer  readonly ref=ContractServiceBundle
        cost                             decimal  readonly
        endDate                          datetime readonly date
        internalCurrencyPrice            decimal  readonly
        organizationalLevelAssociationID integer  readonly
        price                            decimal  readonly
        serviceBundleID                  integer  readonly ref=ServiceBundle
        startDate                        datetime readonly date
        units                            integer  readonly
    """,
)

CONTRACT_SERVICE_ADJUSTMENTS = entity(
    "ContractServiceAdjustments",
    "ContractServiceAdjustment",
    root="POST",
    item="",
    under="Contracts/ServiceAdjustments contractID POST",
    fields="""
        id                 long     readonly
        adjustedUnitCost   decimal  create
        adjustedUnitPrice  decimal  create
        allowRepeatService boolean  create
        contractID         integer  create ref=Contract
        contractServiceID  integer  create ref=ContractService
        effectiveDate      datetime required create date
        quoteItemID        integer  create ref=QuoteItem
        serviceID          integer  create ref=Service
        unitChange         integer  create
    """,
)

CONTRACT_SERVICE_BUNDLE_ADJUSTMENTS = entity(
    "ContractServiceBundleAdjustments",
    "ContractServiceBundleAdjustment",
    root="POST",
    item="",
    under="Contracts/ServiceBundleAdjustments contractID POST",
    fields="""
        id                       long     readonly
        adjustedUnitPrice        decimal  create
        allowRepeatServiceBundle boolean  create
        contractID               integer  create ref=Contract
        contractServiceBundleID  integer  create ref=ContractServiceBundle
        effectiveDate            datetime required create date
        quoteItemID              integer  create ref=QuoteItem
        serviceBundleID          integer  create ref=ServiceBundle
        unitChange               integer  create
    """,
)

CONTRACT_MILESTONES = entity(
    "ContractMilestones",
    "ContractMilestone",
    under="Contracts/Milestones contractID GET POST PATCH PUT",
    fields="""
        id                               long        readonly
        amount                           decimal     required
        billingCodeID                    integer     ref=BillingCode
        contractID                       integer     required create ref=Contract
        createDate                       datetime    readonly created
        creatorResourceID                integer     readonly ref=Resource author
        dateDue                          datetime    required date
        description                      string(250)
        internalCurrencyAmount           decimal     readonly
        isInitialPayment                 boolean     required
        organizationalLevelAssociationID integer     readonly
        status                           integer     required picklist
        title                            string(50)  required
    """,
)

SERVICES = entity(
    "Services",
    "Service",
    root="POST PATCH PUT",
    udf=True,
    fields="""
        id                                       long         readonly
        billingCodeID                            integer      required ref=BillingCode
        catalogNumberPartNumber                  string(255)
        createDate                               datetime     readonly created
        creatorResourceID                        integer      readonly ref=Resource author
        description                              string(400)
        externalID                               string(255)
        internalID                               string(255)
        invoiceDescription                       string(1000)
        isActive                                 boolean      default=true
        lastModifiedDate                         datetime     readonly modified
        manufacturerServiceProvider              string(255)
        manufacturerServiceProviderProductNumber string(255)
        markupRate                               decimal      readonly
        name                                     string(150)  required
        periodType                               string(1)    required create picklist
        serviceLevelAgreementID                  long         picklist
        sku                                      string(255)
        unitCost                                 decimal
        unitPrice                                decimal      required
        updateResourceID                         integer      readonly ref=Resource editor
        url                                      string(255)
        vendorCompanyID                          integer      ref=Company
    """,
)

SERVICE_BUNDLES = entity(
    "ServiceBundles",
    "ServiceBundle",
    root="POST PATCH PUT",
    item="GET DELETE",
    udf=True,
    fields="""
        id                                       long         readonly
        billingCodeID                            integer      required ref=BillingCode
        catalogNumberPartNumber                  string(255)
        createDate                               datetime     readonly created
        creatorResourceID                        integer      readonly ref=Resource author
        description                              string(200)
        externalID                               string(255)
        internalID                               string(255)
        invoiceDescription                       string(1000)
        isActive                                 boolean      default=true
        lastModifiedDate                         datetime     readonly modified
        manufacturerServiceProvider              string(255)
        manufacturerServiceProviderProductNumber string(255)
        name                                     string(150)  required
        percentageDiscount                       decimal
        periodType                               string(1)    required create picklist
        serviceLevelAgreementID                  long         picklist
        sku                                      string(255)
        unitCost                                 decimal      readonly
        unitDiscount                             decimal
        unitPrice                                decimal
        updateResourceID                         integer      readonly ref=Resource editor
        url                                      string(255)
    """,
)

SERVICE_BUNDLE_SERVICES = entity(
    "ServiceBundleServices",
    "ServiceBundleService",
    under="ServiceBundles/Services serviceBundleID GET POST DELETE",
    fields="""
        id              long readonly
        serviceBundleID long required create ref=ServiceBundle
        serviceID       long required create ref=Service
    """,
)

ENTITIES: tuple[Entity, ...] = (
    CONTRACTS,
    CONTRACT_NOTES,
    CONTRACT_SERVICES,
    CONTRACT_SERVICE_BUNDLES,
    CONTRACT_SERVICE_UNITS,
    CONTRACT_SERVICE_BUNDLE_UNITS,
    CONTRACT_SERVICE_ADJUSTMENTS,
    CONTRACT_SERVICE_BUNDLE_ADJUSTMENTS,
    CONTRACT_MILESTONES,
    SERVICES,
    SERVICE_BUNDLES,
    SERVICE_BUNDLE_SERVICES,
)
