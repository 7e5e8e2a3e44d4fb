// The countdown of the undo, and one look at a page whose outcome is open.
"use strict";
(function () {
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
