"""Problems by their fingerprint: one row each, changed by the pure steps of ``bot.domain.problems``."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, Select, delete, func, insert, or_, select, update

from bot.db.repository import Repository
from bot.db.tables import problems
from bot.domain import problems as life
from bot.domain.problems import EventKind, Problem, ProblemReport, ProblemState, Severity

KEPT_FOR = timedelta(days=90)
"""How long a problem is kept after it is over; one that somebody muted stays, or it would be heard of again."""


class Problems(Repository):
    async def report(self, found: ProblemReport, at: datetime, *, worse: bool = False) -> int:
        """Opens the problem, opens it again, or counts it once more; its id. Part of the caller's transaction.

        ``worse``: told anew although somebody is at it.
        """
        before = await self._latest(found.fingerprint)
        after = life.reported(before, found, at, worse=worse)
        return await (self._insert(after) if not after.id else self._save(after))

    async def recover(self, fingerprint: str, at: datetime) -> int | None:
        """Closes the problem of that name; its id, or None where none was open."""
        before = await self._latest(fingerprint)
        if before is None or before.is_over:
            return None
        return await self._save(life.recovered(before, at))

    async def change(self, problem_id: int, step: Callable[[Problem], Problem]) -> Problem | None:
        """The problem after one step of its life; None where there is none, or it may not be seen."""
        row = await self._first(select(problems).where(*self._named(problem_id)).with_for_update())
        if row is None:
            return None
        after = step(_problem(row))
        await self._save(after)
        return after

    async def get(self, problem_id: int) -> Problem | None:
        row = await self._first(select(problems).where(*self._named(problem_id)))
        return _problem(row) if row else None

    async def latest(self, fingerprint: str) -> Problem | None:
        """The newest problem of that name, over or not."""
        row = await self._first(self._by_name(fingerprint))
        return _problem(row) if row else None

    async def shown(self, problem_id: int, at: datetime) -> None:
        """Its messages are as it stood at that moment."""
        await self._run(update(problems).where(*self._named(problem_id)).values(shown_at=at))

    async def open_names(self, kind: EventKind) -> frozenset[str]:
        """Fingerprints of the problems of a kind that are there now."""
        here = (problems.c.kind == kind.value, problems.c.recovered_at.is_(None))
        rows = await self._all(select(problems.c.fingerprint).where(self._ours(), *here))
        return frozenset(row["fingerprint"] for row in rows)

    async def page(
        self, offset: int, limit: int, *, state: ProblemState | None, kind: EventKind | None, since: datetime
    ) -> tuple[list[Problem], int]:
        """Problems of a state (None: all that are not over), the worst and newest first, and how many there are.

        Recovered ones only since ``since``.
        """
        chosen = self._matching(state, kind, since)
        total = await self._scalar(select(func.count()).select_from(chosen.subquery()))
        order = (problems.c.severity, problems.c.last_seen.desc(), problems.c.id.desc())
        rows = await self._all(chosen.order_by(*order).offset(offset).limit(limit))
        return [_problem(row) for row in rows], int(total)

    async def counts(self, since: datetime, kind: EventKind | None = None) -> dict[ProblemState, int]:
        """How many there are in each state, of one kind or of all; recovered ones since ``since``."""
        live = [or_(problems.c.recovered_at.is_(None), problems.c.recovered_at >= since)]
        live += [] if kind is None else [problems.c.kind == kind.value]
        chosen = select(problems.c.state, func.count().label("n")).where(self._ours(), *live)
        rows = await self._all(chosen.group_by(problems.c.state))
        found = {ProblemState(row["state"]): int(row["n"]) for row in rows}
        return {state: found.get(state, 0) for state in ProblemState}

    async def to_retry(self, limit: int) -> list[Problem]:
        """The problems that are there and can be retried, oldest first."""
        can = (problems.c.recovered_at.is_(None), problems.c.retry != {})
        rows = await self._all(
            select(problems).where(self._ours(), *can).order_by(problems.c.id).limit(limit).with_for_update()
        )
        return [_problem(row) for row in rows]

    async def between(self, since: datetime, until: datetime, limit: int = 500) -> list[Problem]:
        """Problems that were there at some time in between, oldest first: for digests."""
        alive = or_(problems.c.recovered_at.is_(None), problems.c.recovered_at >= since)
        chosen = select(problems).where(self._ours(), problems.c.first_seen < until, alive)
        return [_problem(row) for row in await self._all(chosen.order_by(problems.c.id).limit(limit))]

    async def prune(self, now: datetime) -> int:
        """Forgets what was over long ago."""
        past = (problems.c.recovered_at < now - KEPT_FOR, problems.c.muted_by == "")
        return await self._run(delete(problems).where(self._ours(), *past))

    def _matching(
        self, state: ProblemState | None, kind: EventKind | None, since: datetime
    ) -> Select[tuple[object, ...]]:
        chosen = select(problems).where(self._ours())
        if state is ProblemState.RECOVERED:
            chosen = chosen.where(problems.c.recovered_at >= since)
        else:
            chosen = chosen.where(problems.c.recovered_at.is_(None))
        if state is not None:
            chosen = chosen.where(problems.c.state == state.value)
        return chosen.where(problems.c.kind == kind.value) if kind else chosen

    async def _latest(self, fingerprint: str) -> Problem | None:
        """The same, and nobody else looks at that name until the transaction ends."""
        key = func.hashtextextended(f"problem:{self.tenant_id}:{fingerprint}", 0)
        await self._scalar(select(func.pg_advisory_xact_lock(key)))
        row = await self._first(self._by_name(fingerprint).with_for_update())
        return _problem(row) if row else None

    def _by_name(self, fingerprint: str) -> Select[tuple[object, ...]]:
        chosen = select(problems).where(self._ours(), problems.c.fingerprint == fingerprint)
        return chosen.order_by(problems.c.id.desc()).limit(1)

    async def _insert(self, problem: Problem) -> int:
        made = insert(problems).values(tenant_id=self.tenant_id, **_row(problem))
        return int(await self._scalar(made.returning(problems.c.id)))

    async def _save(self, problem: Problem) -> int:
        await self._run(update(problems).where(*self._named(problem.id)).values(**_row(problem)))
        return problem.id

    def _ours(self) -> ColumnElement[bool]:
        return problems.c.tenant_id == self.tenant_id

    def _named(self, problem_id: int) -> Sequence[ColumnElement[bool]]:
        return (self._ours(), problems.c.id == problem_id)


def _row(problem: Problem) -> dict[str, object]:
    """Without ``shown_at``, which belongs to who shows it."""
    row = {name: value for name, value in asdict(problem).items() if name not in {"id", "shown_at"}}
    plain = {name: row[name].value for name in ("kind", "severity", "state")}
    return {**row, **plain, "retry": dict(problem.retry)}


def _problem(row: RowMapping) -> Problem:
    known = {name: row[name] for name in Problem.__dataclass_fields__}
    typed = {
        "kind": EventKind(row["kind"]),
        "severity": Severity(row["severity"]),
        "state": ProblemState(row["state"]),
    }
    return Problem(**(known | typed))
