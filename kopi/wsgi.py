"""The door for web servers. It stays shut while the settings are insecure."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kopi.settings")

application = get_wsgi_application()

from kopi.checks import refuse_insecure  # noqa: E402  the rooms must be there before they can be checked

refuse_insecure()
