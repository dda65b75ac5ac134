"""`entityInformation`: what an entity can do, its fields and its picklists."""

import json

from sandbox.autotask.accounts import ApiUser, Right
from sandbox.autotask.database import Database, UdfDefinition
from sandbox.autotask.picklists import PicklistValue
from sandbox.autotask.schema import Entity, Field

_NO_REFERENCE = {"isReference": False, "referenceEntityType": ""}


def info(entity: Entity, user: ApiUser) -> dict[str, object]:
    """The capability record of one entity for one user."""
    return {
        "name": entity.singular,
        "canCreate": entity.can("POST"),
        "canDelete": entity.can("DELETE"),
        "canQuery": entity.queryable,
        "canUpdate": entity.can("PATCH"),
        "userAccessForCreate": _access(entity, user, "create"),
        "userAccessForDelete": _access(entity, user, "delete"),
        "userAccessForQuery": _access(entity, user, "query"),
        "userAccessForUpdate": _access(entity, user, "update"),
        "hasUserDefinedFields": entity.udf,
        "supportsWebhookCallouts": entity.webhooks,
    }


def _access(entity: Entity, user: ApiUser, right: Right) -> str:
    return "All" if user.refusal(entity.name, right) is None else "None"


def entity_info(entity: Entity, user: ApiUser) -> str:
    """`{E}/entityInformation`."""
    return json.dumps({"info": info(entity, user)})


def everything(database: Database, user: ApiUser) -> str:
    """`EntityInformation`: all capability records at once."""
    described = [info(each, user) for each in database.entities.values()]
    described += [
        _webhook_info(f"{each.singular}Webhook", user) for each in database.entities.values() if each.webhooks
    ]
    return json.dumps({"entityDescriptions": [{"info": each} for each in described]})


def _webhook_info(name: str, user: ApiUser) -> dict[str, object]:
    """Webhooks are entities of their own; the endpoints themselves are not simulated."""
    access = "All" if user.webhooks else "None"
    may = {f"can{verb}": True for verb in ("Create", "Delete", "Query", "Update")}
    granted = {f"userAccessFor{verb}": access for verb in ("Create", "Delete", "Query", "Update")}
    return {"name": name, **may, **granted, "hasUserDefinedFields": False, "supportsWebhookCallouts": False}


def fields(database: Database, entity: Entity) -> str:
    """`{E}/entityInformation/fields`; the flags describe updates, so create-only fields are read-only."""
    return json.dumps({"fields": [_field(database, entity, each) for each in entity.fields]})


def _field(database: Database, entity: Entity, field: Field) -> dict[str, object]:
    values = database.picklist(entity.name, field.name) if field.picklist else ()
    return {
        "name": field.name,
        "dataType": field.type,
        "length": field.length,
        "isRequired": field.required,
        "isReadOnly": field.readonly or field.create_only,
        "isQueryable": field.queryable,
        "isReference": field.reference is not None,
        "referenceEntityType": field.reference or "",
        "isPickList": field.picklist,
        "picklistValues": _values(values) if field.picklist else None,
        "picklistParentValueField": field.parent or "",
        "isSupportedWebhookField": entity.webhooks,
    }


def user_defined_fields(database: Database, entity: Entity) -> str:
    """`{E}/entityInformation/userDefinedFields`."""
    return json.dumps({"fields": [_udf(each) for each in database.udfs(entity.name).values()]})


def _udf(definition: UdfDefinition) -> dict[str, object]:
    return {
        "name": definition.name,
        "label": definition.label or definition.name,
        "type": definition.type,
        "length": 0,
        "description": "",
        "isRequired": False,
        "isReadOnly": False,
        "isQueryable": definition.queryable,
        **_NO_REFERENCE,
        "isPickList": bool(definition.values),
        "picklistValues": _values(definition.values),
        "picklistParentValueField": "",
        "defaultValue": None,
        "isSupportedWebhookField": False,
    }


def _values(values: tuple[PicklistValue, ...]) -> list[dict[str, object]]:
    return [value.on_the_wire() for value in values]
