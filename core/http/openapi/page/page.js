"use strict";
// The token stays in this page's memory: it is gone with the page, and no other page can read it.
let token = "";

// JSON, indented and otherwise as it came: an amount is not taken through a binary number.
const indented = (json) => {
  let depth = 0;
  const line = (by) => "\n" + "  ".repeat((depth += by));
  return json.replace(/"(?:\\.|[^"\\])*"|\{\}|\[\]|[{}[\],:]/g, (token) => {
    if (token === "{" || token === "[") return token + line(1);
    if (token === "}" || token === "]") return line(-1) + token;
    if (token === ",") return token + line(0);
    return token === ":" ? ": " : token;
  });
};

const shown = async (answer) => {
  const kind = (answer.headers.get("Content-Type") || "").split(";")[0];
  let body = "";
  if (kind === "text/event-stream") {
    answer.body.cancel();
    body = "This stream goes on, and is not followed here. With after, what came since is answered at once.";
  } else if (kind.endsWith("json")) body = indented(await answer.text());
  else if (kind.startsWith("text/")) body = await answer.text();
  else if (kind) body = `${(await answer.blob()).size} bytes of ${kind}`;
  const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  return `${answer.status} ${answer.statusText}\n${headers}\n\n${body}`;
};

const told = async (form, work) => {
  const output = form.querySelector("output"), button = form.querySelector("button");
  button.disabled = true;
  output.textContent = "…";
  try {
    output.textContent = await work();
  } catch (error) {
    output.textContent = `No answer: ${error.message}`;
  } finally {
    button.disabled = false;
  }
};

const signIn = document.getElementById("sign-in");
signIn.addEventListener("submit", (event) => {
  event.preventDefault();
  told(signIn, async () => {
    const answer = await fetch("/token", {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ username: signIn.elements.username.value, password: signIn.elements.password.value }),
    });
    const body = await answer.json();
    signIn.elements.password.value = "";
    if (!answer.ok) return `${body.code}: ${body.detail}`;
    token = body.access_token;
    return `Signed in for ${Math.round(body.expires_in / 60)} minutes.`;
  });
});

const requested = (form) => {
  let path = form.dataset.path;
  const query = new URLSearchParams(), headers = {};
  for (const field of form.querySelectorAll("[data-in]")) {
    const value = field.value, name = field.name;
    if (field.dataset.in === "path") path = path.replace(`{${name}}`, encodeURIComponent(value));
    else if (value === "") continue;
    else if (field.dataset.in === "query") query.append(name, value);
    else headers[name] = value;
  }
  if (token) headers.Authorization = `Bearer ${token}`;
  const body = form.elements.body;
  if (body) headers["Content-Type"] = form.elements.example.selectedOptions[0].dataset.type;
  const target = query.toString() ? `${path}?${query}` : path;
  // A browser that is signed in by the cookie would send it beside the token: two credentials are refused.
  return [target, { method: form.dataset.method, headers, body: body ? body.value : undefined, cache: "no-store", credentials: "omit" }];
};

for (const form of document.querySelectorAll("form.try")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    told(form, async () => shown(await fetch(...requested(form))));
  });
  const example = form.elements.example;
  if (example) example.addEventListener("change", () => { form.elements.body.value = example.value; });
}
