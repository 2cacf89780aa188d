from typing import Any

from django.db import migrations
from django.utils import timezone

MOVE = "standings.move"


def ask_anew(apps: Any, schema_editor: Any) -> None:
    """Have worked out anew what was kept as if a whole day began at midnight in UTC wherever the team is."""
    alias = schema_editor.connection.alias
    owners = apps.get_model("web", "User").objects.using(alias).filter(role="owner", is_active=True)
    zone = owners.order_by("pk").values_list("zone", flat=True).first()
    if zone not in (None, "", "UTC") and apps.get_model("web", "Touch").objects.using(alias).exists():
        apps.get_model("web", "Job").objects.using(alias).create(
            kind=MOVE, payload={}, due_at=timezone.now(), dedupe_key=MOVE
        )


class Migration(migrations.Migration):
    dependencies = [
        ('web', '0011_edits'),
    ]

    operations = [migrations.RunPython(ask_anew, migrations.RunPython.noop)]
