"""The pages of leaders, of the province and of administrators."""

from django.urls import path

from dashboards.views import messages, promises, region, ward

urlpatterns = [
    path("app/promises/", promises.promises, name="promises"),
    path("app/ward/", ward.ward, name="ward"),
    path("app/ward/rows/<slug:figure>/", ward.rows, name="ward_rows"),
    path("app/region/", region.region, name="region"),
    path("app/messages/", messages.messages, name="messages"),
    path("app/messages/<uuid:uuid>/", messages.message, name="message"),
    path("app/messages/<uuid:uuid>/again/", messages.again, name="message_again"),
]
