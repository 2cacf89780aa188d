"""The application's settings, in a folder that is made for the tests."""

import os
import tempfile

os.environ.setdefault("LEADLINE_HOME", tempfile.mkdtemp(prefix="leadline-tests-"))

from leadline.web.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 is slow, which is its purpose
WHITENOISE_AUTOREFRESH = True  # the client of each test begins anew, and would look through all static files

if template := os.environ.get("TESTS_TEMPLATE"):  # a database of the server, whose migrations are through
    DATABASES["default"]["TEST"] = {"TEMPLATE": template, "MIGRATE": False}  # noqa: F405
