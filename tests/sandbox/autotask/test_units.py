from datetime import UTC, datetime

import pytest

from tests.sandbox.autotask.conftest import MANAGED_SERVICES

POSTED = "already approved and posted contract period"


@pytest.fixture
def backup(tenant):
    row = {
        "name": "Backup",
        "billingCodeID": MANAGED_SERVICES,
        "unitPrice": 30,
        "unitCost": 10,
        "isActive": True,
    }
    return tenant.database.insert("Services", {**row, "periodType": "m"})


@pytest.fixture
async def contract(tenant):
    return await tenant.create("Contracts", contract_body())


def contract_body(**fields):
    return {
        "companyID": 0, "contractName": "Managed", "contractType": 7, "contractPeriodType": "m", "status": 1,
        "startDate": "2026-01-01", "endDate": "2026-06-30", "timeReportingRequiresStartAndStopTimes": 0, **fields,
    }  # fmt: skip


async def adjust(tenant, change, on, **target):
    body = {"id": 0, "unitChange": change, "effectiveDate": f"{on}T00:00:00Z", **target}
    return await tenant.create("ContractServiceAdjustments", body)


async def units(tenant, contract):
    """(start, end, units, price) of every row, in order of time."""
    rows = await tenant.find("ContractServiceUnits", {"op": "eq", "field": "contractID", "value": contract})
    rows.sort(key=lambda row: row["startDate"])
    return [(row["startDate"][5:10], row["endDate"][5:10], row["units"], row["price"]) for row in rows]


async def test_an_adjustment_creates_a_missing_contract_service_and_fills_the_periods_from_its_day(
    tenant, contract, backup
):
    await adjust(tenant, 10, "2026-03-01", contractID=contract, serviceID=backup)
    (line,) = await tenant.find("ContractServices", {"op": "eq", "field": "contractID", "value": contract})
    assert (line["serviceID"], line["unitPrice"]) == (backup, 30)
    assert await units(tenant, contract) == [
        ("01-01", "01-31", 0, 0),
        ("02-01", "02-28", 0, 0),
        ("03-01", "03-31", 10, 300),
        ("04-01", "04-30", 10, 300),
        ("05-01", "05-31", 10, 300),
        ("06-01", "06-30", 10, 300),
    ]


async def test_the_change_is_a_signed_difference(tenant, contract, backup):
    for change in (10, 5, -3):
        await adjust(tenant, change, "2026-04-01", contractID=contract, serviceID=backup)
    assert [row[2] for row in await units(tenant, contract)] == [0, 0, 0, 12, 12, 12]


async def test_an_adjustment_within_a_period_splits_its_row_and_prorates_both_parts(tenant, contract, backup):
    await adjust(tenant, 10, "2026-03-01", contractID=contract, serviceID=backup)
    await adjust(tenant, 5, "2026-04-16", contractID=contract, serviceID=backup)
    assert (await units(tenant, contract))[3:6] == [
        ("04-01", "04-15", 10, 150),
        ("04-16", "04-30", 15, 225),
        ("05-01", "05-31", 15, 450),
    ]


async def test_price_and_cost_of_a_row_are_extended_amounts(tenant, contract, backup):
    await adjust(tenant, 7, "2026-05-01", contractID=contract, serviceID=backup)
    rows = await tenant.find("ContractServiceUnits", {"op": "eq", "field": "contractID", "value": contract})
    may = next(row for row in rows if row["startDate"].startswith("2026-05"))
    assert (may["units"], may["price"], may["internalCurrencyPrice"], may["cost"]) == (7, 210, 210, 70)


async def test_an_adjusted_price_counts_from_the_effective_day(tenant, contract, backup):
    await adjust(tenant, 10, "2026-03-01", contractID=contract, serviceID=backup)
    await adjust(tenant, 0, "2026-05-01", contractID=contract, serviceID=backup, adjustedUnitPrice=25)
    assert [row[3] for row in await units(tenant, contract)] == [0, 0, 300, 300, 250, 250]


