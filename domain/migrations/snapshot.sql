-- Written by `make snapshot`.
CREATE FUNCTION public.charges_are_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.invoice_id IS NULL
     AND (to_jsonb(NEW) - 'invoice_id') = (to_jsonb(OLD) - 'invoice_id') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'charges are never changed or removed: write another' USING ERRCODE = 'restrict_violation';
END
$$;

CREATE FUNCTION public.contracts_search_added() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
      INSERT INTO search_words 
      SELECT node::bigint, word, found.kind, fresh.id
      FROM fresh CROSS JOIN LATERAL (VALUES (3, fresh.number), (4, fresh.external_reference)) AS found(kind, text)
      CROSS JOIN LATERAL search_words_of(found.text) AS word
      CROSS JOIN LATERAL unnest(string_to_array(rtrim(fresh.scope, '.'), '.')) AS node
      WHERE found.text IS NOT NULL
     ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$;

CREATE FUNCTION public.contracts_search_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
      DELETE FROM search_words AS w USING (
      SELECT node::bigint, word, found.kind, old.id
      FROM (SELECT 1) AS one CROSS JOIN LATERAL (VALUES (3, old.number), (4, old.external_reference)) AS found(kind, text)
      CROSS JOIN LATERAL search_words_of(found.text) AS word
      CROSS JOIN LATERAL unnest(string_to_array(rtrim(old.scope, '.'), '.')) AS node
      WHERE found.text IS NOT NULL
    ) AS gone(node, word, kind, id)
      WHERE (w.node, w.word, w.kind, w.target_id) = (gone.node, gone.word, gone.kind, gone.id);
      INSERT INTO search_words 
      SELECT node::bigint, word, found.kind, new.id
      FROM (SELECT 1) AS one CROSS JOIN LATERAL (VALUES (3, new.number), (4, new.external_reference)) AS found(kind, text)
      CROSS JOIN LATERAL search_words_of(found.text) AS word
      CROSS JOIN LATERAL unnest(string_to_array(rtrim(new.scope, '.'), '.')) AS node
      WHERE found.text IS NOT NULL
     ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$;

CREATE FUNCTION public.invoices_are_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE moving text[] := ARRAY['state', 'paid_minor', 'paid_at', 'voided_at', 'void_reason', 'credit_note_number'];
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'invoices' AND (to_jsonb(NEW) - moving) = (to_jsonb(OLD) - moving) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE FUNCTION public.organizations_search_added() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
      INSERT INTO search_words 
      SELECT node::bigint, word, found.kind, fresh.id
      FROM fresh CROSS JOIN LATERAL (VALUES (1, fresh.name_key), (2, fresh.reference)) AS found(kind, text)
      CROSS JOIN LATERAL search_words_of(found.text) AS word
      CROSS JOIN LATERAL unnest(string_to_array(rtrim(fresh.scope, '.'), '.')) AS node
      WHERE found.text IS NOT NULL
     ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$;

CREATE FUNCTION public.organizations_search_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
      DELETE FROM search_words AS w USING (
      SELECT node::bigint, word, found.kind, old.id
      FROM (SELECT 1) AS one CROSS JOIN LATERAL (VALUES (1, old.name_key), (2, old.reference)) AS found(kind, text)
      CROSS JOIN LATERAL search_words_of(found.text) AS word
      CROSS JOIN LATERAL unnest(string_to_array(rtrim(old.scope, '.'), '.')) AS node
      WHERE found.text IS NOT NULL
    ) AS gone(node, word, kind, id)
      WHERE (w.node, w.word, w.kind, w.target_id) = (gone.node, gone.word, gone.kind, gone.id);
      INSERT INTO search_words 
      SELECT node::bigint, word, found.kind, new.id
      FROM (SELECT 1) AS one CROSS JOIN LATERAL (VALUES (1, new.name_key), (2, new.reference)) AS found(kind, text)
      CROSS JOIN LATERAL search_words_of(found.text) AS word
      CROSS JOIN LATERAL unnest(string_to_array(rtrim(new.scope, '.'), '.')) AS node
      WHERE found.text IS NOT NULL
     ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$;

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION '% is written once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION public.search_words_of(given text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  WITH folded AS (SELECT lower(regexp_replace(normalize(given, NFKD), '[\u0300-\u036f]', '', 'g')) AS text)
  SELECT left(regexp_replace(chunk, '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u3003]+', '', 'g'), 64) AS word
  FROM folded, regexp_split_to_table(folded.text, '\s+') AS chunk
  WHERE regexp_replace(chunk, '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u3003]+', '', 'g') <> ''
  UNION
  SELECT left(part, 64) FROM folded, regexp_split_to_table(folded.text, '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u3003]+') AS part WHERE part <> ''
$$;

CREATE TABLE public.accounts (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    kind character varying(16) NOT NULL,
    "position" integer NOT NULL,
    name character varying(211) NOT NULL,
    name_key character varying(211) NOT NULL,
    currency character varying(3) NOT NULL,
    is_invoiced boolean NOT NULL,
    credit_terms character varying(16) NOT NULL,
    credit_limit_minor bigint NOT NULL,
    balance_minor bigint NOT NULL,
    held_minor bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    organization_id uuid NOT NULL,
    CONSTRAINT accounts_credit_limit CHECK ((credit_limit_minor >= 0)),
    CONSTRAINT accounts_held CHECK ((held_minor >= 0))
);

COMMENT ON TABLE public.accounts IS 'A customer''s account: `position` 0 is its enterprise account, the groups count from 1.';

COMMENT ON COLUMN public.accounts.kind IS 'ENTERPRISE: ENTERPRISE\nGROUP: GROUP';

COMMENT ON COLUMN public.accounts.credit_terms IS 'UNLIMITED: UNLIMITED\nPREPAID: PREPAID\nPOSTPAID: POSTPAID';

CREATE TABLE public.api_tokens (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    name character varying(100) NOT NULL,
    token_hash character varying(64) NOT NULL,
    hint character varying(8) NOT NULL,
    permissions text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    last_used_at timestamp with time zone,
    organization_id uuid NOT NULL
);

COMMENT ON TABLE public.api_tokens IS 'A machine''s credential: only the SHA-256 of its 256 random bits is kept.';

CREATE TABLE public.backorders (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    order_id uuid NOT NULL,
    order_line_id uuid,
    npa character varying(3) NOT NULL,
    nxx character varying(3) NOT NULL,
    quantity integer NOT NULL,
    fulfilled integer NOT NULL,
    state character varying(16) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    organization_id uuid NOT NULL,
    CONSTRAINT backorders_count CHECK (((fulfilled >= 0) AND (fulfilled <= quantity) AND (quantity > 0)))
);

COMMENT ON TABLE public.backorders IS 'Numbers of an exchange that an order wants and no stock has: a person at the desk gets them.';

COMMENT ON COLUMN public.backorders.state IS 'PENDING: PENDING\nOPEN: OPEN\nFULFILLED: FULFILLED\nCANCELLED: CANCELLED';

CREATE TABLE public.bulk_operations (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    kind character varying(32) NOT NULL,
    state character varying(16) NOT NULL,
    total integer,
    done integer NOT NULL,
    failed integer NOT NULL,
    parameters jsonb NOT NULL,
    cursor jsonb,
    errors jsonb NOT NULL,
    failure_code character varying(64),
    failure_reason text,
    created_by character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    due_at timestamp with time zone,
    lease_token uuid,
    attempts integer NOT NULL,
    organization_id uuid NOT NULL
);

COMMENT ON TABLE public.bulk_operations IS 'One piece of long work; `cursor` is where its next step begins, NULL before the first.';

COMMENT ON COLUMN public.bulk_operations.kind IS 'WEBHOOK_REPLAY: WEBHOOK_REPLAY\nINVOICES: INVOICES\nNUMBER_IMPORT: NUMBER_IMPORT';

COMMENT ON COLUMN public.bulk_operations.state IS 'QUEUED: QUEUED\nRUNNING: RUNNING\nCOMPLETED: COMPLETED\nFAILED: FAILED\nCANCELLED: CANCELLED';

CREATE TABLE public.categories (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    key character varying(64) NOT NULL,
    name character varying(200) NOT NULL,
    "position" integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    organization_id uuid NOT NULL
);

COMMENT ON TABLE public.categories IS 'A shelf of one organization''s catalog (CB); `position` is its place among the others.';

CREATE TABLE public.charges (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    seller_scope text NOT NULL COLLATE pg_catalog."C",
    kind character varying(16) NOT NULL,
    amount_minor bigint NOT NULL,
    currency character varying(3) NOT NULL,
    charged_on date NOT NULL,
    period_start date,
    period_end date,
    description character varying(500) NOT NULL,
    explanation jsonb NOT NULL,
    subscription_id uuid,
    order_id uuid,
    order_line_id uuid,
    plan_id uuid,
    reference character varying(100),
    invoice_id uuid,
    source_key character varying(200) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    account_id uuid,
    buyer_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    group_id uuid,
    seller_id uuid NOT NULL,
    CONSTRAINT charges_amount CHECK ((amount_minor <> 0)),
    CONSTRAINT charges_period CHECK ((period_end > period_start))
);

COMMENT ON TABLE public.charges IS 'What a buyer owes its seller for one thing on one edge of a resale chain, or (negative) is given back.';

