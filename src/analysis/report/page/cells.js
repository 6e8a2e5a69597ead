// SPDX-License-Identifier: Apache-2.0
"use strict";
// Pages through the table of cells. The page itself has the first rows; all of them are data.

const CELLS_A_PAGE = 100;

function cellRow(texts) {
  const row = document.createElement("tr");
  texts.forEach((text, place) => {
    const cell = document.createElement(place === 0 ? "th" : "td");
    if (place === 0) cell.scope = "row";
    cell.textContent = text;
    row.append(cell);
  });
  return row;
}

// The rows whose texts hold each of the words.
function cellsWith(rows, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (wanted.length === 0) return rows;
  return rows.filter((texts) => {
    const text = texts.slice(0, 2).join(" ").toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

function showCells(place, rows, page) {
  const first = page * CELLS_A_PAGE;
  const shown = rows.slice(first, first + CELLS_A_PAGE);
  place.querySelector("tbody").replaceChildren(...shown.map(cellRow));
  const last = first + shown.length;
  place.querySelector("output").textContent =
    shown.length > 0 ? `${first + 1} to ${last} of ${rows.length}` : "no cell has these words";
  const [back, on] = place.querySelectorAll("button");
  back.disabled = page === 0;
  on.disabled = last >= rows.length;
}

function startPaging(place) {
  const all = JSON.parse(document.getElementById("cell-rows").textContent);
  let rows = all, page = 0;
  const turn = (by) => showCells(place, rows, page += by);
  const [back, on] = place.querySelectorAll("button");
  back.addEventListener("click", () => turn(-1));
  on.addEventListener("click", () => turn(1));
  place.querySelector("input").addEventListener("input", (event) => {
    rows = cellsWith(all, event.target.value);
    page = 0;
    turn(0);
  });
  place.querySelector(".control").hidden = false;
  place.querySelector(".note").hidden = true;
  turn(0);
}

// Nothing is made before the reader opens the table.
function pageThroughCells() {
  const place = document.getElementById("cell-pages");
  if (!place) return;
  place.closest("details").addEventListener("toggle", () => startPaging(place), { once: true });
}
