"""A client that this project did not write works against our Autotask.

The client is django-autotask, made and used in production by another company. It runs unchanged, with
its own models, in its own database in memory; it is told only the discovery address and the credentials,
by the settings it has for that. Run by `make compat`.
"""

# ruff: noqa: INP001, T201 - a program of its own, which talks on standard output
import argparse
import json
import logging
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMPANIES = 1_400
PAGE = 500
SERVICE_DESK = 29_682_833


@contextmanager
def sandbox(python: str) -> Iterator[dict[str, object]]:
    """Our Autotask as a process of its own; gives its line of JSON."""
    command = [python, "-m", "sandbox", "autotask", "--companies", str(COMPANIES)]
    process = subprocess.Popen(  # noqa: S603 - our own program
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(timeout=20)


def set_up_client(server: dict[str, object]) -> None:
    """Configure Django as the client's documentation says."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    credentials = server["credentials"]
    assert isinstance(credentials, dict)
    settings.configure(
        INSTALLED_APPS=["djautotask"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
        LOGGING_CONFIG=None,
        AUTOTASK_SERVER_URL=f"{server['discovery_url']}atservicesrest/",
        AUTOTASK_CREDENTIALS={
            "username": credentials["username"],
            "password": credentials["secret"],
            "integration_code": credentials["tracking_id"],
            "rest_api_version": "1.0",
        },
    )
    django.setup()
    logging.getLogger("djautotask").setLevel(logging.CRITICAL)  # it reports every blank reference
    call_command("migrate", verbosity=0)


class Checks:
    """What is asked of the client, in order. Each returns what it found, or raises."""

    def __init__(self, server: dict[str, object]) -> None:
        self.server = server
        self.ticket: object = None

    def find_the_zone(self) -> str:
        from djautotask import api

        credentials = self.server["credentials"]
        assert isinstance(credentials, dict)
        url = api.get_zone_info(credentials["username"])["url"]
        expect(url, self.server["zone_url"])
        return str(url)

    def read_picklists(self) -> str:
        from djautotask import sync

        lists = (
            sync.StatusSynchronizer,
            sync.PrioritySynchronizer,
            sync.QueueSynchronizer,
            sync.SourceSynchronizer,
            sync.AccountTypeSynchronizer,
        )
        found = {each.__name__.removesuffix("Synchronizer"): each().sync()[0] for each in lists}
        if not all(found.values()):
            raise AssertionError(f"picklists without values: {found}")
        return ", ".join(f"{count} {name}" for name, count in found.items())

    def read_resources(self) -> str:
        from djautotask import models, sync

        sync.LicenseTypeSynchronizer().sync()
        created, *_ = sync.ResourceSynchronizer(full=True).sync()
        expect(models.Resource.objects.filter(email="dana.whitfield@northwind-it.example").count(), 1)
        return f"{created} resources"

    def read_companies_past_one_page(self) -> str:
        from djautotask import models, sync

        created, *_ = sync.AccountSynchronizer(full=True).sync()
        expect(models.Account.objects.count(), created)
        expect(created, self.count("Companies", {"op": "eq", "field": "isActive", "value": True}))
        if created <= 2 * PAGE:
            raise AssertionError(f"only {created}: not more than two pages")
        return f"{created} active companies, on pages of {PAGE}"

    def read_again_and_change_nothing(self) -> str:
        from djautotask import sync

        created, updated, skipped, deleted = sync.AccountSynchronizer(full=True).sync()
        expect((created, deleted), (0, 0))
        return f"{skipped} unchanged, {updated} rewritten"

    def create_a_ticket(self) -> str:
        from djautotask import models, sync

        account = models.Account.objects.exclude(id=0).order_by("id").first()
        self.ticket, _ = sync.TicketSynchronizer().create(
            title="From a foreign client: Käse & <Brot>",
            description="Created by django-autotask",
            account=account,
            status=models.Status.objects.get(label="New"),
            priority=models.Priority.objects.get(label="High"),
            queue=models.Queue.objects.get(id=SERVICE_DESK),
        )
        stored = self.stored_ticket()
        expect(stored["title"], "From a foreign client: Käse & <Brot>")
        expect(stored["companyID"], account.id)
        return str(stored["ticketNumber"])

    def update_the_ticket(self) -> str:
        from djautotask import models, sync

        done = models.Status.objects.get(label="Complete")
        sync.TicketSynchronizer().update(self.ticket, status=done, resolution="Done")
        stored = self.stored_ticket()
        expect((stored["status"], stored["resolution"]), (done.id, "Done"))
        if not stored["completedDate"]:
            raise AssertionError("completing a ticket sets its completedDate")
        return f"completed {stored['completedDate']}"

    def be_refused_as_by_autotask(self) -> str:
        from djautotask import api, models, sync

        try:
            sync.TicketSynchronizer().create(title="No company", status=models.Status.objects.first())
        except api.AutotaskAPIError as refusal:
            return str(refusal)
        raise AssertionError("a ticket without a company was accepted")

    def stored_ticket(self) -> dict[str, object]:
        """The ticket as the server has it, asked for without the client."""
        item = self.ask(f"Tickets/{self.ticket.id}")["item"]  # type: ignore[attr-defined]
        assert isinstance(item, dict)
        return item

    def count(self, entity: str, condition: dict[str, object]) -> object:
        return self.ask(f"{entity}/query/count", {"filter": [condition]})["queryCount"]

    def ask(self, path: str, body: dict[str, object] | None = None) -> dict[str, object]:
        """A request of our own, to hold the client's view against."""
        login = self.server["credentials"]
        assert isinstance(login, dict)
        headers = {"UserName": login["username"], "Secret": login["secret"]}
        headers |= {"ApiIntegrationCode": login["tracking_id"], "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        url = f"{self.server['zone_url']}v1.0/{path}"
        with urllib.request.urlopen(urllib.request.Request(url, content, headers)) as reply:  # noqa: S310
            answer = json.load(reply)
        assert isinstance(answer, dict)
        return answer


def expect(found: object, wanted: object) -> None:
    """Raise AssertionError unless both are equal."""
    if found != wanted:
        raise AssertionError(f"found {found!r}, wanted {wanted!r}")


def run(step: Callable[[], str]) -> bool:
    """Run a step and say how it went."""
    began = time.monotonic()
    name = step.__name__.replace("_", " ")
    try:
        found = step()
    except Exception as problem:  # noqa: BLE001 - whatever the client raises is the finding
        print(f"FAILED  {name}: {type(problem).__name__}: {problem}")
        return False
    print(f"ok      {name} ({time.monotonic() - began:.1f} s): {found}", flush=True)
    return True


def main() -> int:
    """Run all steps; gives 0 when every one of them went well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sandbox-python", required=True, help="the Python that has the sandbox's packages")
    options = parser.parse_args()
    with sandbox(options.sandbox_python) as server:
        set_up_client(server)
        checks = Checks(server)
        steps = (
            checks.find_the_zone,
            checks.read_picklists,
            checks.read_resources,
            checks.read_companies_past_one_page,
            checks.read_again_and_change_nothing,
            checks.create_a_ticket,
            checks.update_the_ticket,
            checks.be_refused_as_by_autotask,
        )
        passed = sum(run(step) for step in steps)
    print(f"{passed} passed, {len(steps) - passed} failed")
    return 0 if passed == len(steps) else 1


if __name__ == "__main__":
    sys.exit(main())
