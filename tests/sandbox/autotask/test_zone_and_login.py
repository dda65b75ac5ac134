from sandbox.autotask.accounts import SECRET, TRACKING_ID, USERNAME

ZONE = "http://sandbox/atservicesrest/v1.0/zoneInformation"


async def test_zone_discovery_needs_no_login_and_names_this_server(tenant):
    reply = await tenant.http.get(ZONE, params={"user": USERNAME})
    assert reply.status_code == 200
    assert reply.json() == {
        "zoneName": "Sandbox",
        "url": "http://sandbox/ATServicesRest/",
        "webUrl": "http://sandbox/",
        "ci": 30595,
    }


async def test_zone_discovery_of_an_unknown_user_is_a_500_with_errors(tenant):
    reply = await tenant.http.get(ZONE, params={"user": "nobody@sandbox.example"})
    assert reply.status_code == 500
    assert reply.json()["errors"]


async def test_the_versions_need_no_login(tenant):
    reply = await tenant.http.get("http://sandbox/atservicesrest/versioninformation")
    assert reply.json() == {"apiVersions": ["1.0"]}


async def test_a_wrong_secret_is_a_401_without_body(tenant):
    reply = await tenant.call("GET", "ThresholdInformation", Secret="wrong")
    assert (reply.status_code, reply.content) == (401, b"")


async def test_a_missing_header_is_a_401_without_body(tenant):
    for missing in ("ApiIntegrationCode", "UserName", "Secret"):
        headers = {key: value for key, value in tenant.headers.items() if key != missing}
        reply = await tenant.http.get("http://sandbox/ATServicesRest/V1.0/Version", headers=headers)
        assert (reply.status_code, reply.content) == (401, b"")


async def test_an_unknown_user_is_a_500(tenant):
    assert await tenant.refused("GET", "ThresholdInformation", UserName="nobody@sandbox.example")


async def test_a_wrong_integration_code_is_a_500(tenant):
    assert await tenant.refused("GET", "ThresholdInformation", ApiIntegrationCode="WRONG")


async def test_user_names_ignore_letter_case_and_secrets_do_not(tenant):
    assert (await tenant.call("GET", "Version", UserName=USERNAME.upper())).status_code == 200
    assert (await tenant.call("GET", "Version", Secret=SECRET.lower())).status_code == 401


async def test_a_user_is_locked_after_five_failures_even_with_the_right_secret(tenant):
    for _ in range(5):
        assert (await tenant.call("GET", "Version", Secret="wrong")).status_code == 401
    assert (await tenant.get("Version")).status_code == 401
    tenant.control.user().locked = False
    assert (await tenant.get("Version")).status_code == 200


async def test_a_successful_login_forgets_earlier_failures(tenant):
    for _ in range(3):
        for _ in range(4):
            await tenant.call("GET", "Version", Secret="wrong")
        assert (await tenant.get("Version")).status_code == 200


async def test_an_inactive_api_user_is_a_401(tenant):
    tenant.database.update("Resources", tenant.control.user().resource_id, {"isActive": False})
    assert (await tenant.get("Version")).status_code == 401


async def test_the_tracking_identifier_has_the_length_of_a_real_one():
    assert len(TRACKING_ID) in (27, 28)
