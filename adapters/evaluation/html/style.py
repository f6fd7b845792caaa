"""How the page looks: by day, in the dark, on a phone and on paper."""

from __future__ import annotations

_LIGHT = """
  --paper: #fffefa; --ink: #1c1c1c; --soft: #5c5b57; --line: #d9d6cc; --box: #f5f3ea; --accent: #2b5fa8;
  --good: #1d7a3e; --bad: #b3261e; --warn: #8a5a00;
  --base: #8d8a82; --examples: #a9752b; --adapter: #2b5fa8; --earlier: #86a8d6;
  --zone-green: #cde8d3; --zone-amber: #f7e3b5; --zone-red: #f4ccc8;
"""

STYLE = (
    ":root { color-scheme: light dark;"
    + _LIGHT
    + """}
@media screen and (prefers-color-scheme: dark) { :root {
  --paper: #1b1b1d; --ink: #e8e5dc; --soft: #aaa79e; --line: #3d3d41; --box: #252528; --accent: #8fb7ee;
  --good: #76c893; --bad: #ff9088; --warn: #e8bd62;
  --base: #8f8c85; --examples: #d0a05a; --adapter: #6fa3ea; --earlier: #46688f;
  --zone-green: #21402b; --zone-amber: #4a3c17; --zone-red: #4f2623;
} }
* { box-sizing: border-box; }
body { font: 16px/1.55 system-ui, 'Segoe UI', Roboto, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: break-word; }
h1 { font-size: 1.15rem; font-weight: 600; color: var(--soft); margin: 0 0 .6rem; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 2.8rem 0 .6rem; border-top: 1px solid var(--line);
  padding-top: 1.2rem; }
h3 { font-size: 1.05rem; margin: 0 0 .2rem; }
h4 { font-size: .92rem; margin: 0 0 .25rem; }
p { margin: .5rem 0; max-width: 46rem; }
.soft, .about { color: var(--soft); font-size: .88rem; }
.about { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; }
code { background: var(--box); padding: .1em .3em; border-radius: .25em; font-size: .92em; white-space: nowrap; }
.verdict { display: flex; gap: .9rem; align-items: flex-start; font-size: 1.5rem; line-height: 1.3; font-weight: 600; }
.verdict p { margin: 0; max-width: none; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); } .none { color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: .8rem; margin: 1.4rem 0; }
.tile, .panel, .stage { background: var(--box); border: 1px solid var(--line); border-radius: .5rem;
  padding: .8rem 1rem; }
.tile strong { display: block; font-size: 1.35rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: .8rem; }
.rows { display: grid; grid-template-columns: minmax(5rem, 9rem) minmax(4rem, 1fr) minmax(5.5rem, auto);
  gap: .25rem .7rem; align-items: center; margin: .7rem 0 .3rem; font-size: .9rem; }
.row { display: contents; }
.rows > .apart { grid-column: 1 / -1; color: var(--soft); font-size: .82rem; margin-top: .5rem; }
.value { font-variant-numeric: tabular-nums; white-space: nowrap; }
.value small { display: block; white-space: normal; max-width: 9rem; color: var(--soft); line-height: 1.2; }
svg.track { display: block; width: 100%; height: 1.5rem; overflow: visible; }
.bar-base { fill: var(--base); } .bar-examples { fill: var(--examples); } .bar-adapter { fill: var(--adapter); }
.bar-earlier { fill: var(--earlier); }
.whisker { stroke: var(--ink); stroke-width: 1.5; } .zero { stroke: var(--soft); stroke-dasharray: 3 3; }
.dot { stroke: var(--paper); stroke-width: 1.5; fill: var(--soft); }
.dot.good { fill: var(--good); } .dot.bad { fill: var(--bad); }
.zone-green { fill: var(--zone-green); } .zone-amber { fill: var(--zone-amber); } .zone-red { fill: var(--zone-red); }
.lamps { display: flex; gap: .6rem; align-items: center; margin: .6rem 0; font-size: 1.2rem; font-weight: 600; }
.lamp { font-size: 1.5rem; line-height: 1; opacity: .22; color: var(--soft); } .lamp.on { opacity: 1; }
.lamp.on.good { color: var(--good); } .lamp.on.warn { color: var(--warn); } .lamp.on.bad { color: var(--bad); }
.text { margin: 1.2rem 0 2rem; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: .8rem;
  margin-top: .6rem; align-items: start; }
.said { white-space: pre-wrap; font: .95rem/1.5 Georgia, 'Times New Roman', serif; margin: 0; }
.panel.adapter { border-color: var(--adapter); border-width: 2px; }
.curve { display: grid; grid-template-columns: auto 1fr; gap: .2rem .5rem; font-size: .8rem; color: var(--soft);
  font-variant-numeric: tabular-nums; margin: .6rem 0; }
.curve svg { width: 100%; height: 13rem; overflow: visible; }
.ticks-y { margin: -.6rem 0; display: flex; flex-direction: column-reverse; justify-content: space-between;
  text-align: right; }
.ticks-x { grid-column: 2; display: flex; justify-content: space-between; }
.curve path { fill: none; stroke-width: 1.5; } .trained { stroke: var(--base); }
.curve path.held-out { stroke: var(--adapter); stroke-width: 2.5; } .curve circle { fill: var(--adapter); }
.grid { stroke: var(--line); } .kept { stroke: var(--good); stroke-width: 1.5; stroke-dasharray: 5 4; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .85rem; margin: .2rem 0; padding: 0;
  list-style: none; }
.track .zero { stroke: var(--ink); }
.legend svg { width: 1.6rem; height: .7rem; margin-right: .35rem; }
.lineage { display: flex; align-items: stretch; gap: .2rem; margin: 1rem 0; }
.column { display: flex; flex-direction: column; justify-content: center; gap: .8rem; flex: 1 1 0; min-width: 0; }
.gives { display: flex; flex-direction: column; justify-content: space-around; flex: 0 0 5.6rem; text-align: center;
  font-size: .8rem; line-height: 1.2; color: var(--soft); }
.gives b { display: block; font-size: 1.5rem; line-height: 1; color: var(--accent); font-weight: 400; }
.gives .down { display: none; }
.stage { flex: 0 1 auto; } .stage.current { border: 2px solid var(--accent); }
.stage ul, .plain { list-style: none; margin: 0; padding: 0; font-size: .88rem; } .stage li { margin: .15rem 0; }
.checks { list-style: none; padding: 0; } .checks li { margin: .6rem 0; padding-left: 1.8rem; text-indent: -1.8rem; }
.checks .soft { display: block; text-indent: 0; }
.mark { display: inline-block; width: 1.8rem; text-indent: 0; font-weight: 700; }
@media screen and (max-width: 46rem) {
  body { margin: 1rem auto; } .verdict { font-size: 1.2rem; }
  .rows { display: block; } .row { display: grid; grid-template-columns: 1fr auto; gap: 0 .7rem; margin: .5rem 0; }
  .row > svg { grid-area: 2 / 1 / 3 / 3; } .row > .value { text-align: right; } .value small { max-width: none; }
  .lineage { flex-direction: column; } .gives { flex: none; flex-direction: row; padding: .3rem 0; }
  .gives .down { display: inline; } .gives .right { display: none; }
}
@media print {
  :root { color-scheme: light; --paper: #fff; --box: #fff; }
  html { font-size: 9.5pt; } body { font-size: 1rem; margin: 0; max-width: none; padding: 0; }
  .panels { grid-template-columns: 1fr 1fr; }
  .rows { grid-template-columns: 7.5rem minmax(3rem, 1fr) minmax(5rem, auto); }
  .tiles { grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); } h2 { margin-top: 1.6rem; }
  .sides { grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); }
  svg, .lamp { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .panel, .tile, .stage, .curve, .rows, .checks li, .lineage { break-inside: avoid; }
  h2, h3, h4, .text > .soft { break-after: avoid; } .sides { break-inside: avoid; }
}
"""
)
