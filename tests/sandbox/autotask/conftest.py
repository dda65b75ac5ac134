"""A minimal tenant behind the real application, without a socket."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import pytest

from sandbox.autotask.accounts import Credentials
from sandbox.autotask.control import Control
from sandbox.autotask.database import Database
from sandbox.autotask.server import create_app

ADA = 29_682_887
PETRA = 29_682_886
FORMER = 29_682_889
API_USER = 29_682_885
ENGINEER = 29_682_833
MANAGED_SERVICES = 29_682_804
TODAY = datetime(2026, 3, 10, 9, 15, 52, 407000, tzinfo=UTC)


def login() -> dict[str, str]:
    credentials = Credentials()
    return {
        "ApiIntegrationCode": credentials.tracking_id,
        "UserName": credentials.username,
        "Secret": credentials.secret,
    }


@dataclass
class Tenant:
    """An Autotask database and an authenticated HTTP client for it."""

    database: Database
    control: Control
    http: httpx.AsyncClient
    root: str = "http://sandbox"
    headers: dict[str, str] = field(default_factory=login)

    async def call(self, verb: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        url = path if path.startswith("http") else f"{self.root}/ATServicesRest/V1.0/{path}"
        content = {} if body is None else {"json": body}
        return await self.http.request(verb, url, headers={**self.headers, **headers}, **content)

    async def get(self, path: str) -> httpx.Response:
        return await self.call("GET", path)

    async def create(self, path: str, body: object, **headers: str) -> int:
        reply = await self.call("POST", path, body, **headers)
        assert reply.status_code == 200, reply.text
        assert list(reply.json()) == ["itemId"]
        return reply.json()["itemId"]

    async def change(self, path: str, body: object, *, verb: str = "PATCH") -> None:
        reply = await self.call(verb, path, body)
        assert (reply.status_code, reply.json()) == (200, {"itemId": body["id"]}), reply.text

    async def refused(
        self, verb: str, path: str, body: object = None, *, status: int = 500, **headers: str
    ) -> list[str]:
        reply = await self.call(verb, path, body, **headers)
        assert reply.status_code == status, reply.text
        return reply.json()["errors"]

    async def item(self, entity: str, record_id: int) -> dict:
        reply = await self.get(f"{entity}/{record_id}")
        assert reply.status_code == 200, reply.text
        return reply.json()["item"]

    async def find(self, entity: str, *filters: dict, **options: object) -> list[dict]:
        reply = await self.call("POST", f"{entity}/query", {"filter": list(filters), **options})
        assert reply.status_code == 200, reply.text
        return reply.json()["items"]

    async def ids(self, entity: str, *filters: dict) -> list[int]:
        return [row["id"] for row in await self.find(entity, *filters)]

    def ticket(self, **fields: object) -> dict:
        return {"companyID": 0, "title": "Printer", "status": 1, "priority": 2, "queueID": 5, **fields}

    def company(self, name: str = "Acme", **fields: object) -> int:
        row = {
            "companyName": name,
            "companyType": 1,
            "phone": "1",
            "ownerResourceID": PETRA,
            "isActive": True,
        }
        return self.database.insert("Companies", {**row, **fields})

    def contact(self, company_id: int, **fields: object) -> int:
        row = {"companyID": company_id, "firstName": "Ann", "lastName": "Lee", "isActive": 1}
        return self.database.insert("Contacts", {**row, **fields})


@pytest.fixture
async def tenant() -> AsyncIterator[Tenant]:
    database = Database.minimal(seed=1)
    database.clock.set(TODAY, scale=0)
    app = create_app(database)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
        yield Tenant(database, app.state.control, http)
