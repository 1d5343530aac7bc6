"""Kokoro-82M, a speech synthesiser, in PyTorch: it speaks many texts in one go on a GPU.

The layers and their names are those of the published network (Apache-2.0, a StyleTTS 2 with an iSTFTNet decoder).
Rows of a batch have one length, so that nothing needs a mask.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from legato.training.kokoro.decoder import AdainBlock, Decoder

WIDTH, STYLE, SYMBOLS, LONGEST_DURATION = 512, 128, 178, 50
BERT_EMBEDDING, BERT_WIDTH, BERT_INNER, BERT_LAYERS, BERT_HEADS, BERT_POSITIONS = 128, 768, 2048, 12, 12, 512


class Attention(nn.Module):
    """Self-attention of ALBERT with its residual connection."""

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(BERT_WIDTH, BERT_WIDTH)
        self.key = nn.Linear(BERT_WIDTH, BERT_WIDTH)
        self.value = nn.Linear(BERT_WIDTH, BERT_WIDTH)
        self.dense = nn.Linear(BERT_WIDTH, BERT_WIDTH)
        self.LayerNorm = nn.LayerNorm(BERT_WIDTH, eps=1e-12)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, 768) to (B, T, 768)."""
        query, key, value = (
            layer(x).unflatten(-1, (BERT_HEADS, -1)).transpose(1, 2) for layer in (self.query, self.key, self.value)
        )
        seen = F.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)
        normed: Tensor = self.LayerNorm(x + self.dense(seen))
        return normed


class BertLayer(nn.Module):
    """The one layer that ALBERT applies twelve times."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = Attention()
        self.ffn = nn.Linear(BERT_WIDTH, BERT_INNER)
        self.ffn_output = nn.Linear(BERT_INNER, BERT_WIDTH)
        self.full_layer_layer_norm = nn.LayerNorm(BERT_WIDTH, eps=1e-12)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, 768) to (B, T, 768)."""
        x = self.attention(x)
        normed: Tensor = self.full_layer_layer_norm(
            x + self.ffn_output(F.gelu(self.ffn(x), approximate="tanh")),
        )
        return normed