COMMENT ON COLUMN public.charges.kind IS 'RECURRING: RECURRING\nONE_TIME: ONE_TIME\nPRORATION: PRORATION\nUSAGE: USAGE\nREFUND: REFUND\nCREDIT: CREDIT\nDISCOUNT: DISCOUNT';

CREATE TABLE public.contract_prices (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    sales_model character varying(16) NOT NULL,
    unit_minor bigint NOT NULL,
    contract_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    CONSTRAINT contract_prices_unit CHECK ((unit_minor >= 0))
);

COMMENT ON TABLE public.contract_prices IS 'A unit price, in minor units of the contract''s currency, that beats the price lists of the contract''s seller.';

COMMENT ON COLUMN public.contract_prices.sales_model IS 'MONTHLY: MONTHLY\nYEARLY: YEARLY\nONE_TIME: ONE_TIME';

CREATE TABLE public.contracts (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    number character varying(64) NOT NULL,
    external_reference character varying(100),
    starts_on date NOT NULL,
    ends_on date,
    notice_days integer NOT NULL,
    document_name character varying(200),
    document_location character varying(500),
    currency character varying(3) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    organization_id uuid NOT NULL,
    seller_id uuid NOT NULL,
    upload_id uuid,
    CONSTRAINT contracts_notice CHECK ((notice_days >= 0)),
    CONSTRAINT contracts_term CHECK ((ends_on >= starts_on))
);

COMMENT ON TABLE public.contracts IS 'A contract of a customer with its seller, for local dates `starts_on` to `ends_on`, both included.';

CREATE TABLE public.credential_links (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    token_hash character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    instance_id uuid NOT NULL
);

COMMENT ON TABLE public.credential_links IS 'A mailed link to the credentials of an instance: it works once, and only the hash of its secret is kept.';

