"""Files made to do harm, or broken on the way: a clear refusal, nothing written, nothing run, no memory spent."""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import stat
import struct
import time
import tracemalloc
import zipfile
from contextlib import nullcontext

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.importing import header, import_adapter, read_source, source
from adapters.importing.patterns import by_pattern, unsafe
from adapters.importing.reader import Reader
from assistant.errors import AdapterCorruptError, AdapterError, SuntoError
from tests.adapters.importing import files

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"


def write_zip(path, members, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def members_of(directory):
    return [(name, (directory / name).read_bytes()) for name in (CONFIG, WEIGHTS)]


def take_over(path, kept, tmp_path):
    return import_adapter(read_source(path), name="biology", model=kept, staging=tmp_path / "staging")


# --- archives ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "a/../../evil.txt",
        "/etc/evil",
        "C:/evil.txt",
        r"C:\evil.txt",
        r"..\evil.txt",
        r"a\..\..\evil",
        "..",
    ],
)
def test_a_name_that_leads_out_of_the_archive_is_refused_and_nothing_is_written(name, plain, kept, tmp_path):
    home = tmp_path / "inner" / "deep"
    home.mkdir(parents=True)
    archive = write_zip(home / "bad.zip", [*members_of(plain), (name, b"evil")])
    before = set(tmp_path.rglob("*"))
    with pytest.raises(AdapterError, match="leads out of its folder"):
        take_over(archive, kept, tmp_path)
    assert set(tmp_path.rglob("*")) == before


def test_weights_under_a_name_that_leads_out_are_never_found(plain, kept, tmp_path):
    archive = write_zip(tmp_path / "bad.zip", [(f"../{name}", data) for name, data in members_of(plain)])
    with pytest.raises(AdapterError):
        take_over(archive, kept, tmp_path)


