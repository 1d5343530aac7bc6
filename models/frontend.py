"""The log-mel front end: raw audio in, one feature vector a hop out, with its sample history as explicit state.

Shapes: B batch, S samples (a multiple of the hop), T = S / hop frames, W window, K frequency bins, M mel bands.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class FrontEndConfig:
    """How audio becomes features."""

    sample_rate: int = 16_000
    """Hertz."""
    window: int = 512
    """Samples under one Hann window."""
    hop: int = 320
    """Samples from one frame to the next."""
    mels: int = 40
    """Bands, spaced evenly on the mel scale."""
    low: float = 60.0
    """Hertz: lower edge of the lowest band."""
    high: float = 7_600.0
    """Hertz: upper edge of the highest band."""
    floor: float = 1e-4
    """Power added before the logarithm, so that digital silence stays finite."""


def hertz_to_mel(hertz: Tensor) -> Tensor:
    """The mel scale of O'Shaughnessy, 2595 log10(1 + f / 700)."""
    return 2595.0 * torch.log10(1.0 + hertz / 700.0)


def mel_to_hertz(mel: Tensor) -> Tensor:
    """The inverse of `hertz_to_mel`."""
    return 700.0 * (10.0 ** (mel / 2595.0) - 1.0)


def mel_corners(config: FrontEndConfig) -> Tensor:
    """Frequencies (M + 2,) in hertz: band m rises from corner m to its peak at m + 1 and falls to m + 2."""
    edges = torch.tensor([config.low, config.high], dtype=torch.float64)
    low, high = hertz_to_mel(edges).tolist()
    return mel_to_hertz(torch.linspace(low, high, config.mels + 2, dtype=torch.float64))


def mel_bank(config: FrontEndConfig) -> tuple[Tensor, Tensor]:
    """Frequencies (K,) in hertz of the bins that any band uses, and triangular weights (K, M) with peak 1."""
    corners = mel_corners(config)
    bins = torch.arange(config.window // 2 + 1, dtype=torch.float64) * config.sample_rate / config.window
    rising = (bins[:, None] - corners[None, :-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[None, 2:] - bins[:, None]) / (corners[2:] - corners[1:-1])
    weights = torch.minimum(rising, falling).clamp(min=0.0)
    used = weights.sum(dim=1) > 0
    return bins[used], weights[used]


def dft_basis(config: FrontEndConfig, bins: Tensor) -> Tensor:
    """Windowed cosines and sines (W, 2K) of the bins: `frame @ basis` holds real parts, then imaginary parts."""
    time = torch.arange(config.window, dtype=torch.float64)
    hann = torch.hann_window(config.window, periodic=True, dtype=torch.float64)
    angle = 2.0 * torch.pi * time[:, None] * bins[None, :] / config.sample_rate
    return torch.cat([torch.cos(angle), -torch.sin(angle)], dim=1) * hann[:, None]


class LogMel(nn.Module):
    """Normalised log-mel energies: (log(mel(|DFT|²) + floor) − mean) × scale.

    Causal, without look-ahead: frame t holds the W samples that end with hop t, so the first frames see the zeros of
    the initial state.
    """

    basis: Tensor
    mel: Tensor
    mean: Tensor
    scale: Tensor

    def __init__(self, config: FrontEndConfig) -> None:
        super().__init__()
        if not 0 < config.hop <= config.window:
            raise ValueError(f"hop must lie between 1 and the window of {config.window} samples, not {config.hop}")
        self.config = config
        bins, weights = mel_bank(config)
        # Real and imaginary squares share one matrix product with the bank.
        self.register_buffer("basis", dft_basis(config, bins).float(), persistent=False)
        self.register_buffer("mel", torch.cat([weights, weights]).float(), persistent=False)
        self.register_buffer("mean", torch.zeros(config.mels))
        self.register_buffer("scale", torch.ones(config.mels))

    @property
    def history(self) -> int:
        """Samples of the past that the next frame still needs."""
        return self.config.window - self.config.hop

    def initial_state(self, batch: int) -> Tensor:
        """Zeros (B, W − hop): silence before the stream."""
        return self.basis.new_zeros(batch, self.history)

    def step(self, audio: Tensor, history: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, T, M) of a chunk (B, S), S a multiple of the hop, and the history that the next chunk needs."""
        if audio.shape[1] % self.config.hop:
            raise ValueError(f"{audio.shape[1]} samples are not a multiple of the hop of {self.config.hop}")
        samples = torch.cat([history, audio], dim=1)
        frames = samples.unfold(1, self.config.window, self.config.hop)  # (B, T, W)
        power = (frames @ self.basis).square()  # (B, T, 2K)
        features = (torch.log(power @ self.mel + self.config.floor) - self.mean) * self.scale
        return features, samples[:, samples.shape[1] - self.history :]

    def forward(self, audio: Tensor) -> Tensor:
        """Features (B, T, M) of whole recordings (B, S)."""
        return self.step(audio, self.initial_state(audio.shape[0]))[0]
