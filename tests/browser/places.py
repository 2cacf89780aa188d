"""Every address of the application: which are pages, with a record that has something to show.

`python -m tests.browser.places` writes more records into the made-up business of LEADLINE_HOME (a file taken
in, one that waits, a webhook, an invitation …) and prints name and address of every page, as JSON.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

MADE_UP = """Name,E-Mail,Firma,Position,Umsatz
Änne Öztürk,aenne@example.net,Grün GmbH,Geschäftsführerin,"1.200,50"
Bo Lind,bo@example.net,Grün GmbH,,
,nobody,,,
"""
TOUCHED = """contact id,name,kind,happened at
z1,Zoe Zander,met,2026-01-03
z2,Yan Young,downloaded,2026-01-05
z3,Xia Xu,danced,2026-01-06
"""
NO_PAGES = {
    # answers for programs and for scripts
    *("health", "metrics", "search", "contacts-find", "settings-funnel-check"),
    *("mfa_login_webauthn", "contact-timeline", "board_more", "import-progress"),
    *("report-pictures", "today_week"),
    # files
    *("contacts-export", "companies-export", "import-unused", "mfa_download_recovery_codes"),
    "settings-backup",
    # what a form is sent to, which leads to a page
    *(
        "theme",
        "put_off",
        "task_done",
        "today_log",
        "ask_undo",
        "purchase_undo",
        "purchase_restore",
        "report-refresh",
    ),
    *(
        "contacts-change",
        "companies-change",
        "view-save",
        "view-remove",
        "address-add",
        "address-remove",
        "fact-state",
    ),
    *("note-write", "note-remove", "task-add", "task-turn", "contact-part", "contact-touch", "touch-back"),
    *("touch-correct", "contract_reopen", "plan_add", "plan_drop", "offer_switch"),
    *("changes-undo", "put_back", "task_open", "today_unlog", "refund_undo", "plan_restore"),
    "board_move_back",
    *("import-meanings", "import-run", "import-undo", "import-discard", "edit-progress", "edit-undo"),
    # addresses that only lead elsewhere
    *(
        "sign-in-link",
        "account_logout",
        "setup",
        "account_signup",
        "account_inactive",
        "account_set_password",
    ),
    *("account_confirm_login_code", "account_email_verification_sent", "account_confirm_email"),
    *("mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
}
"""The names of addresses at which there is no page, or none for whoever is signed in."""
OF_SECOND_FACTORS = {
    *("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_edit_webauthn"),
    "mfa_remove_webauthn",
}
"""Pages that are there only for whoever has set one up: test_signing_in.py looks at them."""
OUTSIDE = {
    "account_login": "/accounts/login/",
    "account_reset_password": "/accounts/password/reset/",
    "account_reset_password_done": "/accounts/password/reset/done/",
    "account_reset_password_from_key": "/accounts/password/reset/key/1-set/",
    "account_reset_password_from_key_done": "/accounts/password/reset/key/done/",
}
"""Pages for whoever isn't signed in."""
ALONE = """
account_change_password account_email account_reauthenticate asks ask_new board changes clients companies
company-new contact-new contacts edits exports funnel imports leaks me mfa_index mfa_list_webauthn
mfa_add_webauthn mfa_activate_totp offer_new offers people plans purchase_new settings settings-backups
settings-fields settings-funnels settings-kinds settings-paths settings-profiles settings-webhooks
socialaccount_connections today tokens
""".split()
"""Pages that need no record in their address."""
OPENED = {
    "palette": ("contacts", ["Control+k", "e"]),
    "keys": ("contacts", ["?"]),
    "log a touch": ("contact", ["t"]),
    "ask from today": ("today", ["j", "j", "a"]),
    "log from today": ("today", ["j", "t"]),
}
"""What opens on a page: of which page, by which keys."""
PHRASE = "correct horse battery"


def places() -> dict[str, str]:
    """The address of every page for whoever is signed in, by its name; one of several states has several."""
    from django.urls import reverse

    made = dict(_made())
    return {name: reverse(name) for name in ALONE} | {
        name: reverse(name.split()[0], args=args) + query for name, (args, query) in made.items()
    }