def test_a_link_in_an_archive_is_not_followed(plain, kept, tmp_path):
    link = zipfile.ZipInfo(WEIGHTS)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive = write_zip(tmp_path / "bad.zip", [members_of(plain)[0], (link, b"/etc/passwd")])
    with pytest.raises(AdapterCorruptError, match="is a link"):
        take_over(archive, kept, tmp_path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", [CONFIG, WEIGHTS])
def test_a_name_that_is_in_the_archive_twice_is_refused(second, plain, kept, tmp_path):
    archive = write_zip(tmp_path / "bad.zip", [*members_of(plain), (second, b"{}")])
    with pytest.raises(AdapterCorruptError, match="twice"):
        take_over(archive, kept, tmp_path)


def test_a_locked_archive_says_how_to_go_on(plain, kept, tmp_path):
    path = write_zip(tmp_path / "locked.zip", members_of(plain))
    data = bytearray(path.read_bytes())
    for place in range(len(data) - 8):  # the flag in both headers of each member
        if data[place : place + 4] == b"PK\x03\x04":
            data[place + 6] |= 1
        elif data[place : place + 4] == b"PK\x01\x02":
            data[place + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(AdapterError, match="locked with a password") as refused:
        take_over(path, kept, tmp_path)
    assert "Unpack" in refused.value.hint


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused_in_words(method, plain, kept, tmp_path):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members_of(plain):
            archive.writestr(name, data)
    with pytest.raises(AdapterError, match="packed in a way"):
        take_over(path, kept, tmp_path)


def test_a_bomb_is_refused_by_how_far_it_would_grow(plain, kept, tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(*members_of(plain)[0])
        with archive.open(WEIGHTS, "w") as member:
            for _block in range(64):
                member.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 17
    tracemalloc.start()
    with pytest.raises(AdapterCorruptError, match="beyond all measure"):
        take_over(path, kept, tmp_path)
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()


def test_a_configuration_that_grows_in_the_archive_is_refused(plain, tmp_path):
    archive = write_zip(tmp_path / "bomb.zip", [(CONFIG, b" " * (8 << 20)), members_of(plain)[1]])
    with pytest.raises(AdapterError, match="far too large"):
        read_source(archive)


def test_a_list_of_members_without_end_is_refused_before_it_is_read(plain, tmp_path):
    path = write_zip(tmp_path / "long.zip", members_of(plain))
    data = bytearray(path.read_bytes())
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<L", data, end + 12, 0x7FFFFFFF)
    path.write_bytes(data)
    with pytest.raises(AdapterError, match="holds too much"):
        read_source(path)
    path.write_bytes(data[:end] + b"PK\x06\x07" + bytes(16) + data[end:])
    with pytest.raises(AdapterError, match="holds too much"):
        read_source(path)


@pytest.mark.parametrize("inside", ["a/b/", "a/b/c/d/"])
def test_an_adapter_deep_down_in_an_archive_is_not_searched_for(inside, plain, tmp_path):
    archive = files.zipped(plain, tmp_path / "deep.zip", inside=inside)
    with pytest.raises(AdapterError, match=r"adapter_config\.json is missing"):
        read_source(archive)


def test_several_adapters_in_an_archive_are_named(plain, tmp_path):
    pairs = [(f"{folder}/{name}", data) for folder in ("law", "history") for name, data in members_of(plain)]
    with pytest.raises(AdapterError, match="more than one adapter: history, law"):
        read_source(write_zip(tmp_path / "two.zip", pairs))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_an_archive_that_is_cut_off_or_garbled_is_refused_or_gives_the_same_weights(plain, kept, tmp_path, data):
    import torch

    path, staging = tmp_path / "broken.zip", tmp_path / "staging"
    shutil.rmtree(staging, ignore_errors=True)
    whole = files.zipped(plain, path).read_bytes()
    if data.draw(st.booleans()):
        path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    else:
        garbled = bytearray(whole)
        for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=4)):
            garbled[place] = data.draw(st.integers(0, 255))
        path.write_bytes(garbled)
    try:
        take_over(path, kept, tmp_path)
    except SuntoError:
        assert not staging.exists()
    else:
        expected, got = files.read_weights(plain), files.read_weights(staging)
        assert all(torch.equal(expected[name], got[name]) for name in expected)


# --- folders -----------------------------------------------------------------------------------------------------


def link(path, target):
    try:
        path.symlink_to(target)
    except OSError:
        pytest.skip("this system lets nobody make links")


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS, "chat_template.jinja"])
def test_a_link_out_of_the_folder_is_not_followed(name, adapter, kept, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes((adapter / name).read_bytes() if (adapter / name).exists() else b"secret")
    (adapter / name).unlink(missing_ok=True)
    link(adapter / name, secret)
    with pytest.raises(AdapterError, match="a link to a file outside"):
        take_over(adapter, kept, tmp_path)
    assert not (tmp_path / "staging").exists()


def test_a_link_to_a_folder_is_not_gone_into(adapter, tmp_path):
    (tmp_path / "empty").mkdir()
    link(tmp_path / "empty" / "sub", adapter)
    with pytest.raises(AdapterError, match=r"adapter_config\.json is missing"):
        read_source(tmp_path / "empty")


def test_a_folder_that_is_itself_reached_by_a_link_is_fine(adapter, kept, tmp_path):
    link(tmp_path / "mine", adapter)
    take_over(tmp_path / "mine", kept, tmp_path)


def test_a_link_in_a_circle_is_no_file(adapter, kept, tmp_path):
    (adapter / WEIGHTS).unlink()
    link(adapter / WEIGHTS, adapter / WEIGHTS)
    with pytest.raises(AdapterError):
        take_over(adapter, kept, tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(adapter, kept, tmp_path):
    (adapter / WEIGHTS).unlink()
    os.mkfifo(adapter / WEIGHTS)
    with pytest.raises(AdapterError):
        take_over(adapter, kept, tmp_path)
    with pytest.raises(AdapterError):
        take_over(adapter / WEIGHTS, kept, tmp_path)


class Bomb:
    """Unpickling it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.mark.parametrize("name", ["adapter_model.bin", "adapter_model.pt"])
def test_a_pickle_is_never_opened(name, adapter, tmp_path):
    (adapter / WEIGHTS).unlink()
    (adapter / name).write_bytes(pickle.dumps(Bomb(tmp_path / "harm")))
    for path in (adapter, adapter / name, files.zipped(adapter, tmp_path / "it.zip")):
        with pytest.raises(AdapterError, match="start a program") as refused:
            read_source(path)
        assert "weights_only=True" in refused.value.hint
    assert not (tmp_path / "harm").exists()


def test_a_pickle_beside_good_weights_is_left_alone(adapter, kept, tmp_path):
    (adapter / "adapter_model.bin").write_bytes(pickle.dumps(Bomb(tmp_path / "harm")))
    take_over(adapter, kept, tmp_path)
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("name", ["x.gguf", "x.tar.gz", "x.txt", "x"])
def test_other_files_are_refused_with_what_to_give_instead(name, tmp_path):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(AdapterError, match="not a file that adapters come in") as refused:
        read_source(tmp_path / name)
    assert refused.value.hint


def test_what_is_not_there_is_said(tmp_path, adapter):
    for path in (tmp_path / "nowhere", tmp_path / "nowhere.zip"):
        with pytest.raises(AdapterError, match="no such file or folder"):
            read_source(path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(AdapterError, match=r"adapter_config\.json is missing"):
        read_source(tmp_path / "empty")
    (adapter / CONFIG).unlink()
    for path in (adapter, adapter / WEIGHTS):
        with pytest.raises(AdapterError, match=r"adapter_config\.json is missing") as refused:
            read_source(path)
        assert "how strong" in refused.value.hint


def test_weights_beyond_all_measure_are_refused_by_their_size_alone(adapter, monkeypatch):
    monkeypatch.setattr(source, "MAX_WEIGHTS_BYTES", 1000)
    with pytest.raises(AdapterError, match="far too large"):
        read_source(adapter)


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"r": ' + b"9" * 5000 + b"}", b" " * (2 << 20)],
    ids=["empty", "list", "cut off", "text", "bytes", "nested", "digits", "huge"],
)
def test_a_configuration_that_is_none_is_refused(text, adapter):
    (adapter / CONFIG).write_bytes(text)
    with pytest.raises(AdapterError):
        read_source(adapter)


def test_a_folder_that_goes_away_meanwhile_is_an_error_of_ours(adapter, kept, tmp_path):
    found = read_source(adapter)
    shutil.rmtree(adapter)
    with pytest.raises(AdapterError):
        import_adapter(found, name="biology", model=kept, staging=tmp_path / "staging")
    assert not (tmp_path / "staging").exists()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
FIELDS = [
    "r", "lora_alpha", "lora_dropout", "use_rslora", "use_dora", "bias", "target_modules", "rank_pattern", "peft_type",
    "alpha_pattern", "modules_to_save", "layers_to_transform", "exclude_modules", "init_lora_weights", "task_type",
    "alora_invocation_tokens", "base_model_name_or_path", "peft_version", "auto_mapping",
]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4), card=JSON)
def test_whatever_the_configuration_and_the_card_say_is_taken_over_or_refused(fields, card, plain, kept, tmp_path):
    directory, staging = tmp_path / "any", tmp_path / "staging"
    for folder in (directory, staging):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(plain, directory)
    files.change_config(directory, **fields)
    (directory / "sunto.json").write_text(json.dumps(card), encoding="utf-8")
    try:
        said = take_over(directory, kept, tmp_path)
    except AdapterError:
        assert not staging.exists()
    else:
        json.dumps(said)
        assert json.loads((staging / CONFIG).read_text(encoding="utf-8"))["peft_type"] == "LORA"


# --- safetensors ---------------------------------------------------------------------------------------------------


def entry(shape, start, end, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"1234567",
        files.safetensors_bytes({}, length=1 << 62),
        files.safetensors_bytes({}, length=3 << 20),
        files.safetensors_bytes(b"not json"),
        files.safetensors_bytes([]),
        files.safetensors_bytes(b"[" * 200_000),
        files.safetensors_bytes(b'{"a": {"dtype":"F32","shape":[1],"data_offsets":[0,4]}, "a": {}}', bytes(4)),
        files.safetensors_bytes({"a": 1}),
        files.safetensors_bytes({"a": {"dtype": "F32"}}),
        files.safetensors_bytes({"a": entry([2], 0, 4)}, bytes(4)),
        files.safetensors_bytes({"a": entry([1], 0, 4)}, bytes(3)),
        files.safetensors_bytes({"a": entry([1], 0, 4)}, bytes(5)),
        files.safetensors_bytes({"a": entry([1], 4, 0)}, bytes(4)),
        files.safetensors_bytes({"a": entry([-1], 0, 4)}, bytes(4)),
        files.safetensors_bytes({"a": entry([True], 0, 4)}, bytes(4)),
        files.safetensors_bytes({"a": entry([1.0], 0, 4)}, bytes(4)),
        files.safetensors_bytes({"a": entry([1] * 9, 0, 4)}, bytes(4)),
        files.safetensors_bytes({"a": entry([1 << 40, 1 << 40], 0, 1 << 61)}, bytes(4)),
        files.safetensors_bytes({"a": entry([1], 0, 4), "b": entry([1], 0, 4)}, bytes(4)),
        files.safetensors_bytes({"a": entry([2], 0, 8), "b": entry([1], 4, 8)}, bytes(8)),
        files.safetensors_bytes({"a": entry([1], 4, 8)}, bytes(8)),
        files.safetensors_bytes({"a" * 600: entry([1], 0, 4)}, bytes(4)),
    ],
    ids=lambda data: str(data[8:60]),
)
def test_weights_that_are_cut_off_or_lie_about_themselves_are_damaged(data, adapter, kept, tmp_path):
    (adapter / WEIGHTS).write_bytes(data)
    tracemalloc.start()
    with pytest.raises(AdapterCorruptError, match="damaged"):
        take_over(adapter, kept, tmp_path)
    assert tracemalloc.get_traced_memory()[1] < 32 << 20
    tracemalloc.stop()
    assert not (tmp_path / "staging").exists()


def test_every_length_at_which_weights_can_be_cut_off_is_noticed(adapter, kept, tmp_path):
    whole = (adapter / WEIGHTS).read_bytes()
    for length in [*range(0, 16), *range(16, len(whole), 997), len(whole) - 1]:
        (adapter / WEIGHTS).write_bytes(whole[:length])
        with pytest.raises(AdapterCorruptError):
            take_over(adapter, kept, tmp_path)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.builds(files.safetensors_bytes, JSON, st.binary(max_size=16)))
def test_any_bytes_are_a_header_or_damaged_and_what_is_read_the_library_reads_too(data):
    import io

    from safetensors.torch import load

    try:
        tensors = header.read_header(Reader(io.BytesIO(data), nullcontext), "x", len(data))
    except AdapterCorruptError:
        return
    if all(tensor.dtype in header.BYTES for tensor in tensors) and b"__metadata__" not in data:
        assert {tensor.name: list(tensor.shape) for tensor in tensors} == {
            name: list(tensor.shape) for name, tensor in load(data).items()
        }


# --- expressions ---------------------------------------------------------------------------------------------------


@settings(deadline=2000)
@given(st.text(alphabet="a.|()*+?[]\\^$d{}1-", max_size=60))
def test_no_expression_from_a_stranger_takes_long(pattern):
    if not unsafe([pattern]):
        by_pattern({pattern: 1}, "model.layers.1.self_attn." + "a" * 60, 0)


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|aa)+$", "(a?){60}", "a{1000000000}", "(?=a)", r"(a)\1", "(?P<n>a)", ".*" * 4, "(a|a)" * 3, ""],
)
def test_expressions_that_can_take_for_ever_are_not_evaluated(pattern):
    assert unsafe(["q_proj", pattern]) == pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "q_proj",
        "model.layers.0.mlp.up_proj",
        r"^model\.layers\.\d+\.mlp\.(?:up|down)_proj$",
        "layers.[0-9]+.mlp",
        ".*_proj",
    ],
)
def test_expressions_as_tools_write_them_are_evaluated(pattern):
    assert unsafe([pattern]) == ""


@given(st.text(alphabet="ab._", min_size=1, max_size=6), st.text(alphabet="ab._", max_size=12))
def test_a_plain_name_matches_as_pefts_expression_does(pattern, module):
    expected = re.match(rf"(.*\.)?({pattern})$", module) is not None
    assert by_pattern({pattern: True}, module, False) == expected


def test_thousands_of_names_are_matched_in_no_time():
    patterns = {f"model.layers.{n}.mlp.up_proj": n for n in range(5000)}
    started = time.perf_counter()
    assert not unsafe(list(patterns))
    for layer in range(100):
        assert by_pattern(patterns, f"model.layers.{layer}.mlp.up_proj", -1) == layer
    assert by_pattern(patterns, "model.layers.1.mlp.down_proj", -1) == -1
    assert time.perf_counter() - started < 2


def test_names_in_an_archive_cannot_act_on_the_terminal(plain, tmp_path):
    members = [(f"\x1b]0;x\x07{n}\u202e/{name}", data) for n in (1, 2) for name, data in members_of(plain)]
    with pytest.raises(AdapterError, match="more than one adapter: 1, 2") as refused:
        read_source(write_zip(tmp_path / "two.zip", members))
    assert "\x1b" not in refused.value.message + refused.value.hint
