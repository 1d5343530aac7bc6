"""Human speech in which no wake phrase is said, for counting false alarms: pictures described in seven languages.

    python training/recipes/fetch_negatives.py DIR
    legato eval keywords DIR/negatives.tsv --keyword "hey legato" --keyword computer …

The descriptions are those of Debian's `tuxpaint-stamps-default` in the languages that training leaves out.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

LANGUAGES = ("be", "ca", "da", "es", "lt", "nl", "ro")


def main(folder: Path) -> None:
    """Copy the recordings, and write the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["path\tlabel\tstart\tend\tsource"]
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["apt-get", "download", "-qq", "tuxpaint-stamps-default"], cwd=scratch, check=True)
        (package,) = Path(scratch).glob("*.deb")
        subprocess.run(["dpkg", "-x", str(package), scratch], check=True)
        for language in LANGUAGES:
            for path in sorted(Path(scratch).rglob(f"*_desc_{language}.ogg")):
                (folder / path.name).write_bytes(path.read_bytes())
                rows.append(f"{path.name}\t\t\t\ttuxpaint {language}")
    (folder / "negatives.tsv").write_text("\n".join(rows) + "\n")
    print(folder / "negatives.tsv")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
