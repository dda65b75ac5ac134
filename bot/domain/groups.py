"""Organization groups: who is in one sees the organizations of their groups, and no other (product CR3, PA2)."""

from dataclasses import dataclass

LONGEST_NAME = 100


@dataclass(frozen=True)
class Member:
    """A person's id (U…) or a Slack user group's (S…)."""

    id: str
    is_user_group: bool = False


@dataclass(frozen=True)
class Group:
    id: int
    name: str
    organization_count: int = 0
    member_count: int = 0
