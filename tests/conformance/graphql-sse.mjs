// npm's graphql-sse in distinct connections mode: query, order, watch it to its end, leave early, be refused.
import { createClient } from "graphql-sse";
import { API, PLACE, TOKEN, VIEWER, WATCH, assert, order } from "./story.mjs";

const connect = (token) =>
  createClient({
    url: `${API}/graphql`,
    singleConnection: false,
    headers: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
const client = connect(TOKEN);

async function all(request) {
  const results = [];
  for await (const result of client.iterate(request)) results.push(result);
  return results;
}

const [{ data: seen }, ...none] = await all({ query: VIEWER });
assert.match(seen.viewer.principal, /^tok_/);
assert.equal(none.length, 0);

const [{ data: placed }] = await all({ query: PLACE, variables: { input: order("graphql-sse") } });
assert.equal(placed.placeOrder.__typename, "PlaceOrderSuccess");
const { id } = placed.placeOrder.order;

const states = [];
for await (const { data } of client.iterate({ query: WATCH, variables: { id } })) {
  states.push(data.orderUpdated.state);
  if (data.orderUpdated.state === "COMPLETED") break; // closes its connection
}
assert.equal(states.at(-1), "COMPLETED");

const [{ errors }] = await all({ query: "{ nothing }" });
assert.equal(errors[0].extensions.code, "BAD_REQUEST");

await assert.rejects(
  (async () => {
    for await (const _ of connect("nonsense").iterate({ query: VIEWER }));
  })(),
  (error) => error.response.status === 401,
);
client.dispose();
console.log(`graphql-sse: ${states.join(" -> ")}`);
