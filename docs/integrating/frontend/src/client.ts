// Two functions are the whole client: ask for one answer, or watch many. Both know the types of what they are given.
import { createClient } from "graphql-sse";
import type { TypedDocumentString } from "./gql/graphql.js";

const url = `${process.env.PROVENDER_URL}/graphql`;
const authorization = `Bearer ${process.env.PROVENDER_TOKEN}`;

/** Runs a query or mutation. Throws for top-level errors; a mutation's expected failures are in its result union. */
export async function ask<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      authorization,
      "content-type": "application/json",
      accept: "application/graphql-response+json, application/json;q=0.9",
    },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(`${errors[0].extensions.code}: ${errors[0].message}`);
  return data;
}

// Server-sent events, one connection for each thing that is watched. graphql-ws over WebSocket serves as well.
const live = createClient({ url, headers: { authorization }, singleConnection: false });

/** Watches a live update until the caller leaves the loop. */
export async function* watch<Result, Variables extends Record<string, unknown>>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): AsyncGenerator<Result> {
  for await (const { data, errors } of live.iterate<Result>({ query: document.toString(), variables })) {
    if (errors) throw new Error(errors[0].message);
    if (data) yield data;
  }
}
