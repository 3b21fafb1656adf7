"""Mappings that cannot be changed: they copy, pickle and hash."""

import copy
import pickle
from collections import UserDict

import pytest

from cxkit._checks import FrozenDict, frozen
from cxkit.errors import InvalidTypeError

CHANGES = {
    "set an item": lambda mapping: mapping.__setitem__("b", 2),
    "delete an item": lambda mapping: mapping.__delitem__("a"),
    "merge in place": lambda mapping: mapping.__ior__({"b": 2}),
    "clear": lambda mapping: mapping.clear(),
    "pop": lambda mapping: mapping.pop("a"),
    "pop an item": lambda mapping: mapping.popitem(),
    "set a default": lambda mapping: mapping.setdefault("b", 2),
    "update": lambda mapping: mapping.update(b=2),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_frozen_mapping_cannot_be_changed(change):
    mapping = FrozenDict({"a": 1})
    with pytest.raises(InvalidTypeError) as caught:
        change(mapping)

    assert str(caught.value) == "this mapping is read-only; build a new value with the changed mapping instead"
    assert mapping == {"a": 1}


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])  # noqa: S301
def test_a_frozen_mapping_copies_and_pickles_as_one(again):
    mapping = FrozenDict({"a": 1, "b": (2, 3)})

    assert again(mapping) == mapping
    assert type(again(mapping)) is FrozenDict


def test_equal_frozen_mappings_hash_alike_whatever_their_order():
    assert hash(FrozenDict({"a": 1, "b": 2})) == hash(FrozenDict({"b": 2, "a": 1}))
    assert len({FrozenDict(a=1), FrozenDict(a=1), FrozenDict(a=2), FrozenDict(b=1)}) == 3


@pytest.mark.parametrize("kind", [dict, UserDict])
def test_a_frozen_mapping_is_a_copy(kind):
    mapping = kind(a=1)
    frozen = FrozenDict.of(mapping, "attributes")
    mapping["b"] = 2

    assert type(frozen) is FrozenDict
    assert frozen == {"a": 1}
    assert FrozenDict.of(frozen, "attributes") is frozen


@pytest.mark.parametrize("mapping", [None, 5, "ab", [("a", 1)], {1: 2}, {"a": 1, None: 2}])
def test_a_frozen_mapping_is_one_from_text(mapping):
    with pytest.raises(InvalidTypeError) as caught:
        FrozenDict.of(mapping, "attributes")

    assert str(caught.value) == f"attributes must be a mapping from text, got {mapping!r}"
    assert caught.value.found is mapping


def test_a_frozen_mapping_of_values_without_a_hash_says_so():
    with pytest.raises(InvalidTypeError, match=r"such as a tuple in place of a list, got \{'sizes': \[1\]\}$"):
        hash(FrozenDict({"sizes": [1]}))
    assert hash(FrozenDict({"sizes": (1,)})) == hash(FrozenDict({"sizes": (1,)}))


def test_a_mapping_of_any_keys_is_copied_into_one_that_cannot_be_changed():
    given = {(1, None): "a", 2: "b"}
    kept = frozen(given)
    given[3] = "c"

    assert kept == {(1, None): "a", 2: "b"}
    assert hash(kept) == hash(frozen({2: "b", (1, None): "a"}))
    with pytest.raises(InvalidTypeError):
        kept[2] = "c"
