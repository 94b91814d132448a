/* Reports views of this site's pages by people who came through a link in an e-mail, and sends marked forms.
   Knows nobody else. Keeps one token in this site's own storage; nothing where Do Not Track or Global Privacy
   Control is set. */
(function () {
  "use strict";
  var script = document.currentScript;
  if (!script) return;
  var base = script.src.replace(/\/purr\.js(\?.*)?$/, "");
  var isPrivate = navigator.doNotTrack === "1" || navigator.globalPrivacyControl === true;
  var token = null;

  function key() {
    return self.crypto && crypto.randomUUID
      ? crypto.randomUUID()
      : String(Date.now()) + Math.random().toString(36).slice(2);
  }

  try {
    var here = new URL(location.href);
    var given = here.searchParams.get("purr");
    if (given !== null) {
      here.searchParams.delete("purr");
      history.replaceState(history.state, "", here);
      if (!isPrivate && /^[A-Za-z0-9_-]{16,64}$/.test(given)) localStorage.setItem("purr", given);
    }
    token = isPrivate ? null : localStorage.getItem("purr");
  } catch (error) {
    /* No storage: every page stands alone. */
  }

  if (token) {
    /* text/plain needs no question beforehand (CORS), and survives leaving the page. */
    fetch(base + "/v", {
      method: "POST", keepalive: true, credentials: "omit", headers: { "Content-Type": "text/plain" },
      body: JSON.stringify({ token: token, url: location.href.split("#")[0], key: key() })
    }).catch(function () {});
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var name = form && form.getAttribute && form.getAttribute("data-purr-form");
    if (!name) return;
    event.preventDefault();
    var fields = {};
    new FormData(form).forEach(function (value, field) {
      if (typeof value === "string") fields[field] = value;
    });
    fetch(base + "/f/" + encodeURIComponent(name), {
      method: "POST", credentials: "omit",
      headers: { "Content-Type": "application/json", "Idempotency-Key": form.purrKey || (form.purrKey = key()) },
      body: JSON.stringify(fields)
    }).then(function (answer) {
      if (answer.ok) form.purrKey = null;
      form.dispatchEvent(new CustomEvent(answer.ok ? "purr:sent" : "purr:failed", { bubbles: true }));
      if (answer.ok && form.getAttribute("data-purr-next")) location.assign(form.getAttribute("data-purr-next"));
    }, function () {
      form.dispatchEvent(new CustomEvent("purr:failed", { bubbles: true }));
    });
  });
})();
