"""The worker process: pumps on PostgreSQL, arq as their doorbell; it outlives outages of both."""

import asyncio
import signal
from contextlib import suppress
from typing import Any, Final

import orjson
import structlog
from arq.worker import Worker, func
from obstore.exceptions import BaseError as StorageError
from redis.exceptions import RedisError

import bootstrap
from integrations.clock import machine_now
from integrations.doorbell import QUEUE, WAKE_JOB, Bell, arq_settings
from integrations.http.client import HttpClient
from integrations.http.guard import EgressPolicy
from integrations.mail.mailroom import Mailroom
from integrations.mail.opening import open_mailer
from integrations.metrics import open_metrics
from integrations.provisioners.http import CONNECT_SECONDS
from integrations.storage import SignedAddresses
from integrations.webhooks.sender import WebhookSender
from jobs.bulk import bulk_pump
from jobs.mail import mail_pump
from jobs.metrics import refresh_metrics
from jobs.numbers import put_numbers_back
from jobs.outbox import outbox_pump
from jobs.provisioning import provisioning_pump
from jobs.pump import DATABASE_TROUBLE, Pump
from jobs.renewals import Renewals
from jobs.sweeping import sweep_rows
from jobs.uploads import sweep_uploads
from jobs.usage import usage_pump
from jobs.webhooks import sweep_webhooks, webhook_pump
from jobs.workshop import Workshop
from settings import Settings

log = structlog.get_logger(__name__)

_REDIS_AWAY_SECONDS: Final = 1.0
_GOODBYE_SECONDS: Final = 0.5
_SWEEP_SECONDS: Final = 3600.0


async def wake(ctx: dict[str, Any], bell: str) -> None:
    """The one arq job: look at a queue now. It may run twice, or never."""
    ctx["wakes"][Bell(bell)].set()


async def listen(shop: Workshop, redis_url: str) -> None:
    """Serve the doorbell for ever; while Redis is away the pumps poll by themselves."""
    while True:
        worker = Worker(
            functions=[func(wake, name=WAKE_JOB, keep_result=0, timeout=10, max_tries=1)],
            redis_settings=arq_settings(redis_url),
            queue_name=QUEUE,
            ctx={"wakes": shop.wakes},
            handle_signals=False,
            poll_delay=0.05,
            max_jobs=50,
            keep_result=0,
            log_results=False,
            health_check_interval=60,
            job_serializer=orjson.dumps,
            job_deserializer=orjson.loads,
        )
        try:
            await worker.async_run()
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("doorbell.away", error=type(error).__name__)
        finally:
            with suppress(RedisError, OSError, TimeoutError):
                # Arq says goodbye over the wire: a Redis that hangs must not keep the process from ending.
                async with asyncio.timeout(_GOODBYE_SECONDS):
                    await worker.close()
        await asyncio.sleep(_REDIS_AWAY_SECONDS)


def open_mailroom(settings: Settings) -> Mailroom | None:
    """Where mails are composed and leave: by the configured server, in development into a folder; else None."""
    url = settings.smtp_url.get_secret_value() if settings.smtp_url else None
    mailer = open_mailer(url, settings.data_dir / "mail" if settings.is_development else None)
    return None if mailer is None else Mailroom(mailer, sender=settings.mail_from, web_url=settings.web_url)


async def sweep(shop: Workshop) -> None:
    """Drop what nothing needs any more, every hour."""
    while True:
        try:
            await sweep_rows(shop)
            await sweep_uploads(shop)
            await sweep_webhooks(shop)
        except DATABASE_TROUBLE as error:
            log.warning("sweep.database_away", error=type(error).__name__)
        except (StorageError, OSError) as error:
            log.warning("sweep.storage_away", error=type(error).__name__)
        await asyncio.sleep(_SWEEP_SECONDS)


def _pumps(shop: Workshop, settings: Settings) -> list[Pump | Renewals]:
    """What works off each queue; mails only where there is a way to send them."""
    makers = (outbox_pump, provisioning_pump, webhook_pump, bulk_pump, usage_pump)
    pumps: list[Pump | Renewals] = [make(shop, settings.worker_poll_seconds) for make in makers]
    pumps.append(Renewals(shop, settings.worker_poll_seconds))
    mailroom = open_mailroom(settings)
    if mailroom is None:
        log.warning("mail.off", reason="PROVENDER_SMTP_URL is not set: mails wait in their queue")
    else:
        pumps.append(mail_pump(shop, mailroom, settings.worker_poll_seconds))
    return pumps


async def meter(settings: Settings, shop: Workshop) -> None:
    """Answer Prometheus, where a port is set for it; without it everything else goes on."""
    if settings.metrics_port is None:
        return
    host, port = settings.metrics_host, settings.metrics_port
    try:
        server = await open_metrics(host, port, shop.metrics.registry, lambda: refresh_metrics(shop))
    except OSError as error:
        log.warning("metrics.no_port", host=host, port=port, error=str(error))
        return
    async with server:
        await server.serve_forever()


async def work(settings: Settings, addresses: bootstrap.Addresses) -> None:
    """Work until SIGTERM or SIGINT; then what is in hand ends, and leases that cannot end come due for others."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    policy = bootstrap.egress_policy(settings)
    outbound = HttpClient(policy, bootstrap.USER_AGENT)
    # Their addresses are the operator's own choice, often inside its network; webhook addresses are anybody's.
    trusted = EgressPolicy(allow_http=True, allow_private=True)
    provisioner_http = HttpClient(trusted, bootstrap.USER_AGENT, connect_timeout_seconds=CONNECT_SECONDS)
    doorbell = bootstrap.open_doorbell(addresses)
    async with bootstrap.database(addresses, settings.database_pool_size):
        vault, public_url = bootstrap.open_vault(settings), settings.public_url.rstrip("/")
        shop = Workshop(
            now=bootstrap.utc_now,
            signed=machine_now,
            new_id=bootstrap.new_id,
            vault=vault,
            doorbell=doorbell,
            sender=WebhookSender(outbound),
            provisioners=bootstrap.open_provisioners(settings, provisioner_http, machine_now),
            storage=bootstrap.open_storage(settings, SignedAddresses(public_url, vault)),
            public_url=public_url,
            spans=(spans := bootstrap.open_spans(settings, "provender-worker")),
        )
        standing = (listen(shop, addresses.redis_url), sweep(shop), put_numbers_back(shop), meter(settings, shop))
        background = [asyncio.create_task(each) for each in standing]
        log.info("worker.ready", provisioners=shop.provisioners.keys)
        await asyncio.gather(*(pump.run(stop) for pump in _pumps(shop, settings)))
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await asyncio.to_thread(spans.close)
    await asyncio.gather(outbound.aclose(), provisioner_http.aclose(), doorbell.aclose())
    log.info("worker.stopped")
