import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('journal', '0006_drafts_signoffs_and_approvals'),
    ]

    operations = [
        migrations.CreateModel(
            name='DispatchRow',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('release', models.TextField()),
                ('manifest_sha256', models.TextField()),
                ('recipient', models.TextField()),
                ('way', models.TextField()),
                ('attempt', models.IntegerField()),
                ('marking', models.TextField()),
                ('files', models.TextField()),
                ('bytes', models.BigIntegerField()),
                ('by', models.TextField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'journal_dispatch',
                'constraints': [models.UniqueConstraint(fields=('release', 'manifest_sha256', 'recipient', 'way', 'attempt'), name='dispatch_attempt')],
            },
        ),
        migrations.CreateModel(
            name='DispatchStepRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('state', models.TextField()),
                ('answer', models.TextField()),
                ('reason', models.TextField()),
                ('by', models.TextField()),
                ('at', models.DateTimeField()),
                ('dispatch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='journal.dispatchrow')),
            ],
            options={
                'db_table': 'journal_dispatch_step',
                'constraints': [models.UniqueConstraint(fields=('dispatch', 'number'), name='dispatch_step_number')],
            },
        ),
    ]
