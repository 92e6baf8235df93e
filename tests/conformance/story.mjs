// What the clients' scripts share: who asks, what is ordered, and assertions.
export { strict as assert } from "node:assert";

export const { API, TOKEN, STORY } = process.env;
export const story = JSON.parse(STORY);

export const PLACE = `mutation Place($input: PlaceOrderInput!) { placeOrder(input: $input) {
  __typename ... on PlaceOrderSuccess { order { id state } } ... on Error { code message } } }`;
export const WATCH = "subscription Watch($id: ID!) { orderUpdated(id: $id) { id state } }";
export const VIEWER = "query Viewer { viewer { principal } }";

/** An order of the story's customer: three seats of an application, yearly. */
export function order(idempotencyKey) {
  return {
    customer: { id: story.customer_id },
    salesModel: "YEARLY",
    lines: [
      {
        planId: story.plans["team-insights/professional"],
        quantity: 3,
        parameters: { companyName: "Bergblick Hotels" },
      },
    ],
    idempotencyKey,
  };
}
