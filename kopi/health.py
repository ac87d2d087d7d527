"""Whether the house is well: for supervisors and load balancers, without sign-in."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from outbox.models import Message


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers and the database is reached; says how long the oldest due message waits."""
    at = timezone.now()
    try:
        oldest = (
            Message.objects.deliverable(at)
            .order_by("send_after")
            .values_list("send_after", flat=True)
            .first()
        )
    except DatabaseError:
        return JsonResponse({"ok": False, "database": "out of reach"}, status=503)
    waiting = round((at - oldest).total_seconds()) if oldest else 0
    return JsonResponse({"ok": True, "database": "reached", "oldest_due_message_seconds": waiting})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 once the database has every table this code expects."""
    try:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return JsonResponse({"ready": False, "database": "out of reach"}, status=503)
    return JsonResponse({"ready": not missing, "missing_migrations": missing}, status=503 if missing else 200)
