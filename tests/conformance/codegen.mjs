// @graphql-codegen on the whole SDL and on our operations: the strictest types it makes, every scalar named.
const config = {
  strictScalars: true,
  enumsAsTypes: true,
  scalars: { CurrencyCode: "string", Date: "string", DateTime: "string", Decimal: "string", JSON: "unknown" },
};

export default {
  schema: process.env.SDL,
  documents: process.env.DOCUMENTS,
  generates: {
    [`${process.env.OUT}/schema.ts`]: { plugins: ["typescript"], config },
    [`${process.env.OUT}/operations.ts`]: { plugins: ["typescript-operations"], config },
  },
};
