"""The generated MSP: believable, consistent with the server's own rules, the same for the same seed."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import httpx
import pytest

from sandbox.autotask.database import Database
from sandbox.autotask.server import create_app
from sandbox.autotask.units import BUNDLES, SERVICES, planned_units
from sandbox.autotask.values import UDF
from sandbox.data import establish, populate
from sandbox.keep.autotask import autotask_keeper, load_autotask
from sandbox.keep.slack import load_slack, slack_keeper
from sandbox.slack.model import Message, StoredFile
from sandbox.slack.workspace import Workspace

TODAY = date(2026, 3, 18)
NOW = datetime(2026, 3, 18, tzinfo=UTC)


def made(companies=60, seed=7, today=TODAY):
    database = Database(seed)
    populate(database, companies=companies, seed=seed, today=today)
    return database


@pytest.fixture(scope="module")
def msp():
    return made()


def content(database):
    return {name: list(database.rows(name)) for name in database.tables}


def test_the_same_seed_gives_identical_rows():
    assert content(made(seed=11)) == content(made(seed=11))


def test_another_seed_gives_other_rows():
    assert content(made(seed=11)) != content(made(seed=12))


def test_the_day_moves_the_data(msp):
    later = made(today=date(2026, 6, 1))
    newest = max(row["createDate"] for row in later.rows("Tickets"))
    assert newest > max(row["createDate"] for row in msp.rows("Tickets")) + timedelta(days=60)


@pytest.mark.parametrize("companies", [10, 37, 120, 700])
def test_it_has_exactly_the_companies_asked_for_besides_its_own(companies):
    assert len(made(companies=companies).table("Companies").ids) == companies + 1


def test_too_few_companies_are_refused():
    with pytest.raises(ValueError, match="at least 10"):
        made(companies=9)


def test_every_kind_of_record_is_there(msp):
    without = {name for name, table in msp.tables.items() if not table.ids}
    assert without == {
        "CompanyNotes",
        "ContractNotes",
        "ContractServiceAdjustments",
        "ContractServiceBundleAdjustments",
        "ProjectNotes",
        "TaskNotes",
        "BillingItemApprovalLevels",
    }


def test_company_types_are_mixed_and_some_are_inactive(msp):
    kinds = Counter(row["companyType"] for row in made(companies=300).rows("Companies"))
    assert {1, 2, 3, 4, 6, 7, 8} <= set(kinds)
    assert any(row["isActive"] is False for row in msp.rows("Companies"))


def test_names_are_as_awkward_as_in_life(msp):
    names = [row["companyName"] for row in msp.rows("Companies")]
    assert len(set(names)) == len(names)
    assert {"Brightwater Ltd", "Brightwater Limited"} <= set(names)
    together = "".join(names)
    assert all(sign in together for sign in "&<>'\"*_üéÅŻ")


def test_names_stay_different_at_ten_thousand_companies():
    from random import Random

    from sandbox.data.build import Build, Volumes
    from sandbox.data.companies import company_names

    build = Build(Database(1), Random("names"), TODAY, Volumes(10_000))
    assert len(set(company_names(build, 10_000))) == 10_000


# Consistency with what the server itself demands


def references(database):
    """Every stored reference: entity, field, the entity it points to, and the id."""
    for entity in database.entities.values():
        fields = [field for field in entity.fields if field.reference]
        for row in database.rows(entity.name):
            for field in fields:
                target = database.by_singular(field.reference)
                if target is not None and row.get(field.name):
                    yield entity.name, field.name, target.name, row[field.name]


def test_every_reference_points_to_a_record(msp):
    dangling = {
        (entity, field)
        for entity, field, target, record_id in references(msp)
        if msp.row(target, record_id) is None
    }
    assert dangling == set()


def test_every_required_field_is_filled(msp):
    missing = {
        (entity.name, field.name)
        for entity in msp.entities.values()
        for field in entity.fields
        if field.required
        for row in msp.rows(entity.name)
        if row.get(field.name) is None
    }
    assert missing == set()


def test_every_text_fits_its_field(msp):
    too_long = {
        (entity.name, field.name)
        for entity in msp.entities.values()
        for field in entity.fields
        if field.length
        for row in msp.rows(entity.name)
        if len(str(row.get(field.name, ""))) > field.length
    }
    assert too_long == set()


def test_every_picklist_value_exists(msp):
    unknown = {
        (entity.name, field.name, row[field.name])
        for entity in msp.entities.values()
        for field in entity.fields
        if field.picklist
        for row in msp.rows(entity.name)
        if row.get(field.name) is not None
        and str(row[field.name]) not in {each.value for each in msp.picklist(entity.name, field.name)}
    }
    assert unknown == set()


def test_what_belongs_to_a_company_stays_within_it(msp):
    owned = ("Contacts", "Contracts")
    company = {name: {row["id"]: row["companyID"] for row in msp.rows(name)} for name in owned}
    for ticket in msp.rows("Tickets"):
        assert company["Contacts"][ticket["contactID"]] == ticket["companyID"]
        if "contractID" in ticket:
            assert company["Contracts"][ticket["contractID"]] == ticket["companyID"]


def test_workers_hold_the_role_in_which_they_work(msp):
    held = {(row["resourceID"], row["roleID"]) for row in msp.rows("ResourceRoles") if row["isActive"]}
    for ticket in msp.rows("Tickets"):
        if "assignedResourceID" in ticket:
            assert (ticket["assignedResourceID"], ticket["assignedResourceRoleID"]) in held


def test_nothing_has_happened_after_today(msp):
    for entity in msp.entities.values():
        for field in entity.stamped("created", "modified", "activity"):
            assert all(row[field.name] <= NOW for row in msp.rows(entity.name)), (
                entity.name,
                field.name,
            )


# Contracts


def test_every_type_of_contract_occurs():
    kinds = Counter(row["contractType"] for row in made(companies=300).rows("Contracts"))
    assert set(kinds) == {1, 3, 4, 6, 7, 8, 9}


@pytest.mark.parametrize("family", [SERVICES, BUNDLES], ids=lambda each: each.lines)
def test_units_cover_the_contract_without_gap_at_the_servers_own_prices(msp, family):
    rows = defaultdict(list)
    for row in msp.rows(family.units):
        rows[row[family.line_key]].append(row)
    assert rows
    for line, periods in rows.items():
        periods.sort(key=lambda row: row["startDate"])
        contract = msp.row("Contracts", periods[0]["contractID"])
        assert periods[0]["startDate"] == contract["startDate"]
        assert periods[-1]["endDate"] == contract["endDate"]
        for before, after in pairwise(periods):
            assert after["startDate"] == before["endDate"] + timedelta(days=1)
        last = planned_units(msp, line, units=periods[-1]["units"], family=family)[-1]
        assert periods[-1]["price"] == last["price"]


def test_past_months_are_posted_and_later_ones_are_not(msp):
    for row in msp.rows("ContractServiceUnits"):
        assert (row.get("approveAndPostDate") is not None) == (row["endDate"] < NOW.replace(day=1))


def test_some_counts_grew(msp):
    counts = defaultdict(set)
    for row in msp.rows("ContractServiceUnits"):
        counts[row["contractServiceID"]].add(row["units"])
    assert any(len(each) > 1 for each in counts.values())


def test_milestones_add_up_and_only_fixed_price_contracts_have_them(msp):
    for row in msp.rows("ContractMilestones"):
        assert msp.row("Contracts", row["contractID"])["contractType"] == 3
        assert row["amount"] > 0
    assert {row["status"] for row in made(companies=300).rows("ContractMilestones")} == {0, 1, 2}


# Billing


def test_an_invoice_is_the_sum_of_its_items_and_their_tax(msp):
    sums = defaultdict(Decimal)
    for item in msp.rows("BillingItems"):
        if item["invoiceID"]:
            sums[item["invoiceID"]] += item["totalAmount"] + item["taxDollars"]
    assert sums == {row["id"]: row["invoiceTotal"] for row in msp.rows("Invoices")}


@pytest.mark.parametrize(
    "today", [date(2026, 3, 1), date(2026, 3, 3), TODAY, date(2026, 11, 21), date(2026, 12, 31)]
)
def test_of_time_that_was_posted_a_tenth_to_a_fifth_waits_to_be_invoiced_and_nothing_else_does(today):
    database = made(today=today)
    now = datetime(today.year, today.month, today.day, tzinfo=UTC)
    month = now.replace(day=1)
    items = list(database.rows("BillingItems"))
    labour = [row for row in items if row["billingItemType"] == 1]
    waiting = [row for row in items if not row["invoiceID"]]
    assert 0.1 <= len(waiting) / len(labour) <= 0.2
    assert all(row in labour for row in waiting)
    assert any(row["itemDate"] < month for row in waiting), "a few of last month"
    assert all(row["postedOnTime"] <= now for row in waiting), "posted, as every billing item is"
    assert all(row["totalAmount"] > 0 for row in waiting)
    assert [row for row in labour if row["itemDate"] >= month and row["invoiceID"]] == []
    entries = {row["id"]: row for row in database.rows("TimeEntries")}
    assert all(entries[row["timeEntryID"]]["billingApprovalDateTime"] for row in waiting)


def test_a_period_is_billed_at_most_once(msp):
    periods = [
        item["contractServicePeriodID"]
        for item in msp.rows("BillingItems")
        if "contractServicePeriodID" in item
    ]
    assert periods
    assert len(periods) == len(set(periods))


def test_most_hours_to_bill_are_on_contracts_and_some_wait_or_come_too_late(msp):
    contracts = {row["id"]: row for row in msp.rows("Contracts")}
    billed = {row.get("timeEntryID") for row in msp.rows("BillingItems")}
    entries = [row for row in msp.rows("TimeEntries") if not row["isNonBillable"]]
    approved = [row for row in entries if row["id"] in billed]
    linked = [row for row in approved if row.get("contractID")]
    late = [row for row in linked if contracts[row["contractID"]]["endDate"] < row["dateWorked"]]
    assert len(linked) > 0.8 * len(approved)
    assert 0 < len(approved) < len(entries)
    assert 0 < len(late) < 0.1 * len(approved)


def test_there_is_a_number_to_look_for_one_that_two_have_and_a_prefix(msp):
    numbers = Counter(row.get("internalDescription") for row in msp.rows("ContractServices"))
    del numbers[None]
    assert numbers["0412 345 678"] == 1
    assert [count for count in numbers.values() if count > 1] == [2]
    assert any(row["contractName"].startswith("MSP-") for row in msp.rows("Contracts"))


def test_time_spreads_over_ninety_days(msp):
    days = {(NOW - row["dateWorked"]).days for row in msp.rows("TimeEntries")}
    assert max(days) >= 80
    assert min(days) <= 5


# Through the server


async def test_the_server_serves_it_and_takes_a_ticket_on_it(msp):
    database = made(companies=10)
    app = create_app(database)
    headers = {"UserName": "deskhand@sandbox.example", "Secret": "S4ndbox#Secret~42"}
    headers["ApiIntegrationCode"] = "DESKHANDSANDBOX0000000000001"
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as client:
        customer = next(row for row in database.rows("Companies") if row["id"])
        body = {"companyID": customer["id"], "title": "Check", "status": 1, "priority": 2}
        reply = await client.post(
            "/atservicesrest/v1.0/Tickets", json={**body, "queueID": 29_682_833, "ticketCategory": 5}
        )
        assert reply.status_code == 200, reply.text
        ticket = database.row("Tickets", reply.json()["itemId"])
    assert ticket["companyID"] == customer["id"]


# Kept in files


async def test_a_database_survives_its_file(tmp_path, msp):
    file = tmp_path / "autotask.json.gz"
    assert await autotask_keeper(file, msp).save() is True
    copy = Database(7)
    establish(copy)
    assert load_autotask(file, copy) is True
    assert content(copy) == content(msp)
    assert copy.picklist("Tickets", "queueID") == msp.picklist("Tickets", "queueID")
    assert next(row for row in copy.rows("Companies") if row["id"])[UDF]


async def test_ids_and_ticket_numbers_go_on_after_a_restart(tmp_path):
    before = made(companies=10)
    first = before.insert("Tickets", {"companyID": 0, "title": "One", "createDate": NOW})
    before.delete("Tickets", first)
    await autotask_keeper(tmp_path / "kept", before).save()
    after = Database(7)
    establish(after)
    load_autotask(tmp_path / "kept", after)
    second = after.insert("Tickets", {"companyID": 0, "title": "Two", "createDate": NOW})
    assert second > first
    assert after.row("Tickets", second)["ticketNumber"] > "T20260318.0001"


async def test_only_a_changed_database_is_written_again(tmp_path):
    database = made(companies=10)
    keeper = autotask_keeper(tmp_path / "kept", database)
    assert [await keeper.save(), await keeper.save()] == [True, False]
    database.update("Companies", 0, {"phone": "555-0199"})
    assert await keeper.save() is True


def test_nothing_is_loaded_where_nothing_was_kept(tmp_path):
    assert load_autotask(tmp_path / "none", Database(1)) is False
    assert load_slack(tmp_path / "none", Workspace()) is False


async def test_a_workspace_survives_its_file(tmp_path):
    workspace = Workspace()
    channel = workspace.channel("general")
    stamp = workspace.ids.ts()
    blocks = [{"type": "divider"}]
    channel.messages[stamp] = Message(stamp, channel.id, "U0DANA0001", "Grüße & <more>", blocks=blocks)
    file = StoredFile(workspace.ids.new("F"), "a.pdf", "A", "U0DANA0001", 1, 3, content=b"\x00\xff%")
    workspace.files[file.id] = file
    await slack_keeper(tmp_path / "kept", workspace).save()
    copy = Workspace()
    assert load_slack(tmp_path / "kept", copy) is True
    assert copy.channel("general") == channel
    assert copy.files == {file.id: file}
    assert copy.ids.new("F") != file.id
    assert copy.ids.ts() > stamp
