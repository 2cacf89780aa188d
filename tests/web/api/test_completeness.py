"""Whatever a page can do, a program can: every action and every form has its operation."""

from __future__ import annotations

import importlib
import pkgutil

from django.urls import URLPattern, URLResolver

from leadline.web import actions
from leadline.web.actions.acting import action
from leadline.web.urls import urlpatterns
from tests.web.api.conftest import OPERATIONS

BY_ACTION = {
    "addresses.add_address": "add_address",
    "addresses.remove_address": "remove_address",
    "asks.again": "ask_again",
    "asks.answer": "answer_ask",
    "asks.change": "change_ask",
    "asks.expect": "expect_answer",
    "asks.make": "make_ask",
    "asks.restore": "restore_ask",
    "asks.undo_answer": "undo_answer",
    "asks.withdraw": "withdraw_ask",
    "backups.ask_for": "make_backup",
    "backups.note_download": "get_backup",
    "backups.remove": "remove_backup",
    "companies.change_companies": "assign_companies move_companies fill_companies",
    "companies.create_company": "create_company",
    "companies.edit_company": "change_company",
    "contacts.change_contacts": "tag_contacts assign_contacts move_contacts fill_contacts",
    "contacts.create_contact": "create_contact",
    "contacts.edit_contact": "change_contact",
    "contacts.set_tags": "change_contact",
    "contracts.end": "end_contract",
    "contracts.renew": "renew_contract",
    "contracts.reopen": "reopen_contract",
    "corrections.correct": "correct_touch",
    "definitions.declare_field": "declare_field",
    "definitions.declare_kind": "declare_kind",
    "definitions.declare_path": "declare_path",
    "definitions.drop_field": "drop_field",
    "definitions.drop_kind": "drop_kind",
    "definitions.drop_path": "drop_path",
    "edits.start": "tag_contacts assign_contacts move_contacts fill_contacts",
    "edits.start_undo": "undo_edit",
    "erasure.erase_contact": "erase_contact",
    "exports.note_export": "export_table",
    "facts.state_fact": "state_fact",
    "funnels.adopt": "adopt_funnel",
    "funnels.begin": "begin_funnel",
    "funnels.publish": "publish_funnel",
    "funnels.retire": "retire_funnel",
    "funnels.save_draft": "save_draft",
    "handing_on.hand_on": "hand_on",
    "importing.imports.discard": "discard_import",
    "importing.imports.propose": "upload_files",
    "importing.imports.answer": "set_mapping",
    "importing.imports.start": "run_import",
    "importing.imports.start_undo": "undo_import",
    "importing.imports.understand": "set_mapping",
    "me.prefer": "change_me",
    "merging.merge_contacts": "merge_contacts",
    "merging.part_contacts": "part_contacts",
    "moves.happened": "record_happened",
    "moves.take_back": "take_back_happened",
    "notes.remove_note": "remove_note",
    "notes.write_note": "write_note",
    "offers.change": "change_offer",
    "offers.declare": "declare_offer",
    "offers.switch": "change_offer",
    "people.change": "change_person",
    "people.deactivate": "deactivate_person",
    "people.invite": "invite_person",
    "people.reactivate": "reactivate_person",
    "people.set_team": "make_team",
    "people.withdraw": "withdraw_invitation",
    "plans.count_audience": "count_audience",
    "plans.drop_audience": "drop_audience",
    "plans.drop_capacity": "drop_capacity",
    "plans.drop_cost": "drop_cost",
    "plans.drop_goal": "drop_goal",
    "plans.record_cost": "record_cost",
    "plans.restore": "restore_plan",
    "plans.set_capacity": "set_capacity",
    "plans.set_goal": "set_goal",
    "profiles.declare": "declare_profile",
    "profiles.drop": "drop_profile",
    "purchases.record": "record_purchase",
    "purchases.refund": "refund_purchase",
    "purchases.undo": "undo_purchase",
    "purchases_back.restore": "restore_purchase",
    "purchases.undo_refund": "undo_refund",
    "reminders.put_back": "put_back",
    "reminders.put_off": "put_off",
    "reverting.revert": "undo_changes",
    "tasks.add_task": "add_task",
    "tasks.finish_task": "finish_task",
    "tasks.reopen_task": "reopen_task",
    "tokens.make": "make_token",
    "tokens.revoke": "revoke_token",
    "touch_batches.record_touch": "record_touch",
    "touch_batches.record_touches": "record_touches",
    "touches.record": "record_touch",
    "touches.retract": "retract_touch",
    "upserts.upsert_contacts": "upsert_contacts",
    "views.remove_view": "remove_view",
    "views.save_view": "save_view",
    "webhooks.change": "change_webhook",
    "webhooks.make": "make_webhook",
    "webhooks.remove": "remove_webhook",
    "webhooks.renew_secret": "renew_secret",
    "webhooks.replay": "replay_delivery",
    "webhooks.replay_missed": "replay_missed",
}
WITHOUT = {
    "demo.loading.fill": "fills an empty installation with made-up data, from the command line",
    "demo.loading.load_demo": "fills an empty installation with made-up data, from the command line",
    "edits.change_some": "the worker does what tag_contacts and others asked for",
    "edits.count": "the worker does what tag_contacts and others asked for",
    "edits.finish": "the worker does what tag_contacts and others asked for",
    "edits.finish_undo": "the worker does what undo_edit asked for",
    "edits.stop": "the worker does what tag_contacts and others asked for",
    "edits.undo_some": "the worker does what undo_edit asked for",
    "funnels.finish": "the worker ends what publish_funnel began",
    "importing.own_records.load_own_companies": "the worker does what run_import asked for",
    "importing.tasks.undo_tasks": "the worker does what undo_import asked for",
    "importing.imports.begin": "the worker does what run_import asked for",
    "importing.imports.fail": "the worker does what run_import asked for",
    "importing.imports.finish": "the worker does what run_import asked for",
    "importing.loading.load_audiences": "the worker does what run_import asked for",
    "importing.loading.load_definitions": "the worker does what run_import asked for",
    "importing.loading.load_people": "the worker does what run_import asked for",
    "mirrors._adopt": "the mirror follows by itself",
    "people.accept": "whoever accepts an invitation is nobody yet, and has no token",
    "people.enter_by_address": "whoever signs in through another server does so in a browser",
    "profiles.refit_some": "the worker does what declare_profile asked for",
    "rebuilding.rebuild": "mends an installation, from the command line",
    "reports._draw": "charts are for the pages that show them",
    "reports._forget": "what nobody looks at any longer is forgotten by itself",
    "reports._keep": "a report is kept for pages by itself",
    "reports._look_at": "a report is kept for pages by itself",
    "setup.begin": "at the first start there is nobody who could have a token",
    "importing.undoing.finish_undo": "the worker does what undo_import asked for",
    "importing.undoing.undo_changes": "the worker does what undo_import asked for",
    "importing.undoing.undo_made": "the worker does what undo_import asked for",
    "importing.undoing.undo_companies": "the worker does what undo_import asked for",
    "importing.undoing.undo_contracts": "the worker does what undo_import asked for",
    "importing.undoing_deals.undo_asks": "the worker does what undo_import asked for",
    "importing.undoing_deals.undo_followed": "the worker does what undo_import asked for",
    "importing.undoing.undo_touches": "the worker does what undo_import asked for",
    "importing.undoing.undo_sales": "the worker does what undo_import asked for",
    "webhooks.note_outcome": "the worker writes down what became of a delivery",
}
"""Actions that no program needs to reach, each with its reason."""
BY_PAGE = {
    "ask": "get_ask",
    "ask_again": "ask_again",
    "ask_answer": "answer_ask",
    "ask_change": "change_ask",
    "ask_expect": "expect_answer",
    "ask_new": "make_ask",
    "ask_undo": "undo_answer withdraw_ask restore_ask",
    "asks": "list_asks",
    "address-add": "add_address",
    "address-remove": "remove_address",
    "board": "list_contacts list_asks",
    "board_more": "list_contacts list_asks",
    "board_move": "record_happened stages",
    "board_move_back": "take_back_happened",
    "changes": "list_changes",
    "changes-undo": "undo_changes",
    "clients": "list_contracts get_clients",
    "companies-change": "assign_companies move_companies fill_companies",
    "company-edit": "change_company",
    "company-new": "create_company",
    "contact-edit": "change_contact assign_contacts",
    "contact-erase": "erase_contact",
    "contact-merge": "merge_contacts list_alike",
    "contact-new": "create_contact",
    "contact-part": "part_contacts",
    "contact-touch": "record_touch",
    "contacts-change": "tag_contacts assign_contacts move_contacts fill_contacts",
    "contract_end": "end_contract",
    "contract_renew": "renew_contract",
    "contract_reopen": "reopen_contract",
    "edit-undo": "undo_edit",
    "exports": "list_exports export_table",
    "fact-state": "state_fact list_facts",
    "funnel": "get_figures",
    "funnel-people": "list_figure_people",
    "import-discard": "discard_import",
    "import-meanings": "set_mapping",
    "import-run": "run_import",
    "import-undo": "undo_import",
    "imports": "upload_files list_imports",
    "leak-people": "list_waiting",
    "leaks": "get_report",
    "let-go": "deactivate_person hand_on",
    "me": "change_me get_me",
    "note-remove": "remove_note",
    "note-write": "write_note list_notes",
    "offer_change": "change_offer",
    "offer_new": "declare_offer",
    "offer_switch": "change_offer",
    "offers": "list_offers",
    "people": "invite_person withdraw_invitation change_person deactivate_person reactivate_person make_team"
    " change_team list_people list_teams list_invitations",
    "plan_add": "set_goal set_capacity record_cost count_audience",
    "plan_drop": "drop_goal drop_capacity drop_cost drop_audience",
    "plan_restore": "restore_plan",
    "plans": "list_goals list_capacities list_costs list_audiences",
    "purchase_new": "record_purchase",
    "purchase_refund": "refund_purchase",
    "purchase_undo": "undo_purchase",
    "purchase_restore": "restore_purchase",
    "put_back": "put_back",
    "put_off": "put_off",
    "refund_undo": "undo_refund",
    "report": "get_report",
    "report-refresh": "get_report",
    "settings-backup": "get_backup",
    "settings-backups": "list_backups make_backup remove_backup",
    "settings-fields": "list_fields declare_field change_field drop_field",
    "settings-funnel": "list_versions save_draft reshape_funnel",
    "settings-funnel-check": "check_funnel",
    "settings-funnel-version": "get_version publish_funnel",
    "settings-funnel-what-if": "get_what_if",
    "settings-funnels": "list_funnels list_shipped_funnels adopt_funnel begin_funnel retire_funnel",
    "settings-kinds": "list_kinds declare_kind change_kind drop_kind",
    "settings-paths": "list_paths declare_path change_path drop_path",
    "settings-profiles": "list_profiles list_profile_fields declare_profile change_profile drop_profile",
    "settings-webhook": "get_webhook change_webhook renew_secret remove_webhook list_deliveries"
    " replay_delivery replay_missed",
    "settings-webhooks": "list_webhooks make_webhook list_events",
    "task-add": "add_task",
    "task-turn": "finish_task reopen_task",
    "task_done": "finish_task",
    "task_open": "reopen_task",
    "today": "get_today list_tasks",
    "today_log": "record_touch",
    "today_unlog": "retract_touch",
    "today_week": "get_pace",
    "tokens": "list_tokens make_token revoke_token",
    "touch-back": "retract_touch",
    "touch-correct": "correct_touch",
    "view-remove": "remove_view",
    "view-save": "save_view list_views",
}
PAGES_ALONE = {
    "health": "tells a proxy that the server is there, without a token",
    "invitation": "whoever accepts an invitation is nobody yet, and has no token",
    "metrics": "has a token of its own scope, and the form that Prometheus reads",
    "report-pictures": "draws what get_report says in figures",
    "settings": "leads to the pages of settings, and does nothing else",
    "setup": "at the first start there is nobody who could have a token",
    "theme": "is about one browser",
}
"""Pages of which a program has no need, each with its reason."""


