"""The company mirror: what is found, in which order, how fast; what changes and what goes."""

import time
from datetime import timedelta

import pytest

from bot.domain.organizations import Company
from bot.domain.syncs import SyncCounts
from tests.factories import NOON

PAGE = 500


@pytest.fixture
async def tenant(database):
    async with database.directory() as directory:
        return await directory.ensure_tenant("T1", "Northwind IT")


@pytest.fixture
def found(database, tenant):
    async def search(text, limit=100):
        async with database.unit(tenant.id) as uow:
            return [company.name for company in await uow.companies.search(text, limit)]

    return search


@pytest.fixture
def save(database, tenant):
    async def upsert(*companies, at=NOON):
        async with database.unit(tenant.id) as uow:
            return await uow.companies.upsert(companies, at)

    return upsert


def company(autotask_id, name, **more):
    return Company(autotask_id, name, **{"is_active": True, **more})


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("unit", ["Ünited Façades"]),
        ("ÜNIT", ["Ünited Façades"]),
        ("facade", ["Ünited Façades"]),
        ("100%", ["100% Coffee"]),
        ("%", ["100% Coffee"]),
        ("_", ["snake_case Ltd"]),
        ("\\", ["back\\slash Inc"]),
        ("  ünited   facades ", ["Ünited Façades"]),
        ("A-0042", ["Numbered"]),
        ("strasse", ["Hauptstraße KG"]),
        ("munch", ["Münchner Söhne", "Zum Bären"]),
        ("muenchen", ["Münchner Söhne", "Zum Bären"]),
        ("sohne", ["Münchner Söhne"]),
        ("soehne", ["Münchner Söhne"]),
        ("zürich", ["Zurich North"]),
        ("nobody", []),
    ],
)
async def test_what_is_typed_is_found_literally_whatever_its_case_and_accents(save, found, typed, names):
    await save(
        company(1, "Ünited Façades"),
        company(2, "100% Coffee"),
        company(3, "snake_case Ltd"),
        company(4, "back\\slash Inc"),
        company(5, "Numbered", company_number="A-0042"),
        company(6, "Hauptstraße KG"),
        company(7, "Zum Bären", city="München"),
        company(8, "Münchner Söhne", city="München"),
        company(9, "Zurich North"),
    )
    assert await found(typed) == names


async def test_names_that_start_with_it_come_first_and_inactive_ones_last(save, found):
    await save(
        company(1, "Plain Acme"),
        company(2, "Bigacme"),
        company(3, "Acme Two"),
        company(4, "Acme One"),
        company(5, "Acme Gone Quiet", is_active=False),
    )
    assert await found("acme") == ["Acme One", "Acme Two", "Plain Acme", "Bigacme", "Acme Gone Quiet"]


async def test_a_page_counts_what_is_new_changed_and_the_same(save):
    assert await save(company(1, "A"), company(2, "B")) == SyncCounts(inserted=2)
    assert await save(company(1, "A"), company(2, "B!"), company(3, "C")) == SyncCounts(1, 1, 1)
    assert await save() == SyncCounts()


async def test_what_a_full_pass_did_not_see_is_gone_until_it_is_seen_again(database, tenant, save, found):
    await save(company(1, "A"), company(2, "B"))
    later = NOON + timedelta(hours=1)
    await save(company(1, "A"), at=later)
    async with database.unit(tenant.id) as uow:
        assert await uow.companies.mark_gone(later) == 1
        assert await uow.companies.count() == 1
        assert await uow.companies.get(2) is None
    assert await found("b") == []
    await save(company(2, "B"), at=later)
    assert await found("b") == ["B"]


async def test_searching_ten_thousand_companies_takes_milliseconds(database, tenant):
    names = ("Acme", "Globex", "Initech", "Umbrella", "Stark", "Wayne", "Ünited", "Hooli")
    async with database.unit(tenant.id) as uow:
        for start in range(0, 10_000, PAGE):
            page = [company(n, f"{names[n % 8]} Branch {n} GmbH") for n in range(start, start + PAGE)]
            await uow.companies.upsert(page, NOON)
    took = []
    for typed in ("a", "unit", "branch 77", "gmbh", "zzz", "hooli branch 9") * 10:
        begun = time.perf_counter()
        async with database.unit(tenant.id) as uow:
            await uow.companies.search(typed)
        took.append(time.perf_counter() - begun)
    p95 = sorted(took)[int(len(took) * 0.95)]
    assert p95 < 0.15, f"{p95 * 1000:.1f} ms"
