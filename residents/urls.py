"""Public addresses: short enough for a slip."""

from django.urls import path

from residents import views, ward_views

urlpatterns = [
    path("s/", views.slip_lookup, name="slip_lookup"),
    path("s/<str:code>/", views.slip_status, name="slip_status"),
    path("s/<str:code>/photo/<uuid:uuid>/", views.slip_photo, name="slip_photo"),
    path("s/<str:code>/verdict/", views.verdict, name="slip_verdict"),
    path("s/<str:code>/appeal/", views.appeal, name="slip_appeal"),
    path("s/<str:code>/answer/", views.answer, name="slip_answer"),
    path("s/<str:code>/follow/", views.follow, name="slip_follow"),
    path("p/<str:token>/", views.slip_status, name="slip_token"),
    path("p/<str:token>/verdict/", views.verdict, name="token_verdict"),
    path("p/<str:token>/appeal/", views.appeal, name="token_appeal"),
    path("p/<str:token>/answer/", views.answer, name="token_answer"),
    path("p/<str:token>/follow/", views.follow, name="token_follow"),
    path("w/<str:code>/", ward_views.ward_public, name="ward_public"),
    path("w/<str:code>/sessions/", ward_views.ward_sessions, name="ward_sessions"),
]
