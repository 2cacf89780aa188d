"""Links by which somebody signs in once, or chooses a new password: for whoever runs the installation."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from leadline.web.models import User


class SignInLinks(PasswordResetTokenGenerator):
    """Each is good until somebody signs in as that user, or their password or address changes."""

    key_salt = "leadline.web.sign_in_links"


links = SignInLinks()


def path_for(user: User) -> str:
    """The address, without its host, that signs this user in once."""
    return reverse("sign-in-link", args=[user.pk, links.make_token(user)])


def password_path_for(user: User) -> str:
    """The same of the page on which this user chooses a new password, as the mail to them would have it."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=key)
