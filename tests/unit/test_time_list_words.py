"""The words that open the lists of time."""

import pytest

from bot.domain.time_entries import TimeFilter, TimeState
from bot.domain.time_words import list_named


@pytest.mark.parametrize(
    ("typed", "state"),
    [
        ("imported", TimeState.IMPORTED),
        ("Unapproved", TimeState.NOT_APPROVED),
        (" not_approved ", TimeState.NOT_APPROVED),
        ("unlinked", TimeState.UNLINKED),
        ("unmapped", TimeState.UNMAPPED),
        ("after the  end", TimeState.AFTER_END),
        ("expired", TimeState.AFTER_END),
        ("late", TimeState.OUTSIDE),
        ("not-billable", TimeState.NOT_BILLABLE),
    ],
)
def test_the_name_of_a_list_opens_it(typed: str, state: TimeState):
    assert list_named(typed) == TimeFilter(state)


def test_every_list_has_a_word_and_what_is_gone_has_none():
    named = {each for each in TimeState if list_named(each.value) == TimeFilter(each)}
    assert named == set(TimeState) - {TimeState.GONE}


def test_ready_is_what_is_imported_and_on_no_invoice_of_the_organization_that_was_named():
    found = list_named("ready", TimeFilter(organization_id=7, words="ready"))
    assert found == TimeFilter(TimeState.IMPORTED, organization_id=7, ready=True)


@pytest.mark.parametrize("typed", ["", "late backups", "imported goods", "lat"])
def test_other_words_are_no_lists_name(typed: str):
    assert list_named(typed) is None
