#!/bin/sh
# Builds the web page for `npm start` if a source is newer than the last successful build. A deleted file changes the time
# of its folder.
set -eu
cd "$(dirname "$0")/.."
built=dist/web.built

# A machine without the packages for development has the page that it was given.
if [ "${1:-}" = if-possible ] && [ ! -e node_modules/.bin/vite ]; then exit 0; fi

if [ -e "$built" ] && [ -e dist/web/index.html ] &&
  [ -z "$(find web src/entities vite.config.ts package.json package-lock.json -newer "$built")" ]; then exit 0; fi
rm -f "$built"
npm run -s build
touch "$built"
