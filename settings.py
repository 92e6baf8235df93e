"""The environment, typed and read once: every setting is a variable named PROVENDER_… (see README)."""

from enum import StrEnum
from pathlib import Path
from typing import Literal, Self

from cryptography.fernet import Fernet
from pydantic import AliasChoices, BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    """Development opens GraphiQL, plain-http webhooks to private addresses and the movable parts of the demo."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ProvisionerSettings(BaseModel):
    """One provisioner: `kind` picks the connector, products name it by `key`.

    While its secret is rotated, `previous_secrets` are still signed with and taken from it.
    """

    key: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")
    kind: Literal["cloud", "saas", "voice"]
    base_url: str
    secret: SecretStr
    previous_secrets: list[SecretStr] = Field(default_factory=list)
    concurrency: int = Field(default=8, ge=1)
    calls_per_second: float | None = Field(default=None, gt=0)

    @property
    def secrets(self) -> tuple[str, ...]:
        """All that are in use, the newest first."""
        return tuple(secret.get_secret_value() for secret in (self.secret, *self.previous_secrets))


RoleName = Literal["OWNER", "ADMIN", "SALES", "BILLING", "SUPPORT", "VIEWER"]


class OidcIssuerSettings(BaseModel):
    """An issuer whose bearer tokens are taken: for which organization and with which role, fixed or by a claim."""

    issuer: str
    audience: str
    jwks_url: str
    organization: str | None = None
    organization_claim: str = ""
    organizations: dict[str, str] = Field(default_factory=dict)
    role: RoleName | None = None
    role_claim: str = ""
    roles: dict[str, RoleName] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way_each(self) -> Self:
        for fixed, claim, known in (
            (self.organization, self.organization_claim, self.organizations),
            (self.role, self.role_claim, self.roles),
        ):
            if bool(fixed) is bool(claim and known):
                raise ValueError("an issuer has an organization, or organization_claim and organizations; so the role")
        return self


class Settings(BaseSettings):
    """What a process needs to know; everything has a default that works on a laptop."""

    model_config = SettingsConfigDict(
        env_prefix="PROVENDER_", env_file=None, frozen=True, extra="ignore", populate_by_name=True
    )

    environment: Environment = Environment.DEVELOPMENT
    data_dir: Path = Path(".provender")
    database_url: str | None = None
    redis_url: str | None = None
    database_pool_size: int = Field(default=10, ge=2, le=200)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = "http://127.0.0.1:8000"
    secret_keys: list[SecretStr] = Field(default_factory=list)
    cors_origins: list[str] = Field(default_factory=list)
    max_body_bytes: int = Field(default=2 * 1024 * 1024, ge=1024)
    queries_by_get: bool = False
    introspection: Literal["everyone", "authenticated", "nobody"] = "authenticated"
    trusted_documents: Path | None = None
    trusted_documents_mode: Literal["also", "only"] = "also"
    cost_query_cap: int = Field(default=25_000, ge=1)
    cost_maximum: int = Field(default=200_000, ge=1, le=1_000_000_000_000)
    cost_restore_per_second: int = Field(default=10_000, ge=1)
    attempts_per_subject: int = Field(default=10, ge=1)
    attempts_per_address: int = Field(default=100, ge=1)
    provisioners: list[ProvisionerSettings] = Field(default_factory=list)
    oidc_issuers: list[OidcIssuerSettings] = Field(default_factory=list)
    smtp_url: SecretStr | None = None
    mail_from: str = "Provender <provender@localhost>"
    web_url: str = "http://127.0.0.1:3000"
    storage_url: str | None = Field(default=None, pattern=r"^s3://[^/]+")
    otlp_endpoint: str | None = Field(
        default=None,
        pattern=r"^https?://",
        validation_alias=AliasChoices("PROVENDER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
    )
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    worker_poll_seconds: float = Field(default=2.0, gt=0, le=60)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("secret_keys")
    @classmethod
    def _keys_are_fernet_keys(cls, keys: list[SecretStr]) -> list[SecretStr]:
        for key in keys:
            Fernet(key.get_secret_value())
        return keys

    @model_validator(mode="after")
    def _a_bucket_holds_a_query(self) -> Self:
        if self.cost_query_cap > self.cost_maximum:
            raise ValueError("PROVENDER_COST_QUERY_CAP must not be more than PROVENDER_COST_MAXIMUM")
        if self.trusted_documents_mode == "only" and self.trusted_documents is None:
            raise ValueError("PROVENDER_TRUSTED_DOCUMENTS_MODE=only needs PROVENDER_TRUSTED_DOCUMENTS")
        return self

    @property
    def is_development(self) -> bool:
        """Whether the conveniences of a laptop are on."""
        return self.environment is Environment.DEVELOPMENT
