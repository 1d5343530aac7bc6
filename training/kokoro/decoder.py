"""The vocoder of Kokoro-82M: from letters, pitch and loudness to samples."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STYLE = 128
RATE = 24_000
"""Hertz of the samples."""
HARMONICS, VOICED, LOUD, NOISE = 9, 10.0, 0.1, 0.003
"""Sines of the source; pitch in hertz from which it is voiced; amplitudes of its sines and its noise."""
POINTS, HOP = 20, 5
"""Points and hop of the last Fourier transform."""
SPREAD = 300
"""Samples to a value of the pitch."""


class Adain(nn.Module):
    """Instance normalisation whose gain and bias come from the voice."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc = nn.Linear(STYLE, 2 * channels)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """(B, C, T) and (B, 128) to (B, C, T)."""
        gain, bias = self.fc(style)[..., None].chunk(2, dim=1)
        return torch.addcmul(bias, 1 + gain, F.instance_norm(x))


class AdainBlock(nn.Module):
    """A residual block, which may double the frame rate."""

    def __init__(self, width: int, out: int, *, upsample: bool = False) -> None:
        super().__init__()
        self.norm1, self.norm2 = Adain(width), Adain(out)
        self.conv1, self.conv2 = nn.Conv1d(width, out, 3, padding=1), nn.Conv1d(out, out, 3, padding=1)
        if upsample:
            self.pool = nn.ConvTranspose1d(width, width, 3, stride=2, padding=1, output_padding=1, groups=width)
        if width != out:
            self.conv1x1 = nn.Conv1d(width, out, 1, bias=False)
        self.upsamples, self.widens = upsample, width != out

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """(B, C, T) and (B, 128) to (B, C', T) or (B, C', 2 T)."""
        inner = F.leaky_relu(self.norm1(x, style), 0.2)
        inner = self.conv1(self.pool(inner) if self.upsamples else inner)
        inner = self.conv2(F.leaky_relu(self.norm2(inner, style), 0.2))
        if self.upsamples:
            x = x.repeat_interleave(2, dim=-1)
        if self.widens:
            x = self.conv1x1(x)
        return torch.as_tensor((inner + x) / math.sqrt(2))


class SnakeBlock(nn.Module):
    """Three dilated convolutions, each with a residual connection and periodic activations."""

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        half = kernel // 2
        self.convs1 = nn.ModuleList(
            nn.Conv1d(channels, channels, kernel, dilation=far, padding=half * far) for far in (1, 3, 5)
        )
        self.convs2 = nn.ModuleList(nn.Conv1d(channels, channels, kernel, padding=half) for _ in range(3))
        self.adain1 = nn.ModuleList(Adain(channels) for _ in range(3))
        self.adain2 = nn.ModuleList(Adain(channels) for _ in range(3))
        self.alpha1 = nn.ParameterList(nn.Parameter(torch.ones(1, channels, 1)) for _ in range(3))
        self.alpha2 = nn.ParameterList(nn.Parameter(torch.ones(1, channels, 1)) for _ in range(3))

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """(B, C, T) and (B, 128) to (B, C, T)."""
        for number in range(3):
            inner = snake(self.adain1[number](x, style), self.alpha1[number])
            inner = snake(self.adain2[number](self.convs1[number](inner), style), self.alpha2[number])
            x = x + self.convs2[number](inner)
        return x


def snake(x: Tensor, alpha: Tensor) -> Tensor:
    """`x + sin²(alpha x) / alpha`."""
    return torch.addcdiv(x, torch.sin(alpha * x).square_(), alpha)


class Source(nn.Module):
    """What the vocal cords do: sines at multiples of the pitch, and noise."""

    def __init__(self) -> None:
        super().__init__()
        self.l_linear = nn.Linear(HARMONICS, 1)

    def forward(self, pitch: Tensor, *, noise: bool) -> Tensor:
        """Pitch (B, P) in hertz to samples (B, 300 P)."""
        times = torch.arange(1, HARMONICS + 1, device=pitch.device, dtype=pitch.dtype)
        turns = (pitch[..., None] * times / RATE) % 1
        phase = (turns.cumsum(dim=1) * (2 * math.pi * SPREAD)).transpose(1, 2)
        phase = F.interpolate(phase, scale_factor=SPREAD, mode="linear").transpose(1, 2)
        voiced = (pitch > VOICED).to(pitch.dtype).repeat_interleave(SPREAD, dim=1)[..., None]
        waves = torch.sin(phase) * (LOUD * voiced)
        if noise:
            waves = waves + torch.randn_like(waves) * (voiced * NOISE + (1 - voiced) * LOUD / 3)
        return torch.tanh(self.l_linear(waves))[..., 0]


class Generator(nn.Module):
    """Frames at 80 Hz to samples at 24 kHz."""

    def __init__(self) -> None:
        super().__init__()
        self.m_source = Source()
        self.noise_convs = nn.ModuleList(
            [nn.Conv1d(POINTS + 2, 256, 12, stride=6, padding=3), nn.Conv1d(POINTS + 2, 128, 1)],
        )
        self.noise_res = nn.ModuleList([SnakeBlock(256, 7), SnakeBlock(128, 11)])
        self.ups = nn.ModuleList(
            [
                nn.ConvTranspose1d(512, 256, 20, stride=10, padding=5),
                nn.ConvTranspose1d(256, 128, 12, stride=6, padding=3),
            ],
        )
        self.resblocks = nn.ModuleList(SnakeBlock(width, kernel) for width in (256, 128) for kernel in (3, 7, 11))
        self.conv_post = nn.Conv1d(128, POINTS + 2, 7, padding=3)
        self.register_buffer("window", torch.hann_window(POINTS), persistent=False)

    def forward(self, x: Tensor, style: Tensor, pitch: Tensor, *, noise: bool) -> Tensor:
        """(B, 512, P), (B, 128) and (B, P) to samples (B, 300 P)."""
        window = self.get_buffer("window")
        source = torch.stft(self.m_source(pitch, noise=noise), POINTS, HOP, window=window, return_complex=True)
        spectrum = torch.cat([source.abs(), source.angle()], dim=1)
        for stage in range(2):
            heard = self.noise_res[stage](self.noise_convs[stage](spectrum), style)
            x = self.ups[stage](F.leaky_relu(x, 0.1))
            if stage == 1:
                x = F.pad(x, (1, 0), mode="reflect")
            x = x + heard
            blocks = self.resblocks[3 * stage : 3 * stage + 3]
            x = torch.stack([block(x, style) for block in blocks]).mean(dim=0)
        size, turn = self.conv_post(F.leaky_relu(x)).float().split(POINTS // 2 + 1, dim=1)
        return torch.istft(torch.polar(torch.exp(size), torch.sin(turn)), POINTS, HOP, window=window)


class Decoder(nn.Module):
    """Letters spread over frames, pitch and loudness to samples."""

    def __init__(self) -> None:
        super().__init__()
        self.encode = AdainBlock(512 + 2, 1024)
        self.decode = nn.ModuleList(
            [*(AdainBlock(1024 + 2 + 64, 1024) for _ in range(3)), AdainBlock(1024 + 2 + 64, 512, upsample=True)],
        )
        self.F0_conv = nn.Conv1d(1, 1, 3, stride=2, padding=1)
        self.N_conv = nn.Conv1d(1, 1, 3, stride=2, padding=1)
        self.asr_res = nn.Sequential(nn.Conv1d(512, 64, 1))
        self.generator = Generator()

    def forward(self, text: Tensor, pitch: Tensor, loudness: Tensor, style: Tensor, *, noise: bool) -> Tensor:
        """(B, 512, F), (B, 2F), (B, 2F) and (B, 128) to samples (B, 600 F)."""
        beside = [self.F0_conv(pitch[:, None]), self.N_conv(loudness[:, None])]
        x = self.encode(torch.cat([text, *beside], dim=1), style)
        beside = [self.asr_res(text), *beside]
        for block in self.decode:
            x = block(torch.cat([x, *beside], dim=1), style)
        return torch.as_tensor(self.generator(x, style, pitch, noise=noise))
