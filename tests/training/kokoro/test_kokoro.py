"""The synthesiser in PyTorch: what is prepared for it, its weights, and what is made of its sound."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import scipy.signal
import torch
from onnx import TensorProto, helper, numpy_helper

from legato.training.kokoro import speaking
from legato.training.kokoro.decoder import AdainBlock, Generator, Source
from legato.training.kokoro.network import rounded, spread
from legato.training.kokoro.rows import Row, choose_rows, read_rows, style, write_rows
from legato.training.kokoro.speaking import Batches, Planned, sound_rows, speak_rows, two_thirds
from legato.training.kokoro.weights import read_weights

VOCABULARY = {letter: number for number, letter in enumerate("abcdefghijklmnopqrstuvwxyz", 1)}


def rows_of(*texts: str) -> list[Row]:
    """Rows whose phonetic letters are their letters."""
    return choose_rows(texts, ["af_one", "bm_two", "ff_three"], VOCABULARY, lambda text, _: text.lower(), seed=3)


def test_rows_name_their_voices_and_come_back_from_a_file(tmp_path: Path) -> None:
    rows = rows_of(*(f"text {'abcdefghij'[number % 10]}" for number in range(200)))
    write_rows(rows, tmp_path / "rows.gz")
    assert read_rows(tmp_path / "rows.gz") == rows
    assert rows[0].tokens[:4] == (20, 5, 24, 20)
    blends = [row for row in rows if len(row.voices) == 2]
    assert 40 < len(blends) < 120
    assert all(sum(share for _, share in row.voices) == pytest.approx(1) for row in rows)
    assert blends[0].speaker == f"{blends[0].voices[0][0]}+{blends[0].voices[1][0]}@{blends[0].voices[0][1]}"
    assert all(0.75 <= row.speed <= 1.3 for row in rows)


def test_a_text_without_sounds_is_left_out() -> None:
    assert [row.text for row in rows_of("...", "yes")] == ["yes"]


def test_a_blend_has_the_style_of_its_length() -> None:
    styles = {"one": np.full((4, 256), 1, np.float32), "two": np.arange(4, dtype=np.float32)[:, None].repeat(256, 1)}
    row = Row("abc", (1, 2), (("one", 0.25), ("two", 0.75)), 1.0)
    assert style(row, styles) == pytest.approx(np.full(256, 0.25 + 0.75 * 2))
    long = Row("abc", tuple(range(9)), (("two", 1.0),), 1.0)
    assert style(long, styles)[0] == 3


def test_frames_belong_to_letters_and_the_last_one_is_drawn_out() -> None:
    assert spread([2, 1, 3]) == [0, 0, 1, 2, 2, 2]
    assert rounded([2, 1, 3], 8) == [2, 1, 5]
    assert rounded([2, 1, 5], 8) == [2, 1, 5]


def test_the_rate_is_changed_as_scipy_does() -> None:
    sound = np.random.default_rng(0).standard_normal((2, 900)).astype(np.float32)
    found = two_thirds(torch.from_numpy(sound)).numpy()
    assert found == pytest.approx(scipy.signal.resample_poly(sound, 2, 3, axis=1), abs=1e-5)


def test_the_source_follows_the_pitch() -> None:
    source = Source()
    torch.nn.init.zeros_(source.l_linear.bias)
    with torch.no_grad():
        source.l_linear.weight.copy_(torch.eye(1, 9))
        sound = source(torch.tensor([[200.0] * 40 + [0.0] * 10]), noise=False)[0]
    assert sound.shape == (50 * 300,)
    turns = torch.count_nonzero((sound[600:11000].sign().diff()) > 0)
    assert int(turns) == pytest.approx(200 * (11000 - 600) / 24_000, abs=1.5)
    assert not sound[-2400:].any()


def test_blocks_double_the_rate_and_sound_has_300_samples_to_a_pitch() -> None:
    torch.manual_seed(0)
    with torch.inference_mode():
        assert AdainBlock(8, 4, upsample=True)(torch.randn(2, 8, 5), torch.randn(2, 128)).shape == (2, 4, 10)
        pitch = torch.full((1, 8), 120.0)
        assert Generator().eval()(torch.randn(1, 512, 8), torch.randn(1, 128), pitch, noise=True).shape == (1, 2400)


class Stand(torch.nn.Module):
    """A network whose letters take two frames, and whose sound is a burst as loud as its first letter."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(1))

    def plan(self, tokens: torch.Tensor, _: torch.Tensor, __: torch.Tensor) -> tuple[torch.Tensor, ...]:
        text = tokens[:, None].float().expand(-1, 512, -1)
        return text, torch.zeros(*tokens.shape, 640), torch.full(tokens.shape, 2)

    def sound(self, text: torch.Tensor, _: torch.Tensor, __: torch.Tensor) -> torch.Tensor:
        sound = torch.zeros(len(text), text.shape[2] * 600)
        sound[:, 3000:6000] = (text[:, 0, 2] / 26)[:, None] * torch.sin(torch.arange(3000) / 5)
        return sound


