"""Speech networks: sub-sampling and stack are causal, chunked equals whole, and rows of a batch do not meet."""

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.models.frontend import FrontEndConfig
from legato.models.recurrent import RecurrentConfig
from legato.models.speech import BLANK, LiveSpeechNet, SpeechConfig, SpeechNet, SpeechState, speech_net
from legato.models.subsampling import Subsampling, SubsamplingConfig

CONV = SubsamplingConfig(channels=9, outputs=12, first=3, second=7, rate=3)
HOP = 480


def config(cell: str = "gru", *, bidirectional: bool = True) -> SpeechConfig:
    return SpeechConfig(
        (BLANK, " ", "a", "b"),
        bidirectional,
        FrontEndConfig(hop=160, mels=10),
        CONV,
        RecurrentConfig(cell, 12, 8, 2, residual=True, projection=12, layer_norm=True),
    )


def network(cell: str = "gru", *, bidirectional: bool) -> SpeechNet | LiveSpeechNet:
    torch.manual_seed(3)
    net = speech_net(config(cell, bidirectional=bidirectional)).eval()
    with torch.no_grad():
        net.frontend.mean.fill_(-4.0)
        net.frontend.scale.fill_(0.4)
        net.head.weight.mul_(8)
    return net


def live(cell: str = "gru") -> LiveSpeechNet:
    net = network(cell, bidirectional=False)
    assert isinstance(net, LiveSpeechNet)
    return net


def offline(cell: str = "gru") -> SpeechNet:
    net = network(cell, bidirectional=True)
    assert isinstance(net, SpeechNet)
    return net


def sound(rows: int, frames: int) -> torch.Tensor:
    return 0.2 * torch.randn(rows, frames * HOP, generator=torch.Generator().manual_seed(1))


@torch.inference_mode()
def test_subsampling_keeps_one_frame_in_three_and_is_causal() -> None:
    torch.manual_seed(1)
    conv = Subsampling(CONV, 10)
    x = torch.randn(2, 30, 10)
    y = conv(x)
    assert y.shape == (2, 10, 12)
    changed = x.clone()
    changed[:, 12:] += 1.0
    after = conv(changed)
    assert torch.equal(after[:, :4], y[:, :4])
    assert not torch.allclose(after[:, 4], y[:, 4])


def test_subsampling_refuses_what_is_no_multiple_of_its_rate() -> None:
    with pytest.raises(ValueError, match="31 frames are not a multiple of 3"):
        Subsampling(CONV, 10)(torch.zeros(1, 31, 10))


@torch.inference_mode()
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_chunked_equals_whole(cell: str) -> None:
    net, audio = live(cell), sound(2, 40)
    whole = net(audio)
    assert whole.shape == (2, 40, 4)

    @settings(max_examples=10, deadline=None)
    @given(st.lists(st.integers(1, 17), min_size=1, max_size=8))
    def check(sizes: list[int]) -> None:
        state, outputs, at = net.initial_state(2), [], 0
        for size in itertools.cycle(sizes):
            if at >= 40:
                break
            y, state = net.step(audio[:, at * HOP : (at + size) * HOP], state)
            outputs.append(y)
            at += size
        worst = (torch.cat(outputs, dim=1) - whole).abs().max().item()
        assert worst <= 1e-4, f"largest difference {worst:.2e} with chunks of {sizes}"

    check()


@torch.inference_mode()
def test_new_sound_never_changes_old_scores() -> None:
    net, audio = live(), sound(1, 30)
    changed = audio.clone()
    changed[:, 20 * HOP :] *= -2.0
    before, after = net(audio), net(changed)
    assert torch.equal(before[:, :20], after[:, :20])
    assert not torch.allclose(before[:, 20], after[:, 20])


@torch.inference_mode()
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_a_padded_batch_gives_what_each_row_gives_alone(cell: str) -> None:
    net, lengths = offline(cell), torch.tensor([20 * HOP, 1, 33 * HOP - 5, 12 * HOP + 1])
    audio = sound(4, 33)
    for row, length in enumerate(lengths.tolist()):
        audio[row, length:] = 0.0
    together = net(audio, lengths)
    for row, frames in enumerate((20, 1, 33, 13)):
        alone = net(audio[row : row + 1, : frames * HOP], lengths[row : row + 1])
        worst = (together[row, :frames] - alone[0]).abs().max().item()
        assert worst <= 1e-4, f"row {row}: largest difference {worst:.2e}"
        assert not together[row, frames:].any()
        sums = together[row, :frames].exp().sum(dim=-1)
        torch.testing.assert_close(sums, torch.ones(frames))


def test_a_network_that_reads_whole_recordings_cannot_be_stepped() -> None:
    assert not hasattr(SpeechNet, "step")


@pytest.mark.parametrize("bidirectional", [True, False])
def test_a_configuration_survives_being_written_down(bidirectional: bool) -> None:
    from dataclasses import asdict

    once = config("lstm", bidirectional=bidirectional)
    assert SpeechConfig.from_dict(asdict(once)) == once


def test_the_state_is_what_is_carried() -> None:
    state = live("lstm").initial_state(3)
    assert isinstance(state, SpeechState)
    shapes = [tuple(part.shape) for part in state]
    assert shapes == [(3, 352), (3, 10, 2), (3, 9, 4), (2, 3, 8), (2, 3, 8)]


@pytest.mark.parametrize(
    ("labels", "inputs", "complaint"),
    [
        (("a", BLANK), 12, "labels must be"),
        ((BLANK,), 12, "labels must be"),
        ((BLANK, "a", "a"), 12, "labels must be"),
        ((BLANK, "a"), 13, "the stack takes 13 features"),
    ],
)
def test_impossible_configurations_are_refused(labels: tuple[str, ...], inputs: int, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        SpeechConfig(labels, subsampling=CONV, recurrent=RecurrentConfig(inputs=inputs))


@pytest.mark.parametrize("wrong", [{"channels": 0}, {"first": 1}, {"second": 3}, {"rate": 0}])
def test_impossible_convolutions_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be"):
        SubsamplingConfig(**wrong)
