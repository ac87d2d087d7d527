"""The table in which the default set-up keeps its cache and its limits, so that plain `migrate` is enough."""

from django.core.management import call_command
from django.db import migrations


def make(apps, schema_editor):
    call_command("createcachetable", "kopi_cache", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
