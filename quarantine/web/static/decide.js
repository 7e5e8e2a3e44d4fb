// A person's press is vouched for; the countdown of the undo; one look at a page
// whose outcome is open.
"use strict";
(function () {
  // A press that the browser made for a program is no trusted event. A browser that
  // a program drives says so, and then the number on the page has to be typed.
  function carry(form, name, value) {
    var field = form.querySelector("input[name=" + name + "]") || document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.appendChild(field);
  }
  document.addEventListener("click", function (e) {
    var button = e.target.closest ? e.target.closest("button") : null;
    if (!button || !button.form || button.form.method !== "post") { return; }
    if (navigator.webdriver) {
      carry(button.form, "driven", "1");
    } else if (e.isTrusted && document.body.dataset.press) {
      carry(button.form, "press", document.body.dataset.press);
    }
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
