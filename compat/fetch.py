"""The foreign client fetches whole entities, page after page, and stores nothing: what `make bench` holds beside ours.

It knows companies, contracts, time entries and billing items; the other entities are named to it as its own are.
Run as `python compat/fetch.py LINE ENTITY…` with the sandbox's line of JSON; prints one line of JSON.
"""

# ruff: noqa: INP001, T201 - a program of its own, which talks on standard output
import json
import sys
import time

from check import set_up_client


def fetched(name: str) -> dict[str, float]:
    """Pages, records and seconds of one entity."""
    from djautotask import api

    class Client(api.AutotaskAPIClient):  # type: ignore[misc,name-defined]
        API = name

    client, started = Client(), time.perf_counter()
    client.add_condition(api.ApiCondition(op="gte", field="id", value="0"))
    pages = records = 0
    following = None
    while True:
        answer = client.get(following)
        pages, records = pages + 1, records + len(answer["items"])
        following = answer["pageDetails"]["nextPageUrl"]
        if not following:
            return {"pages": pages, "records": records, "seconds": time.perf_counter() - started}


def main() -> int:
    """Fetch what the arguments name."""
    line, *names = sys.argv[1:]
    set_up_client(json.loads(line))
    print(json.dumps({name: fetched(name) for name in names}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
