"""What a run says of the run before it: what is new, gone and changed, how many there are, and what is odd."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from blocks import status as status_blocks
from blocks import syncs as blocks
from blocks.sync_counts import changes
from bot.domain.contracts import Place
from bot.domain.status import GroupStatus, Status
from bot.domain.syncs import Group, Scope, Size, SyncCounts, SyncRun, SyncState, called
from bot.syncs import GROUPS
from bot.syncs.contract_conclusions import summary
from bot.syncs.time_conclusions import asked

AT = datetime(2026, 11, 21, 2, tzinfo=UTC)


def run(counts: SyncCounts, state: SyncState = SyncState.SUCCEEDED, **sizes: Size) -> SyncRun:
    ended = AT + timedelta(seconds=12)
    return SyncRun(7, "contracts", state, counts, "", AT, ended, sizes=sizes)


def with_parts(found: SyncRun, **parts: SyncCounts) -> SyncRun:
    return replace(found, parts=parts)


def said(shown: SyncRun) -> str:
    return repr(blocks.ended([shown], "").blocks)


def test_a_run_says_what_is_new_gone_and_changed_and_the_total_beside_the_last():
    found = run(
        SyncCounts(3, 12, 1_400, 1),
        contracts=Size(602, 600),
        contract_services=Size(1_000, 1_000),
    )
    words = "Contracts: +3 new, \N{MINUS SIGN}1 gone, ~12 changed · 602 contracts, 600 last time (+0.3 %)"
    assert words in said(found)
    assert "far" not in said(found)


def test_a_run_without_anything_new_says_so_and_that_the_total_is_the_same():
    found = said(run(SyncCounts(), contracts=Size(600, 600)))
    assert "Contracts: nothing new since the last sync · 600 contracts, as many as last time" in found


def test_the_first_run_has_nothing_to_compare_with_and_a_failed_one_says_no_total():
    assert "Contracts: 600 contracts'" in said(run(SyncCounts(600), contracts=Size(600)))
    failed = said(run(SyncCounts(5, unchanged=20), SyncState.FAILED, contracts=Size(9, 4)))
    assert "failed, 25 read" in failed
    assert "last time" not in failed


def test_a_first_run_says_how_many_of_what_there_are_and_not_how_many_records():
    found = run(
        SyncCounts(4_621),
        contract_service_units=Size(3_800),
        contracts=Size(150),
        contract_services=Size(612),
        contract_milestones=Size(0),
        contract_service_bundle_units=Size(59),
    )
    words = said(with_parts(found, contracts=SyncCounts(150), contract_services=SyncCounts(612)))
    assert "Contracts: 150 contracts, 612 services, 3,859 unit rows'" in words


def test_a_later_run_says_what_changed_of_what_and_nothing_of_the_rest():
    found = with_parts(
        run(SyncCounts(43, 12), contracts=Size(153, 150), contract_service_units=Size(3_899, 3_859)),
        contract_service_units=SyncCounts(40),
        contracts=SyncCounts(3, unchanged=150),
        contract_services=SyncCounts(0, 12),
        contract_milestones=SyncCounts(unchanged=9),
    )
    words = (
        "Contracts: +3 new; services ~12 changed; unit rows +40 new · 153 contracts, 150 last time (+2.0 %)'"
    )
    assert words in said(found)


def test_what_several_syncs_bring_of_one_kind_is_told_together():
    found = replace(
        run(SyncCounts(5, 2), invoices=Size(124, 120)),
        name="invoices",
        parts={
            "invoices_unpaid": SyncCounts(4),
            "billing_items_again": SyncCounts(0, 1),
            "billing_items": SyncCounts(1),
            "invoices_settled": SyncCounts(0, 1),
        },
    )
    assert "Invoices: +4 new, ~1 changed; billing items +1 new, ~1 changed · 124 invoices" in said(found)


def test_every_sync_and_mirror_has_a_name_for_people():
    names = {name for group in GROUPS for each in group.syncs for name in (each.name, each.table.name)}
    for name in names:
        one = replace(run(SyncCounts(1)), sizes={name: Size(1)})
        assert changes(one) != f"1 {name.replace('_', ' ')}"


def test_one_mirror_that_is_far_off_is_named_though_all_together_hardly_differ():
    found = run(
        SyncCounts(0, 0, 0, 200), contracts=Size(400, 600), contract_service_units=Size(60_000, 60_000)
    )
    words = said(found)
    assert "400 contracts, 600 last time (\N{MINUS SIGN}33.3 %)" in words
    assert "⚠️ far fewer contracts than last time: 400 now, 600 then (\N{MINUS SIGN}33.3 %)" in words
    page = status_blocks.group_page(
        Status(AT, groups=[GroupStatus(Group.CONTRACTS, found)]), Group.CONTRACTS, may_sync=True
    )
    for part in ("12.0 s · \N{MINUS SIGN}200 gone · 400 contracts", "far fewer contracts than last time"):
        assert part in repr(page.blocks)


@pytest.mark.parametrize(
    ("now", "before", "is_odd"),
    [
        (125, 100, False),
        (126, 100, True),
        (74, 100, True),
        (75, 100, False),
        (29, 10, False),
        (30, 10, True),
        (0, 19, False),
        (0, 20, True),
        (500, 0, False),
        (500, None, False),
    ],
)
def test_a_quarter_more_or_less_and_at_least_twenty_records_are_odd(now, before, is_odd):
    assert Size(now, before).is_odd is is_odd


def test_a_total_is_compared_only_where_every_part_was_counted_last_time():
    assert Size(5, 4) + Size(3, 2) == Size(8, 6)
    assert Size(5, 4) + Size(3) == Size(8)
    assert run(SyncCounts()).size is None


def test_a_tiny_share_is_not_called_nothing():
    assert "(less than 0.1 %)" in said(run(SyncCounts(1), contracts=Size(60_001, 60_000)))


def test_the_words_on_contracts_tell_what_was_left_out_and_what_was_ended():
    places = {Place.IN: 1, Place.UNMAPPED: 1230, Place.PREFIX: 4}
    assert summary(places, 0, expired=0, ended=2) == (
        (
            "1 contract taken in; left out: 4 with the wrong SKU prefix, 1,230 of companies that are not mapped; "
            "2 ended here, because the last day is over."
        ),
    )
    assert summary({}, 1, expired=1, ended=0) == (
        "0 contracts taken in; 1 customer created; 1 past its last day.",
    )


def test_only_days_that_were_asked_for_are_named():
    scope = Scope(AT, AT.date())
    assert asked(scope) == ()
    days = (date(2026, 11, 14), date(2026, 11, 21))
    assert "from 14 Nov 2026 to 21 Nov 2026" in asked(replace(scope, window=days))[0]


def test_billing_items_are_counted_as_the_invoices_though_time_reads_them_too():
    tables = {each.name: {table.name for table in each.tables} for each in GROUPS}
    assert "billing_items" in tables[Group.INVOICES]
    assert tables[Group.TIME] == {"time_entries"}


def test_a_group_is_called_by_its_name_in_prose():
    assert called(Group.TIME.value) == "time entries"
    assert called("something else") == "something else"
