"""The environment, typed and read once: every setting is a variable named PROVENDER_… (see README)."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal

from cryptography.fernet import Fernet
from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    """Development opens GraphiQL, plain-http webhooks to private addresses and the movable parts of the demo."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ProvisionerSettings(BaseModel):
    """One provisioner: `kind` picks the connector, products name it by `key`."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")
    kind: Literal["cloud", "saas", "voice"]
    base_url: str
    secret: SecretStr


class Settings(BaseSettings):
    """What a process needs to know; everything has a default that works on a laptop."""

    model_config = SettingsConfigDict(env_prefix="PROVENDER_", env_file=None, frozen=True, extra="ignore")

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
    max_body_bytes: int = Field(default=256 * 1024, ge=1024)
    provisioners: list[ProvisionerSettings] = Field(default_factory=list)
    worker_poll_seconds: float = Field(default=2.0, gt=0, le=60)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    operation_deadline: timedelta = timedelta(hours=24)

    @field_validator("secret_keys")
    @classmethod
    def _keys_are_fernet_keys(cls, keys: list[SecretStr]) -> list[SecretStr]:
        for key in keys:
            Fernet(key.get_secret_value())
        return keys

    @property
    def is_development(self) -> bool:
        """Whether the conveniences of a laptop are on."""
        return self.environment is Environment.DEVELOPMENT
