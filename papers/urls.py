"""Made to be printed."""

from django.urls import path

from papers import views

urlpatterns = [
    path("app/slips/<str:code>/", views.slip, name="slip_print"),
    path("app/slips/<str:code>/reissue/", views.reissue, name="reissue_slip"),
]
