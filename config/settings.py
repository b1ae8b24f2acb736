"""Every setting, read from the environment; docs/operations.md has the table.

Without any environment this is the embedded site: SQLite, local files and memory, loopback
only. As soon as a host of the outside world is named (or PRODUCTION=1 is set) it is a
production site, and refuses to start until everything that one needs is there.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

env = environ.FileAwareEnv()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data")))

# Embedded or production

LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
SITE_ORIGIN = env.str("SITE_ORIGIN", default="").rstrip("/")
PORT = env.int("PORT", default=8000)  # where mail finds a site without such an address
PRODUCTION = env.bool("PRODUCTION", default=bool(SITE_ORIGIN or set(ALLOWED_HOSTS) - set(LOOPBACK)))
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
# Former keys, newest first: what they signed or encrypted is still read.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
SOURCE_URL = env.str("SOURCE_URL", default="")  # where the footer's "Source code" leads


def missing_for_production():
    """What a production site lacks, each as one readable line."""
    if len(SECRET_KEY) < 50:
        yield "SECRET_KEY (or SECRET_KEY_FILE): at least 50 random characters"
    if not ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS: the host names the site answers to, separated by commas"
    if urlsplit(SITE_ORIGIN).scheme != "https" or not urlsplit(SITE_ORIGIN).hostname:
        yield "SITE_ORIGIN: the public address, beginning with https://"
    if DEBUG:
        yield "DEBUG: must not be set"


def embedded_secret_key():
    """The key of this copy of the embedded site, made at first start."""
    path = DATA_DIR / "secret-key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"secret-key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(get_random_secret_key())
        draft.replace(path)
    return path.read_text()


if PRODUCTION:
    if missing := list(missing_for_production()):
        raise ImproperlyConfigured(
            "A production site needs these in its environment:\n  " + "\n  ".join(missing)
        )
    CSRF_TRUSTED_ORIGINS = [SITE_ORIGIN]
else:
    ALLOWED_HOSTS = ALLOWED_HOSTS or LOOPBACK
    SECRET_KEY = SECRET_KEY or embedded_secret_key()

# Applications

INSTALLED_APPS = [
    "config",
    "reviews",
    "films",
    "users",
    "taggit",
    "crispy_forms",
    "crispy_bootstrap5",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "csp",
    "django_tasks",
    "config.apps.TasksConfig",
    "users.admin_config.AfterimageAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
]

# The outer ones first: what they add stands on every answer, static files and errors included.
MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "config.page_cache.PageCacheMiddleware",
    "config.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.RequestLimitsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.ViewerMiddleware",
    "config.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.SignedOutMiddleware",
    "config.middleware.InvalidFormMiddleware",
    "config.middleware.NotAllowedMiddleware",
    "config.middleware.LimitMiddleware",
    "config.due.DueMiddleware",
]

ROOT_URLCONF = "config.urls"
# Always at the root: gunicorn would take another place from a header named SCRIPT_NAME, as far as
# the proxy on its own machine lets that through.
FORCE_SCRIPT_NAME = ""
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,  # with Django's cached loader round it
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.shell",
            ],
            "builtins": ["config.templatetags.addresses"],
        },
    },
]

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# Data

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'afterimage.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"].update(
        CONN_MAX_AGE=None,
        OPTIONS={
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode = WAL;"
                "PRAGMA synchronous = NORMAL;"
                "PRAGMA foreign_keys = ON;"
                "PRAGMA mmap_size = 134217728;"
                "PRAGMA journal_size_limit = 67108864;"
                # Pages of one search are still there when the next asks for them.
                "PRAGMA cache_size = -8000;"
            ),
        },
    )
else:
    INSTALLED_APPS.append("django.contrib.postgres")
    DATABASE_POOL = env.int("DATABASE_POOL", default=8)
    # A database whose machine vanishes without a word is given up after some seconds; TCP alone
    # would go on for a quarter of an hour, with every thread.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "tcp_user_timeout": 8000,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
    } | DATABASES["default"].get("OPTIONS", {})
    # A connection that the server closed meanwhile is replaced before a request meets it.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    if DATABASE_POOL:
        DATABASES["default"]["OPTIONS"]["pool"] = {
            "min_size": 1,
            "max_size": DATABASE_POOL,
            "timeout": 10,
        }
    else:
        DATABASES["default"]["CONN_MAX_AGE"] = 600

CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://afterimage")}
CACHES["default"].setdefault("KEY_PREFIX", "afterimage")
if CACHES["default"]["BACKEND"] == "django.core.cache.backends.locmem.LocMemCache":
    CACHES["default"]["OPTIONS"] = {"MAX_ENTRIES": 5000}
# Whole pages for visitors: apart, so that many of them push nothing else out.
CACHES["pages"] = CACHES["default"] | {"KEY_PREFIX": f"{CACHES['default']['KEY_PREFIX']}-pages"}
if CACHES["pages"]["BACKEND"] == "django.core.cache.backends.locmem.LocMemCache":
    CACHES["pages"] |= {"LOCATION": "pages", "OPTIONS": {"MAX_ENTRIES": 1000}}
# Pictures for previews of links, each drawn when it is first asked for: on disk, as many as fit.
CACHES["cards"] = {
    "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
    "LOCATION": DATA_DIR / "cards",
    "TIMEOUT": None,
    "OPTIONS": {"MAX_ENTRIES": 10_000},
}
PAGE_CACHE_SECONDS = env.int("PAGE_CACHE_SECONDS", default=60)  # 0 keeps none
# The least that a person takes to fill in a form; 0 asks nobody.
FORM_SECONDS = env.int("FORM_SECONDS", default=2)
# How often a process looks for scheduled pieces by itself, should nothing call `tick`; 0 is never.
LOOK_FOR_DUE_SECONDS = 60
# Whether a cache of somebody else's stands in front and may keep visitors' pages too.
BEHIND_CDN = env.bool("BEHIND_CDN", default=False)

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
# In the session, so that whoever has a message to see also has a session cookie: the page cache
# looks at that one cookie only.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Files

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    # What only one member may fetch. It has no address: a view hands it out.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "private",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 3600  # of files without a hash in their name; the others never expire
S3_BUCKET = env.str("S3_BUCKET", default="")
S3_PRIVATE_BUCKET = env.str("S3_PRIVATE_BUCKET", default=S3_BUCKET)
S3_PUBLIC_HOST = env.str("S3_PUBLIC_HOST", default="")
if S3_BUCKET:
    S3 = {
        "endpoint_url": env.str("S3_ENDPOINT", default="") or None,
        "region_name": env.str("S3_REGION", default="") or None,
        "access_key": env.str("S3_ACCESS_KEY", default="") or None,
        "secret_key": env.str("S3_SECRET_KEY", default="") or None,
    }
    STORAGES["private"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": S3 | {"bucket_name": S3_PRIVATE_BUCKET, "location": "private"},
    }
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": S3
        | {
            "bucket_name": S3_BUCKET,
            "custom_domain": S3_PUBLIC_HOST or None,  # missing only until a check says so
            "querystring_auth": False,
            "file_overwrite": False,
            "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
        },
    }

# What a request may bring. A picture has 20 MB by its form, which can say so at the field and
# give the text back; only what is far beyond that is turned away before it is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
REQUEST_MAX_BYTES_WITH_FILE = 64 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 10

FORMS_URLFIELD_ASSUME_HTTPS = True  # Django 6 does so by itself

# People

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 8},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"

TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_ADAPTER = "users.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "users.forms.LoginForm",
    "signup": "users.forms.SignupForm",
    "reset_password": "users.forms.ResetPasswordForm",
    "change_password": "users.forms.ChangePasswordForm",
    "reset_password_from_key": "users.forms.ResetPasswordKeyForm",
    "add_email": "users.forms.ChangeEmailForm",
    "reauthenticate": "users.forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False  # scanners open links; only a form confirms
ACCOUNT_CHANGE_EMAIL = True  # one address; a new one takes its place when it is confirmed
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"

MFA_ADAPTER = "users.second_factor.MFAAdapter"
MFA_FORMS = {
    "authenticate": "users.forms.SecondFactorForm",
    "reauthenticate": "users.forms.ReauthenticateByCodeForm",
    "activate_totp": "users.forms.ActivateSecondFactorForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Or nobody with a second factor could change their address. Where mail is sent, an account whose
# address was never confirmed does not come this far.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Whether the admin opens only to those who have a second factor.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=False)

# Mail

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Afterimage <afterimage@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20
# A newcomer without a mail server could never confirm; with one, everybody must.
MAIL_IS_SENT = vars()["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if MAIL_IS_SENT else "optional"

# Work that no reader should wait for

WORKER = env.bool("WORKER", default=False)  # whether `manage.py db_worker` runs beside the site
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend"
        if WORKER
        else "django_tasks.backends.immediate.ImmediateBackend"
    }
}

# Language and time

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
# One language: what is said in it need not be looked up.
USE_I18N = len(LANGUAGES) > 1
FORMAT_MODULE_PATH = ["config.formats"]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True

# Security

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", *([f"https://{S3_PUBLIC_HOST}"] if S3_PUBLIC_HOST else [])],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "upgrade-insecure-requests": PRODUCTION,
    }
}
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
if PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=2 * 365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("HSTS_SUBDOMAINS", default=True)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Running

WEB_CONCURRENCY = env.int("WEB_CONCURRENCY", default=1)  # gunicorn reads the same variable
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOG_FORMAT = env.str("LOG_FORMAT", default="json" if PRODUCTION else "plain")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "config.logs.JsonFormatter"},
        "plain": {"()": "config.logs.PlainFormatter"},
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": LOG_FORMAT,
        }
    },
    "root": {"handlers": ["stdout"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own console handler would say the same a second time.
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # What was refused stands in the request's own line already.
        "django.request": {"level": "ERROR"},
        # Anybody may send a made-up host, as often as they like: no traceback for each.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
