"""The words that the search box finds organizations and contracts by, and the digits for numbers."""

from tortoise import migrations
from tortoise.migrations import operations as ops

# Locale-free: letters are what is none of these. Names come folded (`name_key`), the rest is lowered.
_SEPARATORS = r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u3003]+"
_WORDS_OF = r"""
CREATE FUNCTION search_words_of(given text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  WITH folded AS (SELECT lower(regexp_replace(normalize(given, NFKD), '[\u0300-\u036f]', '', 'g')) AS text)
  SELECT left(regexp_replace(chunk, 'SEPARATORS', '', 'g'), 64) AS word
  FROM folded, regexp_split_to_table(folded.text, '\s+') AS chunk
  WHERE regexp_replace(chunk, 'SEPARATORS', '', 'g') <> ''
  UNION
  SELECT left(part, 64) FROM folded, regexp_split_to_table(folded.text, 'SEPARATORS') AS part WHERE part <> ''
$$
""".replace("SEPARATORS", _SEPARATORS)
# One row a word and organization on the path down to whose it is: a subtree's words are one range of the key.
_TABLE = """
CREATE TABLE search_words (
  node bigint NOT NULL, word varchar(64) COLLATE "C" NOT NULL, kind smallint NOT NULL, target_id uuid NOT NULL,
  PRIMARY KEY (node, word, kind, target_id))
"""
# What of a row is found: (kind, text); the kinds are domain.search.rules.STORED.
_FOUND = {
    "organizations": "(1, {row}.name_key), (2, {row}.reference)",
    "contracts": "(3, {row}.number), (4, {row}.external_reference)",
}
_COLUMNS = {"organizations": "name_key, reference, scope", "contracts": "number, external_reference, scope"}


def _words(table: str, row: str, source: str) -> str:
    return f"""
      SELECT node::bigint, word, found.kind, {row}.id
      FROM {source} CROSS JOIN LATERAL (VALUES {_FOUND[table].format(row=row)}) AS found(kind, text)
      CROSS JOIN LATERAL search_words_of(found.text) AS word
      CROSS JOIN LATERAL unnest(string_to_array(rtrim({row}.scope, '.'), '.')) AS node
      WHERE found.text IS NOT NULL
    """  # noqa: S608 - constants


def _functions(table: str) -> list[ops.RunSQL]:
    added = f"""
    CREATE FUNCTION {table}_search_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO search_words {_words(table, "fresh", "fresh")} ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$
    """
    changed = f"""
    CREATE FUNCTION {table}_search_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      DELETE FROM search_words AS w USING ({_words(table, "old", "(SELECT 1) AS one")}) AS gone(node, word, kind, id)
      WHERE (w.node, w.word, w.kind, w.target_id) = (gone.node, gone.word, gone.kind, gone.id);
      INSERT INTO search_words {_words(table, "new", "(SELECT 1) AS one")} ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$
    """  # noqa: S608 - constants
    return [
        ops.RunSQL(added, reverse_sql=f"DROP FUNCTION {table}_search_added"),
        ops.RunSQL(changed, reverse_sql=f"DROP FUNCTION {table}_search_changed"),
        ops.RunSQL(
            f"CREATE TRIGGER search_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_search_added()",
            reverse_sql=f"DROP TRIGGER search_added ON {table}",
        ),
        ops.RunSQL(
            f"CREATE TRIGGER search_changed AFTER UPDATE OF {_COLUMNS[table]} ON {table} "
            f"FOR EACH ROW WHEN (({', '.join(f'old.{name}' for name in _COLUMNS[table].split(', '))}) IS DISTINCT FROM "
            f"({', '.join(f'new.{name}' for name in _COLUMNS[table].split(', '))})) "
            f"EXECUTE FUNCTION {table}_search_changed()",
            reverse_sql=f"DROP TRIGGER search_changed ON {table}",
        ),
        ops.RunSQL(
            f"INSERT INTO search_words {_words(table, 't', f'{table} AS t')} ON CONFLICT DO NOTHING", reverse_sql=""
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("provender", "0015_order_terms"), ("provender", "0014_bulk")]

    initial = False

    operations = [
        ops.RunSQL(_WORDS_OF, reverse_sql="DROP FUNCTION search_words_of"),
        ops.RunSQL(_TABLE, reverse_sql="DROP TABLE search_words"),
        *_functions("organizations"),
        *_functions("contracts"),
        ops.RunSQL(
            'CREATE INDEX numbers_digits ON numbers ((reverse(e164)) COLLATE "C", scope, id) '
            "WHERE state = 'ASSIGNED'",
            reverse_sql="DROP INDEX numbers_digits",
        ),
    ]
