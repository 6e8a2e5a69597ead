// SPDX-License-Identifier: Apache-2.0
"use strict";
// Forest plots of claims and selectors. page.js calls drawForests and holds the shared parts.

// Draws the intervals of a forest plot as bars, and a dashed line at no effect.
const forestBars = {
  id: "forestBars",
  beforeDatasetsDraw(chart) {
    const { ctx, scales, options } = chart;
    const { left, right, top, bottom } = chart.chartArea;
    const x = scales.x.getPixelForValue(options.line);
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, right - left, bottom - top);
    ctx.clip();
    ctx.strokeStyle = style("--soft");
    ctx.setLineDash([4, 3]);
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, bottom);
    ctx.stroke();
    ctx.setLineDash([]);
    for (const set of chart.data.datasets) {
      ctx.strokeStyle = set.borderColor;
      ctx.lineWidth = set.lineWidth;
      for (const point of set.data) {
        const y = scales.y.getPixelForValue(point.y);
        ctx.beginPath();
        ctx.moveTo(scales.x.getPixelForValue(point.low), y);
        ctx.lineTo(scales.x.getPixelForValue(point.high), y);
        ctx.stroke();
      }
    }
    ctx.restore();
  },
};

// A row of a forest plot; pooled rows are diamonds.
const forestRow = (label, { mean, low, high }, pooled) => ({ label, mean, low, high, pooled });

// The effect of a claim on each task and over all tasks.
function claimForest(claim) {
  const rows = claim.tasks.map((task) => forestRow(task.task, task.effect, false));
  rows.push(forestRow("all tasks: " + claim.verdict.replaceAll("_", " "), claim.effect, true));
  const unit = claim.reduce === "relative" ? "relative gain"
    : "gain in " + metricName(claim.metric);
  return { rows, line: claim.at_least, unit };
}

// The regret of every selector that chose somewhere; baselines are squares.
function regretForest() {
  const rows = data.selectors.filter(({ regret }) => regret)
    .map(({ name, regret, baseline }) => forestRow(name.replaceAll("_", " "), regret, !baseline));
  return { rows, line: 0, unit: "regret: score lost against the best cells" };
}

// The points of the rows that are pooled, or of those that are not. The first row is on top.
function forestSet(rows, pooled) {
  const colour = style(pooled ? "--accent" : "--text");
  return {
    data: rows.map((row, i) => ({ ...row, x: row.mean, y: rows.length - 1 - i }))
      .filter((row) => row.pooled === pooled),
    borderColor: colour, backgroundColor: colour,
    pointStyle: pooled ? "rectRot" : "rect", pointRadius: pooled ? 7 : 4,
    lineWidth: pooled ? 2.5 : 1.5,
  };
}

// A relative gain over a score near zero has a huge interval. The axis cuts it off at twice the
// spread of the points.
function forestRange({ rows, line }) {
  const pooled = rows.filter((row) => row.pooled).flatMap((row) => [row.low, row.high]);
  const points = [line, ...rows.map((row) => row.mean), ...pooled];
  const lowest = Math.min(...points), highest = Math.max(...points);
  const reach = 2 * (highest - lowest);
  return {
    suggestedMin: Math.max(Math.min(line, ...rows.map((row) => row.low)), lowest - reach),
    suggestedMax: Math.min(Math.max(line, ...rows.map((row) => row.high)), highest + reach),
  };
}

function forestScales(forest) {
  const rows = forest.rows;
  const scales = axes(forest.unit, "", { ticks: {} });
  Object.assign(scales.x, forestRange(forest));
  Object.assign(scales.y, {
    min: -0.6, max: rows.length - 0.4,
    afterBuildTicks: (axis) => { axis.ticks = rows.map((_, value) => ({ value })); },
    title: { display: false }, grid: { display: false },
    ticks: {
      color: style("--text"), autoSkip: false,
      callback: (value) => rows[rows.length - 1 - value]?.label,
    },
  });
  return scales;
}

function drawForest(canvas, forest) {
  charts.push(new Chart(canvas, {
    type: "scatter",
    data: { datasets: [forestSet(forest.rows, false), forestSet(forest.rows, true)] },
    plugins: [forestBars],
    options: {
      animation: false, responsive: true, maintainAspectRatio: false,
      scales: forestScales(forest), line: forest.line,
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            label: ({ raw }) => raw.label + ": " + intervalText(raw.mean, raw.low, raw.high),
          },
        },
      },
    },
  }));
}

function drawForests() {
  for (const figure of document.querySelectorAll("figure.forest")) {
    const { claim } = figure.dataset;
    const forest = claim === undefined ? regretForest() : claimForest(data.claims[claim]);
    const canvas = figure.querySelector("canvas");
    drawWhenSeen(canvas, () => drawForest(canvas, forest));
  }
}
