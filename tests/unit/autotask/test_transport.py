"""The few lines that know an HTTP library."""

import httpx
import pytest

from bot.autotask.calls import Lost, Request
from bot.autotask.client import HttpTransport

POST = Request("POST", "https://webservices2.autotask.net/x", {"Secret": "hush"}, b"{}")


def answering(answer: httpx.Response | Exception, seen: list[httpx.Request]) -> HttpTransport:
    def reply(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return HttpTransport(local=False, beneath=httpx.MockTransport(reply))


async def test_status_headers_and_body_arrive_as_they_are() -> None:
    seen: list[httpx.Request] = []
    transport = answering(
        httpx.Response(500, headers={"Retry-After": "9"}, content=b'{"errors":["x"]}'), seen
    )
    response = await transport.send(POST)
    assert (response.status, response.headers["retry-after"], response.body) == (
        500,
        "9",
        b'{"errors":["x"]}',
    )
    assert (seen[0].headers["secret"], seen[0].content) == ("hush", b"{}")


async def test_cookies_of_one_answer_go_with_no_other_request() -> None:
    seen: list[httpx.Request] = []
    transport = answering(httpx.Response(200, headers={"Set-Cookie": "session=tenant-one; Path=/"}), seen)
    await transport.send(POST)
    await transport.send(POST)
    assert "cookie" not in seen[1].headers


async def test_credentials_follow_no_redirect() -> None:
    seen: list[httpx.Request] = []
    transport = answering(httpx.Response(302, headers={"Location": "https://evil.example/"}), seen)
    assert (await transport.send(POST)).status == 302
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("error", "sent"),
    [
        (httpx.ConnectError("no"), False),
        (httpx.ConnectTimeout("no"), False),
        (httpx.PoolTimeout("no"), False),
        (httpx.ReadTimeout("no"), True),
        (httpx.WriteError("no"), True),
        (httpx.RemoteProtocolError("no"), True),
        (httpx.DecodingError("no"), True),
    ],
)
async def test_a_loss_tells_whether_the_request_may_have_arrived(error: Exception, sent: bool) -> None:
    with pytest.raises(Lost) as lost:
        await answering(error, []).send(POST)
    assert lost.value.sent is sent
    assert lost.value.__cause__ is None
