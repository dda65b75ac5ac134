"""Retry decisions are values: a table of error, attempt and delay."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.retries import HOURS, MINUTES, SYNCS, TWO_MINUTES, RetryPolicy, after_seconds
from bot.errors import (
    AlreadyDone,
    AutotaskBusy,
    AutotaskRejected,
    AutotaskUnavailable,
    CredentialsRejected,
    InvalidInput,
    MappingMissing,
    NotAllowed,
    NotConnected,
    NotFound,
    PermissionMissing,
    SlackUnavailable,
)
from bot.jobs import JOB_TYPES, MirrorCompanies, PostDigest, PushTicket, VerifyNightly, reason_of

POLICY = after_seconds(5, 60, 600)
BUSY = AutotaskBusy(timedelta(minutes=5))


@pytest.mark.parametrize(
    ("error", "attempt", "seconds"),
    [
        (AutotaskUnavailable("no answer"), 1, 5),
        (AutotaskUnavailable("no answer"), 2, 60),
        (AutotaskUnavailable("no answer"), 3, 600),
        (AutotaskUnavailable("no answer"), 4, None),
        (AutotaskUnavailable("no answer"), 5, None),
        (SlackUnavailable("no answer"), 1, 5),
        (BUSY, 1, 300),  # at least as long as Autotask asks
        (BUSY, 3, 600),  # and at least as long as we would wait anyway
        (BUSY, 4, None),
        (KeyError("a bug"), 1, 5),
        (KeyError("a bug"), 2, 60),
        (KeyError("a bug"), 3, None),
        (asyncio.CancelledError(), 1, 0),
        (asyncio.CancelledError(), 99, 0),  # a deploy is nobody's failure
    ],
)
def test_when_to_try_again(error, attempt, seconds):
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert POLICY.after(error, attempt) == expected


def test_waiting_for_room_is_no_failure_however_long_it_takes():
    assert SYNCS.after(BUSY, 99) == timedelta(minutes=5)
    assert SYNCS.after(AutotaskBusy(timedelta(seconds=1)), 1) == SYNCS.delays[0]
    assert SYNCS.after(AutotaskUnavailable("no answer"), SYNCS.attempts) is None


@pytest.mark.parametrize(
    "error",
    [
        InvalidInput("summary", "too long"),
        NotFound("ticket", "7"),
        NotAllowed("create tickets"),
        AlreadyDone("there"),
        NotConnected(),
        CredentialsRejected("secret", "wrong"),
        PermissionMissing("Tickets", "create"),
        MappingMissing("queue"),
        AutotaskRejected("Tickets", ("no",)),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_time_cannot_mend_is_not_tried_again(error):
    assert POLICY.after(error, 1) is None


@pytest.mark.parametrize(
    ("policy", "attempts", "at_most"),
    [
        (HOURS, 9, timedelta(hours=12)),
        (MINUTES, 5, timedelta(minutes=30)),
        (TWO_MINUTES, 7, timedelta(minutes=2)),
    ],
)
def test_a_policy_ends(policy, attempts, at_most):
    assert policy.attempts == attempts
    assert sum(policy.delays, timedelta()) <= at_most
    assert list(policy.delays) == sorted(policy.delays)


def test_a_policy_without_delays_tries_once():
    once = RetryPolicy(())
    assert once.attempts == 1
    assert once.after(AutotaskUnavailable(), 1) is None


def test_long_work_is_locked_per_tenant_and_quick_work_is_not():
    assert PushTicket(tenant_id=3, ticket_id=1).lock is None
    assert MirrorCompanies(tenant_id=3).lock == VerifyNightly(tenant_id=3, slot="1").lock == "bulk:3"
    assert MirrorCompanies(tenant_id=4).lock == "bulk:4"


def test_a_digest_waits_for_no_long_work_and_takes_one_place_at_a_time():
    digest = PostDigest(tenant_id=3, schedule="s", slot="1")
    assert (digest.queue, digest.lock) == ("quick", "digest:3")


def test_job_names_are_unique():
    names = [job_type.name for job_type in JOB_TYPES]
    assert len(names) == len(set(names))


def test_the_kept_reason_of_our_errors_has_their_facts():
    kept = reason_of(AutotaskRejected("Tickets", ("Queue is inactive.",)))
    assert kept == "AT-401 AutotaskRejected(entity=Tickets, reasons=('Queue is inactive.',))"
    assert reason_of(NotConnected()) == "AT-201 NotConnected"


def test_the_kept_reason_of_a_bug_has_its_class_and_place_but_not_its_text():
    with pytest.raises(ValueError) as raised:
        int("secret-token")
    kept = reason_of(raised.value)
    assert kept.startswith("ValueError at test_jobs_retry.py:")
    assert "secret-token" not in kept
