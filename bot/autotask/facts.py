"""Autotask's field information, as it is kept so that forms open at once."""

from bot.autotask.picklists import EntityFields, PicklistValue
from bot.domain.connections import FieldFacts, PicklistOption
from bot.domain.ticket_forms import Demand

TICKET_FIELDS = ("queueID", "status", "priority", "title", "description")
"""What forms need to know of Autotask's Tickets."""


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


def demand_of(name: str, fields: EntityFields) -> Demand:
    """A field that tickets need here, with what Autotask says of it; only active values may be chosen."""
    facts = fields.field(name)
    if facts is None:
        return Demand(name)
    options = tuple(map(_option, fields.choices(name)))
    return Demand(facts.name, facts.data_type, facts.max_length or 0, options)


def _option(value: PicklistValue) -> PicklistOption:
    return PicklistOption(
        str(value.value),
        value.label,
        value.is_active,
        value.is_default,
        value.sort_order,
        str(value.parent or ""),
    )
