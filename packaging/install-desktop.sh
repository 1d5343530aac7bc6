#!/usr/bin/env bash
# Puts legato into the menus of this user's desktop, by freedesktop.org's rules; --remove takes it out again.
#
#   packaging/install-desktop.sh [PROGRAM | --remove]      PROGRAM: what is to be started; without, .venv/bin/legato
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P) share=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$share/applications/legato.desktop icon=$share/icons/hicolor/scalable/apps/legato.svg
about=$share/metainfo/io.github.legato.metainfo.xml
if [[ ${1:-} == --remove ]]; then
    rm -f "$entry" "$icon" "$about"
    exit
fi
program=$(realpath "${1:-$here/../.venv/bin/legato}")
[[ -f $program && -x $program ]] || { echo "$program is no program: name one, or run make run first" >&2; exit 1; }
mkdir -p "${entry%/*}" "${icon%/*}" "${about%/*}"
install -m 644 "$here/legato.svg" "$icon"
install -m 644 "$here/io.github.legato.metainfo.xml" "$about"
sed "s|^Exec=.*|Exec=\"$program\"|" "$here/legato.desktop" >"$entry"
echo "$entry"
