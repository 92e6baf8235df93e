"""Where outbound requests may go."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.http.guard import (
    SPECIAL_RANGES,
    EgressPolicy,
    ForbiddenUrl,
    Range,
    check_url,
    is_permitted,
    is_public,
)

PRODUCTION = EgressPolicy()
DEVELOPMENT = EgressPolicy(allow_http=True, allow_private=True)

FORBIDDEN_ADDRESSES = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
    168.63.129.16 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.9 192.0.0.192 192.0.2.1
    192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1
    255.255.255.255
    :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:7f00:1 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1
    100::1 100:0:0:1::1 2001::1 2001:0:53aa:64c:0:0:80ff:fffe 2001:2::1 2001:10::1 2001:20::1 2001:30::1 2001:db8::1
    2002:7f00:1:: 2002:808:808::1 2620:4f:8000::1 3ffe::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fd20:ce::254 fe80::1
    fe80::5efe:7f00:1 fec0::1 ff02::1 4000::1 200::1 2606:4700::5efe:7f00:1 2606:4700::200:5efe:a00:1
"""

PUBLIC_ADDRESSES = """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 168.63.129.17
    169.253.255.255 172.15.255.255 172.32.0.0 192.0.1.0 198.17.255.255 198.20.0.0 223.255.255.255
    2001:200::1 2001:4860:4860::8888 2003::1 2606:4700::1111 2a00:1450::1 2606:4700::5efe:808:808
"""


@pytest.mark.parametrize("text", FORBIDDEN_ADDRESSES.split())
def test_special_addresses_are_not_public(text: str) -> None:
    """No address of the special-purpose registries, and none that carries another inside, is public."""
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC_ADDRESSES.split())
def test_neighbours_of_special_ranges_are_public(text: str) -> None:
    """Everything else is public, up to the last address before a special range."""
    assert is_public(ip_address(text))


@pytest.mark.parametrize("network", [row[0] for row in SPECIAL_RANGES])
def test_ranges_are_refused_whole(network: str) -> None:
    """A special range is refused from its first to its last address."""
    assert not is_public(ip_network(network)[0])
    assert not is_public(ip_network(network)[-1])


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_the_table_is_stricter_than_the_standard_library(address: IPv4Address | IPv6Address) -> None:
    """What we call public, Python calls global."""
    assert address.is_global or not is_public(address)


@pytest.mark.parametrize("text", ["127.0.0.1", "::1", "10.1.2.3", "192.168.1.1", "100.64.0.1", "fd12::1", "8.8.8.8"])
def test_development_reaches_local_addresses(text: str) -> None:
    """Where private addresses are allowed, loopback and private use are reached as well as public ones."""
    assert is_permitted(ip_address(text), DEVELOPMENT)


@pytest.mark.parametrize(
    "text", ["169.254.169.254", "100.100.100.200", "fd00:ec2::254", "0.0.0.1", "::ffff:10.0.0.1", "fe80::1"]
)
def test_metadata_services_stay_closed(text: str) -> None:
    """Even where private addresses are allowed, metadata services and disguises are not."""
    assert not is_permitted(ip_address(text), DEVELOPMENT)


def test_only_ranges_of_the_site_are_local() -> None:
    """The rows that a deployment may open are loopback, private use, CGNAT and unique local, no others."""
    local = {network for network, kind, _ in SPECIAL_RANGES if kind is Range.LOCAL}
    assert local == {
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    }


