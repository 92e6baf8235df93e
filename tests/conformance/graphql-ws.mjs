// npm's graphql-ws against /graphql: sign in, query, order, watch it to its end, leave early, ping, be refused.
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { API, PLACE, TOKEN, VIEWER, WATCH, assert, order } from "./story.mjs";

const url = `${API.replace("http", "ws")}/graphql`;
const connect = (token, options = {}) =>
  createClient({
    url,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    ...options,
  });

async function first(client, request) {
  for await (const result of client.iterate(request)) return result;
}

let ponged;
const pong = new Promise((resolve) => (ponged = resolve));
const client = connect(TOKEN, { keepAlive: 50, on: { pong: (received) => received && ponged() } });

const { data: seen } = await first(client, { query: VIEWER });
assert.match(seen.viewer.principal, /^tok_/);

const { data: placed } = await first(client, { query: PLACE, variables: { input: order("graphql-ws") } });
assert.equal(placed.placeOrder.__typename, "PlaceOrderSuccess");
const { id } = placed.placeOrder.order;

const states = [];
for await (const { data } of client.iterate({ query: WATCH, variables: { id } })) {
  states.push(data.orderUpdated.state);
  if (data.orderUpdated.state === "COMPLETED") break; // leaving the loop completes the operation early
}
assert.equal(states.at(-1), "COMPLETED");

await pong;
// The connection still serves after the early end.
assert.ok((await first(client, { query: VIEWER })).data);

await assert.rejects(first(client, { query: "{ nothing }" }), (errors) => {
  assert.equal(errors[0].extensions.code, "BAD_REQUEST");
  return true;
});
await client.dispose();

await assert.rejects(first(connect("nonsense"), { query: VIEWER }), (event) => event.code === 4403);
console.log(`graphql-ws: ${states.join(" -> ")}`);
