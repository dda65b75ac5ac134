"""The words of which names are made. All businesses and people are invented."""

# ruff: noqa: SIM905 - one name a line would fill screens

AWKWARD = (
    "Acme Manufacturing",
    "Müller & Söhne Präzisionstechnik GmbH",
    "O'Brien Family Dental",
    "Brightwater Ltd",
    "Brightwater Limited",
    "Fewer<More Design Studio",
    "Café Étoile",
    "Harbor Point Clinic",
    "Harbour Point Clinic",
    "D'Angelo, Price & Wu LLP",
    "Ångström Labs AB",
    "Żółty Rower Sp. z o.o.",
    "The Quick & Brown Logistics Co.",
    'Lindholm "Lindy" Marine Supply',
    "Saint-Aubin-sur-Mer Hôtellerie",
    "4th Street *Books* and _Records_",
    "AMPM & Sons > Catering",
    "Brightwater, Ltd.",
)
"""Names that break careless code: markup, quotes, accents, near-twins. Every database has the first of them."""

STEMS = (
    "Alder Alpine Amberfield Anchor Ashgrove Aspen Beacon Birchwood Blackthorn Bluebird Bramble Bridgeport Briarwood "
    "Calloway Canterwood Cedar Chestnut Clearbrook Cobalt Copperfield Cornerstone Crestview Cypress Dunmore Eastgate "
    "Elmhurst Evergreen Fairhaven Falconer Fernwood Foxglove Glenbrook Goldcrest Granite Greystone Hartwell Hawthorn "
    "Hazelmere Heron Highfield Hillcrest Holloway Ironwood Ivybridge Juniper Kestrel Kingsley Lakeview Larkspur "
    "Linden Longmeadow Maplewood Marlowe Meadowlark Millstone Northgate Oakhurst Osprey Pemberton Pinecrest Quarry "
    "Ravenswood Redwood Ridgeway Riverbend Rosewood Sandpiper Seabrook Silverlake Southwick Sparrow Stonebridge "
    "Summerfield Sycamore Tamarack Thornbury Trillium Valleyview Wellspring Westbrook Whitmore Willowdale Windermere "
    "Winslow Yarrow"
).split()

TRADES = (
    "Accounting",
    "Animal Hospital",
    "Architects",
    "Automotive",
    "Bakery",
    "Brewing",
    "Builders",
    "Capital",
    "Charter School",
    "Chiropractic",
    "Cold Storage",
    "Credit Union",
    "Dental",
    "Dermatology",
    "Distribution",
    "Electric",
    "Engineering",
    "Eye Care",
    "Family Practice",
    "Farms",
    "Financial Planning",
    "Foods",
    "Foundation",
    "Freight",
    "Funeral Home",
    "Garden Center",
    "Hospitality",
    "Insurance",
    "Interiors",
    "Landscaping",
    "Law Group",
    "Logistics",
    "Machine Works",
    "Marine",
    "Media",
    "Millwork",
    "Montessori",
    "Orthopedics",
    "Packaging",
    "Pediatrics",
    "Pharmacy",
    "Physical Therapy",
    "Plastics",
    "Plumbing",
    "Precision Tooling",
    "Printing",
    "Property Management",
    "Realty",
    "Roofing",
    "Senior Living",
    "Solar",
    "Steel",
    "Supply",
    "Surveying",
    "Textiles",
    "Title & Escrow",
    "Transport",
    "Veterinary",
    "Water Systems",
    "Wealth Partners",
)

FORMS = ("", " Inc.", " LLC", " Ltd", " Co.", " Group", " & Sons", " Partners", " Associates", " Services")

TWINS = ((" Ltd", " Limited"), (" Inc.", ", Inc."), (" Co.", " Company"), (" & Sons", " and Sons"))
"""How the same business gets typed twice."""

FIRST_NAMES = (
    "Aaliyah Adrian Aisha Alejandro Amelia Andre Anika Ben Bianca Björn Caleb Camila Carmen Chloé Daniel Deepa Diego "
    "Elena Emeka Erin Esther Farid Fatima Felix Fiona Gabriel Grace Hannah Hiroshi Ian Ingrid Isaac Jamal Jasmine "
    "Jonas José Julia Karim Keiko Kofi Laura Leila Liam Lucía Magnus Maya Mei Miguel Mónica Nadia Nikolai Nora "
    "Olivia Omar Owen Paula Rafael Renée Ruth Samir Sean Simone Søren Tariq Teresa Thuy Victor Wendy Yara Zoë"
).split()

