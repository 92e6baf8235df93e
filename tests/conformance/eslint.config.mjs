// schema/schema.graphql against graphql-eslint: all its rules about schemas, and its Relay rules. What is not taken as
// it comes is named here with the reason; the rules that are off stand at the end.
import graphql from "@graphql-eslint/eslint-plugin";

const { rules: recommended } = graphql.configs["schema-recommended"];
const [severity, names] = recommended["@graphql-eslint/naming-convention"];

const ours = {
  // Whatever has a place for a description has one; as it comes, the rule asks types and root fields alone.
  "@graphql-eslint/require-description": [
    "error",
    {
      types: true,
      rootField: true,
      DirectiveDefinition: true,
      EnumValueDefinition: true,
      FieldDefinition: true,
      InputValueDefinition: true,
    },
  ],
  // AND and OR stand out among a filter's fields, as in SQL; no field is called so.
  "@graphql-eslint/naming-convention": [
    severity,
    { ...names, InputValueDefinition: { style: "camelCase", ignorePattern: "^(AND|OR)$" } },
  ],
  // Things have ids. Values (an amount, an address), pages and answers have none: they are parts of something.
  "@graphql-eslint/strict-id-in-types": [
    "error",
    {
      acceptedIdNames: ["id"],
      acceptedIdTypes: ["ID"],
      exceptions: {
        suffixes: ["Connection", "Edge", "Success"],
        types: [
          ...["Address", "BillingContact", "Conflict", "Failure", "FieldProblem", "InvalidInput", "Money", "NotFound"],
          ...["PageInfo", "Viewer", "WebhookAttempt"],
        ],
      },
    },
  ],
  // Lists that are short by nature (an order's lines, a credential's permissions) come whole, without pages.
  "@graphql-eslint/relay-edge-types": [
    "error",
    { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false },
  ],
  // The SDL is sorted by graphql-core, whose order of capitals is another; `make check` sees that it is.
  "@graphql-eslint/alphabetize": "off",
  // Ours to have: the product lives by mutations, and orders are watched.
  "@graphql-eslint/no-root-type": "off",
  // A mutation's expected failures are members of its result union, which always comes; pages always come, if empty.
  "@graphql-eslint/require-nullable-result-in-root": "off",
};

export default [
  {
    files: ["**/*.graphql"],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: "schema/schema.graphql" } },
    },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...recommended,
      ...graphql.configs["schema-relay"].rules,
      ...graphql.configs["schema-all"].rules,
      ...ours,
    },
  },
];
