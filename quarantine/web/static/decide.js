// A person's press is vouched for; the countdown of the undo; one look at a page
// whose outcome is open.
"use strict";
(function () {
  // A press that a script made is no trusted event.
  document.addEventListener("click", function (e) {
    var button = e.target.closest ? e.target.closest("button") : null;
    if (!button || !button.form || button.form.method !== "post" || !e.isTrusted || !document.body.dataset.press) { return; }
    var field = button.form.querySelector("input[name=press]") || document.createElement("input");
    field.type = "hidden";
    field.name = "press";
    field.value = document.body.dataset.press;
    button.form.appendChild(field);
  }, true);
  var count = document.querySelector("[data-undo]");
  if (count) {
    var end = Date.now() + Number(count.dataset.undo) * 1000;
    var timer = setInterval(function () {
      var left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      count.textContent = left > 0 ? count.dataset.text.replace("{n}", left) : count.dataset.over;
      if (left === 0) {
        clearInterval(timer);
        var form = document.getElementById("undo");
        if (form) { form.hidden = true; }
      }
    }, 250);
  }
  var again = document.querySelector("[data-again]");
  if (again) {
    setTimeout(function () { location.replace(again.dataset.again); }, count ? Number(count.dataset.undo) * 1000 + 2000 : 5000);
  }
})();
