"""Records as no Autotask should have them: every sync takes each of them, or puts it aside with one line in the log."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from bot import syncs
from bot.autotask.entities import Entity
from bot.errors import AutotaskUnavailable
from bot.syncs import companies, contracts
from bot.syncs.declared import Sync
from sandbox.autotask.faults import Fault
from tests.factories import NOON
from tests.integration.sync_world import EVERY, Place, autotask, place

UNKNOWN = 99_999
"""A value that no picklist has."""
TAKEN: Mapping[str, Mapping[type, object]] = {
    "bare": {},
    "null": dict.fromkeys((int, str, bool, date, datetime, Decimal)),
    "far": {int: UNKNOWN, str: "W" * 500, bool: 1, date: "9999-12-31T00:00:00", datetime: "9999-12-31T23:59:59.997",
            Decimal: -99_999_999_999_999.99},
    "early": {int: -1, str: "", bool: 0, date: "0001-01-01T00:00:00Z", datetime: "0001-01-01T00:00:00+14:00",
              Decimal: 0.0001},
    "text": {str: "a\0b\x07c\ud83e <!channel>\u202e\r\n"},
}  # fmt: skip
ASIDE: Mapping[str, Mapping[type, object]] = {
    "huge": {int: 2**70, Decimal: 10**40},  # where the mirror keeps no number of it, it is taken
    "wrong": {int: "some", date: "soon", datetime: "soon", Decimal: "much", bool: "perhaps"},
}
FIRST = 3_000_000_000
"""More than 31 bits."""
FAR = FIRST + list(TAKEN).index("far")
"""What the far record of each entity points to: that of another one."""


@pytest.fixture
async def here(database_url):
    async with autotask() as served, place(database_url, served) as found:
        yield found


def record(entity: type[Entity], record_id: int, values: Mapping[type, object]) -> dict[str, object]:
    """With the value of each field's kind."""
    found: dict[str, object] = {"brandNew": {"x": [1]}}
    for field in entity.model_fields.values():
        kind = next((each for each in values if each.__name__ in _words(field.annotation)), None)
        if kind is not None and field.alias is not None:
            points = values[kind] == UNKNOWN and field.alias.endswith("ID") and field.alias != "queueID"
            found[field.alias] = FAR if points else values[kind]
    return found | {"id": record_id}


def _words(annotation: object) -> set[str]:
    plain = (
        str(getattr(annotation, "__name__", annotation)) if isinstance(annotation, type) else str(annotation)
    )
    return set(plain.replace("|", " ").replace(".", " ").replace("Optional[", "").replace("]", "").split())


def answer(*rows: Mapping[str, object], more: bool = False) -> str:
    return json.dumps({"items": rows, "pageDetails": {"nextPageUrl": "x" if more else None}})


def serve(here: Place, sync: Sync, *bodies: str) -> None:
    for body in bodies:
        here.control.plan(Fault("fail", sync.entity.endpoint.collection, status=200, body=body, count=1))


def asking(sync: Sync) -> Sync:
    """The sync without the lists of ids by which some ask."""
    return replace(sync, parents=None, parent_field="", parent_column="")


async def put_aside(here: Place, sync: Sync) -> list[object]:
    """The records named by lines that say so, each as often as it is named."""
    lines = [each for each in await here.lines() if each["code"] == "AT-615"]
    return sorted(each["record_id"] for each in lines if each["details"]["sync"] == sync.name)


async def conclude_all(here: Place) -> None:
    """With a client whose records are all far from usual."""
    async with here.database.unit(here.tenant_id) as uow:
        organization = await uow.organizations.add("Far", "U1", NOON)
        await uow.organizations.set_company(organization.id, FAR, "U1", NOON)
    for _ in range(2):  # what is found the first time is there the second
        for group in syncs.GROUPS:
            if group.conclude is not None:
                await group.conclude(here.work())


async def test_every_sync_takes_an_odd_record_or_puts_it_aside_with_one_line(here: Place):
    for sync in EVERY:
        odd = [
            record(sync.entity, FIRST + n, each) for n, each in enumerate([*TAKEN.values(), *ASIDE.values()])
        ]
        serve(here, sync, answer(*odd[:4], more=True), answer(*odd[3:]))
        await here.pass_of(asking(sync))
        taken = sorted(await here.rows(sync))
        assert taken[: len(TAKEN)] == [FIRST + n for n in range(len(TAKEN))], sync.name
        assert taken + await put_aside(here, sync) == [FIRST + n for n in range(len(odd))], sync.name
    await conclude_all(here)


async def test_what_was_known_of_a_record_that_is_put_aside_stays_and_is_not_taken_for_gone(here: Place):
    await here.pass_of(companies.SYNC)
    before = await here.rows(companies.SYNC)
    known = [{"id": key, "companyName": row["name"]} for key, row in before.items()]
    here.clock.advance(days=1)
    serve(here, companies.SYNC, answer(*known[:-1], known[-1] | {"companyType": "some"}))
    outcome = await here.pass_of(companies.SYNC)
    assert outcome.counts.gone == 0
    assert (await here.rows(companies.SYNC))[known[-1]["id"]] == before[known[-1]["id"]]


async def test_where_most_cannot_be_read_it_is_another_api_and_nothing_is_put_aside(here: Place):
    rows = [{"id": FIRST + n, "startDate": "soon"} for n in range(40)]
    serve(here, contracts.CONTRACTS, answer(*rows))
    with pytest.raises(AutotaskUnavailable, match="AT-301"):
        await here.pass_of(contracts.CONTRACTS)
    assert await put_aside(here, contracts.CONTRACTS) == []
