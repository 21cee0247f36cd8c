"""A whole case through a client generated from the contract: sign in, open, read the actions, act in
the version seen, page, follow the feed, repeat safely, understand a refusal."""

import os
from typing import TypeVar
from uuid import UUID

from kefu_client import AuthenticatedClient, Client
from kefu_client.api.auth import create_token, get_me
from kefu_client.api.cases import act_on_case, edit_case, get_case, list_cases, open_case
from kefu_client.api.customers import create_customer
from kefu_client.api.events import list_events
from kefu_client.api.sites import create_site
from kefu_client.models import (
    ActionInput,
    CaseChannel,
    CaseList,
    CasePatch,
    CasePriority,
    CaseSort,
    CaseView,
    CustomerDraft,
    CustomerKind,
    CustomerView,
    EventFeed,
    MeView,
    OpenCase,
    OpenCaseFields,
    Problem,
    SiteDraft,
    SiteView,
    TokenRequest,
    TokenView,
)
from kefu_client.types import UNSET, Response

URL = os.environ.get("KEFU_URL", "http://127.0.0.1:8080")
T = TypeVar("T")
keys = 0


def key() -> str:
    """A new idempotency key."""
    global keys
    keys += 1
    return f"python-{os.getpid()}-{keys}"


def answered(kind: type[T], reply: Response[T | Problem] | Response[Problem | T]) -> T:
    """The answer, or the problem it was refused with, raised."""
    parsed = reply.parsed
    if isinstance(parsed, kind):
        return parsed
    raise RuntimeError(f"{reply.status_code}: {parsed}")


def refused(reply: Response[T | Problem] | Response[Problem | T]) -> Problem:
    """The problem a request was refused with."""
    assert isinstance(reply.parsed, Problem), reply
    return reply.parsed


def form(**members: object) -> ActionInput:
    """What an action's form is filled in with."""
    return ActionInput.from_dict(members)


def main() -> None:
    stranger = AuthenticatedClient(base_url=URL, token="nobody")
    assert refused(get_me.sync_detailed(client=stranger)).type_ == "/problems/invalid_token"

    credentials = TokenRequest(username="admin", password=os.environ["KEFU_PASSWORD"])
    signing_in = create_token.sync_detailed(client=Client(base_url=URL), body=credentials)
    client = AuthenticatedClient(
        base_url=URL,
        token=answered(TokenView, signing_in).access_token,
        headers={"Accept-Language": "en"},
    )
    assert answered(MeView, get_me.sync_detailed(client=client)).user.username == "admin"

    site = answered(
        SiteView,
        create_site.sync_detailed(
            client=client,
            idempotency_key=key(),
            body=SiteDraft(
                code=f"py-{os.getpid()}", name="Python", packs=["property"], calendar="office"
            ),
        ),
    )
    customer = answered(
        CustomerView,
        create_customer.sync_detailed(
            client=client,
            idempotency_key=key(),
            body=CustomerDraft(name="王小明", kind=CustomerKind.PERSON, site_id=site.id),
        ),
    )
    start = answered(EventFeed, list_events.sync_detailed(client=client, limit=1))

    # Open a case twice with one key: one case.
    def opening(subject: str) -> OpenCase:
        return OpenCase(
            procedure="inquiry",
            subject=subject,
            channel=CaseChannel.PHONE,
            site_id=site.id,
            customer_id=customer.id,
            fields=OpenCaseFields.from_dict({"question": "几月起按新标准？"}),
        )

    once = key()
    first = open_case.sync_detailed(client=client, idempotency_key=once, body=opening("物业费"))
    again = open_case.sync_detailed(client=client, idempotency_key=once, body=opening("物业费"))
    inquiry = answered(CaseView, first)
    assert answered(CaseView, again).id == inquiry.id
    assert again.headers["Idempotent-Replayed"] == "true"

    # What may be done next is said by the case, with a form for each.
    read = get_case.sync_detailed(inquiry.id, client=client)
    inquiry = answered(CaseView, read)
    answer = next(it for it in inquiry.actions if it.code == "answer")
    assert answer.title == "Answer the customer"
    assert answer.form.to_dict()["required"] == ["answer", "told_by"]

    # A form that is not filled in names every fault.
    def act(body: ActionInput, version: str) -> Response[CaseView | Problem]:
        return act_on_case.sync_detailed(
            inquiry.id, "answer", client=client, if_match=version, idempotency_key=key(), body=body
        )

    problem = refused(act(form(told_by="pigeon"), read.headers["ETag"]))
    assert problem.status == 422 and problem.errors
    assert sorted(it.pointer for it in problem.errors) == ["/answer", "/told_by"]

    # Somebody was faster: the version we saw is not the one there is.
    noted = edit_case.sync_detailed(
        inquiry.id,
        client=client,
        if_match=read.headers["ETag"],
        idempotency_key=key(),
        body=CasePatch(priority=CasePriority.HIGH),
    )
    assert answered(CaseView, noted).priority == CasePriority.HIGH
    filled = form(answer="明年一月起", told_by="phone", note="客户满意")
    assert refused(act(filled, read.headers["ETag"])).type_ == "/problems/stale"
    closed = answered(CaseView, act(filled, noted.headers["ETag"]))
    assert closed.state == "answered" and closed.closed_at is not None
    late = refused(act(filled, f'"{closed.version}"'))
    assert late.status == 409 and late.type_ == "/problems/action_not_open"

    # Page through a list: every case once.
    for number in range(5):
        open_case.sync_detailed(
            client=client, idempotency_key=key(), body=opening(f"第 {number} 问")
        )
    seen: list[UUID] = []
    cursor: str | None = None
    while True:
        page = answered(
            CaseList,
            list_cases.sync_detailed(
                client=client,
                site_id=[site.id],
                sort=CaseSort.OPENED_AT,
                limit=2,
                count=True,
                cursor=UNSET if cursor is None else cursor,
            ),
        )
        assert page.total == 6
        seen.extend(it.id for it in page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(set(seen)) == 6 and seen[0] == inquiry.id

    # Follow the feed from where we began: the case's whole story, in order.
    story: list[str] = []
    after = start.next_position
    while True:
        feed = answered(EventFeed, list_events.sync_detailed(client=client, after=after, limit=3))
        if not feed.items:
            break
        assert all(it.position > after for it in feed.items)
        story.extend(it.type_ for it in feed.items if it.aggregate_id == inquiry.id)
        after = feed.next_position
    assert story.count("case.opened") == 1, story
    print(f"check result: ok. 1 passed; a whole case in Python ({' '.join(story)})")


main()
