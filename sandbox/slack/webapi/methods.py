"""The table of Web API methods: to add one, write its function and name it here."""

from collections.abc import Mapping

from sandbox.slack.webapi import (
    chat,
    conversations,
    files,
    oauth,
    people,
    scheduled,
    team,
    unfurl,
    usergroups,
    views,
)
from sandbox.slack.webapi.call import Method

CONVERSATIONS_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
CONVERSATIONS_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
CHAT = ("chat:write",)

METHODS: Mapping[str, Method] = {
    "api.test": Method(team.api_test, caller="anyone"),
    "auth.test": Method(team.auth_test),
    "apps.connections.open": Method(team.open_connection, caller="app"),
    "apps.uninstall": Method(oauth.leave),
    "auth.revoke": Method(oauth.revoke),
    "blocks.validate": Method(team.validate_blocks, caller="anyone"),
    "bots.info": Method(team.bot_info, ("users:read",)),
    "chat.delete": Method(chat.delete, CHAT, ("channel", "ts")),
    "chat.deleteScheduledMessage": Method(scheduled.cancel, CHAT, ("channel", "scheduled_message_id")),
    "chat.getPermalink": Method(chat.permalink, (), ("channel", "message_ts")),
    "chat.postEphemeral": Method(chat.post_ephemeral, CHAT, ("channel", "user")),
    "chat.postMessage": Method(chat.post_message, CHAT, ("channel",), missing="channel_not_found"),
    "chat.scheduleMessage": Method(scheduled.schedule, CHAT, ("channel", "post_at")),
    "chat.scheduledMessages.list": Method(scheduled.pending),
    "chat.unfurl": Method(unfurl.unfurl, ("links:write",)),
    "chat.update": Method(chat.update, CHAT, ("channel", "ts")),
    "conversations.history": Method(conversations.history, CONVERSATIONS_HISTORY, ("channel",)),
    "conversations.info": Method(conversations.info, CONVERSATIONS_READ, ("channel",)),
    "conversations.join": Method(conversations.join, ("channels:join",), ("channel",)),
    "conversations.list": Method(conversations.everything, CONVERSATIONS_READ),
    "conversations.members": Method(conversations.members, CONVERSATIONS_READ, ("channel",)),
    "conversations.open": Method(conversations.open_direct, ("im:write", "mpim:write")),
    "conversations.replies": Method(conversations.replies, CONVERSATIONS_HISTORY, ("channel", "ts")),
    "files.completeUploadExternal": Method(files.complete, ("files:write",), ("files",)),
    "files.delete": Method(files.delete, ("files:write",), ("file",)),
    "files.getUploadURLExternal": Method(
        files.reserve, ("files:write",), ("filename", "length"), missing="missing_argument"
    ),
    "files.info": Method(files.info, ("files:read",), ("file",)),
    "oauth.v2.access": Method(oauth.access, caller="anyone"),
    "reactions.add": Method(chat.react, ("reactions:write",), ("channel", "timestamp", "name")),
    "team.info": Method(team.info, ("team:read",)),
    "usergroups.list": Method(usergroups.everything, ("usergroups:read",)),
    "usergroups.users.list": Method(usergroups.members, ("usergroups:read",), ("usergroup",)),
    "users.conversations": Method(conversations.of_member, CONVERSATIONS_READ),
    "users.info": Method(people.info, ("users:read",), ("user",), missing="user_not_found"),
    "users.list": Method(people.everyone, ("users:read",)),
    "users.lookupByEmail": Method(people.by_email, ("users:read.email",), ("email",)),
    "views.open": Method(views.open_modal, (), ("trigger_id", "view")),
    "views.publish": Method(views.publish, (), ("user_id", "view")),
    "views.push": Method(views.push, (), ("trigger_id", "view")),
    "views.update": Method(views.update, (), ("view",)),
}
