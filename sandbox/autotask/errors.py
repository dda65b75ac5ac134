"""Refusals in Autotask's two shapes: `{"errors": […]}` of the product, `{"Message": …}` of its web framework."""

import json


class Refusal(Exception):
    """A request that is answered with an error. `body` is the reply's exact text (may be empty)."""

    def __init__(self, status: int, body: str = "") -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


def rejected(*reasons: str, status: int = 500) -> Refusal:
    """A business or validation error: HTTP 500 with the reasons, which is the API's documented default."""
    return Refusal(status, json.dumps({"errors": list(reasons)}))


def framework_error(status: int, message: str) -> Refusal:
    """An error of the web framework: bad route, wrong verb, malformed JSON."""
    return Refusal(status, json.dumps({"Message": message}))


def wrong_verb(verb: str) -> Refusal:
    """405, in the observed words."""
    return framework_error(405, f"The requested resource does not support http method '{verb}'.")


def no_such_route(url: str) -> Refusal:
    """404 of the web framework."""
    return framework_error(404, f"No HTTP resource was found that matches the request URI '{url}'.")


def forbidden(action: str, *, status: int) -> Refusal:
    """The permission text; Autotask sends it with 403 and, as often, with 500."""
    return rejected(
        f"The logged in Resource does not have the adequate permissions to {action} this entity type.",
        status=status,
    )


def missing_filter() -> Refusal:
    """A query without filter names the parameter it misses."""
    return rejected("Value cannot be null.\r\nParameter name: filters")
