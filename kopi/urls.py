"""Every address of Kopi, room by room."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from kopi import health, views

ROOMS = [
    "wards",
    "outbox",
    "sessions_app",
    "feedback",
    "tickets",
    "intake",
    "residents",
    "dashboards",
    "papers",
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.welcome, name="welcome"),
    path("accounts/demo/", views.demo_sign_in, name="demo_sign_in"),
    path("accounts/", include("allauth.urls")),
    path("app/", views.home, name="home"),
    path("app/me/", views.me, name="me"),
    path("looks/", views.looks, name="looks"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    *[path("", include(f"{room}.urls")) for room in ROOMS if find_spec(f"{room}.urls")],
]

handler400 = "kopi.views.bad_request"
