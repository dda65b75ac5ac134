"""Companies and whom one talks to about them. Fields, lengths and flags from the public Swagger document and field metadata."""

from sandbox.autotask.schema import Entity, entity

COMPANIES = entity(
    "Companies",
    "Company",
    legacy="Account",
    root="POST PATCH PUT",
    udf=True,
    webhooks=True,
    fields="""
        id                                     long        readonly
        additionalAddressInformation           string(100)
        address1                               string(128)
        address2                               string(128)
        alternatePhone1                        string(25)
        alternatePhone2                        string(25)
        apiVendorID                            integer     create picklist
        assetValue                             decimal     nq
        billingAddress1                        string(150) readonly
        billingAddress2                        string(150) readonly
        billToAdditionalAddressInformation     string(100) readonly
        billToAddressToUse                     integer     readonly picklist
        billToAttention                        string(50)
        billToCity                             string(50)  readonly
        billToCompanyLocationID                integer
        billToCountryID                        integer     readonly ref=Country
        billToState                            string(128) readonly
        billToZipCode                          string(50)  readonly
        city                                   string(30)
        classification                         integer     picklist
        companyCategoryID                      integer
        companyName                            string(100) required
        companyNumber                          string(50)
        companyType                            integer     required picklist
        competitorID                           integer     picklist
        countryID                              integer     ref=Country
        createDate                             datetime    readonly created
        createdByResourceID                    integer     readonly ref=Resource author
        currencyID                             integer     ref=Currency
        fax                                    string(25)
        impersonatorCreatorResourceID          integer     readonly ref=Resource impersonator
        invoiceEmailMessageID                  integer
        invoiceMethod                          integer     picklist
        invoiceNonContractItemsToParentCompany boolean
        invoiceTemplateID                      integer     ref=InvoiceTemplate
        isActive                               boolean     default=true
        isClientPortalActive                   boolean     readonly default=false
        isEnabledForComanaged                  boolean
        isSample                               boolean
        isTaskFireActive                       boolean     readonly
        isTaxExempt                            boolean     default=false
        lastActivityDate                       datetime    readonly activity
        lastTrackedModifiedDateTime            datetime    readonly modified
        marketSegmentID                        integer     picklist
        ownerResourceID                        integer     required ref=Resource
        parentCompanyID                        integer     ref=Company
        phone                                  string(25)  required
        postalCode                             string(10)
        purchaseOrderTemplateID                integer     picklist
        quoteEmailMessageID                    integer
        quoteTemplateID                        integer
        sicCode                                string(32)  nq
        state                                  string(40)
        stockMarket                            string(10)  nq
        stockSymbol                            string(10)  nq
        surveyCompanyRating                    decimal     readonly
        taxID                                  string(50)
        taxRegionID                            integer     ref=TaxRegion
        territoryID                            integer     picklist
        webAddress                             string(255)
    """,
)

CONTACTS = entity(
    "Contacts",
    "Contact",
    under="Companies/Contacts companyID GET POST PATCH PUT DELETE",
    udf=True,
    webhooks=True,
    bumps="companyID",
    fields="""
        id                            long        readonly
        additionalAddressInformation  string(100)
        addressLine                   string(128)
        addressLine1                  string(128)
        alternatePhone                string(32)
        apiVendorID                   integer     create picklist
        billingContact                boolean     default=false
        bulkEmailOptOutTime           datetime    readonly
        city                          string(32)
        companyID                     integer     required create ref=Company
        companyLocationID             integer     ref=CompanyLocation
        countryID                     integer     ref=Country
        createDate                    datetime    readonly created
        emailAddress                  string(254)
        emailAddress2                 string(254)
        emailAddress3                 string(254)
        extension                     string(10)
        externalID                    string(50)
        facebookUrl                   string(200)
        faxNumber                     string(25)
        firstName                     string(50)  required
        impersonatorCreatorResourceID integer     readonly ref=Resource impersonator
        isActive                      integer     required default=1
        isOptedOutFromBulkEmail       boolean     nq
        lastActivityDate              datetime    readonly activity
        lastModifiedDate              datetime    readonly modified
        lastName                      string(50)  required
        linkedInUrl                   string(200)
        middleInitial                 string(50)
        mobilePhone                   string(25)
        namePrefix                    integer     picklist
        nameSuffix                    integer     picklist
        note                          string(50)
        phone                         string(25)
        primaryContact                boolean     default=false
        receivesEmailNotifications    boolean     default=true
        roomNumber                    string(50)
        solicitationOptOut            boolean     readonly nq
        solicitationOptOutTime        datetime    readonly
        state                         string(40)
        surveyOptOut                  boolean     readonly nq
        title                         string(50)
        twitterUrl                    string(200)
        zipCode                       string(16)
    """,
)

