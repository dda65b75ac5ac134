"""What the composition root sets to work: who performs jobs, and who watches beside them."""

from functools import partial
from os import getpid
from secrets import token_hex
from socket import gethostname

from bot.jobs import Perform
from bot.parts import Bot
from bot.services.authors import Authors
from bot.workflows import Performer
from bot.workflows.admins import Admins
from bot.workflows.alarms import Alarms
from bot.workflows.budget_watch import BudgetWatch
from bot.workflows.engine import Workflow
from bot.workflows.export_everything import ExportEverythingWorkflow
from bot.workflows.export_logs import ExportLogsWorkflow
from bot.workflows.give_invoice import GiveInvoiceWorkflow
from bot.workflows.heartbeat import Heartbeat
from bot.workflows.import_organizations import ImportOrganizationsWorkflow
from bot.workflows.installed import WhileInstalled
from bot.workflows.mirror_companies import MirrorCompaniesWorkflow
from bot.workflows.note_ticket import NoteTicketWorkflow
from bot.workflows.nudge_time import NudgeTimeWorkflow
from bot.workflows.post_digest import PostDigestWorkflow
from bot.workflows.prove_connection import ProveConnectionWorkflow
from bot.workflows.push_ticket import PushTicketWorkflow
from bot.workflows.reconcile_tickets import ReconcileTicketsWorkflow
from bot.workflows.refresh_choices import RefreshChoicesWorkflow
from bot.workflows.remove_connection import RemoveConnectionWorkflow
from bot.workflows.run_sync import RunSyncWorkflow
from bot.workflows.settle_mappings import SettleMappingsWorkflow
from bot.workflows.tell_access import TellAccessWorkflow
from bot.workflows.tell_news import TellNewsWorkflow
from bot.workflows.tell_paused import TellPausedWorkflow
from bot.workflows.tell_problem import TellProblemWorkflow
from bot.workflows.verify_nightly import VerifyNightlyWorkflow
from bot.workflows.welcome_installer import WelcomeInstallerWorkflow
from handlers.resolve import house_rules, person_of


def performer(bot: Bot) -> Perform:
    """What carries out jobs."""
    admins = Admins(bot.database, bot.notifier, house_rules(bot.settings))
    every = Performer(
        (*_for_tickets(bot, admins), *_syncing(bot, admins), *_asked_for(bot, admins), *_told(bot, admins))
    )
    return WhileInstalled(every, bot.tools.workspaces.by_id)


def _for_tickets(bot: Bot, admins: Admins) -> tuple[Workflow, ...]:
    tools, services, tenant_of = bot.tools, bot.services, bot.tools.workspaces.by_id
    author_of = Authors(bot.database, bot.clients, tools.people.email, clock=tools.clock)
    return (
        PushTicketWorkflow(
            services.ticket_push,
            tools.notifier,
            tenant_of,
            url_of=services.ticket_panes.url,
            clock=tools.clock,
            author_of=author_of,
        ),
        RefreshChoicesWorkflow(services.settings, admins, tenant_of),
        ReconcileTicketsWorkflow(services.ticket_reconcile, admins, tenant_of=tenant_of),
        NoteTicketWorkflow(services.ticket_note_push, tools.notifier, tenant_of, author_of=author_of),
    )


def _syncing(bot: Bot, admins: Admins) -> tuple[Workflow, ...]:
    """The sync engine, and what people hear of it when something is wrong."""
    tools, tenant_of = bot.tools, bot.tools.workspaces.by_id
    alarms = Alarms(bot.database, bot.jobs, tools.clock)
    return (
        MirrorCompaniesWorkflow(
            bot.database,
            bot.clients,
            tools.notifier,
            alarms=alarms,
            tenant_of=tenant_of,
            clock=tools.clock,
        ),
        RunSyncWorkflow(
            bot.database,
            bot.clients,
            tools.notifier,
            alarms=alarms,
            tenant_of=tenant_of,
            clock=tools.clock,
        ),
        SettleMappingsWorkflow(
            bot.database,
            alarms,
            tenant_of,
            clock=tools.clock,
        ),
        TellProblemWorkflow(
            bot.database,
            tools.notifier,
            admins,
            tenant_of=tenant_of,
            person_of=partial(person_of, tools=tools),
            clock=tools.clock,
        ),
        TellNewsWorkflow(bot.database, tools.notifier, tenant_of=tenant_of),
    )


def _asked_for(bot: Bot, admins: Admins) -> tuple[Workflow, ...]:
    """What somebody has asked for that takes a while."""
    tools, services, tenant_of = bot.tools, bot.services, bot.tools.workspaces.by_id
    return (
        ProveConnectionWorkflow(
            services.proofs,
            tools.notifier,
            tools.views,
            tenant_of=tenant_of,
            person_of=partial(person_of, tools=tools),
            clock=tools.clock,
        ),
        ImportOrganizationsWorkflow(
            services.imports,
            tools.notifier,
            tenant_of=tenant_of,
            person_of=partial(person_of, tools=tools),
        ),
        RemoveConnectionWorkflow(
            services.removal, services.closing, tools.notifier, tenant_of, admins=admins
        ),
        ExportLogsWorkflow(
            services.logs,
            tools.files,
            tools.notifier,
            tenant_of=tenant_of,
            person_of=partial(person_of, tools=tools),
        ),
        GiveInvoiceWorkflow(
            services.invoices,
            tools.files,
            tools.notifier,
            tenant_of=tenant_of,
            person_of=partial(person_of, tools=tools),
        ),
        ExportEverythingWorkflow(
            services.exports,
            tools.files,
            tools.notifier,
            tenant_of=tenant_of,
            person_of=partial(person_of, tools=tools),
        ),
    )


def _told(bot: Bot, admins: Admins) -> tuple[Workflow, ...]:
    """What people hear of without asking."""
    tools, services, tenant_of = bot.tools, bot.services, bot.tools.workspaces.by_id
    return (
        PostDigestWorkflow(
            bot.database,
            services.digests,
            tools.notifier,
            jobs=bot.jobs,
            tenant_of=tenant_of,
            person_of=partial(person_of, tools=tools),
            clock=tools.clock,
        ),
        TellPausedWorkflow(bot.database, admins, tenant_of),
        NudgeTimeWorkflow(
            services.time_nudges,
            tools.notifier,
            tenant_of=tenant_of,
            email_of=tools.people.email,
            person_of=partial(person_of, tools=tools),
        ),
        VerifyNightlyWorkflow(services.verification, admins, tenant_of=tenant_of),
        WelcomeInstallerWorkflow(admins, tools.notifier, tenant_of=tenant_of, command=bot.settings.command),
        TellAccessWorkflow(bot.database, tools.notifier, tenant_of, admins=admins),
    )


def heartbeat_of(bot: Bot) -> Heartbeat:
    """What notices schedules that do not ring; of this process."""
    alarms = Alarms(bot.database, bot.jobs, bot.tools.clock)
    process = f"{gethostname()}:{getpid()}:{token_hex(3)}"
    return Heartbeat(
        bot.database,
        bot.jobs,
        alarms,
        clock=bot.tools.clock,
        process=process,
        tick=bot.settings.tick_seconds,
    )


def budget_watch(bot: Bot) -> BudgetWatch:
    """What notices who uses up Autotask's hourly requests."""
    return BudgetWatch(bot.database, bot.clients, Alarms(bot.database, bot.jobs, bot.tools.clock))
