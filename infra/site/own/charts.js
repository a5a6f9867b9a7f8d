// Draws what stands in `data-chart`: on canvas, in the page's own colours, by light and by dark.
"use strict";

const night = matchMedia("(prefers-color-scheme: dark)");
const TONES = {
  day: {blue: "#0d47a1", green: "#1b6e3c", yellow: "#b98000", red: "#a8201a", grey: "#6f7691"},
  night: {blue: "#7fb2ff", green: "#8fd6a8", yellow: "#ffd479", red: "#ff9c94", grey: "#a0a6bd"},
};

function option(told, box) {
  const tones = night.matches ? TONES.night : TONES.day;
  const text = getComputedStyle(document.body).color;
  const line = night.matches ? "#444" : "#ddd";
  const across = told.kind === "across";
  const room = Math.min(200, Math.max(90, box.clientWidth * 0.35)); // for the names beside lying bars
  const names = {
    type: "category",
    data: told.categories,
    inverse: across,
    triggerEvent: told.links.length > 0,
    axisLabel: across ? {color: text, interval: 0, width: room - 12, overflow: "truncate"} : {color: text, hideOverlap: true},
    axisTick: {show: false},
  };
  const ticks = across ? Math.max(2, Math.floor((box.clientWidth - room) / 90)) : 5; // no number over another
  const numbers = {type: "value", splitNumber: ticks, axisLabel: {color: text, hideOverlap: true, formatter: `{value}${told.unit}`}, splitLine: {lineStyle: {color: line}}};
  const single = told.series.length === 1;
  return {
    animation: false,
    textStyle: {fontFamily: getComputedStyle(document.body).fontFamily},
    color: told.series.map((one) => tones[one.tone]),
    tooltip: {trigger: "axis", renderMode: "richText", confine: true, axisPointer: {type: told.kind === "line" ? "line" : "shadow"},
      valueFormatter: (value) => (value === null || value === undefined ? "—" : `${value}${told.unit}`)},
    legend: single ? undefined : {top: 0, textStyle: {color: text}},
    grid: across
      ? {top: single ? 16 : 40, left: room, right: 56, bottom: 28}
      : {top: single ? 24 : 40, left: 48, right: 24, bottom: 28},
    xAxis: across ? numbers : names,
    yAxis: across ? names : numbers,
    series: told.series.map((one) => ({
      name: one.name,
      type: told.kind === "line" ? "line" : "bar",
      stack: told.kind === "stacked" ? "all" : undefined,
      barMaxWidth: 36,
      showSymbol: told.categories.length < 40,
      data: one.values,
      label: {show: single && told.kind !== "line", position: across ? "right" : "top", color: text, formatter: `{c}${told.unit}`},
    })),
  };
}

function draw(box) {
  const told = JSON.parse(box.dataset.chart);
  box.hidden = false;
  if (told.kind === "across") box.style.height = `${Math.max(160, 70 + told.categories.length * 30 * Math.max(1, told.series.length * 0.6))}px`;
  const chart = echarts.init(box, null, {renderer: "canvas"});
  const paint = () => chart.setOption(option(told, box), true);
  paint();
  night.addEventListener("change", paint);
  new ResizeObserver(() => {
    chart.resize();
    paint();
  }).observe(box);
  chart.on("click", (event) => {
    const place = event.componentType === "series" ? event.dataIndex : told.categories.indexOf(event.value);
    if (told.links[place]) location.assign(told.links[place]);
  });
}

document.querySelectorAll("[data-chart]").forEach(draw);