class Bert(nn.Module):
    """ALBERT over phonetic letters."""

    def __init__(self) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(SYMBOLS, BERT_EMBEDDING)
        self.position_embeddings = nn.Embedding(BERT_POSITIONS, BERT_EMBEDDING)
        self.token_type_embeddings = nn.Embedding(2, BERT_EMBEDDING)
        self.LayerNorm = nn.LayerNorm(BERT_EMBEDDING, eps=1e-12)
        self.embedding_hidden_mapping_in = nn.Linear(BERT_EMBEDDING, BERT_WIDTH)
        self.layer = BertLayer()

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens (B, T) to (B, T, 768)."""
        x = self.word_embeddings(tokens) + self.position_embeddings.weight[: tokens.shape[1]]
        x = self.embedding_hidden_mapping_in(self.LayerNorm(x + self.token_type_embeddings.weight[0]))
        for _ in range(BERT_LAYERS):
            x = self.layer(x)
        return torch.as_tensor(x)


class ChannelNorm(nn.Module):
    """Layer normalisation over the channels of (B, C, T)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(channels))
        self.beta = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T) to (B, C, T)."""
        return F.layer_norm(x.transpose(1, 2), self.gamma.shape, self.gamma, self.beta).transpose(1, 2)


class TextEncoder(nn.Module):
    """What is said, letter by letter."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(SYMBOLS, WIDTH)
        self.cnn = nn.ModuleList(
            nn.Sequential(nn.Conv1d(WIDTH, WIDTH, 5, padding=2), ChannelNorm(WIDTH), nn.LeakyReLU(0.2))
            for _ in range(3)
        )
        self.lstm = nn.LSTM(WIDTH, WIDTH // 2, batch_first=True, bidirectional=True)

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens (B, T) to (B, 512, T)."""
        x = self.embedding(tokens).transpose(1, 2)
        for block in self.cnn:
            x = block(x)
        out: Tensor = self.lstm(x.transpose(1, 2))[0]
        return out.transpose(1, 2)


class StyleNorm(nn.Module):
    """Layer normalisation whose gain and bias come from the voice."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(STYLE, 2 * WIDTH)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """(B, T, 512) and (B, 128) to (B, T, 512)."""
        gain, bias = self.fc(style)[:, None].chunk(2, dim=-1)
        normed: Tensor = (1 + gain) * F.layer_norm(x, (WIDTH,)) + bias
        return normed


class DurationEncoder(nn.Module):
    """How it is said, letter by letter."""

    def __init__(self) -> None:
        super().__init__()
        self.lstms = nn.ModuleList()
        for _ in range(3):
            self.lstms.append(nn.LSTM(WIDTH + STYLE, WIDTH // 2, batch_first=True, bidirectional=True))
            self.lstms.append(StyleNorm())

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """(B, T, 512) and (B, 128) to (B, T, 640)."""
        voice = style[:, None].expand(-1, x.shape[1], -1)
        for number in range(0, len(self.lstms), 2):
            x = self.lstms[number](torch.cat([x, voice], dim=-1))[0]
            x = self.lstms[number + 1](x, style)
        return torch.cat([x, voice], dim=-1)


class Projection(nn.Module):
    """A linear layer, under the name that the published network gives it."""

    def __init__(self, width: int, out: int) -> None:
        super().__init__()
        self.linear_layer = nn.Linear(width, out)

    def forward(self, x: Tensor) -> Tensor:
        """(…, width) to (…, out)."""
        return torch.as_tensor(self.linear_layer(x))


class Prosody(nn.Module):
    """Durations, pitch and loudness."""

    def __init__(self) -> None:
        super().__init__()
        self.text_encoder = DurationEncoder()
        self.lstm = nn.LSTM(WIDTH + STYLE, WIDTH // 2, batch_first=True, bidirectional=True)
        self.duration_proj = Projection(WIDTH, LONGEST_DURATION)
        self.shared = nn.LSTM(WIDTH + STYLE, WIDTH // 2, batch_first=True, bidirectional=True)
        self.F0, self.N = self._curve(), self._curve()
        self.F0_proj, self.N_proj = nn.Conv1d(WIDTH // 2, 1, 1), nn.Conv1d(WIDTH // 2, 1, 1)

    @staticmethod
    def _curve() -> nn.ModuleList:
        half = WIDTH // 2
        return nn.ModuleList(
            [AdainBlock(WIDTH, WIDTH), AdainBlock(WIDTH, half, upsample=True), AdainBlock(half, half)],
        )

    def curves(self, x: Tensor, style: Tensor) -> tuple[Tensor, Tensor]:
        """Pitch (B, 2F) in hertz and loudness (B, 2F) of frames (B, F, 640)."""
        shared = self.shared(x)[0].transpose(1, 2)
        pitch = loudness = shared
        for block in self.F0:
            pitch = block(pitch, style)
        for block in self.N:
            loudness = block(loudness, style)
        return self.F0_proj(pitch)[:, 0], self.N_proj(loudness)[:, 0]


class Network(nn.Module):
    """The synthesiser: `plan` says how long each letter is, `sound` speaks."""

    def __init__(self) -> None:
        super().__init__()
        self.bert = Bert()
        self.bert_encoder = nn.Linear(BERT_WIDTH, WIDTH)
        self.predictor = Prosody()
        self.text_encoder = TextEncoder()
        self.decoder = Decoder()

    def plan(self, tokens: Tensor, style: Tensor, speed: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What `sound` needs: texts (B, 512, T), manners (B, T, 640) and durations (B, T) in frames of 25 ms.

        Takes tokens (B, T), styles (B, 256) and speeds (B,).
        """
        manner = self.predictor.text_encoder(self.bert_encoder(self.bert(tokens)), style[:, 128:])
        chances = torch.sigmoid(self.predictor.duration_proj(self.predictor.lstm(manner)[0])).sum(dim=-1)
        durations = torch.round(chances / speed[:, None]).clamp(min=1).long()
        return self.text_encoder(tokens), manner, durations

    def sound(self, text: Tensor, manner: Tensor, style: Tensor, *, noise: bool = True) -> Tensor:
        """Samples (B, 600 F) at 24 kHz of texts (B, 512, F) and manners (B, F, 640) that are spread over frames."""
        pitch, loudness = self.predictor.curves(manner, style[:, 128:])
        return torch.as_tensor(self.decoder(text, pitch, loudness, style[:, :128], noise=noise))


def spread(durations: list[int]) -> list[int]:
    """The letter that each frame belongs to."""
    return [letter for letter, frames in enumerate(durations) for _ in range(frames)]


def rounded(durations: list[int], step: int) -> list[int]:
    """Durations whose last one, that of the silence at the end, is drawn out until they sum to a multiple of a step."""
    total = sum(durations)
    return [*durations[:-1], durations[-1] + math.ceil(total / step) * step - total]
