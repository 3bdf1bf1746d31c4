"""The calls about the hotline and about who is told what and how: a part of the table in `api.routes`."""

from api import rest_contacts, rest_hotline, rest_me, rest_push
from api.call import Route
from api.shapes import ACTED, ANYBODY, FLAG, IDS, INTEGER, PUBLIC, TEXT, TIME, object_of

_REVISIT = object_of(
    ("ticket_no", "revisit_at"), ticket_no=TEXT, external_id=TEXT, revisit_at=TIME, unit=TEXT, channel=TEXT, valid=FLAG,
    contacted=FLAG, solved=FLAG, satisfaction={"enum": ["satisfied", "basically_satisfied", "dissatisfied", None]},
)  # fmt: skip
_REVISITS = object_of((), source=TEXT, revisits={"type": "array", "items": _REVISIT})
_CONTACTS = object_of(
    phone=TEXT, mail=TEXT, robots={"type": "object"}, language={"enum": ["zh", "en"]}, quiet_from={"type": ["string", "null"]},
    quiet_to={"type": ["string", "null"]},
)  # fmt: skip

TOLD: tuple[Route, ...] = (
    Route("GET", "/hotline/tickets", "read", "Tickets of the hotline with their own stage, clock and answer", rest_hotline.list_tickets,
          rest_hotline.TICKET_PARAMS),
    Route("GET", "/hotline/tickets/{id}", "read", "One ticket with its acts and what the platform was told", rest_hotline.get_ticket),
    Route("POST", "/hotline/tickets/{id}/acts", "act", "accept, answer, reply, return, merge, close", rest_hotline.act_on_ticket,
          body=object_of(("act",), act=TEXT, note=TEXT, into={"oneOf": [TEXT, INTEGER]}), answers=ACTED),
    Route("POST", "/hotline/resend", "act", "Tell the platform anew what it did not take of some tickets", rest_hotline.resend,
          body=object_of(("tickets",), tickets=IDS)),
    Route("GET", "/hotline/revisits", "read", "What revisits found", rest_hotline.list_revisits, rest_hotline.REVISIT_PARAMS),
    Route("POST", "/hotline/revisits", "feed", "Take revisits of the platform, each once", rest_hotline.post_revisits, body=_REVISITS),
    Route("GET", "/told", "read", "Who was told of an alert, incident or case, when it arrived and was read", rest_contacts.get_told,
          rest_contacts.TOLD_PARAMS),
    Route("GET", "/push", ANYBODY, "The key for Web Push, and my browsers", rest_push.get_push),
    Route("POST", "/push", ANYBODY, "Subscribe or unsubscribe this browser; say that a notification was opened", rest_push.post_push,
          body=object_of(act=TEXT, endpoint=TEXT, keys={"type": "object"}, id=TEXT), answers=((201, "subscribed"), (200, "done"))),
    Route("GET", "/people/me/contacts", ANYBODY, "How I am reached, masked, and my quiet hours", rest_me.get_mine),
    Route("PUT", "/people/me/contacts", ANYBODY, "Change how I am reached", rest_me.put_mine, body=_CONTACTS),
    Route("POST", "/people/me/contacts/tries", ANYBODY, "Send me a message by one way", rest_me.try_contacts,
          body=object_of(("channel",), channel=TEXT), answers=((202, "queued: false where one was sent this minute already"),)),
    Route("PUT", "/people/me/password", ANYBODY, "Change my password; every other session of mine ends", rest_me.put_password,
          body=object_of(("old", "new"), old=TEXT, new=TEXT), secret=True,
          answers=((200, "changed"), (403, "the present password is wrong"), (429, "locked"))),
    Route("GET", "/people/{account}/contacts", "admin", "How somebody is reached, masked", rest_contacts.get_contacts),
    Route("PUT", "/people/{account}/contacts", "admin", "Change how somebody is reached", rest_contacts.put_contacts, body=_CONTACTS),
    Route("POST", "/notify/{channel}/receipts", PUBLIC, "A gateway tells, signed, that a message arrived or was read",
          rest_contacts.post_receipts, body=object_of(receipts={"type": "array", "items": {"type": "object"}})),
)  # fmt: skip
