"""Messages of chats, texts and e-mails: whom each is about, and who of those that wrote is us."""

from __future__ import annotations

import json

import pytest

from leadline.engine.errors import BadMapping, UnknownWriters
from leadline.engine.importers import FileMapping, Mapping
from leadline.engine.instants import to_datetime
from tests.exported import is_accounted_for, meanings, reasons, subjects, take_in, told, told_of

ANDROID = """
24/12/2025, 18:05 - Messages and calls are end-to-end encrypted. Learn more.
24/12/2025, 18:05 - Ann Lee: Do you coach?
24/12/2025, 18:06 - Kim: I do. Two ways:
- alone
24/12/2025, 18:07 - Ann Lee changed to a new number
25/12/2025, 08:06 - Ann Lee: <Media omitted>
"""


def notes(found):
    column = found.touches.first("note")
    texts = found.touches.columns["note"].values() if "note" in found.touches.columns else []
    assert column is not None
    return texts


def message(who, number, text, day):
    return {"id": 1, "type": "message", "date": day, "from": who, "from_id": number, "text": text}


def conversation(name, *messages, sort="personal_chat", number=1):
    return {"name": name, "type": sort, "id": number, "messages": list(messages)}


def test_a_chat_as_text_is_messages_to_and_from_the_one_its_file_is_called_by(tmp_path):
    found = take_in(tmp_path, {"WhatsApp Chat with Ann Lee.txt": ANDROID})
    assert told(found) == [
        ("Ann Lee", "chatted", "2025-12-24"),
        ("Ann Lee", "messaged", "2025-12-24"),
        ("Ann Lee", "replied", "2025-12-25"),
    ]
    assert notes(found)[1] == "I do. Two ways:\n- alone"
    assert [line for line, _ in reasons(found)] == [1, 5]
    assert is_accounted_for(found)
    assert found.mapping.we == ("Kim",)


def test_a_line_without_a_moment_goes_on_and_brackets_seconds_and_marks_are_read(tmp_path):
    chat = (
        "\u200e[24.12.25, 18:05:01] Ann Lee: \u200eMessages and calls are end-to-end encrypted.\r\n"
        "[24.12.25, 18:05:02] Ann Lee: Hi\r\n\r\nthere\r\n"
        "[24.12.25, 18:06:01] Kim: \u200eimage omitted\r\n"
    )
    found = take_in(tmp_path, {"_chat.txt": chat})
    assert told(found) == [("Ann Lee", "chatted", "2025-12-24"), ("Ann Lee", "messaged", "2025-12-24")]
    assert notes(found) == ["Hi\n\nthere", None]
    at = sorted(found.touches.happened_at.tolist())
    assert [to_datetime(one).strftime("%H:%M:%S") for one in at] == ["18:05:02", "18:06:01"]


def test_a_picture_and_words_taken_back_are_messages_without_a_note_and_a_missed_call_is_none(tmp_path):
    chat = (
        "12.09.26, 10:02 - Ann Lee: Hast du noch Plätze?\n"
        "12.09.26, 10:05 - Kim: Ja <Diese Nachricht wurde bearbeitet>\n"
        "12.09.26, 10:06 - Ann Lee: <Medien ausgeschlossen>\n"
        "12.09.26, 10:07 - Ann Lee: Diese Nachricht wurde gelöscht.\n"
        "12.09.26, 10:08 - Kim: \u200eThis message was deleted.\n"
        "12.09.26, 10:09 - Ann Lee: Ein Bild weggelassen hatte ich\n"
        "12.09.26, 10:10 - Ann Lee: Sprachanruf verpasst.\n"
    )
    found = take_in(tmp_path, {"WhatsApp Chat mit Ann Lee.txt": chat})
    assert told(found) == [
        ("Ann Lee", "chatted", "2026-09-12"),
        ("Ann Lee", "messaged", "2026-09-12"),
        ("Ann Lee", "messaged", "2026-09-12"),
        ("Ann Lee", "replied", "2026-09-12"),
        ("Ann Lee", "replied", "2026-09-12"),
        ("Ann Lee", "replied", "2026-09-12"),
    ]
    assert notes(found) == ["Hast du noch Plätze?", "Ja", None, None, None, "Ein Bild weggelassen hatte ich"]
    assert reasons(found) == [(7, "“Sprachanruf verpasst.” is no message")]
    assert is_accounted_for(found)


def test_a_clock_of_twelve_hours_and_the_month_first_are_read(tmp_path):
    chat = "12/24/25, 6:05\u202fPM - Ann Lee: Hi\n12/25/25, 12:10\u202fAM - Kim: Hello\n"
    found = take_in(tmp_path, {"Chat with Ann Lee.txt": chat})
    at = sorted(found.touches.happened_at.tolist())
    assert [to_datetime(one).isoformat() for one in at] == [
        "2025-12-24T18:05:00+00:00",
        "2025-12-25T00:10:00+00:00",
    ]


