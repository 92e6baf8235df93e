// What a page of orders does: list them, page by page, and follow one that is still under way.
import { ask, watch } from "./client.js";
import { graphql } from "./gql/index.js";

const Orders = graphql(`
  query Orders($first: Int!, $after: String) {
    orders(first: $first, after: $after, sort: [{ field: CREATED_AT, direction: DESC }]) {
      nodes {
        id
        number
        state
        price {
          amount
          currency
        }
        customer {
          name
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const OrderUpdated = graphql(`
  subscription OrderUpdated($id: ID!) {
    orderUpdated(id: $id) {
      number
      state
      finishedAt
    }
  }
`);

let after: string | null | undefined;
let open: string | undefined;
do {
  const { orders } = await ask(Orders, { first: 2, after });
  for (const order of orders.nodes) {
    // `order` is typed by the query above: leave `price` out there, and this line does not compile.
    const price = order.price ? `${order.price.amount} ${order.price.currency}` : "not priced yet";
    console.log(`${order.number} ${order.state} ${order.customer.name}: ${price}`);
    open ??= order.id;
  }
  after = orders.pageInfo.hasNextPage ? orders.pageInfo.endCursor : undefined;
} while (after);

if (open) {
  for await (const { orderUpdated } of watch(OrderUpdated, { id: open })) {
    console.log(`${orderUpdated.number} is ${orderUpdated.state}`);
    if (orderUpdated.finishedAt) break;
  }
}
