// SPDX-License-Identifier: Apache-2.0
"use strict";
// Draws the charts and serves the two menus; forest.js draws the forest plots, cells.js pages through
// the table of cells. All else on the page needs no script.

// The content of decision.json; analysis/README.md describes it.
const data = JSON.parse(document.getElementById("data").textContent);
const sizes = data.axes.train_size || [];

// Okabe and Ito's colours, distinct for every kind of colour vision. Shapes differ too.
const COLOURS = [
  "#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8c7a00", "#7a5195",
];
const SHAPES = [
  "circle", "rect", "triangle", "rectRot", "star", "crossRot", "rectRounded", "cross",
];
const BASELINES = ["most_frequent", "copy", "untuned"];
const DASHES = { most_frequent: [6, 3], copy: [2, 3], untuned: [10, 3, 2, 3] };

const colourOf = (name) => {
  const place = data.objectives.indexOf(name);
  return name === "none" ? style("--soft") : COLOURS[place % COLOURS.length];
};
const shapeOf = (name) => SHAPES[data.objectives.indexOf(name) % SHAPES.length];
const metricName = (metric) => data.metric_names[metric] || metric.replaceAll("_", " ");
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Draws intervals as bars through the points.
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
    // Shifts the objectives side by side, so that bars at the same size do not hide each other.
    const shift = (place - (data.objectives.length - 1) / 2) * 0.04;
    const at = ({ train_size, mean, low, high }) =>
      ({ x: sizes.indexOf(train_size) + shift, y: mean, low, high });
    const own = points.filter((p) => !p.baseline && p.objective === objective);
    return {
      label: objective,
      data: own.map(at).sort((a, b) => a.x - b.x),
      borderColor: colourOf(objective), backgroundColor: colourOf(objective),
      pointStyle: shapeOf(objective), pointRadius: 4, borderWidth: 2, tension: 0,
    };
  }).filter((set) => set.data.length > 0);
}

// Takes the best of a baseline's settings at every size. A baseline without a size is a level line.
function baselineSets(points) {
  return BASELINES.map((name) => {
    const own = points.filter((p) => p.baseline === name);
    const at = sizes.map((size, place) => {
      const fitting = own.filter((p) => p.train_size === "" || p.train_size === size)
        .map((p) => p.mean);
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
    x: {
      ...common, type: "linear", title: title(xTitle), ...xTicks,
      ticks: { ...common.ticks, ...xTicks.ticks },
    },
    y: { ...common, title: title(yTitle) },
  };
}

// "0.412 (0.380 to 0.440)"
function intervalText(mean, low, high) {
  const interval = low === undefined ? "" : ` (${low.toFixed(3)} to ${high.toFixed(3)})`;
  return mean.toFixed(3) + interval;
}

const charts = [];

// A chart is drawn when it comes into sight, or before the page is printed: a large sweep has
// dozens, and the page opens sooner without them.
const waiting = new Map();   // from a canvas to what draws its chart
const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) drawNow(target);
}, { rootMargin: "300px" });

function drawWhenSeen(canvas, drawChart) {
  waiting.set(canvas, drawChart);
  watcher.observe(canvas);
}

function drawNow(canvas) {
  watcher.unobserve(canvas);
  const drawChart = waiting.get(canvas);
  waiting.delete(canvas);
  drawChart?.();
}

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
            label: ({ dataset, raw }) =>
              dataset.label + ": " + intervalText(raw.y, raw.low, raw.high),
          },
        },
      },
    },
  }));
}

function drawLearningCurve(figure, template) {
  const { task, tuning } = figure.dataset;
  const metric = data.primary_metric[task];
  const points = data.points.filter((p) => p.task === task && p.metric === metric &&
    (p.baseline || (p.tuning === tuning && p.template === template)));
  const ticks = {
    min: -0.35, max: sizes.length - 0.65, afterBuildTicks: (axis) => {
      axis.ticks = sizes.map((size, value) => ({ value }));
    },
    ticks: { callback: (value) => sizes[value], autoSkip: false },
  };
  const scales = axes("training data", metricName(metric), ticks);
  scales.y.suggestedMin = 0;
  // Where all is 0, Chart.js would draw from -1 to 1.
  scales.y.suggestedMax = Math.max(0, ...points.map((p) => p.high)) || 1;
  const sets = [...objectiveSets(points), ...baselineSets(points)];
  draw(figure.querySelector("canvas"), sets, scales);
}

