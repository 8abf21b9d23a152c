"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const make = (tag, text, kind) => {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (kind) node.className = kind;
  return node;
};
const button = (text, action, label) => {
  const node = make("button", text);
  node.type = "button";
  if (label) node.setAttribute("aria-label", label);
  node.addEventListener("click", action);
  return node;
};
const state = { sort: "score", up: true, shown: 200 };
const columns = [["model", "model"], ["task", "task"], ["sample", "sample"], ["score", "score"], ["verdict", "verdict"],
  ...data.levels.map((level) => [level, level]), ...(data.compared ? [["change", "since baseline"]] : [])];
const numbers = new Set(["score", "change", ...data.levels]);
const levelClass = (level) => `level-${data.levels.indexOf(level)}`;
const valueOf = (row, key) => data.levels.includes(key) ? row.counts[key] || 0 : row[key] === undefined ? "" : row[key];

function matching() {
  const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const [model, task, verdict, kind, change] = ["model", "task", "verdict", "kind", "changed"].map((id) => $(id).value);
  return data.rows.filter((row) => (!model || row.model === model) && (!task || row.task === task) && (!verdict || row.verdict === verdict)
    && (!kind || row.failures.some((one) => one.kind === kind))
    && (!change || (change === "worse" ? row.change < 0 : row.change > 0))
    && words.every((word) => row.text.includes(word)));
}

function draw() {
  const rows = matching();
  const sign = state.up ? 1 : -1;
  rows.sort((a, b) => {
    const [x, y] = [valueOf(a, state.sort), valueOf(b, state.sort)];
    return sign * (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y)));
  });
  const head = make("tr");
  for (const [key, title] of columns) {
    const cell = make("th", undefined, numbers.has(key) ? "number" : "");
    cell.scope = "col";
    cell.setAttribute("aria-sort", state.sort === key ? (state.up ? "ascending" : "descending") : "none");
    cell.append(button(title + (state.sort === key ? (state.up ? " ▲" : " ▼") : ""), () => {
      state.up = state.sort === key ? !state.up : !data.levels.includes(key); // the worst first
      state.sort = key;
      draw();
      $("table").querySelector(`th:nth-child(${columns.findIndex(([one]) => one === key) + 1}) button`).focus();
    }));
    head.append(cell);
  }
  const body = make("tbody");
  for (const row of rows.slice(0, state.shown)) {
    const line = make("tr");
    for (const [key] of columns) {
      const value = valueOf(row, key);
      const cell = make("td", undefined, typeof value === "number" ? "number" : "");
      if (key === "task") cell.append(button(row.task, () => show(row)));
      else if (data.levels.includes(key)) cell.append(make("span", value, value ? levelClass(key) : ""));
      else cell.textContent = key === "change" && typeof value === "number" && value > 0 ? "+" + value : value;
      line.append(cell);
    }
    body.append(line);
  }
  const top = make("thead");
  top.append(head);
  $("table").replaceChildren(top, body);
  $("more").hidden = rows.length <= state.shown;
  $("count").textContent = `${rows.length} of ${data.rows.length} responses` + (rows.length > state.shown ? `, the first ${state.shown} shown` : "");
}

function show(row) {
  const box = $("detail");
  box.replaceChildren(make("h2", `${row.id}: ${row.verdict}, ${row.score}`));
  if (row.error) box.append(make("p", row.error));
  for (const one of row.unjudged) box.append(make("p", `not judged in full by ${one}`));
  for (const failure of row.failures) {
    const item = make("details");
    const head = make("summary");
    head.append(make("span", failure.level, levelClass(failure.level)), " " + failure.title + (failure.aws ? ` (${failure.aws} by AWS)` : ""));
    item.append(head);
    for (const [title, text] of [["Issue", failure.issue], ["Fix", failure.fix]]) {
      if (text) item.append(make("h3", title), make("pre", text));
    }
    for (const one of failure.evidence || []) {
      item.append(make("p", `${one.file}:${one.line} ${one.resource} ${one.type} ${one.message}`));
      if (!one.lines.length) continue;
      const source = make("pre");
      for (const [number, text] of one.lines) {
        source.append(make(number === one.line ? "mark" : "span", `${String(number).padStart(5)}  ${text}\n`));
      }
      item.append(source);
    }
    box.append(item);
  }
  for (const [title, lines] of [["Requirements", row.requirements], ["Differences from the ideal answer", row.differences]]) {
    if (!lines.length) continue;
    const part = make("details");
    part.append(make("summary", `${title} (${lines.length})`), ...lines.map((text) => make("p", text)));
    box.append(part);
  }
  for (const one of row.changes || []) box.append(make("p", one));
  box.tabIndex = -1;
  box.focus();
  box.scrollIntoView();
}

// Show a response, or the table of the samples of a task where there are several.
function open(rows) {
  if (rows.length === 1) return show(rows[0]);
  for (const id of ["search", "verdict", "kind", "changed"]) $(id).value = "";
  $("model").value = rows[0].model;
  $("task").value = rows[0].task;
  draw();
  $("count").scrollIntoView();
}

function heat() {
  if (data.models.length < 2) return;
  const cells = new Map();
  for (const row of data.rows) {
    const key = row.task + "\n" + row.model;
    cells.set(key, [...(cells.get(key) || []), row]);
  }
  const head = make("tr");
  head.append(...["task", ...data.models].map((text) => make("th", text)));
  const body = make("tbody");
  for (const task of data.tasks) {
    const line = make("tr");
    line.append(make("th", task));
    for (const model of data.models) {
      const rows = cells.get(task + "\n" + model);
      const cell = make("td");
      if (rows) {
        const mean = rows.reduce((sum, row) => sum + row.score, 0) / rows.length;
        const about = rows.length > 1 ? `, mean of ${rows.length} samples` : "";
        const one = button(mean.toFixed(0), () => open(rows), `${model}, ${task}: score ${mean.toFixed(0)}${about}`);
        cell.style.background = `hsl(${1.2 * mean} 65% 65%)`;
        cell.append(one);
      }
      line.append(cell);
    }
    body.append(line);
  }
  const top = make("thead");
  top.append(head);
  $("heat").append(top, body);
  $("heat-section").hidden = false;
}

for (const [id, values] of [["model", data.models], ["task", data.tasks], ["verdict", data.verdicts], ["kind", data.kinds]]) {
  for (const value of values) $(id).append(Object.assign(make("option", value || "(no model)"), { value }));
}
$("search").addEventListener("input", draw);
for (const id of ["model", "task", "verdict", "kind", "changed"]) $(id).addEventListener("change", draw);
$("more").addEventListener("click", () => { state.shown += 1000; draw(); });
heat();
draw();
