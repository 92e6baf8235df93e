// Receives Provender's webhooks and prints each event once: verified, never doubled, answered at once.
import { createServer, type IncomingMessage } from "node:http";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

interface Event {
  type: string;
  timestamp: string;
  data: Record<string, unknown>;
}

// What createWebhookEndpoint answered with: whsec_…
const webhook = new Webhook(process.env.WEBHOOK_SECRET ?? "");
const MAX_BYTES = 256 * 1024;

// The ids of events that were handled. A real receiver keeps them in its database, in the transaction of the work.
const handled = new Set<string>();

/** Do the work. Every event is delivered at least once, so what has been handled already is left alone. */
function handle(id: string, event: Event): void {
  if (handled.has(id)) return;
  console.log(event.type, JSON.stringify(event.data));
  handled.add(id);
}

/** The bytes as they came: JSON that was parsed and written again has another signature. */
async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const server = createServer(async (request, response) => {
  const body = await read(request);
  if (body === undefined) {
    response.writeHead(413).end();
    return;
  }
  try {
    const event = webhook.verify(body, request.headers as Record<string, string>) as Event;
    handle(String(request.headers["webhook-id"]), event);
    response.writeHead(204).end(); // any 2xx ends the deliveries of an event
  } catch (error) {
    response.writeHead(error instanceof WebhookVerificationError ? 400 : 500).end(); // after 500 it comes again
  }
});

server.listen(Number(process.env.PORT ?? 9000), "127.0.0.1");
