// SPDX-License-Identifier: Apache-2.0
"use strict";
// The page is complete without this script but for the charts and the two selectors.

const data = JSON.parse(document.getElementById("data").textContent);

// Okabe and Ito's colours, told apart with every kind of colour vision; shapes tell them apart too.
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8c7a00", "#7a5195"];
const SHAPES = ["circle", "rect", "triangle", "rectRot", "star", "crossRot", "rectRounded", "cross"];
const BASELINES = ["most_frequent", "copy", "untuned"];
const DASHES = { most_frequent: [6, 3], copy: [2, 3], untuned: [10, 3, 2, 3] };

const colourOf = (name) => {
  const place = data.objectives.indexOf(name);
  return name === "none" ? style("--soft") : COLOURS[place % COLOURS.length];
};
const shapeOf = (name) => SHAPES[data.objectives.indexOf(name) % SHAPES.length];
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Intervals as bars through the points.
const intervals = {
  id: "intervals",
  afterDatasetsDraw(chart) {
    const { ctx, scales } = chart;
    for (const set of chart.data.datasets) {
      ctx.save();
      ctx.strokeStyle = set.borderColor;
      ctx.lineWidth = 1.5;
      for (const point of set.data) {
        if (point.low === undefined) continue;
        const x = scales.x.getPixelForValue(point.x);
        ctx.beginPath();
        ctx.moveTo(x, scales.y.getPixelForValue(point.low));
        ctx.lineTo(x, scales.y.getPixelForValue(point.high));
        ctx.stroke();
      }
      ctx.restore();
    }
  },
};

function objectiveSets(points) {
  return data.objectives.map((objective, place) => {
    // Side by side, so that bars at the same size do not hide each other.
    const shift = (place - (data.objectives.length - 1) / 2) * 0.04;
    const own = points.filter((p) => !p.baseline && p.objective === objective);
    return {
      label: objective,
      data: own.map((p) => ({ x: data.sizes.indexOf(p.size) + shift, y: p.mean, low: p.low, high: p.high }))
        .sort((a, b) => a.x - b.x),
      borderColor: colourOf(objective), backgroundColor: colourOf(objective),
      pointStyle: shapeOf(objective), pointRadius: 4, borderWidth: 2, tension: 0,
    };
  }).filter((set) => set.data.length > 0);
}

// The best of a baseline's settings, at every size; one that does not depend on the size is a level line.
function baselineSets(points) {
  return BASELINES.map((name) => {
    const own = points.filter((p) => p.baseline === name);
    const at = data.sizes.map((size, place) => {
      const fitting = own.filter((p) => p.size === "" || p.size === size).map((p) => p.mean);
      return fitting.length > 0 ? { x: place, y: Math.max(...fitting) } : null;
    }).filter((point) => point !== null);
    return {
      label: name, data: at, borderColor: style("--soft"), backgroundColor: style("--soft"),
      borderDash: DASHES[name], borderWidth: 1.2, pointRadius: 0,
    };
  }).filter((set) => set.data.length > 0);
}

function axes(xTitle, yTitle, xTicks) {
  const common = { grid: { color: style("--line") }, ticks: { color: style("--soft") } };
  const title = (text) => ({ display: true, text, color: style("--soft") });
  return {
    x: { ...common, type: "linear", title: title(xTitle), ...xTicks, ticks: { ...common.ticks, ...xTicks.ticks } },
    y: { ...common, title: title(yTitle) },
  };
}

const charts = [];

function draw(canvas, datasets, scales) {
  charts.push(new Chart(canvas, {
    type: "line",
    data: { datasets },
    plugins: [intervals],
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, scales,
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            title: () => "",
            label: ({ dataset, raw }) => dataset.label + ": " + raw.y.toFixed(3) +
              (raw.low === undefined ? "" : " (" + raw.low.toFixed(3) + " to " + raw.high.toFixed(3) + ")"),
          },
        },
      },
    },
  }));
}

// Intervals as bars through the points of a forest plot, and a dashed line where there is no effect.
const forestBars = {
  id: "forestBars",
  beforeDatasetsDraw(chart) {
    const { ctx, scales, chartArea, options } = chart;
    const x = scales.x.getPixelForValue(options.line);
    ctx.save();
    ctx.beginPath();
    ctx.rect(chartArea.left, chartArea.top, chartArea.right - chartArea.left, chartArea.bottom - chartArea.top);
    ctx.clip();
    ctx.strokeStyle = style("--soft");
    ctx.setLineDash([4, 3]);
    ctx.beginPath();
    ctx.moveTo(x, chartArea.top);
    ctx.lineTo(x, chartArea.bottom);
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

// A row a thing, the first on top; rows that pool the others are diamonds.
function drawForest(canvas, forest) {
  const rows = forest.rows;
  const set = (pooled, colour, shape, radius) => ({
    data: rows.map((row, i) => ({ ...row, x: row.mean, y: rows.length - 1 - i })).filter((row) => row.pooled === pooled),
    borderColor: colour, backgroundColor: colour, pointStyle: shape, pointRadius: radius, lineWidth: pooled ? 2.5 : 1.5,
  });
  const ticks = {
    min: -0.6, max: rows.length - 0.4,
    afterBuildTicks: (axis) => { axis.ticks = rows.map((_, value) => ({ value })); },
  };
  const scales = axes(forest.unit, "", { ticks: {} });
  // A share of next to nothing may reach far: beyond twice the spread of the points an interval runs out of the picture.
  const points = [forest.line, ...rows.map((row) => row.mean), ...rows.filter((row) => row.pooled).flatMap((row) => [row.low, row.high])];
  const reach = 2 * (Math.max(...points) - Math.min(...points));
  scales.x.suggestedMin = Math.max(Math.min(forest.line, ...rows.map((row) => row.low)), Math.min(...points) - reach);
  scales.x.suggestedMax = Math.min(Math.max(forest.line, ...rows.map((row) => row.high)), Math.max(...points) + reach);
  Object.assign(scales.y, ticks, {
    title: { display: false }, grid: { display: false },
    ticks: { color: style("--text"), autoSkip: false, callback: (value) => rows[rows.length - 1 - value]?.label },
  });
  charts.push(new Chart(canvas, {
    type: "scatter",
    data: { datasets: [set(false, style("--text"), "rect", 4), set(true, style("--accent"), "rectRot", 7)] },
    plugins: [forestBars],
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, scales, line: forest.line,
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            label: ({ raw }) => raw.label + ": " + raw.mean.toFixed(3) + " (" + raw.low.toFixed(3) + " to " + raw.high.toFixed(3) + ")",
          },
        },
      },
    },
  }));
}

