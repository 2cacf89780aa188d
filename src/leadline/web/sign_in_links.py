"""Links by which somebody signs in once: for whoever runs the installation, from its command line."""

from __future__ import annotations

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
