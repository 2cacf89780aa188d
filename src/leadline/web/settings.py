"""Settings, all of them from the environment; whoever sets nothing gets one process and a SQLite file.

| variable | means | without it |
|---|---|---|
| LEADLINE_HOME | the folder of database, secret key, mirror and backups | leadline-data, here |
| DATABASE_URL | postgres://user:password@host/name, with ?sslmode=… and such | SQLite, in LEADLINE_HOME |
| LEADLINE_SECRET_KEY | what signs sessions | a key made once, in LEADLINE_HOME, for its owner alone |
| LEADLINE_URL | where people reach it, as https://funnel.example.org | http://127.0.0.1:8000 |
| LEADLINE_DEBUG | 1: pages tell strangers of errors in detail | off |
| LEADLINE_API_RATE | how many requests a token may make in a minute | 600 |
| LEADLINE_OIDC_URL | the OpenID Connect server to sign in with, as https://id.example.org | none |
| LEADLINE_OIDC_ID, LEADLINE_OIDC_SECRET | what that server knows Leadline by | none |
| LEADLINE_OIDC_NAME | what its button is called | Company account |
| LEADLINE_OIDC_VERIFIED | 1: its addresses are checked, though it doesn't say so | it must say so |
| LEADLINE_EMAIL_URL | smtp://user:password@host:port | no mail goes out |
| LEADLINE_ALLOW_PRIVATE_WEBHOOKS | 1: webhooks may go to addresses in this network | only to public ones |
| LEADLINE_COLD | 1: nothing is loaded before somebody needs it | what reports and pages need, at the start |
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF

from leadline.web import environment
from leadline.web.secret import make_secret

HOME = environment.home()
DEBUG = environment.debugging(os.environ)
ALLOW_PRIVATE_WEBHOOKS = environment.private_webhooks(os.environ)
URL = environment.address(os.environ)
_url = urlsplit(URL)
SECURE = _url.scheme == "https"
SECRET_KEY = environment.secret_key(os.environ) or make_secret(HOME)
ALLOWED_HOSTS = [_url.hostname or "127.0.0.1", "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [URL]

INSTALLED_APPS = [
    "leadline.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
]
MIDDLEWARE = [
    "leadline.web.pages.metrics.MeasuringMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "leadline.web.api.reading.HeadMiddleware",
    "leadline.web.api.problems.ProblemsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "leadline.web.pages.middleware.SignedInMiddleware",
    "leadline.web.pages.middleware.ReaderMiddleware",
]
ROOT_URLCONF = "leadline.web.urls"
WSGI_APPLICATION = "leadline.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "leadline.web.pages.context.workplace",
            ],
            "builtins": ["leadline.web.templatetags.words"],
        },
    }
]


def _database(server: dict[str, Any] | None) -> dict[str, Any]:
    if server is not None:
        lasting = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        return {"ENGINE": "django.db.backends.postgresql"} | server | lasting
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / "leadline.sqlite3",
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000;"
            " PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;"
            " PRAGMA journal_size_limit=67108864; PRAGMA wal_autocheckpoint=16384;",
        },
    }


DATABASES = {"default": _database(environment.server(os.environ))}
SILENCED_SYSTEM_CHECKS = ["models.W040"]  # what PostgreSQL has beside the columns of an index, SQLite has not
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "web.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_ADAPTER = "leadline.web.pages.accounts.Invited"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come by invitation, and are verified nowhere
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE  # browsers themselves allow it on localhost alone
MFA_TOTP_ISSUER = "Leadline"

SOCIALACCOUNT_ADAPTER = "leadline.web.pages.accounts.Known"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form that leads to another site is what the policy below forbids
_company = environment.company_server(os.environ)
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [_company] if _company else []}}

CSRF_FAILURE_VIEW = "leadline.web.pages.errors.stale_form"
SESSION_ENGINE = "leadline.web.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en-gb"
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = (
    20_000  # an import asks what each column means, and a workbook has up to 16,384
)
FILE_UPLOAD_TEMP_DIR = None
MEDIA_ROOT = HOME / "uploads"
API_RATE = environment.rate(os.environ)

_mail = environment.mail(os.environ)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _mail.hostname else 'dummy'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or 587
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_TLS = _mail.scheme == "smtp"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"discreet": {"()": "leadline.web.logs.Discreet"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["discreet"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"leadline": {"level": "INFO"}},
}
