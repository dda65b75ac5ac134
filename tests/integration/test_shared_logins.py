"""Two workspaces that try the same API user: Autotask counts their refusals together, and so do we."""

import contextlib

from pydantic import SecretStr

from bot.domain.context import Ctx
from bot.domain.credentials import CredentialsForm
from bot.errors import InvalidInput
from tests.world import world


async def test_two_workspaces_with_a_wrong_secret_do_not_lock_the_user_together(database_url, tmp_path):
    async with world(database_url, tmp_path) as found:
        async with found.bot.database.directory() as directory:
            other = await directory.ensure_tenant("T0OTHER01", "Other MSP", "UTC")
        given, proofs = found.autotask.credentials, found.bot.services.proofs
        form = CredentialsForm(given.username, SecretStr("Wrong-secret-1"), SecretStr(given.tracking_id))
        for ctx in (found.ctx, Ctx(other, found.ctx.person)) * 3:
            draft_id = await proofs.save_draft(ctx, form)
            with contextlib.suppress(InvalidInput):
                await proofs.prove(ctx, draft_id)
        assert len([each for each in found.autotask.control.log() if each.status == 401]) == 3
        assert not found.autotask.control.user().locked