async def test_units_cannot_fall_below_zero_and_nothing_changes_then(tenant, contract, backup):
    await adjust(tenant, 2, "2026-03-01", contractID=contract, serviceID=backup)
    before = await units(tenant, contract)
    body = {"contractID": contract, "serviceID": backup, "unitChange": -3, "effectiveDate": "2026-03-01"}
    assert await tenant.refused("POST", "ContractServiceAdjustments", body)
    assert await units(tenant, contract) == before


@pytest.mark.parametrize(
    ("dates", "on"),
    [
        ({"startDate": "2026-05-01"}, "2026-05-01"),
        ({"startDate": "2025-01-01", "endDate": "2025-12-31"}, "2026-03-01"),
        ({}, "2025-12-31"),
        ({}, "2026-07-01"),
    ],
)
async def test_contracts_not_begun_or_ended_fail_with_a_500_that_tells_nothing(tenant, backup, dates, on):
    contract = await tenant.create("Contracts", contract_body(**dates))
    body = {"contractID": contract, "serviceID": backup, "unitChange": 1, "effectiveDate": on}
    (reason,) = await tenant.refused("POST", "ContractServiceAdjustments", body)
    assert reason == "An error has occurred. Please contact your system administrator."


async def test_a_posted_period_cannot_be_adjusted(tenant, contract, backup):
    await adjust(tenant, 1, "2026-01-01", contractID=contract, serviceID=backup)
    rows = tenant.database.rows("ContractServiceUnits")
    march = next(row["id"] for row in rows if row["startDate"] == datetime(2026, 3, 1, tzinfo=UTC))
    tenant.database.update("ContractServiceUnits", march, {"approveAndPostDate": "2026-03-02"})
    for on in ("2026-03-15", "2026-02-01"):
        body = {"contractID": contract, "serviceID": backup, "unitChange": 1, "effectiveDate": on}
        (reason,) = await tenant.refused("POST", "ContractServiceAdjustments", body)
        assert POSTED in reason
    await adjust(tenant, 1, "2026-04-01", contractID=contract, serviceID=backup)
    assert [row[2] for row in await units(tenant, contract)] == [1, 1, 1, 2, 2, 2]


async def test_adjustments_cannot_be_read(tenant, contract, backup):
    adjustment = await adjust(tenant, 1, "2026-04-01", contractID=contract, serviceID=backup)
    assert (await tenant.get(f"ContractServiceAdjustments/{adjustment}")).status_code == 404
    assert (await tenant.get(f"Contracts/{contract}/ServiceAdjustments")).status_code == 405


async def test_the_child_url_of_a_contract_takes_adjustments_too(tenant, contract, backup):
    body = {"serviceID": backup, "unitChange": 4, "effectiveDate": "2026-06-01"}
    await tenant.create(f"Contracts/{contract}/ServiceAdjustments", body)
    assert (await units(tenant, contract))[-1][2] == 4


async def test_every_change_leaves_a_note_on_the_contract(tenant, contract, backup):
    await adjust(tenant, 4, "2026-06-01", contractID=contract, serviceID=backup)
    (note,) = await tenant.find("ContractNotes", {"op": "eq", "field": "contractID", "value": contract})
    assert "+4" in note["description"]


async def test_a_service_is_on_a_contract_once_unless_repeating_is_allowed(tenant, contract, backup):
    path = f"Contracts/{contract}/Services"
    line = await tenant.create(path, {"contractID": contract, "serviceID": backup})
    assert len(await units(tenant, contract)) == 6
    assert await tenant.refused("POST", path, {"contractID": contract, "serviceID": backup})
    await adjust(tenant, 1, "2026-05-01", contractID=contract, serviceID=backup, allowRepeatService=True)
    both = {"contractID": contract, "serviceID": backup, "unitChange": 1, "effectiveDate": "2026-05-01"}
    assert await tenant.refused("POST", "ContractServiceAdjustments", both)
    await adjust(tenant, 8, "2026-05-01", contractServiceID=line)
    rows = await tenant.find(
        "ContractServiceUnits", {"op": "eq", "field": "contractServiceID", "value": line}
    )
    assert [row["units"] for row in rows] == [0, 0, 0, 0, 8, 8]


