"""Review templates: the starters, imports in versions, exports, and the queue of each category's tickets."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.documents import templates as files
from bot.domain.context import Ctx, Right
from bot.domain.templates import (
    LONGEST_NAME,
    Change,
    ReadTemplate,
    Template,
    change,
    slug,
)
from bot.errors import AlreadyDone, InvalidInput, NotFound
from bot.starter import StarterTemplate

Format: TypeAlias = Literal["csv", "yaml"]


@dataclass(frozen=True)
class ImportForm:
    """What a person gave: a file's bytes or pasted text, and what it shall be."""

    content: bytes
    file_name: str = ""
    name: str = ""
    key: str = ""
    """Of the template it is a new version of; "" lets the name decide."""


@dataclass(frozen=True)
class Import:
    """What was read, and what saving it would do. With problems there is no draft to save."""

    read: ReadTemplate
    name: str = ""
    draft_id: str = ""
    replaces: Template | None = None
    change: Change | None = None
    open_reviews: int = 0


@dataclass(frozen=True)
class TemplateQueues:
    """Each category's queue: its number and label; a category without one uses the workspace's."""

    template: Template
    chosen: Mapping[str, tuple[int, str]]


@dataclass(frozen=True)
class Exported:
    name: str
    content: bytes


class TemplatesService:
    def __init__(self, database: Database, clock: Clock, *, starters: tuple[StarterTemplate, ...]) -> None:
        self._database = database
        self._clock = clock
        self._starters = starters

    async def all(self, ctx: Ctx, *, archived: bool = False) -> list[Template]:
        """The current version of every template; the starters are there from the first call."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            known = await uow.templates.keys()
            for starter in self._starters:
                if starter.key not in known:
                    await uow.templates.ensure(starter.key, starter.name, starter.questions)
            return await uow.templates.all(archived=archived)

    async def get(self, ctx: Ctx, template_id: int) -> Template:
        """Any version; raises ``NotFound``."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            return await _there(uow, template_id)

    async def read(self, ctx: Ctx, form: ImportForm) -> Import:
        """Reads a file and says what saving it would do; what is wrong with it is in ``read.problems``.

        Raises ``InvalidInput`` for the name.
        """
        ctx.require(Right.MANAGE_TEMPLATES)
        found = await asyncio.to_thread(files.read, form.content, form.file_name)
        if found.problems:
            return Import(found)
        async with self._database.unit_for(ctx) as uow:
            replaces = await _replaced(uow, form, found)
            name = _name(form, found, replaces)
            key = replaces.key if replaces else slug(found.key or name)
            await _refuse_taken(uow, name, key)
            draft = await uow.templates.add_draft(
                key, name, found.questions, by=ctx.person.user_id, at=self._clock.now()
            )
            return Import(
                found,
                name,
                draft.id,
                replaces,
                change(replaces.questions, found.questions) if replaces else None,
                await uow.templates.open_reviews(key),
            )

    async def save(self, ctx: Ctx, draft_id: str) -> Template:
        """Makes the draft a template, or the next version of one. Raises ``AlreadyDone`` for a draft that is gone."""
        ctx.require(Right.MANAGE_TEMPLATES)
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            draft = await uow.templates.take_draft(draft_id)
            if draft is None:
                raise AlreadyDone("This import was saved already, or it waited for more than a day.")
            saved = await uow.templates.add_version(
                draft.key, draft.name, draft.questions, by=ctx.person.user_id, at=now
            )
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="import template",
                subject=saved.name,
                after={"version": saved.version, "questions": len(saved.questions)},
            )
        return saved

    async def rename(self, ctx: Ctx, template_id: int, name: str) -> Template:
        """Raises ``InvalidInput`` for an empty, overlong or taken name."""
        ctx.require(Right.MANAGE_TEMPLATES)
        wanted = _checked(name)
        async with self._database.unit_for(ctx) as uow:
            template = await _there(uow, template_id)
            await _refuse_taken(uow, wanted, template.key)
            await uow.templates.rename(template.key, wanted)
            await uow.audit.record(
                at=self._clock.now(),
                by=ctx.person.user_id,
                action="rename template",
                subject=wanted,
                before={"name": template.name},
                after={"name": wanted},
            )
            return await _there(uow, template_id)

    async def archive(self, ctx: Ctx, template_id: int, *, archived: bool = True) -> Template:
        """Takes the template out of the choices, or back in; reviews on it go on either way."""
        ctx.require(Right.MANAGE_TEMPLATES)
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            template = await _there(uow, template_id)
            await uow.templates.archive(template.key, now if archived else None)
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="archive template" if archived else "un-archive template",
                subject=template.name,
            )
            return await _there(uow, template_id)

    async def queues(self, ctx: Ctx, template_id: int) -> TemplateQueues:
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            return await _queues(uow, await _there(uow, template_id))

    async def set_queue(
        self, ctx: Ctx, template_id: int, category: str, queue_id: int | None
    ) -> TemplateQueues:
        """Tickets from this category's questions go there unless the form says otherwise (product TK8).

        None gives the choice back to the workspace. Raises ``InvalidInput`` for a queue that is not active.
        """
        ctx.require(Right.MANAGE_TEMPLATES)
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            template = await _there(uow, template_id)
            if category not in template.categories:
                raise NotFound("category", category)
            active = {option.value: option.label for option in await uow.fields.active("Tickets", "queueID")}
            if queue_id is not None and str(queue_id) not in active:
                raise InvalidInput("queue", "This queue is not active in Autotask. Please choose another.")
            before = (await _queues(uow, template)).chosen.get(category)
            await uow.templates.set_queue(template.key, category, queue_id, by=ctx.person.user_id, at=now)
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="set default queue",
                subject=f"{template.name}, {category}",
                before={"queue": before[1] if before else None},
                after={"queue": active.get(str(queue_id))},
            )
            return await _queues(uow, template)

    async def exported(self, ctx: Ctx, template_id: int, as_format: Format) -> Exported:
        template = await self.get(ctx, template_id)
        content = files.as_csv(template) if as_format == "csv" else files.as_yaml(template)
        return Exported(f"{slug(template.name)}.{as_format}", content)


