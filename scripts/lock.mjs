/**
 * Lock files with the process that holds them, for the data folder (one server each) and for builds. A lock
 * whose holder is gone counts for nothing, also after a crash, a reboot or a reused process id.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Tells a process from a later one with the same id: its start time, null when there is no such process.
 * @param {number} pid
 */
export function birthOf(pid) {
  if (existsSync('/proc/self/stat')) {
    try {
      // Field 22 (start time in ticks since boot) counted from the end of the name, which may hold spaces.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      if (fields[0] === 'Z') return null;
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
    } catch {
      return null;
    }
  }
  const shown = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return shown.stdout?.trim() || null;
}

/** @typedef {{ pid: number, birth: string | null }} Holder */

/** @param {number} pid @returns {Holder} */
export const holderOf = (pid) => ({ pid, birth: birthOf(pid) });

/** @param {Holder} holder */
export const isAlive = (holder) => holder.birth !== null && birthOf(holder.pid) === holder.birth;

/** The holders written into a lock file that still run. @param {string} path @returns {Holder[]} */
export function holdersOf(path) {
  try {
    /** @type {Holder[]} */
    const holders = JSON.parse(readFileSync(path, 'utf8'));
    return holders.filter(isAlive);
  } catch {
    return [];
  }
}

/**
 * Writes the holders under a name of our own first, so that nobody ever reads half a lock.
 * @param {string} path @param {number[]} pids
 */
function draft(path, pids) {
  const name = `${path}.${process.pid}`;
  writeFileSync(name, JSON.stringify(pids.map(holderOf)), { mode: 0o600 });
  return name;
}

/** Takes the lock if nobody alive holds it. @param {string} path @returns {boolean} */
export function takeLock(path) {
  const mine = draft(path, [process.pid]);
  try {
    for (const attempt of [1, 2]) {
      try {
        linkSync(mine, path);
        return true;
      } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
        if (attempt === 2 || holdersOf(path).length > 0) return false;
        rmSync(path, { force: true });
      }
    }
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Adds a process of ours to a lock that we hold: it counts as long as either lives. @param {string} path @param {number} pid */
export function shareLock(path, pid) {
  renameSync(draft(path, [process.pid, pid]), path);
}

/** Waits for the lock, then returns what gives it back. @param {string} path @returns {Promise<() => void>} */
export async function holdLock(path) {
  while (!takeLock(path)) await wait(100);
  return () => rmSync(path, { force: true });
}
