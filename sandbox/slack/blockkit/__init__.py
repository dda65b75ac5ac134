"""The strict Block Kit validator, shared by the workspace server and the application's tests."""

from sandbox.slack.blockkit.problem import Problem, Surface
from sandbox.slack.blockkit.validate import validate, validate_options

__all__ = ["Problem", "Surface", "validate", "validate_options"]
