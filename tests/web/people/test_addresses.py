"""Where webhooks may go: to the public internet, at the address that was looked at, and nowhere else."""

from __future__ import annotations

import socket

import pytest

from leadline.web.destinations import is_public, split
from leadline.web.errors import Invalid
from leadline.web.outbound.addresses import resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255",  # noqa: S104
        "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "192.0.2.1",
        "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1",
        "2001:db8::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_on_the_public_internet_is_known(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]
)
def test_a_public_address_is_known(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "https://169.254.169.254/latest/meta-data/",
        "http://2130706433/", "http://0x7f.1/", "http://017700000001/", "http://127.1/",
        "http://[::ffff:127.0.0.1]/",
    ],
)  # fmt: skip
def test_an_address_inside_is_refused_however_it_is_written(url):
    with pytest.raises(Invalid):
        resolve(url)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "gopher://example.org", "javascript:alert(1)",
        "//example.org", "example.org", "", "http://", "http://user:word@example.org/", "http://example.org:0/",
        "http://example.org:99999/", "http://[::1", "http://exa mple.org/", "http://example.org/\r\nHost: x",
        "http://example.org/\0", "https://example.org/" + "x" * 500, "http://éxample.org/",
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(url):
    with pytest.raises(Invalid):
        split(url)


def test_a_name_is_refused_if_one_of_its_addresses_is_inside(monkeypatch):
    def answers(*_, **__):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    with pytest.raises(Invalid, match=r"10\.0\.0\.1"):
        resolve("https://two.example.org/")
    assert resolve("https://two.example.org/", private=True).address == "8.8.8.8"


def test_the_target_keeps_the_name_for_the_certificate_and_the_address_for_the_connection(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 8443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    target = resolve("https://one.example.org:8443/a/b?c=d#e")
    assert (target.secure, target.host, target.address, target.port) == (
        True,
        "one.example.org",
        "8.8.8.8",
        8443,
    )
    assert (target.path, target.host_header) == ("/a/b?c=d", "one.example.org:8443")
