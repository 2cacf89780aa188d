"""The second factors, set up and used as somebody would: an app with codes, a passkey, recovery codes."""

from __future__ import annotations

import hmac
import time
from base64 import b32decode

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.browser.places import PHRASE


def code_of(secret: str) -> str:
    """The six digits that an app shows now (RFC 6238)."""
    counter = (int(time.time()) // 30).to_bytes(8, "big")
    digest = hmac.new(b32decode(secret), counter, "sha1").digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def confirm(page: Page) -> None:
    """What is asked for once more before the way in is changed."""
    if "/reauthenticate" in page.url:
        page.fill("[name=password]", PHRASE)
        page.get_by_role("button", name="It is me").click()


def test_an_app_and_then_a_recovery_code_let_one_in(tab):
    tab.goto("/accounts/2fa/totp/activate/")
    confirm(tab)
    secret = tab.input_value("#authenticator_secret")
    tab.fill("[name=code]", code_of(secret))
    tab.get_by_role("button", name="Set it up").click()
    tab.goto("/accounts/2fa/recovery-codes/")
    codes = tab.input_value("#recovery_codes").split()
    assert len(codes) == 10

    tab.context.clear_cookies()
    sign_in(tab)
    tab.wait_for_url("**/2fa/authenticate/**")
    tab.fill("[name=code]", "000000")
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.locator(".error")).to_be_visible()
    tab.fill("[name=code]", codes[0])
    tab.get_by_role("button", name="Sign in").click()
    tab.goto("/accounts/2fa/totp/deactivate/")
    confirm(tab)
    tab.get_by_role("button", name="Do without").click()
    tab.wait_for_url("**/accounts/2fa/")


def test_a_passkey_lets_one_in_without_a_password(tab, served):
    session = tab.context.new_cdp_session(tab)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    home = served.url.replace("127.0.0.1", "localhost")  # an address has no passkeys, a name has
    sign_in(tab, "kim@example.org", home=home)
    tab.wait_for_url(f"{home}/")
    tab.goto(f"{home}/accounts/2fa/webauthn/add/")
    confirm(tab)
    tab.get_by_label("Sign in with it alone").check()
    tab.get_by_role("button", name="Add").click()
    tab.wait_for_url(lambda url: "/webauthn/add" not in url)

    tab.context.clear_cookies()
    tab.goto(f"{home}/accounts/login/")
    tab.get_by_role("button", name="Sign in with a passkey").click()
    tab.wait_for_url(f"{home}/")


def test_a_lost_passkey_is_told_and_a_recovery_code_lets_one_in(tab, served):
    session = tab.context.new_cdp_session(tab)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True}
    options |= {"hasResidentKey": True, "isUserVerified": True}
    lost = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    home = served.url.replace("127.0.0.1", "localhost")
    sign_in(tab, "eve@example.org", home=home)
    tab.wait_for_url(f"{home}/")
    tab.goto(f"{home}/accounts/2fa/webauthn/add/")
    confirm(tab)
    tab.fill("[name=name]", "Eve’s phone")
    tab.get_by_label("Sign in with it alone").check()
    tab.get_by_role("button", name="Add").click()
    tab.wait_for_url("**/recovery-codes/")  # they come with the first key
    codes = tab.input_value("#recovery_codes").split()

    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": lost})
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    tab.context.clear_cookies()
    tab.goto(f"{home}/accounts/login/")
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab.get_by_role("alert")).to_contain_text("No passkey was used")
    sign_in(tab, "eve@example.org", home=home)
    tab.wait_for_url("**/2fa/authenticate/**")
    tab.fill("[name=code]", codes[0])
    tab.get_by_role("button", name="Sign in", exact=True).click()
    tab.wait_for_url(f"{home}/")

    tab.goto(f"{home}/accounts/2fa/webauthn/")
    confirm(tab)
    phone = tab.locator("section", has_text="Eve’s phone")
    expect(phone).to_contain_text("not used yet")
    phone.get_by_role("link", name="Remove").click()
    confirm(tab)
    tab.get_by_role("button", name="Remove").click()
    expect(tab.get_by_text("Eve’s phone")).to_have_count(0)
