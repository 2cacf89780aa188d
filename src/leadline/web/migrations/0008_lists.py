from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

import django.db.models.deletion
from django.db import migrations, models

if TYPE_CHECKING:
    from leadline.engine.kinds import Kinds

# What writes rows is imported by what writes them: every command reads this file, to know what the database lacks.


def keep_values(apps: Any, schema_editor: Any) -> None:
    """Write the values of one's own fields, to be looked for."""
    from leadline.web.warehouse.values import values_of

    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute(values_of('web_contact', sqlite=connection.vendor == 'sqlite'))


def hold_facts(apps: Any, schema_editor: Any) -> None:
    """Write when facts hold of everybody."""
    connection = schema_editor.connection
    rows = _held(apps, connection.alias, time.time_ns() // 1000)
    statement = 'INSERT INTO web_heldfact (contact_id, name, since, until) VALUES (%s, %s, %s, %s)'
    with connection.cursor() as cursor:
        while some := list(islice(rows, 10_000)):
            cursor.executemany(statement, some)
    if connection.vendor == 'postgresql':  # which makes no index while rows wait to be checked
        connection.check_constraints()


def _held(apps: Any, alias: str, now: int) -> Iterator[tuple[int, str, int, int]]:
    from leadline.engine.kinds import Kinds
    from leadline.web.actions.held_facts import atoms, times

    kinds = Kinds.shipped()
    known = atoms(kinds)
    for contact, life in _lives(apps, alias, kinds, sorted({c for a in known.values() for c in a.kinds | a.since})):
        for name, atom in known.items():
            yield from ((contact, name, since, until) for since, until in times(atom, life) if until > max(since, now))


def _lives(apps: Any, alias: str, kinds: Kinds, codes: list[int]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """What happened with each contact; with whoever was merged, and whom they were merged into, at the end."""
    code_of = {kinds.kinds[code].name: code for code in codes}
    people = apps.get_model('web', 'Contact').objects.using(alias).filter(merged_into__isnull=False)
    same = dict(people.values_list('pk', 'merged_into'))
    touches = apps.get_model('web', 'Touch').objects.using(alias)
    told = touches.filter(kind__in=code_of, in_force=True, machine=False, retracts=None, contact__isnull=False)
    # a sum has no index, so that the table is read once as it lies there
    rows = told.order_by(models.F('contact_id') + 0).values_list('contact_id', 'happened_at', 'kind')
    apart: dict[int, list[tuple[int, int]]] = {number: [] for number in same.values()}
    for contact, some in groupby(rows.iterator(chunk_size=10_000), lambda row: row[0]):
        life = [(at, code_of[kind]) for _, at, kind in some]
        if (kept := same.get(contact, contact)) in apart:
            apart[kept] += life
        else:
            yield contact, sorted(life)
    yield from ((contact, sorted(life)) for contact, life in apart.items())


class Migration(migrations.Migration):

    dependencies = [
        ('web', '0007_lists'),
    ]

    operations = [
        migrations.CreateModel(
            name='FieldValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(max_length=60)),
                ('text', models.CharField(max_length=200, null=True)),
                ('number', models.FloatField(null=True)),
                ('cut', models.BooleanField(default=False)),
                ('contact', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='web.contact')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('contact', 'field'), name='field_value_once')],
            },
        ),
        migrations.CreateModel(
            name='HeldFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('since', models.BigIntegerField()),
                ('until', models.BigIntegerField()),
                ('contact', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='web.contact')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('contact', 'name', 'since'), name='held_fact_once')],
            },
        ),
        migrations.RunPython(keep_values, migrations.RunPython.noop),
        migrations.RunPython(hold_facts, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='fieldvalue',
            index=models.Index(condition=models.Q(('text__isnull', False)), fields=['field', 'text', 'contact'], name='field_value_text'),
        ),
        migrations.AddIndex(
            model_name='fieldvalue',
            index=models.Index(condition=models.Q(('number__isnull', False)), fields=['field', 'number', 'contact'], name='field_value_number'),
        ),
        migrations.AddIndex(
            model_name='fieldvalue',
            index=models.Index(condition=models.Q(('cut', True)), fields=['field', 'contact'], name='field_value_cut'),
        ),
        migrations.AddIndex(
            model_name='heldfact',
            index=models.Index(fields=['name', 'contact', 'since', 'until'], name='held_fact'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('owner__isnull', True)), fields=['owner', 'team', 'last_touch_at', 'id'], name='contact_touched_no'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('owner__isnull', True)), fields=['owner', 'team', 'name_small', 'id'], name='contact_named_no'),
        ),
        migrations.AddIndex(
            model_name='standing',
            index=models.Index(fields=['funnel', 'entered_at', 'contact', 'stage'], name='standing_placed'),
        ),
        migrations.AddIndex(
            model_name='standing',
            index=models.Index(fields=['funnel', 'owner', 'entered_at', 'contact', 'stage'], name='standing_placed_own'),
        ),
        migrations.AddIndex(
            model_name='standing',
            index=models.Index(fields=['funnel', 'team', 'entered_at', 'contact', 'stage'], name='standing_placed_team'),
        ),
        migrations.AddIndex(
            model_name='standing',
            index=models.Index(condition=models.Q(('owner__isnull', True)), fields=['funnel', 'owner', 'team', 'stage', 'entered_at', 'contact'], name='standing_entered_no'),
        ),
        migrations.AddIndex(
            model_name='standing',
            index=models.Index(condition=models.Q(('owner__isnull', True)), fields=['funnel', 'owner', 'team', 'entered_at', 'contact', 'stage'], name='standing_placed_no'),
        ),
        migrations.AddIndex(
            model_name='standing',
            index=models.Index(condition=models.Q(('owner__isnull', True)), fields=['funnel', 'owner', 'team', 'stage', 'last_touch_at', 'contact'], name='standing_touched_no'),
        ),
        migrations.RunSQL(
            'CREATE INDEX contact_tags_tagged ON web_contact_tags (tag_id, contact_id)',
            'DROP INDEX contact_tags_tagged',
        ),
    ]
