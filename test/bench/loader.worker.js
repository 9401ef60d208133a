// @ts-nocheck: it runs in workerd, and this project has Node's types.
/**
 * Fills a channel's queue with messages that nobody has to hear of: stands beside Parley's Worker and calls the same
 * object.
 */
const batch = 1_000;

export default {
  async fetch(request, env) {
    const { channel, from, start, count, customers } = await request.json();
    const object = env.CHANNEL.getByName(channel);
    for (let at = start; at < start + count; at += batch) {
      const size = Math.min(batch, start + count - at);
      await object.enqueue(
        Array.from({ length: size }, (_, i) => ({
          conversation: '',
          message: `load-${at + i}`,
          round: 1,
          exempt: false,
          outgoing: {
            from,
            to: `+1415${String(5_000_000 + ((at + i) % customers)).padStart(7, '0')}`,
            content: { kind: 'text', text: `message ${at + i}` },
            replyTo: null,
            byHuman: false,
            lastInboundAt: null,
          },
        })),
      );
    }
    return new Response(null, { status: 204 });
  },
};
