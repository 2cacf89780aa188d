import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('web', '0003_rank'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(  # an index less: SQLite would write millions of touches anew
            state_operations=[
                migrations.AlterField(
                    model_name='touch',
                    name='contact',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='touches', to='web.contact'),
                ),
                migrations.AlterField(
                    model_name='touch',
                    name='retracts',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='retractions', to='web.touch'),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    'DROP INDEX web_touch_contact_id_0a95bd84',
                    'CREATE INDEX web_touch_contact_id_0a95bd84 ON web_touch (contact_id)',
                ),
                migrations.RunSQL(
                    'DROP INDEX web_touch_retracts_id_bc44f791',
                    'CREATE INDEX web_touch_retracts_id_bc44f791 ON web_touch (retracts_id)',
                ),
            ],
        ),
        migrations.AddIndex(
            model_name='touch',
            index=models.Index(condition=models.Q(('retracts__isnull', False)), fields=['retracts'], name='touch_retracts'),
        ),
    ]