def every_action():
    """The names of all functions that are actions."""
    code = action(lambda: None).__code__
    for found in pkgutil.walk_packages(actions.__path__, f"{actions.__name__}."):
        module = importlib.import_module(found.name)
        for name, one in vars(module).items():
            if getattr(one, "__code__", None) is code and one.__module__ == module.__name__:
                yield f"{module.__name__.removeprefix('leadline.web.actions.')}.{name}"


def every_page(patterns):
    """The names of all pages of ours that take more than GET."""
    for one in patterns:
        if isinstance(one, URLResolver):
            if one.app_name != "ninja" and "allauth" not in str(one.urlconf_name):
                yield from every_page(one.url_patterns)
        elif isinstance(one, URLPattern) and not _only_read(one.callback):
            yield one.name


def _only_read(view):
    while view is not None:
        cells = [cell.cell_contents for cell in view.__closure__ or ()]
        if ["GET"] in [list(cell) for cell in cells if isinstance(cell, list | tuple)]:
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def test_every_action_has_its_operation_or_a_reason():
    found = set(every_action())
    assert len(found) > 90
    assert not found - set(BY_ACTION) - set(WITHOUT), "an action that no program can reach"
    assert not (set(BY_ACTION) | set(WITHOUT)) - found, "an action that is no more"
    assert not set(BY_ACTION) & set(WITHOUT)
    assert {name for names in BY_ACTION.values() for name in names.split()} <= set(OPERATIONS)


def test_every_page_that_does_something_has_its_operations_or_a_reason():
    found = set(every_page(urlpatterns))
    assert len(found) > 60
    assert not found - set(BY_PAGE) - set(PAGES_ALONE), "a page that does what no program can"
    assert not (set(BY_PAGE) | set(PAGES_ALONE)) - found, "a page that is no more"
    assert {name for names in BY_PAGE.values() for name in names.split()} <= set(OPERATIONS)