function drawForests() {
  for (const figure of document.querySelectorAll("figure.forest")) {
    drawForest(figure.querySelector("canvas"), data.forests[figure.dataset.forest]);
  }
}

const METRIC_NAMES = { rouge_l: "ROUGE-L", exact_match: "exact match" };

function drawLearningCurves(template) {
  for (const figure of document.querySelectorAll("figure.curve")) {
    const { task, tuning } = figure.dataset;
    const metric = data.deciding[task];
    const points = data.points.filter((p) => p.task === task && p.metric === metric &&
      (p.baseline || (p.tuning === tuning && p.template === template)));
    const ticks = {
      min: -0.35, max: data.sizes.length - 0.65, afterBuildTicks: (axis) => {
        axis.ticks = data.sizes.map((size, value) => ({ value }));
      },
      ticks: { callback: (value) => data.sizes[value], autoSkip: false },
    };
    const scales = axes("training data", METRIC_NAMES[metric] || metric, ticks);
    scales.y.suggestedMin = 0;
    scales.y.suggestedMax = Math.max(0, ...points.map((p) => p.high));
    draw(figure.querySelector("canvas"), [...objectiveSets(points), ...baselineSets(points)], scales);
  }
}

function element(tag, text, parent) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  parent.append(made);
  return made;
}

function drawTrainingCurves() {
  const place = document.getElementById("training-curves");
  place.textContent = "";
  const names = Object.keys(data.training);
  if (names.length === 0) return;
  element("h3", "Pre-training, step by step", place);
  const note = element("p", "Losses of different objectives are not comparable with each other: each predicts other tokens.", place);
  note.className = "note";
  const grid = element("div", "", place);
  grid.className = "figures";
  for (const name of names) {
    const figure = element("figure", "", grid);
    element("figcaption", name.replaceAll("_", " "), figure);
    const holder = element("div", "", figure);
    holder.className = "canvas";
    const canvas = element("canvas", "", holder);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", name.replaceAll("_", " ") + " by pre-training step, a line a job");
    const sets = data.training[name].map((curve, i) => {
      const objective = data.objectives.find((o) => curve.job.split("/").includes(o));
      const colour = objective ? colourOf(objective) : COLOURS[i % COLOURS.length];
      return {
        label: curve.job, data: curve.points.map(([x, y]) => ({ x, y })),
        borderColor: colour, backgroundColor: colour, borderWidth: 1.5, pointRadius: 0,
      };
    });
    draw(canvas, sets, axes("step", name.replaceAll("_", " "), { ticks: {} }));
  }
}

// One legend for all charts, in the page's own text.
function drawLegend() {
  document.querySelector("ul.legend")?.remove();
  const figures = document.querySelector("#curves .figures");
  if (!figures) return;
  const list = document.createElement("ul");
  list.className = "legend";
  const row = (name, colour, dash) => {
    const item = element("li", "", list);
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("width", "28");
    svg.setAttribute("height", "10");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    for (const [key, value] of Object.entries({ x1: 0, y1: 5, x2: 28, y2: 5, stroke: colour, "stroke-width": 2.5,
      "stroke-dasharray": dash.join(" ") })) line.setAttribute(key, value);
    svg.append(line);
    item.append(svg, name);
  };
  for (const objective of data.objectives) row(objective, colourOf(objective), []);
  for (const name of BASELINES) {
    if (data.points.some((p) => p.baseline === name)) row("baseline: " + name, style("--soft"), DASHES[name]);
  }
  figures.before(list);
}

function drawAll() {
  if (typeof Chart === "undefined") return;
  for (const chart of charts.splice(0)) chart.destroy();
  drawLegend();
  drawLearningCurves(document.getElementById("template-choice").value);
  drawTrainingCurves();
  drawForests();
}

function showMetric(metric) {
  for (const view of document.querySelectorAll(".metric-view")) {
    view.hidden = metric ? view.dataset.metric !== metric : view.dataset.deciding !== "yes";
  }
}

document.getElementById("metric-choice").addEventListener("change", (event) => showMetric(event.target.value));
document.getElementById("template-choice").addEventListener("change", drawAll);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
window.addEventListener("beforeprint", () => {
  for (const chart of charts) chart.resize();
});
drawAll();
