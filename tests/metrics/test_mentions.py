"""Mentions: what they hold, and how streams of them are filtered by keyword, hashtag and place."""

import pickle
from datetime import datetime, timedelta, timezone
from math import nan
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError, NaiveDatetimeError, UnsupportedError
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import Mention, folded, hashtags, words
from cxkit.predicates import Fields, Predicate, Subject, all_of, any_of, integer, tags, text

AT = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
LATER = AT + timedelta(hours=3)
FULL = Mention(
    "Лучший кофе! #КофеДень",
    AT,
    id="m-1",
    recorded_at=LATER,
    channel="reviews",
    author="anna",
    brands={"us", "them"},
    place="München",
    country="DE",
    language="ru",
    sentiment="positive",
    score=0.75,
    reach=120,
    url="https://example.com/1",
)
FIELDS = Mention.fields


class Answer(Fields):
    """What else has texts."""

    comment = text()
    code = text(ordered=True)
    labels = tags()
    orders = integer()


def mention(said, **more):
    return Mention(said, AT, **more)


# What a mention holds


def test_hashtags_are_those_of_the_text_unless_given():
    assert mention("best #Coffee and #кофе_2 in town").hashtags == {"Coffee", "кофе_2"}
    assert mention("best #Coffee", hashtags=["#Tea", "\uff03Milk", "sugar"]).hashtags == {"Tea", "Milk", "sugar"}
    assert mention("best #Coffee", hashtags=()).hashtags == frozenset()


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("#1 in town", set()),
        ("#2026goals", {"2026goals"}),
        ("##double", {"double"}),
        ("a#b and mail@x#y", set()),
        ("#a#b", {"a"}),
        ("#don't", {"don"}),
        ("(#coffee), #tea.", {"coffee", "tea"}),
        ("https://example.com/#coffee www.example.com/#tea #milk", {"milk"}),
        ("\uff03日本", {"日本"}),
        ("#हिन्दी #می‌خواهم", {"हिन्दी", "می‌خواهم"}),
        ("# coffee #_ #", set()),
        ("no tags", set()),
        (f"#{'a' * 99} #{'b' * 100}", {"a" * 99}),
        ("café#x cafe\u0301#y", set()),
    ],
)
def test_a_hashtag_is_a_sign_and_a_name_with_a_letter(said, found):
    assert mention(said).hashtags == found


def test_what_is_missing_is_none():
    empty = Mention("x", AT, channel=nan, score=nan, sentiment=nan, reach=nan, id=nan, url=None)
    assert (empty.channel, empty.score, empty.sentiment, empty.reach, empty.id, empty.url) == (None,) * 6
    assert empty == mention("x")


def test_moments_are_kept_in_utc_and_known_when_recorded():
    berlin = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))
    assert Mention("x", berlin) == mention("x")
    assert (mention("x").known_at, FULL.known_at) == (AT, LATER)
    assert (
        Mention("x", AT, recorded_at=LATER.astimezone(timezone(timedelta(hours=5)))).recorded_at.tzinfo is timezone.utc
    )
    with pytest.raises(InvalidValueError, match="recorded_at must not be before at"):
        Mention("x", LATER, recorded_at=AT)
    with pytest.raises(NaiveDatetimeError):
        Mention("x", AT.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        ({"channel": 1}, InvalidTypeError, "channel of a mention must be text"),
        ({"place": b"x"}, InvalidTypeError, "place of a mention must be text"),
        ({"id": " "}, InvalidValueError, "id must not be blank"),
        ({"brands": "us"}, InvalidTypeError, "brands must be a set or list of texts, got 'us'; write {'us'}"),
        ({"brands": 3}, InvalidTypeError, "brands must be a set or list of texts, got 3$"),
        ({"brands": [""]}, InvalidValueError, "one of the brands must not be blank"),
        ({"hashtags": "x"}, InvalidTypeError, "hashtags must be a set"),
        ({"hashtags": ["#"]}, InvalidValueError, "one of the hashtags must not be blank"),
        ({"sentiment": "good"}, InvalidValueError, "sentiment must be one of 'positive', 'neutral', 'negative'"),
        ({"score": 1.5}, InvalidValueError, "score must be between -1 and 1"),
        ({"score": True}, InvalidTypeError, "score must be a number"),
        ({"score": "1"}, InvalidTypeError, "score must be a number"),
        ({"reach": 1.5}, InvalidTypeError, "reach must be an int"),
        ({"reach": -1}, InvalidValueError, "reach must be at least 0"),
    ],
)
def test_wrong_values_are_refused(wrong, error, says):
    with pytest.raises(error, match=says):
        mention("x", **wrong)


