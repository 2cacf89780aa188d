"""The application's settings, in a folder that is made for the tests."""

import os
from tempfile import TemporaryDirectory

if "LEADLINE_HOME" not in os.environ:
    home = TemporaryDirectory(prefix="leadline-tests-")  # which goes when this process ends
    os.environ["LEADLINE_HOME"] = home.name

from leadline.web.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 is slow, which is its purpose
WHITENOISE_AUTOREFRESH = True  # the client of each test begins anew, and would look through all static files

if template := os.environ.get("TESTS_TEMPLATE"):  # a database of the server, whose migrations are through
    DATABASES["default"]["TEST"] = {"TEMPLATE": template, "MIGRATE": False}  # noqa: F405
