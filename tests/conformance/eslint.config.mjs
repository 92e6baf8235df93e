// schema/schema.graphql against graphql-eslint: all its rules about schemas, and its Relay rules. What is not taken as
// it comes is named here with the reason; the rules that are off stand at the end.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import graphql from "@graphql-eslint/eslint-plugin";
import { buildSchema, isObjectType } from "graphql";

const sdl = fileURLToPath(new URL("../../schema/schema.graphql", import.meta.url));
const types = Object.values(buildSchema(readFileSync(sdl, "utf8")).getTypeMap()).filter(isObjectType);
const isNode = (type) => type.getInterfaces().some((each) => each.name === "Node");

const { rules: recommended } = graphql.configs["schema-recommended"];
const [severity, names] = recommended["@graphql-eslint/naming-convention"];
const objects = "ObjectTypeDefinition,ObjectTypeExtension";

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
  // An order type is what the trade calls it.
  "@graphql-eslint/naming-convention": [
    severity,
    {
      ...names,
      InputValueDefinition: { style: "camelCase", ignorePattern: "^(AND|OR)$" },
      [objects]: { ...names[objects], ignorePattern: "^OrderType$" },
    },
  ],
  // So are the number of a Number, the price of a Price and the day on which a Charge is charged.
  "@graphql-eslint/no-typename-prefix": "off",
  // Things are nodes and have ids. Values (an amount, an address), pages and answers are parts of something.
  "@graphql-eslint/strict-id-in-types": [
    "error",
    {
      acceptedIdNames: ["id"],
      acceptedIdTypes: ["ID"],
      exceptions: {
        types: types.filter((type) => !isNode(type)).map((type) => type.name),
      },
    },
  ],
  // Lists that are short by nature (an order's lines, a credential's permissions) come whole, without pages.
  "@graphql-eslint/relay-edge-types": [
    "error",
    // Hits of a search and prices of a list are values, too.
    { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
  ],
  // The search box is read forwards only.
  "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
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
