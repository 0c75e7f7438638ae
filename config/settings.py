"""All settings in one file; what differs between machines comes from `config.env` alone."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from config import env
from config.celery import app as celery_app
from config.schedule import CELERY_BEAT_SCHEDULE as CELERY_BEAT_SCHEDULE
from config.schema_names import SCHEMA_NAMES

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = env.secret_key()
DEBUG = env.debug
LIWANAG_DEMO, LIWANAG_TRAINING, LIWANAG_TRAINING_URL = env.demo, env.training, env.training_url
ALLOWED_HOSTS = env.allowed_hosts
LIWANAG_HOME = env.home
LIWANAG_KEYS_DIR = env.keys_dir
# Files of archived entries of the log (audit.shelf).
LIWANAG_ARCHIVES_DIR = env.archives_dir
# Where the key-encryption key is when it is not in a file (vault.key_provider).
LIWANAG_TRANSIT = env.transit
LIWANAG_BACKUP_RECIPIENTS = env.backup_recipients
LIWANAG_RECOVERY_RECIPIENTS = env.recovery_recipients
# A replaced key-encryption key opens old backups for so long (docs/operations/keys-and-backups.md).
LIWANAG_EPOCH_KEPT_DAYS = 31
# More cases opened by one person within an hour are an event of their own (vault.watch).
LIWANAG_MANY_CASES = 60
# Privacy of public tables: what one release may cost the people it counts, what all releases asked
# for in one year may, and what all may, ever (ε at δ = 1e-6; docs/statistics.md).
LIWANAG_EPSILON_A_RELEASE = 1.0
LIWANAG_EPSILON_A_YEAR = 2.0
LIWANAG_EPSILON_A_PERSON = 6.0
LIWANAG_LOG_ORIGIN = env.log_origin
LIWANAG_WITNESSES = env.witnesses
LIWANAG_ADMIN_DSN = env.admin_dsn()
LIWANAG_ROLE_PASSWORDS = env.role_passwords()
LIWANAG_PUBLIC_URL = env.public_url
LIWANAG_STAFF_NAMES = env.staff_names
LIWANAG_WATCH = env.watch
LIWANAG_MOST_CASES = env.most_cases
# The referral desk's clocks, in hours of working days; in danger every hour counts (domain.md 3.2).
LIWANAG_ACKNOWLEDGE_HOURS = 24
LIWANAG_TRIAGE_HOURS = 72
LIWANAG_DANGER_HOURS = 1
# How long a source is given to answer before it is asked again.
LIWANAG_ANSWER_HOURS = 72
# When nobody takes up a child in danger, more people are called after so long.
LIWANAG_ESCALATE_MINUTES = 15
LIWANAG_CALENDAR = env.calendar
LIWANAG_DAYS_OFF = env.days_off
# Shown wherever somebody is flagged to be in a crisis.
LIWANAG_HOTLINES = env.hotlines
# A file of rules in place of those that come with the product.
LIWANAG_REPORTING_RULES = env.reporting_rules
LIWANAG_INDICATORS = env.indicators
# How long the file of a closed case is kept before somebody looks whether to erase it (R-D3), and
# the age its youngest survivor must have reached. For counsel to set where the law says otherwise.
LIWANAG_RETENTION_YEARS = {
    "survivor_file": 10,
    "short": 2,
    # When an open case is looked at again; a referral that became no case; the officer's books.
    "open_case": 2,
    "referral": 2,
    "register": 6,
}
LIWANAG_RETENTION_AGE = 25
# Named wherever somebody came upon suspected abuse material.
LIWANAG_POLICE_DESK = env.police_desk
# A virus scanner's daemon that looks at every file first; none when it is not set up.
LIWANAG_CLAMAV = env.clamav

INSTALLED_APPS = [
    "desk",
    "reporting",
    "courts",
    "handoffs",
    "referrals",
    "cases",
    "vault",
    "accounts",
    "audit",
    "core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "guardian",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "oauth2_provider",
]

MIDDLEWARE = [
    "audit.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.compressing.CompressMiddleware",
    "core.middleware.SafeHeadersMiddleware",
    # Above the session: what goes into shared caches must not depend on who asks.
    "audit.middleware.OpenPagesMiddleware",
    "courts.middleware.CalendarFeedMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "accounts.middleware.SessionAgeMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.StepUpMiddleware",
    "core.middleware.NoStrayFilesMiddleware",
    "cases.middleware.PurposeMiddleware",
    # Below all that is about sessions and their people: in their place it puts a partner's system.
    "accounts.partner_access.PartnerSystemMiddleware",
    # Last, so that its block holds the view and the rendering of its template, nothing else.
    "audit.middleware.ReadingMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

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
                "desk.context.workspace",
            ],
        },
    }
]

# One alias a role: what a piece of code may do is decided by the connection it uses, below Python.
DATABASES = {
    "default": env.database("app"),
    "owner": env.database("owner"),
    "sequencer": env.database("sequencer"),
    "auditor": env.database("auditor"),
    "reporting": env.database("reporting"),
}
# An honest transaction must be short: the log takes one that stays open for five minutes as
# back-dated, and a lost request must not hold locks. The rest closes what PostgreSQL lets every
# login set for itself (ALTER ROLE … SET), so that no thief of the login prepares our sessions.
_APP_OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
_APP_OPTIONS["options"] = (
    f"{_APP_OPTIONS.get('options', '')} -c statement_timeout=120s "
    "-c idle_in_transaction_session_timeout=60s -c search_path=public -c row_security=on "
    "-c default_transaction_read_only=off"
).strip()
# Kept between requests: opening one takes longer than reading a list of cases
# (docs/benchmarks.md). Nothing of a request stays on it: every setting ends with its transaction.
for _kept in ("default", "auditor"):
    DATABASES[_kept] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DATABASE_ROUTERS = ["core.database_router.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.redis_url(),
        "KEY_PREFIX": "liwanag",
    }
}
# Whoever loads the settings has the application too, so that a service can send a job.
LIWANAG_CELERY_APP = celery_app
CELERY_BROKER_URL = env.redis_url()
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": "liwanag-celery:",
    "visibility_timeout": 3600,
}
# A request must not hang because Redis is away: the outbox sends again later.
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_PUBLISH_RETRY = False

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:my_work"
LOGOUT_REDIRECT_URL = "account_login"

# Behind a proxy everybody would share its address, and one attacker could use up the sign-ins of
# all; so the proxies of ours are counted.
ALLAUTH_TRUSTED_PROXY_COUNT = env.trusted_proxies
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Whoever asks in a stranger's name must not have us write to the stranger.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 30 * 60
MFA_ADAPTER = "accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# A passkey alone signs in, since it always asks for the screen lock of its device as well.
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "add_webauthn": "accounts.passkey_forms.AddPasskeyForm",
    "edit_webauthn": "accounts.passkey_forms.RenamePasskeyForm",
    "authenticate_webauthn": "accounts.passkey_forms.PasskeyForm",
    "reauthenticate_webauthn": "accounts.passkey_forms.PasskeyAgainForm",
    "login_webauthn": "accounts.passkey_forms.PasskeySignInForm",
    "authenticate": "accounts.factor_forms.CodeForm",
    "reauthenticate": "accounts.factor_forms.CodeAgainForm",
}
MFA_TOTP_ISSUER = "Workspace"
MFA_RECOVERY_CODE_COUNT = 10
# Once a minute is enough: accounts.middleware notes it.
USERSESSIONS_TRACK_ACTIVITY = False

# Minutes without a request before a session ends, and its longest life (R-P6).
SESSION_IDLE_MINUTES = 15
SESSION_MAX_HOURS = 8
# How long one second factor covers showing identities, taking data out and authorising.
STEP_UP_MINUTES = 30
# How long the link of an invitation opens, and how long before its last day an account is warned.
INVITATION_DAYS = 7
LAST_DAYS_WARNED = 14
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# What was typed when a session ended waits here, sealed, for its writer (accounts.kept_forms).
SESSION_COOKIE_AGE = 3 * 24 * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = False
CSRF_FAILURE_VIEW = "core.error_pages.csrf_failed"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.public_url.startswith("https://")
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if SESSION_COOKIE_SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": browsers then send forms with `Origin: null`, which the CSRF check must refuse.
# Other sites learn nothing either way (R-P5); our own addresses hold only random ids.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if SESSION_COOKIE_SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    CSRF_TRUSTED_ORIGINS = [env.public_url]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

# Files come in by import sheets and papers alone, each with a limit of its own (`takes_file`);
# they stay in memory and never reach the disk.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 21 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["core.uploads.MemoryOnlyUploadHandler"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fil", _("Filipino"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Manila"
USE_TZ = True

STATIC_URL = "/static/"
# Nothing is collected: the web server serves the built files where the build put them.
STATIC_ROOT = None
STATICFILES_DIRS = [BASE_DIR / "assets" / "dist"]
STORAGES = {
    "default": {"BACKEND": "core.uploads.NoStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

EMAIL_BACKEND = env.email_backend
DEFAULT_FROM_EMAIL = env.email_from
# A mail server that does not answer holds no worker for ever.
EMAIL_TIMEOUT = 20

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "core.api_paging.CalmPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "core.api.explain",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Liwanag",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": SCHEMA_NAMES,
}

# Partners' systems (docs/partner-api.md). Their tokens are kept as checksums (RFC 9700).
OAUTH2_PROVIDER = {
    "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
    "OAUTH2_VALIDATOR_CLASS": "accounts.partner_tokens.SystemValidator",
    "SCOPES_BACKEND_CLASS": "accounts.partner_tokens.SystemScopes",
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
}
LIWANAG_TOKENS_A_MINUTE = 30
LIWANAG_PARTNER_REQUESTS_A_MINUTE = 120
# For how long a key of an earlier submission is known again.
LIWANAG_SUBMISSION_KEY_DAYS = 30
LIWANAG_CERTIFICATE_HEADER = env.certificate_header
LIWANAG_CERTIFICATE_PROXIES = env.certificate_proxies

# guardian's tables hold the grants; its backend is not installed because `has_perm` on an object
# ignores the end date of a grant (architecture section 4).
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False

PGHISTORY_CONTEXT_FIELD = None
PGHISTORY_OBJ_FIELD = None
PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE = False
PGTRIGGER_SCHEMA_EDITOR = True

# Values never enter the log: only where, what kind and which request.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"no_values": {"()": "core.logs.WithoutValues"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["no_values"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"liwanag": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}
DEFAULT_EXCEPTION_REPORTER_FILTER = "core.logs.NothingReported"

TEST_RUNNER = "django.test.runner.DiscoverRunner"
