"""Every simulated entity. A new one is an entry in one of these files and in this list."""

from sandbox.autotask.entities import billing, contracts, crm, people, projects, service_desk
from sandbox.autotask.schema import Entity

ENTITIES: tuple[Entity, ...] = (
    *crm.ENTITIES,
    *contracts.ENTITIES,
    *service_desk.ENTITIES,
    *projects.ENTITIES,
    *billing.ENTITIES,
    *people.ENTITIES,
)