def test_it_is_asked_who_we_are_where_nothing_says_it(tmp_path):
    chat = {"_chat.txt": "[24.12.25, 18:05:01] Ann Lee: Hi\n[24.12.25, 18:06:01] Kim: Hello\n"}
    with pytest.raises(UnknownWriters) as refused:
        take_in(tmp_path, chat)
    assert set(refused.value.writers) == {"Ann Lee", "Kim"}
    found = take_in(tmp_path, chat, mapping=Mapping(we=("kim",)))
    assert told(found) == [("Ann Lee", "chatted", "2025-12-24"), ("Ann Lee", "messaged", "2025-12-24")]
    turned = take_in(tmp_path, chat, mapping=Mapping(we=("Ann Lee",)))
    assert told(turned) == [("Kim", "messaged", "2025-12-24"), ("Kim", "replied", "2025-12-24")]


def test_whoever_writes_in_each_chat_is_us_and_a_number_is_a_telephone(tmp_path):
    files = {
        "one.txt": "24.12.25, 18:05 - Ann Lee: Hi\n24.12.25, 18:06 - Kim: Hello\n",
        "two.txt": "24.12.25, 18:05 - Kim: Hi\n24.12.25, 18:06 - +49 170 1234567: Who is it?\n",
    }
    found = take_in(tmp_path, files)
    assert told_of(found, "Ann Lee") == [("chatted", "2025-12-24"), ("messaged", "2025-12-24")]
    assert told_of(found, "+49 170 1234567") == [("messaged", "2025-12-24"), ("replied", "2025-12-24")]
    assert [one for one in found.names["phone"].values() if one] == ["+49 170 1234567"]


def test_in_a_group_each_of_the_others_wrote_to_us_and_we_to_nobody_personally(tmp_path):
    group = conversation(
        "Coaches",
        message("Ann Lee", "user1", "Hi all", "2026-01-05T10:00:00"),
        message("Kim", "user9", "Welcome", "2026-01-05T10:01:00"),
        message("Dan Orr", "user4", "Thanks", "2026-01-05T10:02:00"),
        sort="private_group",
    )
    found = take_in(tmp_path, {"result.json": json.dumps(group)}, mapping=Mapping(we=("Kim",)))
    assert told(found) == [("user1", "chatted", "2026-01-05"), ("user4", "chatted", "2026-01-05")]
    assert [why for _, why in reasons(found)] == ["you wrote it to a group, and so to nobody personally"]


def test_all_conversations_of_a_document_are_one_table_of_messages(tmp_path):
    parts = ["Sure, see ", {"type": "link", "text": "kim.example"}]
    chats = [
        conversation(
            "Ann Lee",
            message("Ann Lee", "user1", "Do you coach?", "2026-01-05T10:11:12"),
            message("Kim", "user9", parts, "2026-01-05T10:20:00"),
            {"id": 4, "type": "service", "date": "2026-01-06T10:00:00", "actor": "Kim", "text": ""},
        ),
        conversation("Bob Ray", message("Kim", "user9", "Hello Bob", "2026-01-07T10:00:00"), number=2),
        conversation(
            None,
            message("Kim", "user9", "Hello", "2026-01-08T10:00:00"),
            message(None, "user3", "Who is this?", "2026-01-08T11:00:00"),
            number=3,
        ),
        conversation(
            "Helper",
            message("Helper", "user93", "I am a robot", "2026-01-09T10:00:00"),
            message("Kim", "user9", "/start", "2026-01-09T10:00:01"),
            sort="bot_chat",
            number=4,
        ),
    ]
    document = {"about": "An export", "contacts": {"list": [{"user_id": 1}]}, "chats": {"list": chats}}
    found = take_in(tmp_path, {"result.json": json.dumps(document)})
    assert told(found) == [
        ("Bob Ray", "messaged", "2026-01-07"),
        ("user1", "chatted", "2026-01-05"),
        ("user1", "messaged", "2026-01-05"),
        ("user3", "messaged", "2026-01-08"),
        ("user3", "replied", "2026-01-08"),
    ]
    assert "Sure, see kim.example" in notes(found)
    assert sorted(why for _, why in reasons(found)) == [
        "nobody wrote it: the program itself tells something",
        "“bot_chat” is no conversation with people",
        "“bot_chat” is no conversation with people",
    ]
    assert is_accounted_for(found)


