from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('web', '0013_deals_of_touches'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='ask',
            index=models.Index(condition=models.Q(('owner__isnull', True)), fields=['answer', 'owner', 'team', 'asked_at', 'currency', 'amount', 'contact'], name='ask_asked_no'),
        ),
        migrations.AddIndex(
            model_name='ask',
            index=models.Index(condition=models.Q(('owner__isnull', True)), fields=['answer', 'owner', 'team', 'answered_at', 'currency', 'amount', 'contact'], name='ask_answered_no'),
        ),
        migrations.AddIndex(
            model_name='ask',
            index=models.Index(condition=models.Q(('owner__isnull', True)), fields=['answer', 'owner', 'team', 'expected_on', 'asked_at', 'currency', 'amount', 'contact'], name='ask_expected_no'),
        ),
        migrations.AddIndex(
            model_name='nextstep',
            index=models.Index(condition=models.Q(('owner__isnull', True)), fields=['sort', 'owner', 'team', 'since', 'contact'], name='next_step_latest_no'),
        ),
        migrations.AddIndex(
            model_name='nextstep',
            index=models.Index(condition=models.Q(('owner__isnull', True)), fields=['sort', 'owner', 'team', 'rank', 'id'], name='next_step_rank_no'),
        ),
    ]
