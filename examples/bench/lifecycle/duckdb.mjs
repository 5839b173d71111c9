// Times DuckDB on what the Go program beside this script does with package lifecycle: growth accounting for each calendar
// month (UTC), and the triangle of retention by month of the first order. See the README beside this folder.
//
// It needs Node 20.11 or later, the package @duckdb/node-api 1.5.6-r.1, which is looked for from the current folder (so
// run it where the peers are installed, or after npm install --no-save @duckdb/node-api@1.5.6-r.1), and the orders.csv that
// the peers' gen.mjs writes. REGULARS_PEERS_DATA, SCALE, THREADS and RUNS are as for the peers.
//
// Three variants give the same tables, and each shares as much work between the two as it can:
//   window  distinct months of each customer, with the month before and after and the first by window functions
//   join    distinct months of each customer, joined with themselves and with the first months
//   bits    a bit for each month and customer, and how many customers have the same bits
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const { DuckDBInstance } = createRequire(path.resolve('package.json'))('@duckdb/node-api');

const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
const DATA = path.join(process.env.REGULARS_PEERS_DATA || path.join(cache, 'regulars-peers'), `scale-${Number(process.env.SCALE ?? '1')}`);
const THREADS = (process.env.THREADS ?? '1,2').split(',').map(Number);
const RUNS = Number(process.env.RUNS ?? '5');
const FIRST = 2025 * 12; // the month 0 of the report, of 12
const MONTHS = 12;

const con = await (await DuckDBInstance.create(':memory:')).connect();
const run = (sql) => con.run(sql);
const rows = async (sql) => (await con.runAndReadAll(sql)).getRowsJS().map((row) => row.map(Number));

// The extract functions of a timestamp are faster than date_trunc and datediff.
const month = `(year(t) * 12 + month(t) - 1 - ${FIRST})::integer`;
const distinctMonths = `select distinct customer, ${month} as month from orders`;

// Growth rows are month, active, new, retained, resurrected, churned; retention rows are cohort, month, active.
const variants = {
  window: {
    activity: [`create or replace table seen as
      select month, lag(month) over w as before, lead(month) over w as after, min(month) over w as first
      from (${distinctMonths}) window w as (partition by customer order by month)`],
    growth: `with active as (
        select month, count(*) as active, count(*) filter (before is null) as new,
          count(*) filter (before = month - 1) as retained, count(*) filter (before < month - 1) as resurrected
        from seen group by month),
      gone as (select month + 1 as month, count(*) as churned from seen where after is null or after > month + 1 group by 1)
      select month, active, new, retained, resurrected, coalesce(churned, 0)
      from active left join gone using (month) order by month`,
    retention: 'select first, month, count(*) from seen group by all order by all',
  },
  join: {
    activity: [
      `create or replace table months as ${distinctMonths}`,
      'create or replace table firsts as select customer, min(month) as first from months group by customer',
    ],
    growth: `with counts as (
        select m.month, count(*) as active, count(*) filter (m.month = f.first) as new, count(p.customer) as retained
        from months m join firsts f using (customer)
          left join months p on p.customer = m.customer and p.month = m.month - 1
        group by m.month)
      select month, active, new, retained, active - new - retained, coalesce(lag(active) over (order by month) - retained, 0)
      from counts order by month`,
    retention: 'select first, month, count(*) from months join firsts using (customer) group by all order by all',
  },
  bits: {
    activity: [`create or replace table patterns as
      with customers as (select bit_or(1 << ${month}) as bits from orders group by customer)
      select bits, count(*) as n from customers group by bits`],
    growth: `with months as (
        select k::integer as k, n, bits, (bits >> k::integer) & 1 as now, ((bits << 1) >> k::integer) & 1 as before
        from patterns, range(${MONTHS}) r(k)),
      counts as (
        select k, sum(n) filter (now = 1) as active, sum(n) filter (now = 1 and before = 1) as retained,
          sum(n) filter (now = 1 and bits & ((1 << k) - 1) = 0) as new, sum(n) filter (now = 0 and before = 1) as churned
        from months group by k)
      select k, active, new, coalesce(retained, 0), active - new - coalesce(retained, 0), coalesce(churned, 0) from counts order by k`,
    retention: `select c, k, sum(n) from patterns, range(${MONTHS}) r(c), range(${MONTHS}) s(k)
      where bits & ((2 << c::integer) - 1) = 1 << c::integer and (bits >> k::integer) & 1 = 1 group by all order by all`,
  },
};

