// Comfort on top of pages that work without any script.
"use strict";

// Send the form at once when another order is chosen, and keep empty fields out of the address.
for (const form of document.querySelectorAll("[data-search]")) {
  form.addEventListener("submit", () => {
    for (const field of form.elements) {
      if (field.name && field.value === "") field.disabled = true;
    }
  });
  form.querySelector("[data-sort]").addEventListener("change", () => form.requestSubmit());
  // A price needs a currency: choose the first one for whoever forgets it.
  const currency = form.querySelector("[data-currency]");
  for (const amount of form.querySelectorAll("[data-amount]")) {
    amount.addEventListener("change", () => {
      if (amount.value && !currency.value && currency.options.length > 1) currency.selectedIndex = 1;
    });
  }
}
// Going back shows the page as it was left: with its fields disabled.
window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("[data-search] :disabled")) field.disabled = false;
});

// Close the floating filters with Escape.
for (const filters of document.querySelectorAll("details.filters")) {
  filters.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    filters.open = false;
    filters.querySelector("summary").focus();
  });
}

// Arrow keys, Home and End move through the steps of a chart. A chart with more steps than take
// the focus without a script becomes one tab stop.
for (const chart of document.querySelectorAll("[data-chart]")) {
  const steps = [...chart.querySelectorAll(".step")];
  const isLong = steps.some((step) => !step.hasAttribute("tabindex"));
  const focus = (number) => {
    const step = steps[Math.max(0, Math.min(steps.length - 1, number))];
    if (isLong) {
      for (const other of steps) other.setAttribute("tabindex", "-1");
      step.setAttribute("tabindex", "0");
    }
    step.focus();
  };
  if (isLong) steps.forEach((step, number) => step.setAttribute("tabindex", number === steps.length - 1 ? "0" : "-1"));
  chart.addEventListener("keydown", (event) => {
    const at = steps.indexOf(document.activeElement);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: steps.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    focus(to);
  });
}
