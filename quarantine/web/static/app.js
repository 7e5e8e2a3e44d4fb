// Small comforts. Every page works without this file.
"use strict";
(function () {
  // "Select all" of a list.
  document.querySelectorAll("input[data-all]").forEach(function (all) {
    var boxes = document.querySelectorAll('input[type="checkbox"][name="' + all.dataset.all + '"]');
    all.addEventListener("change", function () {
      boxes.forEach(function (b) { b.checked = all.checked; });
    });
    boxes.forEach(function (b) {
      b.addEventListener("change", function () {
        var on = Array.prototype.filter.call(boxes, function (x) { return x.checked; }).length;
        all.checked = on === boxes.length;
        all.indeterminate = on > 0 && on < boxes.length;
      });
    });
  });
  // Ready phrases go into the comment.
  document.querySelectorAll("[data-phrases]").forEach(function (list) {
    var field = document.getElementById(list.dataset.phrases);
    list.querySelectorAll("[data-phrase]").forEach(function (b) {
      b.addEventListener("click", function () {
        var gap = field.value && !field.value.endsWith("\n") ? "\n" : "";
        field.value += gap + b.dataset.phrase;
        field.focus();
      });
    });
  });
  // A second click on a button that is already at work does nothing. The form's
  // key makes it harmless anyway.
  document.addEventListener("submit", function (e) {
    if (e.target.method !== "post") { return; }
    if (e.target.dataset.sent) { e.preventDefault(); return; }
    e.target.dataset.sent = "1";
    setTimeout(function () { delete e.target.dataset.sent; }, 3000);
  });
})();
