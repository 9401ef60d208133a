/** Runs the parts of the bench that were asked for (all by default) and fails when a limit is missed. */
import { backlog } from './backlog.ts';
import { inbox } from './inbox.ts';
import { intake } from './intake.ts';
import { latency } from './latency.ts';
import { pacing } from './pacing.ts';
import { throughput } from './throughput.ts';
import { visitors } from './visitors.ts';
import { weights } from './weights.ts';

/** Each prints its table and answers the limits it missed. */
const parts: Record<string, () => string[] | Promise<string[]>> = {
  weights,
  latency,
  throughput,
  visitors,
  intake,
  pacing,
  backlog,
  inbox,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`There is no part called ${unknown.join(', ')}. Parts: ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}

const missed: string[] = [];
for (const [name, part] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  missed.push(...(await part()));
}
console.log(missed.length === 0 ? '\nAll limits kept.' : `\nLimits missed:\n- ${missed.join('\n- ')}`);
process.exit(missed.length === 0 ? 0 : 1);
