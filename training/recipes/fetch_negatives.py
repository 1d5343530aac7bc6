"""Human speech in which no wake phrase is said, for counting false alarms: the 783 acted lines of Debian's `drascula`.

    python training/recipes/fetch_negatives.py DIR
    legato eval keywords DIR/drascula.tsv --keyword "hey legato" --keyword computer --keyword alexa

The package (freeware; nothing of it is shipped) holds raw 8-bit samples at 11,025 Hz. Nothing is learned from them.
"""

import subprocess
import sys
import tempfile
import wave
from pathlib import Path

RATE = 11_025


def main(folder: Path) -> None:
    """Write every line as a WAV file, and the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["apt-get", "download", "-qq", "drascula"], cwd=scratch, check=True)
        (package,) = Path(scratch).glob("*.deb")
        subprocess.run(["dpkg", "-x", str(package), scratch], check=True)
        names = [convert(path, folder) for path in sorted(Path(scratch).rglob("*.ALS"))]
    rows = ["path\tlabel\tstart\tend\tsource", *(f"{name}\t\t\t\tdrascula" for name in names)]
    (folder / "drascula.tsv").write_text("\n".join(rows) + "\n")
    print(folder / "drascula.tsv")


def convert(path: Path, folder: Path) -> str:
    """One file of raw samples as WAV; returns its name."""
    name = f"{path.stem}.wav"
    with wave.open(str(folder / name), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(path.read_bytes())
    return name


if __name__ == "__main__":
    main(Path(sys.argv[1]))