LAST_NAMES = (
    "Abbott Adeyemi Alvarez Andersson Banerjee Barnes Bauer Bennett Brandt Byrne Castillo Chandra Chen Coleman Costa "
    "Cruz D'Souza Delgado Dubois Ellis Eriksen Farrell Fischer Flores Fontaine García Gibson Gupta Hansen Hayes "
    "Huang Ibrahim Ivanova Jensen Kaplan Kaur Kim Kovács Lambert Larsen Le Lopez MacLeod Mendes Meyer Mbeki Moreau "
    "Nakamura Nguyen Novák O'Connor O'Neill Okonkwo Olsen Park Patel Pereira Petrov Quinn Ramos Reid Rossi Sato "
    "Schäfer Shah Silva Singh Sokolov Sullivan Tanaka Torres Vega Walsh Weber Wójcik Yilmaz Zhang"
).split()

JOB_TITLES = (
    "Office Manager",
    "Owner",
    "Controller",
    "Operations Manager",
    "Executive Assistant",
    "Accounts Payable",
    "Practice Manager",
    "Director of Finance",
    "Warehouse Lead",
    "HR Manager",
    "Partner",
    "Receptionist",
)

CITIES = (
    ("Albany", "NY", "12207", "518"),
    ("Boise", "ID", "83702", "208"),
    ("Burlington", "VT", "05401", "802"),
    ("Chattanooga", "TN", "37402", "423"),
    ("Duluth", "MN", "55802", "218"),
    ("Eugene", "OR", "97401", "541"),
    ("Fort Collins", "CO", "80521", "970"),
    ("Green Bay", "WI", "54301", "920"),
    ("Lancaster", "PA", "17602", "717"),
    ("Portland", "ME", "04101", "207"),
    ("Roanoke", "VA", "24011", "540"),
    ("Savannah", "GA", "31401", "912"),
)

STREETS = (
    "Main St",
    "Mill Rd",
    "Harbor Ave",
    "Industrial Pkwy",
    "Church St",
    "Station Rd",
    "2nd Ave",
    "Lake Dr",
)

TICKETS = (
    ("Outlook keeps asking for the password", 12, 150),
    ("Cannot print to the second-floor printer", 10, 136),
    ("Laptop very slow since yesterday", 10, 137),
    ("New starter: account and laptop", 12, 151),
    ("Leaver: disable account, forward mail", 12, 150),
    ("VPN drops every few minutes", 11, 140),
    ("Suspicious e-mail reported", 13, 160),
    ("Phone lost: reset multi-factor", 13, 161),
    ("Wi-Fi unreachable in the meeting room", 11, 141),
    ("Shared mailbox missing for two people", 12, 150),
    ("Licence needed for the drawing program", 12, 151),
    ("Docking station shows one screen only", 10, 136),
    ("File server: drive almost full", 10, 136),
    ("Accounting software will not open", 10, 137),
    ("Firewall firmware update", 11, 140),
    ("Quarterly access review", 13, 161),
    ("Backup failed on the application server", 10, 137),
    ("Restore a folder deleted last week", 10, 137),
    ("Teams calls are choppy", 11, 141),
    ("Scanner no longer sends to e-mail", 10, 136),
)
"""What people call about: title, issue type, sub-issue type (values of the default picklists)."""

OPPORTUNITIES = (
    "Firewall refresh",
    "Server replacement",
    "Move files to the cloud",
    "24x7 security monitoring",
    "Workstation refresh",
    "Backup and disaster recovery",
    "Wi-Fi for the new office",
    "Phone system",
    "Compliance readiness",
    "Managed services agreement",
)

PROJECTS = (
    ("Office move", ("Plan", "Cabling and network", "Move day")),
    ("Cloud migration", ("Discovery", "Pilot", "Migration", "Hand-over")),
    ("Server replacement", ("Preparation", "Build", "Cut-over")),
    ("Firewall refresh", ("Design", "Installation")),
    ("Onboarding", ("Documentation", "Agents and monitoring", "Security baseline")),
    ("Workstation refresh", ("Inventory", "Imaging", "Roll-out")),
)

TASKS = ("Confirm scope with the client", "Do the work", "Test and document", "Review with the client")
