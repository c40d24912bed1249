"""The coordinators' pages: fairs, their participants, the workbook, the grid, the notices and the mailbox."""

from flask import Blueprint

from scheduler.web.coordinator.board_deeds import board
from scheduler.web.coordinator.build import build
from scheduler.web.coordinator.cohosts import cohosts
from scheduler.web.coordinator.displays import displays
from scheduler.web.coordinator.fairs import fairs
from scheduler.web.coordinator.hour_sheets import hour_sheets
from scheduler.web.coordinator.installation import installation
from scheduler.web.coordinator.intake import intake
from scheduler.web.coordinator.keys import keys
from scheduler.web.coordinator.mailbox import mailbox
from scheduler.web.coordinator.offering import offering
from scheduler.web.coordinator.participants import participants
from scheduler.web.coordinator.people import people
from scheduler.web.coordinator.picking import picking
from scheduler.web.coordinator.privacy import privacy
from scheduler.web.coordinator.proposals import proposals
from scheduler.web.coordinator.publication import publication
from scheduler.web.coordinator.reminders import briefing, reminders
from scheduler.web.coordinator.replan import replan
from scheduler.web.coordinator.replies import replies
from scheduler.web.coordinator.results import results
from scheduler.web.coordinator.session_results import sessions
from scheduler.web.coordinator.sheets import sheets
from scheduler.web.coordinator.today import today
from scheduler.web.coordinator.webhooks import webhooks
from scheduler.web.coordinator.zone_rules import zone_rules

PARTS: tuple[Blueprint, ...] = (
    fairs,
    participants,
    intake,
    build,
    board,
    picking,
    publication,
    replan,
    today,
    sheets,
    results,
    sessions,
    mailbox,
    replies,
    proposals,
    hour_sheets,
    displays,
    cohosts,
    zone_rules,
    offering,
    reminders,
    briefing,
    people,
    installation,
    keys,
    webhooks,
    privacy,
)
