/**
 * Signs in, submits an invoice twice under one Idempotency-Key, waits for its payment, and prints what the books say:
 *
 *     URL=… TREASURER_USER=… TREASURER_PASSWORD=… node dist/end_to_end.js INVOICE.txt
 *
 * Exit code 0: the invoice was submitted, now or before; 1: it was not, and one line says why; 2: called wrongly.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ended, signIn, type Api } from "./client.js";

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`set ${name}`);
  return value;
}

/**
 * The id of the invoice's payment; null where another request has submitted the invoice before. The key is of the text: who
 * runs this again asks for the same, and gets the same. It names this program, since another one's body is of other bytes.
 */
async function submit(api: Api, text: string): Promise<{ paymentId: string; replayed: boolean } | null> {
  const key = `typescript-${createHash("sha256").update(text).digest("hex")}`;
  const { data, error, response } = await api.POST("/api/process-invoice", {
    params: { header: { "Idempotency-Key": key, Prefer: "wait=10" } },
    body: { raw_text: text },
  });
  if (error?.code === "duplicate_invoice") return null;
  if (!data) throw new Error(`${error.code}: ${error.detail}`);
  if ("dry_run" in data) throw new Error("a dry run is not what was asked for");
  if (data.status === "APPROVED") console.log(`paid ${data.amount} ${data.currency} to ${data.vendor}: ${data.tx_hash}`);
  else console.log(`${data.status}: ${data.reason ?? "the rail has not settled yet"}`);
  return { paymentId: data.payment_id, replayed: response.headers.get("Idempotency-Replayed") === "true" };
}

async function submitTwice(api: Api, text: string): Promise<void> {
  const first = await submit(api, text);
  if (!first) {
    console.log("it was submitted before by another request; nothing is paid twice");
    return;
  }
  const again = await submit(api, text);
  if (again?.paymentId !== first.paymentId || !again.replayed) throw new Error("one key, and two answers");
  console.log(`sent again under its key: the same payment, ${first.paymentId}`);

  const payment = await ended(api, first.paymentId);
  console.log(`the payment is ${payment.state}`);
}

/** A dry run is refused as the real request is, and changes nothing for whom it is not refused. */
async function tryTheLimit(api: Api): Promise<void> {
  const { error } = await api.POST("/api/settings/limit", { params: { query: { dry_run: true } }, body: { new_limit: 1 } });
  if (error && error.code !== "forbidden") throw new Error(`${error.code}: ${error.detail}`);
  console.log(`changing the limit: ${error ? error.code : "allowed; this was a dry run"}`);
}

async function main(file: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const api = await signIn(setting("URL"), setting("TREASURER_USER"), setting("TREASURER_PASSWORD"));
  await submitTwice(api, text);

  const { data: page } = await api.GET("/api/v1/invoices", { params: { query: { limit: 5 } } });
  for (const one of page?.items ?? [])
    console.log(`${one.status}  ${one.amount_due.amount} ${one.amount_due.asset}  ${one.vendor ?? "unknown vendor"}`);

  const { data: dashboard } = await api.GET("/api/dashboard");
  if (!dashboard) throw new Error("no dashboard");
  console.log(`balance ${dashboard.treasury_balance} ${dashboard.currency}, ${dashboard.waiting_approvals} waiting`);
  await tryTheLimit(api);
}

/** In one line. What `fetch` throws says only in its cause why the host cannot be reached. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

const [file, ...more] = process.argv.slice(2);
if (!file || file.startsWith("-") || more.length > 0) {
  console.error("usage: URL=… TREASURER_USER=… TREASURER_PASSWORD=… node dist/end_to_end.js INVOICE.txt");
  process.exitCode = 2;
} else {
  await main(file).catch((error: unknown) => {
    console.error(`error: ${reason(error)}`);
    process.exitCode = 1;
  });
}