async def _there(uow: UnitOfWork, template_id: int) -> Template:
    found = await uow.templates.get(template_id)
    if found is None:
        raise NotFound("template", str(template_id))
    return found


async def _queues(uow: UnitOfWork, template: Template) -> TemplateQueues:
    chosen = await uow.templates.queues(template.key)
    labels = {
        category: (queue_id, await uow.fields.label("Tickets", "queueID", queue_id) or f"Queue {queue_id}")
        for category, queue_id in chosen.items()
    }
    return TemplateQueues(template, labels)


async def _replaced(uow: UnitOfWork, form: ImportForm, found: ReadTemplate) -> Template | None:
    """The template chosen in the form, else the one of the file's key, else the one of the same name."""
    if form.key:
        return await uow.templates.current(form.key)
    name = form.name or found.name or _stem(form.file_name)
    of_key = await uow.templates.current(slug(found.key)) if found.key else None
    return of_key or await _of_name(uow, name) or await uow.templates.current(slug(name))


async def _of_name(uow: UnitOfWork, name: str) -> Template | None:
    every = [*await uow.templates.all(), *await uow.templates.all(archived=True)]
    return next((each for each in every if slug(each.name) == slug(name)), None)


async def _refuse_taken(uow: UnitOfWork, name: str, key: str) -> None:
    taken = await _of_name(uow, name)
    if taken is not None and taken.key != key:
        raise InvalidInput("name", "Another template has this name. Please choose a different one.")


def _name(form: ImportForm, found: ReadTemplate, replaces: Template | None) -> str:
    """As typed, else the old version's, else the file's own."""
    kept = replaces.name if replaces else ""
    return _checked(form.name or found.name or kept or _stem(form.file_name))


def _checked(typed: str) -> str:
    name = " ".join(typed.split())
    if not name:
        raise InvalidInput("name", "Give the template a name.")
    if len(name) > LONGEST_NAME:
        raise InvalidInput("name", f"Names have at most {LONGEST_NAME} characters; this one has {len(name)}.")
    return name


def _stem(file_name: str) -> str:
    stem = file_name.rpartition(".")[0] or file_name
    return " ".join(stem.replace("_", " ").replace("-", " ").split())[:LONGEST_NAME]
