#!/bin/sh
# Builds the web page for `npm start`, unless nothing that it is made of is newer than the last build that went well. A
# file that was deleted counts by its folder.
set -eu
cd "$(dirname "$0")/.."
built=dist/web.built

if [ -e "$built" ] && [ -e dist/web/index.html ] &&
  [ -z "$(find web vite.config.ts package.json package-lock.json -newer "$built")" ]; then exit 0; fi
rm -f "$built"
npm run -s build
touch "$built"
