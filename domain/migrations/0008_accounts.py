"""Accounts with wallets and system products, emergency locations, and the states of organizations."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from domain.billing.models import AccountKind, CreditTerms, EntryKind
from domain.organizations.models import BillingMode
from domain.organizations.states import OrganizationState

# What customers and distributors are created with, for those that are there already.
BACKFILL = (
    (
        "UPDATE organizations SET billing_mode = 'ENTERPRISE' WHERE kind = 'CUSTOMER' AND billing_mode IS NULL",
        "SELECT 1",
    ),
    (
        """
        INSERT INTO accounts (id, organization_id, scope, kind, position, name, name_key, currency, is_invoiced,
                              credit_terms, credit_limit_minor, balance_minor, held_minor, created_at)
        SELECT gen_random_uuid(), o.id, o.scope, a.kind, a.position, o.name || a.suffix,
               left(o.name_key || lower(a.suffix), 211), o.currency, a.position = 0, 'UNLIMITED', 0, 0, 0, now()
        FROM organizations o CROSS JOIN (VALUES ('ENTERPRISE', 0, ' Enterprise'), ('GROUP', 1, '')) AS a(kind, position, suffix)
        WHERE o.kind = 'CUSTOMER'
        """,
        "DELETE FROM accounts",
    ),
    (
        """
        INSERT INTO products (id, organization_id, scope, key, name, description, type, status, orderability,
                              order_otherwise, provisioner, parameter_schema, is_system, created_at)
        SELECT gen_random_uuid(), o.id, o.scope, s.key, s.name, s.description, 'CONNECTOR', 'ACTIVE', 'CLOSED',
               'It comes with the account by itself.', 'none', '{"type": "object", "additionalProperties": false}', true, now()
        FROM organizations o CROSS JOIN (VALUES
            ('enterprise-link', 'Enterprise link', 'Connects an enterprise account with its systems.'),
            ('group-link', 'Group link', 'Connects a group account with its systems.'),
            ('retail-rates', 'Retail rates', 'The rates by which the use of a group account is charged.')
        ) AS s(key, name, description)
        WHERE o.kind = 'DISTRIBUTOR' ON CONFLICT (organization_id, key) DO NOTHING
        """,
        "DELETE FROM products WHERE is_system",
    ),
    (
        """
        INSERT INTO plans (id, product_id, scope, key, name, rank, max_quantity, created_at)
        SELECT gen_random_uuid(), p.id, p.scope, 'standard', 'Standard', 1, 1, now() FROM products p WHERE p.is_system
        ON CONFLICT (product_id, key) DO NOTHING
        """,
        "DELETE FROM plans p USING products d WHERE d.id = p.product_id AND d.is_system",
    ),
    (
        """
        INSERT INTO subscriptions (id, organization_id, scope, account_id, product_id, plan_id, quantity, state,
                                   sales_model, cycle_multiplier, currency, tier_unit_minor, auto_renew, is_protected,
                                   term_start, created_at)
        SELECT gen_random_uuid(), a.organization_id, a.scope, a.id, p.id, n.id, 1, 'ACTIVE', 'ONE_TIME', 1, a.currency,
               array_fill(0::bigint, ARRAY[length(a.scope) - length(replace(a.scope, '.', '')) - 1]), false, true,
               current_date, now()
        FROM accounts a
        JOIN products p ON p.is_system AND p.scope = split_part(a.scope, '.', 1) || '.'
                       AND (p.key = 'enterprise-link') = (a.kind = 'ENTERPRISE')
        JOIN plans n ON n.product_id = p.id AND n.key = 'standard'
        """,
        "DELETE FROM subscriptions WHERE is_protected",
    ),
)


class Migration(migrations.Migration):
    dependencies = [("provender", "0007_people")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Account",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "provender.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="ENTERPRISE: ENTERPRISE\nGROUP: GROUP", enum_type=AccountKind, max_length=16
                    ),
                ),
                ("position", fields.IntField()),
                ("name", fields.CharField(max_length=211)),
                ("name_key", fields.CharField(max_length=211)),
                ("currency", fields.CharField(max_length=3)),
                ("is_invoiced", fields.BooleanField()),
                (
                    "credit_terms",
                    fields.CharEnumField(
                        description="UNLIMITED: UNLIMITED\nPREPAID: PREPAID\nPOSTPAID: POSTPAID",
                        enum_type=CreditTerms,
                        max_length=16,
                    ),
                ),
                ("credit_limit_minor", fields.BigIntField()),
                ("balance_minor", fields.BigIntField()),
                ("held_minor", fields.BigIntField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "accounts",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "A customer's account: `position` 0 is its enterprise account, the groups count from 1.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="EmergencyLocation",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "provender.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                ("name", fields.CharField(max_length=100)),
                ("name_key", fields.CharField(max_length=100)),
                ("phone", fields.CharField(max_length=16)),
                ("street", fields.CharField(max_length=200)),
                ("details", fields.CharField(null=True, max_length=200)),
                ("postal_code", fields.CharField(max_length=20)),
                ("city", fields.CharField(max_length=100)),
                ("region", fields.CharField(null=True, max_length=100)),
                ("country", fields.CharField(max_length=2)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "emergency_locations",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "Where emergency services are sent to: one row a site of an organization; `phone` is its main number, E.164.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="WalletEntry",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "account",
                    fields.ForeignKeyField(
                        "provender.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="TOP_UP: TOP_UP\nCREDIT: CREDIT\nHOLD: HOLD\nRELEASE: RELEASE\nCHARGE: CHARGE",
                        enum_type=EntryKind,
                        max_length=16,
                    ),
                ),
                ("amount_minor", fields.BigIntField()),
                ("available_minor", fields.BigIntField()),
                ("currency", fields.CharField(max_length=3)),
                ("order_id", fields.UUIDField(null=True)),
                ("note", fields.CharField(null=True, max_length=200)),
                ("created_by", fields.CharField(max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "wallet_entries",
                "app": "provender",
                "indexes": [
                    Index(fields=["scope", "id"]),
                    Index(fields=["account_id", "id"]),
                    Index(fields=["order_id"]),
                ],
                "pk_attr": "id",
                "table_description": "One change of what an account has at its disposal; never changed, never removed.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Organization",
            name="billing_mode",
            field=fields.CharEnumField(
                null=True, description="ENTERPRISE: ENTERPRISE\nGROUP: GROUP", enum_type=BillingMode, max_length=16
            ),
        ),
        ops.AddField(
            model_name="Organization",
            name="invoice_emails",
            field=ArrayField(db_default=[], element_type="TEXT"),
        ),
        ops.AddField(
            model_name="Organization",
            name="notes",
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name="Organization",
            name="phone",
            field=fields.CharField(null=True, max_length=16),
        ),
        ops.AddField(
            model_name="Organization",
            name="state",
            field=fields.CharEnumField(
                description="ACTIVE: ACTIVE\nSUSPENDED: SUSPENDED\nCLOSED: CLOSED",
                db_default="ACTIVE",
                enum_type=OrganizationState,
                max_length=16,
            ),
        ),
        ops.AddField(
            model_name="Product",
            name="is_system",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AlterField(
            model_name="Subscription",
            name="order_id",
            field=fields.UUIDField(null=True),
        ),
        ops.AlterField(
            model_name="Subscription",
            name="order_line_id",
            field=fields.UUIDField(null=True, unique=True),
        ),
        ops.AddField(
            model_name="Subscription",
            name="account_id",
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name="Subscription",
            name="is_protected",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddConstraint(
            "Account", UniqueConstraint(fields=("organization_id", "position"), name="accounts_position")
        ),
        ops.AddConstraint("Account", UniqueConstraint(fields=("organization_id", "name_key"), name="accounts_name")),
        ops.AddConstraint("Account", CheckConstraint(check="credit_limit_minor >= 0", name="accounts_credit_limit")),
        ops.AddConstraint("Account", CheckConstraint(check="held_minor >= 0", name="accounts_held")),
        ops.AddConstraint(
            "EmergencyLocation",
            UniqueConstraint(fields=("organization_id", "name_key"), name="emergency_locations_name"),
        ),
        ops.AddConstraint(
            "WalletEntry",
            CheckConstraint(check="kind <> 'HOLD' OR available_minor >= 0", name="wallet_entries_covered"),
        ),
        *(
            ops.RunSQL(
                f'ALTER TABLE "{table}" ALTER COLUMN scope TYPE text COLLATE "C"',
                reverse_sql=f'ALTER TABLE "{table}" ALTER COLUMN scope TYPE text',
            )
            for table in ("accounts", "emergency_locations", "wallet_entries")
        ),
        *(ops.RunSQL(forward, reverse_sql=back) for forward, back in BACKFILL),
    ]