def test_every_row_is_spoken_and_trimmed(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of("one", "two", "three", "seventeen", "aaa", "bbb")
    styles = {name: np.zeros((9, 256), np.float32) for name in ("af_one", "bm_two", "ff_three")}
    batches = Batches(rows=4, letters=20, frames=32, step=16)
    spoken = dict(speak_rows(Stand(), rows, styles, batches))  # type: ignore[arg-type]
    assert sorted(row.text for row in spoken) == sorted(row.text for row in rows)
    for samples in spoken.values():
        assert len(samples) == pytest.approx(2000 + 0.15 * 16_000, abs=40)
        assert np.abs(samples).max() == pytest.approx(0.7 * 32767, rel=0.01)

    def full(network: object, batch: list[Planned]) -> object:
        if len(batch) > 1:
            raise torch.OutOfMemoryError
        return sound_rows(network, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(speaking, "sound_rows", full)
    again = dict(speak_rows(Stand(), rows, styles, batches))  # type: ignore[arg-type]
    assert all(again[row] == pytest.approx(samples, abs=1) for row, samples in spoken.items())


def test_weights_are_found_under_the_names_of_the_network(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    kernel, table = chance.integers(0, 255, (4, 3, 5)).astype(np.uint8), chance.integers(-9, 9, (6, 7)).astype(np.int8)
    gates = chance.integers(-9, 9, (2, 3, 1024)).astype(np.int8)
    stored = {
        "/encoder/F0.0/Mul_output_0_quantized": kernel,
        "/encoder/F0.0/Mul_output_0_scale": np.float32(0.5),
        "zero": np.uint8(128),
        "fc_quantized": table,
        "fc_scale": np.arange(7, dtype=np.float32),
        "w_quantized": gates,
        "w_scale": np.array([1, 2], np.float32),
        "w_zero": np.zeros(2, np.int8),
        "biases": chance.standard_normal((2, 2048)).astype(np.float32),
        "encoder.predictor.F0.0.conv1.bias": np.ones(4, np.float32),
    }
    nodes = [
        helper.make_node("ConvInteger", ["x", *list(stored)[:1], "z", "zero"], ["a"], "/encoder/F0.0/conv1/Conv_quant"),
        helper.make_node(
            "MatMulInteger", ["x", "fc_quantized"], ["b"], "/decoder/decoder/encode/norm1/fc/Gemm_MatMul_quant"
        ),
        helper.make_node(
            "DynamicQuantizeLSTM",
            ["x", "w_quantized", "w_quantized", "biases", "", "", "", "", "w_scale", "w_zero", "w_scale", "w_zero"],
            ["c"],
            "/encoder/shared/LSTM_quant",
        ),
    ]
    arrays = [numpy_helper.from_array(np.asarray(values), name) for name, values in stored.items()]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, None)]
    onnx.save(helper.make_model(helper.make_graph(nodes, "g", inputs, [], arrays)), tmp_path / "m.onnx")
    found = read_weights(tmp_path / "m.onnx")
    assert set(found) >= {"predictor.F0.0.conv1.weight", "predictor.F0.0.conv1.bias", "decoder.encode.norm1.fc.weight"}
    assert found["predictor.F0.0.conv1.weight"].numpy() == pytest.approx((kernel.astype(float) - 128) / 2)
    assert found["decoder.encode.norm1.fc.weight"].numpy() == pytest.approx((table * np.arange(7)).T)
    reverse = found["predictor.shared.weight_ih_l0_reverse"].numpy()
    assert reverse[256:512] == pytest.approx(2.0 * gates[1].T[512:768])
    assert reverse[768:] == pytest.approx(2.0 * gates[1].T[256:512])
