"""Entry point; the rules follow."""

from sandbox.slack.blockkit.problem import Problem, Surface


def validate(payload: object, surface: Surface) -> list[Problem]:
    """Problems of a message payload or a view."""
    del payload, surface
    return []


def validate_options(answer: object) -> list[Problem]:
    """Problems of the answer to a block_suggestion."""
    del answer
    return []
