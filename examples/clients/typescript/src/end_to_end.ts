/**
 * Signs in, submits an invoice twice under one Idempotency-Key, waits for its payment, and prints what the books say:
 *
 *     URL=… TREASURER_USER=… TREASURER_PASSWORD=… node dist/end_to_end.js INVOICE.txt
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ended, signIn, type Api } from "./client.js";

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`set ${name}`);
  return value;
}

/** The id of the invoice's payment. The key is of the text: who runs this again asks for the same, and gets the same. */
async function submit(api: Api, text: string): Promise<{ paymentId: string; replayed: boolean }> {
  const key = `invoice-${createHash("sha256").update(text).digest("hex")}`;
  const { data, error, response } = await api.POST("/api/process-invoice", {
    params: { header: { "Idempotency-Key": key, Prefer: "wait=10" } },
    body: { raw_text: text },
  });
  if (!data) throw new Error(`${error.code}: ${error.detail}`);
  if ("dry_run" in data) throw new Error("a dry run is not what was asked for");
  if (data.status === "APPROVED") console.log(`paid ${data.amount} ${data.currency} to ${data.vendor}: ${data.tx_hash}`);
  else console.log(`${data.status}: ${data.reason ?? "the rail has not settled yet"}`);
  return { paymentId: data.payment_id, replayed: response.headers.get("Idempotency-Replayed") === "true" };
}

const api = await signIn(setting("URL"), setting("TREASURER_USER"), setting("TREASURER_PASSWORD"));
const text = await readFile(process.argv[2] ?? "", "utf8");
const first = await submit(api, text);
const again = await submit(api, text);
if (again.paymentId !== first.paymentId || !again.replayed) throw new Error("one key, and two answers");
console.log(`sent again under its key: the same payment, ${first.paymentId}`);

const payment = await ended(api, first.paymentId);
console.log(`the payment is ${payment.state}`);

const { data: page } = await api.GET("/api/v1/invoices", { params: { query: { limit: 5 } } });
for (const one of page?.items ?? [])
  console.log(`${one.status}  ${one.amount_due.amount} ${one.amount_due.asset}  ${one.vendor ?? "unknown vendor"}`);

const { data: dashboard } = await api.GET("/api/dashboard");
if (!dashboard) throw new Error("no dashboard");
console.log(`balance ${dashboard.treasury_balance} ${dashboard.currency}, ${dashboard.waiting_approvals} waiting`);

const refused = await api.POST("/api/settings/limit", { body: { new_limit: 1 } });
if (refused.error?.code !== "forbidden") throw new Error("a submitter changed the limit");
console.log(`changing the limit: ${refused.error.code}`);
