"""The refusals that follow from the tables alone: required, length, picklists, references."""

from sandbox.autotask.errors import rejected
from sandbox.autotask.schema import Field
from sandbox.autotask.values import Row, Value
from sandbox.autotask.write import Write

_PEOPLE_ONLY = frozenset({"assignedResourceID", "ownerResourceID", "projectLeadResourceID", "resourceID"})
_API_USER_TYPE = 17
_INACTIVE_WHEN = {"Contact": ("isActive", 0), "Contract": ("status", 0)}


def check(write: Write) -> None:
    """Refuse the write as Autotask does. Raises Refusal with every reason of the first kind found."""
    sent = [field for field in write.entity.fields if field.name in write.sent]
    for rule in (_missing, _too_long, _bad_picklist, _bad_reference, _other_company):
        candidates = write.entity.fields if rule is _missing or _moved(write, rule) else sent
        reasons = [reason for field in candidates if (reason := rule(write, field))]
        if reasons:
            raise rejected(*reasons)


def _moved(write: Write, rule: object) -> bool:
    """A change of company puts every record of the former company in question."""
    return rule is _other_company and write.changed("companyID")


def _missing(write: Write, field: Field) -> str | None:
    if not field.required or write.row.get(field.name) not in (None, ""):
        return None
    if not write.creating and (field.name not in write.sent or field.create_only):
        return None
    return f"Missing Required Field: {field.name}"


def _too_long(write: Write, field: Field) -> str | None:
    value = write.row.get(field.name)
    if field.length and isinstance(value, str) and len(value) > field.length:
        return f"The value of field: {field.name} exceeds the maximum length of {field.length} characters."
    return None


def _bad_picklist(write: Write, field: Field) -> str | None:
    value = write.row.get(field.name)
    values = write.database.picklist(write.entity.name, field.name) if field.picklist else ()
    if value is None or not values:
        return None
    found = next((each for each in values if each.value == str(value) and each.is_active), None)
    if found is None:
        return f"Picklist value [{value}] does not exist for {field.name}."
    if field.parent and found.parent != _text(write.row.get(field.parent)):
        return f"Value does not exist for child picklist: {field.name}"
    return None


def _text(value: Value) -> str | None:
    return None if value is None else str(value)


def _bad_reference(write: Write, field: Field) -> str | None:
    value = write.row.get(field.name)
    if field.reference is None or value is None or write.database.by_singular(field.reference) is None:
        return None
    row = write.referenced(field.name)
    if row is not None and _usable(field, row):
        return None
    return f"Reference value on field: {field.name} of type: {field.reference} does not exist or is invalid."


def _usable(field: Field, row: Row) -> bool:
    name, off = _INACTIVE_WHEN.get(field.reference or "", ("isActive", False))
    if row.get(name) == off and row.get(name) is not None:
        return False
    return not (field.name in _PEOPLE_ONLY and row.get("userType") == _API_USER_TYPE)


def _other_company(write: Write, field: Field) -> str | None:
    row = write.referenced(field.name) if field.of_company else None
    company = write.row.get("companyID")
    if row is None or company is None or row.get("companyID") == company:
        return None
    if field.reference == "Contact":
        return _contact_of_other_company(write, field, row)
    return f"The {field.name} [{row['id']}] is not associated with Company [{company}]"


def _contact_of_other_company(write: Write, field: Field, contact: Row) -> str | None:
    company = write.referenced("companyID")
    if company is not None and contact.get("companyID") == company.get("parentCompanyID"):
        return None
    return f"{field.name} is not associated to the companyID or its Parent Company"
