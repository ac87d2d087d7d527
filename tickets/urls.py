from django.urls import path, register_converter

from tickets import views, views_steps


class NumberConverter:
    """The human number of a ticket: 25760-2026-000123."""

    regex = "[0-9A-Za-z._-]{1,40}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NumberConverter, "number")

urlpatterns = [
    path("app/inbox/", views.inbox, name="inbox"),
    path("app/tickets/", views.tickets, name="tickets"),
    path("app/tickets/<number:number>/", views.ticket, name="ticket"),
    path("app/tickets/<number:number>/contact/", views_steps.contact, name="ticket_contact"),
    path("app/tickets/<number:number>/told/", views_steps.told, name="ticket_told"),
    path("app/tickets/<number:number>/undo/", views_steps.undo, name="ticket_undo"),
    path("app/tickets/<number:number>/<slug:verb>/", views_steps.take, name="ticket_step"),
]
