/**
 * The one way by which the sound of a call gets from a visitor to an agent's end: candidates of the agent's are replaced
 * by ports of this process, which pass packets on both ways until the path breaks, as when a network changes. New
 * candidates, those of an ICE restart, get a new path.
 */
import { createSocket, type Socket } from 'node:dgram';

export interface UdpPath {
  /** What the agent's end says, leading through here. */
  through<Said extends { description?: unknown; candidates?: unknown[] | undefined }>(
    said: Said,
  ): Promise<Said>;
  /** A whole description with its candidates leading through here. */
  wholly(sdp: string): Promise<string>;
  /** A description without the candidates that would lead around this path. */
  bare<Description extends { sdp: string }>(description: Description): Description;
  /** Nothing comes through any more by what has been said so far. */
  break(): void;
  close(): void;
}

interface Candidate {
  candidate: string;
}

export function startUdpPath(): UdpPath {
  const ways = new Set<{ inner: Socket; outer: Socket }>();

  /** A port of this machine's `address` that leads to its `port`. */
  async function way(address: string, port: number): Promise<number> {
    const [outer, inner] = [createSocket('udp4'), createSocket('udp4')];
    let visitor: { address: string; port: number } | null = null;
    outer.on('message', (packet, from) => {
      visitor = from;
      inner.send(packet, port, address);
    });
    inner.on('message', (packet) => visitor && outer.send(packet, visitor.port, visitor.address));
    await Promise.all(
      [outer, inner].map((socket) => new Promise<void>((bound) => socket.bind(0, address, bound))),
    );
    ways.add({ inner, outer });
    return outer.address().port;
  }

  async function lead(candidate: Candidate): Promise<Candidate[]> {
    // candidate:<foundation> <component> udp <priority> <address> <port> typ host …
    const parts = candidate.candidate.split(' ');
    const [address = '', port] = [parts[4], Number(parts[5])];
    if (parts[2]?.toLowerCase() !== 'udp' || parts[7] !== 'host' || address.includes(':')) return [];
    return [{ ...candidate, candidate: parts.with(5, `${await way(address, port)}`).join(' ') }];
  }

  const stop = () => {
    for (const { inner, outer } of ways) {
      inner.close();
      outer.close();
    }
    ways.clear();
  };
  const bare = <Description extends { sdp: string }>(description: Description) => ({
    ...description,
    sdp: description.sdp.replace(/^a=(candidate|end-of-candidates).*\r\n/gm, ''),
  });
  return {
    async through(said) {
      const { description, candidates } = said;
      const led = await Promise.all((candidates ?? []).map((candidate) => lead(candidate as Candidate)));
      return {
        ...said,
        ...(description ? { description: bare(description as { sdp: string }) } : {}),
        ...(candidates ? { candidates: led.flat() } : {}),
      };
    },
    async wholly(sdp) {
      const lines = await Promise.all(
        sdp.split('\r\n').map(async (line) => {
          if (!line.startsWith('a=candidate:')) return [line];
          return (await lead({ candidate: line.slice(2) })).map(({ candidate }) => `a=${candidate}`);
        }),
      );
      return lines.flat().join('\r\n');
    },
    bare,
    break: stop,
    close: stop,
  };
}
