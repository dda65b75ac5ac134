"""What Deskhand may do in a workspace, and why: shown to whoever installs it, asked of Slack, checked by ``doctor``."""

from collections.abc import Mapping
from typing import Final

SCOPES: Final[Mapping[str, str]] = {
    "commands": "the slash commands and shortcuts that start everything",
    "chat:write": "its messages: tickets, reviews, digests and answers",
    "chat:write.public": "digests and cards in public channels without an invitation",
    "users:read": "names and time zones, and who is a guest or no longer a member",
    "users:read.email": "the Autotask user behind a person, for tickets in that person's own name; off until an Admin wants it",
    "channels:read": "whether a public channel is shared with another company: nothing of yours is posted there",
    "groups:read": "the same of private channels it was invited to",
    "files:read": "CSV and YAML files that people give to one of its forms, and no other file",
    "files:write": "the exports that people ask for",
    "im:write": "the conversation with a person that an export goes to",
    "usergroups:read": "user groups, for roles that hang on them",
    "im:history": "files that people drop into their own conversation with it",
}
"""Every bot scope of ``slack-manifest.yaml`` with its reason, in the words of the install page."""
