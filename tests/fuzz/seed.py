"""Fills a sandbox with things to fuzz, and says what there is: signs in, makes sites, customers,
assets, users, roles and cases, and prints them as JSON together with the token."""

import json
import os
import sys
import urllib.request

URL = os.environ["KEFU_URL"]
HOW_MANY = 24


def call(method: str, path: str, body: object = None, token: str | None = None) -> dict:
    """One request that has to succeed."""
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def upload(case: str, token: str) -> str:
    """A small file of a case; its id."""
    lines = ["--fuzz", 'Content-Disposition: form-data; name="file"; filename="a.txt"',
             "Content-Type: text/plain", "", "现场情况", "--fuzz--", ""]
    headers = {"Content-Type": "multipart/form-data; boundary=fuzz", "Authorization": f"Bearer {token}"}
    url = f"{URL}/v1/attachments?case_id={case}"
    request = urllib.request.Request(url, "\r\n".join(lines).encode(), headers, method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["id"]


def main() -> None:
    credentials = {"username": "admin", "password": os.environ["KEFU_PASSWORD"]}
    token = call("POST", "/v1/auth/token", credentials)["access_token"]

    def make(path: str, body: object) -> dict:
        return call("POST", path, body, token)

    known: dict[str, list[str]] = {
        "sites": [],
        "customers": [],
        "assets": [],
        "users": [],
        "cases": [],
        "roles": [],
        # Sites keep their hours; what is changed is a calendar that nothing runs by.
        "calendars": ["always"],
        "changed_calendars": ["fuzz"],
        "notifications": [],
        "procedures": ["inquiry", "complaint", "repair", "suggestion"],
    }
    for n in range(HOW_MANY):
        site = {"code": f"fuzz-{n}", "name": "园区", "packs": ["property"], "calendar": "office"}
        known["sites"].append(make("/v1/sites", site)["id"])
        customer = {"name": f"客户 {n}", "kind": "person", "site_id": known["sites"][0]}
        known["customers"].append(make("/v1/customers", customer)["id"])
        asset = {"kind": "unit", "code": f"A-{n}", "name": "单元", "site_id": known["sites"][0]}
        known["assets"].append(make("/v1/assets", asset)["id"])
        role = {"code": f"fuzz_{n}", "title": {"zh": "岗", "en": "Post"}, "permissions": []}
        known["roles"].append(make("/v1/roles", role)["code"])
        user = {
            "username": f"fuzz-{n}",
            "password": "a long enough passphrase 7",
            "display_name": f"员工 {n}",
            "grants": [{"role": "front_desk", "scope": "site", "site_id": known["sites"][0]}],
        }
        known["users"].append(make("/v1/users", user)["id"])
        case = {
            "procedure": "complaint" if n % 2 else "inquiry",
            "subject": f"第 {n} 件",
            "channel": "phone",
            "site_id": known["sites"][0],
            "customer_id": known["customers"][0],
            "fields": {"what_happened": "电梯异响", "grade": "ordinary"}
            if n % 2
            else {"question": "怎么交费"},
        }
        known["cases"].append(make("/v1/cases", case)["id"])
    known |= {"attachments": [], "views": [], "webhooks": [], "api-keys": [], "sessions": []}
    deliveries = {}
    for n in range(HOW_MANY):
        known["attachments"].append(upload(known["cases"][0], token))
        view = {"resource": "cases", "name": f"视图 {n}", "shared": "private"}
        known["views"].append(make("/v1/views", view)["id"])
        hook = {"url": f"https://hooks.invalid/{n}", "types": ["customer.*"]}
        known["webhooks"].append(make("/v1/webhooks", hook)["id"])
        deliveries[known["webhooks"][-1]] = make(f"/v1/webhooks/{known['webhooks'][-1]}/ping", {})["id"]
        key = {"name": f"钥匙 {n}", "permissions": ["case.read"], "scope": "all"}
        known["api-keys"].append(make("/v1/api-keys", key)["id"])
        call("POST", "/v1/auth/token", credentials)
    signed_in = call("GET", "/v1/sessions?limit=200", token=token)["items"]
    known["sessions"] = [it["id"] for it in signed_in if not it["current"]]
    own = [it["id"] for it in signed_in if it["current"]]
    hours = {"title": {"zh": "试", "en": "Trial"}, "time_zone": "Asia/Shanghai"}
    call("PUT", "/v1/calendars/fuzz", {**hours, "week": {"mon": [["09:00", "17:00"]]}}, token)
    # Somebody else's case that is the admin's to handle, and is urged: entries in the admin's inbox.
    desk = {"username": "fuzz-0", "password": "a long enough passphrase 7"}
    clerk = call("POST", "/v1/auth/token", desk)["access_token"]
    for n in range(HOW_MANY // 4):
        case = {
            "procedure": "inquiry",
            "subject": f"催办 {n}",
            "channel": "phone",
            "site_id": known["sites"][0],
            "fields": {"question": "怎么交费"},
        }
        urged = call("POST", "/v1/cases", case, clerk)["id"]
        call("POST", f"/v1/cases/{urged}/actions/claim", {}, token)
        call("POST", f"/v1/cases/{urged}/actions/urge", {}, clerk)
    inbox = call("GET", "/v1/notifications?limit=200", token=token)["items"]
    known["notifications"] = [it["id"] for it in inbox]
    admin = call("GET", "/v1/me", token=token)["user"]["id"]
    said = {"token": token, "admin": admin, "session": own[0], "deliveries": deliveries}
    json.dump({**said, "known": known}, sys.stdout)


main()
