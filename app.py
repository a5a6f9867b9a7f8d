"""The Chalice application: one blueprint per feature; nothing else."""

from chalice import Chalice

from functions.alerts import consumers as alerts_consumers
from functions.alerts import handlers as alerts
from functions.clues import consumers as clues_consumers
from functions.clues import handlers as clues
from functions.credit import book_handlers as credit_books
from functions.credit import column_handlers as credit_columns
from functions.credit import consumers as credit_consumers
from functions.credit import dispute_handlers as credit_disputes
from functions.credit import grade_consumers as credit_grade_consumers
from functions.credit import grade_handlers as credit_grades
from functions.credit import handlers as credit
from functions.credit import held_handlers as credit_helds
from functions.credit import loop_consumers as credit_loop_consumers
from functions.credit import person_consumers as credit_person_consumers
from functions.credit import person_handlers as credit_persons
from functions.credit import quality_handlers as credit_quality
from functions.credit import sharing_consumers as credit_sharing_consumers
from functions.credit import sharing_handlers as credit_sharings
from functions.credit import subject_consumers as credit_subject_consumers
from functions.credit import subject_handlers as credit_subjects
from functions.discipline import book_handlers as discipline_books
from functions.discipline import constraint_handlers as discipline_constraints
from functions.discipline import consumers as discipline_consumers
from functions.discipline import handlers as discipline
from functions.inspections import answer_consumers as inspections_answer_consumers
from functions.inspections import consumers as inspections_consumers
from functions.inspections import disposal_handlers as inspections_disposal
from functions.inspections import handlers as inspections
from functions.inspections import notice_consumers as inspections_notice_consumers
from functions.inspections import notice_handlers as inspections_notice
from functions.inspections import outcome_handlers as inspections_outcomes
from functions.inspections import plan_consumers as inspections_plan_consumers
from functions.inspections import plan_handlers as inspections_plans
from functions.inspections import platform_handlers as inspections_platform
from functions.inspections import recheck_consumers as inspections_recheck_consumers
from functions.inspections import recheck_handlers as inspections_rechecks
from functions.inspections import roster_handlers as inspections_roster
from functions.inspections import visit_handlers as inspections_visit
from functions.interfaces import consumers as interfaces_consumers
from functions.interfaces import delivery_handlers as interfaces_deliveries
from functions.interfaces import handlers as interfaces
from functions.interfaces import standard
from functions.portal import assets as portal_assets
from functions.portal import bulletins as portal_bulletins
from functions.portal import clues as portal_clues
from functions.portal import console as portal_console
from functions.portal import counter as portal_counter
from functions.portal import dispatch as portal_dispatch
from functions.portal import disputes as portal_disputes
from functions.portal import entities as portal_entities
from functions.portal import home as portal_home
from functions.portal import inspections as portal_inspections
from functions.portal import manual as portal_manual
from functions.portal import oversight as portal_oversight
from functions.portal import phone as portal_phone
from functions.portal import public_credit as portal_public_credit
from functions.portal import rules as portal_rules
from functions.portal import sanctions as portal_sanctions
from functions.portal import signing as portal_signing
from functions.portal import tasks as portal_tasks
from functions.portal import work as portal_work
from functions.registry import consumers as registry_consumers
from functions.registry import handlers as registry
from functions.reports import bulletin_handlers as reports_bulletins
from functions.reports import consumers as reports_consumers
from functions.reports import handlers as reports
from functions.reports import rebuild_handlers as reports_rebuilds
from functions.shared.access import access
from functions.supervision import calendar_handlers as supervision_calendar
from functions.supervision import case_handlers as supervision_cases
from functions.supervision import consumers as supervision_consumers
from functions.supervision import feedback_handlers as supervision_feedback
from functions.supervision import handlers as supervision
from functions.supervision import item_handlers as supervision_items
from functions.supervision import sheet_handlers as supervision_sheets
from functions.supervision.spreadsheets import XLSX
from functions.trail import consumers as trail_consumers
from functions.trail import handlers as trail
from functions.worklist import consumers as worklist_consumers
from functions.worklist import handlers as worklist

