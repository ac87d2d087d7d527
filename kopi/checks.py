"""What a real ward's server must have before it starts. The demo is spared; commands such as migrate always run."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured


def refuse_insecure() -> None:
    """Raise ImproperlyConfigured with every reason, one sentence each, unless this is the demo or somebody's desk."""
    if settings.DEMO or (settings.DEBUG and not settings.HTTPS):
        return
    found = checks.run_checks(include_deployment_checks=True)
    reasons = [message for message in found if message.level >= checks.WARNING and not message.is_silenced()]
    if reasons:
        raise ImproperlyConfigured(
            "Kopi does not start, because this is not the demo and:\n"
            + "\n".join(
                f"- {reason.msg} ({reason.id})" + (f" {reason.hint}" if reason.hint else "")
                for reason in reasons
            )
        )


@checks.register(checks.Tags.security, deploy=True)
def whoever_deploys(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Mistakes which Django's own deployment checks let through."""
    found: list[checks.CheckMessage] = []
    if not settings.HTTPS:
        found.append(
            checks.Warning(
                "KOPI_URL is not an https address.",
                hint="Put a proxy with a certificate in front and set KOPI_URL=https://your.host.",
                id="kopi.W001",
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(checks.Warning("KOPI_HOSTS lets any name in.", hint="Name the hosts.", id="kopi.W002"))
    if settings.HTTPS and not settings.BEHIND_PROXY:
        found.append(
            checks.Warning(
                "KOPI_URL is https, but nothing is said to end TLS, so that every page would redirect to itself.",
                hint="Set KOPI_BEHIND_PROXY=1 once a proxy in front sets X-Forwarded-Proto and X-Forwarded-For itself.",
                id="kopi.W003",
            )
        )
    if settings.FROM_SOURCE:
        found.append(
            checks.Warning(
                "The static files are not built.", hint="Run manage.py collectstatic.", id="kopi.W004"
            )
        )
    if settings.EMAIL_BACKEND.startswith(
        "django.core.mail.backends."
    ) and not settings.EMAIL_BACKEND.endswith(("smtp.EmailBackend", "filebased.EmailBackend")):
        found.append(
            checks.Warning("EMAIL_URL sends mail to nobody.", hint="Name an SMTP server.", id="kopi.W005")
        )
    return found
