import pytest

from bot.autotask.zones import DEFAULT_DISCOVERY, Discovery
from bot.errors import AutotaskUnavailable, CredentialsRejected

REAL = Discovery.at(DEFAULT_DISCOVERY)
SANDBOX = Discovery.at("http://127.0.0.1:8431")
PRIVATE = Discovery.at("https://autotask.example.com:8443")


def test_the_default_address_is_completed() -> None:
    assert REAL.url == "https://webservices.autotask.net/atservicesrest/v1.0/zoneInformation"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8431",
        "http://127.0.0.1:8431/",
        "http://127.0.0.1:8431/atservicesrest",
        "http://127.0.0.1:8431/atservicesrest/",
        "http://127.0.0.1:8431/atservicesrest/v1.0",
        "http://127.0.0.1:8431/atservicesrest/v1.0/",
        "http://127.0.0.1:8431/atservicesrest/v1.0/zoneInformation",
    ],
)
def test_origin_version_and_complete_address_mean_the_same(address: str) -> None:
    assert Discovery.at(address).url == "http://127.0.0.1:8431/atservicesrest/v1.0/zoneInformation"


@pytest.mark.parametrize(
    "address", ["", "webservices.autotask.net", "http://webservices.autotask.net", "ftp://x", "https://"]
)
def test_an_address_without_https_is_refused_away_from_this_machine(address: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Discovery.at(address)


@pytest.mark.parametrize(
    ("discovery", "url", "trusted"),
    [
        (REAL, "https://webservices29.autotask.net/ATServicesRest/", True),
        (REAL, "https://webservices29.autotask.net:443/", True),
        (REAL, "http://webservices29.autotask.net/", False),
        (REAL, "https://webservices29.autotask.net:8443/", False),
        (REAL, "https://autotask.net.evil.example/", False),
        (REAL, "https://evilautotask.net/", False),
        (REAL, "https://user:pass@webservices29.autotask.net/", False),
        (REAL, "http://127.0.0.1/", False),
        (SANDBOX, "http://127.0.0.1:9999/", True),
        (SANDBOX, "http://localhost:8431/", True),
        (SANDBOX, "http://[::1]:8431/", True),
        (SANDBOX, "https://localhost:8431/", False),
        (PRIVATE, "https://localhost:8431/", False),
        (SANDBOX, "https://webservices29.autotask.net/", False),
        (SANDBOX, "http://192.168.1.4:8431/", False),
        (PRIVATE, "https://autotask.example.com/", True),
        (PRIVATE, "http://autotask.example.com/", False),
        (PRIVATE, "https://other.example.com/", False),
    ],
)
def test_credentials_go_to_autotask_or_to_the_very_host_of_discovery(
    discovery: Discovery, url: str, trusted: bool
) -> None:
    assert discovery.trusts(url) is trusted


def test_a_zone_is_read_with_its_addresses_tidied() -> None:
    zone = REAL.read(
        {
            "zoneName": "Pre Release",
            "url": "https://webservices2.autotask.net/ATServicesRest",
            "webUrl": "https://ww2.autotask.net/",
            "ci": 30595,
        }
    )
    assert zone.api_url == "https://webservices2.autotask.net/ATServicesRest/"
    assert (zone.name, zone.web_url, zone.ci) == ("Pre Release", "https://ww2.autotask.net/", 30595)


def test_a_version_in_the_zone_address_is_not_doubled() -> None:
    zone = REAL.read({"url": "https://webservices2.autotask.net/ATServicesRest/V1.0/", "ci": 1})
    assert zone.api_url == "https://webservices2.autotask.net/ATServicesRest/"


def test_a_zone_elsewhere_is_refused_before_credentials_are_sent() -> None:
    with pytest.raises(CredentialsRejected) as refused:
        REAL.read({"url": "https://evil.example/ATServicesRest/", "ci": 1})
    assert "evil.example" in refused.value.reason


def test_a_zone_without_its_database_number_is_no_answer() -> None:
    with pytest.raises(AutotaskUnavailable):
        REAL.read({"url": "https://webservices2.autotask.net/ATServicesRest/"})


def test_who_gives_an_unencrypted_address_is_told_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"put HTTPS in front of that host, or use http://127\.0\.0\.1"):
        Discovery.at("http://sandbox:8431")


def test_only_an_address_without_tls_does_without_certificates_and_its_zones_have_none() -> None:
    plain = Discovery.at("http://127.0.0.1:8431")
    assert plain.is_plain
    assert not plain.trusts("https://127.0.0.1:8431/ATServicesRest/")
    assert not REAL.is_plain
    assert not Discovery.at("https://127.0.0.1:8431").is_plain