CREATE TABLE public.discount_redemptions (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    edge integer NOT NULL,
    line_minor bigint[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    released_at timestamp with time zone,
    discount_id uuid NOT NULL
);

COMMENT ON TABLE public.discount_redemptions IS 'One discount on one order: `line_minor[i]` is what the order''s line i was given in its first billing cycle.';

CREATE TABLE public.discounts (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    name character varying(200) NOT NULL,
    code character varying(64),
    code_key character varying(200),
    percent numeric(7,4),
    fixed_minor bigint,
    currency character varying(3),
    duration character varying(8) NOT NULL,
    cycles integer,
    valid_from date NOT NULL,
    valid_until date,
    redemption_limit integer,
    redeemed integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    buyer_id uuid,
    plan_id uuid,
    product_id uuid,
    seller_id uuid NOT NULL,
    CONSTRAINT discounts_amount CHECK (((percent IS NULL) <> (fixed_minor IS NULL))),
    CONSTRAINT discounts_currency CHECK (((fixed_minor IS NULL) = (currency IS NULL))),
    CONSTRAINT discounts_redeemed CHECK (((redeemed >= 0) AND (redeemed <= redemption_limit))),
    CONSTRAINT discounts_window CHECK ((valid_until > valid_from))
);

COMMENT ON TABLE public.discounts IS 'What one seller takes off what its buyers (all, or one) pay it, on all it sells, one product or one plan.';

COMMENT ON COLUMN public.discounts.duration IS 'ONCE: ONCE\nCYCLES: CYCLES\nFOREVER: FOREVER';

CREATE TABLE public.document_numbers (
    id uuid NOT NULL,
    series character varying(8) NOT NULL,
    given integer NOT NULL,
    seller_id uuid NOT NULL
);

COMMENT ON TABLE public.document_numbers IS 'The last number that a seller has given in a series; its row is locked by the transaction that takes the next.';

CREATE TABLE public.emergency_locations (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    name character varying(100) NOT NULL,
    name_key character varying(100) NOT NULL,
    phone character varying(16) NOT NULL,
    street character varying(200) NOT NULL,
    details character varying(200),
    postal_code character varying(20) NOT NULL,
    city character varying(100) NOT NULL,
    region character varying(100),
    country character varying(2) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    organization_id uuid NOT NULL
);

COMMENT ON TABLE public.emergency_locations IS 'Where emergency services are sent to: one row a site of an organization; `phone` is its main number, E.164.';

CREATE TABLE public.events (
    id uuid NOT NULL,
    type character varying(64) NOT NULL,
    version smallint NOT NULL,
    organization_id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    aggregate_type character varying(32) NOT NULL,
    aggregate_id uuid NOT NULL,
    aggregate_seq integer NOT NULL,
    payload jsonb NOT NULL,
    tier_amounts jsonb,
    actor character varying(64) NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    lease_token uuid,
    attempts integer NOT NULL,
    traceparent character varying(55)
);

COMMENT ON TABLE public.events IS 'One thing that happened; `due_at` is set until the outbox has carried it on, `lease_token` while it does.';

CREATE TABLE public.failed_attempts (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    attempt integer NOT NULL,
    failure_code character varying(64) NOT NULL,
    failure_reason text NOT NULL,
    failed_at timestamp with time zone NOT NULL,
    retried_by character varying(64) NOT NULL,
    retried_at timestamp with time zone NOT NULL,
    order_line_id uuid NOT NULL
);

COMMENT ON TABLE public.failed_attempts IS 'How a line failed before it was tried again; never changed.';

CREATE TABLE public.idempotency_keys (
    id uuid NOT NULL,
    principal character varying(64) NOT NULL,
    operation character varying(64) NOT NULL,
    input_hash character varying(64) NOT NULL,
    outcome jsonb NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.idempotency_keys IS 'What a keyed mutation answered; `id` is a digest of (principal, operation, key), `outcome` what to answer again.';

CREATE TABLE public.instances (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    subscription_id uuid NOT NULL,
    provisioner character varying(32) NOT NULL,
    state character varying(16) NOT NULL,
    generation integer NOT NULL,
    external_id character varying(200),
    outputs jsonb NOT NULL,
    outputs_sealed bytea,
    created_at timestamp with time zone NOT NULL,
    deadline_hours integer DEFAULT 24 NOT NULL,
    desk_id uuid,
    credential_recipients text[] DEFAULT '{}'::text[] NOT NULL,
    wish character varying(16)
);

COMMENT ON TABLE public.instances IS 'One thing in somebody else''s system; `outputs_sealed` holds what its provisioner marked secret, encrypted.';

COMMENT ON COLUMN public.instances.state IS 'PENDING: PENDING\nACTIVE: ACTIVE\nSUSPENDED: SUSPENDED\nFAILED: FAILED\nDELETED: DELETED';

CREATE TABLE public.invitations (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    email character varying(254) NOT NULL,
    email_key character varying(254) NOT NULL,
    role character varying(16) NOT NULL,
    token_hash character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    revoked_at timestamp with time zone,
    organization_id uuid NOT NULL
);

COMMENT ON TABLE public.invitations IS 'An offer to become a member, by e-mail: whoever has the token has read that mail; only its SHA-256 is kept.';

COMMENT ON COLUMN public.invitations.role IS 'OWNER: OWNER\nADMIN: ADMIN\nSALES: SALES\nBILLING: BILLING\nSUPPORT: SUPPORT\nVIEWER: VIEWER';

CREATE TABLE public.invoices (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    seller_scope text NOT NULL COLLATE pg_catalog."C",
    number character varying(32) NOT NULL,
    state character varying(16) NOT NULL,
    currency character varying(3) NOT NULL,
    total_minor bigint NOT NULL,
    paid_minor bigint NOT NULL,
    period_start date NOT NULL,
    period_end date NOT NULL,
    issued_on date NOT NULL,
    due_on date NOT NULL,
    parties jsonb NOT NULL,
    credit_note_number character varying(32),
    void_reason character varying(200),
    issued_at timestamp with time zone NOT NULL,
    paid_at timestamp with time zone,
    voided_at timestamp with time zone,
    account_id uuid,
    buyer_id uuid NOT NULL,
    seller_id uuid NOT NULL,
    CONSTRAINT invoices_paid CHECK (((total_minor > 0) AND ((paid_minor >= 0) AND (paid_minor <= total_minor)))),
    CONSTRAINT invoices_period CHECK ((period_end > period_start))
);

COMMENT ON TABLE public.invoices IS 'What a seller asks of a buyer: the charges that name it in `invoice_id`.';

COMMENT ON COLUMN public.invoices.state IS 'DRAFT: DRAFT\nISSUED: ISSUED\nPAID: PAID\nVOID: VOID';

CREATE TABLE public.members (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    role character varying(16) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL
);

COMMENT ON TABLE public.members IS 'What a person is in one organization; who comes back after being removed gets the same row.';

COMMENT ON COLUMN public.members.role IS 'OWNER: OWNER\nADMIN: ADMIN\nSALES: SALES\nBILLING: BILLING\nSUPPORT: SUPPORT\nVIEWER: VIEWER';

CREATE TABLE public.numbers (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    e164 character varying(16) NOT NULL COLLATE pg_catalog."C",
    country character varying(2) NOT NULL,
    npa character varying(3) NOT NULL,
    nxx character varying(3) NOT NULL,
    rate_center character varying(100) NOT NULL,
    kind character varying(16) NOT NULL,
    state character varying(16) NOT NULL,
    free_from timestamp with time zone,
    order_id uuid,
    subscription_id uuid,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    customer_id uuid,
    plan_id uuid NOT NULL,
    seller_id uuid NOT NULL,
    order_line_id uuid,
    CONSTRAINT numbers_customer CHECK (((customer_id IS NOT NULL) OR ((state)::text <> ALL ((ARRAY['RESERVED'::character varying, 'ASSIGNED'::character varying])::text[])))),
    CONSTRAINT numbers_e164 CHECK (((e164)::text ~ '^[+][1-9][0-9]{5,14}$'::text)),
    CONSTRAINT numbers_free_from CHECK (
CASE state
    WHEN 'RESERVED'::text THEN true
    WHEN 'AVAILABLE'::text THEN (free_from IS NOT NULL)
    WHEN 'QUARANTINED'::text THEN (free_from IS NOT NULL)
    ELSE (free_from IS NULL)
END)
);

COMMENT ON TABLE public.numbers IS 'One telephone number of a seller''s inventory (mostly the distributor''s), sold down its resale chain.';

COMMENT ON COLUMN public.numbers.kind IS 'LOCAL: LOCAL\nTOLL_FREE: TOLL_FREE\nMOBILE: MOBILE';

COMMENT ON COLUMN public.numbers.state IS 'AVAILABLE: AVAILABLE\nRESERVED: RESERVED\nASSIGNED: ASSIGNED\nQUARANTINED: QUARANTINED\nPORTING_IN: PORTING_IN\nPORTING_OUT: PORTING_OUT\nPORTED_OUT: PORTED_OUT';

CREATE TABLE public.order_forms (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    attached_by character varying(64) NOT NULL,
    attached_at timestamp with time zone NOT NULL,
    order_id uuid NOT NULL,
    upload_id uuid,
    CONSTRAINT order_forms_file CHECK ((upload_id IS NOT NULL))
);

COMMENT ON TABLE public.order_forms IS 'A file that is kept with an order; never changed. `upload` is never NULL: `order_forms_file` refuses that.';

CREATE TABLE public.order_lines (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    "position" integer NOT NULL,
    quantity integer NOT NULL,
    parameters jsonb NOT NULL,
    state character varying(16) NOT NULL,
    tier_unit_minor bigint[],
    tier_amount_minor bigint[],
    subscription_id uuid,
    failure_code character varying(64),
    failure_reason text,
    order_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    product_id uuid NOT NULL,
    tier_discount_minor bigint[],
    attempt integer DEFAULT 1 NOT NULL,
    CONSTRAINT order_lines_quantity CHECK ((quantity > 0))
);

COMMENT ON TABLE public.order_lines IS 'One plan with its quantity; `tier_unit_minor` and `tier_amount_minor` are by edge, as on the order.';

COMMENT ON COLUMN public.order_lines.state IS 'DRAFT: DRAFT\nPROVISIONING: PROVISIONING\nINQUIRING: INQUIRING\nCOMPLETED: COMPLETED\nFAILED: FAILED\nCANCELLING: CANCELLING\nCANCELLED: CANCELLED';

CREATE SEQUENCE public.order_numbers
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.order_types (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    key character varying(64) NOT NULL,
    name character varying(200) NOT NULL,
    "position" integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    organization_id uuid NOT NULL
);

COMMENT ON TABLE public.order_types IS 'A group of packages that are ordered together (ORION); `position` is its place among the others.';

CREATE TABLE public.orders (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    number character varying(20) NOT NULL,
    state character varying(24) NOT NULL,
    sales_model character varying(16) NOT NULL,
    cycle_multiplier integer NOT NULL,
    currency character varying(3) NOT NULL,
    auto_renew boolean NOT NULL,
    subscription_reference character varying(100),
    tier_total_minor bigint[],
    failure_code character varying(64),
    failure_reason text,
    created_by character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    submitted_at timestamp with time zone,
    finished_at timestamp with time zone,
    organization_id uuid NOT NULL,
    contract_id uuid,
    discount_codes text[],
    decided_at timestamp with time zone,
    decided_by character varying(64),
    rejection_reason character varying(1000),
    submitted_by character varying(64),
    billing_starts_on date,
    expires_on date,
    is_billing_postponed boolean DEFAULT false NOT NULL,
    trial_until date,
    attempt integer DEFAULT 1 NOT NULL,
    contact_email character varying(254),
    contact_first_name character varying(100),
    contact_last_name character varying(100),
    payment_method character varying(16),
    sends_credentials boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT orders_multiplier CHECK ((cycle_multiplier > 0))
);

COMMENT ON TABLE public.orders IS 'An order of one customer. `tier_total_minor[i]` is what the chain''s member i+1 pays member i for the first term.';

COMMENT ON COLUMN public.orders.state IS 'DRAFT: DRAFT\nPENDING_APPROVAL: PENDING_APPROVAL\nAPPROVED: APPROVED\nREJECTED: REJECTED\nPROVISIONING: PROVISIONING\nINQUIRING: INQUIRING\nCOMPLETED: COMPLETED\nPARTIALLY_COMPLETED: PARTIALLY_COMPLETED\nFAILED: FAILED\nCANCELLING: CANCELLING\nCANCELLED: CANCELLED';

COMMENT ON COLUMN public.orders.sales_model IS 'MONTHLY: MONTHLY\nYEARLY: YEARLY\nONE_TIME: ONE_TIME';

CREATE SEQUENCE public.organization_nodes
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.organizations (
    id uuid NOT NULL,
    kind character varying(16) NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    name character varying(200) NOT NULL,
    name_key character varying(200) NOT NULL,
    company character varying(200) NOT NULL,
    domain character varying(253),
    reference character varying(100),
    billing_first_name character varying(100),
    billing_last_name character varying(100),
    billing_email character varying(254),
    street character varying(200),
    postal_code character varying(20),
    city character varying(100),
    country character varying(2),
    time_zone character varying(64) NOT NULL,
    currency character varying(3) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    parent_id uuid,
    billing_mode character varying(16),
    invoice_emails text[] DEFAULT '{}'::text[] NOT NULL,
    notes text,
    phone character varying(16),
    state character varying(16) DEFAULT 'ACTIVE'::character varying NOT NULL,
    approval_above_minor bigint,
    approval_rule character varying(24) DEFAULT 'NEVER'::character varying NOT NULL,
    desk_email character varying(254)
);

COMMENT ON TABLE public.organizations IS 'A distributor, partner or customer; `scope` is its own path in the reseller tree.';

COMMENT ON COLUMN public.organizations.kind IS 'DISTRIBUTOR: DISTRIBUTOR\nPARTNER: PARTNER\nCUSTOMER: CUSTOMER';

CREATE TABLE public.outgoing_mails (
    id uuid NOT NULL,
    template character varying(32) NOT NULL,
    recipient character varying(254) NOT NULL,
    facts jsonb NOT NULL,
    token_sealed bytea,
    state character varying(16) NOT NULL,
    error character varying(200),
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    due_at timestamp with time zone,
    lease_token uuid,
    attempts integer NOT NULL
);

COMMENT ON TABLE public.outgoing_mails IS 'One mail: `facts` fill its template, `token_sealed` is the secret of its link, encrypted and gone once sent.';

COMMENT ON COLUMN public.outgoing_mails.state IS 'QUEUED: QUEUED\nSENT: SENT\nFAILED: FAILED';

CREATE TABLE public.password_resets (
    id uuid NOT NULL,
    token_hash character varying(64) NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    user_id uuid
);

COMMENT ON TABLE public.password_resets IS 'A request for a new password; for an address that nobody has it is written too, without a person.';

CREATE TABLE public.payments (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    seller_scope text NOT NULL COLLATE pg_catalog."C",
    amount_minor bigint NOT NULL,
    currency character varying(3) NOT NULL,
    method character varying(16) NOT NULL,
    paid_on date NOT NULL,
    note character varying(200),
    created_by character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    invoice_id uuid NOT NULL,
    CONSTRAINT payments_amount CHECK ((amount_minor > 0))
);

COMMENT ON TABLE public.payments IS 'A payment of an invoice, as it was recorded; never changed, never removed.';

COMMENT ON COLUMN public.payments.method IS 'BANK_TRANSFER: BANK_TRANSFER\nCARD: CARD\nCASH: CASH\nOTHER: OTHER\nWALLET: WALLET';

CREATE TABLE public.plan_add_ons (
    id uuid NOT NULL,
    min_quantity integer NOT NULL,
    max_quantity integer NOT NULL,
    per character varying(16) NOT NULL,
    add_on_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    CONSTRAINT plan_add_ons_limits CHECK (((0 <= min_quantity) AND (min_quantity <= max_quantity)))
);

COMMENT ON TABLE public.plan_add_ons IS 'An add-on that a plan may be sold with, from `min_quantity` to `max_quantity` of it.';

COMMENT ON COLUMN public.plan_add_ons.per IS 'SEAT: SEAT\nSUBSCRIPTION: SUBSCRIPTION';

CREATE TABLE public.plan_components (
    id uuid NOT NULL,
    quantity integer NOT NULL,
    component_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    CONSTRAINT plan_components_quantity CHECK ((quantity > 0))
);

COMMENT ON TABLE public.plan_components IS 'What a bundle is made of: `quantity` of a plan in each one of it.';

CREATE TABLE public.plans (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    key character varying(64) NOT NULL,
    name character varying(200) NOT NULL,
    rank integer NOT NULL,
    max_quantity integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    product_id uuid NOT NULL,
    charging character varying(16) DEFAULT 'PREPAID'::character varying NOT NULL,
    included_numbers integer DEFAULT 0 NOT NULL,
    kind character varying(16) DEFAULT 'ITEM'::character varying NOT NULL,
    max_users integer,
    postponed_billing_months integer DEFAULT 0 NOT NULL,
    sales_models text[] DEFAULT '{MONTHLY,YEARLY,ONE_TIME}'::text[] NOT NULL,
    status character varying(16) DEFAULT 'ACTIVE'::character varying NOT NULL,
    trial_days integer DEFAULT 0 NOT NULL,
    provisioning_hours integer DEFAULT 24 NOT NULL,
    proration character varying(32) DEFAULT 'DAILY_DIFFERENCE'::character varying NOT NULL,
    refund character varying(32) DEFAULT 'WHOLE_UNUSED_MONTHS'::character varying NOT NULL,
    full_refund_days integer DEFAULT 14 NOT NULL,
    CONSTRAINT plans_full_refund_days CHECK (((full_refund_days >= 0) AND (full_refund_days <= 365))),
    CONSTRAINT plans_included_numbers CHECK ((included_numbers >= 0)),
    CONSTRAINT plans_max_quantity CHECK ((max_quantity > 0)),
    CONSTRAINT plans_max_users CHECK ((max_users > 0)),
    CONSTRAINT plans_postponed_billing_months CHECK (((postponed_billing_months >= 0) AND (postponed_billing_months <= 12))),
    CONSTRAINT plans_provisioning_hours CHECK ((provisioning_hours > 0)),
    CONSTRAINT plans_sales_models CHECK ((cardinality(sales_models) > 0)),
    CONSTRAINT plans_trial_days CHECK (((trial_days >= 0) AND (trial_days <= 30)))
);

COMMENT ON TABLE public.plans IS 'A plan of a product; a higher rank is an upgrade (declared, never guessed from the price).';

CREATE TABLE public.ports (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    kind character varying(16) NOT NULL,
    state character varying(16) NOT NULL,
    numbers text[] DEFAULT '{}'::text[] NOT NULL,
    number_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    quantity integer,
    wanted character varying(100),
    subscription_id uuid,
    counterpart character varying(200),
    account_number character varying(100),
    pin_sealed bytea,
    billing_number character varying(16),
    authorized_person character varying(200),
    street character varying(200),
    postal_code character varying(20),
    city character varying(100),
    region character varying(100),
    country character varying(2),
    requested_on date,
    confirmed_on date,
    exception_reason character varying(500),
    created_at timestamp with time zone NOT NULL,
    submitted_at timestamp with time zone,
    finished_at timestamp with time zone,
    organization_id uuid NOT NULL,
    plan_id uuid,
    upload_id uuid,
    CONSTRAINT ports_confirmed CHECK ((((state)::text <> ALL ((ARRAY['FOC_CONFIRMED'::character varying, 'PORTED'::character varying])::text[])) OR (confirmed_on IS NOT NULL))),
    CONSTRAINT ports_exception CHECK ((((state)::text <> 'EXCEPTION'::text) OR (exception_reason IS NOT NULL)))
);

COMMENT ON TABLE public.ports IS 'One request of a customer, to be carried out by the desk of its distributor.';

COMMENT ON COLUMN public.ports.kind IS 'PORT_IN: PORT_IN\nTOLL_FREE: TOLL_FREE\nRESP_ORG: RESP_ORG';

COMMENT ON COLUMN public.ports.state IS 'DRAFT: DRAFT\nSUBMITTED: SUBMITTED\nEXCEPTION: EXCEPTION\nFOC_CONFIRMED: FOC_CONFIRMED\nPORTED: PORTED\nCANCELLED: CANCELLED';

CREATE TABLE public.price_lists (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    name character varying(200) NOT NULL,
    currency character varying(3) NOT NULL,
    markup_percent numeric(9,4),
    created_at timestamp with time zone NOT NULL,
    buyer_id uuid,
    seller_id uuid NOT NULL
);

COMMENT ON TABLE public.price_lists IS 'What one seller asks of its buyers (all, or one): explicit prices, and a markup on its own cost for the rest.';

CREATE TABLE public.prices (
    id uuid NOT NULL,
    sales_model character varying(16) NOT NULL,
    unit_minor bigint NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    plan_id uuid NOT NULL,
    price_list_id uuid NOT NULL,
    CONSTRAINT prices_unit CHECK ((unit_minor >= 0)),
    CONSTRAINT prices_window CHECK ((valid_until > valid_from))
);

COMMENT ON TABLE public.prices IS 'An explicit unit price in minor units, valid for local dates [valid_from, valid_until).';

COMMENT ON COLUMN public.prices.sales_model IS 'MONTHLY: MONTHLY\nYEARLY: YEARLY\nONE_TIME: ONE_TIME';

CREATE TABLE public.product_categories (
    id uuid NOT NULL,
    category_id uuid NOT NULL,
    product_id uuid NOT NULL
);

COMMENT ON TABLE public.product_categories IS 'A product in a category; it may be in several.';

CREATE TABLE public.product_order_types (
    id uuid NOT NULL,
    order_type_id uuid NOT NULL,
    product_id uuid NOT NULL
);

COMMENT ON TABLE public.product_order_types IS 'A product of an order type; it may be of several.';

CREATE TABLE public.products (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    key character varying(64) NOT NULL,
    name character varying(200) NOT NULL,
    description text NOT NULL,
    type character varying(16) NOT NULL,
    status character varying(16) NOT NULL,
    orderability character varying(32) NOT NULL,
    order_otherwise text,
    provisioner character varying(32) NOT NULL,
    parameter_schema jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    organization_id uuid NOT NULL,
    is_system boolean DEFAULT false NOT NULL,
    data_locations jsonb DEFAULT '[]'::jsonb NOT NULL
);

COMMENT ON TABLE public.products IS 'A product of one organization, offered down its resale chain; `provisioner` is the key of its connector.';

COMMENT ON COLUMN public.products.type IS 'HARDWARE: HARDWARE\nSERVICE: SERVICE\nBUNDLE: BUNDLE\nCONNECTOR: CONNECTOR\nAPP: APP';

COMMENT ON COLUMN public.products.status IS 'DRAFT: DRAFT\nACTIVE: ACTIVE\nPAUSED: PAUSED\nARCHIVED: ARCHIVED';

COMMENT ON COLUMN public.products.orderability IS 'ORDERABLE: ORDERABLE\nRENEW_AND_UPGRADE_ONLY: RENEW_AND_UPGRADE_ONLY\nCLOSED: CLOSED';

CREATE TABLE public.provisioner_callbacks (
    id uuid NOT NULL,
    message_id character varying(200) NOT NULL,
    operation_id uuid NOT NULL,
    received_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.provisioner_callbacks IS 'A callback that was accepted; its message id is unique for as long as the row is kept (7 days).';

CREATE TABLE public.provisioning_operations (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    action character varying(16) NOT NULL,
    generation integer NOT NULL,
    state character varying(16) NOT NULL,
    request jsonb NOT NULL,
    sent_at timestamp with time zone,
    polls integer NOT NULL,
    progress smallint,
    deadline timestamp with time zone NOT NULL,
    failure_code character varying(64),
    failure_reason text,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    due_at timestamp with time zone,
    lease_token uuid,
    attempts integer NOT NULL,
    instance_id uuid NOT NULL,
    paused_at timestamp with time zone,
    has_answers boolean DEFAULT false NOT NULL,
    input_errors jsonb,
    input_schema jsonb,
    traceparent character varying(55)
);

COMMENT ON TABLE public.provisioning_operations IS 'One request to a provisioner, until it has an end; at most one is live for an instance.';

COMMENT ON COLUMN public.provisioning_operations.action IS 'CREATE: CREATE\nCHANGE: CHANGE\nSUSPEND: SUSPEND\nRESUME: RESUME\nDELETE: DELETE';

COMMENT ON COLUMN public.provisioning_operations.state IS 'QUEUED: QUEUED\nRUNNING: RUNNING\nNEEDS_INPUT: NEEDS_INPUT\nRETRY_WAIT: RETRY_WAIT\nUNKNOWN: UNKNOWN\nORPHAN_CLEANUP: ORPHAN_CLEANUP\nSUCCEEDED: SUCCEEDED\nFAILED: FAILED';

CREATE TABLE public.refresh_tokens (
    id uuid NOT NULL,
    token_hash character varying(64) NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    session_id uuid NOT NULL
);

COMMENT ON TABLE public.refresh_tokens IS 'One token of a session''s family; one that is used a second time is in two hands.';

CREATE TABLE public.search_words (
    node bigint NOT NULL,
    word character varying(64) NOT NULL COLLATE pg_catalog."C",
    kind smallint NOT NULL,
    target_id uuid NOT NULL
);

CREATE TABLE public.sessions (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    device character varying(200) NOT NULL,
    address character varying(64) NOT NULL,
    access_hash character varying(64) NOT NULL,
    access_expires_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    member_id uuid NOT NULL
);

COMMENT ON TABLE public.sessions IS 'A signed-in member: one short access token at a time, and a family of refresh tokens of which the last works.';

CREATE TABLE public.subscription_assignees (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone NOT NULL,
    member_id uuid NOT NULL,
    subscription_id uuid NOT NULL
);

COMMENT ON TABLE public.subscription_assignees IS 'One member of the customer that uses a subscription.';

CREATE TABLE public.subscriptions (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    order_id uuid,
    order_line_id uuid,
    quantity integer NOT NULL,
    state character varying(16) NOT NULL,
    sales_model character varying(16) NOT NULL,
    cycle_multiplier integer NOT NULL,
    currency character varying(3) NOT NULL,
    tier_unit_minor bigint[] NOT NULL,
    auto_renew boolean NOT NULL,
    reference character varying(100),
    term_start date,
    term_end date,
    created_at timestamp with time zone NOT NULL,
    organization_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    product_id uuid NOT NULL,
    account_id uuid,
    is_protected boolean DEFAULT false NOT NULL,
    policies jsonb DEFAULT '{"trial": {"maxDays": 30}, "refund": {"then": "WHOLE_UNUSED_MONTHS", "fullRefundDays": 14}, "version": 1, "proration": "DAILY_DIFFERENCE"}'::jsonb NOT NULL,
    billing_starts_on date,
    expires_on date,
    purchased_on date,
    trial_ends_on date,
    contract_id uuid,
    pending_cycle_multiplier integer,
    pending_sales_model character varying(16),
    pending_since timestamp with time zone,
    anchor_day smallint,
    cycle integer DEFAULT 1 NOT NULL,
    billed_until date,
    unpaid_since date,
    retry_on date,
    reminded_of date,
    kept_until date,
    due_at timestamp with time zone,
    charging character varying(16) DEFAULT 'PREPAID'::character varying NOT NULL,
    change jsonb,
    add_ons jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT subscriptions_pending CHECK ((num_nulls(pending_sales_model, pending_cycle_multiplier, pending_since) = ANY (ARRAY[0, 3]))),
    CONSTRAINT subscriptions_quantity CHECK ((quantity > 0))
);

COMMENT ON TABLE public.subscriptions IS 'What a customer has; `order_line_id` is unique, so an order line never makes two.';

COMMENT ON COLUMN public.subscriptions.state IS 'PENDING: PENDING\nTRIALING: TRIALING\nACTIVE: ACTIVE\nSUSPENDED: SUSPENDED\nEXPIRED: EXPIRED\nTERMINATING: TERMINATING\nTERMINATED: TERMINATED\nFAILED: FAILED';

COMMENT ON COLUMN public.subscriptions.sales_model IS 'MONTHLY: MONTHLY\nYEARLY: YEARLY\nONE_TIME: ONE_TIME';

CREATE TABLE public.terms_acceptances (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    accepted_by character varying(64) NOT NULL,
    accepted_at timestamp with time zone NOT NULL,
    address character varying(64),
    order_id uuid NOT NULL,
    terms_id uuid NOT NULL
);

COMMENT ON TABLE public.terms_acceptances IS 'That whoever submitted an order accepted one version of terms; never changed. `address` is the client''s.';

CREATE TABLE public.terms_documents (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    version integer NOT NULL,
    text text NOT NULL,
    sha256 character varying(64) NOT NULL,
    valid_from date NOT NULL,
    created_at timestamp with time zone NOT NULL,
    product_id uuid NOT NULL
);

COMMENT ON TABLE public.terms_documents IS 'One version of a product''s terms of service; the database refuses to change one (migration).';

CREATE SEQUENCE public.ticket_numbers
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.tickets (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    number character varying(20) NOT NULL,
    kind character varying(24) NOT NULL,
    state character varying(16) NOT NULL,
    subject character varying(200) NOT NULL,
    details text NOT NULL,
    about_id uuid NOT NULL,
    subscription_id uuid,
    operation_id uuid,
    outputs jsonb DEFAULT '{}'::jsonb NOT NULL,
    outputs_sealed bytea,
    failure_code character varying(64),
    failure_reason text,
    created_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    customer_id uuid,
    organization_id uuid NOT NULL
);

COMMENT ON TABLE public.tickets IS 'What a person at a seller''s desk is to do; `organization` and `scope` are the seller''s.';

COMMENT ON COLUMN public.tickets.kind IS 'MANUAL_FULFILMENT: MANUAL_FULFILMENT\nBACKORDER: BACKORDER\nOUTCOME_UNKNOWN: OUTCOME_UNKNOWN\nORPHAN: ORPHAN';

COMMENT ON COLUMN public.tickets.state IS 'OPEN: OPEN\nCOMPLETED: COMPLETED\nFAILED: FAILED';

CREATE TABLE public.tortoise_migrations (
    id integer NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied_at timestamp with time zone NOT NULL
);

CREATE SEQUENCE public.tortoise_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.tortoise_migrations_id_seq OWNED BY public.tortoise_migrations.id;

CREATE TABLE public.trial_uses (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    order_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    organization_id uuid NOT NULL,
    product_id uuid NOT NULL
);

COMMENT ON TABLE public.trial_uses IS 'That a customer has tried a product, in which order: each product once, whoever comes at once (B3-O).';

CREATE TABLE public.uploads (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    purpose character varying(32) NOT NULL,
    state character varying(16) NOT NULL,
    file_name character varying(200) NOT NULL,
    declared_type character varying(100) NOT NULL,
    found_type character varying(100),
    size_bytes integer NOT NULL,
    sha256 character varying(64),
    storage_key character varying(200),
    created_at timestamp with time zone NOT NULL,
    stored_at timestamp with time zone,
    organization_id uuid NOT NULL,
    CONSTRAINT uploads_size CHECK ((size_bytes > 0)),
    CONSTRAINT uploads_stored CHECK ((((state)::text = ANY ((ARRAY['PENDING'::character varying, 'EXPIRED'::character varying])::text[])) OR (num_nulls(found_type, sha256, storage_key, stored_at) = 0)))
);

COMMENT ON TABLE public.uploads IS 'A file of an organization: as it was announced, and, once it is stored, as it was found to be.';

COMMENT ON COLUMN public.uploads.purpose IS 'ORDER_FORM: ORDER_FORM\nCONTRACT: CONTRACT\nLETTER_OF_AUTHORIZATION: LETTER_OF_AUTHORIZATION\nNUMBER_IMPORT: NUMBER_IMPORT';

COMMENT ON COLUMN public.uploads.state IS 'PENDING: PENDING\nSTORED: STORED\nATTACHED: ATTACHED\nEXPIRED: EXPIRED';

CREATE TABLE public.usage_months (
    id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    plan_id uuid NOT NULL,
    account_id uuid,
    reference character varying(100),
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    cycle integer NOT NULL,
    place integer NOT NULL,
    quantity integer NOT NULL,
    currency character varying(3) NOT NULL,
    tier_unit_minor bigint[] NOT NULL,
    users integer,
    tier_minor bigint[],
    charged_at timestamp with time zone,
    due_at timestamp with time zone,
    lease_token uuid,
    attempts integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    planned_end date,
    CONSTRAINT usage_months_days CHECK ((ends_on > starts_on))
);

COMMENT ON TABLE public.usage_months IS 'One month [starts_on, ends_on) of a postpaid subscription: charged once it is over, for its highest count.';

CREATE TABLE public.usage_readings (
    id uuid NOT NULL,
    instance_id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    at timestamp with time zone NOT NULL,
    users integer NOT NULL,
    CONSTRAINT usage_readings_users CHECK ((users >= 0))
);

COMMENT ON TABLE public.usage_readings IS 'How many users an instance had at a time, as its provisioner reported; it stands until the next one.';

CREATE TABLE public.users (
    id uuid NOT NULL,
    email character varying(254) NOT NULL,
    email_key character varying(254) NOT NULL,
    name character varying(200) NOT NULL,
    password_hash character varying(255) NOT NULL,
    created_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.users IS 'A person, known by the e-mail address everywhere; `email_key` is the address case-folded.';

CREATE TABLE public.wallet_entries (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    kind character varying(16) NOT NULL,
    amount_minor bigint NOT NULL,
    available_minor bigint NOT NULL,
    currency character varying(3) NOT NULL,
    order_id uuid,
    note character varying(200),
    created_by character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    account_id uuid NOT NULL,
    CONSTRAINT wallet_entries_covered CHECK ((((kind)::text <> 'HOLD'::text) OR (available_minor >= 0)))
);

COMMENT ON TABLE public.wallet_entries IS 'One change of what an account has at its disposal; never changed, never removed.';

COMMENT ON COLUMN public.wallet_entries.kind IS 'TOP_UP: TOP_UP\nCREDIT: CREDIT\nHOLD: HOLD\nRELEASE: RELEASE\nCHARGE: CHARGE\nREFUND: REFUND\nPAYMENT: PAYMENT';

CREATE TABLE public.webhook_attempts (
    id uuid NOT NULL,
    number integer NOT NULL,
    at timestamp with time zone NOT NULL,
    duration_ms integer NOT NULL,
    status smallint,
    error character varying(64),
    request_headers jsonb NOT NULL,
    response_head text NOT NULL,
    delivery_id uuid NOT NULL
);

COMMENT ON TABLE public.webhook_attempts IS 'One attempt of a delivery as it went over the wire; the answer''s head is at most 4 KiB.';

CREATE TABLE public.webhook_deliveries (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    event_type character varying(64) NOT NULL,
    state character varying(16) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    due_at timestamp with time zone,
    lease_token uuid,
    attempts integer NOT NULL,
    endpoint_id uuid NOT NULL,
    event_id uuid NOT NULL,
    attempts_before integer DEFAULT 0 NOT NULL,
    aggregate_id uuid,
    aggregate_seq integer
);

COMMENT ON TABLE public.webhook_deliveries IS 'One event on its way to one endpoint; an event goes to an endpoint once, however often it is attempted.';

COMMENT ON COLUMN public.webhook_deliveries.state IS 'PENDING: PENDING\nDELIVERED: DELIVERED\nFAILED: FAILED';

CREATE TABLE public.webhook_endpoints (
    id uuid NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    url character varying(2048) NOT NULL,
    event_types text[] NOT NULL,
    description character varying(200) NOT NULL,
    enabled boolean NOT NULL,
    secret_sealed bytea NOT NULL,
    previous_secret_sealed bytea,
    previous_secret_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    organization_id uuid NOT NULL,
    concurrency integer DEFAULT 50 NOT NULL,
    disabled_at timestamp with time zone,
    disabled_reason character varying(16),
    failing_since timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL,
    is_ordered boolean DEFAULT false NOT NULL,
    paused_until timestamp with time zone,
    rate_per_second integer,
    tokens numeric(12,6) DEFAULT 0 NOT NULL,
    tokens_at timestamp with time zone,
    warned_percent smallint DEFAULT 0 NOT NULL,
    within text,
    signing_key_sealed bytea,
    previous_signing_key_sealed bytea,
    public_key character varying(64),
    previous_public_key character varying(64),
    api_version character varying(16) DEFAULT '2026-11'::character varying NOT NULL
);

COMMENT ON TABLE public.webhook_endpoints IS 'Where an organization wants events; secrets are encrypted, the previous one still signs until it expires.';

ALTER TABLE ONLY public.tortoise_migrations ALTER COLUMN id SET DEFAULT nextval('public.tortoise_migrations_id_seq'::regclass);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_name UNIQUE (organization_id, name_key);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_position UNIQUE (organization_id, "position");

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.backorders
    ADD CONSTRAINT backorders_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.bulk_operations
    ADD CONSTRAINT bulk_operations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.categories
    ADD CONSTRAINT categories_key UNIQUE (organization_id, key);

ALTER TABLE ONLY public.categories
    ADD CONSTRAINT categories_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.charges
    ADD CONSTRAINT charges_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.charges
    ADD CONSTRAINT charges_source_key_key UNIQUE (source_key);

ALTER TABLE ONLY public.contract_prices
    ADD CONSTRAINT contract_prices_once UNIQUE (contract_id, plan_id, sales_model);

ALTER TABLE ONLY public.contract_prices
    ADD CONSTRAINT contract_prices_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contracts
    ADD CONSTRAINT contracts_number UNIQUE (seller_id, number);

ALTER TABLE ONLY public.contracts
    ADD CONSTRAINT contracts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contracts
    ADD CONSTRAINT contracts_upload UNIQUE (upload_id);

ALTER TABLE ONLY public.credential_links
    ADD CONSTRAINT credential_links_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.credential_links
    ADD CONSTRAINT credential_links_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT deliveries_once UNIQUE (endpoint_id, event_id);

ALTER TABLE ONLY public.discount_redemptions
    ADD CONSTRAINT discount_redemptions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.discounts
    ADD CONSTRAINT discounts_code UNIQUE (seller_id, code_key);

ALTER TABLE ONLY public.discounts
    ADD CONSTRAINT discounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.document_numbers
    ADD CONSTRAINT document_numbers_once UNIQUE (seller_id, series);

ALTER TABLE ONLY public.document_numbers
    ADD CONSTRAINT document_numbers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.emergency_locations
    ADD CONSTRAINT emergency_locations_name UNIQUE (organization_id, name_key);

ALTER TABLE ONLY public.emergency_locations
    ADD CONSTRAINT emergency_locations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_aggregate_seq UNIQUE (aggregate_id, aggregate_seq);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.failed_attempts
    ADD CONSTRAINT failed_attempts_once UNIQUE (order_line_id, attempt);

ALTER TABLE ONLY public.failed_attempts
    ADD CONSTRAINT failed_attempts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.instances
    ADD CONSTRAINT instances_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.instances
    ADD CONSTRAINT instances_subscription_id_key UNIQUE (subscription_id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_number UNIQUE (seller_id, number);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_once UNIQUE (organization_id, user_id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.numbers
    ADD CONSTRAINT numbers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.provisioning_operations
    ADD CONSTRAINT operations_generation UNIQUE (instance_id, generation);

ALTER TABLE ONLY public.order_forms
    ADD CONSTRAINT order_forms_once UNIQUE (upload_id);

ALTER TABLE ONLY public.order_forms
    ADD CONSTRAINT order_forms_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.order_lines
    ADD CONSTRAINT order_lines_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.order_lines
    ADD CONSTRAINT order_lines_position UNIQUE (order_id, "position");

ALTER TABLE ONLY public.order_types
    ADD CONSTRAINT order_types_key UNIQUE (organization_id, key);

ALTER TABLE ONLY public.order_types
    ADD CONSTRAINT order_types_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_number_key UNIQUE (number);

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_domain UNIQUE (parent_id, domain);

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_name UNIQUE (parent_id, name_key);

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_reference UNIQUE (parent_id, reference);

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_scope UNIQUE (scope);

ALTER TABLE ONLY public.outgoing_mails
    ADD CONSTRAINT outgoing_mails_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.plan_add_ons
    ADD CONSTRAINT plan_add_ons_once UNIQUE (plan_id, add_on_id);

ALTER TABLE ONLY public.plan_add_ons
    ADD CONSTRAINT plan_add_ons_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.plan_components
    ADD CONSTRAINT plan_components_once UNIQUE (plan_id, component_id);

ALTER TABLE ONLY public.plan_components
    ADD CONSTRAINT plan_components_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_key UNIQUE (product_id, key);

ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_rank UNIQUE (product_id, rank);

ALTER TABLE ONLY public.ports
    ADD CONSTRAINT ports_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.ports
    ADD CONSTRAINT ports_upload UNIQUE (upload_id);

ALTER TABLE ONLY public.price_lists
    ADD CONSTRAINT price_lists_name UNIQUE (seller_id, name);

ALTER TABLE ONLY public.price_lists
    ADD CONSTRAINT price_lists_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.prices
    ADD CONSTRAINT prices_once UNIQUE (price_list_id, plan_id, sales_model, valid_from);

ALTER TABLE ONLY public.prices
    ADD CONSTRAINT prices_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.product_categories
    ADD CONSTRAINT product_categories_once UNIQUE (product_id, category_id);

ALTER TABLE ONLY public.product_categories
    ADD CONSTRAINT product_categories_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.product_order_types
    ADD CONSTRAINT product_order_types_once UNIQUE (product_id, order_type_id);

ALTER TABLE ONLY public.product_order_types
    ADD CONSTRAINT product_order_types_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.products
    ADD CONSTRAINT products_key UNIQUE (organization_id, key);

ALTER TABLE ONLY public.products
    ADD CONSTRAINT products_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.provisioner_callbacks
    ADD CONSTRAINT provisioner_callbacks_message_id_key UNIQUE (message_id);

ALTER TABLE ONLY public.provisioner_callbacks
    ADD CONSTRAINT provisioner_callbacks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.provisioning_operations
    ADD CONSTRAINT provisioning_operations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.refresh_tokens
    ADD CONSTRAINT refresh_tokens_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.refresh_tokens
    ADD CONSTRAINT refresh_tokens_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.search_words
    ADD CONSTRAINT search_words_pkey PRIMARY KEY (node, word, kind, target_id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_access_hash_key UNIQUE (access_hash);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.subscription_assignees
    ADD CONSTRAINT subscription_assignees_once UNIQUE (subscription_id, member_id);

ALTER TABLE ONLY public.subscription_assignees
    ADD CONSTRAINT subscription_assignees_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_order_line_id_key UNIQUE (order_line_id);

ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.terms_acceptances
    ADD CONSTRAINT terms_acceptances_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.terms_documents
    ADD CONSTRAINT terms_documents_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.terms_documents
    ADD CONSTRAINT terms_documents_version UNIQUE (product_id, version);

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_about UNIQUE (about_id, kind);

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_number_key UNIQUE (number);

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.tortoise_migrations
    ADD CONSTRAINT tortoise_migrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.trial_uses
    ADD CONSTRAINT trial_uses_once UNIQUE (organization_id, product_id);

ALTER TABLE ONLY public.trial_uses
    ADD CONSTRAINT trial_uses_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.tortoise_migrations
    ADD CONSTRAINT uid_tortoise_mi_app_3803a5 UNIQUE (app, name);

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.usage_months
    ADD CONSTRAINT usage_months_once UNIQUE (subscription_id, starts_on);

ALTER TABLE ONLY public.usage_months
    ADD CONSTRAINT usage_months_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.usage_readings
    ADD CONSTRAINT usage_readings_once UNIQUE (instance_id, at);

ALTER TABLE ONLY public.usage_readings
    ADD CONSTRAINT usage_readings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key_key UNIQUE (email_key);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.wallet_entries
    ADD CONSTRAINT wallet_entries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_attempts
    ADD CONSTRAINT webhook_attempts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (id);

CREATE INDEX backorders_line ON public.backorders USING btree (order_line_id) WHERE ((state)::text = ANY ((ARRAY['PENDING'::character varying, 'OPEN'::character varying])::text[]));

CREATE INDEX bulk_operations_due ON public.bulk_operations USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX charges_open ON public.charges USING btree (seller_id, buyer_id, charged_on) WHERE (invoice_id IS NULL);

CREATE UNIQUE INDEX discount_redemptions_once ON public.discount_redemptions USING btree (order_id, discount_id) WHERE (released_at IS NULL);

CREATE INDEX events_due ON public.events USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX idx_accounts_scope_d258e2 ON public.accounts USING btree (scope, id);

CREATE INDEX idx_api_tokens_scope_5084f0 ON public.api_tokens USING btree (scope, id);

CREATE INDEX idx_backorders_order_i_dadbe9 ON public.backorders USING btree (order_id);

CREATE INDEX idx_backorders_scope_33c188 ON public.backorders USING btree (scope, id);

CREATE INDEX idx_bulk_operat_scope_f4125b ON public.bulk_operations USING btree (scope, id);

CREATE INDEX idx_categories_scope_1d1455 ON public.categories USING btree (scope, id);

CREATE INDEX idx_charges_invoice_0bc14e ON public.charges USING btree (invoice_id, id);

CREATE INDEX idx_charges_scope_6d2df5 ON public.charges USING btree (scope, id);

CREATE INDEX idx_charges_seller__0de09c ON public.charges USING btree (seller_scope, id);

CREATE INDEX idx_charges_subscri_3250b7 ON public.charges USING btree (subscription_id, id);

CREATE INDEX idx_contract_pr_scope_ab59fc ON public.contract_prices USING btree (scope, id);

CREATE INDEX idx_contracts_externa_385a3f ON public.contracts USING btree (external_reference);

CREATE INDEX idx_contracts_organiz_44be81 ON public.contracts USING btree (organization_id, id);

CREATE INDEX idx_contracts_scope_fd64f9 ON public.contracts USING btree (scope, id);

CREATE INDEX idx_discount_re_scope_83e2f3 ON public.discount_redemptions USING btree (scope, id);

CREATE INDEX idx_discounts_scope_09c57f ON public.discounts USING btree (scope, id);

CREATE INDEX idx_discounts_seller__2a3bf5 ON public.discounts USING btree (seller_id, id);

CREATE INDEX idx_emergency_l_scope_bb79f3 ON public.emergency_locations USING btree (scope, id);

CREATE INDEX idx_events_scope_2d9c60 ON public.events USING btree (scope, id);

CREATE INDEX idx_idempotency_expires_ae52bb ON public.idempotency_keys USING btree (expires_at);

CREATE INDEX idx_instances_scope_632123 ON public.instances USING btree (scope, id);

CREATE INDEX idx_invitations_scope_1575f0 ON public.invitations USING btree (scope, id);

CREATE INDEX idx_invoices_account_3b7d89 ON public.invoices USING btree (account_id, id);

CREATE INDEX idx_invoices_scope_68a6ff ON public.invoices USING btree (scope, id);

CREATE INDEX idx_invoices_seller__c29841 ON public.invoices USING btree (seller_scope, id);

CREATE INDEX idx_members_scope_1f1286 ON public.members USING btree (scope, id);

CREATE INDEX idx_members_user_id_fb2e32 ON public.members USING btree (user_id);

CREATE INDEX idx_numbers_scope_ca868b ON public.numbers USING btree (scope, id);

CREATE INDEX idx_order_forms_order_i_acb686 ON public.order_forms USING btree (order_id);

CREATE INDEX idx_order_types_scope_c235b2 ON public.order_types USING btree (scope, id);

CREATE INDEX idx_orders_organiz_d40b1b ON public.orders USING btree (organization_id, id);

CREATE INDEX idx_orders_scope_4e57c3 ON public.orders USING btree (scope, id);

CREATE INDEX idx_organizatio_parent__436346 ON public.organizations USING btree (parent_id);

CREATE INDEX idx_password_re_expires_6110ec ON public.password_resets USING btree (expires_at);

CREATE INDEX idx_password_re_user_id_78da2a ON public.password_resets USING btree (user_id);

CREATE INDEX idx_payments_invoice_0a404b ON public.payments USING btree (invoice_id, id);

CREATE INDEX idx_payments_scope_468ec9 ON public.payments USING btree (scope, id);

CREATE INDEX idx_payments_seller__584ddf ON public.payments USING btree (seller_scope, id);

CREATE INDEX idx_plan_add_on_add_on__340787 ON public.plan_add_ons USING btree (add_on_id);

CREATE INDEX idx_plan_compon_compone_cdd055 ON public.plan_components USING btree (component_id);

CREATE INDEX idx_plans_scope_5d171c ON public.plans USING btree (scope, id);

CREATE INDEX idx_ports_organiz_33f792 ON public.ports USING btree (organization_id, id);

CREATE INDEX idx_ports_scope_3d1875 ON public.ports USING btree (scope, kind, id);

CREATE INDEX idx_price_lists_scope_9d190e ON public.price_lists USING btree (scope, id);

CREATE INDEX idx_price_lists_seller__a93aad ON public.price_lists USING btree (seller_id, currency);

CREATE INDEX idx_prices_plan_id_abd5f4 ON public.prices USING btree (plan_id, sales_model);

CREATE INDEX idx_product_cat_categor_3be050 ON public.product_categories USING btree (category_id);

CREATE INDEX idx_product_ord_order_t_65060b ON public.product_order_types USING btree (order_type_id);

CREATE INDEX idx_products_scope_1a419c ON public.products USING btree (scope, id);

CREATE INDEX idx_provisioner_receive_4f9299 ON public.provisioner_callbacks USING btree (received_at);

CREATE INDEX idx_provisionin_scope_55ada7 ON public.provisioning_operations USING btree (scope, id);

CREATE INDEX idx_refresh_tok_session_11127b ON public.refresh_tokens USING btree (session_id);

CREATE INDEX idx_sessions_expires_6bcc94 ON public.sessions USING btree (expires_at);

CREATE INDEX idx_sessions_member__4466ff ON public.sessions USING btree (member_id);

CREATE INDEX idx_sessions_scope_827b49 ON public.sessions USING btree (scope, id);

CREATE INDEX idx_subscriptio_member__bb785b ON public.subscription_assignees USING btree (member_id);

CREATE INDEX idx_subscriptio_order_i_d4b538 ON public.subscriptions USING btree (order_id);

CREATE INDEX idx_subscriptio_scope_175115 ON public.subscriptions USING btree (scope, id);

CREATE INDEX idx_terms_accep_order_i_b003a3 ON public.terms_acceptances USING btree (order_id);

CREATE INDEX idx_terms_docum_scope_7cbdba ON public.terms_documents USING btree (scope, id);

CREATE INDEX idx_tickets_scope_1fd04c ON public.tickets USING btree (scope, id);

CREATE INDEX idx_trial_uses_order_i_2ac1d1 ON public.trial_uses USING btree (order_id);

CREATE INDEX idx_trial_uses_scope_39cd87 ON public.trial_uses USING btree (scope, id);

CREATE INDEX idx_uploads_scope_2a88f3 ON public.uploads USING btree (scope, id);

CREATE INDEX idx_uploads_state_e36529 ON public.uploads USING btree (state, created_at);

CREATE INDEX idx_usage_month_scope_dd700c ON public.usage_months USING btree (scope, id);

CREATE INDEX idx_usage_readi_subscri_960153 ON public.usage_readings USING btree (subscription_id, at);

CREATE INDEX idx_wallet_entr_account_3312cd ON public.wallet_entries USING btree (account_id, id);

CREATE INDEX idx_wallet_entr_order_i_30b8d0 ON public.wallet_entries USING btree (order_id);

CREATE INDEX idx_wallet_entr_scope_fdb403 ON public.wallet_entries USING btree (scope, id);

CREATE INDEX idx_webhook_att_deliver_b8d516 ON public.webhook_attempts USING btree (delivery_id, number);

CREATE INDEX idx_webhook_del_scope_5b25a8 ON public.webhook_deliveries USING btree (scope, id);

CREATE INDEX idx_webhook_end_scope_37a21a ON public.webhook_endpoints USING btree (scope, id);

CREATE UNIQUE INDEX invitations_open ON public.invitations USING btree (organization_id, email_key) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));

CREATE INDEX numbers_country ON public.numbers USING btree (seller_id, country, e164) WHERE (free_from IS NOT NULL);

CREATE INDEX numbers_digits ON public.numbers USING btree (reverse((e164)::text), scope, id) WHERE ((state)::text = 'ASSIGNED'::text);

CREATE INDEX numbers_ending ON public.numbers USING btree (free_from) WHERE ((state)::text = ANY ((ARRAY['RESERVED'::character varying, 'QUARANTINED'::character varying])::text[]));

CREATE UNIQUE INDEX numbers_once ON public.numbers USING btree (e164, split_part(scope, '.'::text, 1));

CREATE INDEX numbers_order ON public.numbers USING btree (order_id) WHERE (order_id IS NOT NULL);

CREATE INDEX numbers_order_line ON public.numbers USING btree (order_line_id) WHERE (order_line_id IS NOT NULL);

CREATE INDEX numbers_rate_center ON public.numbers USING btree (seller_id, rate_center, e164) WHERE (free_from IS NOT NULL);

CREATE INDEX numbers_special ON public.numbers USING btree (seller_id, e164) WHERE ((free_from IS NOT NULL) AND ((kind)::text <> 'LOCAL'::text));

CREATE INDEX numbers_stock ON public.numbers USING btree (seller_id, e164) WHERE (free_from IS NOT NULL);

CREATE INDEX numbers_subscription ON public.numbers USING btree (subscription_id) WHERE (subscription_id IS NOT NULL);

CREATE UNIQUE INDEX operations_one_live ON public.provisioning_operations USING btree (instance_id) WHERE (finished_at IS NULL);

CREATE INDEX outgoing_mails_due ON public.outgoing_mails USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE UNIQUE INDEX price_lists_buyer ON public.price_lists USING btree (seller_id, buyer_id, currency) NULLS NOT DISTINCT;

CREATE INDEX provisioning_operations_due ON public.provisioning_operations USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX subscriptions_due ON public.subscriptions USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX usage_months_due ON public.usage_months USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX webhook_attempts_at ON public.webhook_attempts USING brin (at);

CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX webhook_deliveries_order ON public.webhook_deliveries USING btree (endpoint_id, aggregate_id, aggregate_seq) WHERE ((aggregate_id IS NOT NULL) AND ((state)::text = 'PENDING'::text));

CREATE TRIGGER charges_kept BEFORE DELETE OR UPDATE ON public.charges FOR EACH ROW EXECUTE FUNCTION public.charges_are_kept();

CREATE TRIGGER invoices_kept BEFORE DELETE OR UPDATE ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.invoices_are_kept();

CREATE TRIGGER order_forms_fixed BEFORE DELETE OR UPDATE ON public.order_forms FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payments_kept BEFORE DELETE OR UPDATE ON public.payments FOR EACH ROW EXECUTE FUNCTION public.invoices_are_kept();

CREATE TRIGGER search_added AFTER INSERT ON public.contracts REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.contracts_search_added();

CREATE TRIGGER search_added AFTER INSERT ON public.organizations REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.organizations_search_added();

CREATE TRIGGER search_changed AFTER UPDATE OF number, external_reference, scope ON public.contracts FOR EACH ROW WHEN (((((old.number)::text IS DISTINCT FROM (new.number)::text) OR ((old.external_reference)::text IS DISTINCT FROM (new.external_reference)::text)) OR (old.scope IS DISTINCT FROM new.scope))) EXECUTE FUNCTION public.contracts_search_changed();

CREATE TRIGGER search_changed AFTER UPDATE OF name_key, reference, scope ON public.organizations FOR EACH ROW WHEN (((((old.name_key)::text IS DISTINCT FROM (new.name_key)::text) OR ((old.reference)::text IS DISTINCT FROM (new.reference)::text)) OR (old.scope IS DISTINCT FROM new.scope))) EXECUTE FUNCTION public.organizations_search_changed();

CREATE TRIGGER terms_documents_fixed BEFORE DELETE OR UPDATE ON public.terms_documents FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.backorders
    ADD CONSTRAINT backorders_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.bulk_operations
    ADD CONSTRAINT bulk_operations_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.categories
    ADD CONSTRAINT categories_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.charges
    ADD CONSTRAINT charges_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.charges
    ADD CONSTRAINT charges_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.charges
    ADD CONSTRAINT charges_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.charges
    ADD CONSTRAINT charges_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.accounts(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.charges
    ADD CONSTRAINT charges_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.contract_prices
    ADD CONSTRAINT contract_prices_contract_id_fkey FOREIGN KEY (contract_id) REFERENCES public.contracts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contract_prices
    ADD CONSTRAINT contract_prices_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.plans(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.contracts
    ADD CONSTRAINT contracts_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.contracts
    ADD CONSTRAINT contracts_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.contracts
    ADD CONSTRAINT contracts_upload_id_fkey FOREIGN KEY (upload_id) REFERENCES public.uploads(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.credential_links
    ADD CONSTRAINT credential_links_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES public.instances(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.discount_redemptions
    ADD CONSTRAINT discount_redemptions_discount_id_fkey FOREIGN KEY (discount_id) REFERENCES public.discounts(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.discounts
    ADD CONSTRAINT discounts_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.discounts
    ADD CONSTRAINT discounts_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.plans(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.discounts
    ADD CONSTRAINT discounts_product_id_fkey FOREIGN KEY (product_id) REFERENCES public.products(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.discounts
    ADD CONSTRAINT discounts_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.document_numbers
    ADD CONSTRAINT document_numbers_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.emergency_locations
    ADD CONSTRAINT emergency_locations_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.failed_attempts
    ADD CONSTRAINT failed_attempts_order_line_id_fkey FOREIGN KEY (order_line_id) REFERENCES public.order_lines(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.numbers
    ADD CONSTRAINT numbers_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.numbers
    ADD CONSTRAINT numbers_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.plans(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.numbers
    ADD CONSTRAINT numbers_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.order_forms
    ADD CONSTRAINT order_forms_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.order_forms
    ADD CONSTRAINT order_forms_upload_id_fkey FOREIGN KEY (upload_id) REFERENCES public.uploads(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.order_lines
    ADD CONSTRAINT order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.order_lines
    ADD CONSTRAINT order_lines_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.plans(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.order_lines
    ADD CONSTRAINT order_lines_product_id_fkey FOREIGN KEY (product_id) REFERENCES public.products(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.order_types
    ADD CONSTRAINT order_types_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_contract_id_fkey FOREIGN KEY (contract_id) REFERENCES public.contracts(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.plan_add_ons
    ADD CONSTRAINT plan_add_ons_add_on_id_fkey FOREIGN KEY (add_on_id) REFERENCES public.plans(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.plan_add_ons
    ADD CONSTRAINT plan_add_ons_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.plans(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.plan_components
    ADD CONSTRAINT plan_components_component_id_fkey FOREIGN KEY (component_id) REFERENCES public.plans(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.plan_components
    ADD CONSTRAINT plan_components_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.plans(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_product_id_fkey FOREIGN KEY (product_id) REFERENCES public.products(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.ports
    ADD CONSTRAINT ports_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.ports
    ADD CONSTRAINT ports_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.plans(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.ports
    ADD CONSTRAINT ports_upload_id_fkey FOREIGN KEY (upload_id) REFERENCES public.uploads(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.price_lists
    ADD CONSTRAINT price_lists_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.price_lists
    ADD CONSTRAINT price_lists_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.prices
    ADD CONSTRAINT prices_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.plans(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.prices
    ADD CONSTRAINT prices_price_list_id_fkey FOREIGN KEY (price_list_id) REFERENCES public.price_lists(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.product_categories
    ADD CONSTRAINT product_categories_category_id_fkey FOREIGN KEY (category_id) REFERENCES public.categories(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.product_categories
    ADD CONSTRAINT product_categories_product_id_fkey FOREIGN KEY (product_id) REFERENCES public.products(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.product_order_types
    ADD CONSTRAINT product_order_types_order_type_id_fkey FOREIGN KEY (order_type_id) REFERENCES public.order_types(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.product_order_types
    ADD CONSTRAINT product_order_types_product_id_fkey FOREIGN KEY (product_id) REFERENCES public.products(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.products
    ADD CONSTRAINT products_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.provisioning_operations
    ADD CONSTRAINT provisioning_operations_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES public.instances(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.refresh_tokens
    ADD CONSTRAINT refresh_tokens_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.subscription_assignees
    ADD CONSTRAINT subscription_assignees_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.subscription_assignees
    ADD CONSTRAINT subscription_assignees_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES public.subscriptions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_contract_id_fkey FOREIGN KEY (contract_id) REFERENCES public.contracts(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.plans(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_product_id_fkey FOREIGN KEY (product_id) REFERENCES public.products(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.terms_acceptances
    ADD CONSTRAINT terms_acceptances_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.terms_acceptances
    ADD CONSTRAINT terms_acceptances_terms_id_fkey FOREIGN KEY (terms_id) REFERENCES public.terms_documents(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.terms_documents
    ADD CONSTRAINT terms_documents_product_id_fkey FOREIGN KEY (product_id) REFERENCES public.products(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.trial_uses
    ADD CONSTRAINT trial_uses_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.trial_uses
    ADD CONSTRAINT trial_uses_product_id_fkey FOREIGN KEY (product_id) REFERENCES public.products(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.wallet_entries
    ADD CONSTRAINT wallet_entries_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.webhook_attempts
    ADD CONSTRAINT webhook_attempts_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES public.webhook_deliveries(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES public.webhook_endpoints(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;


INSERT INTO public.tortoise_migrations (app, name, applied_at)
SELECT 'provender', unnest(ARRAY['0001_organizations', '0002_catalog', '0003_orders', '0004_provisioning', '0005_webhooks', '0006_postgres', '0007_people', '0008_accounts', '0009_catalog_breadth', '0010_pricing', '0011_numbers', '0011_policies', '0012_instance_operations', '0013_approval', '0013_uploads', '0014_bulk', '0014_numbers_of_orders', '0015_order_terms', '0016_desk', '0016_numbers_of_lines', '0016_search', '0017_ledger', '0017_number_import', '0018_subscription_changes', '0018_webhooks_whole', '0019_backorders', '0020_credentials', '0021_after_submission', '0021_ports', '0022_renewals', '0023_invoices', '0024_order_forms', '0024_signing_keys', '0025_usage', '0026_changes', '0027_order_handling', '0028_add_ons', '0028_traces', '0029_months_cut_short', '0029_wishes', '0030_api_versions', '0031_order_versions', '0031_plan_policies']), now();
