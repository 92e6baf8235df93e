// The server audit of npm's graphql-http: all 61 must be "ok". Usage: API=… TOKEN=… node audit.mjs [declined ids]
import { serverAudits } from "graphql-http";

const declined = new Set(process.argv.slice(2));
const audits = serverAudits({
  url: `${process.env.API}/graphql`,
  // Introspection, which some audits need, is for those who say who they are.
  fetchFn: (url, init = {}) =>
    fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${process.env.TOKEN}` } }),
});

let passed = 0;
let failed = false;
for (const audit of audits) {
  const result = await audit.fn();
  passed += result.status === "ok";
  const expected = declined.has(result.id) ? "notice" : "ok";
  if (result.status !== expected) {
    failed = true;
    console.error(`${result.id} ${result.status}, not ${expected}: ${result.name}: ${result.reason ?? ""}`);
  }
}
console.log(`graphql-http audit: ${passed} of ${audits.length}`);
process.exit(failed || audits.length !== 61 ? 1 : 0);