def test_the_text_must_be_text():
    with pytest.raises(InvalidTypeError, match="the text of a mention must be text, got None"):
        mention(None)


@pytest.mark.parametrize("given", [FULL, mention("x"), mention("#a", hashtags=["b", "a"]), mention("#a", hashtags=[])])
def test_a_mention_prints_as_its_code_pickles_and_is_stored(given):
    code = {"Mention": Mention, "datetime": __import__("datetime")}
    assert eval(repr(given), code) == given  # noqa: S307 - our own repr
    assert pickle.loads(pickle.dumps(given)) == given  # noqa: S301 - our own pickle
    assert from_dict(to_dict(given), Mention) == given
    assert hash(given) == hash(from_dict(to_dict(given), Mention))


def test_what_goes_without_saying_is_not_printed():
    assert repr(mention("#a", brands={"b", "a"})) == (
        "Mention('#a', datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.timezone.utc), brands={'a', 'b'})"
    )


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"brands": [1]}, "$.brands[0]: expected text, got 1"),
        ({"score": 3}, "$: score must be between -1 and 1, got 3.0"),
        ({"sentiment": "good"}, "$.sentiment: expected one of positive, neutral, negative, got 'good'"),
    ],
)
def test_broken_documents_are_refused(wrong, fault):
    with pytest.raises(DocumentError) as caught:
        from_dict(to_dict(FULL) | wrong, Mention)
    assert str(caught.value.exceptions[0]) == fault


# As a touchpoint


def test_a_mention_joins_a_journey():
    point = FULL.touchpoint()
    assert point == Touchpoint(
        "mention",
        AT,
        id="m-1",
        recorded_at=LATER,
        channel="reviews",
        sentiment=0.75,
        actor="customer",
        properties={
            "text": FULL.text,
            "author": "anna",
            "place": "München",
            "country": "DE",
            "language": "ru",
            "url": "https://example.com/1",
        },
    )
    assert Journey("anna", [point, mention("x").touchpoint("post")])[1].name == "post"


@pytest.mark.parametrize(("label", "felt"), [("positive", 1.0), ("neutral", 0.0), ("negative", -1.0), (None, None)])
def test_a_label_alone_is_an_end_or_the_middle_of_the_scale(label, felt):
    assert mention("x", sentiment=label).touchpoint().sentiment == felt


def test_a_score_of_nothing_is_a_score():
    assert mention("x", sentiment="positive", score=0).touchpoint().sentiment == 0.0


# Filters


@pytest.mark.parametrize(
    ("asked", "said", "holds"),
    [
        (FIELDS.text.contains("КОФЕ"), "мой кофе", True),
        (FIELDS.text.contains("кофе"), "МОЙ КОФЕ", True),
        (FIELDS.text.contains("strasse"), "in der Straße", True),
        (FIELDS.text.contains("STRAẞE"), "in der strasse", True),
        (FIELDS.text.contains("café"), normalize("NFD", "Mein Café"), True),
        (FIELDS.text.contains(normalize("NFD", "café")), "Mein CAFÉ", True),
        (FIELDS.text.contains("cafe"), "Mein Café", False),
        (FIELDS.text.contains("σίσυφος"), "ΣΊΣΥΦΟΣ", True),
        (FIELDS.text.contains("coffee"), "a coffeehouse", True),
        (FIELDS.text.contains("flat white"), "a Flat White!", True),
        (FIELDS.text.starts_with("DON"), "don't", True),
        (FIELDS.text == "ÄPFEL", "äpfel", True),
        (FIELDS.exact_text.contains("кофе"), "КОФЕ", False),
        (FIELDS.words.contains("coffee"), "a coffeehouse", False),
        (FIELDS.words.contains("Coffee"), "COFFEE, please", True),
        (FIELDS.words.contains("coffee"), "love #Coffee", True),
        (FIELDS.words.contains("#coffee"), "love coffee", True),
        (FIELDS.words.contains("coffee"), "ask @coffee", False),
        (FIELDS.words.contains("coffee"), "https://example.com/coffee", False),
        (FIELDS.words.contains("don't"), "DON\u2019T", True),
        (FIELDS.words.contains("咖啡"), "咖啡很好喝", False),  # the limit that is stated: no spaces, no words
        (FIELDS.text.contains("咖啡"), "咖啡很好喝", True),
        (FIELDS.words.contains_all(["hot", "tea"]), "Tea, hot", True),
        (FIELDS.words.is_empty(), "!!! https://example.com", True),
        (FIELDS.hashtags.contains("#КОФЕдень"), "#кофеДЕНЬ", True),
        (FIELDS.hashtags.contains("кофе"), "#Кофе", True),
        (FIELDS.hashtags.contains("\uff03ÄTNA"), "#ätna", True),
        (FIELDS.hashtags.contains("coffee"), "coffee", False),
        (FIELDS.exact_hashtags.contains("coffee"), "#Coffee", False),
    ],
)
def test_keywords_and_hashtags_are_found_in_any_case_and_composition(asked, said, holds):
    given = mention(said)
    assert asked.matches(given) is holds
    assert asked.compile()(given) is holds
    assert (~asked).matches(given) is not holds
    assert (asked.explain(given).outcome == "match") is holds


