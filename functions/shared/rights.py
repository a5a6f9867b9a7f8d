"""Who may do what to whose: the one table (D3). What it does not name is not allowed."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person or system is in its unit."""

    REGISTRAR = "registrar"
    OFFICER = "officer"
    LEAD = "lead"
    TOWN_OFFICE = "town_office"
    DISPATCHER = "dispatcher"  # of the city
    VILLAGE = "village"  # the dispatcher of a village, whose unit is its code
    INSPECTOR = "inspector"  # of a village
    PLATFORM = "platform"  # the city's grid platform, a machine
    RULES = "rules"
    OPERATOR = "operator"
    OVERSIGHT = "oversight"
    SOURCE = "source"  # a department's system that hands in credit rows
    CREDIT = "credit"  # the credit office
    DESTINATION = "destination"  # a system that credit records are shared onward to
    ENTITY = "entity"  # a company in its own affairs; its unit is its code


class Whose(StrEnum):
    """Where the object must lie, seen from the grant's unit."""

    OWN = "own"  # the unit's own
    BELOW = "below"  # its own, or a unit's below it (a city department sees its town units)
    TOWN = "town"  # in the town of the unit
    ALL = "all"  # anybody's


class Action(StrEnum):
    """Everything that can be done, one name per route's purpose."""

    REGISTRATIONS_WRITE = "registrations.write"
    REGISTRATIONS_READ = "registrations.read"
    SWEEP = "sweep"
    CASE_READ = "case.read"
    MANUAL_READ = "manual.read"
    MANUAL_DECIDE = "manual.decide"
    TASK_READ = "task.read"
    TASK_FEED_BACK = "task.feed_back"
    TASK_REASSIGN = "task.reassign"
    TASK_REDIRECT = "task.redirect"
    TASK_EXTEND = "task.extend"
    WORKLIST_READ = "worklist.read"
    WORK_CLAIM = "work.claim"
    WORK_DIRECT = "work.direct"
    ALERT_READ = "alert.read"
    ALERT_SWEEP = "alert.sweep"
    CLUE_REPORT = "clue.report"
    CLUE_READ = "clue.read"
    CLUE_ASSIGN = "clue.assign"
    CLUE_FEED_BACK = "clue.feed_back"
    CLUE_SETTINGS = "clue.settings"
    INSPECTION_READ = "inspection.read"
    INSPECTION_ASSIGN = "inspection.assign"
    INSPECTION_PLACE = "inspection.place"
    INSPECTION_VISIT = "inspection.visit"
    INSPECTION_DISPOSE = "inspection.dispose"
    INSPECTION_CLASSIFY = "inspection.classify"
    ROSTER_READ = "roster.read"
    ROSTER_WRITE = "roster.write"
    RECHECK_SWEEP = "recheck.sweep"
    FIGURES_READ = "figures.read"
    FIGURES_REBUILD = "figures.rebuild"
    BULLETIN_READ = "bulletin.read"
    BULLETIN_PUBLISH = "bulletin.publish"
    CALENDAR_READ = "calendar.read"
    CALENDAR_WRITE = "calendar.write"
    TRAIL_READ = "trail.read"
    SYSTEM_JOIN = "system.join"
    ITEMS_READ = "items.read"
    ITEMS_WRITE = "items.write"
    BATCH_SUBMIT = "batch.submit"
    BATCH_READ = "batch.read"
    BATCH_DECIDE = "batch.decide"
    QUALITY_READ = "quality.read"
    RECORD_READ = "record.read"
    PERSON_LOOK_UP = "person.look_up"
    PERSON_REVEAL = "person.reveal"
    LOOK_UP_READ = "look_up.read"
    PARCEL_READ = "parcel.read"
    PARCEL_ACKNOWLEDGE = "parcel.acknowledge"
    DISPUTE_FILE = "dispute.file"
    DISPUTE_READ = "dispute.read"
    DISPUTE_ANSWER = "dispute.answer"
    DISPUTE_DECIDE = "dispute.decide"
    GRADE_READ = "grade.read"
    CREDIT_SWEEP = "credit.sweep"
    COLUMN_WRITE = "column.write"
    BOOK_READ = "book.read"
    BOOK_WRITE = "book.write"
    SANCTION_INITIATE = "sanction.initiate"
    SANCTION_APPROVE = "sanction.approve"
    SANCTION_READ = "sanction.read"
    CONSTRAINT_READ = "constraint.read"
    CONSTRAINT_EXECUTE = "constraint.execute"
    COUNTER_CHECK = "counter.check"
    FAILURES_READ = "failures.read"
    REDRIVE = "redrive"