FORBIDDEN_URLS = [
    "",
    "example.com",
    "//example.com/",
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com:25/",
    "javascript:alert(1)",
    "https://",
    "https:///path",
    "https://user@example.com/",
    "https://user:password@example.com/",
    "https://good.com\\@127.0.0.1/",
    "https://good.com\\.evil.com/",
    "https://exa mple.com/",
    "https://example.com/\r\nHost: evil",
    "https://example.com/\tx",
    "https://\x00example.com/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0X7F.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.1/",
    "https://127.0.1/",
    "https://1.2.3.4.5/",
    "https://256.1.1.1/",
    "https://8.8.8.010/",
    "https://127.0.0.1./",
    "https://127.0.0.1/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://127%2e0%2e0%2e1/",
    "https://127。0。0。1/",
    "https://\uff11\uff12\uff17.\uff10.\uff10.\uff11/",
    "https://①②⑦.⓪.⓪.①/",
    "https://ⓛocalhost/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::a00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1%25eth0]/",
    "https://[2606:4700::1111%25eth0]/",
    "https://[2606:4700::1111%eth0]/",
    "https://[v1.fe80]/",
    "https://[::1/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://api.localhost/",
    "https://intranet/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://router.home.arpa/",
    "https://example.com./",
    "https://exam..ple.com/",
    "https://-a.example.com/",
    "https://a-.example.com/",
    "https://*.example.com/",
    "https://ex;ample.com/",
    "https://exa%6dple.com/",
    f"https://{'a' * 64}.com/",
    f"https://{'a.' * 127}com/",
    f"https://example.com/{'a' * 2048}",
    "https://example.com:0/",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:465/",
    "https://example.com:6667/",
    "https://example.com:65536/",
    "https://example.com:-1/",
    "https://example.com:80x/",
]


@pytest.mark.parametrize("url", FORBIDDEN_URLS)
def test_forbidden_urls(url: str) -> None:
    """A URL that is not plain https to a public name or address on a web port is refused with a reason."""
    with pytest.raises(ForbiddenUrl) as refusal:
        check_url(url, PRODUCTION)
    assert refusal.value.reason
    assert url not in refusal.value.reason or not url


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "authority"),
    [
        ("https://example.com", "example.com", 443, "/", "example.com"),
        ("HTTPS://EXAMPLE.com:443/a?b=c#d", "example.com", 443, "/a?b=c", "example.com"),
        ("https://example.com:8443/", "example.com", 8443, "/", "example.com:8443"),
        ("https://münchen.de/ä b".replace(" ", "%20"), "xn--mnchen-3ya.de", 443, "/%C3%A4%20b", "xn--mnchen-3ya.de"),
        ("https://8.8.8.8/", "8.8.8.8", 443, "/", "8.8.8.8"),
        ("https://[2606:4700::1111]:8443/", "2606:4700::1111", 8443, "/", "[2606:4700::1111]:8443"),
        ("https://a_b.example.com/", "a_b.example.com", 443, "/", "a_b.example.com"),
        ("https://1and1.com/", "1and1.com", 443, "/", "1and1.com"),
    ],
)
def test_permitted_urls(url: str, host: str, port: int, path: str, authority: str) -> None:
    """A permitted URL is taken apart once, and what was checked is what is dialled and sent."""
    target = check_url(url, PRODUCTION)
    assert (target.scheme, target.host, target.port, target.path) == ("https", host, port, path)
    assert target.authority == authority


@pytest.mark.parametrize(
    "url", ["http://localhost:9000/x", "http://127.0.0.1:9000/", "https://sandbox/", "http://[::1]:9000/"]
)
def test_development_urls(url: str) -> None:
    """Development may call http and local names."""
    assert check_url(url, DEVELOPMENT).path


@pytest.mark.parametrize(
    "url", ["http://2130706433/", "http://169.254.169.254/", "ftp://localhost/", "http://localhost:25/"]
)
def test_development_is_no_carte_blanche(url: str) -> None:
    """Odd notations, metadata services, other protocols and their ports are refused in development too."""
    with pytest.raises(ForbiddenUrl):
        check_url(url, DEVELOPMENT)


@given(st.text(max_size=80))
def test_no_text_crashes_the_check(text: str) -> None:
    """Whatever is typed in is a target or a ForbiddenUrl."""
    try:
        target = check_url(f"https://{text}", PRODUCTION)
    except ForbiddenUrl:
        return
    assert target.host.isascii()
