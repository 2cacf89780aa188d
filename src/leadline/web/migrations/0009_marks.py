from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def carry(apps: Any, schema_editor: Any) -> None:
    """Give the marks of contacts the owner and the team of their contact."""
    connection = schema_editor.connection
    contact = apps.get_model('web', 'Contact').objects.filter(pk=models.OuterRef('contact'))
    marks = apps.get_model('web', 'Mark').objects.using(connection.alias)
    marks.update(**{name: models.Subquery(contact.values(name)) for name in ('owner', 'team')})
    if connection.vendor == 'postgresql':  # which makes no index while checks are outstanding
        connection.check_constraints()


class Migration(migrations.Migration):

    dependencies = [
        ('web', '0008_lists'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Mark',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='web.contact')),
                        ('tag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='web.tag')),
                    ],
                    options={
                        'db_table': 'web_contact_tags',
                        'unique_together': {('contact', 'tag')},
                        'indexes': [models.Index(fields=['tag', 'contact'], name='contact_tags_tagged')],
                    },
                ),
                migrations.AlterField(
                    model_name='contact',
                    name='tags',
                    field=models.ManyToManyField(blank=True, related_name='contacts', through='web.Mark', to='web.tag'),
                ),
            ],
        ),
        migrations.AlterField(
            model_name='mark',
            name='contact',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='web.contact'),
        ),
        migrations.AlterField(
            model_name='mark',
            name='tag',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='web.tag'),
        ),
        migrations.AddField(
            model_name='mark',
            name='owner',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mark',
            name='team',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='web.team'),
        ),
        migrations.RunPython(carry, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='mark',
            index=models.Index(fields=['tag', 'owner', 'team', 'contact'], name='contact_tags_own'),
        ),
        migrations.AddIndex(
            model_name='mark',
            index=models.Index(fields=['tag', 'team', 'owner', 'contact'], name='contact_tags_team'),
        ),
    ]
