#!/usr/bin/env bash
# The program with all it needs in one folder, made by PyInstaller from a wheel in a fresh environment; then tried.
#
#   packaging/bundle.sh [FOLDER]      FOLDER/legato/legato is the program; without, dist
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd -P) target=$(realpath -m "${1:-$root/dist}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"${PYTHON:-python3}" -m venv "$scratch/env"
pip=("$scratch/env/bin/python" -m pip install -q)
"$scratch/env/bin/python" -m pip wheel -q --no-deps -w "$scratch/wheel" "$root"
"${pip[@]}" "$scratch"/wheel/*.whl 'pyinstaller>=6.11'
cat >"$scratch/program.py" <<'PROGRAM'
import multiprocessing
import sys

from legato.app.cli.main import main

if __name__ == "__main__":
    multiprocessing.freeze_support()  # workers of `transcribe` are this program once more
    sys.exit(main())
PROGRAM
cd "$scratch"
"$scratch/env/bin/pyinstaller" --noconfirm --log-level ERROR --name legato --distpath "$target" --workpath "$scratch/work" \
    --collect-submodules legato.app --collect-data legato.app --copy-metadata legato --collect-all ufal.flashlight \
    --exclude-module torch --exclude-module matplotlib "$scratch/program.py"
if find "$target/legato" -iname '*torch*' | grep -q .; then
    echo "PyTorch got into the bundle" >&2
    exit 1
fi
QT_QPA_PLATFORM=offscreen "$target/legato/legato" --smoke
if told=$("$target/legato/legato" train keywords 2>&1) || [[ $told != *"not in this bundle"* ]]; then
    echo "without the training packages it says: $told" >&2
    exit 1
fi
du -sh "$target/legato"