def test_places_are_found_in_any_case():
    assert (FIELDS.place == "MÜNCHEN").matches(FULL)
    assert not (FIELDS.exact_place == "MÜNCHEN").matches(FULL)
    assert FIELDS.place.is_missing().matches(mention("x"))
    assert not (FIELDS.place == "MÜNCHEN").matches(mention("x"))


def test_streams_are_filtered_by_everything_that_is_known():
    asked = all_of(
        FIELDS.brands.contains("us"),
        FIELDS.country == "DE",
        FIELDS.language.is_in(["ru"]),
        FIELDS.channel == "reviews",
        FIELDS.author == "anna",
        FIELDS.sentiment == "positive",
        FIELDS.score >= 0.5,
        FIELDS.reach >= 100,
        FIELDS.at >= AT,
        FIELDS.recorded_at > AT,
        FIELDS.id == "m-1",
        FIELDS.url.starts_with("https:"),
    )
    assert [found for found in [mention("x"), FULL] if asked.matches(found)] == [FULL]
    assert asked.about == frozenset({Mention.fields})


def test_records_without_a_class_are_filtered_alike():
    assert FIELDS.text.contains("КОФЕ").matches({"text": "кофе"})
    assert FIELDS.hashtags.contains("кофе").matches({"hashtags": ["#КОФЕ"]})
    assert not FIELDS.words.contains("кофе").matches({})
    assert FIELDS.words.contains("кофе").mask({"text": ["кофе", "чай", None]}) == [True, False, False]
    assert Mention.fields.check(FULL).outcome == "sound"


def test_any_text_field_can_be_asked_so():
    record = {"comment": "Zu SPÄT!", "code": "Ab", "labels": ["Späť"]}
    assert folded(Answer.comment).contains("spät").matches(record)
    assert words(Answer.comment).contains("spät").matches(record)
    assert (folded(Answer.code) == "AB").matches(record)
    assert hashtags(Answer.labels).contains("#SPÄŤ").matches(record)
    assert (folded(Answer.comment) == folded(Answer.code)).matches({"comment": "ß", "code": "SS"})


def test_many_keywords_fold_a_text_once(monkeypatch):
    from cxkit.metrics._voice import sources

    folds = []
    monkeypatch.setattr(sources, "fold", lambda said: folds.append(said) or said)
    asked = any_of(FIELDS.text.contains(word) for word in ("tea", "coffee", "milk"))
    folds.clear()
    assert not asked.matches(mention("water"))
    assert folds == ["water"]
    assert not asked.compile()(mention("wine"))
    assert folds == ["water", "wine"]


def test_a_source_is_read_without_a_memo_too():
    source = FIELDS.text.source
    assert source.read(Subject({"text": "КОФЕ"}, None, None)) == "кофе"
    assert source.read(Subject({}, None, None)) is None


def test_values_of_another_kind_raise():
    with pytest.raises(
        InvalidTypeError, match=r"exact_text must be text, got 3 in folded\(Mention.fields.exact_text\)"
    ):
        FIELDS.text.contains("x").matches({"text": 3})
    with pytest.raises(InvalidTypeError, match="exact_hashtags must be a set of tags"):
        FIELDS.hashtags.contains("x").matches({"hashtags": "x"})


@pytest.mark.parametrize("wrong", ["flat white", "", "!!", "@shop"])
def test_what_is_no_word_is_refused_when_the_predicate_is_built(wrong):
    with pytest.raises(InvalidValueError, match="expected one word"):
        FIELDS.words.contains(wrong)


def test_literals_of_another_type_are_refused_when_the_predicate_is_built():
    for build in (FIELDS.words.contains, FIELDS.text.contains, FIELDS.hashtags.contains):
        with pytest.raises(InvalidTypeError):
            build(3)
    with pytest.raises(InvalidValueError, match="a hashtag must not be blank"):
        FIELDS.hashtags.contains(" ")
    for sign in ("#", "\uff03", "# "):
        with pytest.raises(InvalidValueError, match="the name of a hashtag must not be blank"):
            FIELDS.hashtags.contains_any(["tea", sign])
    assert FIELDS.hashtags.contains("tea").matches({"hashtags": ["#", "", "#Tea"]})  # a record may have such tags


