"""One provisioner is down: the orders of the others go on."""

from dataclasses import replace

from integrations.provisioners.registry import ProvisionerConfig, build_registry
from tests.integrations.sandboxes import SECRET, new_http
from tests.jobs.bench import Bench


async def test_p1_a_provisioner_that_is_down_delays_its_own_orders_only(bench: Bench) -> None:
    """Left alone after five failures: its operations wait without a call, those of the others succeed meanwhile."""
    http = new_http()
    configs = [
        ProvisionerConfig("cloud", "cloud", "http://127.0.0.1:9/cloud", (SECRET,)),
        ProvisionerConfig("saas", "saas", f"{bench.sandbox_url}/saas", (SECRET,)),
    ]
    healthy = bench.shop
    bench.shop = replace(healthy, provisioners=build_registry(configs, http=http, clock=bench.clock.now))
    orders = [await bench.place() for _ in range(7)]
    await bench.work()
    rows = [await bench.operations(order_id) for order_id in orders]
    assert {saas["state"] for _, saas in rows} == {"SUCCEEDED"}
    assert {cloud["state"] for cloud, _ in rows} == {"RETRY_WAIT"}
    held_back = [cloud for cloud, _ in rows if "left alone" in cloud["failure_reason"]]
    assert len(held_back) == 2
    await http.aclose()
    bench.shop = healthy
    for order_id in orders:
        await bench.work_until(order_id, "COMPLETED")