COMPANY_NOTES = entity(
    "CompanyNotes",
    "CompanyNote",
    legacy="AccountNote",
    under="Companies/Notes companyID GET POST PATCH PUT",
    bumps="companyID",
    fields="""
        id                            long          readonly
        actionType                    integer       required picklist
        assignedResourceID            integer       ref=Resource
        companyID                     integer       required create ref=Company
        completedDateTime             datetime
        contactID                     integer       ref=Contact company
        createDateTime                datetime      readonly created
        endDateTime                   datetime
        impersonatorCreatorResourceID integer       readonly ref=Resource impersonator
        impersonatorUpdaterResourceID integer       readonly ref=Resource reimpersonator
        lastModifiedDate              datetime      readonly modified
        name                          string(128)   required
        note                          string(32000)
        opportunityID                 integer       ref=Opportunity
        startDateTime                 datetime
    """,
)

OPPORTUNITIES = entity(
    "Opportunities",
    "Opportunity",
    root="POST PATCH PUT",
    udf=True,
    bumps="companyID",
    fields="""
        id                               long         readonly
        advancedField1                   decimal
        advancedField2                   decimal
        advancedField3                   decimal
        advancedField4                   decimal
        advancedField5                   decimal
        amount                           decimal      required
        assessmentScore                  decimal      readonly
        barriers                         string(500)
        closedDate                       datetime
        companyID                        integer      required ref=Company
        contactID                        integer      ref=Contact company
        cost                             decimal      required
        createDate                       datetime     required
        creatorResourceID                integer      readonly ref=Resource author
        description                      string(8000)
        helpNeeded                       string(500)
        impersonatorCreatorResourceID    integer      readonly ref=Resource impersonator
        lastActivity                     datetime     readonly activity
        leadSource                       integer      picklist
        lossReason                       integer      picklist
        lossReasonDetail                 string(500)
        lostDate                         datetime
        market                           string(500)
        monthlyCost                      decimal
        monthlyRevenue                   decimal
        nextStep                         string(500)
        onetimeCost                      decimal
        onetimeRevenue                   decimal
        opportunityCategoryID            integer      picklist
        organizationalLevelAssociationID integer
        ownerResourceID                  integer      required ref=Resource
        primaryCompetitor                integer      picklist
        probability                      integer      required
        productID                        integer      ref=Product
        projectedCloseDate               datetime     required date
        promisedFulfillmentDate          datetime
        promotionName                    string(50)
        quarterlyCost                    decimal
        quarterlyRevenue                 decimal
        rating                           integer      picklist
        relationshipAssessmentScore      decimal      readonly
        revenueSpread                    integer
        revenueSpreadUnit                string(255)  picklist
        salesOrderID                     integer      readonly ref=SalesOrder
        salesProcessPercentComplete      decimal      readonly
        semiannualCost                   decimal
        semiannualRevenue                decimal
        stage                            integer      required picklist
        startDate                        datetime
        status                           integer      required picklist
        technicalAssessmentScore         decimal      readonly
        throughDate                      datetime
        title                            string(128)  required
        totalAmountMonths                integer
        useQuoteTotals                   boolean      required
        winReason                        integer      picklist
        winReasonDetail                  string(500)
        yearlyCost                       decimal
        yearlyRevenue                    decimal
    """,
)

OPPORTUNITY_CATEGORIES = entity(
    "OpportunityCategories",
    "OpportunityCategory",
    root="PATCH PUT",
    fields="""
        id              long        readonly
        displayColorRGB integer
        isActive        boolean
        isGlobalDefault boolean
        name            string(255)
        nickname        string(255)
    """,
)

