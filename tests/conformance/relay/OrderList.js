// A page as Relay writes one: a paginated list, a row's fragment, a refetchable detail, mutations that edit the list.
import { graphql } from "relay-runtime";

export const orderRow = graphql`
  fragment OrderList_row on Order {
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
`;

export const orderList = graphql`
  fragment OrderList_orders on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" }, where: { type: "OrderWhere" })
  @refetchable(queryName: "OrderListPaginationQuery") {
    orders(first: $count, after: $cursor, where: $where, sort: [{ field: CREATED_AT, direction: DESC }])
      @connection(key: "OrderList_orders") {
      edges {
        node {
          ...OrderList_row
        }
      }
    }
  }
`;

export const orderListQuery = graphql`
  query OrderListQuery($where: OrderWhere) {
    ...OrderList_orders @arguments(where: $where)
  }
`;

export const orderDetail = graphql`
  fragment OrderList_detail on Order @refetchable(queryName: "OrderListDetailQuery") {
    state
    lines {
      id
      quantity
      state
      failure {
        code
        reason
      }
    }
  }
`;

export const orderDetailQuery = graphql`
  query OrderListNodeQuery($id: ID!) {
    node(id: $id) {
      __typename
      ... on Order {
        ...OrderList_detail
      }
    }
  }
`;

export const orderUpdates = graphql`
  subscription OrderListSubscription($id: ID!) {
    orderUpdated(id: $id) {
      ...OrderList_row
      ...OrderList_detail
    }
  }
`;

export const placeOrder = graphql`
  mutation OrderListPlaceMutation($input: PlaceOrderInput!, $connections: [ID!]!) {
    placeOrder(input: $input) {
      __typename
      ... on PlaceOrderSuccess {
        order @appendNode(connections: $connections, edgeTypeName: "OrderEdge") {
          ...OrderList_row
        }
      }
      ... on Error {
        code
        message
      }
      ... on InvalidInput {
        fields {
          path
          message
        }
      }
    }
  }
`;

export const removeEndpoint = graphql`
  mutation OrderListRemoveEndpointMutation($input: DeleteWebhookEndpointInput!) {
    deleteWebhookEndpoint(input: $input) {
      ... on DeleteWebhookEndpointSuccess {
        deletedId @deleteRecord
      }
    }
  }
`;
