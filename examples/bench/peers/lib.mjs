// Shared by the benchmark scripts: paths, timing and the two engines.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const SCALE = Number(process.env.SCALE ?? '1');
if (!(SCALE > 0 && SCALE <= 10)) throw new Error(`SCALE must be in (0, 10], got ${process.env.SCALE}`);

const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
export const ROOT = path.resolve(process.env.REGULARS_PEERS_DATA || path.join(cache, 'regulars-peers'));
export const DATA = path.join(ROOT, `scale-${SCALE}`);
export const ANSWERS = path.join(DATA, 'answers');

export const THREADS = (process.env.THREADS ?? '1,2').split(',').map(Number);
export const RUNS = Number(process.env.RUNS ?? '5');
export const PATIENCE = Number(process.env.PATIENCE ?? '0'); // seconds, for each line

// AS_OF is the last second of the year in orders, so that "whole days elapsed" and "calendar days in
// UTC" are the same number for every order.
export const AS_OF = Date.UTC(2025, 11, 31, 23, 59, 59) / 1000;
export const FUNNEL = { steps: ['view', 'cart', 'checkout', 'pay'], windowSeconds: 24 * 3600 };


export function dataFile(name) {
  return path.join(DATA, name);
}

export function manifest() {
  const file = dataFile('manifest.json');
  if (!existsSync(file)) throw new Error(`no data in ${DATA}: run gen.mjs with the same SCALE first`);
  return JSON.parse(readFileSync(file, 'utf8'));
}

export function log(...words) {
  console.error(...words);
}

export function emit(line) {
  console.log(JSON.stringify(line));
}

export function writeAnswers(name, value) {
  mkdirSync(ANSWERS, { recursive: true });
  // One line for each row of numbers, not one for each number.
  const text = JSON.stringify(value, null, 1).replace(/\[[\s\d.,e+-]*\]/g, (row) => row.replace(/\s+/g, ' '));
  writeFileSync(path.join(ANSWERS, name), text + '\n');
}

export function sha256(file) {
  return new Promise((resolve, reject) => {
    const h = createHash('sha256');
    createReadStream(file, { highWaterMark: 1 << 20 })
      .on('data', (b) => h.update(b))
      .on('end', () => resolve(h.digest('hex')))
      .on('error', reject);
  });
}

export const median = (xs) => {
  const s = [...xs].sort((a, b) => a - b);
  const m = s.length >> 1;
  return s.length % 2 ? s[m] : (s[m - 1] + s[m]) / 2;
};
const round = (x) => Math.round(x * 1e4) / 1e4;

const busy = () => os.cpus().reduce((s, { times: t }) => s + t.user + t.nice + t.sys + t.irq, 0) / 1000;
const own = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

// quiet waits until the other programs on the machine leave it alone for half a second, or until the deadline.
export async function quiet(deadline) {
  while (performance.now() < deadline) {
    const [t0, busy0, own0] = [performance.now(), busy(), own()];
    await sleep(500);
    if ((busy() - busy0 - (own() - own0)) / ((performance.now() - t0) / 1000) < 0.1) return;
  }
}

async function timed(f) {
  const wall = [];
  const cpu = [];
  const busy0 = busy();
  const own0 = own();
  let last;
  for (let i = 0; i < RUNS; i++) {
    const c0 = own();
    const t0 = performance.now();
    last = await f();
    wall.push((performance.now() - t0) / 1000);
    cpu.push(own() - c0);
  }
  const others = (busy() - busy0 - (own() - own0)) / wall.reduce((s, x) => s + x, 0);
  return { last, wall, cpu, others: Math.max(0, Math.round(others * 100) / 100) };
}

// measure runs f once to warm up and then RUNS times, and prints one JSON line. Next to the time on the wall it
// gives the processor time of this process, all threads, which says whether "threads: 1" was one thread, and
// the number of processors that other programs kept busy meanwhile, which says whether the line is any good.
// With PATIENCE it waits for a quiet moment and measures again after a disturbed one; the quietest series counts.
export async function measure(id, f) {
  const deadline = performance.now() + PATIENCE * 1000;
  await f();
  let best;
  do {
    await quiet(deadline);
    const series = await timed(f);
    if (!best || series.others < best.others) best = series;
  } while (best.others > 0.1 && performance.now() < deadline);
  emit({
    ...id,
    runs: RUNS,
    seconds_min: round(Math.min(...best.wall)),
    seconds_median: round(median(best.wall)),
    cpu_seconds_median: round(median(best.cpu)),
    other_cpus: best.others,
  });
  return best.last;
}

export async function duckdb() {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:');
  const con = await instance.connect();
  // Counts come back as 64- or 128-bit integers; all of ours fit a double.
  const plain = (v) => (typeof v === 'bigint' ? Number(v) : Array.isArray(v) ? v.map(plain) : v);
  const db = {
    run: (sql) => con.run(sql),
    rows: async (sql) => plain((await con.runAndReadAll(sql)).getRowsJS()),
    threads: (n) => con.run(`set threads = ${n}`),
    close: () => con.closeSync(),
  };
  db.version = (await db.rows('select version()'))[0][0];
  return db;
}

// clickhouse opens an embedded server. Its tables live under the data directory and are removed by close.
export async function clickhouse() {
  const { Session } = await import('chdb');
  const dir = dataFile(`clickhouse-${process.pid}`);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const server = new Session(dir);
  let limits = '';
  const ask = (sql, format, extra) => server.query(`${sql} SETTINGS ${limits}${extra ? `, ${extra}` : ''}`, format);
  const db = {
    version: server.query('SELECT version()', 'TSV').trim(),
    ddl: (sql) => { server.query(sql, 'Null'); },
    run: (sql, extra) => { ask(sql, 'Null', extra); },
    rows: (sql, extra) => ask(sql, 'JSONCompactEachRow', extra).trim().split('\n').filter(Boolean).map((l) => JSON.parse(l)),
    // Parallel parsing starts threads of its own, on top of max_threads.
    threads: (n) => { limits = `max_threads = ${n}, input_format_parallel_parsing = ${n > 1 ? 1 : 0}, output_format_json_quote_64bit_integers = 0`; },
    close: () => {
      server.cleanup();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  db.threads(os.availableParallelism());
  db.ddl('CREATE DATABASE p ENGINE = Atomic');
  return db;
}

// eachPeer runs this same script once per engine, each in a process of its own so that neither sees the
// other's memory or threads, and returns their answers. In the child it calls peers[name] and returns null.
export async function eachPeer(script, peers) {
  const name = process.argv[2];
  if (name) {
    if (!peers[name]) throw new Error(`unknown peer ${name}: one of ${Object.keys(peers)}`);
    const answers = await peers[name](manifest());
    writeAnswers(`${script}-${name}.json`, answers);
    return null;
  }
  const m = manifest();
  emit({ script, date: new Date().toISOString(), scale: SCALE, machine: machine(), load_before: round(os.loadavg()[0]) });
  const answers = {};
  for (const peer of Object.keys(peers)) {
    const { status } = spawnSync(process.execPath, [process.argv[1], peer], { stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) throw new Error(`${script} ${peer} failed`);
    answers[peer] = JSON.parse(readFileSync(path.join(ANSWERS, `${script}-${peer}.json`), 'utf8'));
  }
  return { manifest: m, answers };
}

export function machine() {
  return { cpus: os.cpus().length, cpu: os.cpus()[0].model.trim(), memory_gib: Math.round(os.totalmem() / 2 ** 30), os: `${os.type()} ${os.arch()}` };
}