CONFIGURATION_ITEMS = entity(
    "ConfigurationItems",
    "ConfigurationItem",
    legacy="InstalledProduct",
    root="POST PATCH PUT",
    udf=True,
    webhooks=True,
    fields="""
        id                                    long         readonly
        apiVendorID                           integer      picklist
        companyID                             integer      required create ref=Company
        companyLocationID                     integer      ref=CompanyLocation
        configurationItemCategoryID           integer      picklist
        configurationItemType                 integer      picklist
        contactID                             integer      ref=Contact company
        contractID                            integer      ref=Contract company
        contractServiceBundleID               integer      ref=ContractServiceBundle
        contractServiceID                     integer      ref=ContractService
        createDate                            datetime     readonly created
        createdByPersonID                     integer      readonly ref=Resource author
        dailyCost                             decimal
        dattoAvailableKilobytes               long
        dattoDeviceMemoryMegabytes            integer
        dattoDrivesErrors                     boolean
        dattoHostname                         string(255)
        dattoInternalIP                       string(255)
        dattoKernelVersionID                  integer
        dattoLastCheckInDateTime              datetime
        dattoNICSpeedKilobitsPerSecond        integer
        dattoNumberOfAgents                   integer
        dattoNumberOfDrives                   integer
        dattoNumberOfVolumes                  integer
        dattoOffsiteUsedBytes                 long
        dattoOSVersionID                      integer
        dattoPercentageUsed                   decimal
        dattoProtectedKilobytes               long
        dattoRemoteIP                         string(255)
        dattoSerialNumber                     string(255)
        dattoUptimeSeconds                    integer
        dattoUsedKilobytes                    long
        dattoZFSVersionID                     integer
        deviceNetworkingID                    string(255)
        domain                                string(255)
        domainExpirationDateTime              datetime
        domainLastUpdatedDateTime             datetime
        domainRegistrarID                     integer
        domainRegistrationDateTime            datetime
        hourlyCost                            decimal
        impersonatorCreatorResourceID         integer      readonly ref=Resource impersonator
        installDate                           datetime
        installedByContactID                  integer      ref=Contact
        installedByID                         integer      ref=Resource
        isActive                              boolean      default=true
        lastActivityPersonID                  integer      readonly editor
        lastActivityPersonType                integer      readonly
        lastModifiedTime                      datetime     readonly modified
        location                              string(100)
        monthlyCost                           decimal
        notes                                 string(5000)
        numberOfUsers                         decimal
        parentConfigurationItemID             integer      ref=ConfigurationItem
        perUseCost                            decimal
        productID                             integer      required ref=Product
        referenceNumber                       string(50)
        referenceTitle                        string(128)
        rmmDeviceAuditAntivirusStatusID       integer
        rmmDeviceAuditArchitectureID          integer
        rmmDeviceAuditBackupStatusID          integer
        rmmDeviceAuditDescription             string(255)
        rmmDeviceAuditDeviceTypeID            integer
        rmmDeviceAuditDisplayAdaptorID        integer
        rmmDeviceAuditDomainID                integer
        rmmDeviceAuditExternalIPAddress       string(255)
        rmmDeviceAuditFirmwareID              integer
        rmmDeviceAuditHostname                string(255)
        rmmDeviceAuditIPAddress               string(255)
        rmmDeviceAuditLastUser                string(255)
        rmmDeviceAuditMacAddress              string(255)
        rmmDeviceAuditManufacturerID          integer
        rmmDeviceAuditMemoryBytes             long
        rmmDeviceAuditMissingPatchCount       integer
        rmmDeviceAuditMobileNetworkOperatorID integer
        rmmDeviceAuditMobileNumber            string(255)
        rmmDeviceAuditModelID                 integer
        rmmDeviceAuditMotherboardID           integer
        rmmDeviceAuditOperatingSystem         string(255)
        rmmDeviceAuditPatchStatusID           integer
        rmmDeviceAuditProcessorID             integer
        rmmDeviceAuditServicePackID           integer
        rmmDeviceAuditSNMPContact             string(255)
        rmmDeviceAuditSNMPLocation            string(255)
        rmmDeviceAuditSNMPName                string(255)
        rmmDeviceAuditSoftwareStatusID        integer
        rmmDeviceAuditStorageBytes            long
        rmmDeviceID                           long
        rmmDeviceUID                          string(255)
        rmmDeviceUrl                          string(255)  readonly
        rmmIsInMaintenanceMode                boolean      readonly
        rmmIsMobileDeviceManagementEnrolled   boolean      readonly
        rmmOpenAlertCount                     integer
        rmmVsaxDeviceID                       string(255)
        serialNumber                          string(100)
        serviceBundleID                       integer      ref=ServiceBundle
        serviceID                             integer      ref=Service
        serviceLevelAgreementID               integer
        setupFee                              decimal
        sourceChargeID                        integer
        sourceChargeType                      integer
        sslCommonName                         string(255)
        sslIssuedBy                           string(255)
        sslLocation                           string(255)
        sslOrganization                       string(255)
        sslOrganizationUnit                   string(255)
        sslSerialNumber                       string(255)
        sslSignatureAlgorithm                 string(255)
        sslSource                             string(255)
        sslValidFromDateTime                  datetime
        sslValidUntilDateTime                 datetime
        vendorID                              integer      ref=Company
        warrantyExpirationDate                datetime
    """,
)

ENTITIES: tuple[Entity, ...] = (
    COMPANIES,
    CONTACTS,
    COMPANY_NOTES,
    OPPORTUNITIES,
    OPPORTUNITY_CATEGORIES,
    CONFIGURATION_ITEMS,
)
