// node drive.mjs URL USER PASSWORD: runs the script of URL/docs on its page, as a person at the keyboard would, and prints
// one line of JSON for each thing that was tried.
import { JSDOM } from "jsdom";

const [url, user, password] = process.argv.slice(2);
const html = await (await fetch(`${url}/docs`)).text();
const dom = new JSDOM(html, {
  url: `${url}/docs`,
  runScripts: "dangerously",
  beforeParse: (window) => { window.fetch = (path, options) => fetch(new URL(path, url), options); },
});
const { document, Event } = dom.window;

const form = (method, path) => document.querySelector(`form.try[data-method="${method}"][data-path="${path}"]`);

/** Presses a form's button, and returns what its output says once the answer is there. */
const press = (one) => new Promise((resolve) => {
  const output = one.querySelector("output"), button = one.querySelector("button");
  new dom.window.MutationObserver((_, watcher) => {
    if (button.disabled) return;
    watcher.disconnect();
    resolve(output.textContent);
  }).observe(button, { attributes: true });
  button.click();
});

const tell = (what, said) => console.log(JSON.stringify({ what, said }));

const signIn = document.getElementById("sign-in");
const sign = async (word) => {
  signIn.elements.username.value = user;
  signIn.elements.password.value = word;
  return press(signIn);
};
tell("a dashboard for nobody", await press(form("GET", "/api/dashboard")));
tell("a wrong password", await sign("a guess"));
tell("the right one", await sign(password));
tell("what is left of it", signIn.elements.password.value);
tell("a dashboard", await press(form("GET", "/api/dashboard")));

const list = form("GET", "/api/v1/vendors");
list.elements.limit.value = "0";
tell("a limit of 0", await press(list));

const create = form("POST", "/api/v1/vendors");
const second = create.elements.example;
second.selectedIndex = 1;
second.dispatchEvent(new Event("change"));
tell("the second example", create.elements.body.value);
create.elements["Idempotency-Key"].value = "from the page";
tell("a vendor", await press(create));
tell("the same again", await press(create));

const one = form("GET", "/api/v1/invoices/{id}");
one.elements.id.value = "no such id";
tell("an id", await press(one));

const text = form("POST", "/api/v1/invoices");
const kinds = [...text.elements.example.options].map((option) => option.dataset.type);
text.elements.example.selectedIndex = kinds.indexOf("text/plain");
text.elements.example.dispatchEvent(new Event("change"));
tell("an invoice as text", await press(text));
