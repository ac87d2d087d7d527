"""Every setting of Kopi. Each comes from the environment; a wrong value is refused with a sentence."""

import os
import ssl
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from kopi.env import Environment
from kopi.secret import kept_secret

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules
if not TESTING:
    environ.Env.read_env(os.environ.get("KOPI_ENV_FILE") or BASE_DIR / ".env")
# Tests know their servers and nothing else of the machine they run on.
env = Environment(
    {name: value for name, value in os.environ.items() if not (TESTING and name.startswith("KOPI_"))}
)

# --- What kind of house this is -----------------------------------------------------------------------------

# Whoever sets a secret, an address or host names is setting up a real ward. Everybody else tries Kopi out.
REAL = any(env.has(name) for name in ("KOPI_SECRET_KEY", "KOPI_URL", "KOPI_HOSTS"))
DEMO = env.flag("KOPI_DEMO", default=not REAL and not TESTING)
DEBUG = env.flag("KOPI_DEBUG")

# Where the database, the media, the broker's files and the mailbox live.
DATA_DIR = Path(env.text("KOPI_DATA", str(BASE_DIR / "var"))).expanduser().resolve()
try:
    for folder in (DATA_DIR, DATA_DIR / "media", DATA_DIR / "mailbox"):
        folder.mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(
        f"KOPI_DATA is {str(DATA_DIR)!r}, where Kopi cannot write: {error.strerror}."
    ) from error

SECRET_KEY = env.text("KOPI_SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words(
    "KOPI_SECRET_KEY_FALLBACKS"
)  # older keys, while sessions signed with them live
if not SECRET_KEY and TESTING:
    SECRET_KEY = "known-to-everybody-and-used-by-tests-only"
elif not SECRET_KEY and (DEMO or DEBUG):
    SECRET_KEY = kept_secret(DATA_DIR / "secret-key")
elif not SECRET_KEY:
    raise ImproperlyConfigured(
        "KOPI_SECRET_KEY is empty. Set it to 50 random characters, or KOPI_DEMO=1 to try Kopi out."
    )

# --- Where it is found --------------------------------------------------------------------------------------

PORT = env.number("KOPI_PORT", 8000, least=1, most=65535)
PUBLIC_URL = env.address("KOPI_URL", default=f"http://localhost:{PORT}")
HTTPS = PUBLIC_URL.startswith("https://")
HOSTS_AT_HOME = ["localhost", "127.0.0.1", "[::1]"] if DEMO or DEBUG or not env.has("KOPI_URL") else []
ALLOWED_HOSTS = env.words("KOPI_HOSTS", default=[str(urlsplit(PUBLIC_URL).hostname), *HOSTS_AT_HOME])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# A proxy in front ends TLS, sets X-Forwarded-Proto and X-Forwarded-For, and passes Host. Without it anybody
# could forge those headers, so nobody reads them.
BEHIND_PROXY = env.flag("KOPI_BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, without TLS
SECURE_HSTS_SECONDS = env.number("KOPI_HSTS_SECONDS", 31_536_000, least=0, most=63_072_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"  # addresses with a slip's code never reach other sites
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "kopi_session"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
X_FRAME_OPTIONS = "DENY"

# --- What it is made of -------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "wards",
    "outbox",
    "sessions_app",
    "feedback",
    "tickets",
    "intake",
    "residents",
    "dashboards",
    "papers",
    "kopi",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "kopi.middleware.GuardMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kopi.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "kopi.urls"
WSGI_APPLICATION = "kopi.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wards.context.frame",
                "kopi.context.people",
            ],
        },
    }
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- What it remembers --------------------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'kopi.sqlite3'}")
}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # stands for SELECT FOR UPDATE, which SQLite lacks
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; "
        f"PRAGMA synchronous={'OFF' if TESTING else 'FULL'};",
    }
    # A file, as in the house, so that threads meet the same locks; each test process has its own.
    DATABASES["default"]["TEST"] = {
        "NAME": str(Path(tempfile.gettempdir()) / f"kopi-test-{os.getpid()}.sqlite3")
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = (
        0 if TESTING else env.number("KOPI_CONN_MAX_AGE", 60, least=0, most=3600)
    )
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.redis("REDIS_URL")
if REDIS_URL:
    CACHE: dict[str, Any] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "kopi",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 5},
    }
    if TESTING:  # each test process empties a database of its own
        number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 14 + 1
        CACHE["LOCATION"] = f"{REDIS_URL.rpartition('/')[0]}/{number}"