const busy = () => os.cpus().reduce((s, { times: t }) => s + t.user + t.nice + t.sys + t.irq, 0) / 1000;
const own = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const round = (x) => Math.round(x * 1e4) / 1e4;
const median = (xs) => {
  const s = [...xs].sort((a, b) => a - b);
  return (s[(s.length - 1) >> 1] + s[s.length >> 1]) / 2;
};

// measure runs f once to warm up and then RUNS times, and prints a line. other_cpus is how many processors other
// programs kept busy meanwhile.
async function measure(id, f) {
  await f();
  const [wall, cpu] = [[], []];
  const others0 = busy() - own();
  for (let i = 0; i < RUNS; i++) {
    const [t0, c0] = [performance.now(), own()];
    await f();
    wall.push((performance.now() - t0) / 1000);
    cpu.push(own() - c0);
  }
  const others = (busy() - own() - others0) / wall.reduce((s, x) => s + x, 0);
  console.log(JSON.stringify({
    peer: 'duckdb',
    version,
    ...id,
    runs: RUNS,
    seconds_min: round(Math.min(...wall)),
    seconds_median: round(median(wall)),
    cpu_seconds_median: round(median(cpu)),
    other_cpus: Math.max(0, Math.round(others * 100) / 100),
  }));
}

const name = (m) => `${Math.floor((FIRST + m) / 12)}-${String(((FIRST + m) % 12) + 1).padStart(2, '0')}`;

function answersOf(growth, retention) {
  const cohorts = {};
  for (const [first, m, n] of retention) {
    (cohorts[name(first)] ??= Array(MONTHS - first).fill(0))[m - first] = n;
  }
  return { growth: Object.fromEntries(growth.map(([m, ...counts]) => [name(m), counts])), retention: cohorts };
}

const version = (await con.runAndReadAll('select version()')).getRowsJS()[0][0];
await run(`create table orders as select customer, make_timestamp(ts::bigint * 1000000) as t
  from read_csv('${path.join(DATA, 'orders.csv')}', header = true, columns = {customer: 'INTEGER', ts: 'INTEGER', amount: 'DECIMAL(9,2)'})`);
const [[orders]] = await rows('select count(*) from orders');

let answers;
for (const threads of THREADS) {
  await run(`set threads = ${threads}`);
  for (const [variant, sql] of Object.entries(variants)) {
    const id = (task, source) => ({ task, variant, source, rows: orders, threads });
    const activity = async () => {
      for (const step of sql.activity) await run(step);
    };
    let growth, retention;
    const grow = async () => { growth = await rows(sql.growth); };
    const retain = async () => { retention = await rows(sql.retention); };
    await measure(id('lifecycle_activity', 'memory/time'), activity);
    await measure(id('lifecycle_growth', 'memory'), grow);
    await measure(id('lifecycle_retention', 'memory'), retain);
    await measure(id('lifecycle_total', 'memory/time'), async () => {
      await activity();
      await grow();
      await retain();
    });
    const text = JSON.stringify(answersOf(growth, retention), null, 1).replace(/\[[\s\d,]*\]/g, (row) => row.replace(/\s+/g, ' '));
    answers ??= text;
    if (text !== answers) throw new Error(`${variant} with ${threads} threads gives other answers:\n${text}\ninstead of\n${answers}`);
  }
}
con.closeSync();
mkdirSync(path.join(DATA, 'answers'), { recursive: true });
writeFileSync(path.join(DATA, 'answers', 'lifecycle-duckdb.json'), answers + '\n');