def test_bytes_that_were_written_as_letters_are_put_right(tmp_path):
    def odd(text):
        return text.encode().decode("latin-1")

    chat = {
        "participants": [{"name": odd("Zoë Müller")}, {"name": "Kim"}],
        "messages": [
            {"sender_name": "Kim", "timestamp_ms": 1767604272000, "content": odd("Grüße 🌸")},
            {"sender_name": odd("Zoë Müller"), "timestamp_ms": 1767600272000, "content": "Hi"},
            {"sender_name": odd("Zoë Müller"), "timestamp_ms": 1767600172000, "photos": [{"uri": "a"}]},
        ],
        "title": odd("Zoë Müller"),
    }
    found = take_in(tmp_path, {"message_1.json": json.dumps(chat)})
    assert told(found) == [
        ("Zoë Müller", "chatted", "2026-01-05"),
        ("Zoë Müller", "chatted", "2026-01-05"),
        ("Zoë Müller", "messaged", "2026-01-05"),
    ]
    assert "Grüße 🌸" in notes(found)


def test_direct_messages_join_the_list_of_connections_by_name(tmp_path):
    messages = """
    CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER
    c1,,Kim Own,https://www.linkedin.com/in/kim,Ann Lee,https://www.linkedin.com/in/annlee,2026-01-06 10:11:12 UTC,,Hi Ann,INBOX
    c1,,Ann Lee,https://www.linkedin.com/in/annlee,Kim Own,https://www.linkedin.com/in/kim,2026-01-07 10:11:12 UTC,,Hi Kim,INBOX
    c2,,Kim Own,https://www.linkedin.com/in/kim,Bob Ray,https://www.linkedin.com/in/bobray,2026-01-08 10:11:12 UTC,,Hi Bob,INBOX
    """  # noqa: E501
    connections = """
    Notes:
    "When exporting your connection data, you may notice that some of the email addresses are missing."

    First Name,Last Name,URL,Email Address,Company,Position,Connected On
    Ann,Lee,https://www.linkedin.com/in/annlee,,Alp,CEO,05 Jan 2026
    """
    found = take_in(tmp_path, {"Connections.csv": connections, "messages.csv": messages})
    assert told_of(found, "Ann Lee")[-2:] == [("recorded", "2026-01-05"), ("replied", "2026-01-07")]
    assert told_of(found, "Bob Ray") == [("messaged", "2026-01-08")]
    assert subjects(found) == ["Ann Lee", "Bob Ray"]


def test_mail_is_of_whoever_is_on_the_other_side_and_the_address_in_each_row_is_ours(tmp_path):
    mail = """
    From,To,Subject,Date
    Ann Lee <ann@a.example>,kim@k.example,Hello,2026-01-05 10:00
    Kim <kim@k.example>,ann@a.example,Re: Hello,2026-01-05 11:00
    Kim <kim@k.example>,dan@d.example,Offer,2026-01-06 11:00
    """
    found = take_in(tmp_path, {"mail.csv": mail})
    assert told(found) == [
        ("ann@a.example", "chatted", "2026-01-05"),
        ("ann@a.example", "messaged", "2026-01-05"),
        ("dan@d.example", "messaged", "2026-01-06"),
    ]
    assert found.mapping.we == ("kim@k.example",)
    assert take_in(tmp_path, {"mail.csv": mail}, mapping=found.mapping).mapping.we == found.mapping.we


def test_a_column_of_sent_and_received_says_who_wrote(tmp_path):
    texts = """
    Date,Type,Number,Contact Name,Message
    2026-01-05 10:00,Received,+491701234567,Ann Lee,Hi
    2026-01-05 11:00,Sent,+491701234567,Ann Lee,Hello
    2026-01-06 11:00,Sent,+491701234999,,Hello
    """
    found = take_in(tmp_path, {"sms.csv": texts})
    assert told_of(found, "Ann Lee") == [("chatted", "2026-01-05"), ("messaged", "2026-01-05")]
    assert told_of(found, "+491701234999") == [("messaged", "2026-01-06")]
    assert meanings(found)["Type"] == "direction"


def test_payments_and_answers_to_a_form_are_no_messages(tmp_path):
    paid = """
    Date,Name,From Email Address,To Email Address,Subject,Gross
    2026-01-05,Ann Lee,ann@a.example,kim@k.example,Invoice 1,20.00
    2026-01-06,Bob Ray,bob@b.example,kim@k.example,Invoice 2,30.00
    """
    answers = """
    Sender Name,Email,Message,Date
    Ann Lee,ann@a.example,Please call,2026-01-05
    Bob Ray,bob@b.example,What does it cost?,2026-01-06
    """
    for table in (paid, answers):
        found = take_in(tmp_path, {"table.csv": table})
        assert found.mapping.files[0].shape != "messages"
        assert set(subjects(found)) == {"ann@a.example", "bob@b.example"}


@pytest.mark.parametrize("header", ["Name", "Type"])
def test_a_file_that_somebody_calls_messages_needs_a_column_of_who_wrote(tmp_path, header):
    called = Mapping(files=(FileMapping(name="a.csv", shape="messages"),))
    table = f"{header},Day,Text\nsent,2026-01-05,Hi\nreceived,2026-01-06,Hello\n"
    with pytest.raises(BadMapping, match="no column says who wrote these messages"):
        take_in(tmp_path, {"a.csv": table}, mapping=called)