function drawLearningCurves(template) {
  for (const figure of document.querySelectorAll("figure.curve"))
    drawWhenSeen(figure.querySelector("canvas"), () => drawLearningCurve(figure, template));
}

function element(tag, text, parent) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  parent.append(made);
  return made;
}

function trainingSets(name) {
  return data.training_curves.filter((curve) => curve.name === name).map((curve, i) => {
    const objective = data.objectives.find((o) => curve.job.split("/").includes(o));
    const colour = objective ? colourOf(objective) : COLOURS[i % COLOURS.length];
    return {
      label: curve.job, data: curve.points.map(([x, y]) => ({ x, y })),
      borderColor: colour, backgroundColor: colour, borderWidth: 1.5, pointRadius: 0,
    };
  });
}

function drawTrainingCurve(name, parent) {
  const title = name.replaceAll("_", " ");
  const figure = element("figure", "", parent);
  element("figcaption", title, figure);
  const holder = element("div", "", figure);
  holder.className = "canvas";
  const canvas = element("canvas", "", holder);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", title + " by pre-training step, a line a job");
  drawWhenSeen(canvas, () => draw(canvas, trainingSets(name), axes("step", title, { ticks: {} })));
}

function drawTrainingCurves() {
  const place = document.getElementById("training-curves");
  place.textContent = "";
  const names = [...new Set(data.training_curves.map((curve) => curve.name))].sort();
  if (names.length === 0) return;
  element("h3", "Pre-training, step by step", place);
  const note = element("p", "Losses of different objectives are not comparable with each other: " +
    "each predicts other tokens.", place);
  note.className = "note";
  const grid = element("div", "", place);
  grid.className = "figures";
  for (const name of names) drawTrainingCurve(name, grid);
}

function svgElement(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// Writes one legend for all charts, as text of the page.
function drawLegend() {
  document.querySelector("ul.legend")?.remove();
  const figures = document.querySelector("#curves .figures");
  if (!figures) return;
  const list = document.createElement("ul");
  list.className = "legend";
  const row = (name, colour, dash) => {
    const item = element("li", "", list);
    const svg = svgElement("svg", { width: 28, height: 10 });
    svg.append(svgElement("line", {
      x1: 0, y1: 5, x2: 28, y2: 5, stroke: colour, "stroke-width": 2.5,
      "stroke-dasharray": dash.join(" "),
    }));
    item.append(svg, name);
  };
  for (const objective of data.objectives) row(objective, colourOf(objective), []);
  for (const name of BASELINES) {
    const measured = data.points.some((p) => p.baseline === name);
    if (measured) row("baseline: " + name, style("--soft"), DASHES[name]);
  }
  figures.before(list);
}

function drawAll() {
  if (typeof Chart === "undefined") return;
  watcher.disconnect();
  waiting.clear();
  for (const chart of charts.splice(0)) chart.destroy();
  drawLegend();
  drawLearningCurves(document.getElementById("template-choice").value);
  drawTrainingCurves();
  drawForests();
}

function showMetric(metric) {
  for (const view of document.querySelectorAll(".metric-view")) {
    view.hidden = metric ? view.dataset.metric !== metric : view.dataset.primary !== "yes";
  }
}

document.getElementById("metric-choice")
  .addEventListener("change", (event) => showMetric(event.target.value));
document.getElementById("template-choice").addEventListener("change", drawAll);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
window.addEventListener("beforeprint", () => {
  for (const canvas of [...waiting.keys()]) drawNow(canvas);
  for (const chart of charts) chart.resize();
});
drawAll();
pageThroughCells();
