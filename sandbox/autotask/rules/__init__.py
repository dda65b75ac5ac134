"""Rules that need code, by entity. Everything else follows from the entity tables."""

from collections.abc import Mapping

from sandbox.autotask.rules.contracts import CONTRACTS
from sandbox.autotask.rules.service_desk import SERVICE_DESK
from sandbox.autotask.rules.shared import Rules
from sandbox.autotask.rules.work import WORK

RULES: Mapping[str, Rules] = {**CONTRACTS, **SERVICE_DESK, **WORK}
