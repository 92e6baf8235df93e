// Reads every graphql(`…`) in src/ and writes its types to src/gql/, from the schema that ships with Provender.
export default {
  schema: "../../../schema/schema.graphql",
  documents: "src/**/*.ts",
  ignoreNoDocuments: true,
  generates: {
    "src/gql/": {
      preset: "client",
      config: {
        documentMode: "string", // the text is sent as it is: no GraphQL parser in the bundle
        enumsAsTypes: true,
        strictScalars: true,
        importExtension: ".js",
        // What the custom scalars are in JSON. Decimal stays a text: a JavaScript number would lose cents.
        scalars: { CurrencyCode: "string", Date: "string", DateTime: "string", Decimal: "string", JSON: "unknown" },
      },
    },
  },
};
