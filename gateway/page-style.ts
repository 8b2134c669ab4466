/** The page's only style sheet; both colour schemes, no external font or image. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f4f6f9; --card: #ffffff; --edge: #d9dfe8; --line: #e8ecf2;
  --ink: #18202c; --soft: #566174; --link: #0b57c2; --code: #f2f5f9;
  --good: #12703d; --good-bg: #e1f4e8; --busy: #0b57c2; --busy-bg: #e4edfb;
  --warn: #8a5300; --warn-bg: #fdf0d9; --bad: #b3261e; --bad-bg: #fbe6e4; --idle-bg: #eceff4;
  --bar: #1f6feb; --bar-2: #8250df; --bar-3: #bf5a00; --track: #e8ecf2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e131b; --card: #161d28; --edge: #2a3444; --line: #222b39;
    --ink: #e7ecf4; --soft: #9dabc0; --link: #7db4ff; --code: #0f151e;
    --good: #6fdc9c; --good-bg: #123323; --busy: #8dbcff; --busy-bg: #14294a;
    --warn: #f3c06b; --warn-bg: #3a2a0e; --bad: #ff9a92; --bad-bg: #431a18; --idle-bg: #232d3c;
    --bar: #4c8dff; --bar-2: #a983f5; --bar-3: #e58b3d; --track: #232d3c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
a { color: var(--link); }
a:focus-visible, button:focus-visible, .scroll:focus-visible { outline: 3px solid var(--bar); outline-offset: 2px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 12px; top: 12px; background: var(--card); padding: 8px 12px; border-radius: 6px; }
header { background: var(--card); border-bottom: 1px solid var(--edge); }
.bar { max-width: 1160px; margin: 0 auto; padding: 14px 24px; display: flex; flex-wrap: wrap; align-items: center; gap: 8px 14px; }
.bar h1 { font-size: 19px; margin: 0; display: flex; align-items: center; gap: 9px; letter-spacing: -0.01em; }
.bar h1 svg { width: 24px; height: 24px; }
.bar .where { color: var(--soft); font-size: 14px; }
.bar .fresh { margin-left: auto; color: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; }
.stale .fresh { color: var(--bad); font-weight: 600; }
main { max-width: 1160px; margin: 0 auto; padding: 8px 24px 48px; }
h2 { font-size: 22px; margin: 22px 0 2px; letter-spacing: -0.015em; }
h3 { font-size: 15px; margin: 0 0 12px; }
.about { color: var(--soft); margin: 0 0 14px; max-width: 80ch; }
.grid { display: grid; gap: 16px; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); margin-bottom: 16px; }
.card { background: var(--card); border: 1px solid var(--edge); border-radius: 12px; padding: 18px 20px; min-width: 0; margin-bottom: 16px; }
.grid .card { margin-bottom: 0; }
.big { font-size: 26px; font-weight: 650; letter-spacing: -0.02em; margin: 0; overflow-wrap: anywhere; }
.under { color: var(--soft); margin: 2px 0 14px; }
.under b { color: var(--ink); font-weight: 600; }
svg.traffic { display: block; width: 100%; height: 12px; border-radius: 6px; background: var(--track); margin: 0 0 14px; }
svg.traffic rect:nth-of-type(3n+1) { fill: var(--bar); }
svg.traffic rect:nth-of-type(3n+2) { fill: var(--bar-2); }
svg.traffic rect:nth-of-type(3n) { fill: var(--bar-3); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; color: var(--soft); font-weight: 600; font-size: 12.5px; padding: 0 22px 7px 0; white-space: nowrap; border-bottom: 1px solid var(--edge); }
td { padding: 8px 22px 8px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child td { border-bottom: 0; padding-bottom: 0; }
th:last-child, td:last-child { padding-right: 0; }
.num, th.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.name, td time, .nowrap { white-space: nowrap; font-variant-numeric: tabular-nums; }
td small { display: block; color: var(--soft); font-size: 12.5px; }
td.message small { white-space: normal; }
td.why { color: var(--soft); min-width: 240px; overflow-wrap: anywhere; }
.badge { display: inline-flex; align-items: center; gap: 6px; padding: 1px 9px; border-radius: 999px; font-size: 12.5px; font-weight: 600; white-space: nowrap; background: var(--idle-bg); color: var(--soft); }
.badge::before { content: ""; width: 7px; height: 7px; border-radius: 50%; background: currentColor; }
.badge.good { background: var(--good-bg); color: var(--good); }
.badge.busy { background: var(--busy-bg); color: var(--busy); }
.badge.warn { background: var(--warn-bg); color: var(--warn); }
.badge.bad { background: var(--bad-bg); color: var(--bad); }
.chip { border: 1px solid var(--edge); border-radius: 6px; padding: 0 8px; font-size: 13px; font-weight: 600; }
.chip.prod { color: var(--warn); border-color: var(--warn); }
.problem { background: var(--warn-bg); color: var(--warn); border-radius: 8px; padding: 10px 12px; margin: 0; overflow-wrap: anywhere; }
.none { color: var(--soft); margin: 0; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 5px 16px; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; margin: 0; overflow-x: auto; font: 13px/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
.ask { display: flex; align-items: center; justify-content: space-between; gap: 12px; margin-bottom: 10px; }
.ask h3 { margin: 0; }
button { font: inherit; font-size: 13px; font-weight: 600; color: var(--link); background: none; border: 1px solid var(--edge); border-radius: 7px; padding: 3px 12px; cursor: pointer; }
button:hover { background: var(--code); }
.hint { color: var(--soft); font-size: 13.5px; margin: 10px 0 0; }
footer { max-width: 1160px; margin: 0 auto; padding: 0 24px 32px; color: var(--soft); font-size: 13px; }
@media (max-width: 820px) { .grid { grid-template-columns: minmax(0, 1fr); } .bar, main, footer { padding-left: 14px; padding-right: 14px; } }
@media (prefers-reduced-motion: no-preference) { .badge.busy::before { animation: pulse 1.4s ease-in-out infinite; } @keyframes pulse { 50% { opacity: .25; } } }
`;
