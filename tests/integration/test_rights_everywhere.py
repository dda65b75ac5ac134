"""Rights are checked in the services, at the moment of the act: whoever has none is refused by every method."""

import inspect
import types
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Union, get_args, get_origin, get_type_hints

import pytest
from pydantic import SecretStr

from bot.domain.context import Ctx, Person, Role
from bot.errors import NotAllowed
from handlers.tools import Services
from tests.integration.slack_world import Office, opened_office

NOBODY = Person("U0NOBODY01", "Nobody", Role.NONE, is_outside=True)
SIMPLE = {
    int: 1,
    str: "1",
    bool: False,
    bytes: b"",
    float: 1.0,
    Decimal: Decimal(1),
    SecretStr: SecretStr("a secret value"),
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
    date: date(2026, 1, 1),
    time: time(8),
    object: object(),
}


def methods() -> Iterator[tuple[str, str]]:
    """Every public method of every service that is asked on somebody's behalf."""
    for field in fields(Services):
        kind = get_type_hints(Services)[field.name]
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            parameters = list(inspect.signature(method).parameters)
            if not name.startswith("_") and parameters[1:2] == ["ctx"]:
                yield field.name, name


METHODS = sorted(methods())
THE_JOBS_OWN = {("proofs", name) for name in ("answer_within", "claim", "record", "standing", "told")}
"""What the job and its form tell each other of a draft once ``proofs.prove`` has checked the right: whether
somebody was told yet. No credentials, and nothing of Autotask beyond "accepted" or "refused"."""
NO_DATA = {("proofs", "is_managed")}
"""Whether this installation's own settings give a login: nothing of the workspace, and asked before anybody acts."""


def value_for(kind: object) -> object:
    """Something of the type, as small as can be."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in SIMPLE:
        return SIMPLE[kind]  # type: ignore[index]
    if origin in (Union, types.UnionType):
        return None if type(None) in inner else value_for(inner[0])
    if origin is not None:
        return {} if origin in (dict, Mapping) else _empty(origin)
    if inspect.isclass(kind) and issubclass(kind, Enum):
        return next(iter(kind))
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        needed = [
            each for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING
        ]
        return kind(**{each.name: value_for(hints[each.name]) for each in needed})  # type: ignore[operator]
    return None


def _empty(origin: object) -> object:
    return () if origin in (tuple, list, set, frozenset, Sequence, Collection) else None


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with opened_office(database_url) as opened:
        yield opened


async def refused(office: Office, service: str, name: str) -> bool:
    method = getattr(getattr(office.bot.services, service), name)
    hints = get_type_hints(method)
    needed = [
        each
        for each in list(inspect.signature(method).parameters.values())[1:]
        if each.default is inspect.Parameter.empty
    ]
    ctx = Ctx(await office.tenant(), NOBODY)
    given = {each.name: value_for(hints[each.name]) for each in needed}
    try:
        outcome = method(ctx, **given)
        if inspect.isasyncgen(outcome):
            await anext(outcome)
        elif inspect.isawaitable(outcome):
            await outcome
    except NotAllowed:
        return True
    except Exception:  # noqa: BLE001 - whatever came first, the right did not
        return False
    return False


async def test_whoever_has_no_right_is_refused_by_every_method_of_every_service(office: Office):
    assert len(METHODS) > 50
    let_in = [
        f"{service}.{name}"
        for service, name in METHODS
        if (service, name) not in THE_JOBS_OWN | NO_DATA and not await refused(office, service, name)
    ]
    assert not let_in, ", ".join(let_in)


def test_the_search_for_methods_finds_those_that_were_added_last():
    assert {("audit", "export"), ("groups", "create"), ("access", "ask"), ("who", "sees")} <= set(METHODS)