async def test_services_belong_to_recurring_contracts(tenant, backup):
    contract = await tenant.create("Contracts", contract_body(contractType=1, contractPeriodType=None))
    assert await tenant.refused(
        "POST", f"Contracts/{contract}/Services", {"contractID": contract, "serviceID": backup}
    )
    assert await tenant.refused("POST", "Contracts", contract_body(contractPeriodType=None)) == [
        "Missing Required Field: contractPeriodType"
    ]


@pytest.mark.parametrize(
    ("period", "starts"),
    [
        ("q", ["01-31", "04-30"]),
        ("s", ["01-31"]),
        ("m", ["01-31", "02-28", "03-31", "04-30", "05-31", "06-30"]),
    ],
)
async def test_periods_step_from_the_contracts_start(tenant, backup, period, starts):
    body = contract_body(contractPeriodType=period, startDate="2026-01-31", endDate="2026-07-15")
    contract = await tenant.create("Contracts", body)
    await adjust(tenant, 1, "2026-07-01", contractID=contract, serviceID=backup)
    assert [row[0] for row in await units(tenant, contract) if row[0] != "07-01"] == starts


async def test_a_last_period_cut_by_the_contracts_end_costs_its_share(tenant, backup):
    contract = await tenant.create("Contracts", contract_body(endDate="2026-06-15"))
    await adjust(tenant, 10, "2026-05-01", contractID=contract, serviceID=backup)
    assert (await units(tenant, contract))[-1] == ("06-01", "06-15", 10, 150)


async def test_moving_a_contracts_end_cuts_and_extends_its_rows(tenant, contract, backup):
    await adjust(tenant, 2, "2026-01-01", contractID=contract, serviceID=backup)
    await tenant.change("Contracts", {"id": contract, "endDate": "2026-04-15"})
    assert (await units(tenant, contract))[-1] == ("04-01", "04-15", 2, 30)
    await tenant.change("Contracts", {"id": contract, "endDate": "2026-05-31"})
    assert (await units(tenant, contract))[-2:] == [("04-01", "04-30", 2, 60), ("05-01", "05-31", 2, 60)]


async def test_a_contracts_end_cannot_move_before_a_posted_period(tenant, contract, backup):
    await adjust(tenant, 2, "2026-01-01", contractID=contract, serviceID=backup)
    last = max(row["id"] for row in tenant.database.rows("ContractServiceUnits"))
    tenant.database.update("ContractServiceUnits", last, {"approveAndPostDate": "2026-03-02"})
    (reason,) = await tenant.refused("PATCH", "Contracts", {"id": contract, "endDate": "2026-04-15"})
    assert POSTED in reason


async def test_bundles_have_units_and_adjustments_of_their_own(tenant, contract):
    row = {
        "name": "Office",
        "billingCodeID": MANAGED_SERVICES,
        "unitPrice": 50,
        "periodType": "m",
        "isActive": True,
    }
    bundle = tenant.database.insert("ServiceBundles", row)
    body = {"contractID": contract, "serviceBundleID": bundle, "unitChange": 3, "effectiveDate": "2026-06-16"}
    await tenant.create("ContractServiceBundleAdjustments", body)
    rows = await tenant.find(
        "ContractServiceBundleUnits", {"op": "eq", "field": "contractID", "value": contract}
    )
    assert [(row["units"], row["price"]) for row in sorted(rows, key=lambda row: row["startDate"])][-2:] == [
        (0, 0),
        (3, 75),
    ]


async def test_a_contract_must_begin_before_it_ends(tenant):
    assert await tenant.refused("POST", "Contracts", contract_body(endDate="2026-01-01"))
