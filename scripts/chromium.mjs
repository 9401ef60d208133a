/** Finds a Chromium (or Chrome, or Edge) for the browser tests and the pictures; installs one when there is none. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bin, fail, run, say } from './install.mjs';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'microsoft-edge',
  'msedge',
];
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
/** Where playwright-core keeps the browsers it downloads, and the program inside such a folder. */
const caches = [
  process.env.PLAYWRIGHT_BROWSERS_PATH ?? '',
  join(homedir(), '.cache/ms-playwright'),
  join(homedir(), 'Library/Caches/ms-playwright'),
  join(homedir(), 'AppData/Local/ms-playwright'),
].filter(Boolean);
const insideCache = [
  'chrome-linux64/chrome',
  'chrome-linux/chrome',
  'chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
  'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
  'chrome-win64/chrome.exe',
  'chrome-win/chrome.exe',
];

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @returns {string | null} the path of a browser on this machine */
export function findChromium() {
  const own = process.env.PARLEY_CHROMIUM;
  if (own) return isProgram(own) ? own : fail(`PARLEY_CHROMIUM names ${own}, which cannot be run.`);
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  const cached = caches
    .filter((cache) => existsSync(cache))
    .flatMap((cache) =>
      readdirSync(cache)
        .filter((name) => name.startsWith('chromium-'))
        .sort()
        .reverse()
        .flatMap((name) => insideCache.map((inside) => join(cache, name, inside))),
    );
  return [...onPath, ...places, ...cached].find(isProgram) ?? null;
}

function installByPackages() {
  const mayInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
  if (!mayInstall) return;
  say('Installing Chromium by apt-get …');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], env);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'], env);
}

function installByPlaywright() {
  say('Installing Chromium by playwright-core …');
  run(bin('playwright-core'), ['install', ...(process.getuid?.() === 0 ? ['--with-deps'] : []), 'chromium']);
}

/** @returns {string} the path of a browser; ends the script with the fix when none can be had */
export function chromium() {
  const found = findChromium();
  if (found) return found;
  say('No Chromium, Chrome or Edge found on this machine.');
  // The system's own package comes with its libraries and fonts; the download may lack them.
  for (const install of [installByPackages, installByPlaywright]) {
    install();
    const installed = findChromium();
    if (installed) return installed;
  }
  return fail('Install Chromium or Chrome, or name one: PARLEY_CHROMIUM=/path/to/chrome npm test');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) say(chromium());
