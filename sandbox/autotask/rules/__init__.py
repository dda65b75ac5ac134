"""Rules that need code, by entity. Everything else follows from the entity tables."""

from collections.abc import Mapping

from sandbox.autotask.rules.service_desk import SERVICE_DESK
from sandbox.autotask.rules.shared import Rules

RULES: Mapping[str, Rules] = {**SERVICE_DESK}
