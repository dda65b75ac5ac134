"""Autotask's field information, as it is kept so that forms open at once."""

from collections.abc import Sequence

from bot.autotask.client import AutotaskClient
from bot.autotask.entities import Resource, ResourceRole
from bot.autotask.picklists import EntityFields, PicklistValue
from bot.autotask.query import MOST, field
from bot.domain.authors import AutotaskPerson
from bot.domain.connections import FieldFacts, PicklistOption
from bot.domain.ticket_forms import Demand
from bot.errors import BotError

TICKET_FIELDS = ("queueID", "status", "priority", "title", "description")
"""What forms need to know of Autotask's Tickets."""
MOST_MEMBERSHIPS = 2500


def ticket_facts(fields: EntityFields) -> list[FieldFacts]:
    """Length and picklist of each of ``TICKET_FIELDS``, inactive values included."""
    return [
        FieldFacts(
            "Tickets",
            name,
            max_length=fields.max_length(name) or 0,
            options=tuple(map(_option, fields.picklist(name))),
        )
        for name in TICKET_FIELDS
    ]


def picklists_of(entity: str, names: Sequence[str], fields: EntityFields) -> list[FieldFacts]:
    """The values of these fields of an entity, inactive ones included; ``entity`` is Autotask's plural."""
    return [FieldFacts(entity, name, options=tuple(map(_option, fields.picklist(name)))) for name in names]


def demand_of(name: str, fields: EntityFields) -> Demand:
    """A field that tickets need here, with what Autotask says of it; only active values may be chosen."""
    facts = fields.field(name)
    if facts is None:
        return Demand(name)
    options = tuple(map(_option, fields.choices(name)))
    return Demand(facts.name, facts.data_type, facts.max_length or 0, options)


async def unstaffed_queues(client: AutotaskClient, queues: Sequence[PicklistOption]) -> frozenset[str]:
    """Queues, by value, that no resource is a member of; none where the API user may not read who is (product CV19)."""
    ids = [int(queue.value) for queue in queues]
    if not 0 < len(ids) <= MOST:
        return frozenset()  # nothing to ask, or more than one query may ask about
    try:
        memberships = await client.list_all(
            ResourceRole, field("queueID").in_(ids), limit=MOST_MEMBERSHIPS, fields=["queueID", "isActive"]
        )
    except BotError:
        return frozenset()
    staffed = {each.queue_id for each in memberships if each.is_active}
    if not staffed or len(memberships) >= MOST_MEMBERSHIPS:
        return frozenset()  # nobody at all in any queue is a right that is missing silently
    return frozenset(str(each) for each in ids if each not in staffed)


def person_of(resource: Resource) -> AutotaskPerson:
    """A user of Autotask by name and addresses."""
    emails = (resource.email, resource.email2, resource.email3)
    name = f"{resource.first_name} {resource.last_name}".strip()
    return AutotaskPerson(resource.id, name, tuple(each.casefold() for each in emails if each))


def _option(value: PicklistValue) -> PicklistOption:
    return PicklistOption(
        str(value.value),
        value.label,
        value.is_active,
        value.is_default,
        value.sort_order,
        "" if value.parent is None else str(value.parent),
    )