def test_only_fields_of_texts_have_folded_texts_and_words():
    for make, wrong in ((folded, Answer.orders), (words, Answer.labels), (hashtags, Answer.comment)):
        with pytest.raises(InvalidTypeError, match="expected a source of"):
            make(wrong)
        with pytest.raises(InvalidTypeError, match="expected a field"):
            make("comment")


def test_predicates_print_pickle_speak_and_are_stored():
    asked = FIELDS.text.contains("КОФЕ") & FIELDS.words.contains("Чай") & FIELDS.hashtags.contains("#Кофе")
    assert repr(asked) == (
        "folded(Mention.fields.exact_text).contains('кофе') & words(Mention.fields.exact_text).contains('чай') "
        "& hashtags(Mention.fields.exact_hashtags).contains('кофе')"
    )
    code = {"folded": folded, "words": words, "hashtags": hashtags, "Mention": Mention}
    assert eval(repr(asked), code) == asked  # noqa: S307 - our own repr
    assert pickle.loads(pickle.dumps(asked)) == asked  # noqa: S301 - our own pickle
    assert from_dict(to_dict(asked), Predicate, fields=Mention.fields) == asked
    assert str(FIELDS.text.contains("КОФЕ")) == "exact text, in any case, contains 'кофе'"
    assert str(FIELDS.words.contains("tea")) == "the set of words of exact text contains 'tea'"
    assert FIELDS.text.contains("x").explain(mention("y")).failed[0].field == "folded(exact_text)"


def test_predicates_are_reasoned_about():
    assert FIELDS.words.contains_all(["tea", "milk"]).implies(FIELDS.words.contains("TEA")) is True
    assert FIELDS.text.contains("Coffee").equivalent(FIELDS.text.contains("COFFEE")) is True
    assert (FIELDS.words.contains("tea") & ~FIELDS.words.contains("Tea")).is_satisfiable() is False
    assert (FIELDS.text == "tea").is_disjoint(FIELDS.text == "Tea") is False
    assert (FIELDS.hashtags.contains("a") & ~FIELDS.hashtags.contains("b")).is_satisfiable() is True
    assert (FIELDS.words.contains("a") & FIELDS.text.contains("b")).is_satisfiable() in (True, None)


def test_examples_are_found_for_words():
    for asked in (FIELDS.words.contains("tea"), FIELDS.text == "TEA", FIELDS.hashtags.contains("tea")):
        examples = asked.examples()
        assert examples
        for example in examples:
            assert asked.matches(example.record) is example.matches


def test_a_database_has_no_words_for_folded_texts():
    for asked in (FIELDS.text.contains("x"), FIELDS.words.contains("x"), FIELDS.hashtags.contains("x")):
        with pytest.raises(UnsupportedError, match="no exact words for"):
            asked.to_sql("sqlite")
    assert FIELDS.exact_text.contains("x").to_sql("sqlite").parameters == ("x",)


def test_sources_follow_the_source_that_they_read():
    source = FIELDS.text.source
    assert (source.depth, source.timed, source.base, source.about) == (
        0,
        False,
        FIELDS.exact_text.source,
        Mention.fields,
    )
    assert source.subjects == frozenset({Mention.fields})
    assert source.turn(Subject({}, None, AT), None) is None


@given(st.text(max_size=12), st.text(max_size=4))
def test_a_part_of_a_text_is_found_in_every_form_of_it(around, part):
    for form in ("NFC", "NFD"):
        said = mention(normalize(form, f"{around} {part} {around}"))
        for asked in (part, normalize("NFD", part), normalize("NFC", part)):
            assert FIELDS.text.contains(asked).matches(said)


MENTIONS = st.builds(
    Mention,
    st.text(max_size=20),
    st.just(AT),
    hashtags=st.sets(st.text("ab_", min_size=1, max_size=3)),
    brands=st.sets(st.sampled_from(["us", "them"])),
    score=st.none() | st.floats(-1, 1),
    sentiment=st.sampled_from([None, "positive", "neutral", "negative"]),
    reach=st.none() | st.integers(0, 9),
)


@given(MENTIONS)
def test_every_mention_is_stored_and_printed_in_full(given):
    assert from_dict(to_dict(given), Mention) == given
    assert eval(repr(given), {"Mention": Mention, "datetime": __import__("datetime")}) == given  # noqa: S307 - our own repr
