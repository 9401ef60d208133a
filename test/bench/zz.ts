import { converse, setStage } from './stage.ts';
import { setTimeout as wait } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
const stage = await setStage(10);
const cpu = () => {
  const f = readFileSync(`/proc/${stage.server.pid}/stat`, 'utf8').split(' ');
  return (Number(f[13]) + Number(f[14])) * 10;
};
const t0 = performance.now();
let c0 = cpu();
const conv = await converse(stage, 1000);
console.log('opened', Math.round(performance.now() - t0), 'ms; cpu', cpu() - c0);
const out: number[] = [];
const run: Promise<void>[] = [];
const start = performance.now();
c0 = cpu();
const mycpu = process.cpuUsage();
for (let i = 0; i < 700; i++) {
  const early = start + i * 12 - performance.now();
  if (early > 1) await wait(early);
  const c = conv[i]!;
  const b = performance.now();
  const h = c.desk.hears(`x ${i}`, 60000);
  void c.visitor.send(`x ${i}`);
  run.push(
    h.then(() => {
      out[i] = performance.now() - b;
    }),
  );
  if (i % 100 === 99)
    console.log(
      i,
      'cpu',
      cpu() - c0,
      'me',
      Math.round((process.cpuUsage(mycpu).user + process.cpuUsage(mycpu).system) / 1000),
      Math.round(performance.now() - start),
    );
}
await Promise.all(run);
for (let i = 0; i < 700; i += 50)
  console.log(
    i,
    out
      .slice(i, i + 50)
      .sort((a, b) => a - b)[25]
      ?.toFixed(1),
  );
await stage.stop();
