/** The client: paths, bodies and answers are typed by src/api.d.ts, which openapi-typescript makes of the document. */
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./api.js";

export type Schemas = components["schemas"];
export type Api = Client<paths>;

/** Signs in; what it returns sends the token with every request. Throws when the host does not let it in. */
export async function signIn(url: string, username: string, password: string): Promise<Api> {
  const api = createClient<paths>({ baseUrl: url });
  const { data, error } = await api.POST("/token", {
    body: { username, password },
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    bodySerializer: (body) => new URLSearchParams(body as Record<string, string>),
  });
  if (!data) throw new Error(`${error.code}: ${error.detail}`);
  return createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${data.access_token}` } });
}

const FINAL: readonly Schemas["PaymentState"][] = ["settled", "failed", "cancelled", "returned"];

/** Looks until the payment has ended or a person has to decide; at most `tries` times, `pauseMs` apart. */
export async function ended(api: Api, id: string, tries = 60, pauseMs = 500): Promise<Schemas["Payment"]> {
  for (let left = tries; left > 0; --left) {
    const { data, error } = await api.GET("/api/v1/payments/{id}", { params: { path: { id } } });
    if (!data) throw new Error(`${error.code}: ${error.detail}`);
    if (FINAL.includes(data.state) || data.state === "waiting_approval" || data.needs_person) return data;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  throw new Error(`payment ${id} has not ended`);
}