_SEES_ALL = {Role.OVERSIGHT: Whose.ALL}
_SEES_WORK = {
    Role.OFFICER: Whose.BELOW,
    Role.LEAD: Whose.BELOW,
    Role.TOWN_OFFICE: Whose.TOWN,
    Role.DISPATCHER: Whose.ALL,
    **_SEES_ALL,
}
_HANDS_IN = {Role.SOURCE: Whose.OWN, Role.OFFICER: Whose.OWN, Role.LEAD: Whose.OWN}
_OFFICIALS = {  # credit is collected to be shared among them
    Role.OFFICER: Whose.ALL,
    Role.LEAD: Whose.ALL,
    Role.TOWN_OFFICE: Whose.ALL,
    Role.DISPATCHER: Whose.ALL,
    Role.CREDIT: Whose.ALL,
    **_SEES_ALL,
}
RULES: dict[Action, dict[Role, Whose]] = {
    Action.REGISTRATIONS_WRITE: {Role.REGISTRAR: Whose.ALL},
    Action.REGISTRATIONS_READ: {
        Role.REGISTRAR: Whose.ALL,
        Role.TOWN_OFFICE: Whose.TOWN,
        Role.DISPATCHER: Whose.ALL,
        **_SEES_ALL,
    },
    Action.SWEEP: {Role.OPERATOR: Whose.ALL},
    Action.CASE_READ: {
        Role.REGISTRAR: Whose.ALL,
        Role.TOWN_OFFICE: Whose.TOWN,
        Role.DISPATCHER: Whose.ALL,
        **_SEES_ALL,
    },
    Action.MANUAL_READ: {
        Role.TOWN_OFFICE: Whose.TOWN,
        Role.DISPATCHER: Whose.ALL,
        **_SEES_ALL,
    },
    Action.MANUAL_DECIDE: {Role.TOWN_OFFICE: Whose.TOWN, Role.DISPATCHER: Whose.ALL},
    Action.TASK_READ: _SEES_WORK,
    Action.TASK_FEED_BACK: {
        Role.OFFICER: Whose.OWN,
        Role.LEAD: Whose.OWN,
        Role.TOWN_OFFICE: Whose.OWN,
    },
    Action.TASK_REASSIGN: {Role.LEAD: Whose.BELOW},
    Action.TASK_REDIRECT: {Role.TOWN_OFFICE: Whose.OWN, Role.DISPATCHER: Whose.OWN},
    Action.TASK_EXTEND: {Role.LEAD: Whose.BELOW},
    Action.WORK_CLAIM: {
        Role.VILLAGE: Whose.OWN,
        Role.OFFICER: Whose.OWN,
        Role.LEAD: Whose.BELOW,
        Role.TOWN_OFFICE: Whose.OWN,
        Role.DISPATCHER: Whose.OWN,
        Role.OVERSIGHT: Whose.OWN,
        Role.CREDIT: Whose.OWN,
    },
    Action.WORK_DIRECT: {  # takes from one person, gives to another; departments alone have leads
        Role.VILLAGE: Whose.OWN,
        Role.LEAD: Whose.BELOW,
        Role.TOWN_OFFICE: Whose.OWN,
        Role.DISPATCHER: Whose.OWN,
        Role.OVERSIGHT: Whose.OWN,
        Role.CREDIT: Whose.OWN,
    },
    Action.ALERT_READ: {Role.VILLAGE: Whose.OWN, Role.CREDIT: Whose.OWN, **_SEES_WORK},
    Action.ALERT_SWEEP: {Role.OPERATOR: Whose.ALL},
    Action.CLUE_REPORT: {
        Role.VILLAGE: Whose.OWN,
        Role.INSPECTOR: Whose.OWN,
        Role.PLATFORM: Whose.ALL,
        Role.OFFICER: Whose.OWN,
        Role.LEAD: Whose.OWN,
        Role.TOWN_OFFICE: Whose.OWN,
        Role.DISPATCHER: Whose.OWN,
    },
    Action.CLUE_READ: {Role.VILLAGE: Whose.OWN, Role.INSPECTOR: Whose.OWN, **_SEES_WORK},
    Action.CLUE_ASSIGN: {
        Role.TOWN_OFFICE: Whose.OWN,
        Role.DISPATCHER: Whose.OWN,
        Role.LEAD: Whose.OWN,
    },
    Action.CLUE_FEED_BACK: {Role.OFFICER: Whose.OWN, Role.LEAD: Whose.OWN},
    Action.CLUE_SETTINGS: {Role.TOWN_OFFICE: Whose.OWN},
    Action.INSPECTION_READ: {
        Role.VILLAGE: Whose.OWN,
        Role.INSPECTOR: Whose.OWN,  # and only what is or was assigned to the person
        Role.PLATFORM: Whose.ALL,
        **_SEES_WORK,
    },
    Action.INSPECTION_ASSIGN: {
        Role.VILLAGE: Whose.OWN,
        Role.TOWN_OFFICE: Whose.TOWN,
        Role.DISPATCHER: Whose.ALL,
        Role.PLATFORM: Whose.ALL,
    },
    Action.INSPECTION_PLACE: {Role.TOWN_OFFICE: Whose.TOWN, Role.DISPATCHER: Whose.ALL},
    Action.INSPECTION_VISIT: {Role.INSPECTOR: Whose.OWN, Role.PLATFORM: Whose.ALL},
    Action.INSPECTION_DISPOSE: {  # the offices where they stand in for a village
        Role.VILLAGE: Whose.OWN,
        Role.TOWN_OFFICE: Whose.OWN,
        Role.DISPATCHER: Whose.OWN,
    },
    Action.INSPECTION_CLASSIFY: {Role.TOWN_OFFICE: Whose.TOWN, Role.DISPATCHER: Whose.ALL},
    Action.ROSTER_READ: {
        Role.VILLAGE: Whose.OWN,
        Role.TOWN_OFFICE: Whose.TOWN,
        Role.DISPATCHER: Whose.ALL,
        Role.PLATFORM: Whose.ALL,
    },
    Action.ROSTER_WRITE: {Role.DISPATCHER: Whose.ALL, Role.OPERATOR: Whose.ALL},
    Action.RECHECK_SWEEP: {Role.OPERATOR: Whose.ALL},
    Action.FIGURES_READ: _SEES_WORK,
    Action.FIGURES_REBUILD: {Role.OPERATOR: Whose.ALL},
    Action.BULLETIN_READ: dict.fromkeys(Role, Whose.ALL),
    Action.BULLETIN_PUBLISH: {Role.OVERSIGHT: Whose.ALL},
    Action.CALENDAR_READ: dict.fromkeys(Role, Whose.ALL),
    Action.CALENDAR_WRITE: {Role.RULES: Whose.ALL},
    Action.TRAIL_READ: {Role.OPERATOR: Whose.ALL, **_SEES_ALL},
    Action.WORKLIST_READ: {
        Role.VILLAGE: Whose.OWN,
        Role.INSPECTOR: Whose.OWN,
        Role.OFFICER: Whose.OWN,
        Role.LEAD: Whose.BELOW,
        Role.TOWN_OFFICE: Whose.OWN,
        Role.DISPATCHER: Whose.OWN,
        **_SEES_ALL,
        Role.CREDIT: Whose.OWN,
    },
    Action.SYSTEM_JOIN: {Role.LEAD: Whose.OWN, Role.OPERATOR: Whose.ALL},
    Action.ITEMS_READ: dict.fromkeys(Role, Whose.ALL),
    Action.ITEMS_WRITE: {Role.RULES: Whose.ALL},
    Action.BATCH_SUBMIT: {Role.SOURCE: Whose.OWN, Role.LEAD: Whose.OWN},
    Action.BATCH_READ: {**_HANDS_IN, Role.CREDIT: Whose.ALL, **_SEES_ALL},
    Action.BATCH_DECIDE: {Role.CREDIT: Whose.ALL},
    Action.QUALITY_READ: {**_HANDS_IN, Role.CREDIT: Whose.ALL, **_SEES_ALL},
    Action.RECORD_READ: {**_OFFICIALS, Role.ENTITY: Whose.OWN},
    Action.PERSON_LOOK_UP: {
        Role.OFFICER: Whose.OWN,
        Role.LEAD: Whose.OWN,
        Role.CREDIT: Whose.OWN,
    },
    Action.PERSON_REVEAL: {Role.CREDIT: Whose.OWN},
    Action.LOOK_UP_READ: {Role.LEAD: Whose.BELOW, Role.CREDIT: Whose.ALL, **_SEES_ALL},
    Action.PARCEL_READ: {Role.DESTINATION: Whose.OWN, Role.CREDIT: Whose.ALL, **_SEES_ALL},
    Action.PARCEL_ACKNOWLEDGE: {Role.DESTINATION: Whose.OWN},
    Action.DISPUTE_FILE: {Role.ENTITY: Whose.OWN, Role.CREDIT: Whose.ALL},
    Action.DISPUTE_READ: {
        Role.ENTITY: Whose.OWN,
        Role.OFFICER: Whose.OWN,
        Role.LEAD: Whose.OWN,
        Role.CREDIT: Whose.ALL,
        **_SEES_ALL,
    },
    Action.DISPUTE_ANSWER: {Role.OFFICER: Whose.OWN, Role.LEAD: Whose.OWN},
    Action.DISPUTE_DECIDE: {Role.CREDIT: Whose.ALL},
    Action.GRADE_READ: {**_OFFICIALS, Role.ENTITY: Whose.OWN},
    Action.CREDIT_SWEEP: {Role.OPERATOR: Whose.ALL},
    Action.COLUMN_WRITE: {Role.CREDIT: Whose.ALL},
    Action.BOOK_READ: dict.fromkeys(Role, Whose.ALL),
    Action.BOOK_WRITE: {Role.CREDIT: Whose.ALL, Role.RULES: Whose.ALL},
    Action.SANCTION_INITIATE: {Role.LEAD: Whose.OWN},
    Action.SANCTION_APPROVE: {Role.CREDIT: Whose.ALL},
    Action.SANCTION_READ: {
        Role.OFFICER: Whose.OWN,
        Role.LEAD: Whose.OWN,
        Role.CREDIT: Whose.ALL,
        **_SEES_ALL,
    },
    Action.CONSTRAINT_READ: {Role.OFFICER: Whose.OWN, Role.LEAD: Whose.OWN},
    Action.CONSTRAINT_EXECUTE: {Role.OFFICER: Whose.OWN, Role.LEAD: Whose.OWN},
    Action.COUNTER_CHECK: {Role.OFFICER: Whose.OWN, Role.LEAD: Whose.OWN},
    Action.FAILURES_READ: {Role.OPERATOR: Whose.ALL},
    Action.REDRIVE: {Role.OPERATOR: Whose.ALL},
}