def _made() -> Iterator[tuple[str, tuple[list[object], str]]]:
    from leadline.web.actions import edits, people, tokens, webhooks
    from leadline.web.actions.acting import Actor
    from leadline.web.models import Ask, Contract, Offer, Purchase, User

    now = time.time_ns() // 1000
    owner = User.objects.get(email="owner@example.org")
    owner.set_password(PHRASE)
    owner.save()
    actor = Actor.of(owner, now)
    people.set_team(actor, None, "North", shares=True)
    _, secret = people.invite(actor, "mia@example.org")
    yield "invitation", ([secret], "")
    tokens.make(actor, owner, "The web site", ["touches:write"])
    yield "let-go", ([owner.pk], "")
    # it hears of few, and not of the many who are marked below: each costs the worker a try, and further ones
    hook, _ = webhooks.make(actor, "https://93.184.215.14/leadline", ["contact.made"])
    yield "settings-webhook", ([hook.pk], "")
    marking = {"do": "tags", "add": "a letter to each", "remove": ""}
    yield "edit", ([edits.start(actor, "contact", {"stage": "nurtured"}, marking).pk], "")
    for name in ("ask", "ask_answer", "ask_change", "ask_expect"):
        yield name, ([_first(Ask, answer="")], "")
    yield "ask_answer yes", ([_first(Ask, answer="")], "?to=yes")
    yield "ask_again", ([_first(Ask, answer="not_now")], "")
    yield "ask answered", ([_first(Ask, answer="yes")], "")
    yield "purchase_refund", ([_first(Purchase)], "")
    yield "offer_change", ([_first(Offer)], "")
    for name in ("contract_renew", "contract_end"):
        yield name, ([_first(Contract, ended_on=None)], "")
    yield from _of_contacts()
    yield from _of_funnels(actor)
    yield from _of_imports(actor, owner, now)
    yield "leak-people", ([], "?path=networking&link=ask")
    yield "funnel-people", ([], "?funnel=sales-cycle&stage=nurtured")
    for report in ("balance", "asks", "forecast", "attribution", "paths", "compare"):
        yield f"report {report}", ([report], "")


def _of_contacts() -> Iterator[tuple[str, tuple[list[object], str]]]:
    from leadline.web.models import Company, Contact, Touch

    contact = Contact.objects.filter(contracts__isnull=False, company__isnull=False).order_by("pk").first()
    assert contact is not None
    for name in ("contact", "contact-edit", "contact-merge", "contact-erase"):
        yield name, ([contact.pk], "")
    yield "touch-edit", ([contact.pk, _first(Touch, contact=contact, origin="")], "")
    for name in ("company", "company-edit"):
        yield name, ([_first(Company)], "")
    yield "board_move", ([contact.pk], "")
    yield "contacts narrowed", ([], "?all=1&open=ask")
    yield "contacts nobody", ([], "?all=1&q=zzzz")
    yield "board answers", ([], "?by=answer")


def _of_funnels(actor: object) -> Iterator[tuple[str, tuple[list[object], str]]]:
    from leadline.web.actions import funnels
    from leadline.web.models import FunnelVersion

    text = FunnelVersion.objects.get(slug="voltage").toml
    draft = funnels.save_draft(actor, "voltage", text.replace("180 days", "30 days"))
    yield "settings-funnel", (["voltage"], "")
    for name in ("settings-funnel-version", "settings-funnel-what-if"):
        yield name, (["voltage", draft.number], "")


def _of_imports(actor: object, owner: object, now: int) -> Iterator[tuple[str, tuple[list[object], str]]]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from leadline.engine.importers import Mapping
    from leadline.web.actions.importing import imports, proposals, uploads

    for name, text in {"import": MADE_UP, "import done": TOUCHED}.items():
        folder, kept = uploads.keep([SimpleUploadedFile("people.csv", text.encode())])
        look = proposals.look(owner, folder, kept, Mapping(), now)
        record = imports.propose(actor, folder, kept, look)
        if name == "import done":
            imports.start(actor, record)
        yield name, ([record.pk], "")


def _first(model: type, **those: object) -> object:
    return model.objects.filter(**those).order_by("pk").values_list("pk", flat=True)[0]


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(places()))