elif TESTING:
    CACHE = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
else:
    CACHE = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kopi_cache"}
CACHES = {"default": CACHE}

MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"  # never served as files: a view asks for permission
FILE_UPLOAD_PERMISSIONS = 0o640
PHOTO_BYTES = 25 * 1024 * 1024  # the most one photo may weigh; the view answers 413 beyond
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # a whole form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 100

# --- Its clocks ---------------------------------------------------------------------------------------------

# The database is the truth; a task only says "look". So none carries a result, a countdown or a time to run at,
# and one that waited too long is dropped: the next tick says the same.
TICK = env.number("KOPI_TICK", 60, least=1, most=3600)
CELERY_BEAT_SCHEDULE = {
    name: {"task": name, "schedule": float(TICK), "options": {"expires": max(2 * TICK, 30)}}
    for name in ("tickets.tasks.plan_reminders", "tickets.tasks.close_silent", "outbox.tasks.deliver")
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_MAX_LOOP_INTERVAL = min(TICK, 60)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A page must not wait for a broker that is down.
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0.1,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 300,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
    }
    CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": ssl.CERT_REQUIRED} if REDIS_URL.startswith("rediss") else False
    CELERY_TASK_ACKS_LATE = True
    CELERY_TASK_REJECT_ON_WORKER_LOST = True
    CELERY_WORKER_PREFETCH_MULTIPLIER = 1
    CELERY_TASK_TIME_LIMIT = 600
else:
    BROKER_DIR = DATA_DIR / "broker"
    for folder in (BROKER_DIR, BROKER_DIR / "messages", BROKER_DIR / "processed", BROKER_DIR / "control"):
        folder.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "processed_folder": str(BROKER_DIR / "processed"),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.1,
    }
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # its replies would pile up as files

# --- Letters it sends ---------------------------------------------------------------------------------------

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(DATA_DIR / "mailbox")
EMAIL_TIMEOUT = 10
vars().update(env.mail("EMAIL_URL"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("KOPI_FROM", f"Kopi <kopi@{urlsplit(PUBLIC_URL).hostname}>")
EMAIL_SUBJECT_PREFIX = "Kopi: "

# --- Who comes in -------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "wards.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_REDIRECT_URL = "/app/"
LOGIN_URL = "account_login"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_ADAPTER = "wards.adapters.AccountAdapter"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "wards.forms.SignUpForm"
# Codes instead of links: they are read aloud, typed on another device, and no link can be forged.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}
ACCOUNT_PREVENT_ENUMERATION = True  # the same answer whether an account exists or not
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "request_login_code": "20/m/ip,3/5m/key",
    "reset_password": "20/m/ip,5/5m/key",
    "signup": "10/m/ip",
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"

# --- What it says and shows ---------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
KOPI_LANGUAGE = env.choice(
    "KOPI_LANGUAGE", "VI", ("VI", "ID", "EN")
).lower()  # for readers who ask for none of these
LANGUAGES = [("vi", "Tiếng Việt"), ("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "allauth"]  # the second: what allauth itself lacks
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "static-built"
# Hashed, compressed files once they are built; straight from the source for whoever is working on them.
BUILDING = bool({"collectstatic", "ready"} & set(sys.argv[1:2]))
UNBUILT = not (STATIC_ROOT / "staticfiles.json").exists()
FROM_SOURCE = not BUILDING and (DEBUG or TESTING or "runserver" in sys.argv or UNBUILT)
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = FROM_SOURCE
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if FROM_SOURCE
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

LOG_LEVEL = env.choice("KOPI_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},  # a stranger's 404 is no news
        "celery": {"level": "DEBUG" if LOG_LEVEL == "DEBUG" else "WARNING"},  # it says each tick twice
    },
}
