"""Tries of a login are counted across processes; how a proof ended comes back as it was."""

import asyncio
from datetime import timedelta

import pytest

from bot import errors
from bot.domain.connections import FieldFacts, PicklistOption, SealedCredentials, ZoneFacts
from bot.domain.proofs import HELD_FOR, MOST_REFUSALS, Proof, as_json, from_json
from tests.factories import NOON

SEALED = SealedCredentials("ab@example.com", b"sealed", b"sealed")
PROOF = Proof(
    ZoneFacts("America East", "https://ww3/", "https://ww3/", 42),
    (
        FieldFacts(
            "Tickets", "queueID", options=(PicklistOption("5", "Client Portal"), PicklistOption("6", "Post"))
        ),
    ),
    frozenset({"5"}),
)


@pytest.fixture
async def tenant_id(database):
    async with database.directory() as directory:
        return (await directory.ensure_tenant("T1", "One")).id


async def test_of_many_tries_at_once_only_the_first_three_are_sent(database, tenant_id):
    async def try_it() -> bool:
        async with database.unit(tenant_id) as uow:
            return await uow.proofs.take_try("AB@example.com", NOON)

    assert sum(await asyncio.gather(*(try_it() for _ in range(12)))) == MOST_REFUSALS


async def test_tries_come_back_when_they_were_no_refusals_and_after_a_while(database, tenant_id):
    async with database.unit(tenant_id) as uow:
        taken = [await uow.proofs.take_try("ab@example.com", NOON) for _ in range(4)]
        await uow.proofs.give_try_back("AB@EXAMPLE.COM")
        again = await uow.proofs.take_try("ab@example.com", NOON)
        held = await uow.proofs.take_try("ab@example.com", NOON + HELD_FOR - timedelta(seconds=1))
        later = await uow.proofs.take_try("ab@example.com", NOON + HELD_FOR)
    assert (taken, again, held, later) == ([True, True, True, False], True, False, True)


async def test_one_of_form_and_job_tells_and_an_answer_that_is_there_is_not_left_to_the_job(
    database, tenant_id
):
    async with database.unit(tenant_id) as uow:
        draft = await uow.connections.add_draft(SEALED, "U1", NOON)
        await uow.proofs.record(draft, PROOF)
        assert not await uow.proofs.leave_to_job(draft)
        assert await uow.proofs.claim(draft, "form")
        assert not await uow.proofs.claim(draft, "job")
        await uow.proofs.record(draft, errors.NotAllowed("too late"))
        assert (await uow.proofs.standing(draft)).outcome == PROOF


def test_queues_nobody_works_come_last():
    assert [option.label for option in PROOF.options("queueID")] == ["Post", "Client Portal"]


@pytest.mark.parametrize(
    "error",
    [
        errors.InvalidInput("secret", "wrong"),
        errors.CredentialsRejected("username", "unknown"),
        errors.PermissionMissing("Company", "query"),
        errors.MappingMissing("a queue"),
        errors.NotAllowed("connect"),
        errors.AutotaskUnavailable("503"),
        errors.AutotaskBusy(timedelta(minutes=3)),
    ],
)
def test_how_a_proof_ended_comes_back_as_it_was(error):
    back = from_json(as_json(error))
    assert type(back) is type(error)
    assert vars(back) == vars(error)


def test_an_accepted_proof_comes_back_as_it_was():
    assert from_json(as_json(PROOF)) == PROOF


def test_an_error_nobody_foresaw_is_kept_without_its_words():
    assert isinstance(from_json(as_json(errors.NotFound("draft", "x"))), errors.AutotaskUnavailable)
