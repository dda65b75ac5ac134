"""Policy with a scripted Autotask: what is sent again, when, and when nothing is sent any more."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from bot.autotask import calls
from bot.autotask.budget import Limits, Urgency
from bot.autotask.calls import Call, Credentials, Failure, Lost, Request, Response
from bot.autotask.exchange import PATIENCE, Exchange, Pauses, Surroundings, pause_after
from bot.autotask.query import document, everything
from bot.autotask.zones import Discovery
from bot.errors import AutotaskBusy, AutotaskUnavailable, BotError, CredentialsRejected

LOGIN = Credentials("api@acme.example", SecretStr("secret"), SecretStr("tracking"))
READ = calls.query("Company", "Companies", document(everything()))
WRITE = calls.create("Ticket", "Tickets", {"title": "x"})
ROWS = Response(200, b'{"items":[{"id":1}],"pageDetails":{}}')
USAGE = Response(
    200,
    b'{"externalRequestThreshold":10000,"requestThresholdTimeframe":60,"currentTimeframeRequestCount":1}',
)

NEVER = Lost("an answer that does not come", sent=True)


def zone(number: int = 2, ci: int = 30595) -> Response:
    url = f"https://webservices{number}.autotask.net/ATServicesRest/"
    return Response(
        200,
        f'{{"zoneName":"Z","url":"{url}","webUrl":"https://ww{number}.autotask.net/","ci":{ci}}}'.encode(),
    )


@dataclass
class Autotask:
    """Answers by a script per kind of request; keeps what was asked; a clock that sleeping moves."""

    api: list[Response | Lost] = field(default_factory=list)
    zones: list[Response | Lost] = field(default_factory=lambda: [zone()])
    asked: list[Request] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    longest: float = 100.0
    moment: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)

    async def send(self, request: Request) -> Response:
        self.asked.append(request)
        if request.url.endswith("ThresholdInformation"):
            return USAGE
        script = self.zones if "zoneInformation" in request.url else self.api
        found = script.pop(0) if len(script) > 1 else script[0]
        if found is NEVER:
            await asyncio.Event().wait()
        if isinstance(found, Lost):
            raise found
        return found

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)

    def exchange(self, login: Credentials = LOGIN) -> Exchange:
        around = Surroundings(
            transport=self,
            discovery=Discovery.at("https://webservices.autotask.net"),
            clock=self,
            limits=Limits(),
            pauses=Pauses(self.sleep, lambda: 0.0, self.longest),
        )
        return Exchange(login, around)

    @property
    def api_hosts(self) -> list[str]:
        return [request.url.split("/")[2] for request in self.asked if "zoneInformation" not in request.url]

    @property
    def discoveries(self) -> int:
        return len(self.asked) - len(self.api_hosts)


async def send(exchange: Exchange, call: Call, urgency: Urgency = Urgency.PERSON) -> object:
    return await exchange.send(call, urgency=urgency)


async def test_a_refusal_that_repeats_the_login_is_told_without_it() -> None:
    login = Credentials("api@acme.example", SecretStr('s3cr"et\\x'), SecretStr("TRACKING4711"))
    values = [login.username, login.secret.get_secret_value(), login.tracking_id.get_secret_value()]
    body = json.dumps({"errors": [f"Bad request of {' / '.join(values)} here"]}).encode()
    for status in (400, 401, 500):
        autotask = Autotask([Response(status, body)])
        with pytest.raises(BotError) as refused:
            await send(autotask.exchange(login), READ)
        assert not [each for each in values if each in f"{refused.value!r} {refused.value}"]
        assert "here" in repr(refused.value)


# Sending again


async def test_a_read_is_sent_again_with_growing_pauses_and_then_given_up() -> None:
    autotask = Autotask([Response(502, b"")])
    with pytest.raises(AutotaskUnavailable):
        await send(autotask.exchange(), READ)
    assert autotask.slept == [1.0, 2.0, 4.0]
    assert len(autotask.api_hosts) == 4


async def test_a_write_is_sent_once_when_its_reply_is_lost() -> None:
    autotask = Autotask([Lost("ReadTimeout", sent=True)])
    with pytest.raises(AutotaskUnavailable) as lost:
        await send(autotask.exchange(), WRITE)
    assert lost.value.ambiguous
    assert len(autotask.api_hosts) == 1


async def test_a_write_that_autotask_did_not_take_waits_for_its_turn_and_is_made_once() -> None:
    full = Response(429, b'{"errors":["Thread Threshold Exceeded. Itgenatr005"]}')
    autotask = Autotask([full, full, Response(200, b'{"itemId":7}')])
    assert await send(autotask.exchange(), WRITE) == {"itemId": 7}


async def test_a_person_is_not_kept_waiting_longer_than_patience() -> None:
    autotask = Autotask([Response(429, b'{"errors":["Thread Threshold Exceeded. Itgenatr005"]}')])
    with pytest.raises(AutotaskBusy):
        await send(autotask.exchange(), READ)
    assert sum(autotask.slept) <= PATIENCE[Urgency.PERSON].total_seconds()


async def test_nobody_stands_and_waits_while_the_hour_is_exhausted() -> None:
    exhausted = Response(429, b'{"errors":["The request threshold has been exceeded."]}')
    autotask = Autotask([exhausted, ROWS])
    with pytest.raises(AutotaskBusy) as busy:
        await send(autotask.exchange(), READ, Urgency.BACKGROUND)
    assert busy.value.retry_after == timedelta(minutes=5)
    assert sum(autotask.slept) == 0


async def test_the_first_background_call_reads_the_threshold_and_a_persons_does_not() -> None:
    person, background = Autotask([ROWS]), Autotask([ROWS])
    await send(person.exchange(), READ)
    await send(background.exchange(), READ, Urgency.BACKGROUND)
    assert len(person.asked) == 2
    assert len(background.asked) == 3


@pytest.mark.parametrize(
    ("tried", "jitter", "seconds"),
    [(0, 0.0, 1.0), (1, 0.0, 2.0), (2, 1.0, 6.0), (3, 0.0, None), (9, 0.0, None)],
)
def test_pauses_double_and_spread_and_end(tried: int, jitter: float, seconds: float | None) -> None:
    found = pause_after(Failure(AutotaskUnavailable(), retries=3), tried, jitter)
    assert found == (None if seconds is None else timedelta(seconds=seconds))


def test_a_pause_that_autotask_names_does_not_grow() -> None:
    failure = Failure(AutotaskBusy(), retries=2, pause=timedelta(minutes=1), for_all=True)
    assert pause_after(failure, 1, 0.0) == timedelta(minutes=1)


# Zones


async def test_the_zone_is_asked_for_once_even_by_many_at_a_time() -> None:
    autotask = Autotask([ROWS])
    exchange = autotask.exchange()
    await asyncio.gather(*(send(exchange, READ) for _ in range(5)))
    assert autotask.discoveries == 1


async def test_the_zone_is_asked_for_again_after_half_a_day_and_kept_when_nobody_answers() -> None:
    autotask = Autotask([ROWS], [zone(2), Lost("ConnectError", sent=False)])
    exchange = autotask.exchange()
    await send(exchange, READ)
    autotask.moment += timedelta(hours=13)
    await send(exchange, READ)
    assert autotask.discoveries > 1
    assert set(autotask.api_hosts) == {"webservices2.autotask.net"}


async def test_a_401_from_a_zone_left_behind_is_repeated_in_the_new_one() -> None:
    autotask = Autotask([ROWS, Response(401, b""), ROWS], [zone(6), zone(29)])
    exchange = autotask.exchange()
    await send(exchange, READ)
    await send(exchange, READ)
    assert autotask.api_hosts == [f"webservices{n}.autotask.net" for n in (6, 6, 29)]
    assert not exchange.login.held


async def test_a_401_is_not_repeated_where_the_zone_has_not_moved() -> None:
    autotask = Autotask([Response(401, b"")])
    exchange = autotask.exchange()
    for _ in range(6):
        with pytest.raises(CredentialsRejected) as refused:
            await send(exchange, READ)
    assert refused.value.field == "secret"
    assert len(autotask.api_hosts) == 1
    assert autotask.discoveries == 2  # the first, and one look whether the zone had moved
    assert exchange.login.held


async def test_a_zone_of_another_database_is_never_used() -> None:
    autotask = Autotask([ROWS, Response(401, b""), ROWS], [zone(6, ci=1), zone(29, ci=2)])
    exchange = autotask.exchange()
    await send(exchange, READ)
    with pytest.raises(CredentialsRejected) as refused:
        await send(exchange, READ)
    assert refused.value.field == "username"
    assert "webservices29.autotask.net" not in autotask.api_hosts


async def test_a_zone_on_a_foreign_host_never_sees_credentials() -> None:
    evil = Response(200, b'{"zoneName":"Z","url":"https://evil.example/","webUrl":"","ci":1}')
    autotask = Autotask([ROWS], [evil])
    with pytest.raises(CredentialsRejected):
        await send(autotask.exchange(), READ)
    assert autotask.api_hosts == []


@pytest.mark.parametrize(
    "trouble",
    [
        Response(404, b"<html>"),
        Response(500, b'{"errors":["unknown user"]}'),
        Response(200, b'{"zoneName":"Z","url":"https://evil.example/","webUrl":"","ci":1}'),
    ],
)
async def test_a_known_zone_is_kept_when_discovery_refuses_or_misleads(trouble: Response) -> None:
    autotask = Autotask([ROWS], [zone(2), trouble])
    exchange = autotask.exchange()
    await send(exchange, READ)
    autotask.moment += timedelta(hours=13)
    await send(exchange, READ)
    assert autotask.api_hosts == ["webservices2.autotask.net"] * 2


# A person's patience


@pytest.mark.parametrize(("call", "ambiguous"), [(READ, False), (WRITE, True)])
async def test_a_person_is_told_after_a_while_that_no_answer_came(call: Call, *, ambiguous: bool) -> None:
    autotask = Autotask([NEVER], longest=0.02)
    with pytest.raises(AutotaskUnavailable) as late:
        await send(autotask.exchange(), call)
    assert late.value.ambiguous is ambiguous


async def test_a_write_that_was_still_in_the_queue_is_not_ambiguous() -> None:
    autotask = Autotask([NEVER], longest=0.02)
    exchange = autotask.exchange()
    gate = (await exchange.database()).gate("Ticket")
    async with gate.inside(Urgency.PERSON), gate.inside(Urgency.PERSON):
        with pytest.raises(AutotaskUnavailable) as late:
            await send(exchange, WRITE)
    assert not late.value.ambiguous
    assert autotask.api_hosts == []


async def test_a_discovery_that_never_answers_is_given_up_too() -> None:
    autotask = Autotask([ROWS], [NEVER], longest=0.02)
    with pytest.raises(AutotaskUnavailable):
        await autotask.exchange().zone()


async def test_a_proof_whose_reply_is_lost_was_one_login() -> None:
    lost = Lost("ReadTimeout", sent=True)
    autotask = Autotask([lost])
    introduction = calls.get_info("Company", "Companies/0", expects="item", introduces=True)
    with pytest.raises(AutotaskUnavailable):
        await send(autotask.exchange(), introduction)
    assert len(autotask.api_hosts) == 1