app = Chalice(app_name="sanwei")
app.register_blueprint(access)
app.register_blueprint(registry.bp)
app.register_blueprint(registry_consumers.bp)
app.register_blueprint(supervision.bp)
app.register_blueprint(supervision_feedback.bp)
app.register_blueprint(supervision_cases.bp)
app.register_blueprint(supervision_calendar.bp)
app.register_blueprint(supervision_items.bp)
app.register_blueprint(supervision_sheets.bp)
app.register_blueprint(supervision_consumers.bp)
app.register_blueprint(alerts.bp)
app.register_blueprint(alerts_consumers.bp)
app.register_blueprint(clues.bp)
app.register_blueprint(clues_consumers.bp)
app.register_blueprint(inspections.bp)
app.register_blueprint(inspections_roster.bp)
app.register_blueprint(inspections_visit.bp)
app.register_blueprint(inspections_notice.bp)
app.register_blueprint(inspections_disposal.bp)
app.register_blueprint(inspections_platform.bp)
app.register_blueprint(inspections_rechecks.bp)
app.register_blueprint(inspections_plans.bp)
app.register_blueprint(inspections_outcomes.bp)
app.register_blueprint(inspections_consumers.bp)
app.register_blueprint(inspections_recheck_consumers.bp)
app.register_blueprint(inspections_notice_consumers.bp)
app.register_blueprint(inspections_answer_consumers.bp)
app.register_blueprint(inspections_plan_consumers.bp)
app.register_blueprint(credit_books.bp)
app.register_blueprint(credit_columns.bp)
app.register_blueprint(credit_disputes.bp)
app.register_blueprint(credit_grades.bp)
app.register_blueprint(credit.bp)
app.register_blueprint(credit_helds.bp)
app.register_blueprint(credit_persons.bp)
app.register_blueprint(credit_quality.bp)
app.register_blueprint(credit_sharings.bp)
app.register_blueprint(credit_subjects.bp)
app.register_blueprint(credit_consumers.bp)
app.register_blueprint(credit_grade_consumers.bp)
app.register_blueprint(credit_loop_consumers.bp)
app.register_blueprint(credit_person_consumers.bp)
app.register_blueprint(credit_sharing_consumers.bp)
app.register_blueprint(credit_subject_consumers.bp)
app.register_blueprint(discipline_books.bp)
app.register_blueprint(discipline_constraints.bp)
app.register_blueprint(discipline.bp)
app.register_blueprint(discipline_consumers.bp)
app.register_blueprint(worklist.bp)
app.register_blueprint(worklist_consumers.bp)
app.register_blueprint(reports.bp)
app.register_blueprint(reports_bulletins.bp)
app.register_blueprint(reports_rebuilds.bp)
app.register_blueprint(reports_consumers.bp)
app.register_blueprint(standard.bp)
app.register_blueprint(interfaces.bp)
app.register_blueprint(interfaces_deliveries.bp)
app.register_blueprint(interfaces_consumers.bp)
app.register_blueprint(trail.bp)
app.register_blueprint(trail_consumers.bp)
app.register_blueprint(portal_home.bp)
app.register_blueprint(portal_signing.bp)
app.register_blueprint(portal_assets.bp)
app.register_blueprint(portal_work.bp)
app.register_blueprint(portal_tasks.bp)
app.register_blueprint(portal_entities.bp)
app.register_blueprint(portal_manual.bp)
app.register_blueprint(portal_clues.bp)
app.register_blueprint(portal_inspections.bp)
app.register_blueprint(portal_dispatch.bp)
app.register_blueprint(portal_phone.bp)
app.register_blueprint(portal_public_credit.bp)
app.register_blueprint(portal_counter.bp)
app.register_blueprint(portal_sanctions.bp)
app.register_blueprint(portal_disputes.bp)
app.register_blueprint(portal_oversight.bp)
app.register_blueprint(portal_bulletins.bp)
app.register_blueprint(portal_rules.bp)
app.register_blueprint(portal_console.bp)
# A gateway looks at the first type that a browser accepts: of pictures, that is AVIF or WebP.
_PICTURES = ["image/webp", "image/heic", "image/avif"]
app.api.binary_types += [XLSX, "application/pdf", "multipart/form-data", *_PICTURES]
